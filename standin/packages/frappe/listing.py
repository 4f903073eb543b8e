"""`frappe.get_all` and `frappe.get_list`."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.database.filters import Where
from frappe.database.reading import shape
from frappe.exceptions import PermissionError
from frappe.messages import bold, throw
from frappe.missing import missing, refuse
from frappe.utils.data import cint


def get_all(doctype: str, *arguments: Any, **keywords: Any) -> list:
	"""Rows without permission checks, and without a limit unless one is given."""
	keywords.setdefault("limit_page_length", 0)
	return get_list(doctype, *arguments, **{**keywords, "ignore_permissions": True})


def get_list(
	doctype: str,
	fields: Any = None,
	filters: Any = None,
	order_by: str | None = None,
	limit_start: int = 0,
	limit_page_length: int = 20,
	*,
	or_filters: Any = None,
	limit: int | None = None,
	start: int | None = None,
	page_length: int | None = None,
	pluck: str | None = None,
	as_list: bool = False,
	distinct: bool = False,
	ignore_permissions: bool = False,
	parent_doctype: str | None = None,
	debug: bool = False,
	group_by: str | None = None,
	**unknown: Any,
) -> list:
	"""Rows that the user may read. Datetimes come as datetimes."""
	lacking = {"or_filters": or_filters, "group_by": group_by}
	refuse("frappe.get_list", {**unknown, **{name: value for name, value in lacking.items() if value}})
	meta = frappe.get_meta(doctype)
	if meta.issingle or meta.is_virtual:
		missing(f"a list of {doctype}")
	if not ignore_permissions:
		_check_read(doctype, parent_doctype)
	if _are_swapped(fields, filters):
		fields, filters = filters, fields
	wanted = [pluck] if pluck else [fields] if isinstance(fields, str) else list(fields or ["name"])
	columns = frappe.db.columns(doctype)
	where = Where(f"tab{doctype}", columns, coalesce=True).add(filters)
	if not ignore_permissions:
		_only_own(meta, where)
	rows = frappe.db.read_rows(
		doctype,
		_permitted(meta, wanted, columns, ignore_permissions),
		where,
		order_by=order_by or f"{meta.sort_field or 'modified'} {meta.sort_order or 'desc'}",
		limit=cint(page_length or limit or limit_page_length),
		offset=cint(start or limit_start),
		distinct=distinct,
	)
	return shape(rows, as_dict=not as_list, pluck=pluck or False, as_list=as_list)


def _are_swapped(fields: Any, filters: Any) -> bool:
	"""Whether filters came first, which Frappe allows where it can tell them apart."""
	if isinstance(fields, dict) or (isinstance(fields, list) and fields and isinstance(fields[0], list)):
		return True
	return bool(fields) and isinstance(filters, list) and len(filters) > 1 and isinstance(filters[0], str)


def _check_read(doctype: str, parent_doctype: str | None) -> None:
	if not frappe.permissions.has_permission(doctype, "read", parent_doctype=parent_doctype):
		throw(f"Insufficient Permission for {bold(doctype)}", PermissionError)


def _only_own(meta: Any, where: Where) -> None:
	permissions = frappe.permissions.get_role_permissions(meta)
	if permissions.only_if_owner:
		where.add({"owner": frappe.session.user})
	for method in frappe.get_hooks("permission_query_conditions", {}).get(meta.name, []):
		if condition := frappe.call(method, frappe.session.user, doctype=meta.name):
			where.conditions.append(f"({condition})")


def _permitted(meta: Any, fields: list[str], columns: dict, ignore_permissions: bool) -> list[str]:
	"""The fields without those of a permission level that the user may not read."""
	if ignore_permissions or frappe.session.user == "Administrator":
		return fields
	readable = {0, *meta.get_permlevel_access("read")}
	hidden = {df.fieldname for df in meta.get_high_permlevel_fields() if df.permlevel not in readable}
	if not hidden:
		return fields
	named = [name for field in fields for name in (columns if field.strip() in ("*",) else [field])]
	return [field for field in named if field.split(" ")[0].strip("`") not in hidden]
