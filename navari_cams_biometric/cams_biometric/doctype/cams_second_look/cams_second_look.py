"""CAMS Second Look: what is still to be looked at again (punches.looks_due)."""

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
		service_tag: DF.Link | None
		taken_back: DF.Check
		time_zone: DF.Data | None
	# end: auto-generated types
