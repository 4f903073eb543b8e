"""Erase a person who left: from the devices first, then from this app's records. Attendance stays, because it is
payroll.

A punch stays as a row without a person, and so does a device user: the name of the row recognises it when it is
sent again. Whatever is unfinished prevents the erasure, because it may be somebody's pay.
"""

from collections.abc import Iterable, Iterator

import frappe
from frappe import _
from frappe.utils import create_batch, escape_html

from navari_cams_biometric.cams_biometric.base import device_lookup, stored_values
from navari_cams_biometric.cams_biometric.base.identities import MAPPING
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.states import (
	COMMANDS_UNDER_WAY,
	CommandState,
	DeviceUserState,
	PunchState,
	RepairState,
)
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import access_schedules, device_user_store, enrolment
from navari_cams_biometric.cams_biometric.device_users.employment import ENDED
from navari_cams_biometric.cams_biometric.personal_data import mentions
from navari_cams_biometric.cams_biometric.personal_data.person import (
	CHECKIN_CHANGE,
	COMMAND,
	DAY_REPAIR,
	DEVICE_USER,
	FOR_MANY,
	PHOTO,
	PUNCH,
	SCHEDULE_LINE,
	Person,
	Records,
	person_of,
	records_of,
)
from navari_cams_biometric.cams_biometric.punches import inbox

UNSETTLED = (PunchState.QUEUED, PunchState.HELD, PunchState.FAILED)
OPEN_COMMAND = (CommandState.QUEUED, *COMMANDS_UNDER_WAY)
COUNTED = (PUNCH, DEVICE_USER, COMMAND, DAY_REPAIR, CHECKIN_CHANGE, PHOTO, SCHEDULE_LINE, MAPPING)
BATCH = 500
NO_PUNCHER = {
	"user_id": "",
	"employee": None,
	"employee_checkin": None,
	"added_reason": "",
	"temperature": "",
	"face_mask": "",
	"operation_id": "",
	"sent_at": "",
	"reason": None,
}
NOBODY = {
	**dict.fromkeys(("user_id", "first_name", "last_name", "user_type"), ""),
	"employee": None,
	**device_user_store.credential_counts(()),
}
NO_SUBJECT = {"user_id": "", "employee": None, "arguments": None, "outcome": None, "operation_id": None}


def standing(employee: frappe._dict) -> dict[str, object]:
	"""What an erasure would find: `obstacles`, each a `message` with the `doctype` and `names` of the records to
	fix; `devices` that the person has to be removed from first, by label; `open_commands`, how many are in
	progress; and by DocType how many records there are (`counts`).
	"""
	records = records_of(person_of(employee))
	return {
		"obstacles": list(_obstacles(employee, records)),
		"devices": _labels(_on_devices(records)),
		"open_commands": len(_open_commands(records)),
		"counts": _record_counts(records),
	}


def erase(employee: frappe._dict, reason: str) -> dict[str, object]:
	"""Remove the person from the devices, or, if that is done, erase what is stored. Call it again after the
	first.

	Returns `removing`, how many devices still have to confirm, and `erased`, the counts by DocType. The caller
	checks permissions. Throws if there are obstacles.
	"""
	person = person_of(employee)
	records = records_of(person)
	if obstacles := [obstacle["message"] for obstacle in _obstacles(employee, records)]:
		frappe.throw("<br>".join(obstacles), title=_("Not Yet"))
	if waiting := _take_off_devices(employee, records, reason):
		return {"removing": waiting, "erased": {}}
	counts = _erase(person, records)
	_note_on(employee, reason, counts)
	return {"removing": 0, "erased": counts}


def _obstacles(employee: frappe._dict, records: Records) -> Iterator[dict[str, object]]:
	"""Messages are HTML."""
	if employee.status not in ENDED:
		words = _("The employee is {0}. Set the status to Left first: new punches would be stored again.")
		yield _obstacle(words.format(_(employee.status)), "Employee", [employee.name])
	unsettled = [row.name for row in records[PUNCH] if row.state in UNSETTLED]
	if unsettled:
		words = counted(
			len(unsettled),
			_("1 punch is not a check-in yet and may affect pay. Retry or dismiss it first."),
			_("{0} punches are not check-ins yet and may affect pay. Retry or dismiss them first."),
		)
		yield _obstacle(words, PUNCH, unsettled)
	days = [row.name for row in records[DAY_REPAIR] if row.state == RepairState.OPEN]
	if days:
		words = counted(
			len(days),
			_("1 day is open for repair and may affect pay. Repair or dismiss it first."),
			_("{0} days are open for repair and may affect pay. Repair or dismiss them first."),
		)
		yield _obstacle(words, DAY_REPAIR, days)


