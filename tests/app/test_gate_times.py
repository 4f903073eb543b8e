"""Check-in Time: the wall clock at the gate for HRMS, the moment for everything that compares."""

import uuid
from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from navari_cams_biometric.cams_biometric.shift_sync.holds import Feed, ShiftState
from tests.app.inside import checkins_of, punches_of, store
from tests.contract.host import real_time

AT_GATE, ON_SITE = "Device's Time Zone", "Site's Time Zone"
LONDON, KOLKATA = "Europe/London", "Asia/Kolkata"


@pytest.fixture
def london(new_device):
	return new_device(label="London", time_zone=LONDON, checkin_time=AT_GATE)


@pytest.fixture
def nairobi(new_device):
	return new_device(label="Nairobi")


def touch(user, device, *log_times, **overrides):
	for log_time in log_times:
		store(real_time(user.attendance_device_id, log_time, SerialNumber=device.name, **overrides))
		drain()


def times(employee):
	return [
		(f"{row.time:%m-%d %H:%M:%S}", row.custom_time_zone or None) for row in checkins_of(employee.name)
	]


@pytest.mark.parametrize(
	("day", "on_site"), [("2024-01-17", "12:00:00"), ("2024-07-17", "11:00:00")], ids=["winter", "summer"]
)
@pytest.mark.parametrize("has_offset", [False, True])
def test_a_check_in_has_the_clock_of_its_gate_and_the_punch_its_moment(
	london, new_employee, day, on_site, has_offset
):
	employee = new_employee()
	touch(employee, london, f"{day} {on_site} GMT +0300" if has_offset else f"{day} 09:00:00")
	assert times(employee) == [(f"{day[5:]} 09:00:00", LONDON)]
	[punch] = punches_of(employee.attendance_device_id)
	assert punch.punch_time == get_datetime(f"{day} {on_site}")
	assert punch.punched_at_utc == punch.punch_time - timedelta(hours=3)


def test_the_site_s_time_is_what_a_device_has_unless_it_says_otherwise(new_device, new_employee):
	employee = new_employee()
	touch(employee, new_device(time_zone=LONDON), "2024-01-17 09:00:00")
	assert times(employee) == [("01-17 12:00:00", None)]


def test_a_zone_that_is_the_site_s_is_not_named(new_device, new_employee):
	employee = new_employee()
	touch(employee, new_device(time_zone="Africa/Nairobi", checkin_time=AT_GATE), "2024-01-17 09:00:00")
	assert times(employee) == [("01-17 09:00:00", None)]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_double_touch_at_two_gates_is_one_by_the_moment(london, nairobi, new_employee, turn):
	london.update({"ignore_repeat": "60"}).save()
	nairobi.update({"ignore_repeat": "60"}).save()
	frappe.db.commit()
	employee = new_employee()
	touches = [(nairobi, "2024-01-17 12:00:00"), (london, "2024-01-17 09:00:30")][::turn]
	for device, log_time in touches:
		touch(employee, device, log_time)
	drain()
	assert times(employee) == [("01-17 12:00:00", None)]
	touch(employee, london, "2024-01-17 12:00:10")  # three hours later, though the clocks show ten seconds
	assert len(times(employee)) == 2


def test_one_moment_at_two_gates_is_one_check_in(london, nairobi, new_employee):
	employee = new_employee()
	touch(employee, london, "2024-01-17 09:00:00")
	touch(employee, nairobi, "2024-01-17 12:00:00")
	assert times(employee) == [("01-17 09:00:00", LONDON)]
	assert {punch.reason_code for punch in punches_of(employee.attendance_device_id)} == {
		None,
		"EQUAL_CHECKIN",
	}


def test_one_clock_in_two_zones_is_two_moments_and_not_linked(london, nairobi, new_employee):
	employee = new_employee()
	touch(employee, london, "2024-01-17 09:00:00")
	touch(employee, nairobi, "2024-01-17 09:00:00")
	assert len(times(employee)) == 1
	[held] = [each for each in punches_of(employee.attendance_device_id) if each.state == "Held"]
	assert held.reason_code == "OTHER_ZONE"
	assert LONDON in held.reason


def test_the_hour_that_the_gate_s_clock_repeats_is_two_moments(london, new_employee):
	employee = new_employee()
	touch(employee, london, "2024-10-27 01:30:00 GMT +0100", "2024-10-27 01:30:00 GMT +0000")
	assert times(employee) == [("10-27 01:30:00", LONDON)]
	codes = {punch.reason_code for punch in punches_of(employee.attendance_device_id)}
	assert codes == {None, "REPEATED_HOUR"}


def test_alternation_goes_by_the_moment(new_device, nairobi, new_employee):
	gate = new_device(time_zone=LONDON, checkin_time=AT_GATE, direction="Alternate Within Shift")
	employee = new_employee()
	touch(employee, nairobi, "2024-01-17 11:00:00", Type="CheckIn")
	touch(employee, gate, "2024-01-17 09:00:00", "2024-01-17 10:00:00")
	found = {f"{row.time:%H:%M}": row.log_type for row in checkins_of(employee.name)}
	assert found == {"11:00": "IN", "09:00": "OUT", "10:00": "IN"}


