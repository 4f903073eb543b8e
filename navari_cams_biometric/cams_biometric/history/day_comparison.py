"""Compare the days of the gateway with those in ERPNext: first in, last out, hours. Changes nothing.

A day in ERPNext is made from its Employee Checkins, also those entered manually, in the same way as the gateway's
client makes days from punches.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe.query_builder.functions import Coalesce, Trim
from frappe.utils import get_datetime, get_system_timezone

from navari_cams_biometric.cams_biometric.base.gate_times import APART, on_site, zones_in_use
from navari_cams_biometric.cams_biometric.base.translation import N_
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	Row,
	Scope,
	add_people,
)
from navari_cams_biometric.gateway.client import DaySummary, DevicePunch
from navari_cams_biometric.gateway.client.derived import summarise
from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.punch import Punch, PunchType
from navari_cams_biometric.gateway.timestamp import format_timestamp, parse_timestamp

TOLERANCE = timedelta(minutes=1)

FIRST_IN, LAST_OUT, HOURS = N_("First In"), N_("Last Out"), N_("Hours")
TYPES = {"IN": PunchType.CHECK_IN.value, "OUT": PunchType.CHECK_OUT.value}


def compare_days(gateway_days: Iterable[DaySummary], scope: Scope, with_hours: bool) -> list[Row]:
	"""A row for each person and day of either side, those that differ first, then by day.

	Without `with_hours` the gateway has no hours, and they are not compared. Keys: date, user_id, employee,
	employee_name, difference (what differs, separated by commas, or empty), and for both sides first_in, last_out
	(naive, site's zone) and worked (seconds), each with the suffix `_gateway` or `_here`.
	"""
	zone = ZoneInfo(get_system_timezone())
	theirs = {(day.user_id, day.date): day for day in gateway_days if scope.is_about(day.user_id)}
	ours = {(day.user_id, day.date): day for day in summarise(_checkins_as_punches(scope), zone)}
	rows = []
	for user_id, day in theirs.keys() | ours.keys():
		pair = theirs.get((user_id, day)), ours.get((user_id, day))
		rows.append(
			{
				"date": day,
				"user_id": user_id,
				"employee": None,
				**_side("gateway", pair[0], zone, with_hours),
				**_side("here", pair[1], zone, True),
				"difference": ", ".join(_day_differences(*pair, with_hours)),
			}
		)
	add_people(rows)
	return sorted(rows, key=lambda row: (not row["difference"], row["date"], row["user_id"]))


def _checkins_as_punches(scope: Scope) -> Iterator[DevicePunch]:
	"""The site's check-ins with a direction, of everybody who has a user ID.

	Each in the offset that its device sent, because that decides to which day it belongs; the time is the
	check-in's own, which a person may have corrected.
	"""
	checkin, employee = frappe.qb.DocType("Employee Checkin"), frappe.qb.DocType("Employee")
	punch = frappe.qb.DocType("CAMS Punch")
	first, last = map(get_datetime, scope.site_times)
	around = APART if zones_in_use() else timedelta(0)
	condition = checkin.time[first - around : last + around]
	user_id = Coalesce(punch.user_id, Trim(employee.attendance_device_id))
	condition &= checkin.log_type.isin(["IN", "OUT"]) & (user_id != "")
	if scope.user_id:
		condition &= user_id == scope.user_id
	rows = (
		frappe.qb.from_(checkin)
		.inner_join(employee)
		.on(employee.name == checkin.employee)
		.left_join(punch)
		.on(punch.name == checkin.custom_cams_punch)
		.select(user_id.as_("user_id"), checkin.time, checkin.log_type, checkin.custom_original_time)
		.select(checkin.custom_time_zone)
		.where(condition)
		.orderby(checkin.time)
		.run(as_dict=True)
	)
	zone = ZoneInfo(get_system_timezone())
	for row in rows:
		moment = on_site(row.time, row.custom_time_zone)
		if not first <= moment <= last:
			continue
		instant = moment.replace(tzinfo=zone, microsecond=0)
		log_time = format_timestamp(_in_offset_of(row.custom_original_time or "", instant))
		punch = Punch(row.user_id.strip(), TYPES[row.log_type], log_time)
		if scope.is_about(punch.user_id):
			yield DevicePunch("", punch)


def _in_offset_of(original_time: str, instant: datetime) -> datetime:
	try:
		return instant.astimezone(parse_timestamp(original_time, instant.tzinfo).tzinfo)
	except TimestampError:
		return instant


def _side(side: str, day: DaySummary | None, zone: ZoneInfo, with_hours: bool) -> Row:
	return {
		f"first_in_{side}": _site_time(day.first_in, zone) if day else None,
		f"last_out_{side}": _site_time(day.last_out, zone) if day else None,
		f"worked_{side}": int(day.worked.total_seconds()) if day and with_hours else None,
	}


def _site_time(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
	return instant.astimezone(zone).replace(tzinfo=None) if instant else None


def _day_differences(theirs: DaySummary | None, ours: DaySummary | None, with_hours: bool) -> list[str]:
	if not ours:
		return [MISSING]
	if not theirs:
		return [NOT_AT_GATEWAY]
	differing = {
		FIRST_IN: _differ(theirs.first_in, ours.first_in),
		LAST_OUT: _differ(theirs.last_out, ours.last_out),
		HOURS: with_hours and abs(theirs.worked - ours.worked) > TOLERANCE,
	}
	return [what for what, differs in differing.items() if differs]


def _differ(one: datetime | None, other: datetime | None) -> bool:
	return abs(one - other) > TOLERANCE if one and other else one is not other
