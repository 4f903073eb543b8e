"""CAMS Ghost Audit: the rows of devices.ghosts as a report."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.devices import ghosts
from navari_cams_biometric.cams_biometric.devices.ghosts import Ghost
from navari_cams_biometric.cams_biometric.report.links import link_type


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Columns and rows. Filters: `kind`, `device`, `branch`."""
	chosen = frappe._dict(filters or {})
	found = ghosts.find(chosen.kind or "", chosen.device or "", chosen.branch or "")
	return _columns(), [_row(ghost) for ghost in found]


def _columns() -> list[dict]:
	return [
		_column("kind_label", _("Kind"), 272),
		_column("device", _("Device"), 100),
		_column("user_id", _("User ID"), 96),
		_column("device_name", _("Name on Device"), 142),
		_column("employee_name", _("Employee Name"), 138),
		_column("words", _("What"), 275),
		_column("mend_label", _("Mended By"), 162),
		_column("last_punch", _("Last Punch"), 160, "Datetime"),
		_column("service_tag", _("Service Tag"), 140, "Link", "CAMS Device"),
		_column("employee", _("Employee"), 140, link_type("Employee"), "Employee"),
		_column("branch", _("Branch"), 120, link_type("Branch"), "Branch"),
	]


def _column(fieldname: str, label: str, width: int, fieldtype: str = "Data", options: str = "") -> dict:
	"""To the left: the Desk takes texts for numbers where the first of them looks like one."""
	column = {"fieldname": fieldname, "label": label, "width": width, "fieldtype": fieldtype, "align": "left"}
	return {**column, "options": options} if options else column


def _row(ghost: Ghost) -> dict:
	"""`kind` and `mend` go along untranslated, for mending."""
	return {
		"kind": ghost.kind,
		"kind_label": _(ghost.kind),
		"device": ghost.device,
		"service_tag": ghost.service_tag,
		"user_id": ghost.user_id,
		"device_name": ghost.device_name,
		"employee": ghost.employee,
		"employee_name": ghost.employee_name,
		"words": ghost.words,
		"last_punch": ghost.last_punch,
		"mend": ghost.mend,
		"mend_label": _(ghost.mend) if ghost.mend else "",
		"branch": ghost.branch,
	}
