"""A device's line in a history load: how far it is, and what came."""

from frappe.model.document import Document


class CAMSHistoryLoadDevice(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		already_here: DF.Int
		asked: DF.Int
		held: DF.Int
		loaded_until: DF.Datetime | None
		message: DF.SmallText | None
		new_punches: DF.Int
		page_offset: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		received: DF.Int
		service_tag: DF.Link
		state: DF.Literal["Waiting", "Loading", "Done", "Sent to Callback", "Failed"]
	# end: auto-generated types
	pass
