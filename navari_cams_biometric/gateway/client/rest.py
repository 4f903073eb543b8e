"""REST v3: one path for each operation, the AuthToken in a header, parameters in the query, as JSON or as a form.

Base URL, names, verbs and the codes 200, 401, 404, 409 and 429 are the vendor's. The form of a request is not
published: path, place of the token and of the parameters, and the shape of replies are our own design.

ref: https://camsunit.com (API reference)
"""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from ..errors import (
	AnswerPendingError,
	AuthenticationError,
	NotFoundError,
	RateLimitedError,
	RequestRefusedError,
	UnavailableError,
	UnreadableReplyError,
)
from ..operations import GET, Operation
from .answers import CommandStatus
from .dialect import Access, Arguments, Page, Row, Wire, encode, follow, service_tags
from .reading import as_text, read_object, text
from .transport import Reply, Request, Transport

BASE_URL = "https://api.camsunit.com/v3/"
TOKEN_HEADER = "AuthToken"
QUEUED = 409

REFUSALS: dict[int, type[RequestRefusedError]] = {
	401: AuthenticationError,
	404: NotFoundError,
	429: RateLimitedError,
}
LISTS = {"GetAccessEvents": ("AccessLog", "Log"), "ListUsers": ("User", "List")}
PUNCH_LIST = ("PunchLog", "Log")


class RestV3:
	"""The dialect of the 38 operations. `form` sends form-encoded bodies instead of JSON."""

	name = "REST v3 (form not published)"

	def __init__(self, access: Access, transport: Transport, base_url: str = "", form: bool = False):
		self._access = access
		self._transport = transport
		self._base_url = (base_url or BASE_URL).rstrip("/")
		self._form = form

	def require(self, operation: Operation) -> None:
		"""Every request operation is there."""

	def ask(self, operation: Operation, arguments: Arguments) -> Row:
		return self._send(operation, arguments, encode(operation, arguments))

	def pages(self, operation: Operation, arguments: Arguments, offset: str = "") -> Iterator[Page]:
		wire = encode(operation, arguments)

		def fetch(at: str) -> Row:
			return self._send(operation, arguments, {**wire, "OffSet": at} if at else wire)

		return follow(operation, fetch, LISTS.get(operation.name, PUNCH_LIST), offset)

	def _send(self, operation: Operation, arguments: Arguments, wire: dict[str, Wire]) -> Row:
		def read(reply: Reply) -> Row:
			return self._read(operation, arguments, reply)

		return self._transport.exchange(self._request(operation, arguments, wire), read)

	def _request(self, operation: Operation, arguments: Arguments, wire: dict[str, Wire]) -> Request:
		headers = {TOKEN_HEADER: self._access.token_for(str(arguments.get("device", "")))}
		url = f"{self._base_url}/{operation.name}"
		tags = service_tags(arguments)
		if operation.verb == GET:
			return Request(operation, tags, url, _flat(wire), headers)
		headers["Content-Type"] = "application/x-www-form-urlencoded" if self._form else "application/json"
		body = urlencode(_flat(wire)) if self._form else json.dumps(wire)
		return Request(operation, tags, url, {}, headers, body.encode())

	def _read(self, operation: Operation, arguments: Arguments, reply: Reply) -> Row:
		told = read_object(reply.body)
		words = self._access.clean(_words(told, reply), operation, arguments)
		if reply.code == QUEUED:
			return _queued(operation, self._access.clean_message(told or {}, operation, arguments), words)
		if reply.code != 200:
			raise refusal_of(operation, reply, words)
		if told is None:
			raise UnreadableReplyError(operation.name, 200, "the answer is no JSON object")
		if text(told.get("status")).lower() not in ("", "done"):
			raise RequestRefusedError(operation.name, 200, words)
		return self._access.clean_message(told, operation, arguments)


def _queued(operation: Operation, told: Row, words: str) -> Row:
	if operation.verb == GET:
		raise AnswerPendingError(operation.name, QUEUED, words, text(told.get("operationid")))
	return {**told, "state": CommandStatus.QUEUED.value}


def refusal_of(operation: Operation, reply: Reply, words: str) -> RequestRefusedError:
	kind = REFUSALS.get(reply.code, UnavailableError if reply.code >= 500 else RequestRefusedError)
	return kind(operation.name, reply.code, words, retry_after=reply.retry_after)


def _words(told: Row | None, reply: Reply) -> str:
	said = [as_text((told or {}).get(key)) for key in ("message", "status")]
	return next((words for words in said if words), reply.reason)


def _flat(wire: dict[str, Wire]) -> dict[str, str]:
	"""Values as a form has them: lists as JSON, true and false in lower case."""
	return {
		name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
		for name, value in wire.items()
	}
