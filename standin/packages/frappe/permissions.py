"""Role permissions, from the `permissions` of the DocTypes. User Permissions and sharing are not imitated."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.exceptions import PermissionError
from frappe.messages import bold, msgprint, throw
from frappe.missing import missing, module_getattr, refuse
from frappe.runtime import _dict

__getattr__ = module_getattr(__name__)

RIGHTS = tuple(
	"select read write create delete submit cancel amend print email report import export share".split()
)


def get_roles(user: str | None = None, with_standard: bool = True) -> list[str]:
	"""The roles of a user, by default of the session's."""
	user = user or frappe.session.user
	if not user or user == "Guest":
		return ["Guest"]
	if user == "Administrator":
		return frappe.get_all("Role", pluck="name")
	roles = frappe.get_all("Has Role", filters={"parent": user, "parenttype": "User"}, pluck="role")
	if not with_standard:
		return roles
	desk = ["Desk User"] if frappe.db.get_value("User", user, "user_type") == "System User" else []
	return [*roles, "All", "Guest", *desk]


def get_role_permissions(meta: Any, user: str | None = None, is_owner: bool | None = None) -> _dict:
	"""{right: 0 or 1} of a user for a DocType, as if owner where `is_owner`."""
	user = user or frappe.session.user
	if user == "Administrator":
		return _dict(dict.fromkeys(RIGHTS, 1))
	key = (meta.name, user, bool(is_owner))
	if key not in frappe.local.role_permissions:
		roles = get_roles(user)
		rows = [row for row in meta.permissions if row.role in roles and not row.permlevel]
		permissions = _dict({right: int(_allows(rows, right, is_owner)) for right in RIGHTS})
		permissions.only_if_owner = not _allows([row for row in rows if not row.if_owner], "read", True)
		frappe.local.role_permissions[key] = permissions
	return frappe.local.role_permissions[key]


def _allows(rows: list[_dict], right: str, is_owner: bool | None) -> bool:
	listing = right in ("select", "read") and is_owner is None
	return any(
		row.get(right) and (not row.if_owner or is_owner or listing or right == "create") for row in rows
	)


def has_permission(
	doctype: Any,
	ptype: str = "read",
	doc: Any = None,
	user: str | None = None,
	raise_exception: bool = True,
	*,
	parent_doctype: str | None = None,
	debug: bool = False,
) -> bool:
	user = user or frappe.session.user
	if user == "Administrator":
		return True
	if not doc and hasattr(doctype, "doctype"):
		doc, doctype = doctype, doctype.doctype
	meta = frappe.get_meta(doctype)
	if meta.istable:
		missing(f"permissions on rows of {doctype}")
	if isinstance(doc, str | int):
		doc = frappe.get_doc(doctype, doc)
	is_owner = (doc.get("owner") or "").lower() == user.lower() if doc else None
	if doc and not _allowed_by_hooks(doctype, doc, ptype, user):
		return False
	return bool(get_role_permissions(meta, user, is_owner).get(ptype))


def get_user_permissions(user: str | None = None) -> _dict:
	"""There are none here: the DocType User Permission is not imitated, so nobody can be restricted."""
	return _dict()


def _allowed_by_hooks(doctype: str, doc: Any, ptype: str, user: str) -> bool:
	hooks = frappe.get_hooks("has_permission", {})
	for method in [*hooks.get(doctype, []), *hooks.get("*", [])]:
		if frappe.call(method, doc=doc, ptype=ptype, user=user) is False:
			return False
	return True


def check_permission(
	doctype: str | None = None,
	ptype: str = "read",
	doc: Any = None,
	user: str | None = None,
	throw: bool = False,
	*,
	parent_doctype: str | None = None,
	debug: bool = False,
	**unknown: Any,
) -> bool:
	"""`frappe.has_permission`: with `throw`, PermissionError instead of False."""
	refuse("frappe.has_permission", unknown)
	doctype = doctype or doc.doctype
	allowed = has_permission(doctype, ptype, doc, user, parent_doctype=parent_doctype)
	if throw and not allowed:
		msgprint(f"No permission for {doctype}", raise_exception=PermissionError)
	return allowed


def only_for(roles: list[str] | tuple[str, ...] | str, message: bool | str = False) -> None:
	"""Raise PermissionError unless the user has one of the roles."""
	if frappe.local.flags.in_test or frappe.session.user == "Administrator":
		return
	allowed = (roles,) if isinstance(roles, str) else tuple(roles)
	if not set(allowed).isdisjoint(get_roles()):
		return
	if not message:
		raise PermissionError
	throw(
		f"This action is only allowed for {', '.join(bold(role) for role in allowed)}",
		PermissionError,
		"Not Permitted",
	)
