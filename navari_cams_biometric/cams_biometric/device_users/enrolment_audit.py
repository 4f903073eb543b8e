"""The enrolment audit: who is on a device and should not be, who should be and is not, and whose name differs.

It reads local records only, with the same number of queries however many people there are. Enabled devices count.
Each mismatch has the command that fixes it, or says what else to do.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_date

from navari_cams_biometric.cams_biometric.base.identities import Answer
from navari_cams_biometric.cams_biometric.base.states import CommandState
from navari_cams_biometric.cams_biometric.base.translation import N_
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import label_of
from navari_cams_biometric.cams_biometric.device_users import audit_records
from navari_cams_biometric.cams_biometric.device_users.audit_records import (
	BRINGS,
	PATIENCE,
	Key,
	Records,
	full_name,
)

NOBODY = N_("On a device, but not an active employee")
NOWHERE = N_("Active, but on no device")
NAMES = N_("One ID, different names")
UNCONFIRMED = N_("Requested, never confirmed")

REMOVE, ENROL = N_("Remove from Device"), N_("Enrol")
SEND_NAME, ASK_AGAIN = N_("Send the Name"), N_("Send Again")
OPERATIONS = {REMOVE: "DeleteUser", ENROL: "AddUser", SEND_NAME: "UpdateUser"}


@dataclass(frozen=True)
class Mismatch:
	"""One row of the audit. `operation` and `arguments` are the command behind `fix`; empty where none fixes it."""

	kind: str
	service_tag: str
	user_id: str
	words: str
	fix: str = ""
	operation: str = ""
	arguments: dict[str, object] = field(default_factory=dict)
	device: str = ""
	branch: str = ""
	employee: str = ""
	employee_name: str = ""
	device_name: str = ""
	last_punch: datetime | None = None

	@property
	def key(self) -> tuple[str, str, str]:
		return self.kind, self.service_tag, self.user_id


def find_mismatches(kind: str = "", service_tag: str = "", branch: str = "") -> list[Mismatch]:
	"""The mismatches, by kind, device and person; of one kind, device, or branch of the devices where that is given."""
	records = audit_records.read()
	finders = {
		NOBODY: _not_active,
		NOWHERE: _not_enrolled,
		NAMES: _name_mismatches,
		UNCONFIRMED: _unconfirmed,
	}
	found = [
		mismatch
		for name, finder in finders.items()
		if kind in ("", name)
		for mismatch in sorted(finder(records), key=lambda each: (each.service_tag, each.user_id))
	]
	return [
		mismatch
		for mismatch in found
		if service_tag in ("", mismatch.service_tag) and branch in ("", mismatch.branch)
	]


def _not_active(records: Records) -> Iterator[Mismatch]:
	found = {key: row for key, row in records.on_device.items() if not records.active(key)}
	punched = audit_records.last_punches(found)
	for key, row in found.items():
		whose = _whose(row, records.whose(key))
		common = {**_common(NOBODY, records, key), "last_punch": punched.get(key)}
		if records.is_on_its_way(key, ["DeleteUser"]):
			yield Mismatch(**common, words=" ".join([_("The removal is in progress."), whose]))
		else:
			yield Mismatch(**common, words=whose, **_fix_fields(REMOVE))


def _whose(row: frappe._dict, answer: Answer) -> str:
	notes = [_("An administrator of the device.")] if (row.user_type or "").lower() == "admin" else []
	employee = answer.person
	if not employee and answer.candidates:
		names = ", ".join(person.employee_name for person in answer.candidates)
		return " ".join([_("It is not clear whose ID it is here: {0}.").format(names), *notes])
	if not employee:
		return " ".join([_("No employee has this ID."), *notes])
	if employee.status == "Left" and employee.relieving_date:
		return " ".join([_("Left on {0}.").format(format_date(employee.relieving_date)), *notes])
	return " ".join([_("The employee is {0}.").format(_(employee.status)), *notes])


def _not_enrolled(records: Records) -> Iterator[Mismatch]:
	of_branch, of_person = defaultdict(list), defaultdict(list)
	for tag, device in records.devices.items():
		of_branch[device.branch].append(tag)
	for key in records.on_device:
		if employee := records.active(key):
			of_person[employee.name].append(key[0])
	for employee in records.people.employees():
		wanted = of_branch[employee.branch] if employee.branch else []
		if employee.status == "Active" and not set(wanted) & set(of_person[employee.name]):
			yield from _missing(records, employee, wanted, of_person[employee.name])


def _missing(
	records: Records, employee: frappe._dict, wanted: list[str], elsewhere: list[str]
) -> Iterator[Mismatch]:
	"""One for each device of the branch, unless the person is on the way to one of them already."""
	keys = [key for tag in wanted if (key := records.key_of(employee, tag))]
	if any(records.is_on_its_way(key, BRINGS) for key in keys):
		return
	words = _("On no device.")
	if elsewhere:
		others = ", ".join(records.title(tag) for tag in elsewhere)
		words = _("On {0}, but on no device of the branch {1}.").format(others, employee.branch)
	for key in keys:
		if not records.last_asked(key, BRINGS):  # else it was asked for and never confirmed
			yield Mismatch(
				**_common(NOWHERE, records, key), words=words, **_fix_fields(ENROL, **_name_of(employee))
			)


def _name_mismatches(records: Records) -> Iterator[Mismatch]:
	named = defaultdict(list)
	for key, row in records.on_device.items():
		if full_name(row):
			employee = records.active(key)
			named[row.user_id, employee.name if employee else ""].append(key)
	for keys in named.values():
		if len({_plain(full_name(records.on_device[key])) for key in keys}) > 1:
			yield from _different(records, keys)


def _different(records: Records, keys: list[Key]) -> Iterator[Mismatch]:
	"""One for each device, but not where the name is the employee's."""
	employee = records.active(keys[0])
	right = {_plain(full_name(employee)), _plain(employee.employee_name or "")} if employee else set()
	for key in keys:
		if _plain(full_name(records.on_device[key])) in right:
			continue
		words = _("Also {0}.").format(_other_names(records, key, keys))
		if not employee:
			advice = _("Find out whose ID it is, and remove it from devices where it belongs to nobody.")
			yield Mismatch(**_common(NAMES, records, key), words=f"{words} {advice}")
		elif records.is_on_its_way(key, ["UpdateUser"]):
			yield Mismatch(
				**_common(NAMES, records, key), words=" ".join([words, _("The name change is in progress.")])
			)
		else:
			fixed = _fix_fields(SEND_NAME, **_name_of(employee))
			yield Mismatch(**_common(NAMES, records, key), words=words, **fixed)