def _obstacle(message: str, doctype: str, names: list[str]) -> dict[str, object]:
	return {"message": message, "doctype": doctype, "names": names[:BATCH]}


def _on_devices(records: Records) -> list[str]:
	return sorted({row.service_tag for row in records[DEVICE_USER] if row.state == DeviceUserState.ON_DEVICE})


def _open_commands(records: Records) -> list[frappe._dict]:
	return [command for command in records[COMMAND] if command.state in OPEN_COMMAND]


def _labels(service_tags: Iterable[str]) -> list[str]:
	labels = device_lookup.device_labels()
	return [labels.get(tag) or tag for tag in service_tags]


def _take_off_devices(employee: frappe._dict, records: Records, reason: str) -> int:
	"""How many devices or commands are still in progress."""
	rows = [row for row in records[DEVICE_USER] if row.state == DeviceUserState.ON_DEVICE]
	on_its_way = {
		(command.service_tag, command.user_id)
		for command in _open_commands(records)
		if command.operation == "DeleteUser"
	}
	if rows:
		queue.ensure_possible("DeleteUser")
	for row in rows:
		if (row.service_tag, row.user_id) not in on_its_way:
			person = frappe._dict(name=employee.name, user_id=row.user_id)
			enrolment.add_commands("DeleteUser", person, [row.service_tag], reason)
	return max(len(rows), len(_open_commands(records)))


def _erase(person: Person, records: Records) -> dict[str, int]:
	_erase_punches(records[PUNCH])
	_erase_commands(person, records[COMMAND])
	_erase_schedule_lines(records[SCHEDULE_LINE])
	for photo in records[PHOTO]:
		frappe.delete_doc(PHOTO, photo.name, force=True, ignore_permissions=True, delete_permanently=True)
	for row in records[DEVICE_USER]:
		stored_values.set_values(DEVICE_USER, row.name, NOBODY)
	for doctype in (DAY_REPAIR, CHECKIN_CHANGE, MAPPING):
		for batch in _batches(records[doctype]):
			frappe.db.delete(doctype, {"name": ["in", batch]})
	written_about = (PUNCH, DEVICE_USER, DAY_REPAIR, CHECKIN_CHANGE, PHOTO)
	own = {doctype: [row.name for row in records[doctype]] for doctype in written_about}
	own[COMMAND] = [row.name for row in records[COMMAND] if row.operation not in FOR_MANY]
	traced = mentions.erase_mentions(person, own)
	return _record_counts(records) | traced


def _record_counts(records: Records) -> dict[str, int]:
	return {doctype: len(records[doctype]) for doctype in COUNTED if records[doctype]}


def _erase_punches(punches: list[frappe._dict]) -> None:
	"""`modified` moves along: a year from now, by Log Settings, even the lines are gone."""
	for batch in _batches(punches):
		inbox.update_punches(batch, **NO_PUNCHER)


def _erase_commands(person: Person, asked: list[frappe._dict]) -> None:
	for command in asked:
		if command.operation in FOR_MANY:
			stored_values.set_values(COMMAND, command.name, _without(person, command))
		else:
			stored_values.set_values(COMMAND, command.name, {**NO_SUBJECT, "reason": mentions.ERASED})


def _without(person: Person, command: frappe._dict) -> dict[str, object]:
	"""A command for many keeps the others; one for this person alone keeps nobody."""
	arguments = frappe.parse_json(command.arguments or "{}")
	others = [user_id for user_id in arguments.get("user_ids") or () if user_id not in person.user_ids]
	if not others:
		return {**NO_SUBJECT, "reason": mentions.ERASED}
	return {"arguments": frappe.as_json({**arguments, "user_ids": others})}


def _erase_schedule_lines(lines: list[frappe._dict]) -> None:
	for line in lines:
		frappe.db.delete(SCHEDULE_LINE, {"name": line.name})
		frappe.clear_document_cache(access_schedules.SCHEDULE, line.parent)
	for schedule in {line.parent for line in lines}:
		access_schedules.note_changed(schedule)


def _note_on(employee: frappe._dict, reason: str, counts: dict[str, int]) -> None:
	"""Without the hooks of Employee: they would send the empty device ID to the devices."""
	employee.db_set("attendance_device_id", None)
	listed = ", ".join(f"{_(doctype)}: {count}" for doctype, count in counts.items()) or _(
		"nothing was stored"
	)
	words = _("erased the biometric data of this employee ({0}). Reason: {1}")
	employee.add_comment("Info", words.format(listed, escape_html(reason)))


def _batches(rows: list[frappe._dict]) -> Iterator[list[str]]:
	yield from create_batch([row.name for row in rows], BATCH)
