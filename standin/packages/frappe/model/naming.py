"""Names: hash, field:, prompt, format:, naming series and the controller's own autoname()."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import frappe
from frappe.missing import missing

if TYPE_CHECKING:
	from frappe.model.document import Document


def set_new_name(document: Document) -> None:
	document.run_method("before_naming")
	meta = document.meta
	autoname = meta.autoname
	if autoname.lower() != "prompt":
		document.name = None
	if autoname == "autoincrement":
		missing("autoname autoincrement")
	if meta.issingle:
		document.name = meta.name
	if not document.name:
		document.run_method("autoname")
	if not document.name and autoname:
		document.name = _name_from_option(autoname, document)
	if not document.name:
		document.name = make_autoname("hash", document.doctype)
	document.name = validate_name(document.doctype, document.name)


def _name_from_option(autoname: str, document: Document) -> str | None:
	kind = autoname.lower()
	if kind.startswith("field:"):
		return _from_field(autoname[6:], document)
	if kind.startswith("naming_series:"):
		return _from_series_field(document)
	if "#" in autoname:
		return make_autoname(autoname, doc=document)
	if kind in ("hash", "random"):
		return None
	missing(f"autoname {autoname!r}")


def _from_field(fieldname: str, document: Document) -> str:
	value = str(document.get(fieldname) or "").strip()
	if not value:
		frappe.throw(f"{document.meta.get_label(fieldname)} is required")
	return value


def _from_series_field(document: Document) -> str:
	if not document.get("naming_series"):
		options = (document.meta.get_options("naming_series") or "").split("\n")
		document.naming_series = next(filter(None, options), None)
	if not document.naming_series:
		frappe.throw("Naming Series mandatory")
	return make_autoname(f"{document.naming_series}.#####", doc=document)


def make_autoname(key: str = "", doctype: str = "", doc: Any = None, **unknown: Any) -> str:
	"""A name from `key`: "hash", or parts joined by dots such as PRE-.YYYY.-.#####"""
	if key == "hash":
		return _timestamp_prefix() + _random_base32(6)
	return parse_naming_series(key, doc=doc)


def parse_naming_series(
	parts: list[str] | str,
	doctype: str | None = None,
	doc: Any = None,
	number_generator: Callable[[str, int], str] | None = None,
) -> str:
	"""The name that the parts make; `number_generator` gives the number in the place of the series."""
	name = ""
	for part in filter(None, parts.split(".") if isinstance(parts, str) else parts):
		name += _part(part, name, doc, number_generator or getseries)
	return name


def _part(part: str, prefix: str, document: Any, number: Callable[[str, int], str]) -> str:
	now = frappe.utils.now_datetime()
	if part.startswith("#"):
		return number(prefix, len(part))
	if part in ("YY", "MM", "DD", "YYYY"):
		return now.strftime({"YY": "%y", "MM": "%m", "DD": "%d", "YYYY": "%Y"}[part])
	if part in ("WW", "timestamp"):
		missing(f"naming series part {part}")
	if document and document.get(part.strip("{}")) is not None:
		return str(document.get(part.strip("{}"))).strip()
	return part


def getseries(key: str, digits: int) -> str:
	"""The next number of a series. Holds the write lock until commit, as the real row lock does."""
	frappe.db.execute(
		'INSERT INTO "tabSeries" (name, current) VALUES (?, 1) '
		"ON CONFLICT (name) DO UPDATE SET current = current + 1",
		[key],
	)
	current = frappe.db.select('SELECT current FROM "tabSeries" WHERE name = ?', [key])[0].current
	return f"{current:0{digits}d}"


def validate_name(doctype: str, name: Any) -> str:
	"""The name without spaces around it. Raises frappe.NameError, which is no ValidationError."""
	if not name:
		frappe.throw(f"No Name Specified for {doctype}")
	if not isinstance(name, str):
		frappe.throw("Invalid name type (integer) for varchar name column", frappe.NameError)
	if name.startswith(f"New {doctype}"):
		frappe.throw(
			"There were some errors setting the name, please contact the administrator", frappe.NameError
		)
	name = name.strip()
	if name == doctype != "DocType" and not frappe.get_meta(doctype).issingle:
		frappe.throw(f"Name of {doctype} cannot be {name}", frappe.NameError)
	if set(name) & {"<", ">"}:
		frappe.throw("Name cannot contain special characters like '<', '>'", frappe.NameError)
	return name


def _timestamp_prefix() -> str:
	deciseconds = int(time.time() * 10) % 32**4
	return base64.b32hexencode(deciseconds.to_bytes(length=5, byteorder="big")).decode()[-4:].lower()


def _random_base32(length: int) -> str:
	return base64.b32hexencode(secrets.token_bytes(length)).decode()[:length].lower()
