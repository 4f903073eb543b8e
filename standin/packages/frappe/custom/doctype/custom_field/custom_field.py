"""Custom fields: rows of Custom Field that become real columns, unique ones included."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.missing import module_getattr, refuse
from frappe.model.document import Document

__getattr__ = module_getattr(__name__)


class CustomField(Document):
	def autoname(self) -> None:
		self.name = f"{self.dt}-{self.fieldname}"


def create_custom_fields(
	custom_fields: dict, ignore_validate: bool = False, update: bool = True, **unknown: Any
) -> None:
	"""Add fields to DocTypes, or change those that are there unless `update` is false."""
	refuse("create_custom_fields", unknown)
	touched = []
	for doctypes, fields in custom_fields.items():
		for doctype in (doctypes,) if isinstance(doctypes, str) else doctypes:
			touched.append(doctype)
			for df in [fields] if isinstance(fields, dict) else fields:
				_create_or_update(doctype, df, update)
	for doctype in touched:
		frappe.clear_cache(doctype=doctype)
		frappe.db.updatedb(doctype)


def _create_or_update(doctype: str, df: dict, update: bool) -> None:
	unknown = set(df) - set(frappe.db.columns("Custom Field"))
	refuse("Custom Field", dict.fromkeys(unknown))
	existing = frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": df["fieldname"]})
	if not existing:
		frappe.get_doc({"doctype": "Custom Field", "dt": doctype, **df}).insert(ignore_permissions=True)
	elif update:
		document = frappe.get_doc("Custom Field", existing)
		document.update(df)
		document.save(ignore_permissions=True)
