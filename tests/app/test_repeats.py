"""Double touches: which one counts, in whatever order they arrive and however their check-ins are made."""

import random
from datetime import datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers.punch_actions import retry
from navari_cams_biometric.cams_biometric.punches import repeats
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import DAY, checkins_of, punch_at, punches_of, store
from tests.contract.host import SETTINGS


@pytest.fixture
def within():
	"""Set the seconds within which a touch is a repeat."""

	def change(seconds):
		frappe.get_doc(SETTINGS).update({"ignore_repeat": seconds}).save()
		frappe.db.commit()

	yield change
	frappe.db.rollback()
	change(0)


@pytest.fixture
def touch():
	"""Let punches of an employee arrive, one after the other, each processed before the next comes."""

	def arrive(employee, *clocks, **overrides):
		for clock in clocks:
			store(punch_at(employee.attendance_device_id, clock, **overrides))
			drain()

	return arrive


def by_hand(employee, clock, log_type="IN"):
	values = {"employee": employee.name, "time": f"{DAY} {clock}", "log_type": log_type}
	checkin = frappe.new_doc("Employee Checkin", **values).insert()
	frappe.db.commit()
	drain()
	return checkin


def counting(employee):
	return [f"{checkin.time:%H:%M:%S}" for checkin in checkins_of(employee.name)]


def outcomes(employee):
	return {
		f"{punch.punch_time:%H:%M:%S}": punch.reason_code or punch.state
		for punch in punches_of(employee.attendance_device_id)
	}


def test_every_touch_counts_unless_settings_say_otherwise(new_employee, touch):
	employee = new_employee()
	touch(employee, "09:00:00", "09:00:01")
	assert counting(employee) == ["09:00:00", "09:00:01"]


