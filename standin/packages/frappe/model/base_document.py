"""The values of a document: fields, child tables, passwords, and how they read as a dict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.database.columns import TABLES
from frappe.missing import refuse
from frappe.model import child_table_fields, default_fields
from frappe.model.fieldtypes import as_text, for_row
from frappe.model.meta import get_controller as get_controller
from frappe.runtime import _dict


class BaseDocument:
	"""Fields live as plain attributes; the fields of the DocType that nobody set read as None."""

	def __init__(self, values: dict[str, Any]) -> None:
		self.update(values)
		for df in self.meta.get_table_fields():
			if self.__dict__.get(df.fieldname) is None:
				self.__dict__[df.fieldname] = []
		for fieldname in self.meta.get_valid_columns():
			self.__dict__.setdefault(fieldname, None)
		self.docstatus = int(self.docstatus or 0)
		self.idx = int(self.idx or 0)

	@property
	def meta(self):
		return frappe.get_meta(self.doctype)

	def __repr__(self) -> str:
		return f"<{type(self).__name__}: doctype={self.doctype} {self.name or 'unsaved'}>"

	def __getstate__(self) -> dict[str, Any]:
		state = self.__dict__.copy()
		state.pop("_doc_before_save", None)
		return state

	def get(self, key: Any, filters: Any = None, limit: int | None = None, default: Any = None) -> Any:
		"""A field's value; with `filters`, the child rows that match them."""
		if isinstance(key, dict) or limit is not None:
			refuse("Document.get", {"key": key, "limit": limit})
		value = self.__dict__.get(key, default)
		if isinstance(filters, dict):
			return [row for row in value or [] if all(row.get(k) == v for k, v in filters.items())]
		return filters if value is None and filters is not None else value

	def set(self, key: str, value: Any, as_value: bool = False) -> None:
		df = None if as_value else self.meta.get_field(key)
		if df and df.fieldtype in TABLES:
			self.__dict__[key] = []
			self.extend(key, value or [])
			return
		setattr(self, key, value)

	def update(self, values: dict[str, Any]) -> BaseDocument:
		for key in ("doctype", "name"):
			if key in values:
				self.__dict__[key] = values[key]
		for key, value in values.items():
			self.set(key, value)
		return self

	def update_if_missing(self, values: dict[str, Any]) -> None:
		for key, value in values.items():
			if value is not None and self.get(key) is None:
				self.set(key, value)

	def append(self, key: str, value: Any = None, position: int = -1) -> Any:
		"""Add a child row and return it."""
		if position != -1:
			refuse("Document.append", {"position": position})
		rows = self.__dict__.get(key)
		if rows is None:
			rows = self.__dict__[key] = []
		row = self._child(value or {}, key)
		rows.append(row)
		row.idx = len(rows)
		return row

	def extend(self, key: str, value: Iterable[Any]) -> None:
		for each in value:
			self.append(key, each)

	def _child(self, value: Any, key: str) -> Any:
		from frappe.model.document import new_from_values

		df = self.meta.get_field(key)
		if isinstance(value, BaseDocument):
			row = value
		else:
			row = new_from_values({**value, "doctype": df.options})
			if not row.name:
				row.__dict__["__islocal"] = 1
		row.parent = self.name
		row.parenttype = self.doctype
		row.parentfield = key
		row.__dict__["parent_doc"] = self
		return row

	def is_new(self) -> bool:
		return bool(self.__dict__.get("__islocal"))

	def get_all_children(self, parenttype: str | None = None) -> list[Any]:
		return [row for df in self.meta.get_table_fields() for row in self.get(df.fieldname) or []]

	def get_valid_dict(
		self,
		convert_dates_to_str: bool = False,
		ignore_nulls: bool = False,
		ignore_virtual: bool = False,
		**unknown: Any,
	) -> _dict:
		"""The columns of this document with values as the database takes them; virtual fields never."""
		refuse("Document.get_valid_dict", unknown)
		values = _dict()
		for fieldname in self.meta.get_valid_columns():
			df = self.meta.get_field(fieldname)
			value = self.__dict__.get(fieldname)
			value = for_row(df, value) if df else value
			if ignore_nulls and value is None:
				continue
			values[fieldname] = as_text(value) if convert_dates_to_str else value
		return values

	def as_dict(
		self,
		no_nulls: bool = False,
		no_default_fields: bool = False,
		convert_dates_to_str: bool = False,
		no_child_table_fields: bool = False,
	) -> _dict:
		values = self.get_valid_dict(convert_dates_to_str=convert_dates_to_str, ignore_nulls=no_nulls)
		values.doctype = self.doctype
		for df in self.meta.get_table_fields():
			values[df.fieldname] = [
				row.as_dict(no_nulls, no_default_fields, convert_dates_to_str, no_child_table_fields)
				for row in self.get(df.fieldname) or []
			]
		dropped = [*(default_fields if no_default_fields else ())]
		dropped += child_table_fields if no_child_table_fields else ()
		for fieldname in dropped:
			values.pop(fieldname, None)
		if self.is_new():
			values["__islocal"] = 1
		return values

	def get_password(self, fieldname: str = "password", raise_exception: bool = True) -> str | None:
		"""The decrypted value of a Password field. Raises AuthenticationError if there is none."""
		from frappe.utils.password import get_decrypted_password

		value = self.get(fieldname)
		if value and not self.is_dummy_password(value):
			return value
		return get_decrypted_password(self.doctype, self.name, fieldname, raise_exception=raise_exception)

	def is_dummy_password(self, pwd: str) -> bool:
		return set(pwd) == {"*"}
