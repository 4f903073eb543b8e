"""Values as the database holds them. What devices and the gateway say is shaped here before it is stored.

Rows are written by bulk statements, which Frappe's sanitising of documents does not see. It would not do either: it
leaves a tag without an end and a text that is JSON as they are.
"""

import re
import unicodedata
from functools import lru_cache

import frappe

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.prepared import Prepared, given

COLUMN_LENGTH = 140  # characters in a Data field
ROWS_AT_ONCE = 100  # in one statement, whose text is kept
TEXT_LENGTH = 16_000  # characters, of at most four bytes, in a Small Text field
REPLACEMENT = "\ufffd"  # stands where a character was taken out

# Categories of Unicode: controls, formats (bidi marks among them), halves of a pair, line and paragraph separators.
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Invisible characters of other categories: fillers, joiners, variation selectors, tags.
BLANK = (
	(0x34F, 0x34F),
	(0x115F, 0x1160),
	(0x17B4, 0x17B5),
	(0x180B, 0x180F),
	(0x2060, 0x206F),
	(0x3164, 0x3164),
	(0xFE00, 0xFE0F),
	(0xFFA0, 0xFFA0),
	(0x1BCA0, 0x1BCA3),
	(0x1D173, 0x1D17A),
	(0xE0000, 0xE0FFF),
)
NO_TAGS = str.maketrans("<>", "‹›")
ENTITY = re.compile(r"&(?=#?\w{1,31};)")  # Frappe 16 decodes one in the title of a form


def from_outside(text: str, length: int = COLUMN_LENGTH) -> str:
	"""Shape an ID, a time or a code word. Nothing is left out unseen, so that the result is no other person's ID.

	Angle brackets become the quotation marks ‹ and ›, an invisible character becomes REPLACEMENT, and a cut ends in an
	ellipsis. The result is never longer than `length`. It is not normalised: that would make two IDs one.
	"""
	return _cut(_shape(text, REPLACEMENT), length)


def words_from_outside(text: str, length: int = COLUMN_LENGTH) -> str:
	"""Shape a name or a label into one line. Invisible characters are left out: several scripts write names with
	joiners.
	"""
	return _cut(" ".join(_shape(text, "", keeps_space=True).split()), length)


def lines_from_outside(text: str, length: int = TEXT_LENGTH) -> str:
	"""Shape a message or a traceback, line by line."""
	lines = (_shape(line.expandtabs(4), "") for line in text.splitlines())
	return _cut("\n".join(lines).strip(), length)


def new_row(name: str, **values: object) -> dict[str, object]:
	"""A row as `insert_rows` takes it: with what Frappe keeps of every record, now and by this user."""
	now, user = times.now_on_site(), frappe.session.user
	return {"name": name, "creation": now, "modified": now, "owner": user, "modified_by": user, **values}


def insert_rows(doctype: str, rows: list[dict[str, object]]) -> int:
	"""Each row with the same fields in the same order. A name that is there already stays as it is, whoever stored it.
	Returns how many were not there.

	INSERT IGNORE would also truncate long texts and change invalid values: shape them before.
	"""
	return _insert(doctype, rows, others_stay=True)


def insert_new_rows(doctype: str, rows: list[dict[str, object]]) -> None:
	"""The same for names that are not there yet. Raises what the database raises."""
	_insert(doctype, rows, others_stay=False)


def _insert(doctype: str, rows: list[dict[str, object]], others_stay: bool) -> int:
	new = 0
	for first in range(0, len(rows), ROWS_AT_ONCE):
		chunk = rows[first : first + ROWS_AT_ONCE]
		values = {f"{field}_{number}": row[field] for number, row in enumerate(chunk) for field in row}
		_insert_of(doctype, tuple(rows[0]), len(chunk), others_stay).run(values)
		new += frappe.db._cursor.rowcount
	return new


@lru_cache(maxsize=4 * ROWS_AT_ONCE)
def _insert_of(doctype: str, fields: tuple[str, ...], count: int, others_stay: bool) -> Prepared:
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.into(table).columns(*fields)
	query = query.ignore() if others_stay else query
	rows = ([given(f"{field}_{number}") for field in fields] for number in range(count))
	return Prepared(query.insert(*rows))


def set_values(doctype: str, name: str, values: dict[str, object]) -> None:
	"""Update a record without its hooks, its `modified` and the document cache, in the caller's transaction."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table).where(table.name == name)
	for fieldname, value in values.items():
		query = query.set(table[fieldname], value)
	query.run()


def _shape(text: str, replacement: str, keeps_space: bool = False) -> str:
	plain = ENTITY.sub("＆", text.translate(NO_TAGS))
	if plain.isascii() and plain.isprintable():
		return plain
	return "".join(
		replacement if is_invisible(character) and not (keeps_space and character.isspace()) else character
		for character in plain
	)


def is_invisible(character: str) -> bool:
	code = ord(character)
	return unicodedata.category(character) in INVISIBLE or any(first <= code <= last for first, last in BLANK)


def _cut(text: str, length: int) -> str:
	return text if len(text) <= length else f"{text[: length - 1]}…"
