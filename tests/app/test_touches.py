"""One touch is one check-in: whatever zone, notation and type it comes in, and in whatever order."""

import itertools
import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.cams_biometric.controllers.punch_actions import dismiss, retry
from navari_cams_biometric.cams_biometric.punches import checkins, inbox, touches
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.cams_biometric.punches.punch_names import names_of
from navari_cams_biometric.gateway.punch import Punch
from tests.app.inside import DAY, checkins_of, punches_of, store
from tests.contract.host import SETTINGS, batch, real_time

EIGHT = f"{DAY} 08:00:00"


@pytest.fixture
def person(new_employee, new_device):
	"""Somebody at a gate of his own, whose punches arrive and are processed one by one."""
	return Person(new_employee(), new_device())


class Person:
	def __init__(self, employee, device):
		self.employee, self.device = employee, device
		self.user_id = employee.attendance_device_id

	def touch(self, *log_times, **overrides):
		for log_time in log_times:
			store(real_time(self.user_id, log_time, SerialNumber=self.device.name, **overrides))
			drain()

	def set_zone(self, zone):
		frappe.get_doc("CAMS Device", self.device.name).update({"time_zone": zone}).save()
		frappe.db.commit()

	def checkins(self):
		return [(f"{each.time:%H:%M:%S}", each.log_type or None) for each in checkins_of(self.employee.name)]

	def punches(self):
		"""State or reason by what was sent."""
		return sorted(
			(
				punch.original_time.removeprefix(f"{DAY} "),
				punch.punch_type or "",
				punch.reason_code or punch.state,
			)
			for punch in punches_of(self.user_id)
		)

	def the(self, state):
		[punch] = [each for each in punches_of(self.user_id) if state in (each.state, each.reason_code)]
		return punch

	def mark(self):
		for checkin in checkins_of(self.employee.name):
			frappe.db.set_value("Employee Checkin", checkin.name, "attendance", "HR-ATT-1")
		frappe.db.commit()


def test_a_zone_set_late_moves_the_check_in_when_the_punch_comes_again(person):
	person.touch(EIGHT)
	assert person.checkins() == [("08:00:00", "IN")]
	person.set_zone("Asia/Kolkata")
	drain()
	assert person.checkins() == [("08:00:00", "IN")]  # nothing moves until it comes again
	person.touch(EIGHT, EIGHT)
	assert person.checkins() == [("05:30:00", "IN")]
	counting, lost = person.the("Recorded"), person.the("SAME_TOUCH")
	assert (lost.same_touch_as, counting.name in lost.reason) == (counting.name, True)
	assert (lost.employee, lost.employee_checkin) == (person.employee.name, None)
	assert frappe.get_all("CAMS Checkin Change", filters={"employee": person.employee.name}) == []


def test_a_zone_that_is_set_back_moves_it_back(person):
	for zone in ("Asia/Kolkata", "", "Asia/Kolkata", "Europe/London", ""):
		person.set_zone(zone)
		person.touch(EIGHT)
	assert person.checkins() == [("08:00:00", "IN")]


def test_what_two_zones_make_one_instant_are_two_touches_of_two_wall_clocks(person):
	"""10:30 in Kolkata is 08:00 in Nairobi."""
	late = f"{DAY} 10:30:00"
	person.touch(EIGHT, late)
	person.set_zone("Asia/Kolkata")
	person.touch(late, EIGHT)
	assert person.checkins() == [("05:30:00", "IN"), ("08:00:00", "IN")]


def test_the_same_when_the_zone_of_the_site_was_set_late(person):
	person.touch(EIGHT)
	[before] = checkins_of(person.employee.name)
	frappe.db.set_single_value("System Settings", "time_zone", "Asia/Kolkata")
	frappe.db.commit()
	try:
		person.touch(EIGHT)
		assert person.checkins() == [("08:00:00", "IN")]
		assert person.the("Recorded").punched_at_utc == datetime(2024, 9, 17, 2, 30)
	finally:
		frappe.db.set_single_value("System Settings", "time_zone", "Africa/Nairobi")
		frappe.db.commit()
	assert before.time == checkins_of(person.employee.name)[0].time


def test_an_offset_says_more_than_a_zone(person):
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT, f"{EIGHT} GMT +0300")
	assert person.checkins() == [("08:00:00", "IN")]
	assert person.the("Recorded").has_offset == 1
	person.touch(EIGHT)
	assert person.checkins() == [("08:00:00", "IN")]


def test_an_offset_that_confirmed_a_zone_is_remembered_when_the_zone_is_changed(person):
	person.touch(EIGHT, f"{EIGHT} GMT +0300")
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	assert person.checkins() == [("08:00:00", "IN")]


