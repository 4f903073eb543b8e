"""What is stored about a person, as a file: a ZIP with one JSON file, and the photos of punches."""

import io
import zipfile

import frappe
from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.personal_data.person import (
	FOR_MANY,
	PHOTO,
	Person,
	Records,
	records_of,
)

JSON_FILE = "biometric-data.json"


def archive(person: Person, with_photos: bool) -> bytes:
	"""`with_photos`: with the pictures themselves, for users who may see them."""
	records = records_of(person)
	content = io.BytesIO()
	with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
		file.writestr(JSON_FILE, frappe.as_json(_document(person, records, with_photos)))
		for photo in records[PHOTO] if with_photos else ():
			if picture := _picture(photo):
				file.writestr(f"photos/{photo.name}.jpg", picture)
	return content.getvalue()


def _document(person: Person, records: Records, with_photos: bool) -> dict[str, object]:
	for command in records["CAMS Command"]:
		if command.operation in FOR_MANY and isinstance(command.arguments, dict):
			_leave_out_others(command.arguments, person)
	return {
		"about": _about(records, with_photos),
		"written_at": now_datetime(),
		"employee": {
			"name": person.employee,
			"employee_name": person.full_name,
			"attendance_device_id": person.device_id,
			"device_user_ids": person.user_ids,
		},
		"records": records,
	}


def _about(records: Records, with_photos: bool) -> list[str]:
	words = [
		_("What the app CAMS Biometric stores about this person."),
		_("No fingerprint, face, palm, PIN or card number is stored, so none is in this file."),
		_("Times without an offset are in the time zone of the site."),
	]
	if records[PHOTO] and not with_photos:
		words.append(_("The photos are left out: only an HR Manager may see them."))
	return words


def _leave_out_others(arguments: dict[str, object], person: Person) -> None:
	arguments["user_ids"] = [user_id for user_id in arguments["user_ids"] if user_id in person.user_ids]


def _picture(photo: frappe._dict) -> bytes | None:
	attached = {"attached_to_doctype": PHOTO, "attached_to_name": photo.name}
	name = frappe.db.get_value("File", attached, "name")
	return frappe.get_doc("File", name).get_content() if name else None
