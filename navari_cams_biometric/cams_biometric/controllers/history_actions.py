"""Asking for history from the Desk."""

import frappe

from navari_cams_biometric.cams_biometric.history import loads


@frappe.whitelist(methods=["POST"])
def load_punchlog(from_date: str, to_date: str, service_tag: str | None = None) -> str:
	"""Begin to load the punches of whole days, of one device or all enabled ones; return the CAMS History Load."""
	frappe.only_for("System Manager")
	return loads.start(from_date, to_date, service_tag)
