"""CAMS Punch Comparison: the punches that the gateway tells beside those on this site.

A question, not a change; but it goes to the gateway, so it is for those who may ask it (devices.permissions).
"""

from collections import Counter
from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime

from navari_cams_biometric.cams_biometric.attendance.comparison.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	NothingToCompareError,
	Row,
	Scope,
	compare_punches,
	scope_of,
)
from navari_cams_biometric.cams_biometric.attendance.reasons import FAILED, HELD
from navari_cams_biometric.cams_biometric.controllers.asking import answer
from navari_cams_biometric.cams_biometric.devices.permissions import ensure_may
from navari_cams_biometric.cams_biometric.report.links import link_type
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
	"""The rows (attendance.comparison.punch_comparison), or None where the gateway told nothing; and as HTML why that is not all."""
	asked_at = now_datetime()
	told, refusal = answer(_question(scope, is_today))
	if refusal and not told:
		return None, escape_html(refusal)
	return compare_punches(told, scope, asked_at, is_all=not refusal), _message(refusal)


def columns() -> list[dict]:
	return [
		_column("difference", _("Difference"), width=165),
		_column("time", _("Time"), "Datetime", width=192),
		_column("employee_name", _("Employee Name"), width=140),
		_column("user_id", _("User ID"), width=95),
		_column("punch_type", _("Type"), width=95),
		_column("service_tag", _("Device"), "Link", "CAMS Device", 140),
		_column("at_gateway", _("At the Gateway"), width=130),
		_column("on_site", _("On This Site"), width=255),
		_column("employee", _("Employee"), link_type("Employee"), "Employee", 130),
		_column("cams_punch", _("CAMS Punch"), "Link", "CAMS Punch", 130),
		_column(
			"employee_checkin", _("Employee Checkin"), link_type("Employee Checkin"), "Employee Checkin", 200
		),
	]


def _column(
	fieldname: str, label: str, fieldtype: str = "Data", options: str | None = None, width: int = 120
) -> dict:
	column = {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, "align": "left"}
	return {**column, "options": options} if options else column


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
		_("Not everything is shown, because the gateway did not tell all. {0}").format(refusal)
	)


def summary(rows: list[Row]) -> list[dict]:
	counts = Counter(row["difference"] for row in rows)
	told = sum(row["at_gateway"] == "Yes" for row in rows)
	return [
		_figure(_("At the Gateway"), told),
		_figure(_("On This Site"), len(rows) - counts[MISSING]),
		_figure(_("Missing Here"), counts[MISSING], "Red"),
		_figure(_("Not at the Gateway"), counts[NOT_AT_GATEWAY], "Orange"),
		_figure(_("Held"), counts[HELD] + counts[FAILED], "Orange"),
	]


def _figure(label: str, value: int, warning: str = "") -> dict:
	color = warning if value else "Green"
	return {"label": label, "value": value, "datatype": "Int", "indicator": color if warning else "Blue"}
