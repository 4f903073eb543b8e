"""Read the bytes that the gateway posts into a Callback. Checks no token and stores nothing.

Biometric and secret data (templates, photos, passwords, card numbers) are dropped here: no class below has a
field for them.

ref: PROTOCOL sections 1 and 2, https://camsbiometrics.com (Web API, callback)
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_plus

from .encryption import decrypt
from .errors import CallbackError, EncryptionError
from .punch import Punch

EMPTY_BODY = "Empty request body"
INVALID_JSON = "Invalid JSON"
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of a pair

ENVELOPE_KEYS = {"operationid", "labelname", "serialnumber", "authtoken", "time"}


@dataclass(frozen=True)
class CallbackAddress:
	"""What the query string of the callback URL carries: the service tag, and our own secret."""

	service_tag: str = ""
	secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class UserEvent:
	"""A person was changed on or deleted from a device.

	`kind` is `UserUpdated` or `UserDeleted`. A name is None if the event does not contain it. `credentials` lists
	(type, index) of the templates, cards and passwords in it, never their data. `operation_time` is verbatim.
	"""

	kind: str
	user_id: str
	first_name: str | None = None
	last_name: str | None = None
	user_type: str | None = None
	operation_time: str = ""
	credentials: tuple[tuple[str, str], ...] = ()
	has_photo: bool = False


@dataclass(frozen=True)
class DeviceStatus:
	"""A device went online or offline, or reported its status. Texts as sent; what was not sent is empty or None.

	The push is the vendor's, but its body is not published: this form is our own (gateway.operations).
	"""

	status: str
	last_seen: str = ""
	queue_depth: int | None = None
	operation_time: str = ""


@dataclass(frozen=True)
class Callback:
	"""One request of the gateway, cleaned. Texts are trimmed; what was not sent is empty.

	`is_batch` distinguishes a historical batch (top-level `PunchLog`, normally without token and serial) from a
	real-time event. `unknown_kinds` names what it contained that this version does not know.
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
	unknown_kinds: tuple[str, ...] = ()


def parse_address(query_string: str) -> CallbackAddress:
	"""Read the query string of a callback.

	The gateway appends `?stgid=SERIAL` even to a URL that has a query string already, so `?` separates
	pairs as well as `&` does; of a name given twice the first counts.
	"""
	values: dict[str, str] = {}
	pairs = [pair for part in query_string.split("&") for pair in unquote_plus(part).split("?")]
	for pair in pairs:
		name, _, value = pair.partition("=")
		values.setdefault(name.lower(), as_text(value))
	return CallbackAddress(service_tag=values.get("stgid", ""), secret=values.get("secret", ""))


def parse_callback(body: bytes, security_key: str = "") -> Callback:
	"""Read a request body. A body that is no JSON object is decrypted first where a key is given.

	Raises CallbackError, whose text is the answer to give, for an empty body and for one that is no JSON
	object; nothing else. A malformed punch is returned with what could be read of it.
	"""
	if not body.strip():
		raise CallbackError(EMPTY_BODY)
	data = fold(_load(body, security_key))
	if "realtime" in data:
		return _real_time(fold(data["realtime"]))
	return _batch(data)


def _load(body: bytes, security_key: str) -> dict[str, Any]:
	try:
		return _load_object(body)
	except CallbackError:
		if not security_key:
			raise
	try:
		return _load_object(decrypt(body, security_key))
	except EncryptionError as error:
		raise CallbackError(INVALID_JSON) from error


def _load_object(body: bytes) -> dict[str, Any]:
	try:
		data = json.loads(body.decode("utf-8-sig"))
	except (ValueError, RecursionError):
		data = (
			None  # raised below, outside this handler: a JSON error carries the body, and with it the token
		)
	if not isinstance(data, dict):
		raise CallbackError(INVALID_JSON)
	return data


def _real_time(envelope: dict[str, Any]) -> Callback:
	events = tuple(
		_user_event(kind, fold(envelope[kind.lower()]))
		for kind in ("UserUpdated", "UserDeleted")
		if kind.lower() in envelope
	)
	known = {*ENVELOPE_KEYS, "punchlog", "userupdated", "userdeleted", "devicestatus"}
	return replace(
		_envelope(envelope),
		punches=tuple(_punches(envelope.get("punchlog"))),
		events=events,
		device_status=_device_status(fold(envelope.get("devicestatus"))),
		unknown_kinds=tuple(as_text(kind) for kind in envelope if kind not in known),
	)


