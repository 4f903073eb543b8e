"""Report: punches that did not become a check-in, each with its reason and its remedy, and check-ins of devices that a
person changed or deleted, with who, when, before and after."""

from collections import Counter

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.date_ranges import bounds_of, days_of
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.states import CheckinChangeState, PunchState
from navari_cams_biometric.cams_biometric.punches.checkin_changes import in_words
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHANGE
from navari_cams_biometric.cams_biometric.report.columns import column

STATES = (PunchState.HELD, PunchState.FAILED, PunchState.IGNORED, PunchState.QUEUED)
INDICATORS = {
	PunchState.HELD: "Orange",
	PunchState.FAILED: "Red",
	PunchState.IGNORED: "Grey",
	PunchState.QUEUED: "Blue",
	CheckinChangeState.CHANGED: "Orange",
	CheckinChangeState.DELETED: "Red",
	CheckinChangeState.RESTORED: "Green",
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
CHANGE_FIELDS = [
	"name",
	"punch_time",
	"employee",
	"service_tag",
	"state",
	"cams_punch",
	"employee_checkin",
	"owner",
	"creation",
	"before",
	"after",
	"restored_by",
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
	rows += _changes(filters, bounds)
	names = names_of(row.employee for row in rows)
	for row in rows:
		row.employee_name = names.get(row.employee)
	return _columns(), rows, None, None, _summary(rows)


def _rows(filters: dict[str, object]) -> list[frappe._dict]:
	return frappe.get_list("CAMS Punch", filters=filters, fields=FIELDS, order_by="punch_time, creation")


def _changes(filters: frappe._dict, bounds: list) -> list[frappe._dict]:
	"""Changes of check-ins. They have no reason code: whoever asks for one sees none."""
	if filters.get("reason_code"):
		return []
	chosen = {field: filters[field] for field in ("service_tag", "employee", "state") if filters.get(field)}
	changes = frappe.get_list(
		CHANGE,
		filters={**chosen, "punch_time": ["between", bounds]},
		fields=CHANGE_FIELDS,
		order_by="punch_time, creation",
	)
	return [_change_row(change) for change in changes]


def _change_row(change: frappe._dict) -> frappe._dict:
	sentences = {
		CheckinChangeState.CHANGED: _("The check-in of a device was changed."),
		CheckinChangeState.DELETED: _("The check-in of a device was deleted."),
		CheckinChangeState.RESTORED: _("The check-in was changed or deleted, and restored by {0}.").format(
			change.restored_by
		),
	}
	is_restored = change.state == CheckinChangeState.RESTORED
	return frappe._dict(
		change=change.name,
		name=change.cams_punch,
		punch_time=change.punch_time,
		employee=change.employee,
		service_tag=change.service_tag,
		state=change.state,
		reason=sentences[change.state],
		remedy="" if is_restored else _("Restore brings back what the device said."),
		changed_by=change.owner,
		changed_at=change.creation,
		before=in_words(change.before),
		after=in_words(change.after),
	)


def _columns() -> list[dict[str, object]]:
	return [
		column("punch_time", _("Time"), 160, "Datetime"),
		column("state", _("State"), 90),
		column("employee_name", _("Employee Name"), 140),
		column("user_id", _("User ID"), 100),
		column("service_tag", _("Device"), 150, "Link", "CAMS Device"),
		column("punch_type", _("Type"), 100),
		column("reason", _("Reason"), 320),
		column("remedy", _("Remedy"), 320),
		column("name", _("Punch"), 120, "Link", "CAMS Punch"),
		column("employee", _("Employee"), 140, "Link", "Employee"),
		column("original_time", _("Original Time"), 220),
		column("changed_by", _("Changed By"), 160),
		column("changed_at", _("Changed At"), 160, "Datetime"),
		column("before", _("Before"), 240),
		column("after", _("After"), 240),
	]


def _summary(rows: list[frappe._dict]) -> list[dict[str, object]]:
	counts = Counter(row.state for row in rows)
	return [
		{"label": _(state), "value": counts[state], "indicator": INDICATORS[state], "datatype": "Int"}
		for state in INDICATORS
		if counts[state]
	]
