"""What HR and another worker do while a batch is decided: nothing is lost, doubled, or left as it was judged
before."""

import frappe
import pytest
from hrms.hr.doctype.employee_checkin.employee_checkin import EmployeeCheckin

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.punches import (
	checkin_moves,
	checkins,
	looks_due,
	repeats,
	time_corrections,
)
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from tests.app.inside import a_minute_later, checkins_of, punch_at, punch_of, punches_of, store

LONDON, AT_GATE = "Europe/London", "Device's Time Zone"
SETTINGS = "CAMS Biometric Settings"


@pytest.fixture(autouse=True)
def nothing_due(connected):
	for filters in ({"state": "Queued"}, {"state": "Failed"}):
		frappe.db.delete("CAMS Punch", filters)
	frappe.db.delete(looks_due.DOCTYPE)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value(SETTINGS, "ignore_repeat", 0)
	frappe.db.set_value("CAMS Device", {"checkin_time": AT_GATE}, "checkin_time", "Site's Time Zone")
	frappe.db.commit()


@pytest.fixture
def settle(run_jobs):
	"""All that the site does by itself afterwards."""

	def later():
		for _round in range(3):
			run_jobs()
			a_minute_later()
			checkins.sweep()
		assert frappe.get_all(looks_due.DOCTYPE) == []

	return later


@pytest.fixture
def meanwhile(monkeypatch):
	"""Do something after a worker has read the rules of its batch, and before it decides."""

	def once(do):
		read = checkins.read_rules

		def then(punches):
			rules = read(punches)
			monkeypatch.setattr(checkins, "read_rules", read)
			do()
			return rules

		monkeypatch.setattr(checkins, "read_rules", then)

	return once


@pytest.fixture
def mapped(new_employee, new_user_id):
	"""Two people, and the CAMS Device ID by which a user ID is the first one's."""
	one, other, user_id = new_employee(), new_employee(), new_user_id()
	mapping = frappe.new_doc("CAMS Device ID", employee=one.name, user_id=user_id).insert()
	frappe.db.commit()
	return one, other, mapping


@pytest.fixture
def at_gate(new_device, new_employee):
	"""Some people with a check-in each, of a device whose Check-in Time is then to become its own."""

	def create(count):
		gate, people = new_device(time_zone=LONDON), [new_employee() for _ in range(count)]
		for each in people:
			store(punch_at(each.attendance_device_id, SerialNumber=gate.name))
		checkins.drain()
		return gate.name, people

	return create


def repeat_within(seconds):
	frappe.db.set_single_value(SETTINGS, "ignore_repeat", seconds)
	frappe.db.commit()


def times_of(employee):
	return [f"{row.time:%H:%M:%S}" for row in checkins_of(employee.name)]


def set_clock(gate):
	frappe.get_doc("CAMS Device", gate).update({"checkin_time": AT_GATE}).save()


# Rules that HR changes


def test_whose_id_it_is_changes_before_the_worker_commits(mapped, meanwhile, settle):
	one, other, mapping = mapped
	store(punch_at(mapping.user_id))
	meanwhile(lambda: mapping.update({"employee": other.name}).save())
	checkins.drain()
	settle()
	assert (times_of(one), times_of(other)) == ([], ["08:00:00"])


def test_whose_id_it_is_changes_after_the_worker_has_committed_unseen(mapped, settle, monkeypatch):
	one, other, mapping = mapped
	store(punch_at(mapping.user_id))
	mapping.update({"employee": other.name}).save()  # sees a queued punch
	with monkeypatch.context() as before:
		before.setattr(checkins.punch_rules, "whose", lambda *_: checkins.Answer(one))
		frappe.db.set_value("CAMS Device ID", mapping.name, "employee", one.name)
		checkins.drain()
	frappe.db.set_value("CAMS Device ID", mapping.name, "employee", other.name)
	settle()
	assert (times_of(one), times_of(other)) == ([], ["08:00:00"])


