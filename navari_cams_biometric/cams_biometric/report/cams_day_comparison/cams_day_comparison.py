"""CAMS Day Comparison: the days of the gateway compared with those of the check-ins in ERPNext.

It only reads, but calls the gateway: so it needs a role of base.permissions.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.gateway_questions import collect_answers
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.history.day_comparison import compare_days
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	NothingToCompareError,
	Row,
	Scope,
	scope_of,
)
from navari_cams_biometric.cams_biometric.report.columns import column, figure
from navari_cams_biometric.gateway.client import DaySummary, GatewayClient

FIRST_AND_LAST = "First In and Last Out"
TIMES = ("first_in_gateway", "first_in_here", "last_out_gateway", "last_out_here")


def execute(filters: frappe._dict) -> tuple:
	"""Columns, rows, message, no chart, summary. What the gateway says no to is in the message."""
	with_hours = filters.ask_for != FIRST_AND_LAST
	ensure_may("GetAttendanceSummary" if with_hours else "GetFirstInLastOut")
	try:
		scope = scope_of(filters.from_date, filters.to_date, employee=filters.employee)
	except NothingToCompareError as reason:
		return columns(with_hours), [], escape_html(str(reason))
	told, refusal = collect_answers(_question(scope, with_hours))
	if refusal:
		return columns(with_hours), [], escape_html(refusal)
	rows = compare_days(told, scope, with_hours)
	shown = [row for row in rows if row["difference"]] if filters.only_differences else rows
	return columns(with_hours), [_as_shown(row) for row in shown], None, None, _day_counts(rows)


def columns(with_hours: bool) -> list[dict]:
	shown = [
		column("difference", _("Difference"), 160),
		column("date", _("Date"), 118, "Date"),
		column("employee_name", _("Employee Name"), 138),
		column("user_id", _("User ID"), 92),
		column("first_in_gateway", _("In, Gateway"), 112, "Time"),
		column("first_in_here", _("In, ERPNext"), 112, "Time"),
		column("last_out_gateway", _("Out, Gateway"), 112, "Time"),
		column("last_out_here", _("Out, ERPNext"), 112, "Time"),
		column("worked_gateway", _("Hours, Gateway"), 125, "Duration"),
		column("worked_here", _("Hours, ERPNext"), 125, "Duration"),
		column("employee", _("Employee"), 112, "Link", "Employee"),
	]
	return [each for each in shown if with_hours or not each["fieldname"].startswith("worked")]


def _question(scope: Scope, with_hours: bool) -> Callable[[GatewayClient], Iterable[DaySummary]]:
	def ask(client: GatewayClient) -> Iterable[DaySummary]:
		days = client.get_attendance_summary if with_hours else client.get_first_in_last_out
		return days(scope.start, scope.end)

	return ask


def _as_shown(row: Row) -> Row:
	clocks = {name: row[name].time().isoformat() for name in TIMES if isinstance(row[name], datetime)}
	return {**row, **clocks}


def _day_counts(rows: list[Row]) -> list[dict]:
	differences = [row["difference"] for row in rows]
	missing, absent = differences.count(MISSING), differences.count(NOT_AT_GATEWAY)
	others = sum(bool(difference) for difference in differences) - missing - absent
	return [
		figure(_("Days Compared"), len(rows)),
		figure(_("Only at Gateway"), missing, "Red"),
		figure(_("Only in ERPNext"), absent, "Orange"),
		figure(_("Different"), others, "Orange"),
	]
