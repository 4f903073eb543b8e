"""Report: hours at work, on breaks, at meals and in overtime, for each person and day, from the punches.

A day is the one on which the shift began that HRMS gave the check-in, so a night is one day. What has no shift belongs
to the shift in whose window it is, and else goes by gaps, which the report names.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.utils import getdate
from pypika.queries import QueryBuilder

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.report.columns import column

Moments = list[tuple[datetime, str]]
Stretch = tuple[
	date, object
]  # the day, and the shift's beginning or the first punch of a day without a shift

# Without a shift a day begins with an IN so long after the punch before, or after so long without any punch.
GAP, LONGEST_GAP = timedelta(hours=6), timedelta(hours=16)

# What begins a stretch of time, and what ends it. Meals begin with either word.
STRETCHES = {
	"breaks": ({"BreakOut"}, {"BreakIn"}),
	"meals": ({"MealIn", "MealStart"}, {"MealOut", "MealEnd"}),
	"overtime": ({"OverTimeIn"}, {"OverTimeOut"}),
}
PRESENT = ({"CheckIn", "OverTimeIn"}, {"CheckOut", "OverTimeOut"})


def execute(filters: dict | None = None) -> tuple:
	"""Columns, a row for each person and day that has a punch, by day and name, and what a day is."""
	filters = frappe._dict(filters or {})
	days = _days(filters)
	names = names_of(employee for employee, _day in days)
	rows = [
		{"employee": employee, "employee_name": names.get(employee), "date": day, **_measure_day(stretches)}
		for (employee, day), stretches in days.items()
	]
	message = _(
		"A day is the one on which the shift began. Without a shift, a day begins with an IN more than {0} hours after"
		" the punch before, or with any punch after {1} hours."
	).format(round(GAP.total_seconds() / 3600), round(LONGEST_GAP.total_seconds() / 3600))
	return _columns(), sorted(rows, key=lambda row: (row["date"], row["employee_name"] or "")), message


def _measure_day(stretches: list[Moments]) -> dict[str, object]:
	"""Each shift by itself: an IN of one and an OUT of the next are no hours between them."""
	measured = [measure(moments) for moments in stretches]
	return {name: round(sum(each[name] for each in measured), 2) for name in measured[0]}


def stretches_of(rows: list[frappe._dict]) -> dict[Stretch, Moments]:
	"""The punches of one person in time order, by day and shift. Keys of a row: punch_time, punch_type, and of its
	check-in shift_start, shift_actual_start and shift_actual_end, empty without a shift."""
	windows = {
		row.shift_start: (row.shift_actual_start or row.shift_start, row.shift_actual_end or row.punch_time)
		for row in rows
		if row.shift_start
	}
	found: dict[Stretch, Moments] = defaultdict(list)
	before: tuple[datetime, Stretch] | None = None
	for row in rows:
		moment = row.punch_time
		start = row.shift_start or _shift_around(moment, windows)
		if start:
			stretch = (getdate(start), start)
		elif before and not _begins_a_day(moment - before[0], row.punch_type):
			stretch = before[1]
		else:
			stretch = (getdate(moment), moment)
		found[stretch].append((moment, row.punch_type))
		before = (moment, stretch)
	return found


def _shift_around(moment: datetime, windows: dict[datetime, tuple[datetime, datetime]]) -> datetime | None:
	return next((start for start, (first, last) in windows.items() if first <= moment <= last), None)


def _begins_a_day(gap: timedelta, punch_type: str) -> bool:
	return gap > (GAP if punch_type in PRESENT[0] else LONGEST_GAP)


def measure(moments: Moments) -> dict[str, object]:
	"""Hours by kind, of one person's day in time order. `work` is presence without breaks."""
	spent = {
		name: _total(moments, begins, ends, either=name == "meals")
		for name, (begins, ends) in STRETCHES.items()
	}
	present = _total(moments, *PRESENT)
	return {
		"punches": len(moments),
		"work": _hours(max(present - spent["breaks"], timedelta(0))),
		**{name: _hours(span) for name, span in spent.items()},
	}


def _total(moments: Moments, begins: set[str], ends: set[str], either: bool = False) -> timedelta:
	"""The time between each beginning and the next end. A second beginning does not start anew."""
	total, since = timedelta(0), None
	for moment, kind in moments:
		if kind not in begins | ends:
			continue
		if since and (either or kind in ends):
			total, since = total + (moment - since), None
		elif either or kind in begins:
			since = since or moment
	return total


def _hours(span: timedelta) -> float:
	return round(span.total_seconds() / 3600, 2)


def _days(filters: frappe._dict) -> dict[tuple[str, date], list[Moments]]:
	days = days_of(filters)
	first, last = days[0] - timedelta(days=1), days[-1] + timedelta(days=1)
	by_person = defaultdict(list)
	for row in _punches(bounds_of([first, last]), filters.employee).run(as_dict=True):
		if row.state == "Ignored" and row.punch_type in PRESENT[0] | PRESENT[1]:
			continue  # at a door, dismissed or a double touch
		by_person[row.employee].append(row)
	found = defaultdict(list)
	for employee, rows in by_person.items():
		for (day, _start), moments in stretches_of(rows).items():
			if days[0] <= day <= days[-1]:
				found[employee, day].append(moments)
	return found


def _punches(bounds: list[str], employee: str | None) -> QueryBuilder:
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	query = (
		frappe.qb.from_(punch)
		.left_join(checkin)
		.on(checkin.name == punch.employee_checkin)
		.select(punch.employee, punch.punch_time, punch.punch_type, punch.state)
		.select(checkin.shift_start, checkin.shift_actual_start, checkin.shift_actual_end)
		.where(punch.punch_time.between(*bounds) & (punch.employee != ""))
		.where(punch.state.isin(("Recorded", "Ignored")))
		.orderby(punch.punch_time)
		.orderby(punch.name)
	)
	return permitted(query.where(punch.employee == employee) if employee else query, "CAMS Punch")


def _columns() -> list[dict[str, object]]:
	def hours(fieldname: str, label: str) -> dict[str, object]:
		return {**column(fieldname, label, 130, "Float"), "precision": 2}

	return [
		column("date", _("Date"), 110, "Date"),
		column("employee", _("Employee"), 160, "Link", "Employee"),
		column("employee_name", _("Name"), 200),
		column("punches", _("Punches"), 90, "Int"),
		hours("work", _("At Work (Hours)")),
		hours("breaks", _("Breaks (Hours)")),
		hours("meals", _("Meals (Hours)")),
		hours("overtime", _("Overtime (Hours)")),
	]
