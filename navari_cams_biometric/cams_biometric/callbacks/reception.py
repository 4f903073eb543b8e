"""Take what an authentic sender says: punches into the inbox, events to their records, the rest to Unread Events.

This happens within the request: after the caller's commit everything is kept, and `done` may be answered.
"""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import frappe

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import DEVICE, find_device, is_service_tag
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.states import UnreadState
from navari_cams_biometric.cams_biometric.callbacks import events, new_devices, unread_events
from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.gateway.callback import Callback, Envelope, read_callback

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

# By PEP 249: the database could not do it. After any other error the body is to blame, or this app.
DATABASE_FAILURES = {"OperationalError", "InterfaceError", "InternalError"}
TOO_MANY_NEW_DEVICES = "too many unconfirmed devices"
NO_DEVICE = "events of no device"
NOT_STORED = "not taken by the database"


def take(envelope: Envelope, callback: Callback, device: "CAMSDevice | None") -> None:
	"""Keep all of a callback. A body that the database does not take is parked as a whole, so that it stops no queue.

	Raises what the database raises where it fails.
	"""
	if parts := _take(callback, device):
		unread_events.keep(envelope, device, parts)


def park(envelope: Envelope, service_tag: str) -> None:
	"""Keep a body of a device that may not register itself now, with its service tag: it may stand in the URL alone."""
	content = {**envelope.content, "SerialNumber": service_tag}
	parts = (f"{TOO_MANY_NEW_DEVICES}: {service_tag}",)
	unread_events.keep(replace(envelope, content=content), None, parts, service_tag)


def read_again(name: str) -> bool:
	"""Read an unread event anew; return whether it is understood by now. What it says of people counts as of its
	arrival, and what it says of a device is out of date."""
	envelope, service_tag, arrived = unread_events.envelope_of_event(name)
	device = find_device(service_tag)
	if not device and is_service_tag(service_tag):
		device = new_devices.register(service_tag, envelope.label)
	if service_tag and not device:
		return False
	callback = replace(read_callback(envelope), device_status=None)
	parts = _take(callback, device, arrived)
	unread_events.settle(name, UnreadState.UNREAD if parts else UnreadState.READ, parts)
	return not parts


def _take(
	callback: Callback, device: "CAMSDevice | None", arrived: datetime | None = None
) -> tuple[str, ...]:
	"""Returns the parts that were not taken."""
	parts = callback.unread
	if not device and (callback.events or callback.device_status):
		parts = (*parts, NO_DEVICE)
	writes_several_rows = len(callback.punches) > 1 or bool(callback.events or callback.device_status)
	if writes_several_rows:
		frappe.db.savepoint("cams_callback")
	try:
		inbox.store(callback, device, loads.load_answered_by(callback, device))
		events.apply(callback, device, arrived)
	except Exception as error:
		if _is_database_failure(error):
			raise
		trace = frappe.get_traceback()
		if writes_several_rows:
			frappe.db.rollback(save_point="cams_callback")
		_report_not_taken(trace, device)
		parts = (*parts, NOT_STORED)
	return parts


def note_secret(device: "CAMSDevice", is_there: bool) -> None:
	"""Whether this device's callback URL has the secret; written where it changes."""
	told = "Yes" if is_there else "No"
	if device.callback_secret_sent != told:
		stored_values.set_values(DEVICE, device.name, {"callback_secret_sent": told})


def _is_database_failure(error: Exception) -> bool:
	if isinstance(error, frappe.QueryDeadlockError | frappe.QueryTimeoutError):
		return True
	return not DATABASE_FAILURES.isdisjoint(each.__name__ for each in type(error).__mro__)


def _report_not_taken(trace: str, device: "CAMSDevice | None") -> None:
	log_once_a_day(
		"CAMS callback kept as an unread event, because it could not be stored",
		trace,
		identity=("not taken", device.name if device else "", trace.rpartition("\n  File")[2]),
	)
