"""Replace: another device takes the place of a broken one."""

from datetime import datetime

import frappe
import pytest

from navari_cams_biometric.cams_biometric.devices.replacement import replace
from navari_cams_biometric.cams_biometric.punches import checkins
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from tests.app.inside import outcome, store
from tests.contract.host import real_time

FIRST = datetime(2024, 9, 1, 8)


@pytest.fixture
def new_serial(new_user_id):
	return lambda: f"TST{new_user_id().upper()}"


@pytest.fixture
def shift():
	name = f"Shift {frappe.generate_hash(length=8)}"
	frappe.new_doc(
		"Shift Type",
		name=name,
		start_time="08:00:00",
		end_time="17:00:00",
		enable_auto_attendance=1,
		process_attendance_after="2024-09-01",
	).insert()
	return name


@pytest.fixture
def broken(new_device, shift):
	"""A device with everything that another one can take over."""
	device = new_device(
		label="Main Gate",
		direction="IN",
		ignore_repeat="7",
		time_zone="Africa/Kampala",
		latitude=1.5,
		longitude=2.5,
		shift_types=[{"shift_type": shift}],
	)
	device.db_set("first_reported", FIRST)
	return device.reload()


def punched(device, user_id, clock="2024-09-17 08:00:00"):
	store(real_time(user_id, f"{clock} GMT +0300", SerialNumber=device))
	checkins.drain()
	return outcome(user_id)


def stands_for(device, user_id, employee):
	return frappe.new_doc(
		"CAMS Device ID", user_id=user_id, employee=employee.name, service_tag=device
	).insert()


def on_device(device, user_id, employee=None):
	row = {"user_id": user_id, "service_tag": device, "state": "On Device", "employee": employee}
	frappe.new_doc("CAMS Device User", **row).insert()


def feeding(shift):
	[state] = watermark.states(shift)
	return {feed.service_tag for feed in state.feeds}


def test_the_other_device_takes_over_name_settings_and_shifts(broken, new_serial, shift):
	serial = new_serial()
	assert replace(broken, serial).service_tag == serial
	other = frappe.get_doc("CAMS Device", serial)
	assert (other.label, other.direction, other.ignore_repeat) == ("Main Gate", "IN", "7")
	assert (other.time_zone, other.latitude, other.longitude) == ("Africa/Kampala", 1.5, 2.5)
	assert [row.shift_type for row in other.shift_types] == [shift]
	assert (other.enabled, other.unconfirmed) == (1, 0)


def test_a_device_that_registered_itself_can_take_the_place(broken, new_device):
	other = new_device(label="Gateway's name", unconfirmed=1)
	replace(broken, f" {other.name} ")
	other.reload()
	assert (other.label, other.unconfirmed) == ("Main Gate", 0)


def test_the_broken_one_is_disabled_and_names_its_successor(broken, new_serial):
	serial = new_serial()
	replace(broken, serial)
	broken.reload()
	assert (broken.enabled, broken.replaced_by, broken.label) == (0, serial, "Main Gate (replaced)")


def test_a_shift_waits_for_the_other_device_alone(broken, new_serial, shift):
	serial = new_serial()
	assert feeding(shift) & {broken.name, serial} == {broken.name}
	replace(broken, serial)
	assert feeding(shift) & {broken.name, serial} == {serial}


def test_no_history_is_due_for_the_days_that_the_broken_one_knew(broken, new_device):
	other = new_device(unconfirmed=1)
	other.db_set("first_reported", datetime(2024, 9, 20, 8))
	replace(broken, other.name)
	assert other.reload().first_reported == FIRST


def test_what_the_broken_one_still_delivers_counts(broken, new_serial, new_employee, new_user_id):
	employee, own_id = new_employee(), new_user_id()
	stands_for(broken.name, own_id, employee)
	replace(broken, new_serial())
	assert punched(broken.name, employee.attendance_device_id) == ("Recorded", None)
	assert punched(broken.name, own_id, "2024-09-17 17:00:00") == ("Recorded", None)


def test_a_device_that_is_only_disabled_still_holds_its_punches(broken, new_employee):
	broken.update({"enabled": 0}).save()
	user_id = new_employee().attendance_device_id
	assert punched(broken.name, user_id) == ("Held", "DEVICE_DISABLED")


def test_user_ids_and_ignored_ids_hold_on_the_other_device(broken, new_serial, new_employee, new_user_id):
	own_id, visitor, serial = new_user_id(), new_user_id(), new_serial()
	stands_for(broken.name, own_id, new_employee())
	ignored = {"user_id": visitor, "service_tag": broken.name, "reason": "A visitor"}
	frappe.new_doc("CAMS Ignored ID", **ignored).insert()
	replace(broken, serial)
	assert punched(serial, own_id) == ("Recorded", None)
	assert punched(serial, visitor) == ("Ignored", "IGNORED_ID")


def test_people_are_copied_with_their_templates_where_the_gateway_can(gateway, tags, new_employee):
	employee = new_employee()
	on_device(tags[0], employee.attendance_device_id, employee.name)
	on_device(tags[0], "stranger")
	done = replace(frappe.get_doc("CAMS Device", tags[0]), tags[1])
	assert (done.people, done.operation) == (1, "CopyUsers")
	command = frappe.get_last_doc("CAMS Command", {"service_tag": tags[1]})
	arguments = frappe.parse_json(command.arguments)
	assert command.operation == "CopyUsers"
	assert (arguments["source"], arguments["user_ids"]) == (tags[0], [employee.attendance_device_id])


def test_people_are_enrolled_from_records_where_the_gateway_copies_nobody(gateway, tags, new_employee):
	employee, left = new_employee(), new_employee(status="Left", relieving_date="2024-05-31")
	for person in (employee, left):
		on_device(tags[0], person.attendance_device_id, person.name)
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"gateway_api": "Web API 3.0"}).save()
	done = replace(frappe.get_doc("CAMS Device", tags[0]), tags[1])
	assert (done.people, done.operation) == (1, "AddUser")
	command = frappe.get_last_doc("CAMS Command", {"service_tag": tags[1]})
	assert (command.operation, command.user_id) == ("AddUser", employee.attendance_device_id)


def test_a_device_in_use_is_not_taken(broken, new_device, new_employee):
	other = new_device(label="Gate 2")
	punched(other.name, new_employee().attendance_device_id)
	with pytest.raises(frappe.ValidationError, match="in use"):
		replace(broken, other.name)
	assert other.reload().label == "Gate 2"


def test_a_device_does_not_replace_itself_nor_is_it_replaced_twice(broken, new_serial):
	with pytest.raises(frappe.ValidationError, match="the other device"):
		replace(broken, broken.name)
	first = new_serial()
	replace(broken, first)
	with pytest.raises(frappe.ValidationError, match=first):
		replace(broken.reload(), new_serial())


def test_a_device_that_is_enabled_again_is_no_longer_replaced(broken, new_serial):
	replace(broken, new_serial())
	broken.reload().update({"enabled": 1}).save()
	assert not broken.reload().replaced_by


def test_only_a_system_manager_may(broken, new_serial, new_user_id):
	email = f"{new_user_id()}@example.com"
	frappe.new_doc("User", email=email, first_name="User", roles=[{"role": "HR Manager"}]).insert()
	frappe.set_user(email)
	try:
		with pytest.raises(frappe.PermissionError):
			broken.replace(new_serial())
	finally:
		frappe.set_user("Administrator")
