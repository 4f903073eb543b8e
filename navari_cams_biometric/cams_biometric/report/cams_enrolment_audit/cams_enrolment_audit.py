"""CAMS Enrolment Audit: the rows of device_users.enrolment_audit as a report."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.user_permissions import seen_among
from navari_cams_biometric.cams_biometric.device_users import enrolment_audit
from navari_cams_biometric.cams_biometric.device_users.enrolment_audit import Mismatch
from navari_cams_biometric.cams_biometric.report.columns import column


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Columns and rows. Filters: `kind`, `device`, `branch`."""
	chosen = frappe._dict(filters or {})
	found = enrolment_audit.find_mismatches(chosen.kind or "", chosen.device or "", chosen.branch or "")
	seen = seen_among(found, lambda mismatch: mismatch.employee, lambda mismatch: mismatch.service_tag)
	return _columns(), [_audit_row(mismatch) for mismatch in seen]


def _columns() -> list[dict]:
	return [
		column("kind_label", _("Kind"), 165),
		column("device", _("Device"), 110),
		column("user_id", _("User ID"), 110),
		column("device_name", _("Name on Device"), 150),
		column("employee_name", _("Employee Name"), 150),
		column("words", _("Finding"), 330),
		column("fix_label", _("Fix"), 115),
		column("last_punch", _("Last Punch"), 140, "Datetime"),
		column("service_tag", _("Service Tag"), 140, "Link", "CAMS Device"),
		column("employee", _("Employee"), 140, "Link", "Employee"),
		column("branch", _("Branch"), 120, "Link", "Branch"),
	]


def _audit_row(mismatch: Mismatch) -> dict:
	"""`kind` and `fix` go along untranslated, for fixing."""
	return {
		"kind": mismatch.kind,
		"kind_label": _(mismatch.kind),
		"device": mismatch.device,
		"service_tag": mismatch.service_tag,
		"user_id": mismatch.user_id,
		"device_name": mismatch.device_name,
		"employee": mismatch.employee,
		"employee_name": mismatch.employee_name,
		"words": mismatch.words,
		"last_punch": mismatch.last_punch,
		"fix": mismatch.fix,
		"fix_label": _(mismatch.fix) if mismatch.fix else "",
		"branch": mismatch.branch,
	}
