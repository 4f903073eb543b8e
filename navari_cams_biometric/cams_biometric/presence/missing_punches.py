"""Days on which a punch is missing: an IN without an OUT, or a shift without any punch.

A day belongs to the shift that HRMS gave the check-in, so a night shift is one day. Holidays, approved leave, and
the time before joining and after relieving do not count; nor does a day that is not over. The number of queries
does not grow with people or days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import get_time, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of
from navari_cams_biometric.cams_biometric.base.gate_times import at_gate
from navari_cams_biometric.cams_biometric.base.translation import N_
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted

NO_PUNCH, NO_OUT, NO_IN = N_("Shift without a Punch"), N_("In without Out"), N_("Out without In")

ASSIGNMENT = "Holiday List Assignment"
SHIFT_FIELDS = ["name", "holiday_list", "start_time", "end_time", "allow_check_out_after_shift_end_time"]


@dataclass(frozen=True)
class MissingPunch:
	"""What is missing on one day. `due` is until when HRMS would have taken it, `found` the times of the punches that
	are there, all on the clock of the check-ins."""

	employee: str
	employee_name: str
	day: date
	shift: str
	kind: str
	due: datetime
	found: tuple[datetime, ...] = ()
	expected: datetime | None = None

	@property
	def time(self) -> datetime:
		"""When it was expected: the end of the shift, or its beginning where that is missing."""
		return self.expected or datetime.combine(self.day, time())


@dataclass
class _Calendar:
	"""When people are not to work, in which shift they are, and when that is over. The lists in `assigned` are those
	of employees and companies, as (since, holiday list), the latest first."""

	holidays: dict[str, set[date]]
	assigned: dict[str, list[tuple[date, str]]]
	shifts: dict[str, frappe._dict]
	leave: dict[str, list[tuple[date, date]]]
	assignments: dict[str, list[frappe._dict]] = field(default_factory=dict)

	def shift_on(self, employee: frappe._dict, day: date) -> str:
		for row in self.assignments.get(employee.name, ()):
			if row.start_date <= day and (not row.end_date or day <= row.end_date):
				return row.shift_type
		return employee.default_shift or ""

	def is_free(self, employee: frappe._dict, day: date, shift: str) -> bool:
		on_leave = any(first <= day <= last for first, last in self.leave.get(employee.name, ()))
		return on_leave or day in self.holidays.get(self._holiday_list(employee, day, shift), ())

	def _holiday_list(self, employee: frappe._dict, day: date, shift: str) -> str:
		own = self.shifts.get(shift, frappe._dict()).holiday_list
		rows = [*self.assigned.get(employee.name, ()), *self.assigned.get(employee.company, ())]
		return own or next((name for since, name in rows if since <= day), "")


def find_missing(days: list[date], **filters: str) -> list[MissingPunch]:
	"""What is missing on these days, by day and name, of those whom the user may see. `filters` are fields of Employee."""
	employees = _employees(days, filters)
	if not employees:
		return []
	logs = _check_ins(days, [employee.name for employee in employees])
	calendar = _calendar(days, employees)
	found = [
		missing
		for employee in employees
		for day in days
		for missing in _of_day(employee, day, logs.get((employee.name, day), []), calendar)
	]
	return sorted(found, key=lambda missing: (missing.day, missing.employee_name or ""))


def end_of(day: date, shift: frappe._dict | None) -> datetime:
	"""When the last punch of a day's shift is due: once HRMS takes no check-out any more, or, without a shift, when the
	day ends."""
	if not shift:
		return datetime.combine(day, time()) + timedelta(days=1)
	end = datetime.combine(day, get_time(shift.end_time))
	overnight = timedelta(days=int(get_time(shift.end_time) <= get_time(shift.start_time)))
	return end + overnight + timedelta(minutes=shift.allow_check_out_after_shift_end_time or 0)


def _expected(kind: str, day: date, shift: frappe._dict | None) -> datetime | None:
	if not shift:
		return None
	if kind == NO_OUT:
		return end_of(day, shift) - timedelta(minutes=shift.allow_check_out_after_shift_end_time or 0)
	return datetime.combine(day, get_time(shift.start_time))


def _of_day(
	employee: frappe._dict, day: date, logs: list[frappe._dict], calendar: _Calendar
) -> Iterator[MissingPunch]:
	shift = (logs[0].shift if logs else "") or calendar.shift_on(employee, day)
	due = end_of(day, calendar.shifts.get(shift))
	if due > at_gate(now_datetime(), logs[-1].custom_time_zone if logs else None):
		return

	def missing(kind: str) -> MissingPunch:
		times = tuple(log.time for log in logs)
		names = (employee.name, employee.employee_name)
		return MissingPunch(
			*names, day, shift, kind, due, times, _expected(kind, day, calendar.shifts.get(shift))
		)

	if not logs:
		if shift and _is_employed(employee, day) and not calendar.is_free(employee, day, shift):
			yield missing(NO_PUNCH)
		return
	directions = {log.log_type for log in logs}
	if not directions - {"", None}:
		if len(logs) == 1:
			yield missing(NO_OUT)
		return
	if logs[-1].log_type == "IN":
		yield missing(NO_OUT)
	if logs[0].log_type == "OUT":
		yield missing(NO_IN)


def _is_employed(employee: frappe._dict, day: date) -> bool:
	joined = not employee.date_of_joining or employee.date_of_joining <= day
	return joined and (not employee.relieving_date or day <= employee.relieving_date)


def _employees(days: list[date], filters: dict[str, str]) -> list[frappe._dict]:
	employee = frappe.qb.DocType("Employee")
	query = (
		frappe.qb.from_(employee)
		.select(
			employee.name,
			employee.employee_name,
			employee.company,
			employee.holiday_list,
			employee.default_shift,
			employee.date_of_joining,
			employee.relieving_date,
		)
		.where((employee.status == "Active") | (employee.relieving_date >= days[0]))
		.orderby(employee.name)
	)
	for fieldname, value in filters.items():
		query = query.where(employee[fieldname] == value) if value else query
	return permitted(query, "Employee").run(as_dict=True)


def _check_ins(days: list[date], employees: list[str]) -> dict[tuple[str, date], list[frappe._dict]]:
	"""In time order, by employee and the day on which their shift began."""
	first, last = bounds_of(days)
	checkin = frappe.qb.DocType("Employee Checkin")
	in_range = checkin.time.between(first, last) | checkin.shift_start.between(first, last)
	rows = (
		frappe.qb.from_(checkin)
		.select(checkin.employee, checkin.time, checkin.log_type, checkin.shift, checkin.shift_start)
		.select(checkin.custom_time_zone)
		.where(in_range)
		.orderby(checkin.time)
		.run(as_dict=True)
	)
	wanted, logs = set(employees), defaultdict(list)
	for row in rows:
		if row.employee in wanted:
			logs[row.employee, getdate(row.shift_start or row.time)].append(row)
	return logs


def _calendar(days: list[date], employees: list[frappe._dict]) -> _Calendar:
	first, last = days[0], days[-1]
	holidays = defaultdict(set)
	for row in frappe.get_all(
		"Holiday",
		filters={"holiday_date": ["between", [first, last]], "parenttype": "Holiday List"},
		fields=["parent", "holiday_date"],
	):
		holidays[row.parent].add(row.holiday_date)
	return _Calendar(
		holidays=holidays,
		assigned=_assigned_lists(last, employees),
		shifts={row.name: row for row in frappe.get_all("Shift Type", fields=SHIFT_FIELDS)},
		leave=_leave(first, last),
		assignments=_assignments(first, last),
	)


def _assigned_lists(last: date, employees: list[frappe._dict]) -> dict[str, list[tuple[date, str]]]:
	"""The holiday lists of employees and companies: since HRMS 16 assigned to them, before that a field of theirs."""
	if frappe.db.exists("DocType", ASSIGNMENT):
		rows = frappe.get_all(
			ASSIGNMENT,
			filters={"docstatus": 1, "from_date": ["<=", last]},
			fields=["assigned_to", "from_date", "holiday_list"],
			order_by="from_date desc",
		)
		return _grouped((row.assigned_to, (row.from_date, row.holiday_list)) for row in rows)
	owners = [*employees, *frappe.get_all("Company", fields=["name", "default_holiday_list as holiday_list"])]
	return _grouped((row.name, (date.min, row.holiday_list)) for row in owners if row.holiday_list)


def _leave(first: date, last: date) -> dict[str, list[tuple[date, date]]]:
	rows = frappe.get_all(
		"Leave Application",
		filters={"docstatus": 1, "status": "Approved", "from_date": ["<=", last], "to_date": [">=", first]},
		fields=["employee", "from_date", "to_date"],
	)
	return _grouped((row.employee, (row.from_date, row.to_date)) for row in rows)


def _assignments(first: date, last: date) -> dict[str, list[frappe._dict]]:
	rows = frappe.get_all(
		"Shift Assignment",
		filters={"docstatus": 1, "status": "Active", "start_date": ["<=", last]},
		fields=["employee", "shift_type", "start_date", "end_date"],
		order_by="start_date desc",
	)
	return _grouped((row.employee, row) for row in rows if not row.end_date or row.end_date >= first)


def _grouped(pairs: Iterable[tuple]) -> dict[str, list]:
	groups = defaultdict(list)
	for key, value in pairs:
		groups[key].append(value)
	return groups