def _batch(data: dict[str, Any]) -> Callback:
	envelope = {**fold(data.get("punchlog")), **data}
	known = {*ENVELOPE_KEYS, "punchlog"}
	return replace(
		_envelope(envelope),
		is_batch=True,
		punches=tuple(_batch_punches(data.get("punchlog"))),
		unknown_kinds=tuple(as_text(kind) for kind in data if kind not in known),
	)


def _envelope(envelope: dict[str, Any]) -> Callback:
	return Callback(
		token=as_text(envelope.get("authtoken")),
		service_tag=as_text(envelope.get("serialnumber")),
		label=as_text(envelope.get("labelname")),
		operation_id=as_text(envelope.get("operationid")),
		sent_at=as_text(envelope.get("time")),
	)


def _punches(punch_log: object) -> Iterator[Punch]:
	"""One punch, a list of them, or a batch inside a real-time envelope."""
	if punch_log is None:
		return
	if isinstance(punch_log, dict) and "log" in fold(punch_log):
		yield from _batch_punches(punch_log)
		return
	for entry in _as_list(punch_log):
		yield read_punch(fold(entry))


def _batch_punches(punch_log: object) -> Iterator[Punch]:
	"""`Log` is a list; it may also be missing, empty, or one object."""
	log = punch_log if isinstance(punch_log, list) else fold(punch_log).get("log")
	for entry in _as_list(log or []):
		yield read_punch(fold(entry))


def read_punch(entry: dict[str, Any]) -> Punch:
	mask = entry.get("facemask")
	return Punch(
		user_id=as_text(entry.get("userid")),
		type=as_text(entry.get("type")),
		log_time=as_text(entry.get("logtime")),
		input_type=as_text(entry.get("inputtype")),
		temperature=as_text(entry.get("temperature")),
		face_mask=mask
		if isinstance(mask, bool)
		else {"true": True, "false": False}.get(as_text(mask).lower()),
	)


def _user_event(kind: str, event: dict[str, Any]) -> UserEvent:
	folded = [fold(item) for item in _as_list(event.get("template")) if item and isinstance(item, dict)]
	photo = fold(event.get("photo"))
	user_ids = (as_text(source.get("userid")) for source in (event, *folded, photo))
	return UserEvent(
		kind=kind,
		user_id=next((user_id for user_id in user_ids if user_id), ""),
		first_name=as_text(event["firstname"]) if "firstname" in event else None,
		last_name=as_text(event["lastname"]) if "lastname" in event else None,
		user_type=as_text(event["usertype"]) if "usertype" in event else None,
		operation_time=as_text(event.get("operationtime")),
		credentials=tuple((as_text(item.get("type")), as_text(item.get("index"))) for item in folded),
		has_photo=bool(photo),
	)


def _device_status(status: dict[str, Any]) -> DeviceStatus | None:
	if not status:
		return None
	depth = as_text(status.get("queuedepth"))
	return DeviceStatus(
		status=as_text(status.get("status")),
		last_seen=as_text(status.get("lastseen")),
		queue_depth=int(depth) if re.fullmatch(r"[0-9]{1,9}", depth) else None,
		operation_time=as_text(status.get("operationtime")),
	)


def _as_list(value: object) -> list[Any]:
	return value if isinstance(value, list) else [value]


def fold(value: object) -> dict[str, Any]:
	"""The object with its keys in lower case, the first of two alike; of anything else an empty one."""
	folded: dict[str, Any] = {}
	if isinstance(value, dict):
		for key, item in value.items():
			folded.setdefault(key.lower(), item)
	return folded


def as_text(value: object) -> str:
	"""A scalar as trimmed text that every database can store; clones send numbers for texts.

	What no database takes is replaced and not dropped: a text must not become another one.
	"""
	if isinstance(value, bool) or not isinstance(value, str | int | float):
		return ""
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	return UNSTORABLE.sub("\ufffd", str(value)).strip()
