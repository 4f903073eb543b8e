"""The second look after a commit lasts until it is taken, whoever dies in between."""

import contextvars
from typing import NamedTuple

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.punches import (
	alternation,
	checkins,
	looks_due,
	repeats,
	second_look,
)
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from tests.app.inside import a_minute_later, checkins_of, log_entries, punch_at, punches_of, store

ALTERNATE = "Alternate Within Shift"


class DiedError(BaseException):
	"""As SIGKILL between the commit and the second look."""


def die(*_arguments):
	raise DiedError


@pytest.fixture(autouse=True)
def no_notes(connected):
	frappe.db.delete("Error Log")
	frappe.db.delete(looks_due.DOCTYPE)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	resting = {"direction": "From Punch Type", "ignore_repeat": None}
	frappe.db.set_value("CAMS Device", {"direction": ALTERNATE}, resting)
	frappe.db.commit()


@pytest.fixture
def day(new_employee, new_device):
	"""A person, and the device that gives directions by the order of the day."""
	return Day(new_employee(), new_device(direction=ALTERNATE).name)


class Day(NamedTuple):
	employee: frappe._dict
	gate: str

	def touch(self, *clocks):
		for clock in clocks:
			store(punch_at(self.employee.attendance_device_id, clock, SerialNumber=self.gate))
			checkins.drain()

	def turn(self):
		"""As a worker leaves the second check-in that did not see the first."""
		frappe.db.set_value(CHECKIN, checkins_of(self.employee.name)[1].name, "log_type", "IN")
		frappe.db.commit()

	def take_back_unseen(self, monkeypatch):
		"""The second of three check-ins, as a repeat of the first, while another worker makes the third."""
		_first, second, _third = checkins_of(self.employee.name)
		frappe.db.set_value("CAMS Device", self.gate, "ignore_repeat", "60")
		with monkeypatch.context() as elsewhere:
			elsewhere.setattr(alternation, "put_in_order", lambda *_arguments: None)
			repeats.take_back(second.name)

	@property
	def directions(self):
		return [checkin.log_type for checkin in checkins_of(self.employee.name)]


def notes():
	return frappe.get_all(looks_due.DOCTYPE, pluck="name")


def test_a_drain_leaves_none(day):
	day.touch("08:00:00", "17:00:00")
	assert (day.directions, notes()) == (["IN", "OUT"], [])


def test_of_a_worker_that_died_after_its_commit_the_sweep_takes_it(day, monkeypatch):
	day.touch("08:00:00")
	with monkeypatch.context() as dying:
		dying.setattr(second_look, "take", die)
		with pytest.raises(DiedError):
			day.touch("17:00:00")
	day.turn()
	checkins.sweep()
	assert day.directions == ["IN", "IN"]  # somebody may be at it at this moment
	a_minute_later()
	checkins.sweep()
	assert (day.directions, notes()) == (["IN", "OUT"], [])


def test_one_that_fails_is_logged_and_tried_again(day, monkeypatch):
	def full(*_arguments):
		raise OSError("The table is full")

	with monkeypatch.context() as broken:
		broken.setattr(alternation, "look_again_at", full)
		day.touch("08:00:00", "17:00:00")
		day.turn()
		a_minute_later()
		checkins.sweep()
	[entry] = log_entries(method=["like", "CAMS: a second look%"])
	assert "The table is full" in entry.error
	assert day.directions == ["IN", "IN"]
	a_minute_later()
	checkins.sweep()
	assert (day.directions, notes()) == (["IN", "OUT"], [])


def test_the_others_of_a_batch_are_looked_at_although_one_fails(new_employee, new_device, monkeypatch):
	people, gate = [new_employee() for _ in range(3)], new_device(direction=ALTERNATE).name
	looked_at, look = [], alternation.look_again_at

	def fail_for_the_first(employee, moment, time_zone=None):
		looked_at.append(employee)
		if employee == people[0].name:
			raise frappe.ValidationError
		look(employee, moment, time_zone)

	monkeypatch.setattr(alternation, "look_again_at", fail_for_the_first)
	store(*(punch_at(each.attendance_device_id, SerialNumber=gate) for each in people))
	checkins.drain()
	assert set(looked_at) == {each.name for each in people}
	assert len(notes()) == 1


@pytest.fixture
def processed_by_a_person(new_employee):
	"""A punch, in a transaction that is not committed yet."""
	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	[punch] = punches_of(employee.attendance_device_id)
	checkins.check_in_now(punch.name)


def test_what_a_person_lets_be_processed_is_looked_at_again(processed_by_a_person):
	frappe.db.commit()
	assert len(notes()) == 1
	a_minute_later()
	checkins.sweep()
	assert notes() == []


def test_a_decision_that_is_taken_back_leaves_none(processed_by_a_person):
	frappe.db.rollback()
	assert notes() == []


@pytest.fixture
def three(day):
	day.touch("08:00:00", "08:00:07", "17:00:00")
	assert day.directions == ["IN", "OUT", "IN"]
	return day


def test_where_a_check_in_was_taken_back_is_looked_at_again(three, site, monkeypatch):
	three.take_back_unseen(monkeypatch)
	frappe.db.commit()
	assert three.directions == ["IN", "IN"]
	contextvars.Context().run(site.run_jobs)
	assert (three.directions, notes()) == (["IN", "OUT"], [])


def test_without_redis_the_sweep_looks_where_a_check_in_was_taken_back(three, monkeypatch):
	with monkeypatch.context() as lost:
		lost.setattr(jobs, "request_job", lambda *_arguments, **_options: None)
		three.take_back_unseen(monkeypatch)
		frappe.db.commit()
	assert (three.directions, len(notes())) == (["IN", "IN"], 1)
	a_minute_later()
	second_look.take_left()
	assert (three.directions, notes()) == (["IN", "OUT"], [])


def test_what_was_not_committed_is_not_looked_at(three, monkeypatch):
	three.take_back_unseen(monkeypatch)
	frappe.db.rollback()
	assert (three.directions, notes()) == (["IN", "OUT", "IN"], [])
