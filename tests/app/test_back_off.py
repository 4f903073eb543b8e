"""A busy database: punches wait longer each time, and end as check-ins or where a person sees them."""

from contextlib import suppress
from datetime import datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers.punch_actions import retry
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import checkins_of, log_entries, outcome, punch_at, punch_of, store

BUSY = [frappe.QueryDeadlockError, frappe.QueryTimeoutError]


@pytest.fixture
def busy(faults, new_employee):
	"""An employee whose check-ins meet a deadlock, with one punch waiting."""
	employee = new_employee()
	faults[employee.name] = frappe.QueryDeadlockError("Deadlock found when trying to get lock")
	store(punch_at(employee.attendance_device_id))
	return employee


def fail_often(clock, user_id, times):
	"""Drain at the moment the punch is due, that many times; return how long it had to wait after each."""
	waits = []
	for _ in range(times):
		drain()
		punch = punch_of(user_id)
		waits.append(punch.retry_after and punch.retry_after - clock.now)
		clock.now = punch.retry_after or clock.now
	return waits


def retry_and_commit(user_id):
	assert retry([punch_of(user_id).name]) == 1
	frappe.db.commit()


@pytest.mark.parametrize("error", BUSY)
def test_a_busy_database_postpones_a_punch_by_1_2_4_8_and_16_minutes(faults, clock, new_employee, error):
	employee = new_employee()
	user_id = employee.attendance_device_id
	faults[employee.name] = error
	store(punch_at(user_id))
	waits = fail_often(clock, user_id, 5)
	assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16)]
	assert (*outcome(user_id), punch_of(user_id).attempts) == ("Queued", None, 5)


def test_each_attempt_is_counted(busy, clock):
	for attempts in range(1, 7):
		fail_often(clock, busy.attendance_device_id, 1)
		assert punch_of(busy.attendance_device_id).attempts == attempts


@pytest.mark.parametrize("error", BUSY)
def test_the_others_of_the_batch_become_check_ins_all_the_same(faults, new_employee, error):
	first, unlucky, last = (new_employee() for _ in range(3))
	for number, employee in enumerate((first, unlucky, last)):
		store(punch_at(employee.attendance_device_id, f"08:0{number}:00"))
	faults[unlucky.name] = error
	drain()
	assert [outcome(employee.attendance_device_id) for employee in (first, unlucky, last)] == [
		("Recorded", None),
		("Queued", None),
		("Recorded", None),
	]
	assert [len(checkins_of(employee.name)) for employee in (first, unlucky, last)] == [1, 0, 1]


def test_two_busy_punches_of_one_batch_are_both_postponed(faults, clock, new_employee):
	employees = [new_employee() for _ in range(2)]
	for employee in employees:
		faults[employee.name] = frappe.QueryTimeoutError
		store(punch_at(employee.attendance_device_id))
	drain()
	punches = [punch_of(employee.attendance_device_id) for employee in employees]
	assert [(punch.attempts, punch.retry_after - clock.now) for punch in punches] == [
		(1, timedelta(minutes=1))
	] * 2


def test_a_postponed_punch_is_left_alone_until_it_is_due(busy, clock):
	drain()
	clock.advance(seconds=59)
	drain()
	assert punch_of(busy.attendance_device_id).attempts == 1
	clock.advance(seconds=1)
	drain()
	assert punch_of(busy.attendance_device_id).attempts == 2


def test_a_postponed_punch_is_no_entry_of_the_error_log_yet(busy, clock):
	fail_often(clock, busy.attendance_device_id, 5)
	assert log_entries(reference_name=punch_of(busy.attendance_device_id).name) == []


def test_after_the_sixth_attempt_it_is_failed_with_a_reason_and_a_remedy(busy, clock):
	fail_often(clock, busy.attendance_device_id, 6)
	punch = punch_of(busy.attendance_device_id)
	assert (punch.state, punch.reason_code, punch.attempts) == ("Failed", "DATABASE_BUSY", 6)
	assert (punch.reason, punch.remedy, punch.retry_after) == (
		"The database was busy each time it was tried.",
		"It is tried again automatically. Retry when the load is over.",
		clock.now,  # fail_often went on to that moment
	)
	assert punch.employee == busy.name
	assert checkins_of(busy.name) == []


