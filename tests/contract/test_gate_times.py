"""Check-in Time: a gate in another zone than the site, whose check-ins have its wall clock."""

import time

import pytest

from tests.contract.host import DONE, real_time

LONDON = "Europe/London"
AT_GATE, ON_SITE = "Device's Time Zone", "Site's Time Zone"


@pytest.fixture
def gate(host, new_user_id):
	"""Makes a device, and says its service tag."""

	def make(**values):
		tag = f"GT{new_user_id()[-8:].upper()}".replace("-", "")
		host.create("CAMS Device", service_tag=tag, direction="IN", **values)
		return tag

	return make


def punched(host, person, tag, log_time, count=1, state="Recorded"):
	user_id = person["attendance_device_id"]
	assert host.callback(real_time(user_id, log_time, SerialNumber=tag)).content == DONE
	return host.settled(user_id, count, state=state)


def checkins(host, person):
	of_person = {"employee": person["name"]}
	rows = host.find("Employee Checkin", of_person, ["time", "custom_time_zone"])
	return [(row["time"][:19], row.get("custom_time_zone") or None) for row in rows]


@pytest.mark.parametrize(("day", "on_site"), [("2024-01-17", "12:00:00"), ("2024-07-17", "11:00:00")])
def test_the_check_in_has_the_gate_s_clock_and_the_punch_the_moment(host, gate, new_employee, day, on_site):
	person, tag = new_employee(), gate(time_zone=LONDON, checkin_time=AT_GATE)
	[punch] = punched(host, person, tag, f"{day} 09:00:00")
	assert punch["punch_time"][:19] == f"{day} {on_site}"
	assert checkins(host, person) == [(f"{day} 09:00:00", LONDON)]


def test_without_it_the_check_in_has_the_site_s_clock(host, gate, new_employee):
	person = new_employee()
	punched(host, person, gate(time_zone=LONDON), "2024-01-17 09:00:00")
	assert checkins(host, person) == [("2024-01-17 12:00:00", None)]


def test_one_moment_at_two_gates_is_one_check_in(host, gate, new_employee):
	person = new_employee()
	punched(host, person, gate(time_zone=LONDON, checkin_time=AT_GATE), "2024-01-17 09:00:00")
	punches = punched(host, person, gate(), "2024-01-17 12:00:00 GMT +0300", count=2)
	assert sorted(punch["reason_code"] or "" for punch in punches) == ["", "EQUAL_CHECKIN"]
	assert checkins(host, person) == [("2024-01-17 09:00:00", LONDON)]


def test_a_double_touch_at_two_gates_is_ignored(host, gate, new_employee):
	person = new_employee()
	punched(host, person, gate(), "2024-01-17 12:00:00 GMT +0300")
	london = gate(time_zone=LONDON, checkin_time=AT_GATE, ignore_repeat="60")
	user_id = person["attendance_device_id"]
	assert host.callback(real_time(user_id, "2024-01-17 09:00:30", SerialNumber=london)).content == DONE
	punches = host.settled(user_id, 2)
	assert sorted(punch["reason_code"] or "" for punch in punches) == ["", "REPEATED"]
	assert checkins(host, person) == [("2024-01-17 12:00:00", None)]


def test_changing_it_says_what_moves_and_moves_it(host, gate, new_employee):
	person, tag = new_employee(), gate(time_zone=LONDON)
	punched(host, person, tag, "2024-01-17 09:00:00")
	host.update("CAMS Device", tag, checkin_time=AT_GATE)
	deadline = time.monotonic() + 120
	while checkins(host, person) != [("2024-01-17 09:00:00", LONDON)]:
		assert time.monotonic() < deadline, checkins(host, person)
		time.sleep(0.2)
	[punch] = host.settled(person["attendance_device_id"], 1, state="Recorded")
	assert punch["punch_time"][:19] == "2024-01-17 12:00:00"
