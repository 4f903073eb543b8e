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

from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
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
			device_user_store.link_employee(employee.name, enrolment.device_id(employee))
		access_schedules.note_changed_person(employee)
		_remove_leaver(employee, former)
		enrolled = _enrol_active(employee, former)
		_send_name(employee, former, enrolled)


def forget_employee(employee: Document, method: str | None = None) -> None:
	"""Before an Employee is deleted. Records of this app must not prevent that."""
	with _never_failing_the_save(employee):
		for doctype in ("CAMS Device User", "CAMS Command"):
			frappe.db.set_value(doctype, {"employee": employee.name}, "employee", None, update_modified=False)
	with _never_failing_the_save(employee):
		if _settings().remove_employees:
			_remove(enrolment.device_id(employee), None, _("Automatic: the employee was deleted."))


def _remove_leaver(employee: Document, former: frappe._dict) -> None:
	if not _settings().remove_employees:
		return
	if enrolment.device_id(former) != enrolment.device_id(employee):
		_remove(enrolment.device_id(former), employee.name, _("Automatic: the device ID was changed."))
	if employee.status in ENDED and former.status and former.status not in ENDED:
		reason = _("Automatic: the employee is {0}.").format(_(employee.status))
		_remove(enrolment.device_id(employee), employee.name, reason)


def _remove(user_id: str, employee: str | None, reason: str) -> None:
	if not user_id:
		return
	person = frappe._dict(name=employee, attendance_device_id=user_id)
	enrolment.add_commands("DeleteUser", person, enrolment.all_devices(person), reason)


def _enrol_active(employee: Document, former: frappe._dict) -> list[str]:
	"""Returns the devices that get a command."""
	changed = any(_text(employee, field) != _text(former, field) for field in CALLS_FOR_ENROLMENT)
	wanted = changed and employee.status == ACTIVE and enrolment.device_id(employee)
	if not (wanted and _settings().enrol_employees):
		return []
	tags = enrolment.branch_devices(employee)
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
