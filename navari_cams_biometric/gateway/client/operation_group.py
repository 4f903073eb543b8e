"""What the groups of operations share: they name an operation, and the dialect sends it."""

from collections.abc import Iterator
from typing import Any

from ..operations import OPERATIONS
from .answers import Command, CommandStatus
from .dialect import Arguments, Dialect, Page, Row
from .reading import text


class OperationGroup:
	"""Base of the client's groups. Arguments that are None are not sent."""

	_dialect: Dialect

	def _ask(self, name: str, **arguments: Any) -> Row:
		operation = OPERATIONS[name]
		self._dialect.require(operation)
		return self._dialect.ask(operation, _given(arguments))

	def _pages(self, name: str, offset: str = "", **arguments: Any) -> Iterator[Page]:
		"""Judges the operation and its arguments at once, and sends nothing before the first page is taken."""
		operation = OPERATIONS[name]
		self._dialect.require(operation)
		return self._dialect.pages(operation, _given(arguments), offset)

	def _rows(self, name: str, **arguments: Any) -> Iterator[Row]:
		return (row for page in self._pages(name, **arguments) for row in page.rows)

	def _command(self, name: str, **arguments: Any) -> Command:
		tag = arguments.get("device") or arguments.get("target") or ""
		return read_command(name, tag, self._ask(name, **arguments))


def read_command(operation: str, service_tag: str, reply: Row) -> Command:
	"""A state that this version does not know counts as sent: it is neither done nor failed."""
	told = text(reply.get("state")) or CommandStatus.DONE.value
	known = {state.value.lower(): state for state in CommandStatus}
	return Command(
		operation=operation,
		operation_id=text(reply.get("operationid")),
		state=known.get(told.lower(), CommandStatus.SENT),
		service_tag=service_tag,
		words=text(reply.get("message")),
	)


def _given(arguments: Arguments) -> dict[str, Any]:
	return {name: value for name, value in arguments.items() if value is not None}
