"""From the bytes of a request to a JSON object: decrypted, or out of a form, where need be.

ref: PROTOCOL sections 1, 2 and 4
"""

import re
from urllib.parse import parse_qsl, urlencode

from .encryption import decrypt
from .errors import CallbackError, EncryptionError
from .keys import Row, decode, fold_key, load_json

EMPTY_BODY = "Empty request body"
INVALID_JSON = "Invalid JSON"
LARGEST_FORM = 64 * 1024  # bytes of a form in parts
FORM_FIELDS = 50  # more are no request of the former Web APIs


def open_body(body: bytes, security_key: str = "") -> str:
	"""The text of a request body, decrypted with the key where it is no JSON object and there is a key.

	Raises CallbackError, whose text is the answer to give, for an empty body and for one that is no text.
	"""
	if not body.strip():
		raise CallbackError(EMPTY_BODY)
	text = _as_object_text(body)
	if text is None and security_key:
		text = _decrypted(body, security_key)
	if text is None:
		text = _form_text(body)
	if text is None:
		raise CallbackError(INVALID_JSON)
	return text


def load_object(text: str) -> Row:
	"""The JSON object of a text that `open_body` returned. Raises CallbackError unless it is one, or a form with one."""
	return _form(text) if is_form(text) else _object(text)


def is_form(text: str) -> bool:
	"""Whether the body is a form, as Web API 1.0 and 2.0 post it."""
	return not text.lstrip().startswith("{")


def _as_object_text(body: bytes) -> str | None:
	"""Letters of another encoding leave marks: a name must not stop a device's queue."""
	text = body.decode("utf-8-sig", "replace").rstrip("\0")
	return text if text.lstrip().startswith("{") else None


def _decrypted(body: bytes, security_key: str) -> str | None:
	try:
		return _as_object_text(decrypt(body, security_key))
	except EncryptionError:
		return None


def _form_text(body: bytes) -> str | None:
	"""A form has a field `request_data`; anything else is no body of the gateway."""
	if body.lstrip().startswith(b"--") and len(body) <= LARGEST_FORM:
		return _from_multipart(body.lstrip())
	try:
		text = body.decode().strip()
	except UnicodeDecodeError:
		return None
	return text if re.search(r"(?:^|&)request_?data=", text, re.IGNORECASE) else None


def _from_multipart(body: bytes) -> str | None:
	"""The same form in parts, as the other form: programs of those days post either.

	Not with the package `email`, which a stranger can keep busy with parts within parts and odd headers.
	"""
	boundary = body.splitlines()[0].rstrip()
	if boundary == b"--":
		return None
	fields = {}
	for part in body.split(boundary, FORM_FIELDS + 1)[1:]:
		head, *value = re.split(rb"\r?\n\r?\n", part, maxsplit=1)
		name = re.search(rb'\bname="?([\w-]+)', head)
		if name and value:
			fields[name[1].decode("latin-1")] = value[0].strip()
	return urlencode(fields) if any(fold_key(name) == "requestdata" for name in fields) else None


def _form(text: str) -> Row:
	try:
		fields = dict(reversed(parse_qsl(text, max_num_fields=FORM_FIELDS)))
	except ValueError:
		fields = {}
	if not any(isinstance(decode(value), dict) for value in fields.values()):
		raise CallbackError(INVALID_JSON)
	return fields


def _object(text: str) -> Row:
	try:
		data = load_json(text)
	except (ValueError, RecursionError):
		data = None  # raised below, outside this handler: a JSON error has the body in it, and so the token
	if not isinstance(data, dict):
		raise CallbackError(INVALID_JSON)
	return data
