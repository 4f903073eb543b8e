"""Errors that nobody foresaw, in HRMS or in another app's hooks: they stop one punch and no more."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers.punch_actions import retry
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import checkins_of, log_entries, outcome, punch_at, punch_of, store


@pytest.fixture
def three(new_employee):
	"""Three employees with a punch each, the second of whom is the unlucky one."""
	employees = [new_employee() for _ in range(3)]
	for number, employee in enumerate(employees):
		store(punch_at(employee.attendance_device_id, f"08:0{number}:00"))
	return employees


def outcomes(employees):
	return [outcome(employee.attendance_device_id) for employee in employees]


STOPS_ONE = [("Recorded", None), ("Failed", "UNEXPECTED_ERROR"), ("Recorded", None)]


def fail_for(employee, error):
	def hook(checkin, _method):
		if checkin.employee == employee.name:
			raise error

	return hook


def test_an_error_in_the_insert_fails_that_punch_and_the_rest_go_on(faults, three):
	faults[three[1].name] = RuntimeError("nobody thought of this")
	drain()
	assert outcomes(three) == STOPS_ONE
	assert [len(checkins_of(employee.name)) for employee in three] == [1, 0, 1]


@pytest.mark.parametrize("event", ["before_insert", "validate", "after_insert", "on_update"])
def test_an_error_in_a_hook_of_another_app_fails_that_punch_and_the_rest_go_on(foreign_hook, three, event):
	foreign_hook(event, fail_for(three[1], KeyError("no such key")))
	drain()
	assert outcomes(three) == STOPS_ONE
	assert [len(checkins_of(employee.name)) for employee in three] == [1, 0, 1]


def test_a_failed_punch_says_so_with_reason_and_remedy(faults, three):
	faults[three[1].name] = RuntimeError("nobody thought of this")
	drain()
	punch = punch_of(three[1].attendance_device_id)
	sentence = "An error of this site stopped it, not the punch itself."
	assert punch.reason == f"{sentence} (RuntimeError: nobody thought of this)"
	assert punch.remedy.startswith("See the Error Log and fix the cause. It is tried again automatically")
	assert punch.employee == three[1].name


def test_the_error_log_has_the_traceback(foreign_hook, three):
	foreign_hook("after_insert", fail_for(three[1], KeyError("no such key")))
	drain()
	fault = punch_of(three[1].attendance_device_id).fault
	[entry] = [
		each for each in log_entries(method=["like", "%UNEXPECTED_ERROR%"]) if "no such key" in each.error
	]
	assert fault
	assert "UNEXPECTED_ERROR" in entry.method
	assert "Traceback (most recent call last)" in entry.error
	assert "KeyError: 'no such key'" in entry.error
	assert "in hook" in entry.error


def test_a_failed_punch_is_checked_in_by_retry_when_the_cause_is_mended(faults, three):
	faults[three[1].name] = RuntimeError("nobody thought of this")
	drain()
	faults.clear()
	retry([punch_of(three[1].attendance_device_id).name])
	drain()
	assert outcomes(three) == [("Recorded", None)] * 3


def test_what_another_app_refuses_is_no_refusal_of_hrms_and_keeps_its_words(foreign_hook, three):
	def hook(checkin, _method):
		if checkin.employee == three[1].name:
			frappe.throw("Not <b>today</b>")

	foreign_hook("validate", hook)
	drain()
	assert outcomes(three) == STOPS_ONE
	assert "(ValidationError: Not today)" in punch_of(three[1].attendance_device_id).reason


@pytest.mark.parametrize("error", [KeyError("x"), frappe.ValidationError("x")], ids=["error", "refusal"])
@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_hook_that_ends_the_transaction_and_fails_does_not_stop_the_rest(
	foreign_hook, three, ending, error
):
	"""Hooks of other apps do call commit, and a deadlock that one of them swallows is a rollback."""

	def hook(checkin, _method):
		if checkin.employee == three[1].name:
			getattr(frappe.db, ending)()
			raise error

	foreign_hook("validate", hook)
	drain()
	states = [state for state, _code in outcomes(three)]
	assert (states[0], states[2]) == ("Recorded", "Recorded")
	assert states[1] == "Failed"


def test_a_punch_whose_device_was_deleted_is_checked_in(new_employee, new_device):
	employee, device = new_employee(), new_device()
	store(punch_at(employee.attendance_device_id, SerialNumber=device.name))
	frappe.delete_doc("CAMS Device", device.name, force=True)
	frappe.db.commit()
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
