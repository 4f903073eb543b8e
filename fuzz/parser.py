"""Target: bodies that are posted to the callback URL.

Promises: only CallbackError; what says something is kept or named, no punch among it is lost; nothing secret in a
result or in the picture of a body; texts that every database can store; in bounded time.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from navari_cams_biometric.gateway.body import open_body
from navari_cams_biometric.gateway.callback import (
	EVENTS,
	Callback,
	Envelope,
	parse_callback,
	read_callback,
	read_envelope,
)
from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.errors import CallbackError
from navari_cams_biometric.gateway.keys import (
	AGAIN,
	AROUND,
	COUNTS,
	KEYS,
	KNOWN_AROUND,
	LOGS,
	TYPE_WORDS,
	as_text,
	decode,
	fold,
	fold_key,
	text_of,
)
from navari_cams_biometric.gateway.redaction import SECRET_KEYS, SECRET_WORDS, redact, restore, substance
from tests.gateway import bodies
from tests.gateway import test_callback_shapes as shapes

from .target import Provider, Target, assert_storable, in_time, texts_of
from .trees import grow_object, vary

KEY: str = bodies.KEY
SHORTEST_SECRET = 6  # characters; a shorter one may be part of any other text
EVENT_KEYS = ("firstname", "lastname", "usertype", "operationtime", "index", "size")
OTHER_PARTS = ("devicestatus", "lastseen", "queuedepth", "operation", "operationdata", "alarm", "door")
NAMES = [
	*(name for names in KEYS.values() for name in names),
	*(*LOGS, *AROUND, *COUNTS, *EVENTS, *EVENT_KEYS, *OTHER_PARTS, *SECRET_WORDS, *SECRET_KEYS, "status"),
]
OWN_WORDS = (*EVENTS.values(), *TYPE_WORDS.values(), "DeviceStatus", "characters removed", AGAIN)
PLACES_OF_EVENTS = {*EVENTS, "devicestatus"}


def check(body: bytes) -> None:
	for security_key in ("", KEY):
		with in_time():
			try:
				envelope = read_envelope(open_body(body, security_key))
			except CallbackError:
				continue
			callback = read_callback(envelope)
		assert parse_callback(body, KEY) == callback, "with a key, or at once, it says something else"
		check_callback(envelope, callback)
		return


def check_callback(envelope: Envelope, callback: Callback) -> None:
	content = envelope.content
	assert_storable(callback)
	assert is_something(callback) or not says_something(content), "a body that says something is lost"
	if not callback.unread:
		kept = {(punch.user_id, punch.log_time) for punch in callback.punches}
		assert set(punches_in(content)) <= kept, "a punch is lost"
	for punch in callback.punches:
		assert len(punch.identity(callback.service_tag, None)) == 32
	with in_time():
		check_picture(content, callback)


def check_picture(content: dict[str, Any], callback: Callback) -> None:
	assert substance(content).isascii()
	picture = redact(content)
	assert_storable(picture)
	again = json.loads(json.dumps(picture, allow_nan=False))
	redact(restore(again))
	said = "\n".join([*texts_of(picture), *texts_of(callback)])
	public = "\n".join([*texts_outside(content), *OWN_WORDS])
	for secret in set(secrets_in(content)):
		if len(secret) >= SHORTEST_SECRET and secret not in public:
			assert secret not in said, "a secret is told"
	if callback.unread:
		reread = read_callback(Envelope(content=restore(again)))
		assert is_something(reread), "the picture of what was not understood says nothing"
		if not removes_what_was_not_understood(picture, callback):
			assert reread.unread, "what was not understood is so by its picture"


def removes_what_was_not_understood(picture: Any, callback: Callback) -> bool:
	"""Where the picture has notes instead: of parts that held a punch, or of two texts under keys that are alike."""
	has_parts = any(text.startswith("[parts of ") for text in texts_of(picture))
	return has_parts or all(part.endswith(AGAIN) for part in callback.unread)


def is_something(callback: Callback) -> bool:
	return bool(callback.punches or callback.events or callback.device_status or callback.unread)


def says_something(value: Any) -> bool:
	"""Apart from what surrounds punches."""
	value = decode(value)
	if isinstance(value, list):
		return any(says_something(item) for item in value)
	if isinstance(value, dict):
		return any(says_something(item) for key, item in value.items() if fold_key(key) not in KNOWN_AROUND)
	return value is not None and as_text(value) != "" and not isinstance(value, bool)


def punches_in(value: Any) -> Iterator[tuple[str, str]]:
	"""Person and time of each complete punch, but for those within an event and those of the former Web APIs."""
	value = decode(value)
	if isinstance(value, list):
		for item in value:
			yield from punches_in(item)
	if not isinstance(value, dict):
		return
	row = fold(value)
	if not any(key in row for key in ("operationdata", "operationtime")):
		found = [text_of(row, name) for name in ("userid", "logtime", "type")]
		if all(found):
			yield found[0], found[1]
		for key, item in value.items():
			if fold_key(key) not in {fold_key(place) for place in PLACES_OF_EVENTS}:
				yield from punches_in(item)


def secrets_in(value: Any, is_secret: bool = False) -> Iterator[str]:
	"""The plain values under a secret key."""
	value = decode(value)
	if isinstance(value, dict):
		for key, item in value.items():
			yield from secrets_in(item, names_secret(key))
	elif isinstance(value, list):
		for item in value:
			yield from secrets_in(item, is_secret)
	elif is_secret and as_text(value):
		yield as_text(value)


def texts_outside(value: Any, is_secret: bool = False) -> Iterator[str]:
	"""Keys, and the plain values that stand under no secret key."""
	value = decode(value)
	if isinstance(value, dict):
		for key, item in value.items():
			yield from (key, fold_key(key))
			yield from texts_outside(item, names_secret(key))
	elif isinstance(value, list):
		for item in value:
			yield from texts_outside(item, is_secret)
	elif not is_secret:
		yield as_text(value)


def names_secret(key: str) -> bool:
	folded = fold_key(key)
	return folded in SECRET_KEYS or any(word in folded for word in SECRET_WORDS)


def build(provider: Provider) -> bytes:
	if provider.ConsumeBool():
		content = vary(provider, provider.PickValueInList(SAMPLES), NAMES)
	else:
		content = {"RealTime": grow_object(provider, NAMES)}
	body = json.dumps(content).encode()
	return encrypt(body, KEY) if provider.ConsumeIntInRange(0, 9) == 9 else body


EVENTS_SEEN = [
	{"UserUpdated": {"UserID": "2", "Template": [bodies.make_template()], "Photo": bodies.make_photo()}},
	{"UserDeleted": {"UserID": "2"}},
	{"DeviceStatus": {"Status": "Online", "QueueDepth": "3"}},
]
SAMPLES: list[Any] = [
	json.loads(bodies.DOCUMENTED_REAL_TIME),
	json.loads(bodies.DOCUMENTED_BATCH),
	*({"RealTime": bodies.make_envelope(**event)} for event in EVENTS_SEEN),
	*(*shapes.ONE_PUNCH, *shapes.TWO_PUNCHES, *shapes.FORMER_APIS),
	*(body for body, _parts in shapes.NOT_UNDERSTOOD),
]
PARTS = [
	b'--b\r\nContent-Disposition: form-data; name="request_data"\r\n\r\n%s\r\n--b--\r\n' % bodies.encode(body)
	for body in shapes.FORMER_APIS
]
REPEATED = [
	b'{"RealTime":{"Log":{"UserId":"1"},"Log":[{"Data":"x"}],"Alarm":1e999,"Data":{},"Data":{"a":9}}}'
]
FORMS = [urlencode({"request_data": json.dumps(body)}).encode() for body in shapes.FORMER_APIS]
TARGET = Target(
	check=check,
	build=build,
	seeds=[
		*map(bodies.encode, SAMPLES),
		*FORMS,
		*PARTS,
		*REPEATED,
		encrypt(bodies.DOCUMENTED_REAL_TIME, KEY),
	],
	words=["RealTime", "PunchLog", "UserUpdated", "DeviceStatus", "OperationData", "request_data=", *NAMES],
)
