"""Check-ins that HRMS will never count, by person and day, with the reason. Listed as CAMS Day Repair like late punches.

HRMS drops them without a word: a check-in in no shift, or on a holiday, an IN and an OUT in two shifts. A day is listed
once it is over. Here too what HRMS would say now is asked of HRMS (hrms_decision).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import frappe
from frappe import _, _lt
from frappe.query_builder.functions import Count
from frappe.utils import add_to_date, now_datetime
from pypika import Criterion, Order, Table

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.day_repair import days, hrms_decision, late_days
from navari_cams_biometric.cams_biometric.day_repair.exclusions import ABSENT, Exclusion

MOST = 500  # check-ins that one search looks at: some milliseconds each
MOST_MARKED = 200  # attendances, of some check-ins each, and listed days that it does not find again
UNASSIGNED = "UNASSIGNED"
LONGEST_SHIFT = timedelta(hours=16)

REASONS_NOT_COUNTED = {
	"NO_SHIFT": Exclusion(
		_lt("The check-ins are in no shift: the employee has none on that day."),
		_lt("Assign a shift, or set the default shift of the employee. The check-ins get it automatically."),
	),
	"OUTSIDE_SHIFT": Exclusion(
		_lt("The check-ins are outside the hours in which shift {0} takes them."),
		_lt("Change its margins, or the shift of that day. The check-ins get it automatically."),
	),
	"SHIFT_CHANGED": Exclusion(
		_lt(
			"The shift of the employee or its times were changed after these check-ins: they would be in {0} now."
		),
		_lt("Use Fetch Shift Again."),
	),
	"SPLIT": Exclusion(
		_lt("The IN is in one shift and the OUT in another, {0}: neither has hours."),
		_lt("Correct the assignment or the margins of the shifts."),
	),
	"HOLIDAY": Exclusion(
		_lt("The day is a holiday, and shift {0} marks no attendance on holidays."),
		_lt(
			"If the day was worked, set Mark Auto Attendance on Holidays on the shift, or grant leave in return, and dismiss."
		),
	),
	UNASSIGNED: Exclusion(
		_lt("HRMS marked the day Absent for shift {0}, which the employee no longer has then."),
		_lt("Repair cancels that attendance."),
	),
}


@dataclass
class Uncounted:
	employee: str
	day: date
	code: str
	detail: str = ""
	shift: str = ""
	attendance: str = ""
	checkins: list[frappe._dict] = field(default_factory=list)

	@property
	def name(self) -> str:
		return f"{self.day} {self.employee} {self.code}"[:140]


def search() -> None:
	"""List what is not listed yet, and settle what has become countable. Commits as it goes."""
	first = add_to_date(now_datetime(), days=-late_days.SEARCH_DAYS)
	_search(first)
	if people := _people_in_turn(first):
		list_uncounted(find(first, None, people))
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of a long search


def _people_in_turn(first: datetime) -> list[str]:
	"""Where there are more check-ins than one search looks at, other people each hour, so that nobody is behind others
	for ever."""
	checkin = frappe.qb.DocType("Employee Checkin")
	query = frappe.qb.from_(checkin).select(checkin.employee, Count(checkin.name))
	counts = query.where(_is_loose(checkin, first, now_datetime(), None)).groupby(checkin.employee)
	groups: list[list[str]] = [[]]
	total = taken = 0
	for employee, count in counts.orderby(checkin.employee).run():
		if groups[-1] and taken + count > MOST:
			groups.append([])
			taken = 0
		groups[-1].append(employee)
		taken, total = taken + count, total + count
	hour = int(now_datetime().timestamp() // 3600)
	return groups[hour % len(groups)] if total > MOST else []


def search_of(employees: list[str], first: datetime, last: datetime) -> None:
	"""The same for some people and days."""
	if employees:
		_search(first - timedelta(days=1), last + timedelta(days=1), employees)


def _search(first: datetime, last: datetime | None = None, employees: list[str] | None = None) -> None:
	found = find(first, last, employees)
	list_uncounted(found)
	stands = {one.name for one in found}
	for row in _listed(employees):
		if row.name not in stands and not settle(row):
			# The next search begins with others: there may be more than one can look at.
			frappe.db.set_value(
				late_days.DOCTYPE, row.name, "tried_at", now_datetime(), update_modified=False
			)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of a long search


def find(
	first: datetime, last: datetime | None = None, employees: list[str] | None = None
) -> list[Uncounted]:
	"""Those of this time, of all people or some."""
	last = last or now_datetime()
	found: dict[str, Uncounted] = {}
	loose = _loose(first, last, employees)
	shift_at = hrms_decision.shift_reader(loose)
	for checkin in loose:
		if reason := _reason_safely(checkin, shift_at):
			code, detail, shift = reason
			day = (checkin.shift_start or checkin.time).date()
			one = Uncounted(checkin.employee, day, code, detail, shift)
			found.setdefault(one.name, one).checkins.append(checkin)
	marked = _marked_before_a_change(first, last, employees)
	others = [*_splits(first, last, employees), *_unassigned(marked), *_changed(marked)]
	for one in others:
		found.setdefault(one.name, one)
	return list(found.values())


def _loose(first: datetime, last: datetime, employees: list[str] | None) -> list[frappe._dict]:
	checkin = frappe.qb.DocType("Employee Checkin")
	query = (
		frappe.qb.from_(checkin)
		.select(*_FIELDS)
		.where(_is_loose(checkin, first, last, employees))
		.orderby(checkin.time, order=Order.desc)
		.limit(MOST)
	)
	rows = query.run(as_dict=True)
	skipped = [row.name for row in rows if row.skip_auto_attendance]
	by_hrms = days.commented("Employee Checkin", skipped, days.SKIPPED)
	return sorted(
		(row for row in rows if not row.skip_auto_attendance or row.name in by_hrms),
		key=lambda row: (row.time, row.name),
	)


def _is_loose(checkin: Table, first: datetime, last: datetime, employees: list[str] | None) -> Criterion:
	"""A device's, of a day that is over, and without attendance."""
	free = checkin.attendance.isnull() | (checkin.attendance == "")
	over = (checkin.time <= last) & (checkin.time < _today()) & _since(checkin, first, employees)
	return free & over & checkin.custom_cams_punch.isnotnull() & _of(checkin, employees)


