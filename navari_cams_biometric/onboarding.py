"""The steps of the workspace's onboarding, marked as done by what is there: they may be done elsewhere, and a site that
had the app before has done them all."""

from collections.abc import Callable

import frappe

ONBOARDING = "CAMS Biometric"


def note_progress() -> None:
	"""Scheduled, and after each migration. Unmarks nothing; once all is done the workspace shows no steps any more."""
	if frappe.db.get_value("Module Onboarding", ONBOARDING, "is_complete"):
		return
	done = [step for step, is_done in STEPS.items() if is_done()]
	for step in done:
		frappe.db.set_value("Onboarding Step", step, "is_complete", 1, update_modified=False)
	if len(done) == len(STEPS):
		frappe.db.set_value("Module Onboarding", ONBOARDING, "is_complete", 1, update_modified=False)


def _has_token() -> bool:
	return bool(frappe.db.get_single_value("CAMS Biometric Settings", "auth_token_digest", cache=False))


def _has_reported() -> bool:
	return bool(frappe.db.exists("CAMS Device", {"last_reported": ["is", "set"]}))


def _has_device() -> bool:
	return bool(frappe.db.exists("CAMS Device", {"enabled": 1}))


def _has_people() -> bool:
	employees = {"status": "Active", "attendance_device_id": ["is", "set"]}
	mappings = {"employee": ["is", "set"]}
	return bool(frappe.db.exists("Employee", employees) or frappe.db.exists("CAMS Device ID", mappings))


def _has_punch() -> bool:
	return bool(frappe.db.exists("CAMS Punch", {"state": ["is", "set"]}))


STEPS: dict[str, Callable[[], bool]] = {
	"CAMS Auth Token": _has_token,
	"CAMS Callback URL": _has_reported,
	"CAMS First Device": _has_device,
	"CAMS People": _has_people,
	"CAMS First Punch": _has_punch,
}
