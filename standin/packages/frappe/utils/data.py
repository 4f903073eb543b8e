"""Dates in the site's zone and the conversions that everything uses."""

from __future__ import annotations

import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import frappe
from dateutil import parser
from dateutil.relativedelta import relativedelta
from frappe.missing import missing, module_getattr, refuse
from frappe.utils.urls import get_url_to_report_with_filters as get_url_to_report_with_filters

__getattr__ = module_getattr(__name__)

DATE_FORMAT = "%Y-%m-%d"
TIME_FORMAT = "%H:%M:%S.%f"
DATETIME_FORMAT = f"{DATE_FORMAT} {TIME_FORMAT}"


def get_system_timezone() -> str:
	"""The site's zone, from System Settings."""
	return frappe.get_cached_value("System Settings", "System Settings", "time_zone") or frappe.conf.time_zone


def now_datetime() -> datetime.datetime:
	"""Now in the site's zone, naive."""
	return datetime.datetime.now(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def now() -> str:
	return now_datetime().strftime(DATETIME_FORMAT)


def nowdate() -> str:
	return now_datetime().strftime(DATE_FORMAT)


def today() -> str:
	return nowdate()


def nowtime() -> str:
	return now_datetime().strftime(TIME_FORMAT)


def get_datetime(datetime_str: Any = None) -> Any:
	"""A datetime; None is now. Text goes through dateutil where it is not in Frappe's own format."""
	if datetime_str is None:
		return now_datetime()
	if isinstance(datetime_str, datetime.datetime | datetime.timedelta):
		return datetime_str
	if isinstance(datetime_str, list | tuple):
		return datetime.datetime(*datetime_str)
	if isinstance(datetime_str, datetime.date):
		return datetime.datetime.combine(datetime_str, datetime.time())
	if is_invalid_date_string(datetime_str):
		return None
	try:
		return datetime.datetime.strptime(datetime_str, DATETIME_FORMAT)
	except ValueError:
		return parser.parse(datetime_str)


def getdate(string_date: Any = None, parse_day_first: bool = False) -> datetime.date | None:
	"""A date; None or "" is today."""
	if parse_day_first:
		missing("getdate(parse_day_first=True)")
	if not string_date:
		return now_datetime().date()
	if isinstance(string_date, datetime.datetime):
		return string_date.date()
	if isinstance(string_date, datetime.date):
		return string_date
	if is_invalid_date_string(string_date):
		return None
	try:
		return parser.parse(string_date).date()
	except (ValueError, OverflowError):
		frappe.throw(f"{frappe.bold(string_date)} is not a valid date string.", title="Invalid Date")


def is_invalid_date_string(date_string: Any) -> bool:
	return not isinstance(date_string, str) or not date_string or date_string.startswith("0001-01-01")


def get_time(time_str: Any) -> datetime.time:
	if isinstance(time_str, datetime.datetime):
		return time_str.time()
	if isinstance(time_str, datetime.time):
		return time_str
	if isinstance(time_str, datetime.timedelta):
		return (datetime.datetime.min + time_str).time()
	return parser.parse(time_str).time()


def to_timedelta(time_str: Any) -> datetime.timedelta:
	if isinstance(time_str, datetime.time):
		time_str = str(time_str)
	if not isinstance(time_str, str):
		return time_str
	moment = parser.parse(time_str)
	return datetime.timedelta(
		hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
	)


def get_timedelta(time: Any = None) -> datetime.timedelta | None:
	return None if time in (None, "") else to_timedelta(time)


def add_to_date(
	date: Any,
	years: int = 0,
	months: int = 0,
	weeks: int = 0,
	days: int = 0,
	hours: int = 0,
	minutes: int = 0,
	seconds: int = 0,
	as_string: bool = False,
	as_datetime: bool = False,
	**unknown: Any,
) -> Any:
	"""The moved date in the type of the given one: text stays text, a date a date."""
	refuse("add_to_date", unknown)
	if date is None:
		date = now_datetime()
	if hours:
		as_datetime = True
	if isinstance(date, str):
		as_string = True
		as_datetime = as_datetime or " " in date
		date = parser.parse(date)
	moved = date + relativedelta(
		years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
	)
	if as_string:
		return moved.strftime(DATETIME_FORMAT if as_datetime else DATE_FORMAT)
	return moved


def add_days(date: Any, days: Any) -> Any:
	return add_to_date(date, days=cint(days))


def format_datetime(*_arguments: Any, **_keywords: Any) -> NoReturn:
	missing("format_datetime")


def format_date(string_date: Any = None, format_string: str | None = None) -> str:
	if format_string:
		missing("format_date with a format")
	return getdate(string_date).strftime("%d-%m-%Y") if string_date else ""


def cint(s: Any, default: int = 0) -> int:
	try:
		return int(s)
	except (TypeError, ValueError):
		pass
	try:
		return int(float(s))
	except (TypeError, ValueError, OverflowError):
		return default


def flt(s: Any, precision: int | None = None, **unknown: Any) -> float:
	refuse("flt", unknown)
	if isinstance(s, str):
		s = s.replace(",", "")
	try:
		number = float(s)
	except (TypeError, ValueError):
		number = 0.0
	return number if precision is None else round(number, precision)


def cstr(s: Any, encoding: str = "utf-8") -> str:
	if isinstance(s, bytes):
		return s.decode(encoding)
	return "" if s is None else str(s)


def sbool(x: Any) -> Any:
	"""True or False for their words, else the value itself."""
	lowered = str(x).lower()
	if lowered in ("true", "1"):
		return True
	return False if lowered in ("false", "0") else x
