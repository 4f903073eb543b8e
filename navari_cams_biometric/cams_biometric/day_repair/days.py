"""Days with late punches: a check-in without attendance on a day that is already marked, whatever it is marked as.

A day is one employee, one date of attendance and one shift. As in HRMS, the date is that of the shift's start, so
the hours after midnight of a night shift belong to the day before. Everything is read for many days at once.
day_repair.exclusions decides whether a day may be changed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import strip_html
from pypika import Criterion, Table
from pypika.functions import Date

from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.direction_order import (
	Touch,
	alternating_checkins,
	alternating_devices,
	directions,
)
from navari_cams_biometric.cams_biometric.base.gate_times import CheckinTime, checkin_time, on_site
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.states import PunchState

TIME_MARKED = "TIME_MARKED"  # of punches.reasons: it counts with another time, by which attendance is marked
FEW = 200  # as many employees as are worth being named in a query

# The beginning of HRMS's comment, in the language of the user it runs for.
NO_CHECKINS = "Employee was marked Absent due to missing Employee Checkins."
SKIPPED = "Reason for skipping auto attendance:"


class Key(NamedTuple):
	employee: str
	attendance_date: date
	shift: str
	attendance: str = ""

	@property
	def name(self) -> str:
		"""The CAMS Day Repair of this day; at most 140 characters, as a name must be."""
		return f"{self.attendance_date} {self.employee} {self.shift}"[:140]


@dataclass
class Day:
	"""The facts about a day. `leave`, `request` and `payroll` name the document that prevents a repair."""

	key: Key
	attendance: frappe._dict
	checkins: list[frappe._dict]  # of this attendance or of none, in time order
	absence_said: bool = False  # HRMS's own comment: marked Absent for want of check-ins
	leave: str = ""
	request: str = ""
	payroll: str = ""
	before: dict[str, object] = field(default_factory=dict)  # what HRMS decides without the late check-ins
	after: dict[str, object] = field(default_factory=dict)  # and with them; {} for nothing
	moves: dict[str, CheckinTime] = field(default_factory=dict)  # where check-ins are to move, by name

	@property
	def late(self) -> list[frappe._dict]:
		"""The check-ins that do not count yet, without those that a person excluded."""
		return [checkin for checkin in self.checkins if is_loose(checkin) and not checkin.set_aside]

	@property
	def counting(self) -> list[frappe._dict]:
		"""The check-ins that HRMS would decide by."""
		return [checkin for checkin in self.checkins if not is_loose(checkin)] + self.late

	@property
	def directions(self) -> dict[str, str | None]:
		"""Of those by name, as they are when HRMS decides again."""
		return directions(
			Touch(each.name, on_site(*self.time_then(each)), each.log_type, self.key, each.alternates)
			for each in self.counting
		)

	def time_then(self, checkin: frappe._dict) -> CheckinTime:
		"""What a check-in has once the day is no longer marked."""
		return self.moves.get(checkin.name) or CheckinTime(checkin.time, checkin.custom_time_zone)


def is_loose(checkin: frappe._dict) -> bool:
	return not checkin.attendance


def with_checkins(narrow: Callable[[Table], Criterion]) -> list[Key]:
	"""The days of late check-ins that `narrow` picks from Employee Checkin, by employee and date."""
	loose = _loose(narrow)
	if not loose:
		return []
	dates = [row.attendance_date for row in loose]
	employees = sorted({row.employee for row in loose})

	def around(attendance: Table) -> Criterion:
		span = attendance.attendance_date[min(dates) : max(dates)]
		return span & attendance.employee.isin(employees) if len(employees) <= FEW else span

	return _matched(loose, _marked(around))


def with_attendances(narrow: Callable[[Table], Criterion]) -> list[Key]:
	"""The days of attendances that `narrow` picks from Attendance, if late check-ins are there."""
	marked = _marked(narrow)
	moved = with_moves(narrow)
	if not marked:
		return moved
	dates = sorted({row.attendance_date for row in marked})
	employees = sorted({row.employee for row in marked})
	loose = _loose(lambda checkin: checkin.employee.isin(employees) & Date(checkin.shift_start).isin(dates))
	return sorted({*_matched(loose, marked), *moved})


def with_moves(narrow: Callable[[Table], Criterion]) -> list[Key]:
	"""The days of attendances that `narrow` picks which are marked by the wrong time of a touch: the punch that knows
	better is held TIME_MARKED. Also days that are Present."""
	return _with_moves(lambda _punch, attendance: narrow(attendance))


def with_moves_by(punch_names: Iterable[str]) -> list[Key]:
	"""The same, of punches."""
	names = [*punch_names, ""]
	return _with_moves(lambda punch, _attendance: punch.name.isin(Among(names)))


def _with_moves(narrow: Callable[[Table, Table], Criterion]) -> list[Key]:
	punch, other = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Punch").as_("other")
	checkin, attendance = frappe.qb.DocType("Employee Checkin"), frappe.qb.DocType("Attendance")
	rows = (
		frappe.qb.from_(punch)
		.join(other)
		.on(other.name == punch.same_touch_as)
		.join(checkin)
		.on(checkin.name == other.employee_checkin)
		.join(attendance)
		.on((attendance.name == checkin.attendance) & (attendance.docstatus == 1))
		.select(checkin.employee, attendance.attendance_date, checkin.shift, attendance.name)
		.distinct()
		.where((punch.state == PunchState.HELD) & (punch.reason_code == TIME_MARKED))
		.where(checkin.shift.isnotnull() & (checkin.shift != "") & narrow(punch, attendance))
		.run()
	)
	return sorted(Key(*row) for row in rows)


def _moves(checkins: Iterable[frappe._dict]) -> dict[str, CheckinTime]:
	"""By name of the check-in, what the punch that is held for it says."""
	names = [each.name for each in checkins if not is_loose(each)]
	if not names:
		return {}
	punch, other = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Punch").as_("other")
	rows = (
		frappe.qb.from_(punch)
		.join(other)
		.on(other.name == punch.same_touch_as)
		.select(punch.punch_time, punch.punched_at_utc, punch.service_tag, other.employee_checkin)
		.where((punch.state == PunchState.HELD) & (punch.reason_code == TIME_MARKED))
		.where(other.employee_checkin.isin(names))
		.orderby(punch.name)
		.run(as_dict=True)
	)
	devices = find_devices(sorted({row.service_tag or "" for row in rows}))
	return {row.employee_checkin: checkin_time(row, devices.get(row.service_tag)) for row in rows}


def _loose(narrow: Callable[[Table], Criterion]) -> list[frappe._dict]:
	"""Date, employee and shift of check-ins of a device in a shift that count for no attendance yet."""
	checkin = frappe.qb.DocType("Employee Checkin")
	is_loose = checkin.attendance.isnull() | (checkin.attendance == "")
	return (
		frappe.qb.from_(checkin)
		.select(
			Date(checkin.shift_start).as_("attendance_date"),
			checkin.employee,
			checkin.shift,
			checkin.skip_auto_attendance,
		)
		.distinct()
		.where(narrow(checkin) & is_loose & checkin.custom_cams_punch.isnotnull())
		.where(checkin.shift.isnotnull() & (checkin.shift != "") & checkin.shift_start.isnotnull())
		.run(as_dict=True)
	)


def _marked(narrow: Callable[[Table], Criterion]) -> list[frappe._dict]:
	attendance = frappe.qb.DocType("Attendance")
	return (
		frappe.qb.from_(attendance)
		.select(attendance.attendance_date, attendance.employee, attendance.name, attendance.shift)
		.where((attendance.docstatus == 1) & narrow(attendance))
		.orderby(attendance.name)
		.run(as_dict=True)
	)


def _matched(loose: list[frappe._dict], marked: list[frappe._dict]) -> list[Key]:
	"""Matched here, because no index of Attendance serves a join on employee and date.

	The attendance of the same shift, or of none, is preferred to that of another shift. The latter counts only if
	HRMS skipped the check-in because of it: two shifts of a day have an attendance each.
	"""
	on_day: dict[tuple, list[frappe._dict]] = {}
	for attendance in marked:
		on_day.setdefault((attendance.attendance_date, attendance.employee), []).append(attendance)
	keys: dict[tuple, Key] = {}
	for same_shift in (True, False):
		for row in loose:
			for attendance in on_day.get((row.attendance_date, row.employee), []):
				fits = attendance.shift in (None, "", row.shift) if same_shift else row.skip_auto_attendance
				if fits:
					day = (row.employee, row.attendance_date, row.shift)
					keys.setdefault(day, Key(*day, attendance.name))
	return sorted(keys.values())


def read(keys: Iterable[Key]) -> list[Day]:
	"""What is known of these days. Of attendances that are gone meanwhile nothing is."""
	keys = list(keys)
	if not keys:
		return []
	attendances = _attendances(keys)
	checkins = read_checkins(keys)
	absences_said = commented("Attendance", attendances, NO_CHECKINS)
	moves = _moves(each for of_day in checkins.values() for each in of_day)
	return [
		Day(
			key,
			attendances[key.attendance],
			[each for each in checkins.get(key[:3], []) if each.attendance in (None, "", key.attendance)],
			absence_said=key.attendance in absences_said,
			moves={each.name: moves[each.name] for each in checkins.get(key[:3], []) if each.name in moves},
		)
		for key in keys
		if key.attendance in attendances
	]


def _attendances(keys: list[Key]) -> dict[str, frappe._dict]:
	fields = ["name", "employee", "employee_name", "company", "status", "shift", "in_time", "out_time"]
	fields += ["working_hours", "leave_type", "leave_application", "attendance_request", "amended_from"]
	fields += ["owner", "creation", "modified", "modified_by"]
	names = sorted({key.attendance for key in keys})
	rows = frappe.get_all("Attendance", filters={"name": ["in", names]}, fields=fields, order_by="name")
	return {row.name: row for row in rows}


def read_checkins(keys: list[Key]) -> dict[tuple, list[frappe._dict]]:
	"""By day; `set_aside` where a person, and not HRMS, had them skipped; `alternates` where the order of the day gives
	the direction once the day is no longer marked."""
	checkin = frappe.qb.DocType("Employee Checkin")
	fields = ["name", "employee", "log_type", "time", "shift", "shift_start", "shift_end"]
	fields += ["shift_actual_start", "shift_actual_end", "device_id", "attendance", "skip_auto_attendance"]
	fields += ["custom_cams_punch", "custom_time_zone"]
	rows = (
		frappe.qb.from_(checkin)
		.select(*fields)
		.where(checkin.employee.isin(sorted({key.employee for key in keys})))
		.where(checkin.shift.isin(sorted({key.shift for key in keys})))
		.where(Date(checkin.shift_start).isin(sorted({key.attendance_date for key in keys})))
		.orderby(checkin.time)
		.orderby(checkin.name)
		.run(as_dict=True)
	)
	skipped = [row.name for row in rows if row.skip_auto_attendance and is_loose(row)]
	skipped_by_hrms = commented("Employee Checkin", skipped, SKIPPED)
	alternating = alternating_checkins(rows, alternating_devices())
	by_day: dict[tuple, list[frappe._dict]] = {}
	for row in rows:
		row.set_aside = bool(row.skip_auto_attendance) and row.name not in skipped_by_hrms
		row.alternates = row.name in alternating
		by_day.setdefault((row.employee, row.shift_start.date(), row.shift), []).append(row)
	return by_day


def commented(doctype: str, names: Iterable[str], beginning: str) -> set[str]:
	"""Those of the documents with a comment of HRMS that begins so, in any language this site works in."""
	names = sorted(names)
	if not names:
		return set()
	filters = {"reference_doctype": doctype, "reference_name": ["in", names], "comment_type": "Comment"}
	comments = frappe.get_all(
		"Comment", filters=filters, fields=["reference_name", "content"], order_by="creation"
	)
	beginnings = tuple({beginning} | {_(beginning, language) for language in _languages()})
	return {
		comment.reference_name
		for comment in comments
		if strip_html(comment.content or "").strip().startswith(beginnings)
	}


def _languages() -> set[str]:
	users = frappe.get_all(
		"User", filters={"enabled": 1}, pluck="language", distinct=True, order_by="language"
	)
	return {
		language
		for language in [*users, frappe.db.get_single_value("System Settings", "language")]
		if language
	}
