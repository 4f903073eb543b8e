"""A device of a CAMS Access Schedule, and whether the schedule is in force there."""

from frappe.model.document import Document


class CAMSAccessScheduleDevice(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		command: DF.Data | None
		label: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		service_tag: DF.Link
		state: DF.Literal["Not Sent", "Waiting", "Applied", "Outdated", "Failed"]
		taken_at: DF.Datetime | None
	# end: auto-generated types
	pass
