"""`frappe.client.get_value` and `get_single_value`, which give away a value of a Single whatever its permission level.

For CAMS Biometric Settings they take the fields that the user may read, spelt as they are: the database would find
`AUTH_TOKEN_DIGEST` too. Every other DocType goes on to Frappe as it came.
"""

from collections.abc import Iterable

import frappe
from frappe import _

SETTINGS = "CAMS Biometric Settings"


@frappe.whitelist()
def get_value(
	doctype: str,
	fieldname: str | list | dict,
	filters: str | int | list | dict | None = None,
	as_dict: bool | int | str = True,
	debug: bool | int | str = False,
	parent: str | None = None,
) -> object:
	if _is_settings(doctype):
		_ensure_readable(_names(fieldname))
		filters = None  # with any Frappe returns every value there is, and there is one record to find
	return frappe.get_attr("frappe.client.get_value")(doctype, fieldname, filters, as_dict, debug, parent)


@frappe.whitelist()
def get_single_value(doctype: str, field: str) -> object:
	if _is_settings(doctype):
		_ensure_readable([field])
	return frappe.get_attr("frappe.client.get_single_value")(doctype, field)


def _is_settings(doctype: str) -> bool:
	"""By the name that the database finds under this one: it ignores case."""
	return isinstance(doctype, str) and frappe.get_meta(doctype).name == SETTINGS


def _names(given: object) -> list[object]:
	"""The fields that are named: one, or a list of them. A text may be JSON."""
	if isinstance(given, str):
		try:
			given = frappe.parse_json(given)
		except ValueError:
			return [given]
	return list(given) if isinstance(given, dict | list) else [given]


def _ensure_readable(fieldnames: Iterable[object]) -> None:
	if frappe.session.user == "Administrator":
		return
	meta = frappe.get_meta(SETTINGS)
	levels = {0, *meta.get_permlevel_access("read")}
	readable = {"name", *(df.fieldname for df in meta.fields if df.permlevel in levels)}
	if any(name not in readable for name in fieldnames):
		frappe.throw(_("You may not read this field of {0}.").format(_(SETTINGS)), frappe.PermissionError)