@pytest.mark.parametrize("turn", [1, -1])
def test_one_instant_in_two_honest_notations_is_one_check_in(person, turn):
	person.touch(*[f"{EIGHT} GMT +0300", f"{DAY} 10:30:00 GMT +0530"][::turn])
	assert person.checkins() == [("08:00:00", "IN")]
	assert len(punches_of(person.user_id)) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_two_offsets_that_contradict_are_one_check_in_and_one_held_with_both(person, turn):
	sent = [f"{EIGHT} GMT +0530", f"{EIGHT} GMT +0300"]
	person.touch(*sent[::turn])
	assert person.checkins() == [("05:30:00", "IN")]  # the earlier one
	held = person.the("TIME_CHANGED")
	assert (held.state, held.same_touch_as) == ("Held", person.the("Recorded").name)
	assert all(each in held.reason for each in sent)


@pytest.mark.parametrize("order", list(itertools.permutations(["+0530", "+0300", "+0000"])))
def test_of_three_offsets_the_earliest_moment_counts_in_whatever_order(person, order):
	person.touch(*[f"{EIGHT} GMT {offset}" for offset in order], EIGHT)
	assert person.checkins() == [("05:30:00", "IN")]
	assert sorted(reason for *_said, reason in person.punches()) == [
		"Recorded",
		"SAME_TOUCH",
		"TIME_CHANGED",
		"TIME_CHANGED",
	]


def test_of_a_contradiction_the_marked_one_stays(person):
	person.touch(f"{EIGHT} GMT +0300")
	person.mark()
	person.touch(f"{EIGHT} GMT +0530")
	assert person.checkins() == [("08:00:00", "IN")]
	assert person.the("Held").reason_code == "TIME_CHANGED"


def test_retry_lets_the_other_of_a_contradiction_count_and_dismiss_keeps_it(person):
	person.touch(f"{EIGHT} GMT +0530", f"{EIGHT} GMT +0300")
	retry([person.the("TIME_CHANGED").name])
	drain()
	assert person.checkins() == [("08:00:00", "IN")]
	retry([person.the("SAME_TOUCH").name])
	drain()
	assert person.checkins() == [("05:30:00", "IN")]
	dismiss([punch.name for punch in punches_of(person.user_id) if punch.reason_code])
	assert person.checkins() == [("05:30:00", "IN")]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("other", ["None", "", "Blah", "check-in", "Check In"])
def test_another_type_that_says_less_is_the_same_touch(person, turn, other):
	for kind in ["CheckIn", other][::turn]:
		person.touch(f"{EIGHT} GMT +0300", Type=kind)
	assert person.checkins() == [("08:00:00", "IN")]
	assert {reason for *_said, reason in person.punches()} == {"Recorded", "SAME_TOUCH"}


@pytest.mark.parametrize("kinds", [("CheckIn", "CheckOut", "None"), ("None", "CheckOut", "CheckIn")])
def test_in_and_out_in_one_second_remain_two(person, kinds):
	for kind in kinds:
		person.touch(f"{EIGHT} GMT +0300", Type=kind)
	assert sorted(person.checkins()) == [("08:00:00", "IN"), ("08:00:00", "OUT")]


def test_a_meal_without_its_type_is_no_attendance(person):
	for kind in ("None", "MealIn", "Blah"):
		person.touch(f"{EIGHT} GMT +0300", Type=kind)
	assert person.checkins() == []
	assert {reason for *_said, reason in person.punches()} == {"NOT_ATTENDANCE", "SAME_TOUCH"}


def test_an_overtime_key_says_more_than_the_plain_one(person):
	for kind in ("CheckIn", "OverTimeIn"):
		person.touch(f"{EIGHT} GMT +0300", Type=kind)
	[checkin] = checkins_of(person.employee.name)
	assert checkin.custom_punch_type == "OverTimeIn"


def test_other_people_and_devices_are_other_touches(person, new_employee, new_device):
	other, gate = new_employee(), new_device()
	person.touch(EIGHT)
	store(real_time(other.attendance_device_id, EIGHT, SerialNumber=person.device.name, Type="None"))
	store(real_time(person.user_id, f"{EIGHT} GMT +0530", SerialNumber=gate.name))
	drain()
	assert len(checkins_of(other.name)) == 1
	assert len(person.checkins()) == 2


def test_what_is_marked_at_the_wrong_time_stays_and_the_right_one_is_held(person):
	person.touch(EIGHT)
	person.mark()
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	assert person.checkins() == [("08:00:00", "IN")]
	held = person.the("TIME_MARKED")
	assert (held.state, held.same_touch_as) == ("Held", person.the("Recorded").name)
	touches.requeue_unblocked()
	frappe.db.commit()
	drain()
	assert person.checkins() == [("08:00:00", "IN")]
	[checkin] = checkins_of(person.employee.name)
	frappe.db.set_value("Employee Checkin", checkin.name, "attendance", None)  # somebody cancels it
	touches.requeue_unblocked()
	frappe.db.commit()
	drain()
	assert person.checkins() == [("05:30:00", "IN")]


