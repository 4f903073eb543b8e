"""Direction by the order of the day: IN, OUT, IN, ... in whatever order the punches arrive."""

import itertools
import json
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import getdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.cams_biometric.base.direction_order import Touch, directions
from navari_cams_biometric.cams_biometric.controllers.punch_actions import retry
from navari_cams_biometric.cams_biometric.day_repair import late_days
from navari_cams_biometric.cams_biometric.day_repair.days import Day, Key
from navari_cams_biometric.cams_biometric.punches import alternation
from navari_cams_biometric.cams_biometric.punches.checkin_changes import restore
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import DAY, checkins_of, outcome, punch_at, punches_of, store
from tests.contract.host import SETTINGS

ALTERNATE = "Alternate Within Shift"


@pytest.fixture(autouse=True)
def no_other_alternating_devices(connected):
	yield
	frappe.db.rollback()
	frappe.db.set_value("CAMS Device", {"direction": ALTERNATE}, "direction", "From Punch Type")
	frappe.db.commit()


@pytest.fixture
def gate(new_device):
	return new_device(direction=ALTERNATE).name


@pytest.fixture
def within():
	def change(seconds):
		frappe.get_doc(SETTINGS).update({"ignore_repeat": seconds}).save()
		frappe.db.commit()

	yield change
	frappe.db.rollback()
	change(0)


def touch(employee, device, *clocks, **overrides):
	"""Let punches arrive, one after the other, each processed before the next comes."""
	for clock in clocks:
		store(punch_at(employee.attendance_device_id, clock, SerialNumber=device, **overrides))
		drain()


def by_hand(employee, clock, log_type="IN"):
	values = {"employee": employee.name, "time": f"{DAY} {clock}", "log_type": log_type}
	checkin = frappe.new_doc("Employee Checkin", **values).insert()
	frappe.db.commit()
	drain()
	return checkin


def order(employee):
	"""`08:00 IN`, and the punches say the same as their check-ins, but for those that a person changed."""
	found = checkins_of(employee.name)
	changed = frappe.get_all("CAMS Checkin Change", {"employee": employee.name}, pluck="employee_checkin")
	said = {punch.name: punch.log_type for punch in punches_of(employee.attendance_device_id)}
	for checkin in found:
		if checkin.custom_cams_punch and checkin.name not in changed:
			assert said[checkin.custom_cams_punch] == (checkin.log_type or None)
	return [f"{checkin.time:%H:%M} {checkin.log_type or '-'}" for checkin in found]


def delete(checkin):
	frappe.delete_doc("Employee Checkin", checkin.name)
	frappe.db.commit()


def checkin_at(employee, clock):
	[name] = [each.name for each in checkins_of(employee.name) if f"{each.time:%H:%M}" == clock]
	return frappe.get_doc("Employee Checkin", name)


@pytest.mark.parametrize("kind", ["CheckIn", "CheckOut", "None", "17"])
def test_whatever_type_the_device_sends_the_order_decides(new_employee, gate, kind):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "12:00:00", "13:00:00", "17:00:00", Type=kind)
	assert order(employee) == ["08:00 IN", "12:00 OUT", "13:00 IN", "17:00 OUT"]


def test_each_day_and_each_person_begins_anew(new_employee, gate):
	first, second = new_employee(), new_employee()
	touch(first, gate, "08:00:00")
	touch(second, gate, "08:00:10")
	touch(first, gate, "00:10:00", LogTime="2024-09-18 00:10:00 GMT +0300")
	assert order(first) == ["08:00 IN", "00:10 IN"]
	assert order(second) == ["08:00 IN"]


@pytest.mark.parametrize("clocks", list(itertools.permutations(["08:00:00", "12:00:00", "17:00:00"])))
def test_a_punch_that_arrives_late_sets_the_later_ones_right(new_employee, gate, clocks):
	employee = new_employee()
	touch(employee, gate, *clocks)
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:00 IN"]


