"""The values a new document starts with."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.runtime import _dict
from frappe.utils.data import now_datetime, nowtime, today


def default_values(doctype: str) -> _dict:
	"""The defaults of a DocType's fields, by fieldname; a Select without default starts with its first option."""
	values = _dict()
	for df in frappe.get_meta(doctype).fields:
		value = _default(df)
		if value is not None:
			values[df.fieldname] = value
	return values


def _default(df: Any) -> Any:
	if df.fieldtype == "Link" and df.fieldname == "company":
		return _users_company()
	default = df.default
	if default in (None, ""):
		return 0 if df.fieldtype == "Check" else _first_option(df)
	if df.fieldtype == "Datetime" and str(default).lower() == "now":
		return now_datetime()
	if df.fieldtype == "Date" and str(default).lower() == "today":
		return today()
	if df.fieldtype == "Time" and str(default).lower() == "now":
		return nowtime()
	if default == "__user":
		return frappe.session.user
	if str(default).startswith(":"):
		return None
	if df.fieldtype in ("Int", "Check"):
		return int(default)
	return default


def _users_company() -> str | None:
	"""A field of that name gets the default company of the site, which is its first."""
	return frappe.db.get_value("Company", {}, "name", order_by="creation asc")


def _first_option(df: Any) -> str | None:
	if df.fieldtype != "Select" or not df.options or df.options == "[Select]":
		return None
	return df.options.split("\n")[0]
