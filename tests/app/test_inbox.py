"""The inbox: what counts as the same punch, texts longer than their column, and the order of the work."""

from datetime import datetime

import frappe

from navari_cams_biometric.cams_biometric.controllers.punch_actions import retry
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import DAY, checkins_of, hold, outcome, punch_at, punch_of, punches_of, store
from tests.contract.host import DONE, SERVICE_TAG, TOKEN, batch

EIGHT = f"{DAY} 08:00:00 GMT +0300"


def in_order_of_creation(*employees):
	"""(employee, time of day) of check-ins as they were made; their names are numbered."""
	rows = frappe.get_all(
		"Employee Checkin",
		filters={"employee": ["in", [employee.name for employee in employees]]},
		fields=["employee", "time"],
		order_by="name asc",
	)
	return [(row.employee, f"{row.time:%H:%M}") for row in rows]


def history(*entries):
	return batch(*entries, AuthToken=TOKEN, SerialNumber=SERVICE_TAG)


def test_a_batch_with_the_same_punch_twice_is_one(new_employee):
	employee = new_employee()
	entry = ("CheckIn", employee.attendance_device_id, EIGHT)
	store(history(entry, entry))
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
	assert len(checkins_of(employee.name)) == 1


def test_a_batch_with_one_moment_in_two_offsets_is_one(new_employee):
	employee = new_employee()
	user_id = employee.attendance_device_id
	store(history(("CheckIn", user_id, EIGHT), ("CheckIn", user_id, f"{DAY} 05:00:00 GMT +0000")))
	assert punch_of(user_id).original_time == EIGHT


def test_two_types_at_one_moment_are_two(new_employee):
	employee = new_employee()
	user_id = employee.attendance_device_id
	store(history(("CheckIn", user_id, EIGHT), ("CheckOut", user_id, EIGHT)))
	drain()
	assert {punch.state for punch in punches_of(user_id)} == {"Recorded"}
	assert {checkin.log_type for checkin in checkins_of(employee.name)} == {"IN", "OUT"}


def test_one_moment_on_two_devices_is_two_punches_and_one_check_in(new_employee, new_device):
	employee = new_employee()
	user_id = employee.attendance_device_id
	for device in (new_device(), new_device()):
		store(punch_at(user_id, SerialNumber=device.name))
	drain()
	codes = {punch.reason_code for punch in punches_of(user_id)}
	assert codes == {None, "EQUAL_CHECKIN"}
	[checkin] = checkins_of(employee.name)
	assert {punch.employee_checkin for punch in punches_of(user_id)} == {checkin.name}


def test_a_punch_that_was_worked_on_is_not_queued_by_coming_again(new_employee):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	drain()
	before = punch_of(employee.attendance_device_id)
	store(punch_at(employee.attendance_device_id, LabelName="Another"))
	assert punch_of(employee.attendance_device_id) == before


def punches_like(beginning):
	return frappe.get_all(
		"CAMS Punch", {"user_id": ["like", f"{beginning}%"]}, ["user_id", "state", "reason_code"]
	)


def test_a_user_id_that_is_too_long_is_stored_cut_and_held(new_user_id):
	user_id = new_user_id()
	store(punch_at(user_id + "x" * 200))
	drain()
	[punch] = punches_like(user_id)
	assert (punch.state, punch.reason_code, len(punch.user_id)) == ("Held", "UNKNOWN_USER", 140)


def test_two_user_ids_that_begin_alike_stay_two_punches(new_user_id):
	user_id = new_user_id()
	longer = user_id + "x" * 140
	store(history(("CheckIn", f"{longer}1", EIGHT), ("CheckIn", f"{longer}2", EIGHT)))
	assert len(punches_like(user_id)) == 2


def test_a_user_id_that_is_too_long_is_not_taken_for_the_employee_whose_id_it_begins_with(
	new_employee, new_user_id
):
	employee = new_employee(attendance_device_id=new_user_id() + "x" * 132)
	store(punch_at(f"{employee.attendance_device_id}1"))
	drain()
	assert checkins_of(employee.name) == []