def test_the_clock_of_a_device_changes(new_device, new_employee, meanwhile, settle, monkeypatch):
	gate, employee = new_device(time_zone=LONDON), new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=gate.name))

	def correct():
		with monkeypatch.context() as elsewhere:
			elsewhere.setattr(jobs, "request_job", lambda *_arguments, **_options: None)
			set_clock(gate.name)
			frappe.db.commit()
			checkin_moves.move(gate.name)  # its job, by another worker: there is no check-in yet

	meanwhile(correct)
	checkins.drain()
	settle()
	assert times_of(employee) == ["06:00:00"]


def test_a_device_is_enabled(new_device, new_employee, meanwhile, settle):
	gate, employee = new_device(enabled=0), new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=gate.name))
	meanwhile(lambda: frappe.get_doc("CAMS Device", gate.name).update({"enabled": 1}).save())
	checkins.drain()
	settle()
	assert punch_of(employee.attendance_device_id).state == "Recorded"


def test_a_device_is_enabled_while_what_was_held_is_not_seen(new_device, new_employee, settle):
	gate, employee = new_device(enabled=0), new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=gate.name))
	frappe.get_doc("CAMS Device", gate.name).update({"enabled": 1}).save()  # sees a queued punch
	decided = {"state": "Held", "reason_code": "DEVICE_DISABLED"}
	frappe.db.set_value("CAMS Punch", {"user_id": employee.attendance_device_id}, decided)
	settle()
	assert punch_of(employee.attendance_device_id).state == "Recorded"


def test_an_id_is_no_longer_ignored(new_user_id, meanwhile, settle):
	user_id = new_user_id()
	ignored = frappe.new_doc("CAMS Ignored ID", user_id=user_id, reason="A visitor").insert()
	frappe.db.commit()
	store(punch_at(user_id))
	meanwhile(lambda: frappe.delete_doc("CAMS Ignored ID", ignored.name))
	checkins.drain()
	settle()
	assert punch_of(user_id).state == "Held"


# Check-ins that move to another clock


class DiedError(BaseException):
	"""As SIGKILL."""


def test_a_move_that_dies_goes_on(at_gate, monkeypatch, settle):
	gate, people = at_gate(4)
	monkeypatch.setattr(checkin_moves, "BATCH", 2)
	with monkeypatch.context() as lost:
		lost.setattr(jobs, "request_job", lambda *_arguments, **_options: None)
		set_clock(gate)
		frappe.db.commit()
	taken, take_back = [], repeats.take_back

	def die_at_the_third(name):
		if len(taken) == 2:
			raise DiedError
		taken.append(name)
		return take_back(name)

	with monkeypatch.context() as dying:
		dying.setattr(repeats, "take_back", die_at_the_third)
		with pytest.raises(DiedError):
			checkin_moves.move(gate)
	frappe.db.rollback()
	settle()
	assert [times_of(each) for each in people] == [["06:00:00"]] * 4


def test_a_move_leaves_what_was_marked_meanwhile(at_gate, monkeypatch):
	gate, people = at_gate(2)
	names = [checkins_of(each.name)[0].name for each in people]
	monkeypatch.setattr(checkin_moves, "BATCH", 1)
	set_clock(gate)
	take_back = repeats.take_back

	def then_mark_the_other(name):
		done = take_back(name)
		[left] = set(names) - {name}
		frappe.db.set_value(CHECKIN, left, "attendance", "HR-ATT-1", update_modified=False)
		monkeypatch.setattr(repeats, "take_back", take_back)
		return done

	monkeypatch.setattr(repeats, "take_back", then_mark_the_other)
	checkin_moves.move(gate)
	assert frappe.db.count(CHECKIN, {"name": ["in", names], "attendance": "HR-ATT-1"}) == 1


