"""Apply what a callback says about devices and people to CAMS Device and CAMS Device User.

This happens within the request: it is one row, and `done` must mean stored. Events of one device arrive in order.
An event that is older than the stored one, by the device's own clock, was sent again and changes nothing.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.states import DeviceUserState
from navari_cams_biometric.cams_biometric.command_queue import command_results
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.device_events import DeviceStatus, UserEvent

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

ENROLMENTS = {
	"Fingerprint": "EnrollFingerprint",
	"Face": "EnrollFace",
	"Card": "EnrollCard",
	"Password": "SetUserPassword",
}


def apply(callback: Callback, device: "CAMSDevice | None", arrived: datetime | None = None) -> None:
	"""Apply the callback's user events and device status. Without a device there is nothing to apply them to.

	`arrived` (naive, in the site's zone) is when the callback came, where that is not now: what is known since then
	stays.
	"""
	if not device:
		return
	for event in callback.events:
		if event.user_id:
			_apply_user_event(event, device, arrived)
	if callback.device_status:
		_apply_status(callback.device_status, device)


def _apply_user_event(event: UserEvent, device: "CAMSDevice", arrived: datetime | None) -> None:
	name = device_user_store.lock_row(device.name, event.user_id)
	fields = ["operation_time", "credentials", "has_photo", "last_updated"]
	known = frappe.db.get_value("CAMS Device User", name, fields, as_dict=True)
	if _is_older(event.operation_time, known.operation_time, device):
		return
	if arrived and known.last_updated and known.last_updated > arrived:
		return
	user_id = stored_values.from_outside(event.user_id)
	deleted = event.kind == "UserDeleted"
	values = {
		**({} if deleted else device_user_store.user_id_field(event.user_id)),
		"employee": device_user_store.owner_of(device.name, user_id),
		"last_updated": now_datetime(),
		"operation_time": stored_values.from_outside(event.operation_time) or known.operation_time,
		"state": DeviceUserState.DELETED if deleted else DeviceUserState.ON_DEVICE,
		**_name_fields(event),
		**(device_user_store.credential_counts(()) if deleted else _credentials(event, known)),
	}
	stored_values.set_values("CAMS Device User", name, values)
	happened_at = times.log_time_on_site(event.operation_time, device)
	fingers = {index for kind, index in event.credentials if kind.capitalize() == "Fingerprint"}
	command_results.confirm_by_event(device.name, user_id, _shown_by(event), happened_at, fingers)


def _shown_by(event: UserEvent) -> list[str]:
	"""The operations that this event proves to be done. A credential proves its own operation only."""
	if event.kind == "UserDeleted":
		return ["DeleteUser"]
	kinds = {kind.capitalize() for kind, _index in event.credentials} | (
		{"Face"} if event.has_photo else set()
	)
	return [
		*device_user_store.PUT_ON_DEVICE,
		*(ENROLMENTS[kind] for kind in sorted(kinds & ENROLMENTS.keys())),
	]


def _is_older(operation_time: str, known: str | None, device: "CAMSDevice") -> bool:
	sent, last = (times.log_time_on_site(text or "", device) for text in (operation_time, known))
	return bool(sent and last and sent < last)


def _name_fields(event: UserEvent) -> dict[str, str]:
	"""Only the names that the event contains."""
	sent = {"first_name": event.first_name, "last_name": event.last_name, "user_type": event.user_type}
	return {
		fieldname: stored_values.words_from_outside(value)
		for fieldname, value in sent.items()
		if value is not None
	}


def _credentials(event: UserEvent, known: frappe._dict) -> dict[str, object]:
	"""Merged by type and index."""
	merged = {tuple(pair) for pair in json.loads(known.credentials or "[]")} | set(event.credentials)
	return device_user_store.credential_counts(merged, bool(known.has_photo or event.has_photo))


def _apply_status(status: DeviceStatus, device: "CAMSDevice") -> None:
	_note_reported(status, device)
	values: dict[str, object] = {"last_reported": now_datetime()}
	if status.status.capitalize() in ("Online", "Offline"):
		values |= {"connection": status.status.capitalize(), "connection_since": now_datetime()}
	if status.queue_depth is not None:
		values["queue_depth"] = status.queue_depth
	stored_values.set_values("CAMS Device", device.name, values)


def _note_reported(status: DeviceStatus, device: "CAMSDevice") -> None:
	"""Complete until the time in the event, no later: the event may have been queued at the gateway, with punches
	behind it.

	A user event proves nothing here: after an absence the whole user list is sent again, before the punches.
	"""
	complete_until = times.log_time_on_site(status.operation_time or status.last_seen, device)
	if complete_until and status.status.capitalize() == "Online" and status.queue_depth == 0:
		watermark.note_reported(device.name, complete_until)
