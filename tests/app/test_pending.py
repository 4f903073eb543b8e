"""What waits at a device, as its form shows it first, and what forms call employees."""

import frappe

from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.devices.pending import pending_at
from navari_cams_biometric.cams_biometric.punches import checkins
from tests.app.inside import store
from tests.contract.host import real_time


def test_what_waits_is_counted_for_this_device_alone(gateway, tags, new_employee, new_user_id):
	for tag, user_id in ((tags[0], new_user_id()), (tags[0], new_user_id()), (tags[1], new_user_id())):
		store(real_time(user_id, SerialNumber=tag))
	store(real_time(new_employee().attendance_device_id, SerialNumber=tags[0]))
	checkins.drain()
	queue.add_command("SyncDeviceTime", tags[0])
	user = {"service_tag": tags[0], "user_id": new_user_id()}
	frappe.new_doc("CAMS Device User", **user, state="On Device").insert()
	frappe.new_doc("CAMS Device User", **{**user, "user_id": new_user_id()}, state="Deleted").insert()

	counted = pending_at(tags[0])
	assert counted == {"CAMS Punch": 2, "CAMS Command": 1, "CAMS Unread Event": 0, "CAMS Device User": 1}


def test_employees_are_named_once_and_nobody_is_not(new_employee):
	employee = new_employee(first_name="Night", last_name="Guard")
	assert names_of([employee.name, employee.name, None, ""]) == {employee.name: employee.employee_name}
	assert names_of([]) == {}
