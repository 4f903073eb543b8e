"""The gateway's times: "2024-09-17 08:00:00 GMT +0300" to and from an aware datetime.

The grammar is explicit, because general parsers read the offset with the wrong sign or not at all.

ref: PROTOCOL section 3
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo

from .errors import TimestampError

# IST is the only abbreviation met besides GMT and UTC; the vendor is Indian.
NAMED_OFFSETS = {"GMT": timedelta(0), "UTC": timedelta(0), "Z": timedelta(0), "IST": timedelta(hours=5.5)}
LARGEST_OFFSET = timedelta(hours=14)
YEARS = range(1970, 2200)

_GRAMMAR = re.compile(
	r"(?P<clock>\d{4}-\d{2}-\d{2}[ T](?:[01]\d|2[0-3]):\d{2}:\d{2})"
	r"(?:\s*(?P<zone>[A-Z]{1,5}))?"
	r"(?:\s*(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>[0-5]\d))?",
	re.ASCII,
)


def parse_timestamp(text: str, default_zone: tzinfo) -> datetime:
	"""Read a gateway time; the result is aware and has whole seconds.

	`text` is `YYYY-MM-DD HH:MM:SS`, alone or followed by `GMT +HHMM`, `GMT+HHMM`, `+HHMM`, `GMT`, `UTC`
	or `IST`; an offset in digits counts before the name. Without any offset it is in `default_zone`, the device's own; of an hour that a clock change
	repeats it is the first.

	Raises TimestampError for every other text.
	"""
	match = _GRAMMAR.fullmatch(text.strip())
	if not match:
		raise TimestampError("not a time like 2024-09-17 08:00:00 GMT +0300")
	if match["zone"] and match["zone"] not in NAMED_OFFSETS:
		raise TimestampError("unknown time zone abbreviation")
	try:
		clock = datetime.fromisoformat(match["clock"])
	except ValueError as error:
		raise TimestampError("no such date or time of day") from error
	if clock.year not in YEARS:
		raise TimestampError(f"year is not between {YEARS.start} and {YEARS.stop - 1}")
	return clock.replace(tzinfo=_offset(match) or default_zone)


def format_timestamp(instant: datetime) -> str:
	"""Write an aware datetime the way the gateway does, in its own offset: `2024-09-17 08:00:00 GMT +0300`.

	An offset with seconds (Liberia's until 1972) cannot be written: such a time is written in UTC.
	"""
	offset = instant.utcoffset()
	if offset is None:
		raise TimestampError("a time without an offset is no instant")
	if offset % timedelta(minutes=1):
		instant = instant.astimezone(timezone.utc)
	return instant.strftime("%Y-%m-%d %H:%M:%S GMT %z")


def _offset(match: re.Match[str]) -> tzinfo | None:
	if match["sign"]:
		offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
		if offset > LARGEST_OFFSET:
			raise TimestampError("offset is more than 14 hours")
		return timezone(-offset if match["sign"] == "-" else offset)
	if match["zone"]:
		return timezone(NAMED_OFFSETS[match["zone"]])
	return None