def test_what_is_marked_at_the_right_time_stays_whatever_says_more(person):
	person.touch(EIGHT, Type="None")
	person.mark()
	person.touch(f"{EIGHT} GMT +0300", Type="CheckIn")
	assert person.checkins() == [("08:00:00", None)]
	assert person.the("SAME_TOUCH").punch_type == "CheckIn"


def test_what_a_person_changed_stays(person):
	person.touch(EIGHT)
	[checkin] = checkins_of(person.employee.name)
	frappe.get_doc("Employee Checkin", checkin.name).update({"time": f"{DAY} 05:31:00"}).save()
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	assert person.checkins() == [("05:31:00", "IN")]


def test_when_the_one_that_counted_is_deleted_another_can_be_retried(person):
	for kind in ("CheckIn", "None"):
		person.touch(f"{EIGHT} GMT +0300", Type=kind)
	[checkin] = checkins_of(person.employee.name)
	frappe.delete_doc("Employee Checkin", checkin.name)
	frappe.db.commit()
	person.touch(f"{EIGHT} GMT +0300", f"{EIGHT} GMT +0300", Type="None")
	assert person.checkins() == []  # a person deleted it
	retry([person.the("SAME_TOUCH").name])
	drain()
	assert person.checkins() == [("08:00:00", None)]


def test_one_that_is_held_keeps_nothing_from_counting(person):
	"""A year in the future is no time, whatever offset it has."""
	ahead = datetime.now(timezone(timedelta(hours=3))).replace(microsecond=0) + timedelta(hours=1)
	text = f"{ahead:%Y-%m-%d %H:%M:%S}"
	person.set_zone("Asia/Kolkata")
	person.touch(f"{text} GMT +0300")
	assert person.the("CLOCK_AHEAD")
	person.touch(text)
	assert len(person.checkins()) == 1
	assert person.the("Recorded").has_offset == 0


def test_a_held_one_is_settled_by_the_one_that_counts(person):
	"""A clock that seemed ahead, because the zone was not set yet."""
	now = datetime.now(ZoneInfo("Asia/Kolkata")).replace(microsecond=0)
	text = f"{now:%Y-%m-%d %H:%M:%S}"
	person.touch(text)
	assert person.the("CLOCK_AHEAD")
	person.set_zone("Asia/Kolkata")
	person.touch(text)
	assert len(person.checkins()) == 1
	assert person.the("SAME_TOUCH").same_touch_as == person.the("Recorded").name


def test_a_check_in_that_another_device_shares_is_made_again(person, new_device):
	gate = new_device()
	person.touch(EIGHT)
	store(real_time(person.user_id, f"{EIGHT} GMT +0300", SerialNumber=gate.name))
	drain()
	assert len(person.checkins()) == 1
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	assert person.checkins() == [("05:30:00", "IN"), ("08:00:00", "IN")]


def test_repeats_of_a_wrong_time_are_judged_anew(person, new_device):
	frappe.get_doc(SETTINGS).update({"ignore_repeat": 60}).save()
	frappe.db.commit()
	gate = new_device()
	try:
		person.touch(EIGHT, f"{DAY} 08:00:20")
		store(real_time(person.user_id, f"{DAY} 08:00:30 GMT +0300", SerialNumber=gate.name))
		drain()
		assert person.checkins() == [("08:00:00", "IN")]
		person.set_zone("Asia/Kolkata")
		person.touch(f"{DAY} 08:00:20", EIGHT)
		assert person.checkins() == [("05:30:00", "IN"), ("08:00:30", "IN")]
	finally:
		frappe.get_doc(SETTINGS).update({"ignore_repeat": 0}).save()
		frappe.db.commit()


def test_what_two_workers_made_at_the_same_time_is_settled_after_the_commit(person, monkeypatch):
	person.touch(f"{EIGHT} GMT +0300", Type="None")
	with monkeypatch.context() as blind:
		blind.setattr(touches, "find_related", lambda *_punches, **_options: set())
		person.touch(f"{EIGHT} GMT +0300")
	assert len(person.checkins()) == 2
	touches.look_again(punches_of(person.user_id)[1:])
	assert person.checkins() == [("08:00:00", "IN")]


def test_what_is_asked_beyond_the_batch_is_one_query(person, new_employee, monkeypatch):
	drain()  # what others left
	# Devices that others left may forbid it.
	monkeypatch.setattr(checkins, "may_be_made_together", lambda: False)
	asked = []
	find = touches._find
	monkeypatch.setattr(touches, "_find", lambda *arguments: asked.append(1) or find(*arguments))
	for minute in range(20):
		clock = f"{DAY} 09:{minute:02}:00"
		store(real_time(person.user_id, clock, SerialNumber=person.device.name))
	drain()
	assert len(person.checkins()) == 20
	assert len(asked) == 2  # for the batch, and after its commit


