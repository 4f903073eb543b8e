"""Read the bytes that the gateway posts into a Callback. Checks no token and stores nothing.

`read_envelope` says who sends; `read_callback` reads the rest, once the sender is believed. Whatever has something in
it and is not understood is named in `Callback.unread`, never dropped. Biometric and secret data (templates, photos,
passwords, card numbers) are dropped here: no class below has a field for them.

ref: PROTOCOL sections 1 and 2, https://camsbiometrics.com (Web API, callback)
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote_plus

from .body import load_object, open_body
from .device_events import DeviceStatus, UserEvent, read_device_status, read_user_event, says_more
from .keys import (
	AGAIN,
	AROUND,
	COUNTS,
	ENVELOPE,
	IGNORED,
	KEYS,
	KNOWN_AROUND,
	KNOWN_IN_PUNCH,
	LOGS,
	TYPE_WORDS,
	Row,
	as_text,
	decode,
	fold,
	fold_and_decode,
	has_content,
	is_plain,
	text_of,
	value_of,
)
from .punch import InputType, Punch, PunchType
from .timestamp import format_timestamp

LONGEST_NAME = 64  # characters of a part's name
EVENTS = {"userupdated": "UserUpdated", "userdeleted": "UserDeleted"}
TWICE_AROUND = {key + AGAIN for key in KNOWN_AROUND}  # an envelope that says something twice
WHOLES = {*LOGS, *AROUND}  # keys of what has parts, where "none" says that it has none
PLACES = {*EVENTS, "devicestatus", *WHOLES}
KNOWN_PLACES = PLACES | KNOWN_AROUND
NO_PLAIN_VALUE = PLACES - KNOWN_IN_PUNCH  # a text under one of these keys is a part that was not understood


@dataclass(frozen=True)
class CallbackAddress:
	"""What the query string of the callback URL carries: the service tag, and our own secret."""

	service_tag: str = ""
	secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Envelope:
	"""Who sends a body, and the body itself as JSON, of which nothing else was looked at.

	`token` is as sent, not even trimmed. `is_real_time` means that everything stands in `RealTime`: that is never
	sent without a token.
	"""

	token: str = field(default="", repr=False)
	service_tag: str = ""
	label: str = ""
	operation_id: str = ""
	sent_at: str = ""
	is_real_time: bool = False
	content: Row = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Callback:
	"""One request of the gateway, cleaned. Texts are trimmed; what was not sent is empty.

	`is_batch` distinguishes a historical batch (top-level `PunchLog`, normally without token and serial) from a
	real-time event. `unread` names the parts that have something in them and were not understood. `rows` is how many
	punches the whole answer has that this batch belongs to, as far as the batch says: None where it does not.
	"""

	token: str = field(default="", repr=False)
	service_tag: str = ""
	label: str = ""
	operation_id: str = ""
	sent_at: str = ""
	is_batch: bool = False
	punches: tuple[Punch, ...] = ()
	events: tuple[UserEvent, ...] = ()
	device_status: DeviceStatus | None = None
	unread: tuple[str, ...] = ()
	rows: int | None = None


def parse_address(query_string: str) -> CallbackAddress:
	"""Read the query string of a callback.

	The gateway appends `?stgid=SERIAL` even to a URL that has a query string already, so `?` separates
	pairs as well as `&` does; of a name given twice the first counts.
	"""
	values: dict[str, str] = {}
	pairs = [pair for part in query_string.split("&") for pair in unquote_plus(part).split("?")]
	for pair in pairs:
		name, _, value = pair.partition("=")
		values.setdefault(name.lower(), value)
	return CallbackAddress(as_text(values.get("stgid", "")), values.get("secret", ""))


def read_envelope(text: str) -> Envelope:
	"""Read who sends. Raises CallbackError unless the text is a JSON object, or a form of the former Web APIs."""
	return envelope_of(load_object(text))


def read_callback(envelope: Envelope) -> Callback:
	"""Read everything. Raises nothing: what cannot be read is in `unread`."""
	reading, data = _Reading(), fold(envelope.content)
	reading.read_all(data)
	return Callback(
		token=envelope.token,
		service_tag=envelope.service_tag,
		label=envelope.label,
		operation_id=envelope.operation_id,
		sent_at=envelope.sent_at,
		is_batch=_is_batch(envelope, data),
		punches=tuple(reading.punches),
		events=tuple(reading.events),
		device_status=reading.device_status,
		unread=reading.unread(),
		rows=reading.rows,
	)


def parse_callback(body: bytes, security_key: str = "") -> Callback:
	"""Read a request body at once, for who believes the sender already. Raises CallbackError as `open_body` does."""
	return read_callback(read_envelope(open_body(body, security_key)))


def envelope_of(content: Row) -> Envelope:
	"""What surrounds the content most closely counts first, except that a token beside a batch does."""
	data = fold(content)
	real_time, request = fold(decode(data.get("realtime"))), fold(decode(data.get("apirequestinfo")))
	form, batch = fold(decode(data.get("requestdata"))), fold(decode(data.get("punchlog")))
	inner = fold(decode(form.get("apirequestinfo")))
	places = (real_time, inner, request, form, data, batch)
	values = {
		name: next((value for place in places if (value := value_of(place, name))), None) for name in ENVELOPE
	}
	token = values["authtoken"]
	return Envelope(
		token=token if isinstance(token, str) else as_text(token),
		service_tag=as_text(values["serialnumber"]),
		label=as_text(values["labelname"]),
		operation_id=as_text(values["operationid"]),
		sent_at=as_text(values["time"]),
		is_real_time="realtime" in data,
		content=content,
	)


def _is_batch(envelope: Envelope, data: Row) -> bool:
	"""History, which arrives in any order: punches in a list outside `RealTime`, or without a token."""
	if envelope.is_real_time:
		return False
	is_request = any(key in data for key in ("apirequestinfo", "requestdata", "operationdata"))
	is_one = _is_punch(data) or _is_punch(fold(decode(data.get("punchlog"))))
	return not (envelope.token and (is_request or is_one))


def _is_punch(row: Row) -> bool:
	return all(text_of(row, name) for name in ("userid", "logtime", "type"))


def _holds_punch(value: Any) -> bool:
	"""Whether there is anything like a punch in it, be it one whose texts were removed (redaction)."""
	value = decode(value)
	if isinstance(value, dict):
		row = fold(value)
		is_one = all(value_of(row, name) is not None for name in ("userid", "logtime", "type"))
		return is_one or any(map(_holds_punch, value.values()))
	return isinstance(value, list) and any(map(_holds_punch, value))


class _Reading:
	"""What was found on a walk through a body."""

	def __init__(self) -> None:
		self.punches: list[Punch] = []
		self.events: list[UserEvent] = []
		self.device_status: DeviceStatus | None = None
		self.rows: int | None = None
		self._unread: dict[str, None] = {}
		self._scalars: dict[str, None] = {}

	def unread(self) -> tuple[str, ...]:
		"""Names of the parts. A plain value beside something that was kept says nothing that matters here."""
		kept = self.punches or self.events or self.device_status or self._unread
		names = {**self._unread, **dict.fromkeys(self._lacking())} if kept else self._scalars
		return tuple(as_text(name)[:LONGEST_NAME] or "?" for name in names)

	def _note_reply(self, row: Row) -> None:
		"""What stands beside the status of a reply, or beside a count of 0, is its message."""
		if _is_reply(row):
			for key in row.keys() - KNOWN_IN_PUNCH:
				self._scalars.pop(key, None)

	def _lacking(self) -> list[str]:
		"""What stands beside the punches and is the person, the time or the type that one of them lacks."""
		told = (("userid", "user_id"), ("logtime", "log_time"), ("type", "type"))
		lacking = [key for key, name in told if not all(getattr(punch, name) for punch in self.punches)]
		return [name for key in lacking for name in KEYS[key] if name in self._scalars]

	def read_all(self, row: Row) -> None:
		try:
			self.read_object(row)
		except RecursionError:
			self._unread["too many levels"] = None

	def read_object(self, row: Row) -> None:
		"""An envelope, a batch, a request of a former API, or a punch among its envelope."""
		operation = decode(row.get("operationdata"))
		if isinstance(operation, dict):
			operation = fold(operation)
			row = {**{key: row[key] for key in row if key != "operationdata"}, **operation}
			row["operationtime"] = _clock_of(row.get("operationtime"))
			if not text_of(row, "type"):  # a request about a person
				self._unread["operationdata"] = None
				return
		if _is_punch(row):
			self._read_punch(row, "")
		before = len(self.punches)
		for key, value in row.items():
			try:
				self._read_part(key, decode(value))
			except RecursionError:
				self._unread[key] = None
		self._compare_count(row, len(self.punches) - before)
		self._note_reply(row)

	def _read_part(self, key: str, value: Any) -> None:
		if key in IGNORED:
			return
		if not has_content(value) or (key in WHOLES and _is_nothing(value)):
			if key not in KNOWN_PLACES:
				self._scalars[key] = None
		elif key in EVENTS:
			self._read_events(EVENTS[key], value)
		elif key == "devicestatus":
			self._read_status(value)
		elif key in AROUND and isinstance(value, dict):
			self.read_object(fold(value))
		elif key in LOGS and isinstance(value, dict | list):
			self._read_log(key, value)
		elif key in KNOWN_AROUND and is_plain(value):
			return
		elif key in TWICE_AROUND and isinstance(value, list) and all(map(is_plain, value)):
			return
		elif isinstance(value, dict | list) or key in NO_PLAIN_VALUE:
			self._unread[key] = None
		else:
			self._scalars[key] = None

	def _read_log(self, name: str, value: dict[str, Any] | list[Any]) -> None:
		if isinstance(value, list):
			self._read_rows(name, value)
			return
		row = fold(value)
		if any(value_of(row, key) is not None for key in ("userid", "logtime", "type", "inputtype")):
			self._read_punch(row, name)
		elif all(isinstance(decode(item), dict) for item in row.values()) and not row.keys() & WHOLES:
			self._read_named_rows(name, list(row.values()))
		else:
			found = len(self.punches) + len(self.events) + len(self._unread)
			self.read_object(row)
			is_found = found != len(self.punches) + len(self.events) + len(self._unread)
			if not is_found and row.keys() - KNOWN_PLACES and not _is_reply(row):
				self._unread[name] = None

	def _read_named_rows(self, name: str, rows: list[Any]) -> None:
		"""An object of objects: where one has no user ID, its name may be that."""
		if all(text_of(fold(decode(row)), "userid") for row in rows):
			self._read_rows(name, rows)
		else:
			self._unread[name] = None

	def _read_rows(self, name: str, rows: list[Any]) -> None:
		for item in rows:
			item = decode(item) if isinstance(item, str) else item
			if item and isinstance(item, dict):
				self._read_log(name, item)
			elif not _is_nothing(item):
				self._unread[name] = None

	def _read_punch(self, row: Row, name: str) -> None:
		"""A punch that may lack its user ID or its type is kept only where nothing else in it could be that."""
		punch = read_punch(row)
		unknown = (
			[key for key, value in row.items() if self._could_be_missing(key, decode(value))] if name else []
		)
		if unknown and not (punch.user_id and punch.log_time and punch.type):
			self._unread[unknown[0]] = None
			return
		self.punches.append(punch)
		if name:
			self._read_within_punch(row)

	@staticmethod
	def _could_be_missing(key: str, value: Any) -> bool:
		"""Under a name that nobody knows, or in parts, or removed from a picture."""
		return has_content(value) and (key not in KNOWN_IN_PUNCH or not is_plain(value) or value is True)

	def _read_within_punch(self, row: Row) -> None:
		"""Other punches and events in a row of a log; what else is in it belongs to the punch."""
		for key, value in row.items():
			value = decode(value)
			if key in PLACES and not is_plain(value):
				self._read_part(key, value)
			elif _holds_punch(value):
				self._unread[key] = None

	def _read_events(self, kind: str, value: Any) -> None:
		for item in value if isinstance(value, list) else [value]:
			item = decode(item)
			row = fold_and_decode(item)
			event = read_user_event(kind, row) if isinstance(item, dict) else None
			if event and event.user_id:
				self.events.append(event)
				if says_more(row):
					self._unread[kind] = None
			elif has_content(item) and (
				not row or any(has_content(row[key]) for key in row.keys() - {"operationtime"})
			):
				self._unread[kind] = None

	def _read_status(self, value: Any) -> None:
		row = fold_and_decode(value)
		self.device_status = read_device_status(row)
		if not self.device_status or any(not is_plain(item) and has_content(item) for item in row.values()):
			self._unread["DeviceStatus"] = None

	def _compare_count(self, row: Row, found: int) -> None:
		"""A batch that announces more rows than it has lost some on its way."""
		announced, total = (_count(row.get(key)) for key in COUNTS[:2])
		if announced is not None and announced > found:
			self._unread["returnrowcount"] = None
		if total is not None:
			self.rows = total
		elif announced is not None and not as_text(row.get("offset")):
			self.rows = announced


def read_punch(entry: Row) -> Punch:
	"""A punch of a folded row. Texts as sent, except where the type and the way of recognition are exchanged."""
	mask = value_of(entry, "facemask")
	kind, way = _in_order(text_of(entry, "type"), text_of(entry, "inputtype"))
	return Punch(
		user_id=text_of(entry, "userid"),
		type=WORDS_OF_TYPES.get(kind.lower(), kind),
		log_time=text_of(entry, "logtime"),
		input_type=way,
		temperature=text_of(entry, "temperature"),
		face_mask=mask
		if isinstance(mask, bool)
		else {"true": True, "false": False}.get(as_text(mask).lower()),
	)


WAYS = {way.value.lower() for way in InputType}
WORDS_OF_TYPES = {**{kind.value.lower(): kind.value for kind in PunchType}, **TYPE_WORDS}
TYPES = set(WORDS_OF_TYPES)


def _in_order(kind: str, way: str) -> tuple[str, str]:
	return (way, kind) if kind.lower() in WAYS and way.lower() in TYPES else (kind, way)


def _count(value: object) -> int | None:
	text = as_text(value)
	return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else None


def _is_reply(row: Row) -> bool:
	return "statuscode" in row or _count(row.get(COUNTS[0])) == 0


def _is_nothing(value: object) -> bool:
	"""What stands for no punch at all."""
	if isinstance(value, str):
		return value.strip().lower() in ("", "none", "null")
	return not value


def _clock_of(time: object) -> object:
	"""Web API 1.0 counts seconds since 1970: written as the gateway writes times."""
	text = as_text(time)
	if not re.fullmatch(r"[0-9]{10}", text):
		return time
	return format_timestamp(datetime.fromtimestamp(int(text), timezone.utc))
