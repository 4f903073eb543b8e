"""What both dialects share: the interface, arguments on the wire, pages, the gateway's words."""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import AnswerPendingError, UnreadableReplyError, UnusableDeviceError
from ..operations import Operation
from ..parameters import Parameter
from ..timestamp import format_timestamp
from .reading import as_list, as_text, fold, one_line, read_number, text

Arguments = Mapping[str, Any]
Row = dict[str, Any]
Wire = str | int | bool | list[Any]

LONGEST_WORDS = 200
NO_MARKUP = str.maketrans("<>", "‹›")
LONGEST_LOOK = 10_000  # characters in which the words are looked for
LONGEST_OFFSET = 140  # characters
MOST_PAGES = 10_000  # of one list: half a million punches
MOST_ROWS = 10_000  # in one page, where the gateway has 50


@dataclass(frozen=True)
class Page:
	"""Rows of a list. `next_offset` is empty on the last page; `total` is None if it was not sent."""

	rows: tuple[Row, ...]
	next_offset: str
	total: int | None


class Dialect(Protocol):
	"""One of the gateway's two APIs. Its answers have REST v3's shape, keys in lower case, in both."""

	name: str

	def require(self, operation: Operation) -> None:
		"""Raise NotSupportedError where this API, or what was given to it, lacks the operation."""
		...

	def ask(self, operation: Operation, arguments: Arguments) -> Row:
		"""Send one operation and return its answer, or raise RequestRefusedError."""
		...

	def pages(self, operation: Operation, arguments: Arguments, offset: str = "") -> Iterator[Page]:
		"""The pages of a list, each fetched when it is needed. Arguments are judged at once."""
		...


@dataclass(frozen=True)
class Access:
	"""The secrets: the account's token, and what single devices have of their own. Those of `unusable` devices are lost."""

	token: str = field(repr=False)
	device_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
	security_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
	unusable: frozenset[str] = frozenset()

	def token_for(self, service_tag: str) -> str:
		"""Raises UnusableDeviceError."""
		if service_tag in self.unusable:
			raise UnusableDeviceError(service_tag)
		return self.device_tokens.get(service_tag) or self.token

	def clean(self, words: str, operation: Operation, arguments: Arguments) -> str:
		"""The gateway's words, shortened, on one line, without markup and any secret that it may have repeated."""
		secrets = {self.token, *self.device_tokens.values(), *self.security_keys.values()}
		secrets |= _secret_values(operation, arguments)
		cleaned = _hide(secrets, one_line(_hide(secrets, words)[:LONGEST_LOOK]))
		return cleaned[:LONGEST_WORDS].translate(NO_MARKUP).rstrip(".") or "no reason given"

	def clean_message(self, reply: Row, operation: Operation, arguments: Arguments) -> Row:
		"""The reply, its message cleaned: a Command shows it."""
		if not text(reply.get("message")):
			return reply
		return {**reply, "message": self.clean(as_text(reply["message"]), operation, arguments)}


def service_tags(arguments: Arguments) -> tuple[str, ...]:
	"""The devices that an operation concerns, sorted: that is the order in which they are locked."""
	named = {arguments.get(name) for name in ("device", "source", "target")}
	return tuple(sorted(tag for tag in named if isinstance(tag, str)))


def encode(operation: Operation, arguments: Arguments) -> dict[str, Wire]:
	"""The arguments by their names in REST v3; what is None is left out.

	Raises TimestampError for a time without offset, ValueError for an end before the start, TypeError for an
	argument that the table does not know.
	"""
	known = {parameter.name: parameter for parameter in operation.parameters}
	unknown = set(arguments) - set(known)
	if unknown:
		raise TypeError(f"{operation.name} has no {', '.join(sorted(unknown))}")
	given = {name: value for name, value in arguments.items() if value is not None}
	wire = {known[name].wire: _encode_value(known[name], value) for name, value in given.items()}
	if "start" in given and given["start"] > given["end"]:
		raise ValueError("the end is before the start")
	return wire


def follow(
	operation: Operation, fetch: Callable[[str], Row], path: tuple[str, str], offset: str = ""
) -> Iterator[Page]:
	"""Fetch page after page. `path` names the object in the reply and the list in it.

	The last page has no OffSet or no rows, or completes the rows that the first said there are. Raises
	AnswerPendingError where a reply has no such object, UnreadableReplyError where the OffSet does not
	advance or there is no end: rows would be missing.
	"""
	seen, count = {offset}, 0
	resumed = bool(offset)
	for _number in range(MOST_PAGES):
		page = _read_page(operation, fetch(offset), path)
		count += len(page.rows)
		complete = not resumed and page.total is not None and count >= page.total
		if complete or not page.rows or not page.next_offset:
			yield Page(page.rows, "", page.total)
			return
		if page.next_offset in seen or _is_behind(page.next_offset, offset):
			raise UnreadableReplyError(operation.name, 200, f"OffSet does not advance after {count} rows")
		offset = page.next_offset
		seen.add(offset)
		yield page
	raise UnreadableReplyError(operation.name, 200, f"no end after {MOST_PAGES} pages")


def _is_behind(next_offset: str, offset: str) -> bool:
	new, old = read_number(next_offset), read_number(offset)
	return new is not None and old is not None and new <= old


def _read_page(operation: Operation, reply: Row, path: tuple[str, str]) -> Page:
	envelope, list_name = path
	if reply.get(envelope.lower()) is None:
		raise AnswerPendingError(operation.name, None, "answers later", text(reply.get("operationid")))
	folded = fold(reply[envelope.lower()])
	rows, offset = as_list(folded.get(list_name.lower())), text(folded.get("offset"))
	if len(rows) > MOST_ROWS or len(offset) > LONGEST_OFFSET:
		raise UnreadableReplyError(operation.name, 200, "a page has too many rows, or its OffSet is too long")
	if not all(isinstance(row, dict) for row in rows):
		raise UnreadableReplyError(operation.name, 200, "a row is no object")
	return Page(
		rows=tuple(fold(row) for row in rows),
		next_offset=offset,
		total=read_number(folded.get("actualrowcount")),
	)


def _encode_value(parameter: Parameter, value: Any) -> Wire:
	if parameter.kind == "time":
		return format_timestamp(value)
	if parameter.kind == "bytes":
		return base64.b64encode(value).decode()
	if parameter.kind in ("texts", "windows"):
		return list(value)
	return bool(value) if parameter.kind == "boolean" else value


def _secret_values(operation: Operation, arguments: Arguments) -> set[str]:
	hidden = {parameter.wire for parameter in operation.parameters if parameter.secret}
	return {str(value) for name, value in encode(operation, arguments).items() if name in hidden}


def _hide(secrets: set[str], words: str) -> str:
	for secret in sorted(secrets, key=len, reverse=True):
		words = words.replace(secret, "[hidden]") if secret else words
	return words
