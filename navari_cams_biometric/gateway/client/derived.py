"""What Web API 3.0 has no request for, derived from punches: days, first in and last out, the CSV export.

A day is a date of the punch's own offset. A punch whose time cannot be read belongs to no day and is left out.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from ..errors import TimestampError
from ..punch import PunchType
from ..timestamp import parse_timestamp
from .answers import DaySummary, DevicePunch

INWARD = {PunchType.CHECK_IN.value, PunchType.BREAK_IN.value, PunchType.OVERTIME_IN.value}
OUTWARD = {PunchType.CHECK_OUT.value, PunchType.BREAK_OUT.value, PunchType.OVERTIME_OUT.value}
EXPORT_COLUMNS = ("ServiceTag", "UserID", "LogTime", "Type", "InputType")

Moment = tuple[datetime, str]


def summarise(punches: Iterable[DevicePunch], zone: tzinfo) -> list[DaySummary]:
	"""A line for each person and day, in that order. `zone` is for times without offset."""
	days: dict[tuple[str, date], set[Moment]] = defaultdict(set)
	for device_punch in punches:
		punch = device_punch.punch
		instant = read_instant(punch.log_time, zone)
		if instant and punch.type in INWARD | OUTWARD:
			days[punch.user_id, instant.date()].add((instant, punch.type))
	return [_day_summary(user_id, day, sorted(moments)) for (user_id, day), moments in sorted(days.items())]


def export_csv(punches: Iterable[DevicePunch]) -> str:
	"""The punches as CSV with a line of headings; LogTime is verbatim."""
	sheet = io.StringIO()
	writer = csv.writer(sheet, lineterminator="\n")
	writer.writerow(EXPORT_COLUMNS)
	for row in punches:
		punch = row.punch
		writer.writerow((row.service_tag, punch.user_id, punch.log_time, punch.type, punch.input_type))
	return sheet.getvalue()


def _day_summary(user_id: str, day: date, moments: list[Moment]) -> DaySummary:
	entries = [instant for instant, kind in moments if kind in INWARD]
	exits = [instant for instant, kind in moments if kind in OUTWARD]
	return DaySummary(
		user_id=user_id,
		date=day,
		first_in=entries[0] if entries else None,
		last_out=exits[-1] if exits else None,
		worked=_worked(moments),
	)


def _worked(moments: list[Moment]) -> timedelta:
	"""The time between each in and the next out. A second in before an out does not start anew."""
	worked, since = timedelta(0), None
	for instant, kind in moments:
		if kind in INWARD:
			since = since or instant
		elif since:
			worked, since = worked + (instant - since), None
	return worked


def read_instant(log_time: str, zone: tzinfo) -> datetime | None:
	"""The time as an aware datetime, in `zone` where it has no offset; None where it cannot be read."""
	try:
		return parse_timestamp(log_time, zone)
	except TimestampError:
		return None
