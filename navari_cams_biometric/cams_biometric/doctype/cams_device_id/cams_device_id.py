"""CAMS Device ID: a user ID of an employee besides, or instead of, the Attendance Device ID, on some devices or days."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from navari_cams_biometric.cams_biometric.base import identities
from navari_cams_biometric.cams_biometric.base.chosen_company import ChosenCompany
from navari_cams_biometric.cams_biometric.base.user_permissions import names_seen
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from navari_cams_biometric.cams_biometric.punches import reassignment
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import BY_THE_APP


class CAMSDeviceID(ChosenCompany, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		branch: DF.Link | None
		company: DF.Link | None
		employee: DF.Link
		employee_name: DF.Data | None
		from_date: DF.Date | None
		service_tag: DF.Link | None
		until_date: DF.Date | None
		user_id: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		self.user_id = (self.user_id or "").strip()
		if not self.user_id:
			frappe.throw(_("Enter the user ID."), title=_("User ID"))
		if self.from_date and self.until_date and getdate(self.from_date) > getdate(self.until_date):
			frappe.throw(_("Choose a first day that is not after the last one."), title=_("Days"))

	def on_update(self) -> None:
		self.note_changed_ids()
		rivals = identities.rivals_of(self.name, identities.identities_of([self.user_id]))
		if rivals:
			others = names_seen(claim.employee for claim in rivals) or [_("Somebody of another company")]
			words = _(
				"{0} has the user ID {1} on the same devices and days, too: such punches are held until that is settled."
			)
			told = words.format(escape_html(", ".join(others)), escape_html(self.user_id))
			frappe.msgprint(told, title=_("Ambiguous"), indicator="orange")

	def after_delete(self) -> None:
		if not self.flags.get(BY_THE_APP):
			self.note_changed_ids()

	def note_changed_ids(self) -> None:
		"""Whose the punches and the users of devices are is found anew."""
		former = self.get_doc_before_save()
		user_ids = sorted({self.user_id, former.user_id if former else self.user_id})
		reassignment.tell(reassignment.reassign(user_ids))
		device_user_store.relink(user_ids)
