"""A check-in that came from a device is evidence. These are the rules, as document events of Employee Checkin.

- Only the app writes what a device said: `sign` is the door. What anybody else sends in those fields is dropped.
- Only HR changes or deletes such a check-in.
- Each change and each deletion is kept as a CAMS Checkin Change (punches.checkin_changes restores).

What HRMS works out by itself (shift, attendance, place) is not what the device said, and goes on as ever.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime

from navari_cams_biometric.cams_biometric.base.permissions import READERS
from navari_cams_biometric.cams_biometric.base.states import CheckinChangeState, PunchState

CHECKIN = "Employee Checkin"
CHANGE = "CAMS Checkin Change"
DEVICE_FIELDS = (
	"custom_cams_punch",
	"custom_original_time",
	"custom_punch_type",
	"custom_input_type",
	"custom_time_zone",
)
EVIDENCE = ("employee", "time", "log_type", "device_id", "skip_auto_attendance", *DEVICE_FIELDS)
BY_THE_APP = "cams_by_app"  # a flag of the document: no request can set one


def device_fields(punch: frappe._dict) -> dict[str, str]:
	"""What a device said, as fields of the check-in of this CAMS Punch."""
	return {
		"custom_cams_punch": punch.name,
		"custom_original_time": punch.original_time,
		"custom_punch_type": punch.punch_type,
		"custom_input_type": punch.input_type,
	}


def sign(checkin: Document, **values: object) -> None:
	"""Set fields of a check-in as the app: the only way to those that a device fills. Kept as no change."""
	checkin.update(values)
	checkin.flags[BY_THE_APP] = True


def take_back(checkin_name: str) -> bool:
	"""Delete a check-in as the app. False where it stays, because a record of another app refers to it."""
	frappe.db.savepoint("cams_take_back")
	try:
		frappe.delete_doc(CHECKIN, checkin_name, ignore_permissions=True, flags={BY_THE_APP: True})
	except frappe.LinkExistsError:
		frappe.db.rollback(save_point="cams_take_back")
		frappe.clear_last_message()
		return False
	return True


def drop_forged_fields(checkin: Document, method: str | None = None) -> None:
	"""Before insert: only the app's own check-ins say what a device said."""
	if not _is_by_the_app(checkin):
		checkin.update(dict.fromkeys(DEVICE_FIELDS))


def guard_change(checkin: Document, method: str | None = None) -> None:
	"""Before validate, of a stored check-in: what the device said stays, and the rest is HR's to change."""
	before = checkin.get_doc_before_save()
	if not before or _is_by_the_app(checkin):
		return
	checkin.update({field: before.get(field) for field in DEVICE_FIELDS})
	if punch_of(before) is not None:
		_ensure_hr(checkin)


def record_change(checkin: Document, method: str | None = None) -> None:
	"""After an update: keep who changed what the device said, before and after."""
	before = checkin.get_doc_before_save()
	if not before or _is_by_the_app(checkin):
		return
	old, new = evidence_of(before), evidence_of(checkin)
	changed = [field for field in EVIDENCE if old[field] != new[field]]
	if changed and (punch := punch_of(before)) is not None:
		values = {"after": _json({field: new[field] for field in changed})}
		_keep(before, punch, CheckinChangeState.CHANGED, {field: old[field] for field in changed}, **values)


def record_deletion(checkin: Document, method: str | None = None) -> None:
	"""On trash: only HR deletes a check-in of a device, and what it said is kept."""
	if _is_by_the_app(checkin) or (punch := punch_of(checkin)) is None:
		return
	_ensure_hr(checkin)
	_keep(checkin, punch, CheckinChangeState.DELETED, evidence_of(checkin))


def punch_of(checkin: Document) -> str | None:
	"""The CAMS Punch that a stored check-in is evidence of; None where no device is behind it.

	Empty if a device filled it and its punch is not known: the earlier version of this app kept none. A check-in that a
	person had entered becomes evidence when a punch is linked to it.
	"""
	if checkin.custom_cams_punch:
		return checkin.custom_cams_punch
	linked = {"employee_checkin": checkin.name, "state": PunchState.RECORDED}
	if punch := frappe.db.get_value("CAMS Punch", linked, "name"):
		return punch
	return "" if checkin.custom_original_time else None


def was_changed(checkin_name: str, punch: str) -> bool:
	"""Whether somebody changed what the device said of this punch, and it was not restored."""
	changed = {"employee_checkin": checkin_name, "cams_punch": punch, "state": CheckinChangeState.CHANGED}
	return bool(frappe.db.exists(CHANGE, changed))


def is_movable(checkin: frappe._dict) -> bool:
	"""Whether the app may take a punch's own check-in (name, custom_cams_punch, attendance) back: no attendance is marked
	by it, and nobody changed it."""
	return not checkin.attendance and not was_changed(checkin.name, checkin.custom_cams_punch)


def changed_among(checkin_names: Iterable[str]) -> set[str]:
	"""Those of these check-ins in which somebody changed what the device said, and nobody restored it. One query."""
	changed = {"employee_checkin": ["in", [*checkin_names, ""]], "state": CheckinChangeState.CHANGED}
	return set(frappe.get_all(CHANGE, filters=changed, pluck="employee_checkin"))


def evidence_of(checkin: Document) -> dict[str, object]:
	"""Comparable: a form sends texts, and empty ones for nothing; HRMS 16 keeps no fractions of a second."""
	values = {field: checkin.get(field) or None for field in EVIDENCE}
	values["skip_auto_attendance"] = cint(values["skip_auto_attendance"])
	values["time"] = get_datetime(checkin.time).replace(microsecond=0) if checkin.time else None
	return values


def _is_by_the_app(checkin: Document) -> bool:
	return bool(checkin.flags.get(BY_THE_APP))


def _ensure_hr(checkin: Document) -> None:
	"""Other roles may write check-ins: HRMS lets every employee. What the site does for somebody, without asking for
	permission, is theirs to do."""
	if checkin.flags.ignore_permissions or frappe.session.user == "Administrator":
		return
	if set(READERS).isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("This check-in came from a biometric device: it cannot be changed or deleted. Ask HR."),
			frappe.PermissionError,
			title=_("Check-in of a Device"),
		)


def _keep(checkin: Document, punch: str, state: str, before: dict[str, object], **values: str) -> None:
	"""Devices and people that are gone by now are named all the same."""
	said = {
		"employee_checkin": checkin.name,
		"cams_punch": punch,
		"made_at": checkin.creation,
		"employee": checkin.employee,
		"service_tag": checkin.device_id,
		"punch_time": checkin.time,
	}
	frappe.new_doc(CHANGE, **said, state=state, before=_json(before), **values).insert(
		ignore_permissions=True, ignore_links=True
	)


def _json(values: dict[str, object]) -> str:
	return frappe.as_json(values, indent=None)
