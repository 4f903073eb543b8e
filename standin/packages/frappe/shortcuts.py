"""The small functions that live on `frappe` itself."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any

import frappe
from frappe.missing import refuse
from frappe.runtime import local


class LazyText:
	"""A text translated when it is shown; comparing it is an error, as with the real one."""

	def __init__(self, text: str) -> None:
		self.text = text

	def __str__(self) -> str:
		return self.text

	def __eq__(self, other: object) -> bool:
		raise NotImplementedError("comparing a lazy translation")

	def __hash__(self) -> int:
		raise TypeError("unhashable type: a lazy translation")


def _lt(msg: str, lang: str | None = None, context: str | None = None) -> LazyText:
	return LazyText(msg)


def new_doc(
	doctype: str,
	*,
	parent_doc: Any = None,
	parentfield: str | None = None,
	as_dict: bool = False,
	**kwargs: Any,
) -> Any:
	"""A new document with its defaults and the given values."""
	from frappe.model.defaults import default_values

	refuse("frappe.new_doc", {"parentfield": parentfield} if parentfield else {})
	values = default_values(doctype)
	values.update(doctype=doctype, owner=frappe.session.user, __islocal=1)
	if as_dict:
		return values
	document = frappe.get_doc(values)
	document.update(kwargs)
	return document


def get_single(doctype: str) -> Any:
	return frappe.get_doc(doctype, doctype)


def get_last_doc(doctype: str, filters: Any = None, order_by: str = "creation desc", **unknown: Any) -> Any:
	refuse("frappe.get_last_doc", unknown)
	names = frappe.get_all(doctype, filters=filters, limit_page_length=1, order_by=order_by, pluck="name")
	if not names:
		raise frappe.DoesNotExistError
	return frappe.get_doc(doctype, names[0])


def get_doc_hooks() -> dict[str, dict[str, list[str]]]:
	"""The apps' handlers of document events, by DocType ("*" for all) and event."""
	hooks: dict[str, dict[str, list[str]]] = {}
	for key, events in frappe.get_hooks("doc_events", {}).items():
		for doctype in key if isinstance(key, tuple) else (key,):
			for event, handlers in events.items():
				hooks.setdefault(doctype, {}).setdefault(event, []).extend(handlers)
	return hooks


def generate_hash(txt: str | None = None, length: int = 56) -> str:
	return secrets.token_hex((length or 56) // 2 + 1)[: length or 56]


def as_json(obj: Any, indent: int | None = 1, **unknown: Any) -> str:
	from frappe.utils.response import json_handler

	refuse("frappe.as_json", unknown)
	return json.dumps(obj, indent=indent, sort_keys=True, default=json_handler, separators=(",", ": "))


def logger(module: str | None = None, with_more_info: bool = False, **keywords: Any) -> logging.Logger:
	"""A plain logger below "frappe"; the real one writes files."""
	return logging.getLogger(f"frappe.{module}" if module else "frappe")


def get_request_header(key: str, default: Any = None) -> Any:
	return local.request.headers.get(key, default)


def get_system_settings(key: str) -> Any:
	return frappe.db.get_single_value("System Settings", key)


def get_desk_link(doctype: str, name: str, **unknown: Any) -> str:
	refuse("frappe.get_desk_link", unknown)
	return f"<a>{doctype} {name}</a>"


def safe_decode(param: Any, encoding: str = "utf-8") -> Any:
	try:
		return param.decode(encoding)
	except (AttributeError, UnicodeDecodeError):
		return param


def ping() -> str:
	return "pong"