_FIELDS = ("name", "employee", "time", "log_type", "device_id", "shift", "shift_start", "attendance")
_FIELDS += ("shift_actual_start", "shift_actual_end", "skip_auto_attendance")


def _reason_safely(checkin: frappe._dict, shift_at: Callable) -> tuple[str, str, str] | None:
	"""A rule of another app, or a shift that is gone, must not keep the others off the list."""
	try:
		return _reason(checkin, shift_at)
	except Exception:
		title = "CAMS: HRMS could not say in which shift a check-in is"
		log_once_a_day(title, frappe.get_traceback(), ("uncounted", checkin.employee))
		return None


def _reason(checkin: frappe._dict, shift_at: Callable) -> tuple[str, str, str] | None:
	"""Code, detail and shift; None for one that HRMS counts, or that another attendance keeps from counting."""
	stored = _stored(checkin)
	now = shift_at(checkin)
	if (now and now[:2]) != stored:
		return "SHIFT_CHANGED", now[0] if now else "–", checkin.shift or (now[0] if now else "")
	if not stored:
		shift = _shift_of_day(checkin.employee, checkin.time.date())
		return ("OUTSIDE_SHIFT", shift, shift) if shift else ("NO_SHIFT", "", "")
	shift, start = stored
	is_free = checkin.shift_actual_end < now_datetime() and hrms_decision.is_free(
		checkin.employee, start.date(), shift
	)
	return ("HOLIDAY", shift, shift) if is_free and not checkin.skip_auto_attendance else None


def _stored(checkin: frappe._dict) -> tuple | None:
	if not checkin.shift or not checkin.shift_start:
		return None
	return checkin.shift, checkin.shift_start


def _shift_of_day(employee: str, day: date) -> str:
	assignment = frappe.qb.DocType("Shift Assignment")
	rows = (
		frappe.qb.from_(assignment)
		.select(assignment.shift_type)
		.where(
			(assignment.employee == employee) & (assignment.docstatus == 1) & (assignment.status == "Active")
		)
		.where((assignment.start_date <= day) & (assignment.end_date.isnull() | (assignment.end_date >= day)))
		.orderby(assignment.start_date)
		.run(pluck=True)
	)
	return ", ".join(rows) or frappe.db.get_value("Employee", employee, "default_shift") or ""


def _splits(first: datetime, last: datetime, employees: list[str] | None) -> list[Uncounted]:
	"""An IN whose attendance has no hours, and the OUT after it in another shift."""
	attendance = frappe.qb.DocType("Attendance")
	marked = (
		frappe.qb.from_(attendance)
		.select(
			attendance.name,
			attendance.employee,
			attendance.attendance_date,
			attendance.shift,
			attendance.in_time,
		)
		.where((attendance.docstatus == 1) & attendance.in_time.isnotnull() & (attendance.working_hours == 0))
		.where((attendance.in_time >= first) & (attendance.in_time <= last) & _of(attendance, employees))
		.orderby(attendance.in_time, order=Order.desc)
		.limit(MOST)
		.run(as_dict=True)
	)
	if not marked:
		return []
	checkin = frappe.qb.DocType("Employee Checkin")
	span = checkin.time[
		min(row.in_time for row in marked) : max(row.in_time for row in marked) + LONGEST_SHIFT
	]
	query = frappe.qb.from_(checkin).select(*_FIELDS).where(span & checkin.custom_cams_punch.isnotnull())
	query = query.where(checkin.employee.isin(sorted({row.employee for row in marked}))).orderby(checkin.time)
	of: dict[str, list[frappe._dict]] = {}
	for row in query.run(as_dict=True):
		of.setdefault(row.employee, []).append(row)
	return [split for row in marked if (split := _split(row, of.get(row.employee, [])))]


