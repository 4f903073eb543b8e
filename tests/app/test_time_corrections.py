"""Correct Time from inside: what is measured, what stays as it is, and what hundreds cost."""

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from navari_cams_biometric.cams_biometric.devices import clocks
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHANGE
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.cams_biometric.punches.time_corrections import LARGEST, MOST_PUNCHES, correct, undo
from navari_cams_biometric.cams_biometric.punches.time_proposals import propose
from tests.app.inside import DAY, checkins_of, outcome, punch_at, punch_of, punches_of, store
from tests.app.test_ghosts import count_queries
from tests.contract.host import SETTINGS

MORNING = datetime(2024, 9, 17, 8)
HOUR = 3600


@pytest.fixture
def employee(new_employee):
	return new_employee()


@pytest.fixture
def gate(new_device):
	return new_device().name


@pytest.fixture
def touch(employee, gate):
	"""Let punches of the employee arrive on the device, each so many seconds after the time that it says; drained."""

	def arrive(*arrivals, device=gate, source="Real Time", user_id=employee.attendance_device_id):
		names = []
		for clock, lag in arrivals:
			[name] = put(user_id, clock, SerialNumber=device)
			moment = get_datetime(f"{DAY} {clock}") + timedelta(seconds=lag)
			frappe.db.set_value(
				"CAMS Punch", name, {"creation": moment, "source": source}, update_modified=False
			)
			names.append(name)
		frappe.db.commit()
		drain()
		return names

	return arrive


@pytest.fixture
def repeats_are_ignored():
	frappe.get_doc(SETTINGS).update({"ignore_repeat": 60}).save()
	yield
	frappe.db.rollback()
	frappe.get_doc(SETTINGS).update({"ignore_repeat": 0}).save()
	frappe.db.commit()


def put(user_id, clock, **overrides):
	before = {punch.name for punch in punches_of(user_id)}
	store(punch_at(user_id, clock, **overrides))
	return [punch.name for punch in punches_of(user_id) if punch.name not in before]


def counting(employee):
	return [f"{checkin.time:%H:%M:%S}" for checkin in checkins_of(employee.name)]


def mark(checkin):
	frappe.db.set_value("Employee Checkin", checkin.name, "attendance", "HR-ATT-1")


def measured(names, **which):
	found = propose(names, **which)
	return found["why"], found["seconds"]


def test_the_smallest_difference_is_proposed_because_a_punch_of_an_offline_device_arrives_late(touch):
	names = touch(("08:00:00", 3 * HOUR + 7), ("08:10:00", 2 * HOUR + 400), ("08:20:00", 2 * HOUR + 390))
	found = propose(names)
	assert (found["why"], found["seconds"]) == ("arrival", 2 * HOUR + 390)
	assert found["spread"] == HOUR - 383


@pytest.mark.parametrize(
	("lag", "seconds"),
	[
		(2 * HOUR + 4, 2 * HOUR),  # a zone
		(-2 * HOUR + 20, -2 * HOUR),
		(5.5 * HOUR + 90, 5.5 * HOUR),
		(7 * 60 + 31, 7 * 60 + 31),  # a clock that ran away
		(9 * 365 * 24 * HOUR + 444, 9 * 365 * 24 * HOUR + 444),  # and one that began anew
		(20, 0),
	],
)
def test_a_difference_near_a_quarter_of_an_hour_is_taken_for_a_time_zone(touch, lag, seconds):
	assert measured(touch(("08:00:00", lag))) == ("arrival", seconds)


def test_the_first_right_punch_bounds_what_was_offline_all_the_time(touch):
	"""Two hours ahead from 6 to 7:30, then set, and online again at 8:40."""
	wrong = touch(("08:00:00", 40 * 60), ("09:30:00", -50 * 60))
	assert measured(wrong) == ("arrival", -50 * 60)
	touch(("07:31:00", 70 * 60), ("08:45:00", 3))
	found = propose(wrong)
	assert (found["why"], found["seconds"]) == ("next_right", -2 * HOUR)
	assert (found["measured"], found["moment"]) == (-119 * 60, f"{DAY} 07:31:00")


def test_a_punch_that_is_as_wrong_as_the_others_is_no_measure(touch):
	wrong = touch(("08:00:00", 2 * HOUR), ("08:20:00", 2 * HOUR))
	touch(("08:21:00", 2 * HOUR), ("10:40:00", 3))
	assert measured(wrong) == ("arrival", 2 * HOUR)


