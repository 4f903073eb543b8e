"""People on devices follow an employee's working life; what is on its way then."""

from pathlib import Path

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

import navari_cams_biometric
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.controllers import enrolment_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from navari_cams_biometric.cams_biometric.device_users import enrolment as devices_people
from tests.app.inside import log_entries
from tests.app.people.records import SETTINGS, carry_out, known, make_due, put, recorded, the_command

SCRIPTS = Path(navari_cams_biometric.__file__).parent / "public" / "js"
SWITCHES = ("enrol_employees", "update_employees", "remove_employees")


@pytest.fixture
def switch(gateway):
	"""Switch what Settings do by themselves; off again at the end."""

	def turn(*names):
		values = {name: int(name in names) for name in SWITCHES}
		frappe.get_doc(SETTINGS).update(values).save()
		frappe.db.commit()

	yield turn
	frappe.db.rollback()
	turn()


def test_who_becomes_active_with_a_device_id_is_enrolled(switch, gateway, tags, new_person, run_jobs):
	switch("enrol_employees")
	employee = new_person()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert gateway.world.devices[tag].users[employee.attendance_device_id].first_name == "Employee"
	command = the_command(service_tag=tags[0])
	assert (command.employee, command.asked_by) == (employee.name, "Administrator")
	assert command.reason.startswith("Automatic")
	employee.reload().save()
	assert len(recorded(tags)) == 2


def test_a_device_id_that_comes_later_enrols(switch, tags, new_person, new_user_id):
	switch("enrol_employees")
	employee = new_person(attendance_device_id="")
	assert recorded(tags) == []
	user_id = new_user_id()
	employee.update({"attendance_device_id": user_id}).save()
	assert recorded(tags) == [("AddUser", tag, user_id) for tag in sorted(tags)]


@pytest.mark.parametrize("status", ["Inactive", "Suspended"])
def test_who_is_not_active_is_not_enrolled(switch, tags, new_person, status):
	switch("enrol_employees")
	new_person(status=status)
	assert recorded(tags) == []


@pytest.mark.parametrize("status", ["Left", "Inactive"])
def test_who_leaves_is_removed_everywhere_and_comes_back(
	switch, gateway, tags, new_person, new_device, run_jobs, status
):
	switch("enrol_employees", "remove_employees")
	disabled = new_device(enabled=0)
	employee = new_person()
	carry_out(gateway, run_jobs)
	employee.reload().update({"status": status, "relieving_date": "2024-01-01"}).save()
	carry_out(gateway, run_jobs)
	assert [gateway.world.devices[tag].users for tag in tags] == [{}, {}]
	gone = the_command(service_tag=disabled.name)
	assert (gone.operation, gone.state) == ("DeleteUser", "Done")

	employee.reload().update({"status": "Active", "relieving_date": None}).save()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert employee.attendance_device_id in gateway.world.devices[tag].users


def test_a_suspension_passes(switch, tags, employee):
	switch("remove_employees")
	employee.reload().update({"status": "Suspended"}).save()
	assert recorded(tags) == []


def test_a_new_device_id_replaces_the_old_one(switch, gateway, tags, new_person, new_user_id, run_jobs):
	switch(*SWITCHES)
	employee = new_person()
	carry_out(gateway, run_jobs)
	old, new = employee.attendance_device_id, new_user_id()
	employee.reload().update({"attendance_device_id": new}).save()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert set(gateway.world.devices[tag].users) == {new}
		assert (known(tag, old).state, known(tag, old).employee) == ("Deleted", None)
		assert (known(tag, new).state, known(tag, new).employee) == ("On Device", employee.name)


def test_a_new_branch_adds_its_devices(switch, gateway, tags, new_person, new_branch, run_jobs):
	there, here = new_branch(), new_branch()
	for tag, name in zip(tags, (there, here), strict=True):
		frappe.db.set_value("CAMS Device", tag, "branch", name)
	switch(*SWITCHES)
	employee = new_person(branch=there)
	carry_out(gateway, run_jobs)
	employee.reload().update({"branch": here}).save()
	carry_out(gateway, run_jobs)
	assert recorded(tags) == [("AddUser", tag, employee.attendance_device_id) for tag in tags]
	assert all(employee.attendance_device_id in gateway.world.devices[tag].users for tag in tags)


def test_a_changed_name_follows_where_the_person_is(switch, gateway, tags, employee, run_jobs):
	switch("update_employees")
	gateway.add_user(tags[1], employee.attendance_device_id)
	put(tags[1], employee)
	employee.reload().update({"last_name": "Changed"}).save()
	assert recorded(tags) == [("UpdateUser", tags[1], employee.attendance_device_id)]
	carry_out(gateway, run_jobs)
	assert gateway.world.devices[tags[1]].users[employee.attendance_device_id].last_name == "Changed"


def test_a_name_that_changes_with_the_branch_is_sent_once(switch, tags, new_branch, new_person):
	employee = new_person(branch=new_branch())
	put(tags[0], employee)
	here = frappe.db.get_value("CAMS Device", tags[0], "branch")
	switch("enrol_employees", "update_employees")
	employee.reload().update({"last_name": "Changed", "branch": here}).save()
	assert [operation for operation, _tag, _user in recorded(tags)] == ["AddUser", "AddUser"]


