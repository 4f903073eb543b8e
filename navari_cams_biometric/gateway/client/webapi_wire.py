"""Web API 3.0 on the wire: the envelope around a request, its optional encryption, and what a reply means.

ref: PROTOCOL sections 4 and 5
"""

import json
import random
import string
from collections.abc import Callable
from datetime import datetime

from ..encryption import decrypt, encrypt
from ..errors import EncryptionError, RequestRefusedError, UnreadableReplyError
from ..operations import Operation
from ..timestamp import format_timestamp
from .dialect import Access, Arguments, Row
from .reading import as_text, read_code, read_object, text
from .rest import refusal_of
from .status_codes import DONE, refusal
from .transport import Reply, Request, Transport

BASE_URL = "https://robot.camsunit.com/external/api3.0/biometric"
OPERATION_ID_LENGTH = 12


class WebApiWire:
	"""Sends bodies of Web API 3.0, each for one device. `clock` gives the Time of a request, aware."""

	def __init__(
		self, access: Access, transport: Transport, clock: Callable[[], datetime], base_url: str = ""
	):
		self._access = access
		self._transport = transport
		self._clock = clock
		self._base_url = base_url or BASE_URL

	def send(self, operation: Operation, device: str, body: Row, arguments: Arguments | None = None) -> Row:
		"""Send `{verb: {object: ...}}` and return the reply, keys in lower case. The AuthToken goes in the body.

		`arguments` are those whose secrets no error may repeat.
		"""
		request = Request(
			operation=operation,
			service_tags=(device,),
			url=self._base_url,
			parameters={"stgid": device},
			headers={"Content-Type": "application/json"},
			body=self._seal(device, body),
		)
		return self._transport.exchange(
			request, lambda reply: self._read(operation, device, arguments or {}, reply)
		)

	def _seal(self, device: str, body: Row) -> bytes:
		envelope = {
			**body,
			"OperationID": "".join(
				random.choices(string.ascii_lowercase + string.digits, k=OPERATION_ID_LENGTH)
			),
			"AuthToken": self._access.token_for(device),
			"Time": format_timestamp(self._clock()),
		}
		plain = json.dumps(envelope).encode()
		key = self._access.security_keys.get(device)
		return encrypt(plain, key) if key else plain

	def _read(self, operation: Operation, device: str, arguments: Arguments, reply: Reply) -> Row:
		told = self._open(device, reply.body)
		words = self._access.clean(as_text((told or {}).get("status")) or reply.reason, operation, arguments)
		if not any(parameter.name == "device" for parameter in operation.parameters):
			words = f"{device}: {words}"  # one of all devices: nobody else could tell which
		code = _status_code(operation, told or {})
		if code is not None and code != DONE:
			raise refusal(operation.name, code, words)
		if reply.code != 200:
			raise refusal_of(operation, reply, words)
		if told is None:
			raise UnreadableReplyError(operation.name, 200, "the answer is no JSON object")
		if code is None and text(told.get("status")).lower() != "done" and "punchlog" not in told:
			raise RequestRefusedError(operation.name, 200, words)
		return self._access.clean_message(told, operation, arguments)

	def _open(self, device: str, body: bytes) -> Row | None:
		"""The reply, decrypted where it is no JSON and the device has a key; None if it cannot be read."""
		told = read_object(body)
		key = self._access.security_keys.get(device)
		if told is not None or not key:
			return told
		try:
			return read_object(decrypt(body, key))
		except EncryptionError:
			return None


def _status_code(operation: Operation, told: Row) -> int | None:
	"""None where there is none. One that cannot be read is no success."""
	sent = told.get("statuscode")
	code = read_code(sent)
	if code is None and sent not in (None, ""):
		raise UnreadableReplyError(operation.name, 200, "the StatusCode is no number")
	return code
