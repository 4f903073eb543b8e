"""Employees on devices: commands to enrol, change, remove and copy them, and to give them a card.

This module chooses devices and makes commands. `command_queue` sends them, `device_user_store` knows who is
where, `employment` follows the changes of an employee. The controllers check permissions.
"""

import base64
from collections.abc import Callable

import frappe
from frappe import _, _lt
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.identities import (
	identities_of,
	identities_of_employees,
	user_ids_of,
)
from navari_cams_biometric.cams_biometric.base.plurals import first_of
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState, DeviceUserState
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import device_user_store

FIELDS = (
	"name",
	"employee_name",
	"first_name",
	"last_name",
	"attendance_device_id",
	"branch",
	"status",
)
AT_ONCE = 20  # employees; more are asked for by a background job
BATCH = 50  # employees in one transaction of that job
JOB = f"{__name__}.add_commands_in_batches"
JOB_TIMEOUT = 60 * 60  # seconds
MOST_NAMED = 10  # in one message
USER = "User"
FINGERS = range(10)
WITH_NAMES = ("AddUser", "UpdateUser")
LABELS = {
	"AddUser": _lt("Enrol on Devices"),
	"UpdateUser": _lt("Update on Devices"),
	"DeleteUser": _lt("Remove from Devices"),
	"ResendUser": _lt("Resend to Devices"),
}


def add_commands(
	operation: str,
	person: frappe._dict,
	service_tags: list[str],
	reason: str = "",
	secret: str = "",
	**arguments: object,
) -> list[str]:
	"""Add the command for one person on each of these devices; return the names of the CAMS Commands.

	`person` has FIELDS of an Employee, or `user_id` where it is about a user of devices, whoever that is. Devices on which
	the person has no user ID are left out. If the last queued command for that person and device is the same, it is not
	added again. `secret` and `arguments` are those of `queue.add_command`.
	"""
	ids = ids_on(person, service_tags)
	waiting = {} if secret else _last_queued(ids)
	types = _user_types(ids) if operation in WITH_NAMES else {}
	names = []
	for tag, user_id in ids.items():
		given = {**_profile(operation, person, types.get(tag) or USER), **arguments}
		if _is_same(waiting.get(tag), operation, given):
			names.append(waiting[tag].name)
			continue
		record = {"user_id": user_id, "employee": person.name, "reason": reason, "secret": secret}
		names.append(queue.add_command(operation, tag, **record, **given))
	return names


def request_in_background(
	operation: str, people: list[frappe._dict], service_tags: list[str], reason: str, **arguments: object
) -> None:
	"""The same for many, by `add_commands_in_batches`, once the transaction is committed. Never with a secret."""
	given = {"operation": operation, "service_tags": service_tags, "reason": reason, **arguments}
	names = [person.name for person in people]
	frappe.enqueue(
		JOB, queue="long", timeout=JOB_TIMEOUT, enqueue_after_commit=True, employees=names, **given
	)


def add_commands_in_batches(
	operation: str, employees: list[str], service_tags: list[str], reason: str, **arguments: object
) -> None:
	"""Background job: ask it for many, as the user who wanted it, and show that user the progress.

	Commits after each batch. What a lost job left out can be asked for again without doubling the rest.
	"""
	count = 0
	for first in range(0, len(employees), BATCH):
		for person in read_people(employees[first : first + BATCH]):
			tags = devices_for(operation, person, service_tags)
			count += len(add_commands(operation, person, tags, reason, **arguments))
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- workers can send this batch while the next one is queued
		_show_progress(operation, min(first + BATCH, len(employees)), len(employees))
	words = _("{0} is queued. Employees: {2}. Commands: {1}.")
	message = words.format(LABELS.get(operation, operation), count, len(employees))
	frappe.publish_realtime("msgprint", message, user=frappe.session.user)


def copy(people: list[frappe._dict], source: str, targets: list[str], reason: str = "") -> list[str]:
	"""Copy these people with their templates from one device to others: a command for each target."""
	ids = {person.name: ids_on(person, [source]).get(source, "") for person in people}
	_ensure_same_person(people, ids, targets)
	alone = people[0].name if len(people) == 1 else None
	return [
		queue.add_command(
			"CopyUsers",
			target,
			user_id=ids.get(alone, ""),
			employee=alone,
			reason=reason,
			source=source,
			user_ids=list(ids.values()),
		)
		for target in targets
	]


