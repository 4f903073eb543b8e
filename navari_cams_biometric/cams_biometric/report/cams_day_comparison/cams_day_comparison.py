"""CAMS Day Comparison: the days that the gateway tells beside those of this site's check-ins.

A question, not a change; but it goes to the gateway, so it is for those who may ask it (devices.permissions).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.attendance.comparison.day_comparison import compare_days
from navari_cams_biometric.cams_biometric.attendance.comparison.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	NothingToCompareError,
	Row,
	Scope,
	scope_of,
)
from navari_cams_biometric.cams_biometric.controllers.asking import answer
from navari_cams_biometric.cams_biometric.devices.permissions import ensure_may
from navari_cams_biometric.cams_biometric.report.links import link_type
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
	told, refusal = answer(_question(scope, with_hours))
	if refusal:
		return columns(with_hours), [], escape_html(refusal)
	rows = compare_days(told, scope, with_hours)
	shown = [row for row in rows if row["difference"]] if filters.only_differences else rows
	return columns(with_hours), [_as_shown(row) for row in shown], None, None, _summary(rows)


def columns(with_hours: bool) -> list[dict]:
	shown = [
		_column("difference", _("Difference"), width=160),
		_column("date", _("Date"), "Date", width=118),
		_column("employee_name", _("Employee Name"), width=138),
		_column("user_id", _("User ID"), width=92),
		_column("first_in_gateway", _("In, Gateway"), "Time"),
		_column("first_in_here", _("In, Here"), "Time"),
		_column("last_out_gateway", _("Out, Gateway"), "Time"),
		_column("last_out_here", _("Out, Here"), "Time"),
		_column("worked_gateway", _("Hours, Gateway"), "Duration", 125),
		_column("worked_here", _("Hours, Here"), "Duration", 125),
		{**_column("employee", _("Employee"), link_type("Employee")), "options": "Employee"},
	]
	return [column for column in shown if with_hours or not column["fieldname"].startswith("worked")]


def _column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 112) -> dict:
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"width": width,
		"align": "left",
	}


def _question(scope: Scope, with_hours: bool) -> Callable[[GatewayClient], Iterable[DaySummary]]:
	def ask(client: GatewayClient) -> Iterable[DaySummary]:
		days = client.get_attendance_summary if with_hours else client.get_first_in_last_out
		return days(scope.start, scope.end)

	return ask


def _as_shown(row: Row) -> Row:
	clocks = {name: row[name].time().isoformat() for name in TIMES if isinstance(row[name], datetime)}
	return {**row, **clocks}


def _summary(rows: list[Row]) -> list[dict]:
	differences = [row["difference"] for row in rows]
	missing, absent = differences.count(MISSING), differences.count(NOT_AT_GATEWAY)
	others = sum(bool(difference) for difference in differences) - missing - absent
	return [
		_figure(_("Days Compared"), len(rows)),
		_figure(_("Missing Here"), missing, "Red"),
		_figure(_("Not at the Gateway"), absent, "Orange"),
		_figure(_("Different"), others, "Orange"),
	]


def _figure(label: str, value: int, warning: str = "") -> dict:
	color = warning if value else "Green"
	return {"label": label, "value": value, "datatype": "Int", "indicator": color if warning else "Blue"}
