"""Single values of a reply, read leniently: the gateway sends numbers as texts and keys in any case."""

from datetime import date, datetime, timezone
from typing import Any

from ..callback import read_punch as punch_of
from ..errors import TimestampError
from ..keys import as_text as text
from ..keys import fold as fold
from ..timestamp import parse_timestamp

__all__ = [
	"as_list",
	"fold",
	"punch_of",
	"read_boolean",
	"read_date",
	"read_number",
	"read_numbers",
	"read_time",
	"text",
]


def read_numbers(value: object) -> dict[str, int]:
	numbers = value.items() if isinstance(value, dict) else ()
	return {name: number for name, told in numbers if (number := read_number(told)) is not None}


def read_number(value: object) -> int | None:
	"""A count, which the gateway sends as a number or as text."""
	told = text(value)
	return int(told) if told.isdecimal() else None


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
		return date.fromisoformat(text(value)[:10])
	except ValueError:
		return None


def as_list(value: object) -> list[Any]:
	if value is None or value == "":
		return []
	return value if isinstance(value, list) else [value]
