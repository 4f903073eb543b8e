"""CAMS Device User: who is on which device, according to devices, gateway and finished commands.

Rows are named by a digest of device and user id, so that two callbacks at once cannot create two. Credentials are
counted; their data is never stored.
"""

import hashlib
import json
from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import jobs, stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import find_device, find_devices
from navari_cams_biometric.cams_biometric.base.identities import identities_of
from navari_cams_biometric.cams_biometric.base.states import DeviceUserState

CREDENTIAL_COUNTS = {
	"Fingerprint": "fingerprints",
	"Face": "faces",
	"Palm": "palms",
	"Card": "cards",
	"Password": "passwords",
}
# So that the JSON of a person's credentials fits its column.
MOST_CREDENTIALS = 100
CREDENTIAL_LENGTH = 20  # characters of a type or an index
PUT_ON_DEVICE = ("AddUser", "UpdateUser", "ResendUser")
USER_SYNC = "navari_cams_biometric.cams_biometric.device_users.user_sync.sync_in_background"


def lock_row(service_tag: str, user_id: str) -> str:
	"""Create the person's row where it is missing, and lock it until the end of the transaction; return its name."""
	name = row_name(service_tag, user_id)
	shaped = stored_values.from_outside(user_id)
	row = stored_values.new_row(
		name, user_id=shaped, service_tag=service_tag, state=DeviceUserState.ON_DEVICE
	)
	stored_values.insert_rows("CAMS Device User", [row])
	frappe.db.get_value("CAMS Device User", name, "name", for_update=True)
	return name


def row_name(service_tag: str, user_id: str) -> str:
	return hashlib.sha256(json.dumps([service_tag, user_id]).encode()).hexdigest()[:32]


def rows_of(user_ids: Iterable[str], employee: str = "") -> list[frappe._dict]:
	"""Every device that knows or knew one of these user IDs; with `employee` not where it is another's. Exact: the
	database ignores case."""
	wanted = sorted(set(user_ids) - {""})
	rows = frappe.get_all(
		"CAMS Device User",
		filters={"user_id": ["in", wanted or [""]]},
		fields=["*"],
		order_by="service_tag asc",
	)
	return [
		row
		for row in rows
		if row.user_id in wanted and (not employee or (row.employee or employee) == employee)
	]


def relink(user_ids: Iterable[str]) -> None:
	"""Whose these user IDs are was changed: find it anew for each device that knows them."""
	rows = rows_of(user_ids)
	people, devices = (
		identities_of(row.user_id for row in rows),
		find_devices([row.service_tag for row in rows]),
	)
	for row in rows:
		person = people.who(row.user_id, devices.get(row.service_tag))
		employee = person.name if person else None
		if employee != row.employee:
			stored_values.set_values("CAMS Device User", row.name, {"employee": employee})


def owner_of(service_tag: str, user_id: str) -> str | None:
	"""The employee who has a user ID on a device today."""
	person = identities_of([user_id]).who(user_id, find_device(service_tag))
	return person.name if person else None


def mark_on_device(service_tag: str, user_id: str, **values: object) -> None:
	"""Note that a person is on a device; what is not given stays as it is known."""
	_update_row(
		service_tag, user_id, {"state": DeviceUserState.ON_DEVICE, **user_id_field(user_id), **values}
	)


def user_id_field(user_id: str) -> dict[str, str]:
	"""For who is on a device. An erased row has none, so that a late word of the removal does not bring it back; but
	somebody may get the same ID."""
	return {"user_id": stored_values.from_outside(user_id)}


def mark_removed(service_tag: str, user_id: str) -> None:
	"""Note that a person is on the device no more. Who was deleted has no credentials left there."""
	_update_row(service_tag, user_id, {"state": DeviceUserState.DELETED, **credential_counts(())})


def credential_counts(credentials: Iterable[tuple[str, str]], has_photo: bool = False) -> dict[str, object]:
	"""The fields for these credentials, each a (type, index). Of too many, those of known types are kept first."""
	shaped = {
		tuple(stored_values.from_outside(text, CREDENTIAL_LENGTH) for text in pair) for pair in credentials
	}
	pairs = sorted(shaped, key=lambda pair: (pair[0].capitalize() not in CREDENTIAL_COUNTS, pair))
	pairs = sorted(pairs[:MOST_CREDENTIALS])
	types = [kind.capitalize() for kind, _ in pairs]
	values: dict[str, object] = {
		fieldname: types.count(kind) for kind, fieldname in CREDENTIAL_COUNTS.items()
	}
	return {**values, "credentials": json.dumps(pairs) if pairs else "", "has_photo": int(has_photo)}


def note_finished_command(command: Document, method: str | None = None) -> None:
	"""A finished command changed who is on the device. The device's own event is not needed for this."""
	if command.state == "Done" and command.operation == "CopyUsers":
		jobs.after_commit(USER_SYNC, queue="long", service_tag=command.service_tag)
	if command.state != "Done" or _is_superseded(command):
		return
	if command.operation in PUT_ON_DEVICE:
		mark_on_device(command.service_tag, command.user_id, **_sent_names(command))
	if command.operation == "DeleteUser" and frappe.db.exists(
		"CAMS Device User", row_name(command.service_tag, command.user_id)
	):
		mark_removed(command.service_tag, command.user_id)


def _is_superseded(command: frappe._dict) -> bool:
	"""Whether a later command for the same person and device is done already: it is asked after in any order."""
	later = {
		"service_tag": command.service_tag,
		"user_id": command.user_id,
		"operation": ["in", [*PUT_ON_DEVICE, "DeleteUser"]],
		"state": "Done",
		"creation": [">", command.creation],
	}
	return bool(command.user_id and frappe.db.exists("CAMS Command", later))


def _update_row(service_tag: str, user_id: str, values: dict[str, object]) -> None:
	updated = {"employee": owner_of(service_tag, user_id), "last_updated": now_datetime()}
	stored_values.set_values("CAMS Device User", lock_row(service_tag, user_id), {**updated, **values})


def _sent_names(command: frappe._dict) -> dict[str, str]:
	sent = frappe.parse_json(command.arguments or "{}")
	return {
		fieldname: stored_values.words_from_outside(sent[fieldname])
		for fieldname in ("first_name", "last_name", "user_type")
		if sent.get(fieldname)
	}
