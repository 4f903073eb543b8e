"""What the Desk does with a CAMS Device: bring in, look after, ping, and the commands that concern it as a whole."""

from dataclasses import asdict

import frappe

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import DEVICES, ensure_may
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.devices import health, inventory

SHOWN = [
	"health",
	"health_note",
	"connection",
	"queue_depth",
	"last_seen",
	"clock_skew",
	"clock_skew_at",
	"model",
	"firmware",
	"counters",
	"information_at",
	"licence_until",
]


@frappe.whitelist(methods=["POST"])
def import_devices() -> list[str]:
	"""Bring in the devices of the account; return the service tags that are new here. Known ones are updated.

	Throws the gateway's words and the remedy where it does not tell.
	"""
	frappe.only_for(DEVICES, message=True)
	inventory.ensure_device_list()
	with gateway_client() as client:
		return inventory.import_devices(client)


@frappe.whitelist(methods=["POST"])
def check_health(service_tag: str) -> dict:
	"""Look after a device now; return what is known of it then. Throws where the gateway says nothing of it."""
	ensure_may("CheckDeviceHealth")
	name = _readable(service_tag)
	with gateway_client() as client:
		health.check_one(client, name)
	return _shown(name)


@frappe.whitelist(methods=["POST"])
def read_information(service_tag: str) -> dict:
	"""Ask a device for its model, firmware, counters and licence now; return what is known of it then."""
	frappe.only_for(DEVICES, message=True)
	name = _readable(service_tag)
	with gateway_client() as client:
		health.read_information(client, name)
	return _shown(name)


@frappe.whitelist(methods=["POST"])
def ping(service_tag: str) -> bool:
	"""Whether the gateway reaches the device now."""
	ensure_may("PingConnection")
	name = _readable(service_tag)
	with gateway_client() as client:
		return client.ping_connection(name)


@frappe.whitelist(methods=["POST"])
def sync_time(service_tag: str) -> str:
	"""Have a device's clock set; return the CAMS Command."""
	return _request_device_command("SyncDeviceTime", service_tag)


@frappe.whitelist(methods=["POST"])
def reboot(service_tag: str, reason: str) -> str:
	"""Have a device restarted; return the CAMS Command. Throws without a reason."""
	return _request_device_command("RebootDevice", service_tag, queue.required_reason(reason))


@frappe.whitelist(methods=["POST"])
def reset_queue(service_tag: str, reason: str) -> str:
	"""Have the commands dropped that wait for a device; return the CAMS Command. Throws without a reason."""
	return _request_device_command("ResetDeviceQueue", service_tag, queue.required_reason(reason))


@frappe.whitelist(methods=["POST"])
def register_callback() -> str:
	"""Have the gateway told where to post events of this account; return the CAMS Command."""
	ensure_may("RegisterCallback")
	return queue.add_command("RegisterCallback")


@frappe.whitelist(methods=["POST"])
def migration_status() -> dict:
	"""How far a bulk migration at the gateway is: its state, and how many devices of how many are done."""
	frappe.only_for(DEVICES, message=True)
	with gateway_client() as client:
		return asdict(client.migration_status())


def _request_device_command(operation: str, service_tag: str, reason: str = "") -> str:
	ensure_may(operation)
	return queue.add_command(operation, _readable(service_tag), reason=reason)


def _readable(service_tag: str) -> str:
	"""The device's name as it is stored. Throws where there is none, or the user may not read it."""
	device = frappe.get_doc("CAMS Device", service_tag)
	device.check_permission("read")
	return device.name


def _shown(service_tag: str) -> dict:
	return frappe.db.get_value("CAMS Device", service_tag, SHOWN, as_dict=True)
