"""Sending access schedules from the Desk."""

import frappe

from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.device_users import access_schedules


@frappe.whitelist(methods=["POST"])
def send_to_devices(schedule: str) -> int:
	"""Send a CAMS Access Schedule, as it is stored, where it is not in force yet; return to how many devices.

	Where every device has it, or is about to, it is sent to each again.
	"""
	ensure_may("SetAccessSchedule")
	document = frappe.get_doc("CAMS Access Schedule", schedule)
	document.check_permission("write")
	return access_schedules.send_schedule(document.name)
