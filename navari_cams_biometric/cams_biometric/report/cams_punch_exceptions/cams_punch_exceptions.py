"""Report: punches that did not become a check-in, each with its reason and its remedy."""

from collections import Counter

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.attendance.ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.attendance.reasons import FAILED, HELD, IGNORED, QUEUED
from navari_cams_biometric.cams_biometric.report.links import link_type

STATES = (HELD, FAILED, IGNORED, QUEUED)
INDICATORS = {HELD: "Orange", FAILED: "Red", IGNORED: "Grey", QUEUED: "Blue"}
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
		{"fieldname": "punch_time", "label": _("Time"), "fieldtype": "Datetime", "width": 160},
		{"fieldname": "state", "label": _("State"), "fieldtype": "Data", "width": 90},
		{"fieldname": "user_id", "label": _("User ID"), "fieldtype": "Data", "width": 100},
		{
			"fieldname": "employee",
			"label": _("Employee"),
			"fieldtype": link_type("Employee"),
			"options": "Employee",
			"width": 140,
		},
		{
			"fieldname": "service_tag",
			"label": _("Device"),
			"fieldtype": "Link",
			"options": "CAMS Device",
			"width": 150,
		},
		{"fieldname": "punch_type", "label": _("Type"), "fieldtype": "Data", "width": 100},
		{"fieldname": "reason", "label": _("Reason"), "fieldtype": "Data", "width": 320},
		{"fieldname": "remedy", "label": _("Remedy"), "fieldtype": "Data", "width": 320},
		{
			"fieldname": "name",
			"label": _("Punch"),
			"fieldtype": "Link",
			"options": "CAMS Punch",
			"width": 120,
		},
		{"fieldname": "original_time", "label": _("Original Time"), "fieldtype": "Data", "width": 220},
	]


def _summary(rows: list[frappe._dict]) -> list[dict[str, object]]:
	counts = Counter(row.state for row in rows)
	return [
		{"label": _(state), "value": counts[state], "indicator": INDICATORS[state], "datatype": "Int"}
		for state in STATES
		if counts[state]
	]
