"""CAMS Ignored ID: a user ID that is nobody's attendance, such as a visitor's. It is not changed, only deleted."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.identities import AMBIGUOUS, identities_of
from navari_cams_biometric.cams_biometric.punches import ignored_ids


class CAMSIgnoredID(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		ignored_by: DF.Link | None
		reason: DF.SmallText
		service_tag: DF.Link | None
		user_id: DF.Data
	# end: auto-generated types

	def before_insert(self) -> None:
		self.ignored_by = frappe.session.user

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(_("It cannot be changed. Delete it, and ignore the ID anew."), title=_("Ignored ID"))
		self.user_id = (self.user_id or "").strip()
		self.reason = (self.reason or "").strip()
		if not (self.user_id and self.reason):
			frappe.throw(_("Enter the user ID and a reason."), title=_("Ignored ID"))
		self.ensure_nobody_has_it()
		if (self.user_id, self.service_tag or "") in ignored_ids.read_ignored([self.user_id]):
			frappe.throw(
				_("User ID {0} is ignored already: there is nothing to do.").format(
					escape_html(self.user_id)
				),
				title=_("Ignored ID"),
			)

	def ensure_nobody_has_it(self) -> None:
		"""Whose ID it is keeps the punches: ignoring it would change nothing."""
		answer = identities_of([self.user_id]).judge(self.user_id, find_device(self.service_tag))
		if answer.person or answer.code == AMBIGUOUS:
			frappe.throw(
				_(
					"User ID {0} is an employee's: its punches count. Remove it from the employee first."
				).format(escape_html(self.user_id)),
				title=_("Ignored ID"),
			)

	def after_delete(self) -> None:
		ignored_ids.queue_ignored_again(self.user_id, self.service_tag)
