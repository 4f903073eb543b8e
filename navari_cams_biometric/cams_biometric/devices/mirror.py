"""CAMS Device User: who is on which device, as the devices, the gateway and finished commands tell.

Rows are named by a digest of device and user id, so that two callbacks at once cannot make two. Credentials are
counted; their data is never here.
"""

import hashlib
import json
from collections.abc import Iterable

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric import jobs
from navari_cams_biometric.cams_biometric.attendance import inbox
from navari_cams_biometric.cams_biometric.attendance.employees import employees_by_device_id

ON_DEVICE = "On Device"
DELETED = "Deleted"
COUNTS = {
	"Fingerprint": "fingerprints",
	"Face": "faces",
	"Palm": "palms",
	"Card": "cards",
	"Password": "passwords",
}
PUT_ON_DEVICE = ("AddUser", "UpdateUser", "ResendUser")
LISTING = "navari_cams_biometric.cams_biometric.devices.listing.read"


def hold(service_tag: str, user_id: str) -> str:
	"""Create the person's row where it is missing, and lock it until the end of the transaction; return its name."""
	name = row_name(service_tag, user_id)
	now = now_datetime()
	row = {
		"name": name,
		"creation": now,
		"modified": now,
		"owner": frappe.session.user,
		"modified_by": frappe.session.user,
		"user_id": inbox.cut(user_id),
		"service_tag": service_tag,
		"state": ON_DEVICE,
	}
	frappe.db.bulk_insert("CAMS Device User", list(row), [list(row.values())], ignore_duplicates=True)
	frappe.db.get_value("CAMS Device User", name, "name", for_update=True)
	return name


def row_name(service_tag: str, user_id: str) -> str:
	return hashlib.sha256(json.dumps([service_tag, user_id]).encode()).hexdigest()[:32]


def is_on_device(service_tag: str, user_id: str) -> bool:
	state = frappe.db.get_value("CAMS Device User", row_name(service_tag, user_id), "state")
	return state == ON_DEVICE


def rows_of(user_id: str) -> list[frappe._dict]:
	"""Every device that knows or knew this user id. Exact: the database ignores case."""
	rows = frappe.get_all(
		"CAMS Device User", filters={"user_id": user_id}, fields=["*"], order_by="service_tag asc"
	)
	return [row for row in rows if row.user_id == user_id]


def link(employee: str, user_id: str) -> None:
	"""The employee has this user id from now on, and no other; an empty one is nobody's."""
	former = {"employee": employee, "user_id": ["!=", user_id]}
	for name in frappe.get_all("CAMS Device User", filters=former, pluck="name"):
		set_values("CAMS Device User", name, {"employee": None})
	for known in rows_of(user_id) if user_id else ():
		set_values("CAMS Device User", known.name, {"employee": employee})


def put(service_tag: str, user_id: str, **values: object) -> None:
	"""Note that a person is on a device; what is not given stays as it is known."""
	_tell(service_tag, user_id, {"state": ON_DEVICE, **identity(user_id), **values})


def identity(user_id: str) -> dict[str, str]:
	"""For who is on a device. An erased row has none, so that a late word of the removal does not bring it back; but
	somebody may get the same ID."""
	return {"user_id": inbox.cut(user_id)}


def remove(service_tag: str, user_id: str) -> None:
	"""Note that a person is on the device no more. Who was deleted has no credentials left there."""
	_tell(service_tag, user_id, {"state": DELETED, **counts(())})


def counts(credentials: Iterable[tuple[str, str]], has_photo: bool = False) -> dict[str, object]:
	"""The fields for these credentials, each a (type, index)."""
	pairs = sorted(set(credentials))
	types = [kind.capitalize() for kind, _ in pairs]
	values: dict[str, object] = {fieldname: types.count(kind) for kind, fieldname in COUNTS.items()}
	return {**values, "credentials": json.dumps(pairs) if pairs else "", "has_photo": int(has_photo)}


def note_outcome(command: frappe._dict) -> None:
	"""A finished command changed who is on the device, without waiting for the device's own event."""
	if command.state == "Done" and command.operation == "CopyUsers":
		jobs.after_commit(LISTING, queue="long", service_tag=command.service_tag)
	if command.state != "Done" or _is_overtaken(command):
		return
	if command.operation in PUT_ON_DEVICE:
		put(command.service_tag, command.user_id, **_names(command))
	if command.operation == "DeleteUser" and frappe.db.exists(
		"CAMS Device User", row_name(command.service_tag, command.user_id)
	):
		remove(command.service_tag, command.user_id)


def _is_overtaken(command: frappe._dict) -> bool:
	"""Whether a later command for the same person and device is done already: it is asked after in any order."""
	later = {
		"service_tag": command.service_tag,
		"user_id": command.user_id,
		"operation": ["in", [*PUT_ON_DEVICE, "DeleteUser"]],
		"state": "Done",
		"creation": [">", command.creation],
	}
	return bool(command.user_id and frappe.db.exists("CAMS Command", later))


def set_values(doctype: str, name: str, values: dict[str, object]) -> None:
	"""Past the document cache: what is set here is read by nobody in a hurry, and callbacks read the rest from it."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table).where(table.name == name)
	for fieldname, value in values.items():
		query = query.set(table[fieldname], value)
	query.run()


def _tell(service_tag: str, user_id: str, values: dict[str, object]) -> None:
	employee = employees_by_device_id([user_id]).get(user_id)
	told = {"employee": employee.name if employee else None, "told_at": now_datetime()}
	set_values("CAMS Device User", hold(service_tag, user_id), {**told, **values})


def _names(command: frappe._dict) -> dict[str, str]:
	sent = frappe.parse_json(command.arguments or "{}")
	return {
		fieldname: inbox.cut(sent[fieldname])
		for fieldname in ("first_name", "last_name", "user_type")
		if sent.get(fieldname)
	}
