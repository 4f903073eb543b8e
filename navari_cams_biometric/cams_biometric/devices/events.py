"""What the gateway tells of devices and the people on them, applied to CAMS Device and CAMS Device User.

Applied in the request that brings it: it is one row, and `done` must mean stored. Events of one device arrive
in order; one that is older than what is known, by the device's own clock, is a resend and changes nothing.
"""

import json

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.attendance import inbox
from navari_cams_biometric.cams_biometric.attendance.employees import employees_by_device_id
from navari_cams_biometric.cams_biometric.attendance.sync import watermark
from navari_cams_biometric.cams_biometric.devices import mirror, outcomes
from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice
from navari_cams_biometric.gateway.callback import Callback, DeviceStatus, UserEvent

ENROLMENTS = {
	"Fingerprint": "EnrollFingerprint",
	"Face": "EnrollFace",
	"Card": "EnrollCard",
	"Password": "SetUserPassword",
}


def apply(callback: Callback, device: CAMSDevice | None) -> None:
	"""Apply the callback's user events and device status. Without a device there is nothing to apply them to."""
	if not device:
		return
	for event in callback.events:
		if event.user_id:
			_apply_user_event(event, device)
	if callback.device_status:
		_apply_status(callback.device_status, device)


def _apply_user_event(event: UserEvent, device: CAMSDevice) -> None:
	name = mirror.hold(device.name, event.user_id)
	fields = ["operation_time", "credentials", "has_photo"]
	known = frappe.db.get_value("CAMS Device User", name, fields, as_dict=True)
	if _is_older(event.operation_time, known.operation_time, device):
		return
	employee = employees_by_device_id([event.user_id]).get(event.user_id)
	deleted = event.kind == "UserDeleted"
	values = {
		**({} if deleted else mirror.identity(event.user_id)),
		"employee": employee.name if employee else None,
		"told_at": now_datetime(),
		"operation_time": inbox.cut(event.operation_time) or known.operation_time,
		"state": mirror.DELETED if deleted else mirror.ON_DEVICE,
		**_names(event),
		**(mirror.counts(()) if deleted else _credentials(event, known)),
	}
	mirror.set_values("CAMS Device User", name, values)
	outcomes.confirm(device.name, event.user_id, _shown_by(event))


def _shown_by(event: UserEvent) -> list[str]:
	"""The operations that must have been carried out where the device tells this. A credential shows its own alone."""
	if event.kind == "UserDeleted":
		return ["DeleteUser"]
	kinds = {kind.capitalize() for kind, _index in event.credentials} | (
		{"Face"} if event.has_photo else set()
	)
	return [*mirror.PUT_ON_DEVICE, *(ENROLMENTS[kind] for kind in sorted(kinds & ENROLMENTS.keys()))]


def _is_older(operation_time: str, known: str | None, device: CAMSDevice) -> bool:
	told, last = (inbox.site_time(text or "", device) for text in (operation_time, known))
	return bool(told and last and told < last)


def _names(event: UserEvent) -> dict[str, str]:
	"""A name counts only where the event speaks of it."""
	told = {"first_name": event.first_name, "last_name": event.last_name, "user_type": event.user_type}
	return {fieldname: inbox.cut(value) for fieldname, value in told.items() if value is not None}


def _credentials(event: UserEvent, known: frappe._dict) -> dict[str, object]:
	"""Merged by type and index."""
	merged = {tuple(pair) for pair in json.loads(known.credentials or "[]")} | set(event.credentials)
	return mirror.counts(merged, bool(known.has_photo or event.has_photo))


def _apply_status(status: DeviceStatus, device: CAMSDevice) -> None:
	_note_heard(status, device)
	values: dict[str, object] = {"last_heard": now_datetime()}
	if status.status.capitalize() in ("Online", "Offline"):
		values |= {"connection": status.status.capitalize(), "connection_since": now_datetime()}
	if status.queue_depth is not None:
		values["queue_depth"] = status.queue_depth
	mirror.set_values("CAMS Device", device.name, values)


def _note_heard(status: DeviceStatus, device: CAMSDevice) -> None:
	"""Only up to the time that the event carries: it may have waited at the gateway, and punches behind it still do.

	A user event tells nothing of the sort: after an absence the whole user list comes again, ahead of the punches.
	"""
	heard_at = inbox.site_time(status.operation_time or status.last_seen, device)
	if heard_at and status.status.capitalize() == "Online" and status.queue_depth == 0:
		watermark.note_heard(device.name, heard_at)
