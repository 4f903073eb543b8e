"""Values of a reply. The one place that takes them apart: leniently, as the gateway sends numbers as texts and keys
in any case; and within bounds, as they are a stranger's. What cannot be read is None or, for a text, empty.
"""

import re
from datetime import date, datetime, timezone
from typing import Any

from ..callback import read_punch as punch_of
from ..errors import TimestampError
from ..keys import as_text, load_json
from ..keys import fold as fold
from ..timestamp import YEARS, parse_timestamp

__all__ = [
	"as_list",
	"as_text",
	"fold",
	"one_line",
	"punch_of",
	"read_boolean",
	"read_code",
	"read_date",
	"read_number",
	"read_numbers",
	"read_object",
	"read_time",
	"text",
]

LONGEST_TEXT = 500  # characters of one value
MOST_DIGITS = 9  # of a count or a code
MOST_COUNTERS = 100


def read_object(body: bytes) -> dict[str, Any] | None:
	"""The JSON object with its top keys in lower case, or None."""
	try:
		reply = load_json(body.decode("utf-8-sig"))
	except (ValueError, RecursionError):
		return None
	return fold(reply) if isinstance(reply, dict) else None


def text(value: object) -> str:
	"""A scalar as text without control, direction and zero-width characters; a cut is marked, so that a truncated ID
	matches nobody."""
	told = as_text(value)
	if len(told) > LONGEST_TEXT:
		told = f"{told[: LONGEST_TEXT - 1]}…"
	return "".join(filter(str.isprintable, told)).strip()


def one_line(words: str) -> str:
	"""Words for people: a blank for each line break and each invisible character."""
	return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())


def read_numbers(value: object) -> dict[str, int]:
	numbers = list(value.items())[:MOST_COUNTERS] if isinstance(value, dict) else []
	return {text(name): number for name, told in numbers if (number := read_number(told)) is not None}


def read_number(value: object) -> int | None:
	"""A count, which the gateway sends as a number or as text."""
	code = read_code(value)
	return code if code is None or code >= 0 else None


def read_code(value: object) -> int | None:
	"""A whole number that may be negative."""
	told = text(value)
	return int(told) if re.fullmatch(rf"-?[0-9]{{1,{MOST_DIGITS}}}", told) else None


def read_boolean(value: object) -> bool | None:
	return value if isinstance(value, bool) else {"true": True, "false": False}.get(text(value).lower())


def read_time(value: object) -> datetime | None:
	"""A time with its offset, else in UTC; None where it cannot be read."""
	try:
		return parse_timestamp(text(value), timezone.utc)
	except TimestampError:
		return None


def read_date(value: object) -> date | None:
	"""A day as `2027-01-31`, or that of a time; None where it cannot be read."""
	try:
		day = date.fromisoformat(text(value)[:10])
	except ValueError:
		return None
	return day if day.year in YEARS else None


def as_list(value: object) -> list[Any]:
	if value is None or value == "":
		return []
	return value if isinstance(value, list) else [value]
