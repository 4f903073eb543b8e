"""Report: hours at work, on breaks, at meals and in overtime, for each person and day, from the punches."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.report.columns import column

Moments = list[tuple[datetime, str]]

# What begins a stretch of time, and what ends it. Meals begin with either word.
STRETCHES = {
	"breaks": ({"BreakOut"}, {"BreakIn"}),
	"meals": ({"MealIn", "MealStart"}, {"MealOut", "MealEnd"}),
	"overtime": ({"OverTimeIn"}, {"OverTimeOut"}),
}
PRESENT = ({"CheckIn", "OverTimeIn"}, {"CheckOut", "OverTimeOut"})


def execute(filters: dict | None = None) -> tuple:
	"""Columns, and a row for each person and day that has a punch, by day and name."""
	filters = frappe._dict(filters or {})
	days = _days(filters)
	names = names_of(employee for employee, _day in days)
	rows = [
		{"employee": employee, "employee_name": names.get(employee), "date": day, **measure(moments)}
		for (employee, day), moments in days.items()
	]
	return _columns(), sorted(rows, key=lambda row: (row["date"], row["employee_name"] or ""))


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


def _days(filters: frappe._dict) -> dict[tuple[str, date], Moments]:
	chosen = {"punch_time": ["between", bounds_of(days_of(filters))], "employee": ["is", "set"]}
	if filters.employee:
		chosen["employee"] = filters.employee
	days = defaultdict(list)
	presence = PRESENT[0] | PRESENT[1]
	for row in frappe.get_list(
		"CAMS Punch",
		filters={**chosen, "state": ["in", ("Recorded", "Ignored")]},
		fields=["employee", "punch_time", "punch_type", "state"],
		order_by="punch_time",
	):
		if row.state == "Ignored" and row.punch_type in presence:
			continue  # at a door, dismissed or a double touch
		days[row.employee, getdate(row.punch_time)].append((row.punch_time, row.punch_type))
	return days


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
