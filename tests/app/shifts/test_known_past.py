"""A device counts from when it first reported: before that a shift waits for history, or for a manager."""

import frappe
import pytest
from frappe.utils import format_date, get_datetime

from navari_cams_biometric.cams_biometric.punches import checkins
from navari_cams_biometric.cams_biometric.report.cams_shift_sync.cams_shift_sync import execute
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from tests.app.inside import store
from tests.app.shifts.hearing import hear, synced_until
from tests.contract.host import real_time

TENTH = get_datetime("2024-09-10 08:00:00")


@pytest.fixture
def first_punch(new_device, new_employee):
	"""On 10 September, of a device that nobody heard of before."""

	def send(**values):
		device, employee = new_device(label="Gate", **values), new_employee()
		user_id = employee.attendance_device_id
		store(real_time(user_id, "2024-09-10 08:00:00 GMT +0300", SerialNumber=device.name))
		checkins.drain()
		return device

	return send


def synced(shift):
	watermark.advance()
	return synced_until(shift)


def sentence(shift):
	[row] = [row for row in execute()[1] if row["shift_type"] == shift]
	return row["what_holds_it"], row["can_be_released"]


def load(device, first, last, state="Done"):
	document = frappe.new_doc("CAMS History Load", kind="Manual", from_date=first, to_date=last)
	document.append("devices", {"service_tag": device.name, "state": state})
	document.insert()
	frappe.db.commit()


@pytest.mark.parametrize("current", [None, "2024-09-01 00:00:00", "2024-09-05 12:00:00"])
def test_the_days_before_the_first_punch_are_not_passed(first_punch, new_shift, current):
	shift = new_shift(process_attendance_after="2024-09-01", last_sync_of_checkin=current)
	first_punch()
	assert synced(shift) == (get_datetime(current) if current else None)
	due = format_date(current or "2024-09-01")
	words = f"Held, Gate first reported on 10-09-2024, and attendance is due from {due}: load the history"
	assert sentence(shift)[0].startswith(words)
	assert sentence(shift)[1] == 1


@pytest.mark.parametrize("since", ["2024-09-10", "2024-10-01", None])
def test_a_shift_that_is_due_later_goes_on(first_punch, new_shift, since):
	shift = new_shift(process_attendance_after=since)
	first_punch()
	assert synced(shift) == TENTH


@pytest.mark.parametrize(
	("loads", "is_complete"),
	[
		([("2024-09-01", "2024-09-10", "Done")], True),
		([("2024-09-01", "2024-09-05", "Done"), ("2024-09-06", "2024-09-10", "Done")], True),
		([("2024-09-02", "2024-09-10", "Done")], False),
		([("2024-09-01", "2024-09-09", "Done")], False),
		([("2024-09-01", "2024-09-10", "Failed")], False),
	],
)
def test_history_that_covers_the_days_lets_it_go(first_punch, new_shift, loads, is_complete):
	shift = new_shift(process_attendance_after="2024-09-01")
	device = first_punch()
	for each in loads:
		load(device, *each)
	assert synced(shift) == (TENTH if is_complete else None)


def test_a_manager_lets_it_go_as_far_as_the_release(first_punch, new_shift):
	shift = new_shift(process_attendance_after="2024-09-01")
	first_punch()
	for until, then in (("2024-09-05 00:00:00", "2024-09-05 00:00:00"), ("2024-09-10 00:00:00", TENTH)):
		values = {"shift_type": shift, "released_until": until, "reason": "No history"}
		frappe.new_doc("CAMS Shift Release", **values).insert()
		assert synced(shift) == get_datetime(then)


def test_a_device_that_comes_to_a_running_shift_does_not_hold_it(first_punch, new_device, new_shift):
	shift = new_shift(process_attendance_after="2024-08-01", last_sync_of_checkin="2024-09-09 20:00:00")
	hear(new_device(), get_datetime("2024-09-10 09:00:00"))  # one that reported before this was noted
	first_punch()
	assert synced(shift) == TENTH


def test_each_device_of_a_shift_that_has_not_begun_has_to_be_known(first_punch, new_device, new_shift):
	shift = new_shift(process_attendance_after="2024-09-01")
	hear(new_device(), get_datetime("2024-09-10 09:00:00"))
	late = first_punch()
	assert synced(shift) is None
	load(late, "2024-09-01", "2024-09-10")
	assert synced(shift) == TENTH


def test_release_is_offered_only_where_something_is_held(new_device, new_shift):
	shift = new_shift()
	hear(new_device(), frappe.utils.now_datetime())
	watermark.advance()
	assert sentence(shift)[1] == 0
