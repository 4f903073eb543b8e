"""Report: an IN without an OUT, an OUT without an IN, a shift without a punch. presence.missing_punches finds
them.
"""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import format_time

from navari_cams_biometric.cams_biometric.base.date_ranges import days_of
from navari_cams_biometric.cams_biometric.presence.attendance_requests import REQUEST, Requests, requests_of
from navari_cams_biometric.cams_biometric.presence.missing_punches import MissingPunch, find_missing
from navari_cams_biometric.cams_biometric.report.columns import column

EMPLOYEE_FILTERS = ("company", "branch", "department")


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, no message, no chart, and how many of each kind."""
	filters = frappe._dict(filters or {})
	chosen = {fieldname: filters.get(fieldname) or "" for fieldname in EMPLOYEE_FILTERS}
	found = find_missing(days_of(filters), name=filters.employee or "", **chosen)
	if filters.kind:
		found = [missing for missing in found if missing.kind == filters.kind]
	requests = requests_of(found)
	return (
		_columns(),
		[_missing_punch_row(missing, requests) for missing in found],
		None,
		None,
		_missing_punch_counts(found),
	)


def _missing_punch_row(missing: MissingPunch, requests: Requests) -> dict[str, object]:
	request = requests.get((missing.employee, missing.day), frappe._dict())
	return {
		"date": missing.day,
		"employee": missing.employee,
		"employee_name": missing.employee_name,
		"shift": missing.shift,
		"kind": missing.kind,
		"found": ", ".join(format_time(moment, "HH:mm") for moment in missing.found),
		"request": request.name,
		"request_status": _(request.status) if request else "",
		"due": str(missing.time),
		"add": "",
	}


def _columns() -> list[dict[str, object]]:
	return [
		column("date", _("Date"), 110, "Date"),
		column("employee", _("Employee"), 160, "Link", "Employee"),
		column("employee_name", _("Name"), 200),
		column("shift", _("Shift"), 150, "Link", "Shift Type"),
		column("kind", _("What Is Missing"), 200),
		column("found", _("Punches Found"), 260),
		column("request", _("Request"), 160, "Link", REQUEST),
		column("request_status", _("Request Status"), 130),
		column("add", "", 110),
	]


def _missing_punch_counts(found: list[MissingPunch]) -> list[dict[str, object]]:
	counts = Counter(missing.kind for missing in found)
	return [
		{"label": _(kind), "value": count, "indicator": "Orange", "datatype": "Int"}
		for kind, count in counts.items()
	]
