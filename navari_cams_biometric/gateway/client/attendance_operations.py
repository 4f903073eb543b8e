"""The operations of the group Attendance. Times go in aware; a punch keeps its LogTime verbatim.

Punches come in the gateway's order, which is not always that of time, and once per time it has them.
"""

import base64
from collections.abc import Iterator
from datetime import datetime

from ..errors import UnreadableReplyError
from ..keys import storable
from .answers import AttendancePage, DaySummary, DevicePunch, read_punch, read_summary
from .dialect import Page, Row
from .operation_group import OperationGroup
from .reading import as_list, as_text, fold
from .webapi_history import LONGEST_RANGE


class AttendanceOperations(OperationGroup):
	"""Iterators fetch page after page while they are read, and raise there what a request can raise.

	Where the gateway answers a load by the callback instead, AnswerPendingError says so.
	"""

	def get_attendance_by_date(self, start: datetime, end: datetime) -> Iterator[DevicePunch]:
		"""All punches of the account from `start` to `end`, both included."""
		return (read_punch(row) for row in self._rows("GetAttendanceByDate", start=start, end=end))

	def get_attendance_by_employee(
		self, user_id: str, start: datetime, end: datetime
	) -> Iterator[DevicePunch]:
		"""The punches of one person on every device."""
		rows = self._rows("GetAttendanceByEmployee", user_id=user_id, start=start, end=end)
		return (read_punch(row) for row in rows)

	def get_attendance_by_device(self, device: str, start: datetime, end: datetime) -> Iterator[DevicePunch]:
		"""The punches of one device. A range of any length; it is split where the gateway wants that."""
		rows = self._rows("GetAttendanceByDevice", device=device, start=start, end=end)
		return (read_punch(row) for row in rows)

	def attendance_pages(
		self, device: str, start: datetime, end: datetime, offset: str = ""
	) -> Iterator[AttendancePage]:
		"""GetAttendanceByDevice page by page, for who must go on where it stopped: `offset` of the last page seen.

		Raises ValueError for a range of more than 30 days, in which an offset would be ambiguous.
		"""
		if end - start > LONGEST_RANGE:
			raise ValueError("at most 30 days at a time")
		pages = self._pages("GetAttendanceByDevice", offset, device=device, start=start, end=end)
		return (_attendance_page(page) for page in pages)

	def get_attendance_summary(self, start: datetime, end: datetime) -> list[DaySummary]:
		"""First in, last out and time between ins and outs, for each person and day."""
		return _summaries("GetAttendanceSummary", self._ask("GetAttendanceSummary", start=start, end=end))

	def get_first_in_last_out(self, start: datetime, end: datetime) -> list[DaySummary]:
		"""First in and last out for each person and day; in REST v3 `worked` is zero."""
		return _summaries("GetFirstInLastOut", self._ask("GetFirstInLastOut", start=start, end=end))

	def get_today_attendance(self) -> Iterator[DevicePunch]:
		"""Today's punches so far. The gateway knows what today is; in Web API 3.0 the client's `zone` does."""
		return (read_punch(row) for row in self._rows("GetTodayAttendance"))

	def get_attendance_photo(self, device: str, user_id: str, log_time: datetime) -> bytes:
		"""The photo taken at a punch, a JPEG. Raises NotFoundError where there is none."""
		reply = self._ask("GetAttendancePhoto", device=device, user_id=user_id, log_time=log_time)
		try:
			return base64.b64decode(as_text(fold(reply.get("photo")).get("data")), validate=True)
		except ValueError:
			pass  # raised below, without the data in its context
		raise UnreadableReplyError("GetAttendancePhoto", 200, "the photo is not base64")

	def export_attendance(self, start: datetime, end: datetime) -> str:
		"""The punches of the account as CSV with the columns ServiceTag, UserID, LogTime, Type, InputType."""
		sheet = self._ask("ExportAttendance", start=start, end=end).get("export") or ""
		if not isinstance(sheet, str):
			raise UnreadableReplyError("ExportAttendance", 200, "the export is no text")
		return storable(sheet)


def _summaries(operation: str, reply: Row) -> list[DaySummary]:
	days = [read_summary(row) for row in as_list(reply.get("summary"))]
	read = [day for day in days if day]
	if len(read) < len(days):
		raise UnreadableReplyError(
			operation, 200, "a day has no date like 2024-09-17, or no count of seconds"
		)
	return read


def _attendance_page(page: Page) -> AttendancePage:
	return AttendancePage(tuple(read_punch(row) for row in page.rows), page.next_offset, page.total)
