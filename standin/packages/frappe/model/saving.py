"""How a document is written: the checks, hooks and statements of insert, save and db_set, in Frappe's order."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.database.errors import IntegrityError
from frappe.exceptions import (
	DocstatusTransitionError,
	DuplicateEntryError,
	TimestampMismatchError,
	UniqueValidationError,
)
from frappe.messages import bold, msgprint
from frappe.missing import missing
from frappe.model import validation
from frappe.model.base_document import BaseDocument
from frappe.model.defaults import default_values
from frappe.model.naming import set_new_name, validate_name
from frappe.utils.data import cstr, get_datetime, now


class Saving(BaseDocument):
	"""The writing half of Document."""

	def insert(
		self,
		ignore_permissions: bool | None = None,
		ignore_links: bool | None = None,
		ignore_if_duplicate: bool = False,
		ignore_mandatory: bool | None = None,
		set_name: str | None = None,
		set_child_names: bool = True,
	) -> Saving:
		"""Insert as a new document. Raises DuplicateEntryError, UniqueValidationError, ValidationError, ..."""
		for flag, value in (
			("ignore_permissions", ignore_permissions),
			("ignore_links", ignore_links),
			("ignore_mandatory", ignore_mandatory),
		):
			if value is not None:
				self.flags[flag] = value
		self.__dict__["__islocal"] = 1
		self._set_defaults()
		self.set_user_and_timestamp()
		self.check_if_latest()
		validation.validate_links(self)
		self.check_permission("create")
		self.run_method("before_insert")
		self._set_names(set_name)
		self._reset_what_is_not_permitted()
		self.flags.in_insert = True
		self.run_before_save_methods()
		self._validate()
		self.flags.in_insert = False
		if self.meta.issingle:
			self._update_single()
		else:
			self.db_insert(ignore_if_duplicate=ignore_if_duplicate)
		for row in self.get_all_children():
			row.db_insert()
		self.run_method("after_insert")
		self.flags.in_insert = True
		self.run_post_save_methods()
		self.flags.in_insert = False
		self.__dict__.pop("__islocal", None)
		return self

	def save(self, ignore_permissions: bool | None = None, ignore_version: bool | None = None) -> Saving:
		if ignore_permissions is not None:
			self.flags.ignore_permissions = ignore_permissions
		if self.is_new() or not self.name:
			return self.insert()
		self._set_defaults()
		self.check_permission("write")
		self.set_user_and_timestamp()
		self.check_if_latest()
		self._set_parents()
		for row in self.get_all_children():
			if not row.name:
				set_new_name(row)
		self._reset_what_is_not_permitted()
		validation.validate_links(self)
		self.run_before_save_methods()
		self._validate()
		if self.meta.issingle:
			self._update_single()
		else:
			self.db_update()
		self._update_children()
		self.run_post_save_methods()
		return self

	def db_insert(self, ignore_if_duplicate: bool = False) -> None:
		if not self.name:
			set_new_name(self)
		if not self.creation:
			self.set_user_and_timestamp()
		try:
			frappe.db.insert_row(self.doctype, self.get_valid_dict())
		except IntegrityError as error:
			self._raise_integrity(error, ignore_if_duplicate)
		self.__dict__["__islocal"] = False

	def db_update(self) -> None:
		if self.is_new() or not self.name:
			self.db_insert()
			return
		values = self.get_valid_dict()
		name = values.pop("name")
		try:
			frappe.db.update_row(self.doctype, name, values)
		except IntegrityError as error:
			self._raise_integrity(error)

	def _raise_integrity(self, error: Exception, ignore_if_duplicate: bool = False) -> None:
		if frappe.db.is_primary_key_violation(error):
			if self.meta.autoname == "hash" and not ignore_if_duplicate:
				self.name = None
				self.db_insert()
				return
			if ignore_if_duplicate:
				return
			msgprint(
				f"{self.doctype} {bold(self.name)} already exists", title="Duplicate Name", indicator="red"
			)
			raise DuplicateEntryError(self.doctype, self.name, error)
		if frappe.db.is_unique_key_violation(error):
			fieldname = str(error).split("'")[-2]
			msgprint(f"{self.meta.get_label(fieldname)} must be unique")
			raise UniqueValidationError(self.doctype, self.name, error)
		raise error

	def db_set(
		self,
		fieldname: str | dict[str, Any],
		value: Any = None,
		update_modified: bool = True,
		notify: bool = False,
		commit: bool = False,
	) -> None:
		"""Set columns here and in the database, without validation."""
		values = fieldname if isinstance(fieldname, dict) else {fieldname: value}
		self.update(values)
		if update_modified:
			self.modified, self.modified_by = now(), frappe.session.user
		if not self.get_doc_before_save():
			self.load_doc_before_save()
		self.run_method("before_change")
		frappe.db.set_value(
			self.doctype, self.name, values, None, self.modified, self.modified_by, update_modified
		)
		self.run_method("on_change")
		if commit:
			frappe.db.commit()

	def run_before_save_methods(self) -> None:
		self.run_method("before_validate")
		if self.flags.ignore_validate:
			return
		self.run_method("validate")
		self.run_method("before_save")

	def _validate(self) -> None:
		validation.validate(self)

	def run_post_save_methods(self) -> None:
		self.run_method("on_update")
		self.clear_cache()
		self.notify_update()
		self.run_method("on_change")

	def _set_defaults(self) -> None:
		if self.is_new():
			self.update_if_missing(default_values(self.doctype))
		for row in self.get_all_children():
			if row.is_new():
				row.update_if_missing(default_values(row.doctype))

	def set_user_and_timestamp(self) -> None:
		self._original_modified = self.modified
		self.modified, self.modified_by = now(), frappe.session.user
		if self.is_new() or not self.creation:
			self.creation, self.owner = self.modified, self.modified_by
		for row in self.get_all_children():
			row.modified, row.modified_by = self.modified, self.modified_by
			row.owner = row.owner or self.owner
			row.creation = row.creation or self.creation

	def check_if_latest(self) -> None:
		self.load_doc_before_save(raise_exception=not self.meta.issingle)
		if int(self.docstatus or 0):
			if not self.meta.is_submittable:
				raise DocstatusTransitionError(f"{self.doctype} is not submittable")
			missing("submitting documents")
		previous = self._doc_before_save
		if previous and _moment(previous.modified) != _moment(self._original_modified):
			msgprint(
				f"Error: Document has been modified after you have opened it ({previous.modified}, "
				f"{self._original_modified}). Please refresh to get the latest document.",
				raise_exception=TimestampMismatchError,
			)

	def _set_names(self, set_name: str | None) -> None:
		if self.flags.name_set:
			return
		if set_name:
			self.name = validate_name(self.doctype, set_name)
		else:
			set_new_name(self)
		for row in self.get_all_children():
			set_new_name(row)
		self.flags.name_set = True
		self._set_parents()

	def _set_parents(self) -> None:
		for row in self.get_all_children():
			row.parent, row.parenttype = self.name, self.doctype

	def _reset_what_is_not_permitted(self) -> None:
		"""Fields of a higher permission level go back to what they were where the user may not write them."""
		if self.flags.ignore_permissions or frappe.session.user == "Administrator":
			return
		writable = self.meta.get_permlevel_access("write")
		defaults = default_values(self.doctype)
		for df in self.meta.get_high_permlevel_fields():
			if df.permlevel in writable:
				continue
			previous = self.get_doc_before_save()
			self.set(df.fieldname, previous.get(df.fieldname) if previous else defaults.get(df.fieldname))

	def _update_single(self) -> None:
		values = self.get_valid_dict()
		for unused in ("name", "creation", "docstatus", "idx"):
			values.pop(unused, None)
		frappe.db.write_single(self.doctype, values)
		frappe.db.value_cache = {}

	def _update_children(self) -> None:
		for df in self.meta.get_table_fields():
			rows = self.get(df.fieldname) or []
			kept = [row.name for row in rows if row.name]
			filters = {"parent": self.name, "parenttype": self.doctype, "parentfield": df.fieldname}
			if kept:
				filters["name"] = ["not in", kept]
			frappe.db.delete(df.options, filters)
			for position, row in enumerate(rows, 1):
				row.idx = position
				row.db_update()


def _moment(value: Any) -> str:
	return cstr(get_datetime(value)) if value else ""
