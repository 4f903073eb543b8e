"""CAMS Day Comparison: the days of the gateway compared with those of the check-ins in ERPNext."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.history.day_comparison import compare_days
from navari_cams_biometric.cams_biometric.history.punch_comparison import MISSING, NOT_AT_GATEWAY, Row, Scope
from navari_cams_biometric.cams_biometric.report.columns import column, figure
from navari_cams_biometric.cams_biometric.report.comparison import Comparison
from navari_cams_biometric.gateway.client import DaySummary, GatewayClient

FIRST_AND_LAST = "First In and Last Out"
TIMES = ("first_in_gateway", "first_in_here", "last_out_gateway", "last_out_here")


def execute(filters: frappe._dict) -> tuple:
	return DayComparison(filters).execute()


class DayComparison(Comparison):
	def __init__(self, filters: frappe._dict):
		super().__init__(filters)
		self.with_hours = filters.ask_for != FIRST_AND_LAST
		self.operation = "GetAttendanceSummary" if self.with_hours else "GetFirstInLastOut"

	def columns(self) -> list[dict]:
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
		return [each for each in shown if self.with_hours or not each["fieldname"].startswith("worked")]

	def ask(self, client: GatewayClient, scope: Scope) -> Iterable[DaySummary]:
		days = client.get_attendance_summary if self.with_hours else client.get_first_in_last_out
		return days(scope.start, scope.end)

	def compare(self, told: list[DaySummary], scope: Scope, asked_at: datetime, is_all: bool) -> list[Row]:
		return compare_days(told, scope, self.with_hours)

	def rows(self, compared: list[Row]) -> list[Row]:
		return [{**row, **_clocks(row)} for row in compared]

	def totals(self, compared: list[Row], differences: Counter) -> list[dict]:
		return [figure(_("Days Compared"), len(compared))]

	def other_differences(self, differences: Counter) -> dict:
		known = ("", MISSING, NOT_AT_GATEWAY)
		others = sum(count for difference, count in differences.items() if difference not in known)
		return figure(_("Different"), others, "Orange")


def _clocks(row: Row) -> Row:
	return {name: row[name].time().isoformat() for name in TIMES if isinstance(row[name], datetime)}
