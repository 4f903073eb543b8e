"""A person and the records about them: by employee, and by device user ID if a record names no employee.

A device ID may have belonged to somebody else before. A record that names another employee is theirs, and a
former ID counts only if nobody else has it or had it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import frappe

from navari_cams_biometric.cams_biometric.base.identities import MAPPING, user_ids_of
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE as DAY_REPAIR
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHANGE as CHECKIN_CHANGE
from navari_cams_biometric.cams_biometric.punches.photos import PHOTO

PUNCH, DEVICE_USER, COMMAND = "CAMS Punch", "CAMS Device User", "CAMS Command"
SCHEDULE_LINE = "CAMS Access Schedule Employee"
CHECKIN = "Employee Checkin"
BY_USER_ID = (PUNCH, DEVICE_USER, COMMAND)  # these name the employee, too, once that is known
FOR_MANY = ("CopyUsers", "SetAccessSchedule")  # commands that name people in a list
Records = dict[str, list[frappe._dict]]


@dataclass(frozen=True)
class Person:
	"""An Employee's name, full name and device ID, and all the user IDs that are or were this person's alone."""

	employee: str
	full_name: str
	device_id: str
	user_ids: tuple[str, ...]


def person_of(employee: frappe._dict) -> Person:
	device_id = (employee.attendance_device_id or "").strip()
	former = (_ids_of_own_records(employee.name) | set(user_ids_of(employee.name))) - {device_id, ""}
	own = {user_id for user_id in former if not _is_of_another(user_id, employee.name)}
	user_ids = tuple(sorted(own | {device_id} - {""}))
	return Person(employee.name, employee.employee_name or "", device_id, user_ids)


def records_of(person: Person) -> Records:
	"""Everything about the person, by DocType, the oldest first. Commands for several people are under COMMAND,
	too.
	"""
	found = {doctype: _of(person, doctype) for doctype in BY_USER_ID}
	found[COMMAND] += commands_for_many(person)
	for doctype in (DAY_REPAIR, CHECKIN_CHANGE, PHOTO, SCHEDULE_LINE, MAPPING):
		found[doctype] = _stored_rows(doctype, {"employee": person.employee})
	found[CHECKIN] = checkins_of(person)
	return found


def checkins_of(person: Person) -> list[frappe._dict]:
	"""The check-ins made from punches, with this app's fields."""
	fields = ["name", "time", "log_type", "device_id", "custom_original_time", "custom_punch_type"]
	return frappe.get_all(
		CHECKIN,
		filters={"employee": person.employee, "custom_cams_punch": ["is", "set"]},
		fields=[*fields, "custom_input_type", "custom_cams_punch"],
		order_by="time asc, name asc",
	)


def commands_for_many(person: Person) -> list[frappe._dict]:
	"""Those that name the person among others; `arguments` are parsed."""
	found: dict[str, frappe._dict] = {}
	for user_id in person.user_ids:
		named = {"operation": ["in", FOR_MANY], "arguments": ["like", f"%{frappe.as_json(user_id)}%"]}
		for command in _stored_rows(COMMAND, named):
			command.arguments = frappe.parse_json(command.arguments)
			if command.employee != person.employee and user_id in (command.arguments.get("user_ids") or ()):
				found[command.name] = command
	return list(found.values())


def _of(person: Person, doctype: str) -> list[frappe._dict]:
	rows = _stored_rows(doctype, {"employee": person.employee})
	if person.user_ids:
		nobody = {"user_id": ["in", person.user_ids], "employee": ["is", "not set"]}
		rows += [row for row in _stored_rows(doctype, nobody) if row.user_id in person.user_ids]
	return rows


def _stored_rows(doctype: str, filters: dict[str, object]) -> list[frappe._dict]:
	"""All fields but those that hold secrets, and those that Frappe keeps for itself."""
	fields = ["name", "creation", *_stored(doctype)]
	return frappe.get_all(doctype, filters=filters, fields=fields, order_by="creation asc, name asc")


def _stored(doctype: str) -> Iterator[str]:
	meta = frappe.get_meta(doctype)
	if meta.istable:
		yield "parent"
	for field in meta.fields:
		if field.fieldname in meta.get_valid_columns() and field.fieldtype != "Password":
			yield field.fieldname


def _ids_of_own_records(employee: str) -> set[str]:
	named = {"employee": employee, "user_id": ["is", "set"]}
	return {
		user_id
		for doctype in BY_USER_ID
		for user_id in frappe.get_all(
			doctype, filters=named, pluck="user_id", distinct=True, order_by="user_id"
		)
	}


def _is_of_another(user_id: str, employee: str) -> bool:
	has = {"attendance_device_id": user_id, "name": ["!=", employee]}
	if _is_there("Employee", has, "attendance_device_id", user_id):
		return True
	had = {"user_id": user_id, "employee": ["not in", ["", employee]]}
	return any(_is_there(doctype, had, "user_id", user_id) for doctype in (MAPPING, *BY_USER_ID))


def _is_there(doctype: str, filters: dict[str, object], fieldname: str, value: str) -> bool:
	"""Exactly: the database ignores case."""
	found: Iterable[str] = frappe.get_all(
		doctype, filters=filters, pluck=fieldname, distinct=True, order_by=fieldname
	)
	return value in found
