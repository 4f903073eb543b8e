"""What a DocType is: its JSON plus the custom fields of this site."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import Any, NoReturn

import frappe
from frappe.database.columns import NO_VALUE, TABLES
from frappe.exceptions import DoesNotExistError
from frappe.missing import missing
from frappe.runtime import _dict

CODE_FIELDS = ("Attach", "Attach Image", "Barcode", "Code")


class Meta:
	"""A DocType's metadata. Properties that the JSON does not have read as None, as on the real Meta."""

	def __init__(self, definition: dict, custom_fields: list[dict]) -> None:
		self._definition = definition
		self.name: str = definition["name"]
		self.issingle = int(definition.get("issingle") or 0)
		self.istable = int(definition.get("istable") or 0)
		self.is_virtual = int(definition.get("is_virtual") or 0)
		self.is_submittable = int(definition.get("is_submittable") or 0)
		self.autoname: str = definition.get("autoname") or ""
		self.permissions = [
			_dict({**row, "permlevel": int(row.get("permlevel") or 0)})
			for row in definition.get("permissions", [])
		]
		self.fields = [self._docfield(df) for df in [*definition.get("fields", []), *custom_fields]]

	def __getattr__(self, name: str) -> Any:
		if name.startswith("__") or name in ("_definition", "_by_name"):
			raise AttributeError(name)
		if name.startswith(("get_", "has_", "is_")) and name not in self._definition:
			missing(f"frappe.get_meta(...).{name}")
		return self._definition.get(name)

	def _docfield(self, df: dict) -> _dict:
		return _dict({**df, "permlevel": int(df.get("permlevel") or 0), "parent": self.name})

	@cached_property
	def _by_name(self) -> dict[str, _dict]:
		return {df.fieldname: df for df in self.fields}

	def get(self, key: str, filters: dict | None = None, default: Any = None) -> Any:
		if key != "fields":
			return getattr(self, key) if getattr(self, key) is not None else default
		return [df for df in self.fields if _matches(df, filters or {})]

	def get_field(self, fieldname: str) -> _dict | None:
		return self._by_name.get(fieldname)

	def has_field(self, fieldname: str) -> bool:
		return fieldname in self._by_name

	def get_label(self, fieldname: str) -> str:
		df = self.get_field(fieldname)
		return (df.label if df else None) or fieldname.replace("_", " ").title()

	def get_options(self, fieldname: str) -> str | None:
		df = self.get_field(fieldname)
		return df.options if df else None

	def get_table_fields(self) -> list[_dict]:
		return [df for df in self.fields if df.fieldtype in TABLES]

	def get_link_fields(self) -> list[_dict]:
		return [df for df in self.fields if df.fieldtype == "Link" and df.options != "[Select]"]

	def get_dynamic_link_fields(self) -> list[_dict]:
		return [df for df in self.fields if df.fieldtype == "Dynamic Link"]

	def get_select_fields(self) -> list[_dict]:
		return [df for df in self.fields if df.fieldtype == "Select"]

	def get_fields_to_fetch(self, link_fieldname: str) -> list[_dict]:
		return [df for df in self.fields if str(df.fetch_from or "").startswith(f"{link_fieldname}.")]

	def get_high_permlevel_fields(self) -> list[_dict]:
		return [df for df in self.fields if df.permlevel]

	def get_valid_columns(self) -> list[str]:
		columns = [*frappe.model.default_fields[1:]]
		if self.istable:
			columns += frappe.model.child_table_fields
		return columns + [
			df.fieldname for df in self.fields if df.fieldtype not in NO_VALUE and not df.is_virtual
		]

	def get_permlevel_access(self, permission_type: str, user: str | None = None) -> set[int]:
		roles = frappe.get_roles(user)
		return {row.permlevel for row in self.permissions if row.role in roles and row.get(permission_type)}


def _matches(df: _dict, filters: dict) -> bool:
	for key, value in filters.items():
		operator, expected = value if isinstance(value, list | tuple) else ("=", value)
		if operator == "=" and df.get(key) != expected:
			return False
		if operator == "in" and df.get(key) not in expected:
			return False
		if operator not in ("=", "in"):
			missing(f"meta.get('fields') with operator {operator!r}")
	return True


def get_meta(doctype: Any, cached: bool = True) -> Meta:
	"""The metadata of a DocType. Raises DoesNotExistError if there is none."""
	name = getattr(doctype, "doctype", doctype)
	site = frappe.local.site_object
	if name not in site.doctypes:
		frappe.throw(f"DocType {name} not found", DoesNotExistError)
	if name not in site.metas:
		site.metas[name] = Meta(site.doctypes[name], _custom_fields(name))
	return site.metas[name]


def _custom_fields(doctype: str) -> list[dict]:
	if doctype == "Custom Field" or not frappe.db:
		return []
	rows = frappe.db.select(
		'SELECT * FROM "tabCustom Field" WHERE dt = ? ORDER BY idx', [doctype], table="tabCustom Field"
	)
	return [{**row, "name": row.name, "is_custom_field": 1} for row in rows]


def clear_meta(doctype: str | None = None) -> None:
	"""Forget what is known of a DocType (or of all), so that new custom fields are seen."""
	metas = frappe.local.site_object.metas
	if doctype is None:
		metas.clear()
	elif doctype in metas:
		metas.pop(doctype)
	if frappe.db:
		frappe.db._columns.clear()


def get_controller(doctype: str) -> type:
	"""The controller class of a DocType; plain Document where the stand-in has none of its own.

	For the app's DocTypes a missing module or class is an error, as on a real site.
	"""
	from frappe.model.document import Document

	definition = frappe.local.site_object.doctypes.get(doctype)
	if definition is None:
		frappe.throw(f"DocType {doctype} not found", DoesNotExistError)
	module_name = definition.get("_controller")
	if not module_name:
		return Document
	class_name = doctype.replace(" ", "").replace("-", "")
	module = importlib.import_module(module_name)
	if not hasattr(module, class_name):
		_no_class(module_name, class_name)
	return getattr(module, class_name)


def _no_class(module_name: str, class_name: str) -> NoReturn:
	raise ImportError(f"{module_name} has no class {class_name}")
