"""What the gateway tells of devices and the people on them, applied to CAMS Device and CAMS Device User.

Applied in the request that brings it: it is one row, and `done` must mean stored. Events of one device arrive
in order; one that is older than what is known, by the device's own clock, is a resend and changes nothing.
"""

import hashlib
import json

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.attendance import inbox
from navari_cams_biometric.cams_biometric.attendance.employees import employees_by_device_id
from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice
from navari_cams_biometric.gateway.callback import Callback, DeviceStatus, UserEvent

ON_DEVICE = "On Device"
DELETED = "Deleted"
COUNTS = {
	"Fingerprint": "fingerprints",
	"Face": "faces",
	"Palm": "palms",
	"Card": "cards",
	"Password": "passwords",
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
	name = _lock(event.user_id, device)
	known = frappe.db.get_value("CAMS Device User", name, ["operation_time", "credentials"], as_dict=True)
	if _is_older(event.operation_time, known.operation_time, device):
		return
	employee = employees_by_device_id([event.user_id]).get(event.user_id)
	values = {
		"employee": employee.name if employee else None,
		"told_at": now_datetime(),
		"operation_time": inbox.cut(event.operation_time) or known.operation_time,
		"state": DELETED if event.kind == "UserDeleted" else ON_DEVICE,
		**_names(event),
		**_credentials(event, known.credentials),
	}
	_set("CAMS Device User", name, values)


def _lock(user_id: str, device: CAMSDevice) -> str:
	"""Create the person's row where it is missing, and hold it until the end of the transaction; return its name."""
	name = hashlib.sha256(json.dumps([device.name, user_id]).encode()).hexdigest()[:32]
	now = now_datetime()
	row = {
		"name": name,
		"creation": now,
		"modified": now,
		"owner": frappe.session.user,
		"modified_by": frappe.session.user,
		"user_id": inbox.cut(user_id),
		"service_tag": device.name,
		"state": ON_DEVICE,
	}
	frappe.db.bulk_insert("CAMS Device User", list(row), [list(row.values())], ignore_duplicates=True)
	frappe.db.get_value("CAMS Device User", name, "name", for_update=True)
	return name


def _is_older(operation_time: str, known: str | None, device: CAMSDevice) -> bool:
	told, last = (inbox.site_time(text or "", device) for text in (operation_time, known))
	return bool(told and last and told < last)


def _names(event: UserEvent) -> dict[str, str]:
	"""A name counts only where the event speaks of it."""
	told = {"first_name": event.first_name, "last_name": event.last_name, "user_type": event.user_type}
	return {fieldname: inbox.cut(value) for fieldname, value in told.items() if value is not None}


def _credentials(event: UserEvent, known: str | None) -> dict[str, object]:
	"""Merged by type and index. Who was deleted has none left on the device."""
	if event.kind == "UserDeleted":
		return {"credentials": "", "has_photo": 0, **dict.fromkeys(COUNTS.values(), 0)}
	merged = {tuple(pair) for pair in json.loads(known or "[]")} | set(event.credentials)
	types = [kind.capitalize() for kind, _ in merged]
	values: dict[str, object] = {fieldname: types.count(kind) for kind, fieldname in COUNTS.items()}
	values["credentials"] = json.dumps(sorted(merged))
	return {**values, "has_photo": 1} if event.has_photo else values


def _apply_status(status: DeviceStatus, device: CAMSDevice) -> None:
	values: dict[str, object] = {"last_heard": now_datetime()}
	if status.status.capitalize() in ("Online", "Offline"):
		values |= {"connection": status.status.capitalize(), "connection_since": now_datetime()}
	if status.queue_depth is not None:
		values["queue_depth"] = status.queue_depth
	_set("CAMS Device", device.name, values)


def _set(doctype: str, name: str, values: dict[str, object]) -> None:
	"""Past the document cache: what is set here is read by nobody in a hurry, and callbacks read the rest from it."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table).where(table.name == name)
	for fieldname, value in values.items():
		query = query.set(table[fieldname], value)
	query.run()
