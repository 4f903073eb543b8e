"""Add Punch and Take Back: what the door lets in, what is kept of it, and who may."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers.punch_actions import add_punch, retry, take_back
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import DAY, checkins_of, punch_at, punches_of, store
from tests.contract.host import SETTINGS


@pytest.fixture
def add(new_employee):
	def added(employee=None, clock="17:03:00", **values):
		employee = employee or new_employee()
		given = {"time": f"{DAY} {clock}", "log_type": "OUT", "reason": "Forgot it", **values}
		return frappe._dict(add_punch(employee.name, **given), employee=employee.name)

	yield added
	frappe.db.rollback()


def test_it_is_a_signed_check_in_with_author_and_reason(add):
	added = add()
	[checkin] = checkins_of(added.employee)
	assert (checkin.log_type, checkin.custom_cams_punch, checkin.custom_input_type) == (
		"OUT",
		added.punch,
		"Manual",
	)
	punch = frappe.get_doc("CAMS Punch", added.punch)
	assert (punch.source, punch.added_by, punch.added_reason) == ("Manual", "Administrator", "Forgot it")
	assert (punch.employee_checkin, punch.state, punch.user_id) == (checkin.name, "Recorded", None)
	assert punch.name.startswith("added-")  # the identity of a device's punch is hexadecimal


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"reason": " "}, "reason"),
		({"log_type": "BOTH"}, "In or Out"),
		({"time": "2099-01-01 08:00:00"}, "future"),
	],
)
def test_what_is_refused_leaves_nothing(add, new_employee, values, said):
	employee = new_employee()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=said):
		add(employee, **values)
	frappe.db.rollback()
	assert checkins_of(employee.name) == []
	assert frappe.get_all("CAMS Punch", {"employee": employee.name}) == []


def test_none_is_added_twice_or_beside_an_equal_check_in(add, new_employee):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id, "08:00:00"))
	drain()
	with pytest.raises(frappe.ValidationError, match="equal check-in"):
		add(employee, "08:00:00", log_type="IN")
	frappe.db.rollback()
	add(employee)
	with pytest.raises(frappe.ValidationError, match="there already"):
		add(employee)


def test_the_input_types_that_are_held_are_those_of_devices(add, new_employee):
	employee = new_employee()
	frappe.db.set_single_value(SETTINGS, "hold_others", 1)
	assert add(employee).employee_checkin


def test_what_the_site_stops_leaves_nothing_and_promises_nothing(add, new_employee, faults):
	employee = new_employee()
	frappe.db.commit()
	faults[employee.name] = RuntimeError("nobody thought of this")
	with pytest.raises(frappe.ValidationError, match="Nothing was added") as refused:
		add(employee)
	assert "automatically" not in str(refused.value)
	frappe.db.rollback()
	faults[employee.name] = frappe.QueryDeadlockError("Deadlock found")
	with pytest.raises(frappe.QueryDeadlockError):
		add(employee)
	frappe.db.rollback()
	assert (checkins_of(employee.name), frappe.get_all("CAMS Punch", {"employee": employee.name})) == ([], [])


def test_who_is_inactive_gets_none(add, new_employee):
	with pytest.raises(frappe.ValidationError):
		add(new_employee(status="Inactive"))


def test_taken_back_it_is_no_check_in_and_a_retry_brings_it_again(add):
	added = add()
	take_back(added.punch)
	punch = frappe.get_doc("CAMS Punch", added.punch)
	assert (punch.state, punch.reason_code, punch.employee_checkin) == ("Ignored", "TAKEN_BACK", None)
	assert checkins_of(added.employee) == []
	with pytest.raises(frappe.ValidationError, match="taken back"):
		take_back(added.punch)
	assert retry([added.punch]) == 1
	frappe.db.commit()
	drain()
	assert [checkin.custom_cams_punch for checkin in checkins_of(added.employee)] == [added.punch]
	take_back(added.punch)
	frappe.db.commit()


def test_a_punch_of_a_device_is_not_taken_back(new_employee):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id, "08:00:00"))
	drain()
	[punch] = punches_of(employee.attendance_device_id)
	with pytest.raises(frappe.ValidationError):
		take_back(punch.name)
	assert len(checkins_of(employee.name)) == 1
