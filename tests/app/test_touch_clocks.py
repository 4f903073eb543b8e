"""Clocks that show an hour twice, and what punches from before keep of their times."""

from datetime import datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.patches.v0_2 import fill_touch_times
from tests.app.inside import checkins_of, punch_of, punches_of, store
from tests.contract.host import real_time

NIGHT = "2024-11-03"  # 06:00 UTC: summer time ends in New York


@pytest.fixture
def new_york(connected):
	frappe.db.set_single_value("System Settings", "time_zone", "America/New_York")
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("System Settings", "time_zone", "Africa/Nairobi")
	frappe.db.commit()


def lead(punched, arrived):
	"""Both in UTC, as the inbox keeps them on a site in New York."""
	zone = times.site_zone()
	return times.lead_of(
		frappe._dict(
			punch_time=times.in_zone(punched, zone),
			punched_at_utc=punched,
			creation=times.in_zone(arrived, zone),
			arrived_at_utc=arrived,
		)
	)


def test_in_the_repeated_hour_instants_are_compared(new_york):
	first_pass, second_pass = datetime(2024, 11, 3, 5, 55), datetime(2024, 11, 3, 6, 5)
	assert lead(first_pass, second_pass) == timedelta(minutes=-10)  # 01:55 that arrives at 01:05
	assert lead(datetime(2024, 11, 3, 6, 55), second_pass) == timedelta(minutes=50)  # truly ahead


def test_a_corrected_time_or_arrival_counts_as_corrected():
	moment = datetime(2024, 9, 17, 8)
	row = frappe._dict(
		punch_time=moment,
		punched_at_utc=moment,
		creation=moment,
		arrived_at_utc=datetime(2024, 9, 17, 5),
	)
	assert times.lead_of(row) == timedelta(0)


@pytest.mark.parametrize("turn", [1, -1])
def test_two_moments_with_one_time_are_one_check_in_and_one_held(new_york, new_employee, new_device, turn):
	employee, device = new_employee(), new_device()
	sent = [f"{NIGHT} 01:30:00 GMT -0400", f"{NIGHT} 01:30:00 GMT -0500"]
	for log_time in sent[::turn]:
		store(real_time(employee.attendance_device_id, log_time, SerialNumber=device.name))
		drain()
	assert len(checkins_of(employee.name)) == 1
	held = [punch for punch in punches_of(employee.attendance_device_id) if punch.state == "Held"]
	assert [punch.reason_code for punch in held] == ["REPEATED_HOUR"]
	assert all(each in held[0].reason for each in sent)


@pytest.mark.parametrize(
	("log_time", "wall_clock", "has_offset"),
	[
		("2024-09-17 08:00:00", datetime(2024, 9, 17, 8), 0),
		("2024-09-17 10:30:00 GMT +0530", datetime(2024, 9, 17, 10, 30), 1),
		("2024-09-17 08:00:00 GMT+0300", datetime(2024, 9, 17, 8), 1),
	],
)
def test_punches_from_before_are_filled_and_stay_as_they_are(new_employee, log_time, wall_clock, has_offset):
	employee = new_employee()
	store(real_time(employee.attendance_device_id, log_time))
	drain()
	before = punch_of(employee.attendance_device_id)
	emptied = dict.fromkeys(("wall_clock", "punched_at_utc", "arrived_at_utc"))
	frappe.db.set_value("CAMS Punch", before.name, {**emptied, "has_offset": 0}, update_modified=False)
	for _time in range(2):
		fill_touch_times.execute()
		after = punch_of(employee.attendance_device_id)
		assert (after.wall_clock, after.has_offset) == (wall_clock, has_offset)
		assert after.punched_at_utc == datetime(2024, 9, 17, 5)
		assert abs(after.arrived_at_utc - before.arrived_at_utc) < timedelta(seconds=1)
		assert (after.name, after.employee_checkin) == (before.name, before.employee_checkin)
		assert after.modified == before.modified


def test_a_time_that_cannot_be_read_has_no_wall_clock(new_user_id):
	user_id = new_user_id()
	store(real_time(user_id, "yesterday"))
	frappe.db.set_value("CAMS Punch", punch_of(user_id).name, "arrived_at_utc", None)
	fill_touch_times.execute()
	assert (punch_of(user_id).wall_clock, bool(punch_of(user_id).arrived_at_utc)) == (None, True)
