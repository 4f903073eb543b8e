"""The site that is upgraded is taken for the live one, once: from then on a copy of it is known as a copy."""

import frappe

from navari_cams_biometric.cams_biometric.base import live_site
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS


def execute() -> None:
	stored = frappe.db.get_singles_dict(SETTINGS)
	if stored.get("auth_token_digest") and not stored.get("live_site"):
		frappe.db.set_single_value(SETTINGS, "live_site", live_site.identity(), update_modified=False)
