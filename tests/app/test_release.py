"""Held is not lost: which change lets which punches go, and which it leaves where they are."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.identities import CODES
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from tests.app.inside import hold, log_entries, outcome, punch_at, punch_of, punches_of, store
from tests.contract.host import SETTINGS

HELD_CODES = [code for code, reason in REASONS.items() if reason.state == PunchState.HELD]
RELEASED_BY = {
	"Employee": {*CODES, "EMPLOYEE_INACTIVE", "BEFORE_JOINING"},
	"Shift Type": {"LOG_TYPE_REQUIRED"},
	"HR Settings": {"LOCATION_REQUIRED", "OUTSIDE_RADIUS"},
	"CAMS Device": {
		"UNKNOWN_PUNCH_TYPE",
		"DEVICE_DISABLED",
		"LOG_TYPE_REQUIRED",
		"LOCATION_REQUIRED",
		"OUTSIDE_RADIUS",
	},
	SETTINGS: {"UNKNOWN_PUNCH_TYPE", "CLOCK_AHEAD", "CLOCK_BEHIND", "INPUT_TYPE", "LOG_TYPE_REQUIRED"},
}


def hold_one_of_each(user_id, **overrides):
	for minute, code in enumerate(HELD_CODES):
		hold(user_id, code, f"08:{minute:02}:00", **overrides)


def released(user_id):
	"""The codes, by minute as hold_one_of_each gave them, of punches that are queued."""
	return {HELD_CODES[punch.punch_time.minute] for punch in punches_of(user_id) if punch.state == "Queued"}


def save(doctype, employee, device):
	"""Save a document of the DocType: the employee with a change, the device, a new one, or the only one."""
	if doctype == "Employee":
		employee.status = "Inactive"
		employee.save()
	elif doctype == "CAMS Device":
		device.save()
	elif doctype == "Shift Type":
		times = {"start_time": "08:00:00", "end_time": "17:00:00"}
		frappe.new_doc(doctype, name=frappe.generate_hash(length=10), **times).insert()
	else:
		frappe.get_doc(doctype).save()


@pytest.mark.parametrize("doctype", RELEASED_BY)
def test_saving_releases_what_it_can_mend_and_nothing_else(new_employee, new_device, doctype):
	employee, device = new_employee(), new_device()
	hold_one_of_each(employee.attendance_device_id, SerialNumber=device.name)
	save(doctype, employee, device)
	assert released(employee.attendance_device_id) == RELEASED_BY[doctype]


def test_what_is_released_is_judged_as_if_it_had_just_come(new_employee):
	employee = new_employee(status="Inactive")
	hold(employee.attendance_device_id, "EMPLOYEE_INACTIVE")
	employee.status = "Active"
	employee.save()
	punch = punch_of(employee.attendance_device_id)
	assert (punch.state, punch.attempts) == ("Queued", 0)
	assert not any((punch.reason_code, punch.reason, punch.remedy, punch.retry_after))


def test_saving_an_employee_without_a_change_that_matters_queues_nothing(new_employee):
	employee = new_employee(status="Inactive")
	store(punch_at(employee.attendance_device_id))
	drain()
	before = punch_of(employee.attendance_device_id)
	employee.reload()
	employee.middle_name = "Changed"
	employee.save()
	assert before.reason_code == "EMPLOYEE_INACTIVE"
	assert punch_of(employee.attendance_device_id) == before


@pytest.mark.parametrize(
	("field", "value"),
	[
		("status", "Suspended"),
		("relieving_date", "2024-12-31"),
		("date_of_joining", "2019-12-31"),
		("status", "Active"),
	],
)
def test_each_change_that_matters_queues(new_employee, field, value):
	employee = new_employee(status="Inactive")
	hold(employee.attendance_device_id, "EMPLOYEE_INACTIVE")
	employee.set(field, value)
	employee.save()
	assert outcome(employee.attendance_device_id) == ("Queued", None)


def test_a_new_device_id_releases_the_punches_of_that_id_only(new_employee, new_user_id):
	user_id, other = new_user_id(), new_user_id()
	hold(user_id, "UNKNOWN_USER")
	hold(other, "UNKNOWN_USER")
	employee = new_employee(attendance_device_id=None)
	employee.attendance_device_id = user_id
	employee.save()
	assert outcome(user_id) == ("Queued", None)
	assert outcome(other) == ("Held", "UNKNOWN_USER")


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_employee_without_device_id_releases_nobodys_punches(new_employee, nothing):
	body = punch_at("")
	body["RealTime"]["PunchLog"]["LogTime"] = f"never {frappe.generate_hash(length=8)}"
	store(body)
	[name] = frappe.get_all(
		"CAMS Punch", {"original_time": body["RealTime"]["PunchLog"]["LogTime"]}, pluck="name"
	)
	inbox.update_punches([name], state="Held", reason_code="UNKNOWN_USER")
	employee = new_employee()
	employee.attendance_device_id = nothing
	employee.save()
	assert frappe.db.get_value("CAMS Punch", name, "state") == "Held"


def test_a_new_employee_releases_what_waited_for_their_device_id(new_employee, new_user_id):
	user_id = new_user_id()
	hold(user_id, "UNKNOWN_USER")
	new_employee(attendance_device_id=user_id)
	drain()
	assert outcome(user_id) == ("Recorded", None)


def test_a_device_releases_its_own_punches_only(new_user_id, new_device):
	own, other = new_user_id(), new_user_id()
	device = new_device()
	hold(own, "DEVICE_DISABLED", SerialNumber=device.name)
	hold(other, "DEVICE_DISABLED", SerialNumber=new_device().name)
	device.save()
	assert outcome(own) == ("Queued", None)
	assert outcome(other) == ("Held", "DEVICE_DISABLED")


@pytest.mark.parametrize("state", ["Ignored", "Failed", "Recorded"])
def test_a_change_takes_up_only_what_is_held(new_user_id, state):
	user_id = new_user_id()
	inbox.update_punches([hold(user_id, "UNKNOWN_PUNCH_TYPE")], state=state)
	frappe.get_doc(SETTINGS).save()
	assert outcome(user_id) == (state, "UNKNOWN_PUNCH_TYPE")


def test_what_is_not_mended_is_held_again_without_another_entry_in_the_error_log(new_user_id):
	user_id = new_user_id()
	store(punch_at(user_id, Type="Unheard Of"))
	drain()
	frappe.get_doc(SETTINGS).save()
	assert outcome(user_id) == ("Queued", None)
	drain()
	assert outcome(user_id) == ("Held", "UNKNOWN_PUNCH_TYPE")
	assert len(log_entries(reference_name=punch_of(user_id).name)) == 1


@pytest.mark.parametrize("flag", ["in_install", "in_migrate"])
def test_installing_and_migrating_release_nothing(new_user_id, flag):
	user_id = new_user_id()
	hold(user_id, "UNKNOWN_PUNCH_TYPE")
	frappe.flags[flag] = True
	frappe.get_doc(SETTINGS).save()
	assert outcome(user_id) == ("Held", "UNKNOWN_PUNCH_TYPE")


def test_a_change_that_is_rolled_back_releases_nothing(new_employee, new_user_id):
	user_id = new_user_id()
	hold(user_id, "UNKNOWN_USER")
	employee = new_employee(attendance_device_id=None)
	employee.attendance_device_id = user_id
	employee.save()
	frappe.db.rollback()
	assert outcome(user_id) == ("Held", "UNKNOWN_USER")


def test_the_sweep_releases_users_whose_id_was_set_past_the_document(new_employee, new_user_id):
	user_id, other = new_user_id(), new_user_id()
	store(punch_at(user_id), punch_at(other))
	drain()
	employee = new_employee(attendance_device_id=None)
	frappe.db.set_value("Employee", employee.name, "attendance_device_id", f" {user_id} ")
	frappe.db.commit()
	checkins.sweep()
	assert outcome(user_id) == ("Recorded", None)
	assert outcome(other) == ("Held", "UNKNOWN_USER")


def test_the_sweep_does_not_take_an_id_in_other_letters_for_the_same(new_employee, new_user_id):
	user_id = f"{new_user_id()}a"
	new_employee(attendance_device_id=user_id.upper())
	hold(user_id, "UNKNOWN_USER")
	before = punch_of(user_id)
	checkins.sweep()
	assert punch_of(user_id) == before


@pytest.mark.parametrize("code", [code for code in HELD_CODES if code not in (*CODES, "TIME_MARKED")])
def test_the_sweep_leaves_other_holds_alone(new_employee, code):
	employee = new_employee()
	hold(employee.attendance_device_id, code)
	before = punch_of(employee.attendance_device_id)
	checkins.sweep()
	assert punch_of(employee.attendance_device_id) == before
