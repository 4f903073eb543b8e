"""CAMS Reconciliation: how many punches of some days are at the gateway and in ERPNext, by device and person.

CAMS Punch Comparison has the punches one by one, and the request to the gateway.
"""

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.history.punch_comparison import NothingToCompareError, Row, scope_of
from navari_cams_biometric.cams_biometric.history.reconciliation import by_device_and_person, differs
from navari_cams_biometric.cams_biometric.report.cams_punch_comparison.cams_punch_comparison import (
	compared,
	summary,
)
from navari_cams_biometric.cams_biometric.report.columns import column


def execute(filters: frappe._dict) -> tuple:
	"""Columns, rows, message, no chart, summary. What the gateway says no to is in the message."""
	ensure_may("GetAttendanceByDate")
	try:
		scope = scope_of(filters.from_date, filters.to_date, filters.device, filters.employee)
	except NothingToCompareError as reason:
		return columns(), [], escape_html(str(reason))
	rows, message = compared(scope)
	if rows is None:
		return columns(), [], message
	counted = by_device_and_person(rows)
	shown = [row for row in counted if differs(row)] if filters.only_differences else counted
	return columns(), [_as_shown(row) for row in shown], message, None, summary(rows)


def columns() -> list[dict]:
	return [
		column("who", _("Device, Person"), 260),
		column("user_id", _("User ID"), 100),
		column("at_gateway", _("At Gateway"), 130, "Int"),
		column("on_site", _("In ERPNext"), 120, "Int"),
		column("missing", _("Only at Gateway"), 125, "Int"),
		column("held", _("Held"), 80, "Int"),
		column("not_at_gateway", _("Only in ERPNext"), 160, "Int"),
		column("punches", _("Punches"), 110),
		column("employee", _("Employee"), 140, "Link", "Employee"),
		column("service_tag", _("Service Tag"), 150, "Link", "CAMS Device"),
	]


def _as_shown(row: Row) -> Row:
	if row["indent"]:
		return {**row, "who": row["employee_name"] or _("Unknown: {0}").format(row["user_id"])}
	return {**row, "who": row["device_label"] or row["service_tag"] or _("No Device")}