def test_meals_do_not_count_in_the_order(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00")
	touch(employee, gate, "12:00:00", Type="MealIn")
	touch(employee, gate, "17:00:00")
	assert order(employee) == ["08:00 IN", "17:00 OUT"]


def test_check_ins_made_otherwise_keep_theirs_and_count(new_employee, new_device, gate):
	fixed = new_device(direction="OUT").name
	employee = new_employee()
	touch(employee, gate, "09:00:00", "17:00:00")
	by_hand(employee, "08:00:00")
	assert order(employee) == ["08:00 IN", "09:00 OUT", "17:00 IN"]
	touch(employee, fixed, "16:00:00")
	assert order(employee) == ["08:00 IN", "09:00 OUT", "16:00 OUT", "17:00 IN"]


def test_after_a_check_in_without_direction_comes_in(new_employee, new_device, gate):
	open_gate = new_device(direction="No Direction").name
	employee = new_employee()
	touch(employee, open_gate, "08:00:00")
	touch(employee, gate, "17:00:00")
	assert order(employee) == ["08:00 -", "17:00 IN"]


def test_what_somebody_enters_changes_or_deletes_by_hand_sets_the_rest_right(new_employee, gate):
	employee = new_employee()
	entered = by_hand(employee, "07:00:00")
	touch(employee, gate, "08:00:00", "17:00:00")
	assert order(employee) == ["07:00 IN", "08:00 OUT", "17:00 IN"]
	entered.reload().update({"log_type": "OUT"}).save()
	assert order(employee) == ["07:00 OUT", "08:00 IN", "17:00 OUT"]
	entered.update({"time": f"{DAY} 12:00:00"}).save()
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:00 IN"]
	delete(entered)
	assert order(employee) == ["08:00 IN", "17:00 OUT"]


def test_a_check_in_that_moves_to_another_person_leaves_both_right(new_employee, gate):
	one, other = new_employee(), new_employee()
	entered = by_hand(one, "07:00:00")
	for employee in (one, other):
		touch(employee, gate, "08:00:00")
	entered.reload().update({"employee": other.name}).save()
	assert (order(one), order(other)) == (["08:00 IN"], ["07:00 IN", "08:00 OUT"])


def test_a_deleted_check_in_of_a_device_and_its_retry_order_the_rest(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "12:00:00", "17:00:00")
	delete(checkin_at(employee, "08:00"))
	assert order(employee) == ["12:00 IN", "17:00 OUT"]
	retry([punch.name for punch in punches_of(employee.attendance_device_id) if punch.state == "Ignored"])
	drain()
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:00 IN"]


def test_a_direction_that_a_person_chose_stays_until_it_is_restored(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "17:00:00")
	checkin_at(employee, "17:00").update({"log_type": "IN"}).save()
	touch(employee, gate, "18:00:00", "12:00:00")
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:00 IN", "18:00 OUT"]
	[change] = frappe.get_all("CAMS Checkin Change", {"employee": employee.name}, pluck="name")
	touch(employee, gate, "11:00:00")
	assert order(employee) == ["08:00 IN", "11:00 OUT", "12:00 IN", "17:00 IN", "18:00 OUT"]
	restore(change)
	assert order(employee) == ["08:00 IN", "11:00 OUT", "12:00 IN", "17:00 OUT", "18:00 IN"]


def test_another_change_by_a_person_leaves_the_direction_to_the_order(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "17:00:00")
	checkin_at(employee, "17:00").update({"time": f"{DAY} 17:30:00"}).save()
	touch(employee, gate, "12:00:00")
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:30 IN"]


def test_a_check_in_that_is_not_to_count_does_not_count_in_the_order(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "08:05:00", "17:00:00")
	checkin_at(employee, "08:05").update({"skip_auto_attendance": 1}).save()
	assert order(employee) == ["08:00 IN", "08:05 OUT", "17:00 OUT"]
	checkin_at(employee, "08:05").update({"skip_auto_attendance": 0}).save()
	assert order(employee) == ["08:00 IN", "08:05 OUT", "17:00 IN"]


def test_what_is_marked_stays_and_counts(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "17:00:00")
	for checkin in checkins_of(employee.name):
		frappe.db.set_value("Employee Checkin", checkin.name, "attendance", "HR-ATT-1")
	touch(employee, gate, "07:00:00", "18:00:00")
	assert order(employee) == ["07:00 IN", "08:00 IN", "17:00 OUT", "18:00 IN"]


def test_setting_a_direction_is_no_change_by_a_person(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "12:00:00", "08:00:00")
	assert order(employee) == ["08:00 IN", "12:00 OUT"]
	assert frappe.get_all("CAMS Checkin Change", filters={"employee": employee.name}) == []
	checkin = checkin_at(employee, "12:00")
	assert checkin.custom_original_time == f"{DAY} 12:00:00 GMT +0300"
	assert checkin.custom_punch_type == "CheckIn"


def test_a_resend_changes_nothing(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "12:00:00", "08:00:00", "12:00:00", "08:00:00")
	modified = [checkin.modified for checkin in checkins_of(employee.name)]
	touch(employee, gate, "08:00:00", "12:00:00")
	assert order(employee) == ["08:00 IN", "12:00 OUT"]
	assert [checkin.modified for checkin in checkins_of(employee.name)] == modified


def test_what_two_workers_made_at_the_same_time_is_set_right_after_the_commit(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", "17:00:00")
	second = checkin_at(employee, "17:00")
	second.db_set("log_type", "IN")  # as a worker leaves it that did not see the first
	alternation.look_again(punch.name for punch in punches_of(employee.attendance_device_id)[:1])
	assert order(employee) == ["08:00 IN", "17:00 OUT"]


def test_a_person_and_a_worker_at_the_same_time_are_set_right_by_a_job(new_employee, gate, run_jobs):
	employee = new_employee()
	touch(employee, gate, "17:00:00")
	by_hand(employee, "08:00:00")
	checkin_at(employee, "17:00").db_set("log_type", "IN")
	frappe.db.commit()
	run_jobs()
	frappe.db.rollback()
	assert [checkin.log_type for checkin in checkins_of(employee.name)] == ["IN", "OUT"]


def test_a_touch_within_seconds_after_any_other_is_a_repeat(new_employee, new_device, gate, within):
	within(30)
	fixed = new_device(direction="OUT").name
	employee = new_employee()
	touch(employee, gate, "08:00:20", "08:00:00", "08:00:40")
	touch(employee, fixed, "17:00:00")
	touch(employee, gate, "17:00:10")
	by_hand(employee, "20:00:00")
	touch(employee, gate, "20:00:05")
	assert order(employee) == ["08:00 IN", "17:00 OUT", "20:00 IN"]
	outcomes = [punch.reason_code for punch in punches_of(employee.attendance_device_id)]
	assert outcomes == [None, "REPEATED", "REPEATED", None, "REPEATED", "REPEATED"]


def test_a_touch_that_repeats_one_of_an_alternating_device_is_a_repeat_in_any_direction(
	new_employee, new_device, gate, within
):
	within(30)
	fixed = new_device(direction="OUT").name
	for first, second in ((gate, fixed), (fixed, gate)):
		employee = new_employee()
		touch(employee, first, "08:00:10")
		touch(employee, second, "08:00:00")
		assert len(order(employee)) == 1
		touch(employee, gate, "07:00:00")
		assert len(order(employee)) == 2


def test_a_repeat_that_is_let_count_takes_its_turn(new_employee, gate, within):
	within(30)
	employee = new_employee()
	touch(employee, gate, "08:00:00", "08:00:20", "17:00:00")
	assert order(employee) == ["08:00 IN", "17:00 OUT"]
	retry([punch.name for punch in punches_of(employee.attendance_device_id) if punch.reason_code])
	drain()
	assert order(employee) == ["08:00 IN", "08:00 OUT", "17:00 IN"]


@pytest.mark.parametrize("late", [False, True])
def test_a_touch_in_the_very_second_of_another_is_the_same_touch(new_employee, new_device, gate, late):
	fixed = new_device(direction="OUT").name
	employee = new_employee()
	devices = [fixed, gate]
	for device in reversed(devices) if late else devices:
		touch(employee, device, "08:00:00")
	drain()
	assert order(employee) == ["08:00 OUT"]
	states = {punch.service_tag: punch.reason_code for punch in punches_of(employee.attendance_device_id)}
	assert states == {fixed: None, gate: "EQUAL_CHECKIN"}


def test_two_alternating_devices_in_one_second_are_one_touch(new_employee, new_device, gate):
	other = new_device(direction=ALTERNATE).name
	employee = new_employee()
	touch(employee, gate, "08:00:00", "17:00:00")
	touch(employee, other, "17:00:00", "07:00:00")
	assert order(employee) == ["07:00 IN", "08:00 OUT", "17:00 IN"]
	equal = [punch for punch in punches_of(employee.attendance_device_id) if punch.reason_code]
	assert [(punch.reason_code, punch.log_type) for punch in equal] == [("EQUAL_CHECKIN", "IN")]


def test_another_direction_of_the_device_counts_from_the_next_punch_for_that_persons_whole_day(
	new_employee, new_device
):
	device = new_device(direction="No Direction")
	employee = new_employee()
	touch(employee, device.name, "08:00:00", "12:00:00")
	assert order(employee) == ["08:00 -", "12:00 -"]
	device.reload().update({"direction": ALTERNATE}).save()
	touch(employee, device.name, "17:00:00")
	assert order(employee) == ["08:00 IN", "12:00 OUT", "17:00 IN"]


def test_hrms_refusing_the_change_leaves_the_check_in_and_does_not_lose_the_punch(
	new_employee, gate, foreign_hook
):
	employee = new_employee()
	touch(employee, gate, "12:00:00")

	def refuse(document, method=None):
		if not document.is_new():
			frappe.throw("Not today")

	foreign_hook("validate", refuse)
	touch(employee, gate, "08:00:00")
	assert order(employee) == ["08:00 IN", "12:00 IN"]
	assert [punch.state for punch in punches_of(employee.attendance_device_id)] == ["Recorded"] * 2


def test_a_fault_while_looking_again_does_not_stop_the_worker(new_employee, gate, monkeypatch):
	tries = []

	def busy(*arguments):
		tries.append(arguments)
		raise frappe.QueryDeadlockError

	monkeypatch.setattr(alternation, "look_again_at", busy)
	employee = new_employee()
	touch(employee, gate, "08:00:00")
	assert (order(employee), len(tries)) == (["08:00 IN"], alternation.MOST_ATTEMPTS)


def test_a_late_punch_of_a_marked_day_is_previewed_by_the_directions_of_the_whole_day():
	def checkin(clock, log_type, attendance="HR-ATT-1", alternates=True):
		moment = datetime.fromisoformat(f"{DAY} {clock}:00")
		values = {"name": clock, "time": moment, "log_type": log_type, "attendance": attendance}
		return frappe._dict(values, alternates=alternates)

	late = checkin("12:00", "OUT", None)
	rows = [checkin("08:00", "IN"), late, checkin("13:00", "OUT"), checkin("17:00", "IN", alternates=False)]
	day = Day(Key("HR-EMP-00001", getdate(DAY), "Day", "HR-ATT-1"), frappe._dict(), rows)
	assert day.directions == {"08:00": "IN", "12:00": "OUT", "13:00": "IN", "17:00": "IN"}
	shown = {row["name"]: row.get("log_type_then") for row in json.loads(late_days._checkins_json(day))}
	assert shown == {"08:00": None, "12:00": None, "13:00": "IN", "17:00": None}


def test_a_device_that_is_not_alternating_costs_and_changes_nothing(new_employee, new_device):
	fixed = new_device(direction="IN").name
	employee = new_employee()
	touch(employee, fixed, "12:00:00", "08:00:00")
	assert order(employee) == ["08:00 IN", "12:00 IN"]


# The preview


def test_the_preview_shows_each_persons_punches_with_the_direction_today_and_then(new_employee, new_device):
	device, other = new_device(), new_device()
	one, two = new_employee(), new_employee()
	touch(one, device.name, "08:00:00", "17:00:00")
	touch(one, other.name, "12:00:00")
	touch(two, device.name, "09:00:00")
	preview = device.preview_alternation(DAY)
	people = {person["employee"]: person for person in preview["people"]}
	assert set(people) == {one.name, two.name}
	assert people[one.name]["employee_name"] == one.employee_name
	assert [(p["time"][11:16], p["now"], p["then"]) for p in people[one.name]["punches"]] == [
		("08:00", "IN", "IN"),
		("17:00", "IN", "OUT"),
	]
	assert (preview["punches"], preview["changes"]) == (3, 1)
	assert order(one) == ["08:00 IN", "12:00 IN", "17:00 IN"]
	assert device.preview_alternation("2024-09-18") == {"people": [], "left": 0, "punches": 0, "changes": 0}


def test_the_preview_shows_what_is_held_for_want_of_a_direction(new_employee, new_device):
	device = new_device(direction="From Punch Type")
	employee = new_employee()
	touch(employee, device.name, "08:00:00", "17:00:00", Type="17")
	assert {punch.reason_code for punch in punches_of(employee.attendance_device_id)} == {
		"UNKNOWN_PUNCH_TYPE"
	}
	[person] = device.preview_alternation(DAY)["people"]
	assert [(p["now"], p["then"], p["held"]) for p in person["punches"]] == [
		("", "IN", True),
		("", "OUT", True),
	]


def test_the_preview_is_what_comes_of_it(new_employee, new_device):
	device, fixed = new_device(direction="No Direction"), new_device(direction="OUT")
	employee = new_employee()
	touch(employee, device.name, "08:00:00", "12:00:00", "13:00:00", "18:00:00")
	touch(employee, fixed.name, "17:00:00")
	[person] = device.preview_alternation(DAY)["people"]
	device.reload().update({"direction": ALTERNATE}).save()
	touch(employee, fixed.name, "17:00:00", "20:00:00")
	found = {str(checkin.time)[:19]: checkin.log_type for checkin in checkins_of(employee.name)}
	assert {punch["time"]: punch["then"] for punch in person["punches"]} == {
		time: found[time] for time in (f"{DAY} {clock}:00" for clock in ("08:00", "12:00", "13:00", "18:00"))
	}


# The rule


def expected(touches):
	"""The directions in time order, of (seconds, fixed direction or None)."""
	found = []
	for _seconds, fixed in sorted(touches, key=lambda touch: touch[0]):
		before = found[-1] if found else "OUT"
		found.append(fixed or ("OUT" if before == "IN" else "IN"))
	return found


@given(
	st.lists(
		st.tuples(st.integers(0, 86399), st.sampled_from([None, None, "IN", "OUT"])),
		max_size=12,
		unique_by=lambda touch: touch[0],
	),
	st.randoms(use_true_random=False),
)
def test_the_rule_depends_on_the_touches_alone(touches, dice):
	midnight = datetime(2024, 9, 17)
	rows = [
		Touch(
			str(seconds), midnight + timedelta(seconds=seconds), dice.choice(["IN", "OUT", None]), None, True
		)
		if fixed is None
		else Touch(str(seconds), midnight + timedelta(seconds=seconds), fixed, None, False)
		for seconds, fixed in touches
	]
	dice.shuffle(rows)
	found = directions(rows)
	assert [found[str(seconds)] for seconds in sorted(int(name) for name in found)] == expected(touches)


KINDS = {"gate": None, "other gate": None, "IN": "IN", "OUT": "OUT", "hand in": "IN", "hand out": "OUT"}
MOVES = st.lists(
	st.tuples(st.integers(0, 40), st.sampled_from(["gate", "gate", *KINDS])),
	min_size=1,
	max_size=9,
	unique_by=lambda move: move[0],
)
MORE = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def clock_of(seconds):
	return f"{datetime(2024, 9, 17, 9) + timedelta(seconds=seconds):%H:%M:%S}"


def arrive(employee, devices, moves, dice, deletes):
	"""In any order, in batches and one by one, with resends, and with deletions and retries by the way."""
	arrivals = [*moves, *dice.sample(moves, dice.randrange(len(moves) + 1))]
	dice.shuffle(arrivals)
	entered = set()
	for seconds, kind in arrivals:
		if kind.startswith("hand"):
			if seconds not in entered:
				by_hand(employee, clock_of(seconds), KINDS[kind])
			entered.add(seconds)
			continue
		store(punch_at(employee.attendance_device_id, clock_of(seconds), SerialNumber=devices[kind]))
		if dice.random() < 0.6:
			drain()
		if dice.random() < deletes:
			delete_and_retry(employee, dice)
	drain()


@settings(max_examples=25, **MORE)
@given(moves=MOVES, dice=st.randoms(use_true_random=False))
def test_the_check_ins_depend_on_the_facts_alone(new_employee, devices_by_kind, moves, dice):
	employee = new_employee()
	moves = [(60 * minutes, kind) for minutes, kind in moves]
	arrive(employee, devices_by_kind, moves, dice, deletes=0.1)
	wanted = expected([(seconds, KINDS[kind]) for seconds, kind in moves])
	assert [checkin.log_type for checkin in checkins_of(employee.name)] == wanted


def counting(moves, window):
	"""What is no repeat: by hand always; else unless a touch before it has the same direction, or one of them none."""
	return [
		(seconds, KINDS[kind])
		for seconds, kind in moves
		if kind.startswith("hand")
		or not any(
			0 < seconds - other <= window and len({KINDS[kind], KINDS[before]} - {None}) < 2
			for other, before in moves
		)
	]


@settings(max_examples=25, **MORE)
@given(moves=MOVES, dice=st.randoms(use_true_random=False))
def test_with_double_touches_too(new_employee, devices_by_kind, within, moves, dice):
	within(5)
	employee = new_employee()
	arrive(employee, devices_by_kind, moves, dice, deletes=0)
	found = [(f"{each.time:%H:%M:%S}", each.log_type) for each in checkins_of(employee.name)]
	counted = sorted(counting(moves, 5))
	assert found == [
		(clock_of(seconds), direction)
		for (seconds, _), direction in zip(counted, expected(counted), strict=True)
	]


def delete_and_retry(employee, dice):
	of_devices = [each.name for each in checkins_of(employee.name) if each.custom_cams_punch]
	if of_devices:
		frappe.delete_doc("Employee Checkin", dice.choice(of_devices))
		frappe.db.commit()
		if dice.random() < 0.5:
			drain()
		retry([punch.name for punch in punches_of(employee.attendance_device_id) if punch.state == "Ignored"])


@pytest.fixture
def devices_by_kind(new_device):
	kinds = {"gate": ALTERNATE, "other gate": ALTERNATE, "IN": "IN", "OUT": "OUT"}
	return {kind: new_device(direction=direction).name for kind, direction in kinds.items()}


def test_a_punch_without_a_type_is_recorded(new_employee, gate):
	employee = new_employee()
	touch(employee, gate, "08:00:00", Type="None")
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
