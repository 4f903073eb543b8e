"""Punches by Web API 3.0: device after device, window after window, page after page.

ref: PROTOCOL section 5
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from ..operations import Operation
from ..timestamp import format_timestamp
from .answers import DevicePunch, read_punch
from .derived import read_instant
from .dialect import Arguments, Page, Row, follow
from .webapi_wire import WebApiWire

LONGEST_RANGE = timedelta(days=30)

Span = tuple[datetime, datetime]


def windows(start: datetime, end: datetime) -> Iterator[Span]:
	"""The range in pieces of at most 30 days, each beginning where the one before ends."""
	while end - start > LONGEST_RANGE:
		yield start, start + LONGEST_RANGE
		start += LONGEST_RANGE
	yield start, end


class History:
	"""Loads punches. `zone` is that of times without offset."""

	def __init__(self, wire: WebApiWire, zone: tzinfo):
		self._wire = wire
		self._zone = zone

	def pages(
		self, operation: Operation, arguments: Arguments, devices: Sequence[str], span: Span, offset: str = ""
	) -> Iterator[Page]:
		"""Pages of the punches that `arguments` request. Only a single device and window has a total."""
		single = len(devices) == 1 and span[1] - span[0] <= LONGEST_RANGE
		for device in devices:
			for page in self._device_pages(operation, arguments, device, span, offset):
				yield page if single else Page(page.rows, page.next_offset, None)

	def _device_pages(
		self, operation: Operation, arguments: Arguments, device: str, span: Span, offset: str
	) -> Iterator[Page]:
		"""Window after window. Neighbours share a second, as nobody says whether EndTime belongs to it."""
		before: set[DevicePunch] = set()
		for start, end in windows(*span):
			shared: set[DevicePunch] = set()
			for page in self._window_pages(operation, device, (start, end), offset):
				rows = [row for row in page.rows if read_punch(row) not in before]
				shared |= {read_punch(row) for row in page.rows if self._is_at(row, end)}
				yield Page(
					tuple(row for row in rows if _concerns(row, arguments)), page.next_offset, page.total
				)
			before = shared

	def _window_pages(self, operation: Operation, device: str, span: Span, offset: str) -> Iterator[Page]:
		span_filter = {"StartTime": format_timestamp(span[0]), "EndTime": format_timestamp(span[1])}

		def fetch(at: str) -> Row:
			asked = {**span_filter, "OffSet": at} if at else span_filter
			return self._wire.send(operation, device, {"Load": {"PunchLog": {"Filter": asked}}})

		for page in follow(operation, fetch, ("PunchLog", "Log"), offset):
			rows = tuple({**row, "servicetag": device} for row in page.rows)
			yield Page(rows, page.next_offset, page.total)

	def _is_at(self, row: Row, end: datetime) -> bool:
		instant = read_instant(read_punch(row).punch.log_time, self._zone)
		return instant is None or instant >= end.replace(microsecond=0)


def _concerns(row: Row, arguments: Arguments) -> bool:
	return arguments.get("user_id") in (None, read_punch(row).punch.user_id)
