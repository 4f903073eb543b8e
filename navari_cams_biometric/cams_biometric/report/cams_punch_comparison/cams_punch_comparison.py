"""CAMS Punch Comparison: the punches of the gateway compared with those in ERPNext."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.history.punch_comparison import MISSING, Row, Scope, compare_punches
from navari_cams_biometric.cams_biometric.report.columns import column, figure
from navari_cams_biometric.cams_biometric.report.comparison import Comparison
from navari_cams_biometric.gateway.client import DevicePunch, GatewayClient


def execute(filters: frappe._dict) -> tuple:
	return PunchComparison(filters).execute()


class PunchComparison(Comparison):
	operation = "GetAttendanceByDate"
	shows_part = True

	def columns(self) -> list[dict]:
		return [
			column("difference", _("Difference"), 165),
			column("time", _("Time"), 192, "Datetime"),
			column("employee_name", _("Employee Name"), 140),
			column("user_id", _("User ID"), 95),
			column("punch_type", _("Type"), 95),
			column("service_tag", _("Device"), 140, "Link", "CAMS Device"),
			column("at_gateway", _("At Gateway"), 130),
			column("on_site", _("In ERPNext"), 255),
			column("employee", _("Employee"), 130, "Link", "Employee"),
			column("cams_punch", _("CAMS Punch"), 130, "Link", "CAMS Punch"),
			column("employee_checkin", _("Employee Checkin"), 200, "Link", "Employee Checkin"),
		]

	def ask(self, client: GatewayClient, scope: Scope) -> Iterable[DevicePunch]:
		"""The narrowest operation; what is still too much the comparison leaves out."""
		if self.filters.today:
			return client.get_today_attendance()
		if scope.user_id:
			return client.get_attendance_by_employee(scope.user_id, scope.start, scope.end)
		if scope.service_tag:
			return client.get_attendance_by_device(scope.service_tag, scope.start, scope.end)
		return client.get_attendance_by_date(scope.start, scope.end)

	def compare(self, told: list[DevicePunch], scope: Scope, asked_at: datetime, is_all: bool) -> list[Row]:
		return compare_punches(told, scope, asked_at, is_all)

	def totals(self, compared: list[Row], differences: Counter) -> list[dict]:
		return [
			figure(_("At Gateway"), sum(row["at_gateway"] == "Yes" for row in compared)),
			figure(_("In ERPNext"), len(compared) - differences[MISSING]),
		]

	def other_differences(self, differences: Counter) -> dict:
		return figure(_("Held"), differences[PunchState.HELD] + differences[PunchState.FAILED], "Orange")
