"""HRMS's own decision about one day, called as its scheduled job calls it, on HRMS 15 and 16.

No rule is repeated here: HRMS's functions decide which check-ins count, which status the hours give and what is
written. The job itself cannot be called, because it works on all employees and commits.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from inspect import signature
from itertools import groupby

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_time, strip_html
from hrms.hr.doctype.employee_checkin.employee_checkin import mark_attendance_and_link_log
from hrms.hr.doctype.shift_assignment.shift_assignment import get_employee_shift

from navari_cams_biometric.cams_biometric.base.hrms_from_memory import Hrms, Memory
from navari_cams_biometric.cams_biometric.day_repair.days import Day, is_loose

# Its name, its start, and from when to when it takes check-ins.
Shift = tuple[str, datetime, datetime, datetime]
DECIDED = ("status", "working_hours", "in_time", "out_time")


class NotDecidedError(Exception):
	"""HRMS marks nothing; the text says why."""


def shift_reader(checkins: list[frappe._dict]) -> Callable[[frappe._dict], Shift | None]:
	"""A function for the shift that one of these check-ins gets now; each has `employee` and `time`, naive in the site's zone.
	The shift assignments of all their people are read when it is first asked. It raises what HRMS raises."""

	@cache
	def hrms() -> Hrms:
		return Hrms(Memory([(each.employee, each.time) for each in checkins], set()))

	def shift_at(checkin: frappe._dict) -> Shift | None:
		if not (found := hrms().shift_at(checkin.employee, checkin.time, True)):
			return None
		return found.shift_type.name, found.start_datetime, found.actual_start, found.actual_end

	return shift_at


def is_absence_of(employee: str, day: date, shift: str) -> bool:
	"""Whether HRMS would mark this day Absent for this shift, as to assignments."""
	start = get_time(frappe.get_cached_value("Shift Type", shift, "start_time"))
	found = get_employee_shift(employee, datetime.combine(day, start), True)
	return bool(found) and found.shift_type.name == shift


def is_free(employee: str, day: date, shift: str) -> bool:
	"""Whether the shift marks no attendance, because the day is a holiday."""
	return not frappe.get_cached_doc("Shift Type", shift).should_mark_attendance(employee, day)


def preview(day: Day) -> None:
	"""Note on the day what HRMS would decide now, with the late check-ins and without them."""
	day.after = _preview(day, day.counting, day.directions, is_moved=True)
	linked = [checkin for checkin in day.counting if not is_loose(checkin)]
	day.before = _preview(day, linked, {checkin.name: checkin.log_type for checkin in linked}) or {
		fieldname: day.attendance.get(fieldname) for fieldname in DECIDED
	}


def _preview(
	day: Day, counting: list[frappe._dict], directions: dict[str, str | None], is_moved: bool = False
) -> dict[str, object]:
	"""Status, hours, first in and last out; {} for nothing."""
	shift_type = frappe.get_cached_doc("Shift Type", day.key.shift)
	checkins = [checkin.copy() for checkin in counting]
	for checkin in checkins:
		checkin.log_type = directions[checkin.name]
		if is_moved:
			checkin.time = day.time_then(checkin).time
	checkins.sort(key=lambda each: (each.time, each.name))
	if not checkins or not shift_type.should_mark_attendance(day.key.employee, day.key.attendance_date):
		return {}
	status, hours, _late, _early, in_time, out_time = _decision(shift_type, checkins, day.key.attendance_date)
	return dict(zip(DECIDED, (status, hours, in_time, out_time), strict=True))


def mark(day: Day) -> Document:
	"""Have the day marked by all its check-ins that count, and return the new Attendance.

	They must be free: linked to no attendance, and not skipped. Raises NotDecidedError where HRMS marks nothing or
	would leave one of them out; what was written until then is the caller's to roll back.
	"""
	shift_type = frappe.get_doc("Shift Type", day.key.shift)
	_ensure_willing(shift_type, day)
	checkins = _taken_up(shift_type, day)
	attendance = None
	for _start, group in groupby(checkins, key=lambda checkin: checkin.shift_start):
		attendance = _mark(shift_type, list(group), day.key.attendance_date)
	return attendance


def _ensure_willing(shift_type: Document, day: Day) -> None:
	if not cint(shift_type.enable_auto_attendance):
		raise NotDecidedError(_("Auto attendance is switched off in shift {0}.").format(shift_type.name))
	if not shift_type.should_mark_attendance(day.key.employee, day.key.attendance_date):
		raise NotDecidedError(
			_("The day is a holiday, and shift {0} does not mark attendance on holidays.").format(
				shift_type.name
			)
		)


def _taken_up(shift_type: Document, day: Day) -> list[frappe._dict]:
	"""The check-ins of the day as HRMS finds them among those it has not decided on."""
	wanted = {checkin.name for checkin in day.counting}
	found = []
	if shift_type.process_attendance_after and shift_type.last_sync_of_checkin:
		found = [checkin for checkin in shift_type.get_employee_checkins() if checkin.name in wanted]
	if {checkin.name for checkin in found} != wanted:
		text = _(
			"Shift {0} does not process all the check-ins: see Process Attendance After and Last Sync of Checkin there."
		)
		raise NotDecidedError(text.format(shift_type.name))
	return sorted(found, key=lambda checkin: checkin.shift_start)


def _mark(shift_type: Document, checkins: list[frappe._dict], attendance_date: date) -> Document:
	status, *measures = _decision(shift_type, checkins, attendance_date)
	arguments = [checkins, status, attendance_date, *measures, shift_type.name]
	if "overtime_type" in checkins[0]:  # HRMS 16
		arguments.append(checkins[0].overtime_type)
	attendance = mark_attendance_and_link_log(*arguments)
	if not attendance:
		raise NotDecidedError(_refusal(checkins[0].name))
	return attendance


def _decision(shift_type: Document, checkins: list[frappe._dict], attendance_date: date) -> tuple:
	"""Status, hours, late entry, early exit, first in, last out."""
	if "working_hours_threshold_for_absent" not in signature(shift_type.get_attendance).parameters:
		return shift_type.get_attendance(checkins)
	# HRMS 16: the thresholds of half a holiday are half as high
	share = 0.5 if shift_type.is_half_holiday(checkins[0].employee, attendance_date) else 1
	absent, half_day = (
		shift_type.working_hours_threshold_for_absent,
		shift_type.working_hours_threshold_for_half_day,
	)
	return shift_type.get_attendance(checkins, flt(absent) * share, flt(half_day) * share)


def _refusal(checkin_name: str) -> str:
	"""HRMS's words: it leaves them as a comment on the check-in."""
	filters = {
		"reference_doctype": "Employee Checkin",
		"reference_name": checkin_name,
		"comment_type": "Comment",
	}
	comments = frappe.get_all(
		"Comment", filters=filters, pluck="content", order_by="creation desc, name", limit=1
	)
	return strip_html(comments[0].replace("<br>", " ")) if comments else ""