def test_history_is_measured_by_the_next_right_punch_of_its_batch(touch):
	arrival = get_datetime(f"{DAY} 23:00:00")
	clocks_of_batch = ("05:40:00", "06:10:00", "09:14:00", "09:40:00")  # the first two three hours behind
	lags = [(arrival - get_datetime(f"{DAY} {clock}")).total_seconds() for clock in clocks_of_batch]
	names = touch(*zip(clocks_of_batch, lags, strict=True), source="Batch")
	for number, name in enumerate(names):
		frappe.db.set_value("CAMS Punch", name, "creation", arrival + timedelta(milliseconds=number))
	found = propose(names[:2])
	assert (found["why"], found["measured"]) == ("next_right", 3 * HOUR + 4 * 60)
	assert found["moment"] == f"{DAY} 09:14:00"


def test_history_that_nothing_tells_of_is_left_to_the_person(touch):
	wrong = touch(("08:00:00", 9 * HOUR), source="Batch")
	touch(("17:35:00", 3))
	assert measured(wrong) == ("nothing", 0)


def test_history_is_measured_by_the_clock_of_its_device(touch, gate):
	wrong = touch(("08:00:00", 9 * HOUR), source="Batch")
	skew = {"clock_skew": 2 * HOUR, "clock_skew_at": MORNING}
	frappe.db.set_value("CAMS Device", gate, skew)
	found = propose(wrong)
	assert (found["why"], found["seconds"], found["moment"]) == ("device_clock", -2 * HOUR, str(MORNING))


def test_what_was_corrected_says_nothing_of_the_clock(employee, gate):
	clock = datetime.now().replace(microsecond=0) + timedelta(minutes=5)
	store(punch_at(employee.attendance_device_id, SerialNumber=gate))
	name = punch_of(employee.attendance_device_id).name
	frappe.db.set_value("CAMS Punch", name, {"punch_time": clock, "creation": frappe.utils.now_datetime()})
	skew = clocks.measure_clock(gate)["clock_skew"]
	correct([name], -300)
	assert clocks.measure_clock(gate)["clock_skew"] == skew


def test_marked_ones_stay_and_are_counted(employee, touch):
	names = touch(("08:00:00", 2 * HOUR), ("08:10:00", 2 * HOUR), ("08:20:00", 2 * HOUR))
	mark(checkins_of(employee.name)[0])
	assert propose(names)["left"] == {"with_attendance": 1}
	done = correct(names, 2 * HOUR)
	assert (sorted(done["names"]), done["left"]) == (sorted(names[1:]), {"with_attendance": 1})
	drain()
	assert counting(employee) == ["08:00:00", "10:10:00", "10:20:00"]


def test_with_attendance_nothing_is_corrected_and_nothing_undone(employee, touch):
	names = touch(("08:00:00", 2 * HOUR))
	correct(names, HOUR)
	drain()
	mark(checkins_of(employee.name)[0])
	for act in (lambda: correct(names, 60), lambda: undo(names)):
		with pytest.raises(frappe.ValidationError, match="Attendance is marked"):
			act()
	assert (punch_of(employee.attendance_device_id).time_shift, counting(employee)) == (HOUR, ["09:00:00"])


def test_a_check_in_that_a_person_changed_stays_as_they_left_it(employee, touch):
	names = touch(("08:00:00", 2 * HOUR), ("08:10:00", 2 * HOUR))
	first = frappe.get_doc("Employee Checkin", checkins_of(employee.name)[0].name)
	first.update({"time": f"{DAY} 10:01:00"}).save()
	assert frappe.db.count(CHANGE, {"employee_checkin": first.name}) == 1
	done = correct(names, 2 * HOUR)
	assert (done["names"], done["left"]) == (names[1:], {"changed": 1})
	drain()
	assert counting(employee) == ["10:01:00", "10:10:00"]
	with pytest.raises(frappe.ValidationError, match="Restore them first"):
		correct(names[:1], 60)


def test_a_check_in_that_another_record_refers_to_stays(employee, touch, foreign_hook):
	names = touch(("08:00:00", 2 * HOUR), ("08:10:00", 2 * HOUR))
	referred = checkins_of(employee.name)[0].name

	def refuse(checkin, method=None):
		if checkin.name == referred:
			raise frappe.LinkExistsError

	foreign_hook("on_trash", refuse)
	done = correct(names, 2 * HOUR)
	assert (done["names"], done["left"]) == (names[1:], {"referred": 1})
	drain()
	assert counting(employee) == ["08:00:00", "10:10:00"]


