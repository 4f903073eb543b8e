"""Which days with late punches are skipped, and why.

A day is changed only if HRMS's own traces prove that auto attendance marked it: check-ins linked to the
attendance, or its comment that check-ins were missing. Anything that a person may have decided stays, even if
this sometimes skips an automatic day.

ref: docs/decisions/0013-repair-of-a-day.md
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import frappe
from frappe import _lt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Field

from navari_cams_biometric.cams_biometric.day_repair.days import Day, is_loose

CREATION_LASTS = timedelta(minutes=1)  # HRMS inserts and submits; a busy server may take its time
ABSENT, HALF_DAY, ON_LEAVE = "Absent", "Half Day", "On Leave"
MEASURED = ("status", "working_hours", "in_time", "out_time")
SAME_HOURS = 0.015
PAYROLL_DOCTYPES = ("Payroll Entry", "Salary Slip")
Spans = dict[str, list[frappe._dict]]

TRY_AGAIN = _lt("If that is wrong, correct it there, then try again.")
DECIDE_YOURSELF = _lt(
	"If the punches are right, cancel the attendance and clear Skip Auto Attendance on the check-ins: HRMS then"
	" marks the day again."
)


class Exclusion(NamedTuple):
	sentence: str
	remedy: str


EXCLUSIONS = {
	"LEAVE": Exclusion(_lt("The employee was on leave: {0}."), TRY_AGAIN),
	"REQUEST": Exclusion(_lt("An Attendance Request covers this day: {0}."), TRY_AGAIN),
	"BY_HAND": Exclusion(
		_lt("There is no sign that auto attendance marked this day, so a person may have."), DECIDE_YOURSELF
	),
	"CHANGED": Exclusion(
		_lt("The attendance was changed after auto attendance created it, last by {0}."), DECIDE_YOURSELF
	),
	"OTHER_SHIFT": Exclusion(_lt("The day was marked for another shift: {0}."), DECIDE_YOURSELF),
	"PAYROLL": Exclusion(
		_lt("Payroll is closed for this day: {0}."),
		_lt("Settle the difference in the next payroll, or reopen this one and try again."),
	),
	"SET_ASIDE": Exclusion(
		_lt("A person set Skip Auto Attendance on the late check-ins."),
		_lt("Clear it there if they should count, then try again."),
	),
	"GONE": Exclusion(
		_lt("There is nothing to repair any more: the attendance or the check-ins have been changed."), ""
	),
}


def reason(day: Day) -> tuple[str, str]:
	"""The code of the reason to skip this day, and what it names; two empty texts if the day may be changed."""
	attendance = day.attendance
	if day.leave or attendance.leave_application or attendance.leave_type:
		return "LEAVE", day.leave or attendance.leave_application or attendance.leave_type
	if day.request or attendance.attendance_request:
		return "REQUEST", day.request or attendance.attendance_request
	if not _is_automatic(day):
		return "BY_HAND", ""
	if _was_changed(attendance):
		return "CHANGED", attendance.modified_by
	if attendance.shift != day.key.shift:
		return "OTHER_SHIFT", attendance.shift
	if day.payroll:
		return "PAYROLL", day.payroll
	return ("", "") if day.late or day.moves else ("SET_ASIDE", "")


def is_case(day: Day) -> bool:
	"""Whether the day belongs on the list: the late check-ins change what HRMS decides, or can never count; or it is
	marked by the wrong time of a touch."""
	if day.moves:
		return True
	code, _detail = reason(day)
	if day.attendance.status in (ABSENT, HALF_DAY, ON_LEAVE):
		return bool(code) or not day.after or _differs(day, *MEASURED)
	if code == "SET_ASIDE" or not day.after:
		return False
	# What a person marked was never measured: there the status alone is comparable.
	return _differs(day, *(("status",) if code in ("BY_HAND", "REQUEST") else MEASURED))


def _differs(day: Day, *fieldnames: str) -> bool:
	return not all(_is_equal(day.before.get(each), day.after.get(each)) for each in fieldnames)


def _is_equal(one: object, other: object) -> bool:
	"""Times to the minute, hours to a hundredth: HRMS 16 and the database round otherwise."""
	if isinstance(one, datetime) and isinstance(other, datetime):
		return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
	if isinstance(one, float | int) and isinstance(other, float | int):
		return abs(one - other) < SAME_HOURS
	return (one or None) == (other or None)


def _is_automatic(day: Day) -> bool:
	if day.attendance.amended_from or not day.attendance.shift:
		return False
	return day.absence_said or any(not is_loose(checkin) for checkin in day.checkins)


def _was_changed(attendance: frappe._dict) -> bool:
	lasted = attendance.modified - attendance.creation
	return attendance.modified_by != attendance.owner or lasted > CREATION_LASTS


def read_exclusions(days: list[Day]) -> None:
	"""Note on each day the leave, the Attendance Request and the closed payroll that cover it."""
	if not days:
		return
	leaves, requests = _leaves(days), _requests(days)
	slips, entries, periods = _salary_slips(days), _payroll_entries(days), _accounting_periods(days)
	for day in days:
		day.leave = _covering(leaves, day, "employee")
		day.request = _covering(requests, day, "employee")
		day.payroll = (
			_covering(slips, day, "employee")
			or _covering(entries, day, "employee")
			or _covering(periods, day, "company")
		)


def _covering(spans: Spans, day: Day, holder: str) -> str:
	for span in spans.get(day.attendance[holder], []):
		if span.first <= day.key.attendance_date <= span.last:
			return span.name
	return ""


def _leaves(days: list[Day]) -> Spans:
	leave = frappe.qb.DocType("Leave Application")
	query = frappe.qb.from_(leave).where((leave.docstatus == 1) & (leave.status == "Approved"))
	return _spans(query, leave, days, leave.employee, leave.from_date, leave.to_date)


def _requests(days: list[Day]) -> Spans:
	request = frappe.qb.DocType("Attendance Request")
	query = frappe.qb.from_(request).where(request.docstatus == 1)
	return _spans(query, request, days, request.employee, request.from_date, request.to_date)


def _salary_slips(days: list[Day]) -> Spans:
	slip = frappe.qb.DocType("Salary Slip")
	query = frappe.qb.from_(slip).where(slip.docstatus == 1)
	return _spans(query, slip, days, slip.employee, slip.start_date, slip.end_date)


def _payroll_entries(days: list[Day]) -> Spans:
	"""Submitted ones, whatever the state of their slips: the days are counted already."""
	entry, detail = frappe.qb.DocType("Payroll Entry"), frappe.qb.DocType("Payroll Employee Detail")
	query = frappe.qb.from_(entry).join(detail).on(detail.parent == entry.name).where(entry.docstatus == 1)
	return _spans(query, entry, days, detail.employee, entry.start_date, entry.end_date)


def _accounting_periods(days: list[Day]) -> Spans:
	"""Those of the company that are closed for payroll: HRMS offers Payroll Entry there."""
	period, closed = frappe.qb.DocType("Accounting Period"), frappe.qb.DocType("Closed Document")
	query = frappe.qb.from_(period).join(closed).on(closed.parent == period.name)
	query = query.where((closed.closed == 1) & closed.document_type.isin(PAYROLL_DOCTYPES))
	if frappe.get_meta("Accounting Period").has_field("disabled"):  # ERPNext 16
		query = query.where(period.disabled == 0)
	return _spans(query, period, days, period.company, period.start_date, period.end_date)


def _spans(
	query: QueryBuilder, table: Table, days: list[Day], holder: Field, first: Field, last: Field
) -> Spans:
	"""Those documents of `query` that may cover one of the days, by whom they concern."""
	dates = [day.key.attendance_date for day in days]
	holders = {day.attendance[holder.name] or "" for day in days}
	rows = (
		query.select(table.name, holder.as_("holder"), first.as_("first"), last.as_("last"))
		.where(holder.isin(sorted(holders)) & (first <= max(dates)) & (last >= min(dates)))
		.orderby(table.name)
		.run(as_dict=True)
	)
	by_holder: Spans = {}
	for row in rows:
		by_holder.setdefault(row.holder, []).append(row)
	return by_holder
