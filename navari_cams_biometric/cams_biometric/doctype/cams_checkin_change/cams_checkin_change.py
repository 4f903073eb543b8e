"""CAMS Checkin Change: what a person changed or deleted of a device's check-in. punches.checkin_evidence writes it."""

import frappe
from frappe import _
from frappe.model.document import Document


class CAMSCheckinChange(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		after: DF.SmallText | None
		before: DF.SmallText | None
		cams_punch: DF.Data | None
		employee: DF.Link | None
		employee_checkin: DF.Link | None
		made_at: DF.Datetime | None
		punch_time: DF.Datetime | None
		restored_at: DF.Datetime | None
		restored_by: DF.Link | None
		service_tag: DF.Link | None
		state: DF.Literal["Changed", "Deleted", "Restored"]
	# end: auto-generated types

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(_("Changes of check-ins cannot be edited. Use Restore."))

	def on_trash(self) -> None:
		frappe.throw(_("Changes of check-ins cannot be deleted: they are evidence."))
