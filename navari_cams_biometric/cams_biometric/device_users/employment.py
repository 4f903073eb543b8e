"""Keep devices in step with employees: enrolled, renamed, removed, each as Settings say.

Commands are recorded in the transaction of the save, so a lost job loses none. Nothing here waits for the
gateway, and an error goes to the Error Log without stopping the save. The status Suspended changes nothing: it is
temporary, and a removed fingerprint would have to be enrolled again. A new branch adds its devices; the person
stays on those of the former branch until somebody removes them there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document

from navari_cams_biometric.cams_biometric.base.device_lookup import all_devices
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.identities import (
	MAPPING,
	identities_of,
	identities_of_employees,
)
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.device_users import access_schedules, device_user_store, enrolment

ACTIVE = "Active"
ENDED = ("Left", "Inactive")
CALLS_FOR_ENROLMENT = ("status", "attendance_device_id", "branch")
NAMES = ("first_name", "last_name")


def sync_employee(employee: Document, method: str | None = None) -> None:
	"""After an Employee was saved, also by a data import."""
	if frappe.flags.in_install or frappe.flags.in_migrate or frappe.flags.in_patch:
		return
	former = employee.get_doc_before_save() or frappe._dict()
	with _never_failing_the_save(employee):
		if enrolment.device_id(former) != enrolment.device_id(employee):
			device_user_store.relink([enrolment.device_id(former), enrolment.device_id(employee)])
		access_schedules.note_changed_person(employee)
		_remove_leaver(employee, former)
		enrolled = _enrol_active(employee, former)
		_send_name(employee, former, enrolled)


def forget_employee(employee: Document, method: str | None = None) -> None:
	"""Before an Employee is deleted. Records of this app must not prevent that."""
	with _never_failing_the_save(employee):
		if _settings().remove_employees:
			_remove_everywhere(employee.name, None, _("Automatic: the employee was deleted."))
	with _never_failing_the_save(employee):
		frappe.db.delete(MAPPING, {"employee": employee.name})
		for doctype in ("CAMS Device User", "CAMS Command"):
			frappe.db.set_value(doctype, {"employee": employee.name}, "employee", None, update_modified=False)


def _remove_leaver(employee: Document, former: frappe._dict) -> None:
	if not _settings().remove_employees:
		return
	if enrolment.device_id(former) != enrolment.device_id(employee):
		_remove_given_up(enrolment.device_id(former), employee.name)
	if employee.status in ENDED and former.status and former.status not in ENDED:
		reason = _("Automatic: the employee is {0}.").format(_(employee.status))
		_remove_everywhere(employee.name, employee.name, reason)


def _remove_given_up(user_id: str, employee: str) -> None:
	"""An ID that the employee had: not where it is somebody's, such as the next one's."""
	people = identities_of([user_id])
	tags = [device.name for device in all_devices() if not people.who(user_id, device)] if user_id else []
	person = frappe._dict(name=employee, user_id=user_id)
	enrolment.add_commands("DeleteUser", person, tags, _("Automatic: the device ID was changed."))


def _remove_everywhere(employee: str, named: str | None, reason: str) -> None:
	"""By each ID that the employee has, where it is the employee's. `named` is who the commands are about."""
	people, devices = identities_of_employees([employee]), all_devices()
	for user_id in sorted({claim.user_id for claim in people.claims_of(employee)}):
		owners = {device.name: people.who(user_id, device) for device in devices}
		tags = [tag for tag, owner in owners.items() if owner and owner.name == employee]
		person = frappe._dict(name=named, user_id=user_id)
		enrolment.add_commands("DeleteUser", person, tags, reason)


def _enrol_active(employee: Document, former: frappe._dict) -> list[str]:
	"""Returns the devices that get a command."""
	changed = any(_text(employee, field) != _text(former, field) for field in CALLS_FOR_ENROLMENT)
	if not (changed and employee.status == ACTIVE and _settings().enrol_employees):
		return []
	tags = list(enrolment.ids_on(employee, enrolment.branch_devices(employee)))
	enrolment.add_commands("AddUser", employee, tags, _("Automatic: the employee is active."))
	return tags


def _send_name(employee: Document, former: frappe._dict, enrolled: list[str]) -> None:
	renamed = former.name and any(_text(employee, field) != _text(former, field) for field in NAMES)
	if not (renamed and employee.status not in ENDED and _settings().update_employees):
		return
	tags = [tag for tag in enrolment.devices_of(employee) if tag not in enrolled]
	enrolment.add_commands("UpdateUser", employee, tags, _("Automatic: the name was changed."))


@contextmanager
def _never_failing_the_save(employee: Document) -> Iterator[None]:
	"""Undo what the block wrote if it fails, and log it, once a day for each employee.

	A deadlock is raised: the database has undone the save itself with it.
	"""
	point = f"cams_{frappe.generate_hash(length=10)}"
	frappe.db.savepoint(point)
	messages = len(frappe.local.message_log)
	try:
		yield
	except frappe.QueryDeadlockError:
		raise
	except Exception as error:
		frappe.db.rollback(save_point=point)
		del frappe.local.message_log[messages:]
		words = _("This change of {0} did not reach the devices: {1} Use Devices on the employee.")
		log_once_a_day(
			"Employee on devices",
			words.format(employee.name, error) + "\n\n" + frappe.get_traceback(),
			("employment", employee.name, str(error)),
			"Employee",
			employee.name,
		)
	else:
		frappe.db.release_savepoint(point)


def _text(document: Document | frappe._dict, field: str) -> str:
	return (document.get(field) or "").strip()


def _settings() -> Document:
	return read_settings()
