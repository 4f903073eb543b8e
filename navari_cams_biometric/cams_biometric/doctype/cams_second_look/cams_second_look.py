"""CAMS Second Look: a batch of punches, or a place of changed check-ins, whose second look is still to be taken (punches.second_look)."""

from frappe.model.document import Document


class CAMSSecondLook(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		employee: DF.Link | None
		moment: DF.Datetime | None
		punches: DF.Code | None
	# end: auto-generated types