def _other_names(records: Records, key: Key, keys: list[Key]) -> str:
	own = _plain(full_name(records.on_device[key]))
	others = [(other, full_name(records.on_device[other])) for other in keys]
	return ", ".join(
		_("{0} on {1}").format(name, records.title(other[0])) for other, name in others if _plain(name) != own
	)


def _unconfirmed(records: Records) -> Iterator[Mismatch]:
	for key in records.asked:
		command = records.last_asked(key, BRINGS)
		if not command or key in records.on_device:
			continue
		if command.state == CommandState.FAILED or records.age(command) >= PATIENCE:
			yield _unanswered(records, key, command)


def _unanswered(records: Records, key: Key, command: frappe._dict) -> Mismatch:
	common = _common(UNCONFIRMED, records, key)
	asked = _("{0} was requested on {1}.").format(label_of(command.operation), format_date(command.creation))
	notes = " ".join(text for text in (asked, command.outcome) if text)
	if not records.active(key):
		advice = _("No active employee has this ID: check at the device that nobody is enrolled under it.")
		return Mismatch(**common, words=f"{notes} {advice}")
	if command.state in (CommandState.WAITING, CommandState.QUEUED):
		return Mismatch(
			**common,
			words=" ".join(
				[notes, _("It will be carried out when the device or the gateway is back online.")]
			),
		)
	arguments = frappe.parse_json(command.arguments or "{}")
	if not _can_repeat(command, arguments):
		return Mismatch(
			**common, words=" ".join([notes, _("Start it again from the employee, with the person present.")])
		)
	fixed = {"fix": ASK_AGAIN, "operation": command.operation, "arguments": arguments}
	return Mismatch(**common, words=notes, **fixed)


def _can_repeat(command: frappe._dict, arguments: dict[str, object]) -> bool:
	"""The secret of such a command is deleted, and for a fingerprint or a face the person has to be at the device."""
	return command.operation == "AddUser" or arguments.get("photo") == "employee"


def _common(kind: str, records: Records, key: Key) -> dict[str, object]:
	service_tag, user_id = key
	employee = records.whose(key).person or frappe._dict()
	row = records.on_device.get(key)
	return {
		"kind": kind,
		"service_tag": service_tag,
		"user_id": user_id,
		"device": records.title(service_tag),
		"branch": records.devices[service_tag].branch or "",
		"employee": employee.name or "",
		"employee_name": employee.employee_name or "",
		"device_name": full_name(row) if row else "",
	}


def _fix_fields(fix: str, **arguments: object) -> dict[str, object]:
	return {"fix": fix, "operation": OPERATIONS[fix], "arguments": arguments}


def _name_of(employee: frappe._dict) -> dict[str, str]:
	return {"first_name": employee.first_name or "", "last_name": employee.last_name or ""}


def _plain(name: str) -> str:
	"""Without case and spaces."""
	return "".join(name.split()).casefold()
