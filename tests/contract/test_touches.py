"""One touch is one check-in, whatever zone, notation and type it comes in."""

import pytest

from tests.contract.host import DONE, real_time

EIGHT = "2024-09-17 08:00:00"


@pytest.fixture
def gate(host, new_employee, new_device):
	return Gate(host, new_employee(), new_device())


class Gate:
	def __init__(self, host, employee, device):
		self.host, self.employee, self.tag = host, employee, device["name"]
		self.user_id = employee["attendance_device_id"]

	def touch(self, log_time, count, **overrides):
		body = real_time(self.user_id, log_time, SerialNumber=self.tag, **overrides)
		assert self.host.callback(body).content == DONE
		self.host.settled(self.user_id, count)

	def checkins(self):
		return [(each["time"][11:19], each["log_type"]) for each in self.host.checkins(self.employee["name"])]

	def reasons(self):
		return sorted(each["reason_code"] or each["state"] for each in self.host.punches(self.user_id))


def test_a_zone_set_late_moves_the_check_in_when_the_punch_comes_again(host, gate):
	gate.touch(EIGHT, 1)
	host.update("CAMS Device", gate.tag, time_zone="Asia/Kolkata")
	gate.touch(EIGHT, 2)
	assert gate.checkins() == [("05:30:00", "IN")]
	assert gate.reasons() == ["Recorded", "SAME_TOUCH"]


@pytest.mark.parametrize("turn", [1, -1])
def test_two_offsets_that_contradict_are_one_check_in_and_one_held(gate, turn):
	for count, offset in enumerate(["+0530", "+0300"][::turn], 1):
		gate.touch(f"{EIGHT} GMT {offset}", count)
	assert gate.checkins() == [("05:30:00", "IN")]
	assert gate.reasons() == ["Recorded", "TIME_CHANGED"]


def test_one_instant_in_two_honest_notations_is_one_check_in(gate):
	for log_time in (f"{EIGHT} GMT +0300", "2024-09-17 10:30:00 GMT +0530"):
		gate.touch(log_time, 1)
	assert (gate.checkins(), gate.reasons()) == ([("08:00:00", "IN")], ["Recorded"])


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("other", ["None", "check-in"])
def test_another_type_that_says_no_more_is_the_same_touch(gate, turn, other):
	for count, kind in enumerate(["CheckIn", other][::turn], 1):
		gate.touch(f"{EIGHT} GMT +0300", count, Type=kind)
	assert gate.checkins() == [("08:00:00", "IN")]
	assert gate.reasons() == ["Recorded", "SAME_TOUCH"]


def test_in_and_out_in_one_second_remain_two(gate):
	for count, kind in enumerate(["CheckIn", "CheckOut"], 1):
		gate.touch(f"{EIGHT} GMT +0300", count, Type=kind)
	assert sorted(direction for _time, direction in gate.checkins()) == ["IN", "OUT"]
