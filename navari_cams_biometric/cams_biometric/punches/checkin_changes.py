"""What people changed in check-ins of devices: told in words, and restored to what the device said."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_datetime, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base.direction_order import alternating_devices
from navari_cams_biometric.cams_biometric.base.states import CheckinChangeState, PunchState
from navari_cams_biometric.cams_biometric.punches import alternation, inbox
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHANGE, CHECKIN, EVIDENCE, sign


def restore(name: str) -> str | None:
	"""Bring back what the device said in the check-in of this CAMS Checkin Change, also from before earlier changes.

	A deleted check-in comes back, unless the punch has another by now; under its name, unless that was given again.
	Returns the check-in; None if this change is restored already. The caller checks permissions; HRMS may refuse.
	"""
	change = frappe.get_doc(CHANGE, name, for_update=True)
	if change.state == CheckinChangeState.RESTORED:
		return None
	changes = _open_changes(change)
	checkin = _restored(change, _said(changes))
	restored = {
		"state": CheckinChangeState.RESTORED,
		"restored_by": frappe.session.user,
		"restored_at": now_datetime(),
	}
	frappe.db.set_value(CHANGE, {"name": ["in", [each.name for each in changes]]}, restored)
	inbox.update_punches(
		frappe.get_all("CAMS Punch", {"name": change.cams_punch or ""}, pluck="name"),
		state=PunchState.RECORDED,
		employee=checkin.employee,
		employee_checkin=checkin.name,
		reason_code=None,
		reason=None,
		remedy=None,
		modified_by=frappe.session.user,
	)
	alternation.put_in_order(checkin, alternating_devices())
	return checkin.name


def in_words(values: str | None) -> str:
	"""`Log Type: IN, Time: ...`, by the labels of the form, for whoever looks."""
	stored = frappe.parse_json(values or "{}")
	meta = frappe.get_meta(CHECKIN)
	told = {field: stored[field] for field in EVIDENCE if field in stored and field != "custom_cams_punch"}
	return ", ".join(
		f"{_(meta.get_label(field))}: {_value_in_words(field, value)}" for field, value in told.items()
	)


def _value_in_words(field: str, value: object) -> str:
	if field == "time" and value:
		return str(format_datetime(value))
	if field == "skip_auto_attendance":
		return _("Yes") if value else _("No")
	return str(value) if value else "–"


def _open_changes(change: Document) -> list[frappe._dict]:
	"""Those of the same check-in that are not restored yet, the latest first."""
	same = {"employee_checkin": change.employee_checkin, "made_at": change.made_at}
	return frappe.get_all(
		CHANGE,
		filters={**same, "state": ["!=", CheckinChangeState.RESTORED]},
		fields=["name", "before"],
		order_by="creation desc, name desc",
	)


def _said(changes: Iterable[frappe._dict]) -> dict[str, object]:
	"""The device's own values: of each field the one before the first change."""
	said: dict[str, object] = {}
	for change in changes:
		said.update(frappe.parse_json(change.before))
	if said.get("time"):
		said["time"] = get_datetime(said["time"])
	return said


def _restored(change: Document, said: dict[str, object]) -> Document:
	if checkin_name := _present_checkin(change):
		checkin = frappe.get_doc(CHECKIN, checkin_name, for_update=True)
		checkin.check_permission("write")
		sign(checkin, **said)
		return checkin.save()
	checkin = frappe.new_doc(CHECKIN)
	sign(checkin, **said)
	checkin.check_permission("create")
	is_free = not frappe.db.exists(CHECKIN, change.employee_checkin)
	return checkin.insert(set_name=change.employee_checkin if is_free else None)


def _present_checkin(change: Document) -> str | None:
	"""That of the punch, else the changed one itself: Frappe gives the name of a deleted one again."""
	of_punch = {"custom_cams_punch": change.cams_punch}
	if change.cams_punch and (name := frappe.db.get_value(CHECKIN, of_punch, "name")):
		return name
	itself = {"name": change.employee_checkin, "creation": change.made_at}
	return frappe.db.get_value(CHECKIN, itself, "name")