def _split(marked: frappe._dict, checkins: list[frappe._dict]) -> Uncounted | None:
	own = [each for each in checkins if each.attendance == marked.name]
	later = [each for each in checkins if own and own[-1].time < each.time <= own[-1].time + LONGEST_SHIFT]
	is_split = own and own[-1].log_type == "IN" and later and later[0].log_type == "OUT" and later[0].shift
	if not is_split:
		return None
	detail = f"{own[-1].shift} / {later[0].shift}"
	values = {"shift": marked.shift or "", "attendance": marked.name, "checkins": [*own, later[0]]}
	return Uncounted(marked.employee, marked.attendance_date, "SPLIT", detail, **values)


def _unassigned(marked: list[frappe._dict]) -> list[Uncounted]:
	"""Days that HRMS marked Absent before the assignment was changed."""
	absent = [row for row in marked if row.status == ABSENT and not row.in_time]
	said = days.commented("Attendance", [row.name for row in absent], days.NO_CHECKINS)
	return [
		Uncounted(row.employee, row.attendance_date, UNASSIGNED, row.shift, row.shift, row.name)
		for row in absent
		if row.name in said and not hrms_decision.is_absence_of(row.employee, row.attendance_date, row.shift)
	]


def _changed(marked: list[frappe._dict]) -> list[Uncounted]:
	"""Days that HRMS marked by check-ins which would be in another shift now."""
	marked = [row for row in marked if row.in_time or row.out_time]
	if not marked:
		return []
	checkin = frappe.qb.DocType("Employee Checkin")
	query = (
		frappe.qb.from_(checkin).select(*_FIELDS).where(checkin.attendance.isin([row.name for row in marked]))
	)
	of: dict[str, list[frappe._dict]] = {}
	for row in query.where(checkin.custom_cams_punch.isnotnull()).orderby(checkin.time).run(as_dict=True):
		of.setdefault(row.attendance, []).append(row)
	shift_at = hrms_decision.shift_reader([each for theirs in of.values() for each in theirs])
	found = []
	for row in marked:
		moved = [(each, shift_at(each)) for each in of.get(row.name, [])]
		moved = [(each, now) for each, now in moved if (now and now[:2]) != _stored(each)]
		if moved:
			now = moved[0][1]
			values = {
				"shift": row.shift or "",
				"attendance": row.name,
				"checkins": [each for each, _now in moved],
			}
			found.append(
				Uncounted(
					row.employee, row.attendance_date, "SHIFT_CHANGED", now[0] if now else "–", **values
				)
			)
	return found


def _marked_before_a_change(
	first: datetime, last: datetime, employees: list[str] | None
) -> list[frappe._dict]:
	"""Attendances older than the last change of an assignment that concerns their day. A default shift or the times of a
	shift say nothing of the past, and who changes them means the future."""
	attendance, assignment = frappe.qb.DocType("Attendance"), frappe.qb.DocType("Shift Assignment")
	concerns = (assignment.employee == attendance.employee) & (
		assignment.start_date <= attendance.attendance_date
	)
	is_newer = (assignment.docstatus > 0) & (assignment.modified > attendance.creation)
	return (
		frappe.qb.from_(attendance)
		.join(assignment)
		.on(concerns & is_newer)
		.select(
			attendance.name,
			attendance.employee,
			attendance.attendance_date,
			attendance.shift,
			attendance.status,
			attendance.in_time,
			attendance.out_time,
		)
		.distinct()
		.where((attendance.docstatus == 1) & attendance.shift.isnotnull() & _of(attendance, employees))
		.where((attendance.attendance_date >= first.date()) & (attendance.attendance_date <= last.date()))
		.orderby(attendance.attendance_date, order=Order.desc)
		.limit(MOST_MARKED)
		.run(as_dict=True)
	)


def _since(checkin: Table, first: datetime, employees: list[str] | None) -> Criterion:
	"""Of all people also what came or changed since: history that was loaded lately."""
	return checkin.time >= first if employees else (checkin.time >= first) | (checkin.modified >= first)


