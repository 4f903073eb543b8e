"""The list of days with late punches: CAMS Day Repair, one record for each.

HRMS decides a day once. It skips a punch that arrives later, without a notice to anybody. Here the day is
recorded, with its present attendance and with what HRMS would decide now. Nothing is changed in HRMS;
day_repair.repair does that.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import frappe
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.gate_times import CheckinTime
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.day_repair import days, exclusions, hrms_decision
from navari_cams_biometric.cams_biometric.day_repair.days import Day, Key
from navari_cams_biometric.cams_biometric.day_repair.exclusions import EXCLUSIONS

DOCTYPE = "CAMS Day Repair"
SEARCH_DAYS = 35  # how far back the sweep looks for check-ins that changed
BATCH = 200


def note_punches(punch_names: Iterable[str]) -> None:
	"""List the days of punches that just became check-ins. In a transaction of its own, and never raises: the
	check-ins are safe already, and the sweep finds what is missed here."""
	names, now = sorted(punch_names), now_datetime()
	try:
		list_days(
			days.with_checkins(
				lambda checkin: (
					checkin.custom_cams_punch.isin(Among(names)) & (checkin.shift_actual_end < now)
				)
			)
		)
		list_days(days.with_moves_by(names))
	except Exception:
		frappe.db.rollback()
		log_once_a_day(
			"CAMS: days of late punches could not be listed", frappe.get_traceback(), ("late punches",)
		)
		frappe.db.commit()


def search() -> None:
	"""List what changed lately, and look again at what is open. Commits as it goes."""
	since = add_to_date(now_datetime(), days=-SEARCH_DAYS)
	list_days(days.with_checkins(lambda checkin: checkin.modified >= since))
	list_days(days.with_moves(lambda attendance: attendance.name.isnotnull()))
	fields = ["name", "attendance", "modified"]
	for batch in _batches(
		frappe.get_all(
			DOCTYPE,
			filters={"state": RepairState.OPEN, "reason_code": ["is", "not set"]},
			fields=fields,
			order_by="name",
		)
	):
		_look_again(batch)


def _look_again(rows: list[frappe._dict]) -> None:
	names = sorted({row.attendance or "" for row in rows})
	keys = days.with_attendances(lambda attendance: attendance.name.isin(names))
	still_there = list_days(keys)
	for row in rows:
		if row.name not in still_there:
			update(row.name, unless_changed_since=row.modified, **state_fields("GONE"))
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of this batch of a long search


def list_days(keys: list[Key]) -> set[str]:
	"""Write these days down, or bring what is written up to date; return the names of those that belong on the list.
	Commits batch by batch."""
	cases = set()
	for batch in _batches(keys):
		found = read_days(batch)
		cases |= {day.key.name for day in found if exclusions.is_case(day)}
		listed = _days_on_list(day.key.name for day in found)
		new = [_repair_row(day) for day in found if day.key.name in cases - listed.keys()]
		if new:
			# Another worker may write down the same day at this moment.
			stored_values.insert_rows(DOCTYPE, new)
		for day in found:
			row = listed.get(day.key.name)
			if row and _is_news(day, row):
				update(row.name, unless_changed_since=row.modified, **day_fields(day))
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of this batch of a long search
	return cases


def read_days(keys: Iterable[Key]) -> list[Day]:
	"""These days, with everything that may prevent a repair."""
	found = days.read(keys)
	exclusions.read_exclusions(found)
	for day in found:
		_preview_safely(day)
	return found


def update(name: str, unless_changed_since: datetime | None = None, **fields: object) -> None:
	"""Set fields of a CAMS Day Repair, past its controller, which lets nobody edit it."""
	row = frappe.qb.DocType(DOCTYPE)
	fields = {"modified": now_datetime(), "modified_by": frappe.session.user, **fields}
	query = frappe.qb.update(row).where(row.name == name)
	if unless_changed_since:
		query = query.where(row.modified == unless_changed_since)
	for fieldname, value in fields.items():
		query = query.set(row[fieldname], value)
	query.run()
	frappe.publish_realtime(
		"list_update", {"doctype": DOCTYPE, "name": name}, doctype=DOCTYPE, after_commit=True
	)


def _batches(items: list) -> Iterator[list]:
	return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _days_on_list(names: Iterable[str]) -> dict[str, frappe._dict]:
	fields = ["name", "state", "reason_code", "attendance", "checkins", "modified"]
	rows = frappe.get_all(DOCTYPE, filters={"name": ["in", list(names)]}, fields=fields, order_by="name")
	return {row.name: row for row in rows}


def _is_news(day: Day, listed: frappe._dict) -> bool:
	"""A day that a person dismissed, or that HRMS would not decide, stays as it is until something about it has
	changed.
	"""
	same = listed.attendance == day.key.attendance and listed.checkins == _checkins_json(day)
	if listed.state in (RepairState.REPAIRED, RepairState.SKIPPED) and not exclusions.is_case(day):
		return False
	code, _detail = exclusions.reason(day)
	if listed.state == RepairState.DISMISSED:
		known = {checkin["name"] for checkin in frappe.parse_json(listed.checkins or "[]") if checkin["late"]}
		return bool({checkin.name for checkin in day.late} - known)
	if listed.state == RepairState.OPEN:
		return not same or bool(code)
	return not same or listed.reason_code != code


def _repair_row(day: Day) -> dict[str, object]:
	"""A CAMS Day Repair as the database takes it."""
	key = day.key
	place = {"employee": key.employee, "attendance_date": key.attendance_date, "shift": key.shift}
	return stored_values.new_row(key.name, **place, **day_fields(day))


def day_fields(day: Day) -> dict[str, object]:
	attendance = day.attendance
	return {
		**state_fields(*exclusions.reason(day)),
		"employee_name": attendance.employee_name,
		"company": attendance.company,
		"attendance": attendance.name,
		**attendance_fields("before", attendance),
		"new_attendance": None,
		**attendance_fields("after", day.after),
		"late_count": len(day.late),
		"late_times": late_times(day)[:140],
		"checkins": _checkins_json(day),
		"settled_by": None,
		"settled_at": None,
	}


def _preview_safely(day: Day) -> None:
	"""A rule of another app that fails at one day must not keep the others off the list."""
	try:
		hrms_decision.preview(day)
	except Exception:
		identity = ("preview", day.key.shift)
		log_once_a_day("CAMS: HRMS could not say what it would decide", frappe.get_traceback(), identity)


def state_fields(code: str, detail: str = "") -> dict[str, object]:
	"""The same fields for every code: rows are inserted many at once."""
	if not code:
		return {"state": RepairState.OPEN, "reason_code": None, "message": None, "tried_at": None}
	reason = EXCLUSIONS[code]
	message = f"{str(reason.sentence).format(detail)} {reason.remedy}".strip()
	return {"state": RepairState.SKIPPED, "reason_code": code, "message": message, "tried_at": None}


def attendance_fields(side: str, attendance: frappe._dict | dict) -> dict[str, object]:
	"""The fields of the column `before` or `after`, of an Attendance or a preview of one."""
	return {
		f"{side}_status": attendance.get("status"),
		f"{side}_in": attendance.get("in_time"),
		f"{side}_out": attendance.get("out_time"),
		f"{side}_hours": attendance.get("working_hours") or 0,
	}


def late_times(day: Day) -> str:
	"""`08:01 IN, 17:03 OUT`, and of those whose time was wrong `10:30 → 08:00 IN`."""
	late = {each.name for each in day.late}
	return times_text(
		(each for each in day.checkins if each.name in late or each.name in day.moves), day.moves
	)


def times_text(checkins: Iterable[frappe._dict], moves: dict[str, CheckinTime] | None = None) -> str:
	return ", ".join(f"{_clock(each, moves or {})} {each.log_type or ''}".strip() for each in checkins)


def _clock(checkin: frappe._dict, moves: dict[str, CheckinTime]) -> str:
	then = moves.get(checkin.name)
	return f"{checkin.time:%H:%M} → {then.time:%H:%M}" if then else f"{checkin.time:%H:%M}"


def _checkins_json(day: Day) -> str:
	late = {checkin.name for checkin in day.late}
	return checkins_json(day.checkins, late, day.directions, day.moves)


def checkins_json(
	checkins: Iterable[frappe._dict],
	late: set[str],
	directions: dict[str, str | None] | None = None,
	moves: dict[str, CheckinTime] | None = None,
) -> str:
	"""All check-ins of a day for the form, as JSON."""
	rows = [
		{
			"name": checkin.name,
			"time": str(checkin.time),
			"log_type": checkin.log_type or "",
			"device_id": checkin.device_id or "",
			"late": checkin.name in late,
			"set_aside": bool(checkin.set_aside),
			**_other_direction(checkin, directions or {}),
			**_other_time(checkin, moves or {}),
		}
		for checkin in checkins
	]
	return frappe.as_json(rows, indent=None)


def _other_time(checkin: frappe._dict, moves: dict[str, CheckinTime]) -> dict[str, str]:
	then = moves.get(checkin.name)
	return {"time_then": str(then.time)} if then else {}


def _other_direction(checkin: frappe._dict, directions: dict[str, str | None]) -> dict[str, str]:
	"""The direction that the order of the day gives it once HRMS decides again, if another."""
	then = directions.get(checkin.name, checkin.log_type)
	return {} if then == checkin.log_type else {"log_type_then": then or ""}
