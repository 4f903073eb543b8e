"""Correct Time, and its way back, as the Desk calls them: whoever may fix punches may correct their times."""

import frappe
from frappe.utils import cint, get_datetime

from navari_cams_biometric.cams_biometric.punches import time_corrections, time_proposals


@frappe.whitelist(methods=["POST"])
def propose(names: list[str] | str, service_tag: str | None = None) -> dict:
	"""What the app measured, with the punches before and after (time_proposals.propose). Of several devices only one at
	a time: `service_tag` chooses it."""
	frappe.has_permission("CAMS Punch", "write", throw=True)
	return time_proposals.propose(_permitted(_as_list(names)), service_tag)


@frappe.whitelist(methods=["POST"])
def correct(names: list[str] | str, seconds: int, as_of: str | None = None) -> dict:
	"""Move the times of punches of one device by so many seconds (time_corrections.correct). With `as_of` none may have
	changed since."""
	frappe.has_permission("CAMS Punch", "write", throw=True)
	moment = get_datetime(as_of) if as_of else None
	return time_corrections.correct(_permitted(_as_list(names)), cint(seconds), moment)


@frappe.whitelist(methods=["POST"])
def undo(names: list[str] | str) -> dict:
	"""Give corrected punches the time of their device again (time_corrections.undo)."""
	frappe.has_permission("CAMS Punch", "write", throw=True)
	return time_corrections.undo(_permitted(_as_list(names)))


def _permitted(names: list[str]) -> list[str]:
	"""Those that User Permissions let this user see."""
	return frappe.get_list("CAMS Punch", filters={"name": ["in", [*names, ""]]}, pluck="name")


def _as_list(names: list[str] | str) -> list[str]:
	return frappe.parse_json(names) if isinstance(names, str) else names
