"""Days of the gateway beside days of the site."""

from datetime import date, datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.history.day_comparison import compare_days
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	scope_of,
)
from navari_cams_biometric.gateway.client import DaySummary
from tests.app.comparison.sides import at
from tests.app.inside import DAY, punch_of


def day(user_id, first_in, last_out, hours):
	first, last = (at(clock) if clock else None for clock in (first_in, last_out))
	return DaySummary(user_id, date(2024, 9, 17), first, last, timedelta(hours=hours))


def compared_days(*days, with_hours=True, **scope):
	rows = compare_days(days, scope_of(DAY, DAY, **scope), with_hours)
	return {row["user_id"]: row for row in rows}


def test_a_day_that_agrees(worked_here, employee, user_id):
	row = compared_days(day(user_id, "08:00:00", "17:00:00", 8.5))[user_id]

	assert row == {
		"date": date(2024, 9, 17),
		"user_id": user_id,
		"employee": employee.name,
		"employee_name": employee.employee_name,
		"first_in_gateway": datetime(2024, 9, 17, 8),
		"first_in_here": datetime(2024, 9, 17, 8),
		"last_out_gateway": datetime(2024, 9, 17, 17),
		"last_out_here": datetime(2024, 9, 17, 17),
		"worked_gateway": 8.5 * 3600,
		"worked_here": 8.5 * 3600,
		"difference": "",
	}


@pytest.mark.parametrize(
	("first_in", "last_out", "hours", "difference"),
	[
		("08:01:00", "16:59:00", 8.5, ""),
		("08:01:01", "17:00:00", 8.5, "First In"),
		("08:00:00", "17:02:00", 8.5, "Last Out"),
		("08:00:00", None, 8.5, "Last Out"),
		("08:00:00", "17:00:00", 9, "Hours"),
		("07:00:00", "18:00:00", 11, "First In, Last Out, Hours"),
	],
)
def test_what_differs_by_more_than_a_minute(worked_here, user_id, first_in, last_out, hours, difference):
	row = compared_days(day(user_id, first_in, last_out, hours))[user_id]

	assert row["difference"] == difference


def test_without_hours_none_are_compared(worked_here, user_id):
	row = compared_days(day(user_id, "08:00:00", "17:00:00", 0), with_hours=False)[user_id]

	assert (row["difference"], row["worked_gateway"], row["worked_here"]) == ("", None, 8.5 * 3600)


def test_a_day_on_one_side_only(worked_here, user_id, new_employee):
	absent = new_employee().attendance_device_id
	rows = compared_days(day(absent, "08:00:00", "17:00:00", 9))

	assert rows[user_id]["difference"] == "Only in ERPNext"
	assert rows[absent]["difference"] == "Only at Gateway"


def test_a_check_in_entered_by_hand_counts(worked_here, employee, user_id):
	checkin = frappe.new_doc(
		"Employee Checkin", employee=employee.name, time=f"{DAY} 18:00:00", log_type="OUT"
	)
	checkin.insert()
	row = compared_days(day(user_id, "08:00:00", "17:00:00", 8.5))[user_id]

	assert (row["difference"], row["last_out_here"].hour) == ("Last Out", 18)


def test_a_corrected_time_counts_and_not_what_the_device_sent(worked_here, employee, user_id):
	[first] = frappe.get_all("Employee Checkin", {"employee": employee.name, "time": f"{DAY} 08:00:00"})
	frappe.db.set_value("Employee Checkin", first.name, "time", f"{DAY} 07:00:00")
	row = compared_days(day(user_id, "08:00:00", "17:00:00", 8.5))[user_id]

	assert row["difference"] == "First In, Hours"


def test_a_day_is_one_of_the_device(arrives, user_id):
	"""At 20:00 in the site's zone it is the next day already at a device in GMT +0800."""
	arrives(user_id, "20:00:00")
	checkin = {"custom_cams_punch": punch_of(user_id).name}
	frappe.db.set_value("Employee Checkin", checkin, "custom_original_time", "2024-09-18 01:00:00 GMT +0800")
	row = compared_days()[user_id]

	assert (row["date"], row["first_in_here"]) == (date(2024, 9, 18), datetime(2024, 9, 17, 20))


def test_the_days_of_one_employee(worked_here, employee, user_id, new_employee):
	other = new_employee().attendance_device_id
	rows = compared_days(
		day(user_id, "08:00:00", "17:00:00", 8.5), day(other, "08:00:00", None, 0), employee=employee.name
	)

	assert set(rows) == {user_id}
