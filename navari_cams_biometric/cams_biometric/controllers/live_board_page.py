"""The calls of the page Live Board. They only read."""

import frappe

from navari_cams_biometric.cams_biometric.base.permissions import READERS
from navari_cams_biometric.cams_biometric.presence import who_is_in


@frappe.whitelist(methods=["POST"])
def board() -> dict:
	"""The last punches, and who is in by branch."""
	frappe.only_for(READERS, message=True)
	return who_is_in.board()


@frappe.whitelist(methods=["POST"])
def muster(branch: str | None = None) -> dict:
	"""Who is in now, everywhere or in one branch (an empty text: those without), for the list that is printed: with a
	check-in, and without."""
	frappe.only_for(READERS, message=True)
	return who_is_in.muster(branch)


@frappe.whitelist(methods=["GET", "POST"])
def people_in_card() -> dict:
	"""For the workspace: how many are in, and the page that says who."""
	frappe.only_for(READERS, message=True)
	return {"value": who_is_in.who_is_in()["count"], "fieldtype": "Int", "route": ["cams-live-board"]}
