"""What Frappe keeps about this app's records, and what others wrote about a person in them: found and erased.

Deleted if it is about an erased record; redacted word by word if it is about something else and mentions the
person.
"""

import json
import re
from collections.abc import Iterable, Iterator

import frappe
from frappe.utils import create_batch

from navari_cams_biometric.cams_biometric.personal_data.person import PUNCH, Person
from navari_cams_biometric.cams_biometric.presence.missing_notices import NOTICE, notices_of

ERASED = "[erased]"
MODULE = "CAMS Biometric"
SHORTEST_WORD = 4  # characters: a shorter one stands for too much else
TEXT_TYPES = ("Small Text", "Text", "Long Text", "Code")
# A column that a table gets with its first comment: the last comments once more, as JSON.
COMMENTS = "_comments"
BATCH = 500
KEPT_BESIDE = (
	("Version", "ref_doctype", "docname"),
	("Comment", "reference_doctype", "reference_name"),
	("Error Log", "reference_doctype", "reference_name"),
	(NOTICE, "document_type", "document_name"),
	("ToDo", "reference_type", "reference_name"),
)


def erase_mentions(person: Person, own: dict[str, list[str]]) -> dict[str, int]:
	"""`own` are the names of the erased records, by DocType. Returns how many traces were erased, by DocType."""
	for doctype, names in own.items():
		_delete_beside(doctype, names)
	doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name", order_by="name")
	counts = {
		"Deleted Document": _delete_deleted(person, doctypes),
		"Error Log": _delete_errors(person, doctypes),
		"Version": _redact_versions(person, doctypes),
		NOTICE: _delete(NOTICE, [row.name for row in notices_of([person.employee])]),
		"Comment": _redact("Comment", ["content"], person, {"reference_doctype": ["in", doctypes]}),
	}
	for doctype in doctypes:
		if doctype != PUNCH:  # whose texts come from devices, and this person's are erased
			_redact(doctype, _text_fields(doctype), person, {})
	return {doctype: count for doctype, count in counts.items() if count}


def _delete_beside(doctype: str, names: list[str]) -> None:
	for batch in create_batch(names, BATCH):
		for kept, doctype_field, name_field in KEPT_BESIDE:
			frappe.db.delete(kept, {doctype_field: doctype, name_field: ["in", batch]})
		if frappe.db.has_column(doctype, COMMENTS):
			frappe.db.set_value(doctype, {"name": ["in", batch]}, COMMENTS, None, update_modified=False)


def _delete_deleted(person: Person, doctypes: list[str]) -> int:
	"""Frappe keeps what was deleted as JSON."""
	own = {person.employee, *person.user_ids}
	filters = {"deleted_doctype": ["in", doctypes]}
	found = [
		row.name
		for row in _containing("Deleted Document", ["data"], own, filters)
		if own & set(_people_in(json.loads(row.data or "{}")))
	]
	return _delete("Deleted Document", found)


def _delete_errors(person: Person, doctypes: list[str]) -> int:
	"""Those of this app: about its records, or titled as its own."""
	pattern = _pattern(person)
	found = [
		row.name
		for row in _containing("Error Log", ["error"], _search_words(person), {})
		if (row.reference_doctype in doctypes or _is_titled_ours(row.method))
		and pattern.search(row.error or "")
	]
	return _delete("Error Log", found)


def _is_titled_ours(title: str | None) -> bool:
	return "CAMS" in (title or "") or title == "Employee on devices"


def _redact_versions(person: Person, doctypes: list[str]) -> int:
	"""A version is JSON, in which a row names the employee in one value and the full name in another."""
	words = _search_words(person)
	versions = _containing("Version", ["data"], words, {"ref_doctype": ["in", doctypes]})
	for row in versions:
		redacted = frappe.as_json(_redacted(json.loads(row.data or "{}"), set(words)), indent=None)
		frappe.db.set_value("Version", row.name, "data", redacted, update_modified=False)
	return len(versions)


def _redact(doctype: str, fields: list[str], person: Person, filters: dict[str, object]) -> int:
	pattern, count = _pattern(person), 0
	for row in _containing(doctype, fields, _search_words(person), filters) if fields else ():
		old = {field: row[field] for field in fields if row[field]}
		new = {field: pattern.sub(ERASED, text) for field, text in old.items()}
		if new != old:
			frappe.db.set_value(doctype, row.name, new, update_modified=False)
			count += 1
	return count


def _text_fields(doctype: str) -> list[str]:
	meta = frappe.get_meta(doctype)
	if meta.issingle or meta.get("is_virtual"):
		return []
	fields = [field.fieldname for field in meta.fields if field.fieldtype in TEXT_TYPES]
	return [*fields, COMMENTS] if frappe.db.has_column(doctype, COMMENTS) else fields


def _containing(
	doctype: str, fields: list[str], words: Iterable[str], filters: dict[str, object]
) -> list[frappe._dict]:
	"""The records in which one of the fields contains one of the words: as the database sees it, so more than these."""
	anywhere = [[field, "like", f"%{word}%"] for field in fields for word in words if word]
	if not anywhere:
		return []
	more = ["method", "reference_doctype"] if doctype == "Error Log" else []
	return frappe.get_all(
		doctype, filters=filters, or_filters=anywhere, fields=["name", *fields, *more], order_by="name"
	)


def _search_words(person: Person) -> list[str]:
	"""The words for this person in a text, or in JSON."""
	words = [
		word for word in (person.employee, person.full_name, *person.user_ids) if len(word) >= SHORTEST_WORD
	]
	return list(dict.fromkeys([*words, *(json.dumps(word)[1:-1] for word in words)]))


def _pattern(person: Person) -> re.Pattern[str]:
	"""Whole words, and no part of a date, a time or a longer number."""
	words = "|".join(re.escape(word) for word in sorted(_search_words(person), key=len, reverse=True))
	return re.compile(rf"(?<![\w:.-])(?:{words})(?![\w:-]|\.\w)")


def _people_in(value: object) -> Iterator[str]:
	"""Whom a record names, in itself or in its child tables."""
	if isinstance(value, list):
		for each in value:
			yield from _people_in(each)
	if isinstance(value, dict):
		yield from (value[key] for key in ("employee", "user_id") if isinstance(value.get(key), str))
		yield from _people_in([each for each in value.values() if isinstance(each, list)])


def _redacted(value: object, words: set[str]) -> object:
	if isinstance(value, dict):
		return {key: _redacted(each, words) for key, each in value.items()}
	if isinstance(value, list):
		return [_redacted(each, words) for each in value]
	return ERASED if isinstance(value, str) and value in words else value


def _delete(doctype: str, names: list[str]) -> int:
	for batch in create_batch(names, BATCH):
		frappe.db.delete(doctype, {"name": ["in", batch]})
	return len(names)
