"""Who is in, and the last punches: by the last check-in of each active employee, also manual ones.

Looks back over a night shift; somebody who forgot to punch out counts as out after that. For a muster there are also
those whose last punch became no check-in: held, of an ignored ID, or at a door that is not for attendance.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import now_datetime
from pypika.analytics import RowNumber

from navari_cams_biometric.cams_biometric.base.device_lookup import (
	all_devices,
	device_labels,
)
from navari_cams_biometric.cams_biometric.base.gate_times import APART, on_site, zones_in_use
from navari_cams_biometric.cams_biometric.base.identities import identities_of
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.punches.held_punches import exactly
from navari_cams_biometric.cams_biometric.punches.punch_types import spelling
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

LOOK_BACK = timedelta(
	hours=16
)  # longer than a night shift with overtime, shorter than until the same time tomorrow
# Check-ins are indexed by when they were written, not by their time. What is written a day before its time is a
# mistake, and would keep somebody in until then.
WRITTEN_BEFORE = timedelta(days=1)
LAST_PUNCHES = 30
ON_THE_WAY = (PunchState.QUEUED, PunchState.HELD, PunchState.FAILED)
NO_ATTENDANCE = ("IGNORED_ID", "NOT_ATTENDANCE")  # who is there all the same
WRONG_CLOCKS = ("CLOCK_AHEAD", "CLOCK_BEHIND", "TIME_UNREADABLE")  # of these the arrival tells when


def board() -> dict:
	"""The last punches, and who is in, with or without a check-in."""
	devices = _devices()
	return {"punches": last_punches(_labels(devices)), **muster(devices=devices)}


def muster(branch: str | None = None, devices: "dict[str, CAMSDevice] | None" = None) -> dict:
	"""`who_is_in`, and besides as `without_checkin` whoever is there by a punch that became no check-in, by time. They
	are not in `count`."""
	now = now_datetime()
	checkins, devices = _last_checkins(now), _devices() if devices is None else devices
	inside = _who_is_in(branch, now, checkins, _labels(devices))
	outside = _without_checkin(now, checkins, devices)
	listed = [person for person in outside if branch in (None, person["branch"])]
	return {**inside, "without_checkin": listed}


def who_is_in(branch: str | None = None) -> dict:
	now = now_datetime()
	return _who_is_in(branch, now, _last_checkins(now), device_labels())


def _who_is_in(
	branch: str | None, now: datetime, checkins: dict[str, frappe._dict], labels: dict[str, str]
) -> dict:
	"""Who is in now, by branch (or in one branch; "" is none), each with the time, device and direction of the last
	check-in. A check-in without direction leaves it open: such people are listed, and counted as `unsure`."""
	branches: dict[str, dict] = {}
	for employee in _active_employees():
		checkin = checkins.get(employee.name)
		name = employee.branch or ""
		if not checkin or checkin.log_type == "OUT" or branch not in (None, name):
			continue
		group = branches.setdefault(name, {"branch": name, "people": [], "unsure": 0})
		group["people"].append(_present_person(employee, checkin, labels))
		group["unsure"] += not checkin.log_type
	return {
		"now": str(now.replace(microsecond=0)),
		"look_back_hours": round(LOOK_BACK.total_seconds() / 3600),
		"count": sum(len(group["people"]) for group in branches.values()),
		"unsure": sum(group["unsure"] for group in branches.values()),
		"branches": sorted(branches.values(), key=lambda group: (not group["branch"], group["branch"])),
	}


def last_punches(labels: dict[str, str]) -> list[frappe._dict]:
	"""The latest by their own time, in any state; without those from a clock that is ahead."""
	punch, employee = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee")
	tolerance = read_settings().clock_tolerance or 0
	latest = now_datetime() + timedelta(minutes=tolerance)
	query = (
		frappe.qb.from_(punch)
		.left_join(employee)
		.on(employee.name == punch.employee)
		.select(punch.name, punch.user_id, punch.punch_time, punch.punch_type, punch.service_tag)
		.select(punch.state, punch.reason_code, punch.employee, employee.employee_name)
		.where(punch.punch_time <= latest)
		.orderby(punch.punch_time, order=Order.desc)
		.limit(LAST_PUNCHES)
	)
	rows = permitted(query, "CAMS Punch").run(as_dict=True)
	for row in rows:
		row.device = labels.get(row.service_tag, row.service_tag or "")
		row.sentence = _(str(REASONS[row.reason_code].sentence)) if row.reason_code in REASONS else ""
	return rows


def _last_checkins(now: datetime) -> dict[str, frappe._dict]:
	"""The last check-in of each employee since LOOK_BACK, by employee."""
	checkin = frappe.qb.DocType("Employee Checkin")
	since = now - LOOK_BACK
	around = APART if zones_in_use() else timedelta(0)
	rows = (
		frappe.qb.from_(checkin)
		.select(checkin.employee, checkin.time, checkin.custom_time_zone, checkin.log_type, checkin.device_id)
		.where((checkin.time >= since - around) & (checkin.time <= now + WRITTEN_BEFORE + around))
		.where((checkin.modified >= since - WRITTEN_BEFORE) & (checkin.creation >= since - WRITTEN_BEFORE))
		.orderby(checkin.creation)
		.run(as_dict=True)
	)
	for row in rows:
		row.time = on_site(row.time, row.custom_time_zone)
	recent = (row for row in rows if since <= row.time <= now + WRITTEN_BEFORE)
	return {row.employee: row for row in sorted(recent, key=lambda row: row.time)}


def _active_employees() -> list[frappe._dict]:
	"""As far as User Permissions let this user see them; System Manager sees them without being in HR."""
	employee = frappe.qb.DocType("Employee")
	query = (
		frappe.qb.from_(employee)
		.select(employee.name, employee.employee_name, employee.branch)
		.where(employee.status == "Active")
		.orderby(employee.employee_name)
		.orderby(employee.name)
	)
	return permitted(query, "Employee").run(as_dict=True)


def _present_person(employee: frappe._dict, checkin: frappe._dict, labels: dict[str, str]) -> dict:
	return {
		"employee": employee.name,
		"employee_name": employee.employee_name or employee.name,
		"time": checkin.time,
		"device": labels.get(checkin.device_id, checkin.device_id or ""),
		"sure": bool(checkin.log_type),
	}


def _devices() -> "dict[str, CAMSDevice]":
	return {device.name: device for device in all_devices()}


def _labels(devices: "dict[str, CAMSDevice]") -> dict[str, str]:
	return {name: device.label or name for name, device in devices.items()}


def _without_checkin(
	now: datetime, checkins: dict[str, frappe._dict], devices: "dict[str, CAMSDevice]"
) -> list[dict]:
	"""Those whose last punch became no check-in and says not that they left. Who is in by a check-in is not among them,
	nor who has left by a later one."""
	rows = _last_punches_without_checkin(now)
	people = identities_of(row.user_id for row in rows if not row.employee)
	latest: dict[tuple[str, str], frappe._dict] = {}
	for row in rows:
		device = row.device = devices.get(row.service_tag)
		if not row.employee and (person := people.who(row.user_id, device, row.moment.date())):
			row.update(employee=person.name, employee_name=person.employee_name, branch=person.branch)
		key = (row.employee, "") if row.employee else (row.user_id, (device and device.company) or "")
		if key not in latest or latest[key].moment < row.moment:
			latest[key] = row
	types = frappe.get_all("CAMS Punch Type", fields=["punch_type", "direction"], order_by="idx")
	directions = {spelling(each.punch_type): each.direction for each in types}
	return [
		_person_without_checkin(row)
		for row in sorted(latest.values(), key=lambda row: (row.moment, row.user_id))
		if not _has_checkin_since(row, checkins) and _direction(row, directions) != "OUT"
	]


def _last_punches_without_checkin(now: datetime) -> list[frappe._dict]:
	"""Of each user ID on each device, of those that the user may see; `moment` is when it was. Two queries."""
	punch, employee = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee")
	since = now - LOOK_BACK
	has_none = punch.state.isin(ON_THE_WAY) | (
		(punch.state == PunchState.IGNORED) & punch.reason_code.isin(NO_ATTENDANCE)
	)
	by_time = (punch.punch_time >= since) & (punch.punch_time <= now) & has_none
	wrong = (punch.state == PunchState.HELD) & punch.reason_code.isin(WRONG_CLOCKS)
	by_arrival = wrong & (punch.creation >= since) & (punch.source == "Real Time")
	rows = []
	for condition, moment in ((by_time, punch.punch_time), (by_arrival, punch.creation)):
		place = RowNumber().over(exactly(punch.user_id), punch.service_tag)
		place = place.orderby(moment, punch.creation, order=Order.desc).as_("place")
		numbered = permitted(
			frappe.qb.from_(punch)
			.select(punch.user_id, punch.employee, punch.service_tag, punch.punch_type, punch.state)
			.select(punch.name, punch.reason_code, moment.as_("moment"), place)
			.where(condition & (punch.user_id != "")),
			"CAMS Punch",
		)
		last = frappe.qb.from_(numbered).left_join(employee).on(employee.name == numbered.employee)
		last = last.select(numbered.star, employee.employee_name, employee.branch)
		rows += last.where(numbered.place == 1).run(as_dict=True)
	return rows


def _has_checkin_since(punch: frappe._dict, checkins: dict[str, frappe._dict]) -> bool:
	"""Listed by a check-in, or gone by one that is later."""
	last = checkins.get(punch.employee)
	return bool(last and (last.log_type != "OUT" or last.time >= punch.moment))


def _direction(punch: frappe._dict, of_types: dict[str, str]) -> str:
	"""Of the device, else of the type; empty where neither says it."""
	own = punch.device.direction if punch.device else ""
	direction = own if own in ("IN", "OUT") else of_types.get(spelling(punch.punch_type or "None"))
	return direction if direction in ("IN", "OUT") else ""


def _person_without_checkin(punch: frappe._dict) -> dict:
	device, reason = punch.device, REASONS.get(punch.reason_code)
	branch = punch.branch if punch.employee else device and device.branch
	return {
		"punch": punch.name,
		"user_id": punch.user_id,
		"employee_name": punch.employee_name or punch.employee or "",
		"branch": branch or "",
		"time": punch.moment,
		"device": (device.label or device.name) if device else punch.service_tag or "",
		"sentence": _(str(reason.sentence)) if reason else "",
	}
