"""A row of the table that says what each punch type counts as."""

from frappe.model.document import Document


class CAMSPunchType(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		direction: DF.Literal["IN", "OUT", "No Direction", "Not Attendance"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		punch_type: DF.Data
	# end: auto-generated types
	pass
