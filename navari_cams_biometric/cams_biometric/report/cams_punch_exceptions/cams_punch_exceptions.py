"""Report: punches that did not become a check-in, each with its reason and its remedy."""

from collections import Counter

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.report.columns import column

STATES = (PunchState.HELD, PunchState.FAILED, PunchState.IGNORED, PunchState.QUEUED)
INDICATORS = {
	PunchState.HELD: "Orange",
	PunchState.FAILED: "Red",
	PunchState.IGNORED: "Grey",
	PunchState.QUEUED: "Blue",
}
FIELDS = [
	"name",
	"punch_time",
	"original_time",
	"employee",
	"user_id",
	"service_tag",
	"device_label",
	"punch_type",
	"state",
	"reason",
	"remedy",
]


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows by time, no message, no chart, and how many are in each state.

	A punch whose time cannot be read has none: it stands with the days on which it arrived.
	"""
	filters = frappe._dict(filters or {})
	bounds = bounds_of(days_of(filters))
	chosen = {"state": filters.state or ["in", STATES]}
	for fieldname in ("service_tag", "reason_code", "employee"):
		if filters.get(fieldname):
			chosen[fieldname] = filters[fieldname]
	rows = _rows({**chosen, "punch_time": ["between", bounds]})
	rows += _rows({**chosen, "punch_time": ["is", "not set"], "creation": ["between", bounds]})
	return _columns(), rows, None, None, _summary(rows)


def _rows(filters: dict[str, object]) -> list[frappe._dict]:
	return frappe.get_all("CAMS Punch", filters=filters, fields=FIELDS, order_by="punch_time, creation")


def _columns() -> list[dict[str, object]]:
	return [
		column("punch_time", _("Time"), 160, "Datetime"),
		column("state", _("State"), 90),
		column("user_id", _("User ID"), 100),
		column("employee", _("Employee"), 140, "Link", "Employee"),
		column("service_tag", _("Device"), 150, "Link", "CAMS Device"),
		column("punch_type", _("Type"), 100),
		column("reason", _("Reason"), 320),
		column("remedy", _("Remedy"), 320),
		column("name", _("Punch"), 120, "Link", "CAMS Punch"),
		column("original_time", _("Original Time"), 220),
	]


def _summary(rows: list[frappe._dict]) -> list[dict[str, object]]:
	counts = Counter(row.state for row in rows)
	return [
		{"label": _(state), "value": counts[state], "indicator": INDICATORS[state], "datatype": "Int"}
		for state in STATES
		if counts[state]
	]
