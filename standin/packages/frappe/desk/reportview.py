"""What a list adds to a query for its reader."""

from __future__ import annotations

import frappe
from frappe.exceptions import PermissionError
from frappe.messages import throw
from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)


def build_match_conditions(doctype: str, user: str | None = None, as_condition: bool = True) -> str:
	"""By roles, ownership and hooks: User Permissions and sharing are not imitated. An empty text is no condition."""
	user = user or frappe.session.user
	permissions = frappe.permissions.get_role_permissions(frappe.get_meta(doctype), user)
	if not permissions.read:
		throw(f"No permission to read {doctype}", PermissionError)
	conditions = []
	if permissions.only_if_owner:
		conditions.append(f"`tab{doctype}`.`owner` = {frappe.db.escape(user)}")
	for method in frappe.get_hooks("permission_query_conditions", {}).get(doctype, []):
		if condition := frappe.call(method, user, doctype=doctype):
			conditions.append(f"({condition})")
	return " and ".join(conditions)
