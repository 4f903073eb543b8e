"""The photo that a device took at a punch, kept with the check-in for HR Managers (see CAMS Checkin Photo).

The picture goes from the gateway into a private file: into no log, no message and no answer to the browser.
"""

from datetime import datetime
from typing import NamedTuple

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.device_lookup import find_device

PHOTO = "CAMS Checkin Photo"
JPEG_BEGINNING = b"\xff\xd8\xff"


class PunchKey(NamedTuple):
	"""What the gateway knows a punch by; the instant is aware."""

	service_tag: str
	user_id: str
	instant: datetime


def punch_key(checkin: frappe._dict) -> PunchKey:
	"""Throws where the check-in was not made of a punch, or nobody can say any more of which."""
	if not checkin.custom_cams_punch or not checkin.device_id:
		frappe.throw(
			_("This check-in does not come from a biometric device: choose one that does."),
			title=_("Attach Photo"),
		)
	user_id = frappe.db.get_value("CAMS Punch", checkin.custom_cams_punch, "user_id")
	if not user_id:  # the punch has expired
		user_id = frappe.db.get_value("Employee", checkin.employee, "attendance_device_id")
	instant = times.log_time_instant(checkin.custom_original_time or "", find_device(checkin.device_id))
	if not user_id or not instant:
		frappe.throw(
			_(
				"The user ID or the original time of its punch is no longer known, so the gateway cannot be asked. Ask for the photo at the device."
			),
			title=_("Attach Photo"),
		)
	return PunchKey(checkin.device_id, user_id.strip(), instant)


def keep(checkin: frappe._dict, picture: bytes) -> str:
	"""Store a JPEG with the check-in; return the CAMS Checkin Photo's name. Throws where it is none."""
	if not picture.startswith(JPEG_BEGINNING):
		frappe.throw(
			_(
				"The gateway did not send a JPEG picture. Ask again later, or see whether the device takes photos."
			),
			title=_("Attach Photo"),
		)
	photo = frappe.new_doc(
		PHOTO, employee_checkin=checkin.name, employee=checkin.employee, taken_at=checkin.time
	)
	photo.insert(ignore_permissions=True)
	if not _attach(photo, picture):
		frappe.throw(_("The photo could not be stored. See the Error Log."), title=_("Attach Photo"))
	return photo.name


def _attach(photo: frappe._dict, picture: bytes) -> bool:
	"""The name of the file says nothing and cannot be guessed. Its owner is nobody's: an owner may always read."""
	file = frappe.new_doc(
		"File",
		file_name=f"{frappe.generate_hash(length=20)}.jpg",
		attached_to_doctype=PHOTO,
		attached_to_name=photo.name,
		attached_to_field="photo",
		is_private=1,
		content=picture,
	)
	try:
		file.insert(ignore_permissions=True)
	except Exception:
		# Frappe's own entry would show local variables, and among them the picture.
		trace = frappe.get_traceback(with_context=False)
		frappe.log_error("CAMS photo not stored", trace, "Employee Checkin", photo.employee_checkin)
		return False
	file.db_set("owner", "Administrator", update_modified=False)
	photo.db_set("photo", file.file_url, update_modified=False)
	return True