@pytest.mark.parametrize("is_job_lost", [False, True])
def test_a_move_comes_back_to_what_was_locked(at_gate, monkeypatch, settle, is_job_lost):
	gate, people = at_gate(3)
	set_clock(gate)
	if is_job_lost:
		frappe.db.after_commit.reset()
	take_back, met = repeats.take_back, []

	def busy_once(name):
		met.append(name)
		if len(met) == 2:
			raise frappe.QueryTimeoutError
		return take_back(name)

	monkeypatch.setattr(repeats, "take_back", busy_once)
	settle()
	assert [times_of(each) for each in people] == [["06:00:00"]] * 3


# Check-ins that go, or come twice


def test_a_punch_is_linked_to_a_check_in_that_goes(new_device, new_employee, monkeypatch, settle):
	wrong, right, employee = new_device(), new_device(), new_employee()
	user_id = employee.attendance_device_id
	store(punch_at(user_id, SerialNumber=wrong.name))
	checkins.drain()
	[first] = punches_of(user_id)
	store(punch_at(user_id, SerialNumber=right.name))
	link = checkins._linked

	def then_correct(*arguments):
		found = link(*arguments)
		monkeypatch.setattr(checkins, "_linked", link)
		time_corrections.correct([first.name], -3600)  # HR's, who does not see the link
		return found

	monkeypatch.setattr(checkins, "_linked", then_correct)
	checkins.drain()
	settle()
	assert times_of(employee) == ["07:00:00", "08:00:00"]
	assert all(frappe.db.exists(CHECKIN, punch.employee_checkin) for punch in punches_of(user_id))


def test_two_workers_make_equal_check_ins(new_device, new_employee, monkeypatch, settle):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=new_device().name))
	checkins.drain()
	store(punch_at(employee.attendance_device_id, SerialNumber=new_device().name))
	check = EmployeeCheckin.validate_duplicate_log

	def not_yet_seen(checkin):
		monkeypatch.setattr(EmployeeCheckin, "validate_duplicate_log", check)

	monkeypatch.setattr(EmployeeCheckin, "validate_duplicate_log", not_yet_seen)
	checkins.drain()
	settle()
	assert times_of(employee) == ["08:00:00"]
	assert {punch.state for punch in punches_of(employee.attendance_device_id)} == {"Recorded"}


def test_what_repeats_a_touch_of_somebody_else_counts(mapped, settle):
	repeat_within(60)
	one, other, mapping = mapped
	store(punch_at(mapping.user_id, "08:00:00"))
	checkins.drain()
	store(punch_at(one.attendance_device_id, "08:00:20"))
	checkins.drain()
	mapping.update({"employee": other.name}).save()
	frappe.db.commit()
	settle()
	assert (times_of(one), times_of(other)) == (["08:00:20"], ["08:00:00"])


def test_what_repeats_a_touch_that_is_corrected_counts(new_device, new_employee, monkeypatch, settle):
	repeat_within(60)
	wrong, right, employee = new_device(), new_device(), new_employee()
	user_id = employee.attendance_device_id
	store(punch_at(user_id, "08:00:00", SerialNumber=wrong.name))
	checkins.drain()
	[first] = punches_of(user_id)
	store(punch_at(user_id, "08:00:20", SerialNumber=right.name))
	conclude = checkins._conclude

	def correct_before(*arguments, **values):
		monkeypatch.setattr(checkins, "_conclude", conclude)
		time_corrections.correct([first.name], -3600)  # HR's, who does not see the repeat
		conclude(*arguments, **values)

	monkeypatch.setattr(checkins, "_conclude", correct_before)
	checkins.drain()
	settle()
	assert times_of(employee) == ["07:00:00", "08:00:20"]


def test_a_deadlock_at_the_devices_ends_no_drain(monkeypatch, new_employee):
	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	note = checkins._note_devices_reported

	def busy(*arguments):
		monkeypatch.setattr(checkins, "_note_devices_reported", note)
		raise frappe.QueryDeadlockError

	monkeypatch.setattr(checkins, "_note_devices_reported", busy)
	checkins.drain()
	assert times_of(employee) == ["08:00:00"]
