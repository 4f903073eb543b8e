"""How MariaDB compares where SQLite would compare bytes.

Text follows utf8mb4_unicode_ci with PAD SPACE: neither case, accents nor trailing spaces make a difference, in
`=` as in unique keys. Datetimes compare by value, whether or not the text carries hours or microseconds.
"""

import sqlite3
import unicodedata
from functools import lru_cache

TEXT = "STANDIN_TEXT"
DATETIME = "STANDIN_DATETIME"


def register(connection: sqlite3.Connection) -> None:
	connection.create_collation(TEXT, lambda left, right: _compare(fold(left), fold(right)))
	connection.create_collation(DATETIME, lambda left, right: _compare(pad(left), pad(right)))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
	"""The text as the collation sees it."""
	if text.isascii():
		return text.rstrip(" ").lower()
	decomposed = unicodedata.normalize("NFKD", text.rstrip(" ")).casefold()
	return "".join(character for character in decomposed if not unicodedata.combining(character))


def pad(text: str) -> str:
	"""A date or datetime text at full length: 2024-09-17 -> 2024-09-17 00:00:00.000000."""
	text = text.replace("T", " ", 1)
	if len(text) == 10:
		return f"{text} 00:00:00.000000"
	if len(text) == 19:
		return f"{text}.000000"
	return text.ljust(26, "0")


def _compare(left: str, right: str) -> int:
	return (left > right) - (left < right)