def test_a_label_that_is_too_long_is_cut_on_the_punch_and_on_the_new_device(callback, new_user_id):
	user_id = new_user_id()
	service_tag = f"NEW{new_user_id().upper()}"
	response = callback(punch_at(user_id, SerialNumber=service_tag, LabelName="Gate-" * 60))
	assert response.get_data() == DONE
	for label in (punch_of(user_id).device_label, frappe.db.get_value("CAMS Device", service_tag, "label")):
		assert (label[:139], len(label)) == (("Gate-" * 60)[:139], 140)


def test_punches_stored_out_of_order_are_checked_in_in_time_order(new_employee):
	employee = new_employee()
	for clock in ("17:00:00", "08:00:00", "12:30:00", "07:15:00"):
		store(punch_at(employee.attendance_device_id, clock))
	drain()
	assert [time for _name, time in in_order_of_creation(employee)] == ["07:15", "08:00", "12:30", "17:00"]


def test_the_order_holds_across_people_devices_and_transactions(monkeypatch, new_employee, new_device):
	monkeypatch.setattr(checkins, "BATCH", 2)
	first, second = new_employee(), new_employee()
	device = new_device()
	store(
		punch_at(first.attendance_device_id, "17:00:00"),
		punch_at(second.attendance_device_id, "08:01:00", SerialNumber=device.name),
		punch_at(second.attendance_device_id, "16:59:00"),
		punch_at(first.attendance_device_id, "08:00:00", SerialNumber=device.name),
		punch_at(first.attendance_device_id, "12:00:00"),
	)
	drain()
	assert in_order_of_creation(first, second) == [
		(first.name, "08:00"),
		(second.name, "08:01"),
		(first.name, "12:00"),
		(second.name, "16:59"),
		(first.name, "17:00"),
	]


def test_the_order_is_that_of_instants_not_of_the_texts(new_employee):
	employee = new_employee()
	user_id = employee.attendance_device_id
	store(
		history(("CheckIn", user_id, f"{DAY} 09:00:00 GMT +0000"), ("CheckOut", user_id, f"{DAY} 11:00:00"))
	)
	drain()
	assert [time for _name, time in in_order_of_creation(employee)] == ["11:00", "12:00"]


def test_a_time_that_cannot_be_read_stands_in_nobodys_way(monkeypatch, new_employee):
	monkeypatch.setattr(checkins, "BATCH", 1)
	employee, other = new_employee(), new_employee()
	body = punch_at(other.attendance_device_id)
	body["RealTime"]["PunchLog"]["LogTime"] = "never"
	store(body, punch_at(employee.attendance_device_id))
	drain()
	assert outcome(other.attendance_device_id) == ("Held", "TIME_UNREADABLE")
	assert outcome(employee.attendance_device_id) == ("Recorded", None)


def test_a_time_that_can_be_read_by_now_is_read_when_the_punch_is_tried_again(new_employee):
	"""As after an update that knows one more form of time."""
	employee = new_employee()
	name = hold(employee.attendance_device_id, "TIME_UNREADABLE")
	inbox.update_punches([name], punch_time=None)
	retry([name])
	drain()
	[checkin] = checkins_of(employee.name)
	assert checkin.time == punch_of(employee.attendance_device_id).punch_time == datetime(2024, 9, 17, 8)


def test_a_drain_whose_time_is_over_leaves_the_rest_to_the_next(new_employee):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	drain(seconds=0)
	assert outcome(employee.attendance_device_id) == ("Queued", None)
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)


def test_what_a_device_is_known_by_moves_forward_only(new_employee, new_device):
	employee, device = new_employee(), new_device()
	for clock in ("17:00:00", "08:00:00"):
		store(punch_at(employee.attendance_device_id, clock, SerialNumber=device.name))
		drain()
	device.reload()
	assert device.last_punch == datetime(2024, 9, 17, 17)
	assert device.last_reported == max(punch.creation for punch in punches_of(employee.attendance_device_id))
	assert device.label == "Main Gate"
