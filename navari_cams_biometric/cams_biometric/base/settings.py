"""CAMS Biometric Settings as the database has them at this moment.

The document cache is neither read nor written: a long job whose transaction began before a save would put the former
document back into it, where it stays.
"""

from typing import TYPE_CHECKING

import frappe
from frappe.model.base_document import get_controller

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)

SETTINGS = "CAMS Biometric Settings"


def read_settings() -> "CAMSBiometricSettings":
	"""Settings without their tables, in one query; not to be saved."""
	stored = frappe.db.get_singles_dict(SETTINGS, cast=True)
	return frappe.get_doc({"doctype": SETTINGS, "name": SETTINGS, **stored})


def read_settings_with_tables() -> "CAMSBiometricSettings":
	"""Settings with punch types and recipients: a query for each table more."""
	return get_controller(SETTINGS)(SETTINGS)
