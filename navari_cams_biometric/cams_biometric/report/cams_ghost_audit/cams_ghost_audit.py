"""CAMS Ghost Audit: the rows of devices.ghosts as a report."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.devices import ghosts
from navari_cams_biometric.cams_biometric.devices.ghosts import Ghost
from navari_cams_biometric.cams_biometric.report.columns import column


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Columns and rows. Filters: `kind`, `device`, `branch`."""
	chosen = frappe._dict(filters or {})
	found = ghosts.find(chosen.kind or "", chosen.device or "", chosen.branch or "")
	return _columns(), [_row(ghost) for ghost in found]


def _columns() -> list[dict]:
	return [
		column("kind_label", _("Kind"), 272),
		column("device", _("Device"), 100),
		column("user_id", _("User ID"), 96),
		column("device_name", _("Name on Device"), 142),
		column("employee_name", _("Employee Name"), 138),
		column("words", _("What"), 275),
		column("mend_label", _("Mended By"), 162),
		column("last_punch", _("Last Punch"), 160, "Datetime"),
		column("service_tag", _("Service Tag"), 140, "Link", "CAMS Device"),
		column("employee", _("Employee"), 140, "Link", "Employee"),
		column("branch", _("Branch"), 120, "Link", "Branch"),
	]


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