def test_the_failure_is_one_entry_of_the_error_log_that_leads_to_the_punch(busy, clock):
	frappe.db.delete("Error Log")
	fail_often(clock, busy.attendance_device_id, 6)
	punch = punch_of(busy.attendance_device_id)
	[entry] = log_entries(method=["like", f"%user {busy.attendance_device_id}%"])
	assert "DATABASE_BUSY" in entry.method
	assert (entry.reference_doctype, entry.reference_name) == ("CAMS Punch", punch.name)
	assert punch.remedy in entry.error


def test_a_failed_punch_is_tried_again_by_the_sweep_when_its_time_has_come(busy, faults, clock):
	others = {"state": ["in", ["Failed", "Queued"]], "user_id": ["!=", busy.attendance_device_id]}
	frappe.db.delete("CAMS Punch", others)  # one that gets through releases all
	frappe.db.commit()  # a fault rolls back
	fail_often(clock, busy.attendance_device_id, 6)
	faults.clear()
	clock.now = punch_of(busy.attendance_device_id).retry_after - timedelta(seconds=1)
	checkins.sweep()
	assert outcome(busy.attendance_device_id) == ("Failed", "DATABASE_BUSY")
	clock.advance(seconds=1)
	checkins.sweep()
	assert outcome(busy.attendance_device_id) == ("Recorded", None)


def test_a_fault_that_ends_in_time_leaves_a_check_in_at_the_next_due_drain(busy, faults, clock):
	fail_often(clock, busy.attendance_device_id, 2)
	faults.clear()
	drain()
	punch = punch_of(busy.attendance_device_id)
	[checkin] = checkins_of(busy.name)
	assert (punch.state, punch.reason_code, punch.retry_after) == ("Recorded", None, None)
	assert (punch.employee_checkin, checkin.time) == (checkin.name, datetime(2024, 9, 17, 8))


def test_the_sweep_takes_up_what_was_postponed(busy, faults, clock):
	drain()
	faults.clear()
	clock.advance(minutes=1)
	checkins.sweep()
	assert outcome(busy.attendance_device_id) == ("Recorded", None)


def test_retry_resets_the_attempts(busy, clock):
	fail_often(clock, busy.attendance_device_id, 6)
	retry_and_commit(busy.attendance_device_id)
	punch = punch_of(busy.attendance_device_id)
	assert (punch.state, punch.attempts, punch.retry_after) == ("Queued", 0, None)
	assert not any((punch.reason_code, punch.reason, punch.remedy))


def test_a_retried_punch_that_meets_a_fault_again_has_all_its_attempts(busy, clock):
	fail_often(clock, busy.attendance_device_id, 6)
	retry_and_commit(busy.attendance_device_id)
	assert fail_often(clock, busy.attendance_device_id, 1) == [timedelta(minutes=1)]


def test_a_retried_punch_is_checked_in_when_the_fault_is_over(busy, faults, clock):
	fail_often(clock, busy.attendance_device_id, 6)
	faults.clear()
	retry_and_commit(busy.attendance_device_id)
	drain()
	assert outcome(busy.attendance_device_id) == ("Recorded", None)
	assert len(checkins_of(busy.name)) == 1


def test_what_another_worker_made_of_the_punch_meanwhile_stands(foreign_hook, new_employee):
	"""After a deadlock the rows are unlocked: the other of the two workers goes on with them."""
	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	name = punch_of(employee.attendance_device_id).name

	def hook(checkin, _method):
		if checkin.employee == employee.name:
			frappe.db.rollback()
			inbox.update_punches([name], state="Recorded")
			frappe.db.commit()
			raise frappe.QueryDeadlockError

	foreign_hook("validate", hook)
	drain()
	punch = punch_of(employee.attendance_device_id)
	assert (punch.state, punch.attempts, punch.retry_after) == ("Recorded", 0, None)


def test_a_fault_while_the_devices_are_noted_loses_and_doubles_nothing(monkeypatch, new_employee):
	def fail(*_arguments):
		raise frappe.QueryDeadlockError

	employee = new_employee()
	store(punch_at(employee.attendance_device_id))
	with monkeypatch.context() as broken, suppress(frappe.QueryDeadlockError):
		broken.setattr(checkins, "_note_devices_reported", fail)
		drain(seconds=1)
	frappe.db.rollback()  # the end of a job that failed
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
	assert len(checkins_of(employee.name)) == 1