@pytest.mark.parametrize("change", [{"checkin_time": AT_GATE}, {"checkin_time": ON_SITE}])
def test_changing_it_moves_what_is_unmarked_and_keeps_the_moment(new_device, new_employee, run_jobs, change):
	other = {AT_GATE: ON_SITE, ON_SITE: AT_GATE}[change["checkin_time"]]
	gate = new_device(time_zone=LONDON, checkin_time=other)
	open_one, marked = new_employee(), new_employee()
	for employee in (open_one, marked):
		touch(employee, gate, "2024-01-17 09:00:00")
	frappe.db.set_value("Employee Checkin", checkins_of(marked.name)[0].name, "attendance", "HR-ATT-1")
	frappe.db.commit()
	before = times(marked)
	seen = gate.preview_checkin_time(change["checkin_time"], LONDON)
	assert (seen["count"], seen["marked"]) == (1, 1)
	assert {seen["before"][11:], seen["after"][11:]} == {"09:00:00", "12:00:00"}
	assert times(open_one) == before  # a preview changes nothing
	frappe.get_doc("CAMS Device", gate.name).update(change).save()
	run_jobs()
	drain()
	assert times(marked) == before
	assert times(open_one) == [
		("01-17 09:00:00", LONDON) if change["checkin_time"] == AT_GATE else ("01-17 12:00:00", None)
	]
	[punch] = punches_of(open_one.attendance_device_id)
	assert (punch.state, punch.punch_time) == ("Recorded", get_datetime("2024-01-17 12:00:00"))


def test_another_zone_moves_what_came_with_an_offset(new_device, new_employee, run_jobs):
	gate = new_device(time_zone=LONDON, checkin_time=AT_GATE)
	sure, unsure = new_employee(), new_employee()
	touch(sure, gate, "2024-01-17 12:00:00 GMT +0300")
	touch(unsure, gate, "2024-01-17 09:00:00")
	frappe.get_doc("CAMS Device", gate.name).update({"time_zone": KOLKATA}).save()
	run_jobs()
	drain()
	assert times(sure) == [("01-17 14:30:00", KOLKATA)]
	assert times(unsure) == [("01-17 09:00:00", LONDON)]
	touch(unsure, gate, "2024-01-17 09:00:00")  # it comes again
	assert times(unsure) == [("01-17 09:00:00", KOLKATA)]


WINTER = get_datetime("2024-01-17 18:00:00")


def state(*feeds, now=WINTER, current=None):
	return ShiftState("Day", current, now, feeds)


def test_a_shift_advances_on_the_clock_of_its_check_ins():
	heard = get_datetime("2024-01-17 17:00:00")
	assert state(Feed("A", "", heard)).synced_until == heard
	assert state(Feed("A", "", heard, zone=LONDON)).synced_until == heard - timedelta(hours=3)
	assert state(Feed("A", "", heard, zone=KOLKATA)).synced_until == heard + timedelta(hours=2, minutes=30)


def test_of_several_clocks_the_slowest_counts():
	heard = get_datetime("2024-01-17 17:00:00")
	feeds = (Feed("A", "", heard), Feed("B", "", heard + timedelta(minutes=30), zone=LONDON))
	assert state(*feeds).hold.feed.service_tag == "B"
	assert state(*feeds).synced_until == heard + timedelta(minutes=30) - timedelta(hours=3)


def test_it_never_advances_past_now_on_its_own_clock_nor_backwards():
	future = WINTER + timedelta(days=1)
	assert state(Feed("A", "", future, zone=LONDON)).synced_until == WINTER - timedelta(hours=3)
	assert state(Feed("A", "", WINTER, zone=LONDON), current=WINTER).synced_until == WINTER


def test_the_stored_shift_follows_the_gate_s_clock(london):
	shift = f"Shift {uuid.uuid4().hex[:8]}"
	frappe.new_doc(
		"Shift Type", name=shift, start_time="09:00:00", end_time="17:00:00", enable_auto_attendance=1
	).insert()
	london.append("shift_types", {"shift_type": shift})
	london.save()
	others = frappe.get_all("CAMS Device", {"name": ["!=", london.name], "enabled": 1}, pluck="name")
	try:
		frappe.db.set_value("CAMS Device", {"name": ["in", [*others, ""]]}, "enabled", 0)
		frappe.db.set_value("CAMS Device", london.name, "complete_until", "2024-07-17 19:30:00")
		watermark.advance(shift)
		assert frappe.db.get_value("Shift Type", shift, "last_sync_of_checkin") == get_datetime(
			"2024-07-17 17:30:00"
		)
	finally:
		frappe.db.rollback()