def read_people(names: list[str]) -> list[frappe._dict]:
	"""These employees, with FIELDS."""
	return frappe.get_all(
		"Employee", filters={"name": ["in", names]}, fields=list(FIELDS), order_by="name asc"
	)


def device_id(person: frappe._dict) -> str:
	"""The Attendance Device ID; empty for none."""
	return (person.attendance_device_id or "").strip()


def any_device_id(person: frappe._dict) -> str:
	"""The Attendance Device ID, or where there is none another user ID of the person; empty for none."""
	return device_id(person) or next(iter(user_ids_of(person.name)), "")


def ids_on(person: frappe._dict, service_tags: list[str]) -> dict[str, str]:
	"""The user ID of the person on each of these devices; without those on which there is none today."""
	if person.user_id:
		return dict.fromkeys(service_tags, person.user_id)
	people, devices = identities_of_employees([person.name]), find_devices(service_tags)
	found = {tag: people.user_id_on(person.name, devices[tag]) for tag in service_tags if tag in devices}
	return {tag: user_id for tag, user_id in found.items() if user_id}


def devices_for(operation: str, person: frappe._dict, chosen: list[str]) -> list[str]:
	"""The chosen devices, else those that the operation goes to of itself."""
	return chosen or DEFAULT_DEVICES.get(operation, devices_of)(person)


def branch_devices(person: frappe._dict) -> list[str]:
	"""The enabled devices of the person's branch; none without a branch."""
	if not person.branch:
		return []
	filters = {"enabled": 1, "branch": person.branch}
	return frappe.get_all("CAMS Device", filters=filters, pluck="name", order_by="name asc")


def all_devices(person: frappe._dict) -> list[str]:
	"""Every device, disabled ones too: who leaves must be on none, whatever is known here."""
	return frappe.get_all("CAMS Device", pluck="name", order_by="name asc")


def devices_of(person: frappe._dict) -> list[str]:
	"""The devices that the person is on, as far as is known, and those that it is on the way to."""
	user_ids = user_ids_of(person.name)
	if not user_ids:
		return []
	known = device_user_store.rows_of(user_ids, person.name)
	tags = {row.service_tag for row in known if row.state == DeviceUserState.ON_DEVICE}
	for command in _under_way(user_ids, person.name):
		(tags.add if command.operation == "AddUser" else tags.discard)(command.service_tag)
	return [tag for tag in all_devices(person) if tag in tags]


def ensure_usable(operation: str, people: list[frappe._dict], chosen: list[str]) -> None:
	"""Throw where somebody has no device id, or there is no device to use for somebody."""
	queue.ensure_possible(operation)
	ensure_device_ids(people, chosen)
	lost = [] if chosen else _without_device(operation, people)
	if not lost:
		return
	words = _("Enrol them first, or choose devices: these employees are on no known device: {0}.")
	if operation == "AddUser":
		words = _("Choose devices: the branch of these employees has no enabled device: {0}.")
	frappe.throw(words.format(_people_text(lost)), title=_("No Device"))


def ensure_device_ids(people: list[frappe._dict], chosen: list[str] | None = None) -> None:
	"""Throw where somebody has no user ID at all, or none on one of the chosen devices."""
	known, devices = identities_of_employees(person.name for person in people), find_devices(chosen or [])
	without = [person for person in people if not known.claims_of(person.name)]
	if without:
		words = _("Set the Attendance Device ID of these employees first, or leave them out: {0}.")
		frappe.throw(words.format(_people_text(without)), title=_("No Attendance Device ID"))
	lost = [
		person
		for person in people
		if not all(known.user_id_on(person.name, device) for device in devices.values())
	]
	if lost:
		words = _(
			"These employees have no user ID of their own on each of the chosen devices: {0}. Add a CAMS Device ID, or choose other devices."
		)
		frappe.throw(words.format(_people_text(lost)), title=_("No User ID"))


def _ensure_same_person(people: list[frappe._dict], ids: dict[str, str], targets: list[str]) -> None:
	"""A copy takes the user ID along: throw where that is somebody else's on the other device."""
	known, devices = identities_of(ids.values()), find_devices(targets)
	others = [
		person
		for person in people
		for device in devices.values()
		if (there := known.who(ids[person.name], device)) is None or there.name != person.name
	]
	if others:
		words = _(
			"The user ID of these employees is not theirs on each of the target devices: {0}. Add a CAMS Device ID, or choose other devices."
		)
		frappe.throw(words.format(_people_text(others)), title=_("Another Person"))


