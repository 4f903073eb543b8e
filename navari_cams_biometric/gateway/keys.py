"""The names under which gateways, their clones and the former Web APIs send the same thing, and how values are read.

This is the only place to add a name. Keys are compared without case, blanks, `_` and `-`.

ref: PROTOCOL sections 1 and 2
"""

import json
import re
from typing import Any

Row = dict[str, Any]
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of a pair

# The documented name first, which counts before the others.
KEYS = {
	"authtoken": ("authtoken", "token"),
	"serialnumber": (
		"serialnumber",
		"servicetagid",
		"servicetag",
		"stgid",
		"devicesn",
		"deviceserialnumber",
	),
	"labelname": ("labelname", "devicename"),
	"operationid": ("operationid", "requestid"),
	"time": ("time",),
	"userid": (
		"userid",
		"usercode",
		"employeecode",
		"employeeid",
		"empcode",
		"empid",
		"enrollid",
		"enrollnumber",
		"badgenumber",
		"personid",
	),
	"type": ("type", "attendancetype", "punchtype", "direction", "atttype"),
	"logtime": (
		"logtime",
		"punchtime",
		"attendancetime",
		"attendancelog",
		"atttime",
		"checktime",
		"eventtime",
		"operationtime",
		"timestamp",
	),
	"inputtype": ("inputtype", "verifytype", "verifymode"),
	"temperature": ("temperature", "bodytemperature"),
	"facemask": ("facemask",),
}
ENVELOPE = ("authtoken", "serialnumber", "labelname", "operationid", "time")
PUNCH = ("userid", "type", "logtime", "inputtype", "temperature", "facemask")
# What punches are listed under, and what is around them. `AttendanceLog` is a time where it is a plain text.
LOGS = (
	"punchlog",
	"punchlogs",
	"attendancelog",
	"attendancelogs",
	"log",
	"logs",
	"trans",
	"transactions",
	"attendance",
	"attendances",
	"punches",
)
AROUND = ("realtime", "apirequestinfo", "requestdata", "load")
# How many rows a batch says it has, and where the next one begins: read, and nothing to keep.
COUNTS = ("returnrowcount", "actualrowcount", "offset")
AGAIN = "again"  # after a key: what came a second time under it
LONGEST_WITH_REPEATS = 256 * 1024  # characters
# What people call one direction, and the type of the documentation.
TYPE_WORDS = {"in": "CheckIn", "i": "CheckIn", "out": "CheckOut", "o": "CheckOut"}

# Known to matter to nobody here: the reply to a question that is asked anew each day.
IGNORED = ("deviceinformation",)
# Plain values under these say nothing that could be lost: around punches, and within one.
KNOWN_AROUND = {*COUNTS, "status", "statuscode", *(key for name in ENVELOPE for key in KEYS[name])}
KNOWN_IN_PUNCH = {key for name in ("serialnumber", *PUNCH) for key in KEYS[name]}


def fold(value: object) -> Row:
	"""The object with its keys as this module has them; of anything else an empty one.

	Of keys that are alike the first with something in it counts. What others have to say beside it is a list under a
	name that nobody knows.
	"""
	folded: Row = {}
	if isinstance(value, dict):
		for key, item in value.items():
			known = folded.setdefault(fold_key(key), item)
			if known is item or not has_content(item) or (is_plain(item) and item == known):
				continue
			if has_content(known):
				folded.setdefault(fold_key(key) + AGAIN, []).append(item)
			else:
				folded[fold_key(key)] = item
	return folded


def fold_and_decode(value: object) -> Row:
	return {key: decode(item) for key, item in fold(value).items()}


def fold_key(key: str) -> str:
	return key.lower().replace("_", "").replace("-", "").replace(" ", "")


def value_of(row: Row, name: str) -> Any:
	"""The first plain value that is not empty under one of the names for `name`; None without one."""
	for key in KEYS[name]:
		if key in row:
			value = decode(row[key])
			if isinstance(value, bool) or as_text(value):
				return value
	return None


def text_of(row: Row, name: str) -> str:
	return as_text(value_of(row, name))


def as_text(value: object) -> str:
	"""A scalar as trimmed text that every database can store; clones send numbers for texts.

	What no database takes is replaced and not dropped: a text must not become another one.
	"""
	if isinstance(value, bool) or not isinstance(value, str | int | float):
		return ""
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	return storable(str(value)).strip()


def storable(text: str) -> str:
	return text if text.isprintable() else UNSTORABLE.sub("\ufffd", text)


def decode(value: Any) -> Any:
	"""What JSON in a text says, where it is an object or a list of some; everything else, as `[1]`, as it is."""
	if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
		try:
			told = load_json(value)
		except (ValueError, RecursionError):
			return value
		if isinstance(told, dict) or not told or not all(map(is_plain, told)):
			return told
	return value


def is_plain(value: object) -> bool:
	return not isinstance(value, dict | list)


def has_content(value: object) -> bool:
	"""Whether something could be lost. False and 0 are told; an empty text, list or object tells nothing."""
	return value is not None and value not in ("", [], {})


def load_json(text: str) -> Any:
	"""As json.loads; a number that Python would not convert, or that is none, stays a text.

	Of a key that is repeated the last counts, except that logs are put together; what else has parts is a list under a
	name that nobody knows.

	Raises ValueError or RecursionError.
	"""
	return json.loads(
		text,
		parse_int=_read_integer,
		parse_constant=str,
		object_pairs_hook=_read_object,
		strict=False,  # a name may have a tab or a line break in it
	)


def _read_object(pairs: list[tuple[str, Any]]) -> Row:
	row = dict(pairs)
	return row if len(row) == len(pairs) else _with_repeats(row, pairs)


def _with_repeats(row: Row, pairs: list[tuple[str, Any]]) -> Row:
	parts: dict[str, list[Any]] = {}
	for key, value in pairs:
		if not is_plain(value):
			parts.setdefault(key, []).append(value)
	for key, values in parts.items():
		if fold_key(key) in LOGS:
			row[key] = values[0] if len(values) == 1 else _joined(values)
		elif values != [row[key]]:
			row[key + AGAIN] = values
	return row


def _joined(values: list[Any]) -> list[Any]:
	return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _read_integer(digits: str) -> int | str:
	return int(digits) if len(digits) <= 18 else digits
