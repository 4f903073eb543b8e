"""Devices by their service tag."""

from typing import TYPE_CHECKING

import frappe

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


def find_device(service_tag: str) -> "CAMSDevice | None":
	"""Return the device of this service tag, or of the one in Settings where the tag is empty.

	From the database: the document cache may hold what was there before the last save.
	"""
	service_tag = service_tag or frappe.db.get_single_value(
		"CAMS Biometric Settings", "service_tag_id", cache=False
	)
	try:
		return frappe.get_doc("CAMS Device", service_tag or "")
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def device_labels() -> dict[str, str]:
	"""What people call each device, by service tag."""
	devices = frappe.get_all("CAMS Device", fields=["name", "label"], order_by="name asc")
	return {device.name: device.label or device.name for device in devices}