def test_of_a_chain_only_the_first_counts(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:00", "09:00:20", "09:00:40", "09:01:11")
	assert counting(employee) == ["09:00:00", "09:01:11"]
	assert outcomes(employee) == {
		"09:00:00": "Recorded",
		"09:00:20": "REPEATED",
		"09:00:40": "REPEATED",
		"09:01:11": "Recorded",
	}
	assert {punch.employee for punch in punches_of(employee.attendance_device_id)} == {employee.name}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_does_not_matter(new_employee, touch, within, seed):
	within(30)
	employee = new_employee()
	clocks = ["09:00:00", "09:00:20", "09:00:40", "17:00:00"]
	touch(employee, *random.Random(seed).sample(clocks, 4))
	assert counting(employee) == ["09:00:00", "17:00:00"]


def test_another_direction_is_no_repeat(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:00")
	touch(employee, "09:00:10", Type="CheckOut")
	touch(employee, "09:00:20", Type="None")
	assert counting(employee) == ["09:00:00", "09:00:10", "09:00:20"]


def test_without_direction_repeats_are_found_too(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:20", "09:00:00", Type="None")
	assert counting(employee) == ["09:00:00"]


def test_another_person_is_no_repeat(new_employee, touch, within):
	within(30)
	first, second = new_employee(), new_employee()
	touch(first, "09:00:00")
	touch(second, "09:00:10")
	assert (counting(first), counting(second)) == (["09:00:00"], ["09:00:10"])


def test_the_device_of_the_later_touch_decides_where_it_differs(new_employee, new_device, touch, within):
	within(30)
	strict, free = new_device(ignore_repeat="120"), new_device(ignore_repeat="0")
	employee = new_employee()
	touch(employee, "09:00:00", "09:01:59", SerialNumber=strict.name)
	touch(employee, "09:02:05", SerialNumber=free.name)
	touch(employee, "09:02:20")
	assert counting(employee) == ["09:00:00", "09:02:05"]


@pytest.mark.parametrize("value", ["-1", "1.5", "soon"])
def test_a_device_takes_a_number_of_seconds_or_nothing(new_device, value):
	with pytest.raises(frappe.ValidationError):
		new_device(ignore_repeat=value)
	assert new_device(ignore_repeat=" ").ignore_repeat == ""
	assert new_device(ignore_repeat=0).ignore_repeat == "0"


def test_a_check_in_by_hand_counts_as_a_touch_whenever_it_is_entered(new_employee, touch, within):
	within(30)
	before, after = new_employee(), new_employee()
	by_hand(before, "09:00:00")
	touch(before, "09:00:20")
	touch(after, "09:00:20")
	by_hand(after, "09:00:00")
	assert counting(before) == counting(after) == ["09:00:00"]
	assert outcomes(before) == outcomes(after) == {"09:00:20": "REPEATED"}


def test_a_check_in_by_hand_is_never_taken_back(new_employee, touch, within):
	within(30)
	employee = new_employee()
	by_hand(employee, "09:00:20")
	touch(employee, "09:00:00")
	assert counting(employee) == ["09:00:00", "09:00:20"]


def test_retry_lets_one_count_and_it_stays(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:00", "09:00:20")
	retry([punch.name for punch in punches_of(employee.attendance_device_id) if punch.reason_code])
	drain()
	assert counting(employee) == ["09:00:00", "09:00:20"]
	touch(employee, "09:00:10")
	assert counting(employee) == ["09:00:00", "09:00:20"]


def test_what_is_marked_stays(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:20")
	[checkin] = checkins_of(employee.name)
	frappe.db.set_value("Employee Checkin", checkin.name, "attendance", "HR-ATT-1")
	touch(employee, "09:00:00")
	assert counting(employee) == ["09:00:00", "09:00:20"]


def test_what_a_person_changed_stays(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:20")
	[checkin] = checkins_of(employee.name)
	frappe.get_doc("Employee Checkin", checkin.name).update({"skip_auto_attendance": 1}).save()
	touch(employee, "09:00:00")
	assert counting(employee) == ["09:00:00", "09:00:20"]


def test_what_two_workers_made_at_the_same_time_is_found_after_the_commit(new_employee, touch, within):
	employee = new_employee()
	touch(employee, "09:00:00", "09:00:20")
	within(30)
	repeats.look_again(punch.name for punch in punches_of(employee.attendance_device_id)[1:])
	drain()
	assert counting(employee) == ["09:00:00"]


def test_taking_a_check_in_back_is_no_change_by_a_person(new_employee, touch, within):
	within(30)
	employee = new_employee()
	touch(employee, "09:00:20", "09:00:00")
	assert counting(employee) == ["09:00:00"]
	assert frappe.get_all("CAMS Checkin Change", filters={"employee": employee.name}) == []


def expected(touches, windows):
	"""The counting ones of (seconds, device or None for by hand, direction)."""
	return sorted(
		seconds
		for seconds, device, direction in touches
		if device is None
		or not any(other[2] == direction and 0 < seconds - other[0] <= windows[device] for other in touches)
	)


@pytest.mark.parametrize("seed", range(12))
def test_what_counts_depends_on_the_touches_alone(new_employee, new_device, within, seed):
	dice = random.Random(seed)
	within(20)
	devices = [new_device(ignore_repeat=value).name for value in ("", "45", "0")]
	windows = dict(zip(devices, (20, 45, 0), strict=True))
	employee = new_employee()
	touches = [
		(seconds, dice.choice([*devices, *devices, None]), dice.choice(["IN", "IN", "OUT"]))
		for seconds in dice.sample(range(240), 10)
	]
	for seconds, device, direction in dice.sample(touches, len(touches)):
		clock = f"{datetime(2024, 9, 17, 9) + timedelta(seconds=seconds):%H:%M:%S}"
		if device is None:
			by_hand(employee, clock, direction)
			continue
		kind = {"IN": "CheckIn", "OUT": "CheckOut"}[direction]
		store(punch_at(employee.attendance_device_id, clock, SerialNumber=device, Type=kind))
		if dice.random() < 0.6:
			drain()
	drain()
	start = datetime(2024, 9, 17, 9)
	found = [int((checkin.time - start).total_seconds()) for checkin in checkins_of(employee.name)]
	assert found == expected(touches, windows)


def test_a_batch_without_anybody_known_has_no_touch(within, new_user_id):
	within(60)
	user_id = new_user_id()
	store(punch_at(user_id))
	drain()
	assert [punch.state for punch in punches_of(user_id)] == ["Held"]
