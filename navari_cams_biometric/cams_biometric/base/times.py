"""Times as devices send them, and as Frappe stores them: naive, in the site's time zone.

A naive time of the site says two instants where summer time ends, and another one after the site's zone was changed.
So a CAMS Punch keeps the instants beside it, naive in UTC, and what compares moments compares those.
"""

from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import format_date, get_datetime, get_system_timezone, now_datetime

from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.timestamp import parse_timestamp

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

ROUNDED = timedelta(seconds=1)  # two clocks read one after the other; HRMS 16 keeps no fractions


class LogTime(NamedTuple):
	"""A LogTime that was read. `wall_clock` is naive, as the device shows it; `instant` is aware, in UTC, and `written` the
	same in the offset or zone in which it was written."""

	wall_clock: datetime
	instant: datetime
	has_offset: bool
	written: datetime


def site_zone() -> tzinfo:
	return ZoneInfo(frappe.flags.cams_site_zone or get_system_timezone())


def note_site_zone(zone: str | None) -> None:
	"""Keep the name of the site's time zone, as this request has read it: Frappe 15 would ask Redis for the whole of System
	Settings."""
	frappe.flags.cams_site_zone = zone


def now_on_site() -> datetime:
	"""Frappe's `now_datetime` (naive, in the site's zone), by the zone that was noted."""
	if frappe.flags.cams_site_zone:
		return datetime.now(site_zone()).replace(tzinfo=None, fold=0)
	return now_datetime()


def read_log_time(log_time: str, device: "CAMSDevice | None") -> LogTime | None:
	"""A LogTime; without an offset it is in the device's zone. None where it cannot be read."""
	zone = device.zone() if device else site_zone()
	try:
		moment = parse_timestamp(log_time, zone)
	except TimestampError:
		return None
	return LogTime(
		wall_clock=moment.replace(tzinfo=None, fold=0),
		instant=moment.astimezone(timezone.utc),
		has_offset=moment.tzinfo is not zone,
		written=moment,
	)


def log_time_instant(log_time: str, device: "CAMSDevice | None") -> datetime | None:
	"""A LogTime as an aware datetime; without an offset it is in the device's zone. None where it cannot be read."""
	reading = read_log_time(log_time, device)
	return reading.written if reading else None


def log_time_on_site(log_time: str, device: "CAMSDevice | None") -> datetime | None:
	"""A LogTime as Frappe stores times. None where it cannot be read."""
	return to_site_time(log_time_instant(log_time, device))


def to_site_time(instant: datetime | None) -> datetime | None:
	"""An aware datetime as Frappe stores times."""
	return instant.astimezone(site_zone()).replace(tzinfo=None, fold=0) if instant else None


def shown_time(moment: datetime) -> str:
	"""A naive time of the site for people: to the minute, the day as System Settings write it."""
	return f"{format_date(moment)} {moment:%H:%M}"


def naive_utc(moment: datetime, zone: tzinfo) -> datetime:
	"""A naive time of a zone in UTC, naive; of an hour that a clock change repeats it is the first."""
	return moment.replace(tzinfo=zone, fold=0).astimezone(timezone.utc).replace(tzinfo=None)


def in_zone(utc: datetime, zone: tzinfo) -> datetime:
	"""The reverse: a naive time in UTC as the clocks of a zone show it, naive."""
	return utc.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None, fold=0)


def is_repeated(moment: datetime, zone: tzinfo) -> bool:
	"""Whether clocks of the zone show this naive time twice: the end of summer time."""
	first, second = (moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
	return first is not None and second is not None and first > second


def lead_of(punch: frappe._dict) -> timedelta:
	"""How far a CAMS Punch is ahead of its arrival; negative where it is behind. Instants are compared."""
	return instant_of(punch) - _instant(punch.creation, punch.arrived_at_utc, site_zone())


def instant_of(punch: frappe._dict) -> datetime:
	"""When a CAMS Punch was made, as it counts by now: naive, in UTC."""
	return _instant(punch.punch_time, punch.punched_at_utc, site_zone())


def _instant(moment: datetime, utc: datetime | None, zone: tzinfo) -> datetime:
	"""Naive, in UTC: as it was noted, unless the naive time was corrected since or is of another zone of the site."""
	moment = get_datetime(moment)
	if utc and abs(in_zone(get_datetime(utc), zone) - moment) <= ROUNDED:
		return get_datetime(utc)
	return naive_utc(moment, zone)