def _of(table: Table, employees: list[str] | None) -> Criterion:
	return table.employee.isin(employees) if employees else table.name.isnotnull()


def _today() -> datetime:
	return now_datetime().replace(hour=0, minute=0, second=0, microsecond=0)


def list_uncounted(found: Iterable[Uncounted]) -> None:
	"""Write them down. What a person dismissed stays so until another check-in is among them."""
	found = list(found)
	names = [one.name for one in found]
	fields = ["name", "state", "checkins", "message"]
	listed = {
		row.name: row
		for row in frappe.get_all(late_days.DOCTYPE, filters={"name": ["in", [*names, ""]]}, fields=fields)
	}
	people = {
		row.name: row
		for row in frappe.get_all(
			"Employee",
			filters={"name": ["in", [*{one.employee for one in found}, ""]]},
			fields=["name", "employee_name", "company"],
		)
	}
	attendances, shift_types = _marked_as(found), set(frappe.get_all("Shift Type", pluck="name"))
	new = []
	for one in found:
		values = fields_of(one, people[one.employee], attendances.get(one.attendance, {}))
		values["shift"] = one.shift if one.shift in shift_types else None  # several may stand there
		row = listed.get(one.name)
		if not row:
			place = {"employee": one.employee, "attendance_date": one.day}
			new.append(stored_values.new_row(one.name, **place, **values))
		elif _is_news(row, values):
			late_days.update(one.name, **values)
	if new:
		stored_values.insert_rows(late_days.DOCTYPE, new)


def _marked_as(found: list[Uncounted]) -> dict[str, frappe._dict]:
	"""What stands in the attendances of these days, by name."""
	fields = ["name", "status", "in_time", "out_time", "working_hours"]
	names = ["in", [*{one.attendance for one in found}, ""]]
	return {row.name: row for row in frappe.get_all("Attendance", filters={"name": names}, fields=fields)}


def _is_news(listed: frappe._dict, values: dict[str, object]) -> bool:
	if listed.state == RepairState.DISMISSED:
		return bool(names_in(values["checkins"]) - names_in(listed.checkins))
	return listed.state != RepairState.OPEN or listed.checkins != values["checkins"]


def names_in(checkins: str | None) -> set[str]:
	"""Of the check-ins that a CAMS Day Repair keeps."""
	return {each["name"] for each in frappe.parse_json(checkins or "[]")}


def fields_of(one: Uncounted, person: frappe._dict, marked: frappe._dict | dict) -> dict[str, object]:
	"""The fields of a CAMS Day Repair but for its shift; `marked` is the attendance of the day, if it has one."""
	reason = REASONS_NOT_COUNTED[one.code]
	return {
		"state": RepairState.OPEN,
		"reason_code": one.code,
		"message": f"{str(reason.sentence).format(one.detail)} {reason.remedy}",
		"tried_at": None,
		"employee_name": person.employee_name,
		"company": person.company,
		"attendance": one.attendance or None,
		**late_days.attendance_fields("before", marked),
		"new_attendance": None,
		**late_days.attendance_fields("after", {}),
		"late_count": len(one.checkins),
		"late_times": late_days.times_text(one.checkins)[:140],
		"checkins": late_days.checkins_json(one.checkins, {each.name for each in one.checkins}),
		"settled_by": None,
		"settled_at": None,
	}


def _listed(employees: list[str] | None = None) -> list[frappe._dict]:
	filters = {"state": RepairState.OPEN, "reason_code": ["in", list(REASONS_NOT_COUNTED)]}
	if employees:
		filters["employee"] = ["in", employees]
	fields = ["name", "employee", "attendance_date", "checkins", "modified"]
	return frappe.get_all(
		late_days.DOCTYPE, filters=filters, fields=fields, order_by="tried_at, name", limit=MOST_MARKED
	)


def still_stands(row: frappe._dict) -> Uncounted | None:
	"""The case of a listed day as it is now, if it is one still."""
	start = datetime.combine(row.attendance_date, datetime.min.time())
	found = find(start - timedelta(days=1), start + timedelta(days=2), [row.employee])
	return next((one for one in found if one.name == row.name), None)


def settle(row: frappe._dict) -> bool:
	"""Settle a listed day that is none any more. True if it is."""
	if still_stands(row):
		return False
	names = [*names_in(row.checkins), ""]
	in_shift = frappe.db.exists("Employee Checkin", {"name": ["in", names], "shift": ["is", "set"]})
	if in_shift:
		message = _("The check-ins count by now.")
		values = {"state": RepairState.REPAIRED, "message": message, "settled_at": now_datetime()}
		late_days.update(row.name, unless_changed_since=row.modified, **values)
	else:
		late_days.update(row.name, unless_changed_since=row.modified, **late_days.state_fields("GONE"))
	return True
