"""Devices by their service tag."""

from typing import TYPE_CHECKING

import frappe

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


def find_device(service_tag: str, may_be_old: bool = False) -> "CAMSDevice | None":
	"""Return the device of this service tag, or of the one in Settings where the tag is empty.

	From the database, because the document cache may hold what was there before the last save; from the cache with
	`may_be_old`, for many devices of which nothing is decided.
	"""
	service_tag = service_tag or frappe.db.get_single_value(
		"CAMS Biometric Settings", "service_tag_id", cache=may_be_old
	)
	read = frappe.get_cached_doc if may_be_old else frappe.get_doc
	try:
		return read("CAMS Device", service_tag or "")
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def device_labels() -> dict[str, str]:
	"""What people call each device, by service tag."""
	devices = frappe.get_all("CAMS Device", fields=["name", "label"], order_by="name asc")
	return {device.name: device.label or device.name for device in devices}
