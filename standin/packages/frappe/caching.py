"""Documents kept in the cache across requests, with the traps of the real thing.

Saving a document, `db_set` and `db.set_value` clear it, at once and again after the commit or rollback; a query
builder UPDATE does not. Within a request the very object is shared. `get_doc` renews what is cached.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model import document


def get_doc(*args: Any, **kwargs: Any) -> Any:
	"""A document from the database (doctype, name[, for_update]) or from values (a dict or keywords)."""
	found = document.get_doc(*args, **kwargs)
	key = _cacheable(args)
	if key and frappe.cache.exists(key):
		frappe.cache.set_value(key, found)
	return found


def get_cached_doc(*args: Any, **kwargs: Any) -> Any:
	"""The document as it was when it was last put into the cache."""
	key = _cacheable(args)
	if key and (cached := frappe.cache.get_value(key)):
		return cached
	found = get_doc(*args, **kwargs)
	frappe.cache.set_value(key or _key(found.doctype, found.name), found)
	return found


def get_cached_value(doctype: str, name: str, fieldname: Any = "name", as_dict: bool = False) -> Any:
	"""One field, or several as a list (or a dict), of a cached document; None where there is no such document."""
	try:
		cached = get_cached_doc(doctype, name)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None
	if isinstance(fieldname, str):
		return cached.get(fieldname)
	values = [cached.get(each) for each in fieldname]
	return frappe._dict(zip(fieldname, values, strict=True)) if as_dict else values


def clear_document_cache(doctype: str, name: str | None = None) -> None:
	"""Forget one document or all of a DocType: now, and once more when the transaction has ended."""

	def clear() -> None:
		if name is None:
			frappe.cache.delete_keys(_key(doctype, ""))
		else:
			frappe.cache.delete_value(_key(doctype, name))

	clear()
	frappe.db.after_commit.add(clear)
	frappe.db.after_rollback.add(clear)


def clear_cache(user: str | None = None, doctype: str | None = None) -> None:
	"""Forget cached documents and metadata, of one DocType or of all."""
	from frappe.model.meta import clear_meta

	frappe.local.role_permissions = {}
	clear_meta(doctype)
	if doctype:
		clear_document_cache(doctype)
	else:
		frappe.cache.delete_keys("document_cache::")


def _cacheable(args: tuple) -> str | None:
	if not args or not isinstance(args[0], str):
		return None
	name = args[0] if len(args) == 1 or args[1] is None else args[1]
	return _key(args[0], name) if isinstance(name, str) else None


def _key(doctype: str, name: str) -> str:
	return f"document_cache::{doctype}::{name}"
