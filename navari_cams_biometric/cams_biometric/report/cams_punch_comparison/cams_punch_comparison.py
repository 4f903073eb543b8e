"""CAMS Punch Comparison: the punches of the gateway compared with those in ERPNext.

It only reads, but calls the gateway: so it needs a role of base.permissions.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.gateway_questions import collect_answers
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	NothingToCompareError,
	Row,
	Scope,
	compare_punches,
	scope_of,
)
from navari_cams_biometric.cams_biometric.report.columns import column, figure
from navari_cams_biometric.gateway.client import DevicePunch, GatewayClient


def execute(filters: frappe._dict) -> tuple:
	"""Columns, rows, message, no chart, summary. What the gateway says no to is in the message."""
	ensure_may("GetAttendanceByDate")
	try:
		scope = _scope(filters)
	except NothingToCompareError as reason:
		return columns(), [], escape_html(str(reason))
	rows, message = compared(scope, is_today=bool(filters.today))
	if rows is None:
		return columns(), [], message
	shown = [row for row in rows if row["difference"]] if filters.only_differences else rows
	return columns(), shown, message, None, summary(rows)


def compared(scope: Scope, is_today: bool = False) -> tuple[list[Row] | None, str | None]:
	"""The rows (history.punch_comparison), or None if the gateway returned nothing; and as HTML why they are not
	all.
	"""
	asked_at = now_datetime()
	told, refusal = collect_answers(_question(scope, is_today))
	if refusal and not told:
		return None, escape_html(refusal)
	return compare_punches(told, scope, asked_at, is_all=not refusal), _message(refusal)


def columns() -> list[dict]:
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


def _scope(filters: frappe._dict) -> Scope:
	first, last = (getdate(), getdate()) if filters.today else (filters.from_date, filters.to_date)
	return scope_of(first, last, filters.device, filters.employee, filters.user_id)


def _question(scope: Scope, is_today: bool) -> Callable[[GatewayClient], Iterable[DevicePunch]]:
	"""The narrowest operation; what is still too much the comparison leaves out."""

	def ask(client: GatewayClient) -> Iterable[DevicePunch]:
		if is_today:
			return client.get_today_attendance()
		if scope.user_id:
			return client.get_attendance_by_employee(scope.user_id, scope.start, scope.end)
		if scope.service_tag:
			return client.get_attendance_by_device(scope.service_tag, scope.start, scope.end)
		return client.get_attendance_by_date(scope.start, scope.end)

	return ask


def _message(refusal: str) -> str | None:
	if not refusal:
		return None
	return escape_html(
		_("Not everything is shown, because the gateway did not return all. {0}").format(refusal)
	)


def summary(rows: list[Row]) -> list[dict]:
	counts = Counter(row["difference"] for row in rows)
	told = sum(row["at_gateway"] == "Yes" for row in rows)
	return [
		figure(_("At Gateway"), told),
		figure(_("In ERPNext"), len(rows) - counts[MISSING]),
		figure(_("Only at Gateway"), counts[MISSING], "Red"),
		figure(_("Only in ERPNext"), counts[NOT_AT_GATEWAY], "Orange"),
		figure(_("Held"), counts[PunchState.HELD] + counts[PunchState.FAILED], "Orange"),
	]
