"""Users: named by their email address, with an API key to act by."""

from __future__ import annotations

import frappe
from frappe.missing import module_getattr
from frappe.model.document import Document

__getattr__ = module_getattr(__name__)


class User(Document):
	def autoname(self) -> None:
		self.email = (self.email or "").strip().lower()
		self.name = self.first_name if self.first_name in frappe.STANDARD_USERS else self.email

	def validate(self) -> None:
		self.full_name = " ".join(filter(None, [self.first_name, self.last_name]))
		if self.name in frappe.STANDARD_USERS:
			return
		self.user_type = "System User" if self.has_desk_role() else "Website User"

	def has_desk_role(self) -> bool:
		names = [row.role for row in self.roles]
		return bool(names) and bool(
			frappe.get_all("Role", {"name": ["in", names], "desk_access": 1}, limit=1)
		)
