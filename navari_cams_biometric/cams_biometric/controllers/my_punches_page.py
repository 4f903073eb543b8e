"""The call of the page My Punches. It only reads, and takes no arguments: everybody gets their own."""

import frappe

from navari_cams_biometric.cams_biometric.presence import own_punches


@frappe.whitelist(methods=["POST"])
def my_punches() -> dict:
	"""The punches of the user's own Employee."""
	frappe.only_for("Employee", message=True)
	return own_punches.own_punches(frappe.session.user)
