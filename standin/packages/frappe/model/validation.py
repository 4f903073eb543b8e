"""What Frappe checks before it writes a document, after the controller's own validate()."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe.database.columns import BIGINT, INT, KIND_OF, TABLES, VARCHAR
from frappe.exceptions import (
	CannotChangeConstantError,
	CharacterLengthExceededError,
	LinkValidationError,
	MandatoryError,
	NonNegativeError,
)
from frappe.messages import msgprint, throw
from frappe.model.fieldtypes import for_row
from frappe.model.meta import CODE_FIELDS
from frappe.utils.data import cint, cstr, flt
from frappe.utils.html_utils import sanitize_html, strip_html
from frappe.utils.password import remove_encrypted_password, set_encrypted_password

if TYPE_CHECKING:
	from frappe.model.document import Document


def validate(document: Document) -> None:
	"""Run all checks, on the document and its child rows, and store its passwords."""
	_mandatory(document)
	for each in [document, *document.get_all_children()]:
		_selects(each)
		_non_negative(each)
		_lengths(each)
		_sync_autoname_field(each)
		_sanitize(each)
		_save_passwords(each)
	_constants(document)


def _mandatory(document: Document) -> None:
	if document.flags.ignore_mandatory:
		return
	absent = []
	for each in [document, *document.get_all_children()]:
		for df in each.meta.get("fields", {"reqd": 1}):
			if not _has_content(each, df):
				absent.append(df.fieldname)
				msgprint(f"Error: Value missing for {each.doctype}: {df.label}")
	if absent:
		raise MandatoryError(f"[{document.doctype}, {document.name}]: {', '.join(absent)}")


def _has_content(document: Any, df: Any) -> bool:
	value = document.get(df.fieldname)
	if df.fieldtype in TABLES:
		return bool(value)
	return value is not None and bool(strip_html(cstr(value)).strip())


def _selects(document: Any) -> None:
	for df in document.meta.get_select_fields():
		value = document.get(df.fieldname)
		options = (df.options or "").split("\n")
		if df.fieldname == "naming_series" or not value or not any(options):
			continue
		document.set(df.fieldname, cstr(value).strip())
		if document.get(df.fieldname) not in options:
			allowed = '", "'.join(options)
			throw(f'{df.label} cannot be "{value}". It should be one of "{allowed}"')


def _non_negative(document: Any) -> None:
	for df in document.meta.get("fields", {"non_negative": 1}):
		if flt(document.get(df.fieldname)) < 0:
			throw(
				f"Value cannot be negative for <strong>{df.label}</strong>",
				NonNegativeError,
				title="Negative Value",
			)


def _lengths(document: Any) -> None:
	if document.meta.issingle:
		return
	for df in document.meta.fields:
		kind = KIND_OF.get(df.fieldtype)
		value = for_row(df, document.get(df.fieldname)) if kind else None
		if value is None or df.fieldtype == "Check":
			continue
		longest = cint(df.length) or VARCHAR
		too_long = kind == "varchar" and len(cstr(value)) > longest
		too_big = kind in ("int", "bigint") and abs(value) > (INT if kind == "int" else BIGINT)
		if too_long or too_big:
			throw(
				f"{document.doctype} {document.name}: '{df.label}' ({value}) will get truncated, as max "
				f"characters allowed is {longest}",
				CharacterLengthExceededError,
				title="Value too big",
			)


def _sync_autoname_field(document: Any) -> None:
	_empty, specifier, fieldname = document.meta.autoname.partition("field:")
	if specifier and document.name and document.name != document.get(fieldname):
		document.set(fieldname, document.name)


def _sanitize(document: Any) -> None:
	"""Take out what could run as a script; fields with code in them are left alone."""
	for df in document.meta.fields:
		value = document.get(df.fieldname)
		if not isinstance(value, str) or not ("<" in value or ">" in value):
			continue
		if df.ignore_xss_filter or df.fieldtype in CODE_FIELDS or df.options == "Email":
			continue
		document.set(df.fieldname, sanitize_html(value))


def _save_passwords(document: Any) -> None:
	ignored = document.flags.ignore_save_passwords if hasattr(document, "flags") else None
	if ignored is True:
		return
	for df in document.meta.get("fields", {"fieldtype": "Password"}):
		value = document.get(df.fieldname)
		if ignored and df.fieldname in ignored:
			continue
		if not value:
			remove_encrypted_password(document.doctype, document.name, df.fieldname)
		elif not document.is_dummy_password(value):
			set_encrypted_password(document.doctype, document.name, value, df.fieldname)
			document.set(df.fieldname, "*" * len(value))


def _constants(document: Document) -> None:
	before = document.get_doc_before_save()
	if document.is_new() or not before or document.flags.ignore_validate_constants:
		return
	for df in document.meta.get("fields", {"set_only_once": 1}):
		if cstr(document.get(df.fieldname)) != cstr(before.get(df.fieldname)):
			throw(f"Value cannot be changed for {df.label}", CannotChangeConstantError)


def validate_links(document: Document) -> None:
	"""Every link must lead somewhere; it takes the other's spelling, and what is to be fetched is fetched."""
	if document.flags.ignore_links:
		return
	invalid = []
	for each in [document, *document.get_all_children()]:
		for df in each.meta.get_link_fields() + each.meta.get_dynamic_link_fields():
			if each.get(df.fieldname) and not _follow(each, df):
				invalid.append(f"{df.label}: {each.get(df.fieldname)}")
	if invalid:
		throw(f"Could not find {', '.join(invalid)}", LinkValidationError)


def _follow(document: Any, df: Any) -> bool:
	linked_name = document.get(df.fieldname)
	doctype = df.options if df.fieldtype == "Link" else document.get(df.options)
	if not doctype:
		throw(f"{document.meta.get_label(df.options)} must be set first")
	if frappe.get_meta(doctype).issingle:
		return linked_name == doctype
	to_fetch = [
		each
		for each in document.meta.get_fields_to_fetch(df.fieldname)
		if not each.fetch_if_empty or not document.get(each.fieldname)
	]
	fields = ["name", *(each.fetch_from.split(".", 1)[1] for each in to_fetch)]
	found = frappe.db.get_value(doctype, linked_name, fields, as_dict=True)
	if not found:
		return False
	setattr(document, df.fieldname, found.name)
	for each in to_fetch:
		setattr(document, each.fieldname, found[each.fetch_from.split(".", 1)[1]])
	return True
