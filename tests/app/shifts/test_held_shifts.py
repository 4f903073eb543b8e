"""A held punch is attendance on its way: whose shifts it holds, and until when."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from navari_cams_biometric.cams_biometric.report.cams_shift_sync.cams_shift_sync import execute
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from tests.app.inside import punch_at, punches_of, store
from tests.app.shifts.hearing import hear, on_the_day, synced_until
from tests.contract.host import SETTINGS, batch

HOLDING = {
	"LOG_TYPE_REQUIRED",
	"LOCATION_REQUIRED",
	"OUTSIDE_RADIUS",
	"REFUSED",
	"UNKNOWN_PUNCH_TYPE",
	"CLOCK_AHEAD",
	"CLOCK_BEHIND",
	"AMBIGUOUS_USER",
	"OTHER_COMPANY",
	"INPUT_TYPE",
	"UNKNOWN_USER",
	"TIME_CHANGED",
	"TIME_UNREADABLE",
	"OTHER_ZONE",
	"REPEATED_HOUR",
	"CHECKIN_DISAGREES",
}


@pytest.fixture(autouse=True)
def no_held_punches(connected):
	frappe.db.delete("CAMS Punch", {"state": "Held"})
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.delete("CAMS Punch", {"state": "Held"})
	frappe.db.delete("Shift Assignment")
	frappe.db.commit()


@pytest.fixture
def person(new_employee, new_shift):
	"""Somebody who has a shift."""
	employee, shift = new_employee(), new_shift()
	frappe.db.set_value("Employee", employee.name, "default_shift", shift)
	frappe.db.commit()
	return employee.name, shift, employee.attendance_device_id


def hold_punch(user_id, code, clock="07:00:00", employee=None, **overrides):
	store(punch_at(user_id, clock, **overrides))
	names = [punch.name for punch in punches_of(user_id) if str(punch.punch_time).endswith(clock)]
	reason = REASONS[code].told("for the test")
	inbox.update_punches(names, state="Held", reason_code=code, reason=reason, employee=employee)
	frappe.db.commit()
	return names[0]


def synced(*shifts):
	watermark.advance()
	return [synced_until(shift) for shift in shifts]


EIGHT, SEVEN = on_the_day("08:00:00"), on_the_day("07:00:00")


def test_the_reasons_that_hold_shifts():
	assert {code for code, reason in REASONS.items() if reason.holds_from} == HOLDING
	assert all(REASONS[code].state == PunchState.HELD for code in HOLDING)


@pytest.mark.parametrize("code", [code for code in REASONS if REASONS[code].state == PunchState.HELD])
def test_it_holds_the_shifts_of_the_person_and_no_other(new_device, new_shift, person, code):
	device, (employee, own, user_id), other = new_device(), person, new_shift()
	hold_punch(user_id, code, employee=employee, SerialNumber=device.name)
	hear(device, EIGHT)
	if REASONS[code].holds_from == "punch_time":
		assert synced(own, other) == [SEVEN, EIGHT]
	else:  # from its arrival on, which is today; or not at all
		assert synced(own, other) == [EIGHT, EIGHT]


def test_a_wrong_clock_holds_from_the_day_of_its_arrival(new_device, new_shift, person):
	device, (employee, own, user_id), other = new_device(), person, new_shift()
	hold_punch(user_id, "CLOCK_BEHIND", employee=employee, SerialNumber=device.name)
	now = now_datetime().replace(microsecond=0)
	hear(device, now)
	assert synced(own, other) == [now.replace(hour=0, minute=0, second=0), now]


def test_on_a_device_that_does_not_feed_the_shift_it_holds_it_too(new_device, new_shift, person):
	employee, own, user_id = person
	gate = new_device(shift_types=[{"shift_type": own}])
	elsewhere = new_device(shift_types=[{"shift_type": new_shift()}], label="Elsewhere")
	name = hold_punch(user_id, "LOG_TYPE_REQUIRED", employee=employee, SerialNumber=elsewhere.name)
	for device in (gate, elsewhere):
		hear(device, EIGHT)
	assert synced(own) == [SEVEN]
	[row] = [row for row in execute()[1] if row["shift_type"] == own]
	assert (row["held_punch"], row["can_be_released"]) == (name, 1)
	assert row["what_holds_it"].startswith("Held since 17-09-2024 07:00, a punch of Elsewhere is held: ")


def test_a_gate_in_another_zone_holds_a_shift_that_it_does_not_feed_on_its_own_clock(
	new_device,
	new_shift,
	person,
):
	employee, own, user_id = person
	gate = new_device(shift_types=[{"shift_type": own}])
	london = {"checkin_time": "Device's Time Zone", "time_zone": "Europe/London"}
	elsewhere = new_device(shift_types=[{"shift_type": new_shift()}], **london)
	hold_punch(user_id, "LOG_TYPE_REQUIRED", employee=employee, SerialNumber=elsewhere.name)
	hear(gate, EIGHT)
	assert synced(own) == [on_the_day("05:00:00")]  # London is two hours behind Nairobi then


@pytest.mark.parametrize(
	("first", "last", "is_held"),
	[
		("2024-09-01", None, True),
		("2024-09-18", None, True),
		("2024-09-19", None, False),
		("2024-09-01", "2024-09-15", False),
	],
)
def test_assigned_shifts_are_held_around_their_days(
	new_device,
	new_shift,
	new_employee,
	first,
	last,
	is_held,
):
	device, shift, employee = new_device(), new_shift(), new_employee()
	fields = ["name", "employee", "shift_type", "status", "docstatus", "start_date", "end_date"]
	row = [frappe.generate_hash(length=10), employee.name, shift, "Active", 1, first, last]
	frappe.db.bulk_insert("Shift Assignment", fields, [row])
	hold_punch(employee.attendance_device_id, "REFUSED", employee=employee.name, SerialNumber=device.name)
	hear(device, EIGHT)
	assert synced(shift) == [SEVEN if is_held else EIGHT]


def test_it_holds_until_it_is_settled_however_long_that_takes(new_device, person):
	device, (employee, own, user_id) = new_device(), person
	name = hold_punch(user_id, "LOG_TYPE_REQUIRED", employee=employee, SerialNumber=device.name)
	for days in (0, 1, 5, 30):
		hear(device, EIGHT + timedelta(days=days))
		assert synced(own) == [SEVEN]
	inbox.update_punches([name], state="Ignored", reason_code="DISMISSED")
	assert synced(own) == [EIGHT + timedelta(days=30)]


def test_a_release_passes_over_it_and_the_next_holds_again(new_device, person):
	device, (employee, own, user_id) = new_device(), person
	hold_punch(user_id, "REFUSED", employee=employee, SerialNumber=device.name)
	hold_punch(user_id, "REFUSED", "07:30:00", employee, SerialNumber=device.name)
	hear(device, EIGHT)
	assert synced(own) == [SEVEN]
	values = {"shift_type": own, "released_until": on_the_day("07:10:00"), "reason": "Looked at"}
	frappe.new_doc("CAMS Shift Release", **values).insert()
	assert synced(own) == [on_the_day("07:30:00")]


def test_nobody_known_holds_the_shifts_of_the_device(new_device, new_shift, new_user_id):
	fed, other = new_shift(), new_shift()
	device, second = new_device(shift_types=[{"shift_type": fed}]), new_device()
	hold_punch(new_user_id(), "AMBIGUOUS_USER", SerialNumber=device.name)
	for each in (device, second):
		hear(each, EIGHT)
	assert synced(fed, other) == [SEVEN, EIGHT]


@pytest.mark.parametrize(
	("days", "age", "is_held"), [(1, 0, True), (1, 25, False), (2, 25, True), (0, 0, False)]
)
def test_an_unknown_user_holds_while_it_is_new(new_device, new_shift, new_user_id, days, age, is_held):
	device, shift, user_id = new_device(), new_shift(), new_user_id()
	first = hold_punch(user_id, "UNKNOWN_USER", SerialNumber=device.name)
	hold_punch(user_id, "UNKNOWN_USER", "07:30:00", SerialNumber=device.name)
	seen = now_datetime() - timedelta(hours=age)
	frappe.db.set_value("CAMS Punch", first, "creation", seen, update_modified=False)
	hear(device, EIGHT)
	frappe.db.set_single_value(SETTINGS, "unknown_user_hold", days)
	try:
		assert synced(shift) == [SEVEN if is_held else EIGHT]
	finally:
		frappe.db.set_single_value(SETTINGS, "unknown_user_hold", 1)


def test_history_that_is_held_before_the_shift_began_holds_nothing(new_device, new_shift, person):
	device, (employee, own, user_id) = new_device(), person
	frappe.db.set_value("Shift Type", own, "last_sync_of_checkin", "2024-10-17 07:00:00")
	store(batch(("CheckIn", user_id, "2024-09-17 08:00:00 GMT +0300"), SerialNumber=device.name))
	names = [punch.name for punch in punches_of(user_id)]
	inbox.update_punches(names, state="Held", reason_code="REFUSED", employee=employee)
	late = EIGHT + timedelta(days=31)
	hear(device, late)
	assert synced(own) == [late]