def ensure_picture(people: list[frappe._dict]) -> None:
	"""Throw where somebody has no picture that a device could take."""
	without = [person for person in people if not _has_jpeg(person)]
	if without:
		words = _(
			"These employees have no JPEG picture: {0}. Add one as Image on Employee, or leave them out."
		)
		frappe.throw(words.format(_people_text(without)), title=_("No Picture"))


def as_template(secret: str) -> str:
	"""The template as it came, in base64, which is what a command keeps. Throws where it is none."""
	try:
		base64.b64decode(secret, validate=True)
	except ValueError:
		frappe.throw(
			_("The template is not valid base64. Copy it again, the whole of it."), title=_("Template")
		)
	return secret


def _without_device(operation: str, people: list[frappe._dict]) -> list[frappe._dict]:
	if operation == "DeleteUser":
		return []
	if operation == "AddUser":
		enabled = frappe.get_all("CAMS Device", filters={"enabled": 1}, pluck="branch", order_by="name asc")
		return [person for person in people if not person.branch or person.branch not in enabled]
	return [person for person in people if not devices_of(person)]


def _last_queued(ids: dict[str, str]) -> dict[str, frappe._dict]:
	"""By device, the last queued command for the person who has these user IDs there."""
	queued = frappe.get_all(
		"CAMS Command",
		filters={"user_id": ["in", [*ids.values(), ""]], "state": CommandState.QUEUED},
		fields=["name", "operation", "service_tag", "user_id", "arguments"],
		order_by="creation asc, name asc",
	)
	return {
		command.service_tag: command for command in queued if command.user_id == ids.get(command.service_tag)
	}


def _is_same(waiting: frappe._dict | None, operation: str, arguments: dict[str, object]) -> bool:
	if not waiting or waiting.operation != operation:
		return False
	return frappe.parse_json(waiting.arguments or "{}") == arguments


def _user_types(ids: dict[str, str]) -> dict[str, str]:
	"""By device, what the person is there: who is an administrator of a device stays one."""
	there = [
		row
		for row in device_user_store.rows_of(ids.values())
		if row.state == DeviceUserState.ON_DEVICE and row.user_id == ids.get(row.service_tag)
	]
	return {row.service_tag: row.user_type for row in there}


def _profile(operation: str, person: frappe._dict, user_type: str) -> dict[str, object]:
	if operation not in WITH_NAMES:
		return {}
	names = {"first_name": person.first_name or "", "last_name": person.last_name or ""}
	return {**names, "user_type": user_type}


def _under_way(user_ids: list[str], employee: str) -> list[frappe._dict]:
	"""The commands not finished that bring the person to a device or take it off, oldest first."""
	found = frappe.get_all(
		"CAMS Command",
		filters={
			"user_id": ["in", user_ids],
			"operation": ["in", ["AddUser", "DeleteUser"]],
			"state": ["in", [CommandState.QUEUED, *COMMANDS_UNDER_WAY]],
		},
		fields=["operation", "service_tag", "user_id", "employee"],
		order_by="creation asc, name asc",
	)
	return [
		command
		for command in found
		if command.user_id in user_ids and (command.employee or employee) == employee
	]


def _has_jpeg(person: frappe._dict) -> bool:
	url = frappe.db.get_value("Employee", person.name, "image")
	attached = {"file_url": url, "attached_to_name": person.name}
	if not url or not frappe.db.exists("File", attached):
		return False
	content = frappe.get_doc("File", attached).get_content()
	return isinstance(content, bytes) and content.startswith(b"\xff\xd8")


def _people_text(people: list[frappe._dict]) -> str:
	names = [f"{person.employee_name or person.name} ({person.name})" for person in people]
	return escape_html(first_of(names, MOST_NAMED))


def _show_progress(operation: str, done: int, total: int) -> None:
	frappe.publish_progress(
		100 * done / total,
		title=str(LABELS.get(operation, operation)),
		description=_("{0} of {1} employees").format(done, total),
	)


DEFAULT_DEVICES: dict[str, Callable[[frappe._dict], list[str]]] = {
	"AddUser": branch_devices,
	"DeleteUser": all_devices,
}
