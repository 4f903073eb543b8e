"""Document: loading, hooks, permissions and comments. How it is written stands in model.saving."""

from __future__ import annotations

import datetime
from typing import Any

import frappe
from frappe.exceptions import DoesNotExistError, PermissionError
from frappe.messages import bold, throw
from frappe.missing import missing, refuse
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.defaults import default_values
from frappe.model.fieldtypes import cast
from frappe.model.saving import Saving
from frappe.runtime import _dict
from frappe.utils.data import get_datetime, get_timedelta, getdate


def get_doc(*args: Any, **kwargs: Any) -> Document:
	"""A document from the database (doctype, name[, for_update]) or from values (a dict or keywords)."""
	if args and isinstance(args[0], BaseDocument):
		return args[0]
	if args and isinstance(args[0], dict):
		return new_from_values(args[0])
	if not args:
		return new_from_values(kwargs)
	doctype = args[0]
	if len(args) == 1 and kwargs and set(kwargs) != {"for_update"}:
		return new_from_values({"doctype": doctype, **kwargs})
	return get_controller(doctype)(*args, **kwargs)


def new_from_values(values: dict[str, Any]) -> Any:
	if not values.get("doctype"):
		raise ValueError('"doctype" is a required key')
	return get_controller(values["doctype"])(values)


class Document(Saving):
	"""The base of all controllers. Submitting and cancelling are not imitated."""

	def __init__(self, *args: Any, **kwargs: Any) -> None:
		self.flags = _dict()
		self.doctype: str | None = None
		self.name: str | None = None
		if args and isinstance(args[0], str):
			self.doctype = args[0]
			self.name = args[0] if len(args) == 1 else args[1]
			self.flags.for_update = kwargs.pop("for_update", None)
			refuse("frappe.get_doc", kwargs)
			self.load_from_db()
			return
		super().__init__(args[0] if args else kwargs)

	def load_from_db(self) -> Document:
		if self.meta.is_virtual:
			missing(f"virtual DocType {self.doctype}")
		super().__init__(self._stored_single() if self.meta.issingle else self._stored_row())
		for df in self.meta.get_table_fields():
			filters = {"parent": self.name, "parenttype": self.doctype, "parentfield": df.fieldname}
			rows = frappe.db.get_values(df.options, filters, "*", as_dict=True, order_by="idx asc")
			self.set(df.fieldname, rows)
		return self

	def _stored_single(self) -> dict[str, Any]:
		stored = frappe.db.get_singles_dict(self.doctype, for_update=bool(self.flags.for_update))
		if not stored:
			stored = default_values(self.doctype)
		for df in self.meta.fields:
			if df.fieldtype in ("Check", "Int", "Float", "Currency", "Percent") and df.fieldname in stored:
				stored[df.fieldname] = cast(df.fieldtype, stored[df.fieldname])
		return {**stored, "doctype": self.doctype, "name": self.doctype}

	def _stored_row(self) -> dict[str, Any]:
		row = frappe.db.get_value(
			self.doctype, self.name, "*", as_dict=True, for_update=bool(self.flags.for_update)
		)
		if not row:
			throw(f"{self.doctype} {self.name} not found", DoesNotExistError)
		return {**row, "doctype": self.doctype}

	def reload(self) -> Document:
		self.flags.for_update = None
		return self.load_from_db()

	def run_method(self, method: str, *args: Any, **kwargs: Any) -> Any:
		"""The controller's method, then the apps' doc_events for it."""
		function = getattr(self, method, None)
		result = function(*args, **kwargs) if callable(function) else None
		hooks = frappe.get_doc_hooks()
		for handler in hooks.get(self.doctype, {}).get(method, []) + hooks.get("*", {}).get(method, []):
			outcome = frappe.get_attr(handler)(self, method, *args, **kwargs)
			result = outcome if outcome is not None else result
		return result

	def notify_update(self) -> None:
		data = {"modified": self.modified, "doctype": self.doctype, "name": self.name}
		frappe.publish_realtime(
			"doc_update", data, doctype=self.doctype, docname=self.name, after_commit=True
		)

	def clear_cache(self) -> None:
		frappe.clear_document_cache(self.doctype, self.name)

	def load_doc_before_save(self, *, raise_exception: bool = False) -> None:
		self._doc_before_save = None
		if self.is_new():
			return
		try:
			self._doc_before_save = get_doc(self.doctype, self.name, for_update=True)
		except DoesNotExistError:
			if raise_exception:
				raise
			frappe.clear_last_message()

	def get_doc_before_save(self) -> Any:
		return getattr(self, "_doc_before_save", None)

	def has_value_changed(self, fieldname: str) -> bool:
		"""Whether the field differs from what was stored; a new document has changed everywhere."""
		previous = self.get_doc_before_save()
		if not previous:
			return True
		old, new = previous.get(fieldname), self.get(fieldname)
		if isinstance(old, datetime.datetime):
			new = get_datetime(new)
		elif isinstance(old, datetime.date):
			new = getdate(new)
		elif isinstance(old, datetime.timedelta):
			new = get_timedelta(new)
		return old != new

	def has_permission(self, permtype: str = "read", *, debug: bool = False, user: str | None = None) -> bool:
		if self.flags.ignore_permissions:
			return True
		return frappe.permissions.has_permission(self.doctype, permtype, self, user=user)

	def check_permission(self, permtype: str = "read", permlevel: Any = None) -> None:
		if not self.has_permission(permtype):
			frappe.flags.error_message = f"Insufficient Permission for {self.doctype} ({bold(permtype)})"
			raise PermissionError

	def apply_fieldlevel_read_permissions(self) -> None:
		"""Take away the fields that the user's roles may not read."""
		readable = self.meta.get_permlevel_access("read")
		for df in self.meta.fields:
			if df.permlevel and df.permlevel not in readable and frappe.session.user != "Administrator":
				self.__dict__.pop(df.fieldname, None)

	def add_comment(self, comment_type: str = "Comment", text: str | None = None, **keywords: Any) -> Any:
		values = {"comment_email": frappe.session.user, "comment_by": frappe.session.user, **keywords}
		return get_doc(
			{
				"doctype": "Comment",
				"comment_type": comment_type,
				"reference_doctype": self.doctype,
				"reference_name": self.name,
				"content": text or comment_type,
				**values,
			}
		).insert(ignore_permissions=True)

	def deferred_insert(self) -> None:
		"""Queue the document in the cache; it becomes a row with the next flush."""
		from frappe.deferred_insert import deferred_insert

		self.set_user_and_timestamp()
		deferred_insert(self.doctype, self.get_valid_dict(convert_dates_to_str=True))