def test_a_touch_is_counted_as_known_by_each_of_its_notations(person):
	texts = [EIGHT, f"{DAY} 05:00:00 GMT +0000", f"{EIGHT} GMT +0300"]
	person.touch(*texts)
	device = frappe.get_doc("CAMS Device", person.device.name)
	punches = [Punch(person.user_id, "CheckIn", text) for text in texts]
	assert inbox.count_known(punches, device) == 3
	assert len(set(names_of(punches, device))) == len(punches_of(person.user_id)) == 3
	person.set_zone("Asia/Kolkata")
	device.reload()
	other = Punch(person.user_id, "CheckIn", f"{DAY} 10:30:00")  # at the instant of the others
	assert inbox.count_known([other], device) == 0


def test_two_notations_in_one_batch_are_both_kept_however_often_they_come(person):
	rows = [("CheckIn", person.user_id, EIGHT), ("CheckIn", person.user_id, f"{EIGHT} GMT +0300")]
	for _time in range(2):
		store(batch(*rows, SerialNumber=person.device.name))
		drain()
		assert {punch.original_time for punch in punches_of(person.user_id)} == {row[2] for row in rows}
		assert len(punches_of(person.user_id)) == 2
	assert person.checkins() == [("08:00:00", "IN")]


# What really happened, and how it is told.

NAIROBI, KOLKATA = ZoneInfo("Africa/Nairobi"), ZoneInfo("Asia/Kolkata")
ZONES = {"": NAIROBI, "Asia/Kolkata": KOLKATA}
KINDS = {"IN": ["CheckIn", "check in", "OverTimeIn"], "OUT": ["CheckOut", "CHECK-OUT"]}
SAYING_LESS = ["None", "", "Blah"]

touch = st.tuples(st.integers(0, 8).map(lambda half: half * 30), st.sampled_from(["IN", "OUT"]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
	facts=st.lists(touch, min_size=1, max_size=5, unique=True),
	true_zone=st.sampled_from(list(ZONES)),
	seed=st.integers(0, 2**32),
)
@example(facts=[(0, "OUT"), (90, "OUT"), (0, "IN"), (30, "IN"), (240, "OUT")], true_zone="", seed=1)
@example(facts=[(210, "IN"), (60, "IN"), (0, "IN"), (30, "IN"), (0, "OUT")], true_zone="", seed=524288)
def test_check_ins_depend_on_the_facts_alone(new_employee, new_device, facts, true_zone, seed):
	"""The device is known by its right zone in the end, and then everything comes once more."""
	dice = random.Random(seed)
	person = Person(new_employee(), new_device())
	deliveries = []
	for minutes, direction in facts:
		moment = datetime(2024, 9, 17, 6, tzinfo=timezone.utc) + timedelta(minutes=minutes)
		wall = f"{moment.astimezone(ZONES[true_zone]):%Y-%m-%d %H:%M:%S}"
		texts = [wall, f"{wall} GMT {moment.astimezone(ZONES[true_zone]):%z}"]
		kinds = dice.sample(KINDS[direction], 2) + dice.sample(SAYING_LESS, 2)
		deliveries.append((dice.choice(texts), dice.choice(KINDS[direction])))
		deliveries += [(dice.choice(texts), dice.choice(kinds)) for _more in range(dice.randrange(4))]
	for _turn in range(dice.randrange(3)):
		person.set_zone(dice.choice(list(ZONES)))
		for text, kind in dice.sample(deliveries, dice.randrange(len(deliveries) + 1)):
			store(real_time(person.user_id, text, SerialNumber=person.device.name, Type=kind))
			if dice.random() < 0.6:
				drain()
			assert_none_is_doubled(person)
	person.set_zone(true_zone)
	for text, kind in dice.sample(deliveries, len(deliveries)):
		store(real_time(person.user_id, text, SerialNumber=person.device.name, Type=kind))
		if dice.random() < 0.4:
			drain()
	drain()
	found = sorted((each.time, each.log_type) for each in checkins_of(person.employee.name))
	assert found == sorted(
		(datetime(2024, 9, 17, 9) + timedelta(minutes=minutes), direction) for minutes, direction in facts
	)


def assert_none_is_doubled(person):
	counting = [punch for punch in punches_of(person.user_id) if punch.state == "Recorded"]
	told = [(punch.wall_clock, punch.log_type) for punch in counting]
	assert len(told) == len(set(told)) or any(direction is None for _clock, direction in told), counting
