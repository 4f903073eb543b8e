"""Fix what the enrolment audit found: each row is checked again, then its command is added."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, ensure_may
from navari_cams_biometric.cams_biometric.base.user_permissions import seen_among
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import enrolment_audit
from navari_cams_biometric.cams_biometric.device_users.enrolment_audit import Mismatch

MOST_ROWS = 500


@frappe.whitelist(methods=["POST"])
def fix(rows: list[dict] | str) -> dict:
	"""Add the command that fixes each of these rows of the report, identified by `kind`, `service_tag` and
	`user_id`.

	Returns `asked`, the CAMS Commands, and `left`, the skipped rows, each with `why`: rows that are already
	resolved, that no command fixes, or whose device or employee the user may not see. Throws if there are too
	many, or if the gateway cannot be used at all.
	"""
	frappe.only_for(PEOPLE, message=True)
	wanted = [_key(row) for row in frappe.parse_json(rows)]
	if len(wanted) > MOST_ROWS:
		frappe.throw(_("Choose at most {0} rows at once.").format(MOST_ROWS), title=_("Fix"))
	found = {mismatch.key: mismatch for mismatch in enrolment_audit.find_mismatches()}
	visible = _visible([found[key] for key in wanted if key in found])
	left = {key: why for key in wanted if (why := _reason_not_fixed(found.get(key), visible))}
	asked = [_add_fixing_command(found[key]) for key in dict.fromkeys(wanted) if key not in left]
	return {"asked": asked, "left": [_skipped_row(key, why) for key, why in left.items()]}


def _key(row: dict) -> tuple[str, str, str]:
	return tuple(str(row.get(name) or "") for name in ("kind", "service_tag", "user_id"))


def _reason_not_fixed(mismatch: Mismatch | None, visible: set[tuple[str, str, str]]) -> str:
	if not mismatch:
		return _("Already resolved.")
	if not mismatch.fix:
		return mismatch.words
	if mismatch.key not in visible:
		return _("You may not see this device or this employee.")
	return ""


def _visible(found: list[Mismatch]) -> set[tuple[str, str, str]]:
	"""The rows of these that the user may see; who administers devices need not be in HR."""
	seen = seen_among(found, lambda mismatch: mismatch.employee, lambda mismatch: mismatch.service_tag)
	if "System Manager" in frappe.get_roles():
		return {mismatch.key for mismatch in seen}
	devices = _readable("CAMS Device", {mismatch.service_tag for mismatch in seen})
	employees = _readable("Employee", {mismatch.employee for mismatch in seen if mismatch.employee})
	return {
		mismatch.key
		for mismatch in seen
		if mismatch.service_tag in devices and (not mismatch.employee or mismatch.employee in employees)
	}


def _readable(doctype: str, names: set[str]) -> list[str]:
	if not names:
		return []
	filters = {"name": ["in", sorted(names)]}
	return frappe.get_list(doctype, filters=filters, pluck="name", limit_page_length=0, order_by="name")


def _add_fixing_command(mismatch: Mismatch) -> str:
	ensure_may(mismatch.operation)
	return queue.add_command(
		mismatch.operation,
		mismatch.service_tag,
		user_id=mismatch.user_id,
		employee=mismatch.employee or None,
		reason=_("Enrolment audit: {0}.").format(_(mismatch.kind)),
		**mismatch.arguments,
	)


def _skipped_row(key: tuple[str, str, str], why: str) -> dict[str, str]:
	kind, service_tag, user_id = key
	return {"kind": kind, "service_tag": service_tag, "user_id": user_id, "why": why}
