"""A picture of a body from which a person or a later version can read it, without what is secret or biometric."""

import json
import math
import re
from typing import Any

from .keys import AGAIN, AROUND, ENVELOPE, KEYS, Row, decode, fold_key, storable

LONGEST = 64  # characters of a text or a key that stays
DEEPEST = 20
SECRET_WORDS = (
	"token",
	"password",
	"passwd",
	"passcode",
	"pwd",
	"secret",
	"securitykey",
	"card",
	"template",
	"photo",
	"image",
	"picture",
	"biometric",
	"fingerprint",
	"minutia",
	"finger",
	"vector",
	"feature",
	"iris",
	"pin",
	"pass",
	"rfid",
	"auth",
	"apikey",
	"accesskey",
	"signature",
	"session",
	"cookie",
)
SECRET_KEYS = ("key", "data", "otp", "psw", "uid")
CREDENTIALS = ("password", "card", "fingerprint", "face", "palm")  # whose value stands beside their type
MOST_NUMBERS = 8  # in a row; more are a vector
KNOWN_NAMES = {key for name, keys in KEYS.items() if name != "authtoken" for key in keys}
NAMES_OF_PEOPLE = ("firstname", "lastname", "usertype")
NOTE = "[{} characters removed]"
NOTE_OF_PARTS = "[parts of {} characters removed]"  # of an object or a list
_IS_NOTE = re.compile(r"\[(parts of )?(?:\d+|unknown) characters removed\]")
_OPAQUE = re.compile(r"[A-Za-z0-9+/_=-]{16,}")


def redact(content: Any, level: int = 0, is_known: bool = False) -> Any:
	"""The content with notes of their length for secrets, biometric data, texts over 64 characters, and what lies
	deeper than 20 levels. JSON within a text is written as what it says.

	`is_known` means that it stands under a name whose values are no secrets. Elsewhere a single word of 16 characters or
	more may be a token or a template, whatever it is called.
	"""
	content = decode(content)
	if isinstance(content, dict | list) and level >= DEEPEST:
		return NOTE_OF_PARTS.format("unknown")
	if isinstance(content, list):
		numbers = sum(isinstance(item, int | float) for item in content)
		return _note(content) if numbers > MOST_NUMBERS else [redact(item, level + 1) for item in content]
	if isinstance(content, dict):
		is_credential = _is_credential(content)
		return {
			_without_opaque(_short(key)): _note(item)
			if item is not None and (_is_secret(key) or (is_credential and fold_key(key) not in KNOWN_NAMES))
			else redact(item, level + 1, fold_key(key) in KNOWN_NAMES)
			for key, item in content.items()
		}
	if isinstance(content, str):
		return _short(content) if is_known or len(content) > LONGEST else _without_opaque(_short(content))
	if isinstance(content, float) and not math.isfinite(content):
		return str(content)  # 1e999, which no JSON can write
	return content if len(str(content)) <= LONGEST else _note(content)


def restore(picture: Any) -> Any:
	"""The picture for reading it again: what was removed says something, but is no text any more: True, or a list of
	that where it had parts. A name that was removed is as if not sent, so that the one that is known stays."""
	if isinstance(picture, list):
		return [restore(item) for item in picture]
	if isinstance(picture, dict):
		return {
			key: restore(item)
			for key, item in picture.items()
			if fold_key(key) not in NAMES_OF_PEOPLE
			or not (isinstance(item, str) and _IS_NOTE.fullmatch(item))
		}
	note = _IS_NOTE.fullmatch(picture) if isinstance(picture, str) else None
	if note:
		return [True] if note[1] else True
	return picture


def substance(content: Row) -> str:
	"""The content without its envelope, as text: the same for an event that is sent again later or with another
	token. It holds secrets; only a digest of it may be kept."""
	try:
		return _dump(_without_envelope(content))
	except RecursionError:
		return _dump(redact(content))


def _without_envelope(content: Any) -> Any:
	content = decode(content)
	if not isinstance(content, dict):
		return content
	names = {name for key in ENVELOPE for name in KEYS[key]}
	if any(fold_key(key) in KEYS["userid"] for key in content):
		names.discard("time")  # of a person: it may be the punch's
	inner = {key: item for key, item in content.items() if fold_key(key) not in names}
	return {key: _without_envelope(item) if fold_key(key) in AROUND else item for key, item in inner.items()}


def _is_credential(content: Row) -> bool:
	"""A card or a password with its type beside it; a punch has a time."""
	folded = {fold_key(key): item for key, item in content.items()}
	has_time = any(name in folded for name in KEYS["logtime"])
	return not has_time and str(folded.get("type", "")).lower() in CREDENTIALS


def _without_opaque(text: str) -> str:
	return _OPAQUE.sub(lambda found: NOTE.format(len(found[0])), text)


def _is_secret(key: str) -> bool:
	folded = fold_key(key).removesuffix(AGAIN)
	return folded in SECRET_KEYS or any(word in folded for word in SECRET_WORDS)


def _note(value: Any) -> str:
	value = decode(value)
	if isinstance(value, dict | list):
		return NOTE_OF_PARTS.format(len(_dump(value)))
	return NOTE.format(len(value if isinstance(value, str) else _dump(value)))


def _dump(value: Any) -> str:
	try:
		return json.dumps(value, sort_keys=True)
	except RecursionError:
		return json.dumps(redact(value), sort_keys=True)


def _short(text: str) -> str:
	return storable(text) if len(text) <= LONGEST else NOTE.format(len(text))
