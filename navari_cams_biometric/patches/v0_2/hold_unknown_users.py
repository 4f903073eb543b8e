"""Settings that were there before: an unknown user ID holds shifts for a day, as on a new site, and not for none."""

import frappe

SETTINGS = "CAMS Biometric Settings"


def execute() -> None:
	if "unknown_user_hold" not in frappe.db.get_singles_dict(SETTINGS):
		frappe.db.set_single_value(SETTINGS, "unknown_user_hold", 1)