def test_what_is_switched_off_does_nothing(switch, tags, new_person):
	switch()
	employee = new_person()
	put(tags[0], employee)
	employee.update({"last_name": "Changed"}).save()
	employee.update({"status": "Inactive"}).save()
	frappe.delete_doc("Employee", employee.name)
	assert recorded(tags) == []


def test_a_deleted_employee_is_removed_and_nothing_here_stands_in_the_way(
	switch, gateway, tags, employee, run_jobs
):
	switch("remove_employees")
	gateway.add_user(tags[0], employee.attendance_device_id)
	put(tags[0], employee)
	enrolment_actions.update(employee.name)
	frappe.delete_doc("Employee", employee.name)
	frappe.db.commit()
	carry_out(gateway, run_jobs)
	assert gateway.world.devices[tags[0]].users == {}
	assert known(tags[0], employee.attendance_device_id).employee is None
	assert not frappe.db.exists("CAMS Command", {"employee": employee.name})


def test_an_employee_can_be_deleted_even_if_no_command_can_be_recorded(switch, tags, employee, monkeypatch):
	switch("remove_employees")
	put(tags[0], employee)

	def fail(*_arguments, **_options):
		frappe.throw("no such luck")

	monkeypatch.setattr(queue, "add_command", fail)
	frappe.delete_doc("Employee", employee.name)
	assert not frappe.db.exists("Employee", employee.name)
	[entry] = log_entries(reference_name=employee.name)
	assert "no such luck" in entry.error


def test_saving_never_fails_because_of_a_device(switch, tags, new_person, monkeypatch):
	switch(*SWITCHES)
	ask = queue.add_command

	def fails_at_the_second(operation, service_tag, **arguments):
		if service_tag == sorted(tags)[1]:
			frappe.throw("no such luck")
		return ask(operation, service_tag, **arguments)

	monkeypatch.setattr(queue, "add_command", fails_at_the_second)
	employee = new_person()
	assert frappe.db.exists("Employee", employee.name)
	assert recorded(tags) == []  # half of it is none of it
	[entry] = log_entries(reference_name=employee.name)
	assert "no such luck" in entry.error
	assert frappe.local.message_log == []


def test_a_deadlock_is_not_swallowed_with_the_save(switch, new_person, monkeypatch):
	switch(*SWITCHES)

	def deadlock(*_arguments, **_options):
		raise frappe.QueryDeadlockError

	monkeypatch.setattr(queue, "add_command", deadlock)
	with pytest.raises(frappe.QueryDeadlockError):
		new_person()


@pytest.mark.parametrize("flag", ["in_install", "in_migrate", "in_patch"])
def test_installing_and_migrating_send_nothing(switch, tags, new_person, flag):
	switch(*SWITCHES)
	frappe.flags[flag] = True
	try:
		new_person()
	finally:
		frappe.flags[flag] = False
	assert recorded(tags) == []


def test_a_data_import_enrols(switch, tags, new_person):
	switch("enrol_employees")
	frappe.flags.in_import = True
	try:
		new_person()
	finally:
		frappe.flags.in_import = False
	assert len(recorded(tags)) == 2


def test_who_leaves_while_being_enrolled_on_an_offline_device_does_not_come_back(
	switch, gateway, tags, new_person, run_jobs
):
	switch("enrol_employees", "remove_employees")
	gateway.set_online(tags[0], False)
	employee = new_person()
	run_jobs()
	assert the_command(service_tag=tags[0]).state == "Waiting for Device"
	employee.reload().update({"status": "Inactive"}).save()
	carry_out(gateway, run_jobs)
	waiting = the_command(service_tag=tags[0], operation="DeleteUser")
	assert (waiting.state, "earlier command" in waiting.outcome) == ("Queued", True)

	gateway.set_online(tags[0], True)
	for _ in range(3):
		carry_out(gateway, run_jobs)
	assert the_command(service_tag=tags[0], operation="DeleteUser").state == "Done"
	assert [gateway.world.devices[tag].users for tag in tags] == [{}, {}]
	assert {known(tag, employee.attendance_device_id).state for tag in tags} == {"Deleted"}


def test_a_removal_that_is_known_done_first_is_not_undone_by_the_earlier_enrolment(gateway, tags, run_jobs):
	device_user_store.mark_on_device(tags[0], "somebody")
	added = queue.add_command("AddUser", tags[0], user_id="somebody")
	removed = queue.add_command("DeleteUser", tags[0], user_id="somebody")
	for name in (removed, added):
		command = frappe.get_doc("CAMS Command", name)
		frappe.db.set_value("CAMS Command", name, "state", "Done")
		device_user_store.note_finished_command(command.reload())
	assert known(tags[0], "somebody").state == "Deleted"


def test_the_removal_of_somebody_unknown_is_not_waited_for_long(web_api, tags, run_jobs):
	name = queue.add_command("DeleteUser", tags[0], user_id="nobody")
	run_jobs()
	assert frappe.db.get_value("CAMS Command", name, "state") == "Sent"
	for hours, state in ((23, "Sent"), (25, "Done")):
		answered_at = add_to_date(now_datetime(), hours=-hours)
		frappe.db.set_value("CAMS Command", name, "answered_at", answered_at)
		make_due(name)
		queue.sweep()
		assert frappe.db.get_value("CAMS Command", name, "state") == state


def test_what_runs_at_once_is_not_many():
	assert devices_people.AT_ONCE == 20
