"""Mending what the audit of ghosts found: each row judged anew, then asked of the gateway."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.devices import commands, ghosts
from navari_cams_biometric.cams_biometric.devices.ghosts import Ghost
from navari_cams_biometric.cams_biometric.devices.permissions import PEOPLE, ensure_may

MOST_ROWS = 500


@frappe.whitelist(methods=["POST"])
def mend(rows: list[dict] | str) -> dict:
	"""Ask for what mends each of these rows of the report, told by `kind`, `service_tag` and `user_id`.

	Returns `asked`, the CAMS Commands, and `left`, the rows that were left alone, each with `why`: those that
	are no longer so, that nothing mends, or whose device or employee the user may not see. Throws where there
	are too many, or the gateway cannot be asked at all.
	"""
	frappe.only_for(PEOPLE, message=True)
	wanted = [_key(row) for row in frappe.parse_json(rows)]
	if len(wanted) > MOST_ROWS:
		frappe.throw(_("Choose at most {0} rows at once.").format(MOST_ROWS), title=_("Mend"))
	found = {ghost.key: ghost for ghost in ghosts.find()}
	visible = _visible([found[key] for key in wanted if key in found])
	left = {key: why for key in wanted if (why := _why_not(found.get(key), visible))}
	asked = [_ask(found[key]) for key in dict.fromkeys(wanted) if key not in left]
	return {"asked": asked, "left": [_told(key, why) for key, why in left.items()]}


def _key(row: dict) -> tuple[str, str, str]:
	return tuple(str(row.get(name) or "") for name in ("kind", "service_tag", "user_id"))


def _why_not(ghost: Ghost | None, visible: set[str]) -> str:
	if not ghost:
		return _("It is no longer so.")
	if not ghost.mend:
		return ghost.words
	if ghost.service_tag not in visible or (ghost.employee and ghost.employee not in visible):
		return _("You may not see this device or this employee.")
	return ""


def _visible(found: list[Ghost]) -> set[str]:
	"""The devices and employees of these rows that the user may see; those who administer devices see all."""
	devices = {ghost.service_tag for ghost in found}
	employees = {ghost.employee for ghost in found if ghost.employee}
	if "System Manager" in frappe.get_roles():
		return devices | employees
	return {*_readable("CAMS Device", devices), *_readable("Employee", employees)}


def _readable(doctype: str, names: set[str]) -> list[str]:
	if not names:
		return []
	filters = {"name": ["in", sorted(names)]}
	return frappe.get_list(doctype, filters=filters, pluck="name", limit_page_length=0, order_by="name")


def _ask(ghost: Ghost) -> str:
	ensure_may(ghost.operation)
	return commands.ask(
		ghost.operation,
		ghost.service_tag,
		user_id=ghost.user_id,
		employee=ghost.employee or None,
		reason=_("Ghost audit: {0}.").format(_(ghost.kind)),
		**ghost.arguments,
	)


def _told(key: tuple[str, str, str], why: str) -> dict[str, str]:
	kind, service_tag, user_id = key
	return {"kind": kind, "service_tag": service_tag, "user_id": user_id, "why": why}
