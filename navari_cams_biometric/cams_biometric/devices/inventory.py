"""Compare the devices of the gateway with the CAMS Devices here, and add what is missing."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.gateway.client import Device, GatewayApi, GatewayClient


def ensure_device_list() -> None:
	"""Throw if the gateway API has no list of devices: the client would return the records of this site."""
	settings = read_settings()
	if settings.gateway_api != GatewayApi.REST_V3.value:
		frappe.throw(
			_(
				"{0} has no list of devices. Add them manually, or let each send a punch: it then registers automatically."
			).format(settings.gateway_api),
			title=_("Not Supported"),
		)


def import_devices(client: GatewayClient) -> list[str]:
	"""Add a CAMS Device for each device that is missing here, and update the others from the gateway.

	Returns the service tags that are new. Raises GatewayError if the gateway does not answer.
	"""
	known = {name.casefold(): name for name in frappe.get_all("CAMS Device", pluck="name", order_by="name")}
	listed = {device.service_tag.casefold(): device for device in client.list_devices() if device.service_tag}
	new = [_add(device) for tag, device in listed.items() if tag not in known]
	for tag, device in listed.items():
		if tag in known:
			_update_label(known[tag], device.label)
			_note(known[tag], device)
	return new


def _add(device: Device) -> str:
	record = frappe.new_doc(
		"CAMS Device", service_tag=device.service_tag, label=stored_values.words_from_outside(device.label)
	)
	record.insert()
	_note(record.name, device)
	return record.name


def _update_label(name: str, label: str) -> None:
	"""By the document cache too: callbacks read the label there."""
	told = stored_values.words_from_outside(label)
	if told and frappe.db.get_value("CAMS Device", name, "label") != told:
		frappe.db.set_value("CAMS Device", name, "label", told)


def _note(name: str, device: Device) -> None:
	values: dict[str, object] = {}
	if device.online is not None:
		values = {"connection": "Online" if device.online else "Offline", "connection_since": now_datetime()}
	if device.last_seen:
		values["last_seen"] = times.to_site_time(device.last_seen)
	if values:
		stored_values.set_values("CAMS Device", name, values)
