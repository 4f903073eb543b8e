"""What stands in the digests: one line a cause, people by name, dates as the site writes them, and what to press."""

import uuid
from datetime import date, datetime

import frappe
import pytest
from frappe.utils import format_date, now_datetime

from navari_cams_biometric.cams_biometric.digests import attendance_lines, device_lines
from navari_cams_biometric.cams_biometric.digests.lines import named
from navari_cams_biometric.cams_biometric.presence.missing_punches import NO_OUT, MissingPunch
from navari_cams_biometric.cams_biometric.shift_sync.holds import NEVER_HEARD, SILENT, Feed, ShiftState

SINCE = datetime(2024, 9, 16)
DAY = date(2024, 9, 17)


@pytest.fixture
def on_hold(monkeypatch):
	"""Shifts that wait, as (shift type, device that feeds it, complete until)."""

	def set_up(*shifts):
		states = [
			ShiftState(shift, None, datetime(2024, 9, 18), (Feed(device, device, complete_until),))
			for shift, device, complete_until in shifts
		]
		monkeypatch.setattr(attendance_lines.watermark, "states", lambda: states)
		return attendance_lines._shifts()

	return set_up


@pytest.fixture
def missing(monkeypatch):
	"""As many people without a check-out."""

	def set_up(count):
		people = [f"Employee {number:02}" for number in range(count)]
		found = [MissingPunch(name, name, DAY, "Day", NO_OUT, datetime(2024, 9, 17, 18)) for name in people]
		monkeypatch.setattr(attendance_lines, "find_missing", lambda days: found)
		return attendance_lines._missing(SINCE)

	return set_up


def test_the_shifts_that_one_device_holds_are_one_line(on_hold):
	shifts = [(f"Shift {number:02}", "Gate 2", datetime(2024, 9, 17, 6, 10)) for number in range(12)]
	[section] = on_hold(*shifts)
	[line] = section.lines
	assert "Gate 2 not reporting" in line.text
	assert "12 shifts: Shift 00, Shift 01" in line.detail
	assert "Shift 09 and 2 more" in line.detail
	assert "Shift 10" not in line.detail
	assert "CAMS%20Shift%20Sync" in line.url
	assert section.headline == "12 shifts on hold"


def test_two_causes_are_two_lines_and_a_single_shift_is_named(on_hold):
	[section] = on_hold(("Day", "Gate 1", None), ("Night", "Gate 2", datetime(2024, 9, 17, 6)))
	assert len(section.lines) == 2
	assert "Shift: Day" in section.lines[0].detail
	assert "shift_type=Day" in section.lines[0].url
	assert {NEVER_HEARD, SILENT} == {"Never Reported", "Not Reporting"}


def test_the_first_ten_people_stand_by_name(missing):
	[section] = missing(12)
	[line] = section.lines
	assert line.text == f"12 × In without Out, {format_date(DAY)}"
	assert line.detail == ", ".join(f"Employee {number:02}" for number in range(10)) + " and 2 more"


def test_a_name_stands_once():
	assert named(["B", "A", "B"]) == "A, B"
	assert named([]) == ""


def test_one_day_to_repair_is_one_day_and_says_whose(new_employee):
	frappe.db.delete("CAMS Day Repair")
	employee = new_employee()
	frappe.new_doc(
		"CAMS Day Repair",
		name=uuid.uuid4().hex,
		employee=employee.name,
		employee_name=employee.employee_name,
		attendance_date=DAY,
		state="Open",
	).db_insert()
	[section] = attendance_lines._repairs(SINCE)
	assert section.lines[0].text == "1 day to repair"
	assert employee.employee_name in section.lines[0].detail


def test_devices_with_one_problem_are_one_line(new_device):
	frappe.db.set_value("CAMS Device", {"name": ["is", "set"]}, "health", "")
	for number in range(12):
		new_device(label=f"Gate {number:02}").db_set("health", "Not Reporting")
	alone = new_device(label="Canteen")
	alone.db_set({"health": "Clock Drift", "health_note": "Sync its time."})
	[section] = device_lines._unhealthy_devices()
	many, one = section.lines
	assert many.text == "12 devices: Not Reporting"
	assert "Gate 00" in many.detail
	assert "and 2 more" in many.detail
	assert "callback URL" in many.detail
	assert "health=Not%20Reporting" in many.url
	assert one.text == f"Canteen ({alone.name}): Clock Drift"
	assert one.detail == "Sync its time."
	assert section.headline == "13 devices need attention"


def test_a_held_punch_says_what_to_do(callback, new_user_id):
	frappe.db.delete("CAMS Punch")
	frappe.new_doc(
		"CAMS Punch",
		name=uuid.uuid4().hex,
		user_id=new_user_id(),
		state="Held",
		reason_code="UNKNOWN_USER",
		punch_time="2024-09-17 08:00:00",
		log_time="2024-09-17 08:00:00",
	).db_insert()
	[section] = attendance_lines._held()
	[line] = section.lines
	assert "Link to Employee" in line.detail
	assert f"The oldest is from {format_date(DAY)} 08:00." in line.detail


def test_each_section_has_a_button(on_hold, missing, new_device):
	new_device().db_set("health", "Not Reporting")
	sections = [*on_hold(("Day", "Gate 1", None)), *missing(1), *device_lines.sections_since(now_datetime())]
	assert len(sections) >= 3
	assert [section.title for section in sections if not section.button] == []
