"""Check-ins in no shift are listed once their day is over, and the doctor counts the people."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.controllers.day_repair_actions import dismiss
from navari_cams_biometric.cams_biometric.day_repair import repair, uncounted
from navari_cams_biometric.cams_biometric.doctor.attendance_checks import without_shift
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import punch_at, store

REPAIR = "CAMS Day Repair"


@pytest.fixture
def came(new_employee):
	"""Somebody without a shift who punched so many days ago."""

	def arrive(days, clock="08:00:00"):
		employee = new_employee()
		moment = f"{(now_datetime() - timedelta(days=days)):%Y-%m-%d} {clock}"
		store(punch_at(employee.attendance_device_id, LogTime=f"{moment} GMT +0300"))
		drain()
		return employee

	return arrive


def listed(employee):
	fields = ["name", "state", "reason_code", "late_times", "message", "attendance"]
	return frappe.get_all(REPAIR, {"employee": employee.name}, fields)


def test_a_check_in_in_no_shift_is_listed_with_the_reason_once_its_day_is_over(came):
	yesterday, today = came(2), came(0, "00:00:01")
	repair.sweep()
	[row] = listed(yesterday)
	assert (row.state, row.reason_code, row.late_times) == ("Open", "NO_SHIFT", "08:00 IN")
	assert "none on that day" in row.message
	assert listed(today) == []
	repair.sweep()
	assert len(listed(yesterday)) == 1


def test_fetch_shift_again_that_changes_nothing_leaves_the_row_and_says_why(came):
	employee = came(2)
	repair.sweep()
	[row] = listed(employee)
	repair.repair(row.name)
	[row] = listed(employee)
	assert row.state == "Open"
	assert row.message.startswith("Nothing was changed. The check-ins are in no shift")


def test_what_a_person_dismissed_stays_so(came):
	employee = came(2)
	repair.sweep()
	assert dismiss([listed(employee)[0].name], "A visitor") == 1
	repair.sweep()
	assert [row.state for row in listed(employee)] == ["Dismissed"]


def test_more_than_one_search_looks_at_are_found_by_those_of_the_next_hours(came, monkeypatch):
	frappe.db.delete("Employee Checkin")
	people = [came(2, f"0{hour}:00:00") for hour in range(1, 7)]
	monkeypatch.setattr(uncounted, "MOST", 2)
	start = now_datetime()
	for hours in range(6):
		monkeypatch.setattr(uncounted, "now_datetime", lambda hours=hours: start + timedelta(hours=hours))
		uncounted.search()
	assert [len(listed(employee)) for employee in people] == [1] * 6


def test_a_check_in_that_is_gone_is_no_case_any_more(came):
	employee = came(2)
	repair.sweep()
	frappe.db.delete("Employee Checkin", {"employee": employee.name})
	repair.sweep()
	assert [(row.state, row.reason_code) for row in listed(employee)] == [("Skipped", "GONE")]


def test_the_doctor_counts_people_who_punch_without_a_shift(came):
	frappe.db.delete("Employee Checkin")
	assert [finding.state for finding in without_shift(None)] == ["ok"]
	employee = came(2)
	came(9)  # longer ago than a week
	[finding] = without_shift(None)
	assert finding.state == "warning"
	assert "1 person" in finding.sentence
	assert employee.employee_name in finding.sentence


@pytest.mark.parametrize("code", uncounted.REASONS_NOT_COUNTED)
def test_every_reason_is_a_sentence_and_its_row_has_a_name_that_fits(code):
	reason = uncounted.REASONS_NOT_COUNTED[code]
	text = f"{str(reason.sentence).format('Day')} {reason.remedy}"
	assert text.endswith(".")
	assert "{" not in text
	assert len(uncounted.Uncounted("E" * 140, now_datetime().date(), code).name) == 140
