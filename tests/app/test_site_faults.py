"""What the site does wrong is no punch's fault: it is tried again by itself, one punch of each fault first."""

from datetime import timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.punches import checkins
from tests.app.inside import checkins_of, log_entries, outcome, punch_at, punch_of, store

PREFIX = "EMP-CKIN-"


@pytest.fixture(autouse=True)
def nothing_failed_before(connected):
	frappe.db.delete("CAMS Punch", {"state": ["in", ["Failed", "Queued"]]})
	frappe.db.delete("Error Log")
	frappe.db.commit()


@pytest.fixture
def people(new_employee):
	return [new_employee() for _ in range(4)]


def punch_all(people):
	store(*(punch_at(one.attendance_device_id, f"08:0{n}:00") for n, one in enumerate(people)))


def outcomes(people):
	return [outcome(one.attendance_device_id) for one in people]


FAILED, RECORDED = ("Failed", "UNEXPECTED_ERROR"), ("Recorded", None)


class Broken:
	"""A hook of another app, for all check-ins; counts how often it was run."""

	def __init__(self, message="name 'foo' is not defined"):
		self.message, self.is_mended, self.runs = message, False, 0

	def __call__(self, checkin, _method):
		self.runs += 1
		if not self.is_mended:
			frappe.throw(self.message)


def test_a_fault_of_the_site_is_one_entry_for_all_and_is_tried_with_one_punch(foreign_hook, people, clock):
	hook = Broken()
	foreign_hook("validate", hook)
	punch_all(people)
	checkins.drain()
	assert outcomes(people) == [FAILED] * 4
	[entry] = log_entries(method=["like", "%UNEXPECTED_ERROR%"])
	assert "Traceback" in entry.error
	hook.runs = 0
	checkins.sweep()
	assert hook.runs == 0
	for minutes in (1, 2, 4):
		clock.advance(minutes=minutes)
		checkins.sweep()
	assert (hook.runs, outcomes(people)) == (3, [FAILED] * 4)
	hook.is_mended = True
	checkins.sweep()
	assert outcomes(people) == [FAILED] * 4
	clock.advance(minutes=8)
	checkins.sweep()
	assert outcomes(people) == [RECORDED] * 4
	assert len(log_entries(method=["like", "%UNEXPECTED_ERROR%"])) == 1


def test_the_waits_grow_to_a_quarter_of_an_hour(foreign_hook, people, clock):
	foreign_hook("validate", Broken())
	user_id = people[0].attendance_device_id
	store(punch_at(user_id))
	checkins.drain()
	waits = []
	for _ in range(7):
		waits.append(punch_of(user_id).retry_after - clock.now)
		clock.now = punch_of(user_id).retry_after
		checkins.sweep()
	assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 16, 16)]


def test_no_reason_is_a_traceback_or_long(foreign_hook, people):
	"""As a Notification with a faulty condition raises."""
	trace = "Traceback with variables (most recent call last):\n" + 'File "x", line 1\n' * 200
	title = "name 'foo' is not defined " + "x" * 400
	foreign_hook("validate", Broken(f"<details><summary>{title}</summary>{trace}</details>"))
	punch_all(people[:1])
	checkins.drain()
	reason = punch_of(people[0].attendance_device_id).reason
	assert "name 'foo' is not defined" in reason
	assert len(reason) <= 280
	assert "\n" not in reason
	assert "Traceback" not in reason


def test_hrms_own_validation_holds_the_punch(people, new_device):
	frappe.db.set_single_value("HR Settings", "allow_geolocation_tracking", 1)
	try:
		store(punch_at(people[0].attendance_device_id, SerialNumber=new_device().name))
		checkins.drain()
		assert outcomes(people[:1]) == [("Held", "LOCATION_REQUIRED")]
	finally:
		frappe.db.set_single_value("HR Settings", "allow_geolocation_tracking", 0)
		frappe.db.commit()


def test_a_naming_counter_that_lies_behind_is_moved_on_and_the_app_says_so(people):
	punch_all(people[:3])
	checkins.drain()
	series = frappe.qb.DocType("Series")
	frappe.qb.update(series).set(series.current, 0).where(series.name.like(f"{PREFIX}%")).run()
	frappe.db.commit()
	store(*(punch_at(one.attendance_device_id, "17:00:00") for one in people))
	checkins.drain()
	assert [len(checkins_of(one.name)) for one in people] == [2, 2, 2, 1]
	[entry] = log_entries(method=["like", "%naming counter%"])
	assert "lay behind what exists" in entry.error
	assert not log_entries(method=["like", "%UNEXPECTED_ERROR%"])
