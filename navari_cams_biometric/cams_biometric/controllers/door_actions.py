"""Doors from the Desk: open, lock, ask how one stands. Who asked and why is kept as a CAMS Command."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.gateway.errors import AnswerPendingError


@frappe.whitelist(methods=["POST"])
def open_door(service_tag: str, door: int = 1, reason: str = "") -> str:
	"""Open a door for a moment; return the CAMS Command. Doors count from 1. Throws without a reason."""
	return _request_door_command("OpenDoor", service_tag, door, reason)


@frappe.whitelist(methods=["POST"])
def lock_door(service_tag: str, door: int = 1, reason: str = "") -> str:
	"""Lock a door until it is opened again; return the CAMS Command. Throws without a reason."""
	return _request_door_command("LockDoor", service_tag, door, reason)


@frappe.whitelist(methods=["POST"])
def door_status(service_tag: str, door: int = 1) -> str:
	"""Ask the device how its door stands: Open, Closed or Locked. Throws where the device is offline."""
	ensure_may("GetDoorStatus")
	device = _device(service_tag, door)
	with gateway_client() as client:
		try:
			return client.get_door_status(device.name, door).state
		except AnswerPendingError:
			frappe.throw(
				_(
					"{0} is offline, so the state of its door is unknown. Try again when it is back online."
				).format(device.label or device.name),
				title=_("Device Offline"),
			)


def _request_door_command(operation: str, service_tag: str, door: int, reason: str) -> str:
	ensure_may(operation)
	device = _device(service_tag, door)
	return queue.add_command(operation, device.name, reason=queue.required_reason(reason), door=door)


def _device(service_tag: str, door: int) -> frappe._dict:
	device = frappe.get_doc("CAMS Device", service_tag)
	device.check_permission("read")
	if door < 1:
		frappe.throw(_("Doors count from 1."), title=_("Door"))
	return device
