"""A day and its hours in a CAMS Access Schedule."""

from frappe.model.document import Document


class CAMSAccessWindow(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		day: DF.Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
		end: DF.Time
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		start: DF.Time
	# end: auto-generated types
	pass