def test_a_check_in_of_somebody_else_that_was_linked_stays(employee, touch):
	values = {"employee": employee.name, "time": f"{DAY} 08:00:00", "log_type": "IN"}
	by_hand = frappe.new_doc("Employee Checkin", **values).insert()
	names = touch(("08:00:00", 2 * HOUR))
	assert punch_of(employee.attendance_device_id).employee_checkin == by_hand.name
	correct(names, HOUR)
	drain()
	assert counting(employee) == ["08:00:00", "09:00:00"]


def test_an_equal_punch_of_another_device_gets_a_check_in_of_its_own(employee, touch, new_device):
	[wrong] = touch(("08:00:00", 2 * HOUR))
	[right] = touch(("08:00:00", 2), device=new_device().name)
	assert punch(wrong).employee_checkin == punch(right).employee_checkin
	correct([wrong], HOUR)
	drain()
	assert counting(employee) == ["08:00:00", "09:00:00"]
	assert (punch(right).state, punch(right).time_shift) == ("Recorded", 0)


def test_a_repeat_counts_when_the_first_touch_moves_away(employee, touch, repeats_are_ignored):
	names = touch(("08:00:00", 2 * HOUR), ("08:00:20", 2 * HOUR))
	assert punch(names[1]).reason_code == "REPEATED"
	correct(names[:1], HOUR)
	drain()
	assert counting(employee) == ["08:00:20", "09:00:00"]


def test_repeats_that_are_corrected_with_the_first_touch_stay_repeats(employee, touch, repeats_are_ignored):
	names = touch(("08:00:00", 2 * HOUR), ("08:00:20", 2 * HOUR))
	correct(names, HOUR)
	drain()
	assert counting(employee) == ["09:00:00"]
	undo(names)
	drain()
	assert counting(employee) == ["08:00:00"]
	assert punch(names[1]).reason_code == "REPEATED"


def test_an_accepted_time_is_accepted_no_more_once_it_is_corrected_and_undone(employee, touch):
	names = touch(("08:00:00", -HOUR))
	inbox.queue_again(names, time_accepted=1)
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
	correct(names, -HOUR)
	undo(names)
	drain()
	assert outcome(employee.attendance_device_id) == ("Held", "CLOCK_AHEAD")
	assert counting(employee) == []


def test_a_punch_without_a_time_has_none_to_correct(employee, gate):
	body = punch_at(employee.attendance_device_id, SerialNumber=gate)
	body["RealTime"]["PunchLog"]["LogTime"] = "yesterday"
	store(body)
	drain()
	names = [punch_of(employee.attendance_device_id).name]
	assert propose(names)["left"] == {"unreadable": 1}
	with pytest.raises(frappe.ValidationError, match="no time to correct"):
		correct(names, HOUR)


@pytest.mark.parametrize("seconds", [LARGEST + 1, -LARGEST - 1])
def test_a_shift_has_to_fit(touch, seconds):
	names = touch(("08:00:00", 3 * LARGEST if seconds > 0 else 0))
	with pytest.raises(frappe.ValidationError, match="68 years"):
		correct(names, seconds)


def test_too_many_at_once_are_refused():
	with pytest.raises(frappe.ValidationError, match="Choose fewer"):
		correct([str(number) for number in range(MOST_PUNCHES + 1)], HOUR)


def test_two_hundred_punches_cost_as_many_queries_as_one(new_employee, new_device, monkeypatch):
	device, employee = new_device().name, new_employee(status="Inactive")
	moments = [MORNING + timedelta(minutes=minute) for minute in range(200)]
	store(
		*(
			punch_at(employee.attendance_device_id, f"{moment:%H:%M:%S}", SerialNumber=device)
			for moment in moments
		)
	)
	names = [punch.name for punch in punches_of(employee.attendance_device_id)]
	inbox.update_punches(names, state="Held", reason_code="CLOCK_BEHIND", employee=employee.name)
	frappe.db.commit()

	def cost(act, chosen):
		queries = count_queries(monkeypatch, act(chosen))
		frappe.db.rollback()
		return queries

	for act in (lambda chosen: lambda: propose(chosen), lambda chosen: lambda: correct(chosen, HOUR)):
		assert cost(act, names) == cost(act, names[:1]) > 0
	correct(names, HOUR)
	assert {punch.time_shift for punch in punches_of(employee.attendance_device_id)} == {HOUR}
	frappe.db.commit()
	assert cost(lambda chosen: lambda: undo(chosen), names) == cost(
		lambda chosen: lambda: undo(chosen), names[:1]
	)


def punch(name):
	return frappe.get_doc("CAMS Punch", name)
