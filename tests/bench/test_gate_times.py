"""A gate in London on a site in Nairobi: HRMS's auto attendance for a London shift, in winter and in summer; who is in."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.contract.host import DONE, real_time

ADVANCE = "navari_cams_biometric.cams_biometric.shift_sync.watermark.advance"
BOARD = "navari_cams_biometric.cams_biometric.controllers.live_board_page.board"
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def alone(bench_site):
	bench_site.sql("update `tabCAMS Punch` set state = 'Held' where state in ('Queued', 'Failed')")
	with bench_site.other_devices_resting():
		yield


def new_shift(host, day):
	name = f"London {uuid.uuid4().hex[:8]}"
	margins = {"begin_check_in_before_shift_start_time": 60, "allow_check_out_after_shift_end_time": 60}
	host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="09:00:00",
		end_time="17:00:00",
		enable_auto_attendance=1,
		process_attendance_after=day,
		determine_check_in_and_check_out="Strictly based on Log Type in Employee Checkin",
		working_hours_threshold_for_half_day=5,
		working_hours_threshold_for_absent=2,
		enable_late_entry_marking=1,
		late_entry_grace_period=5,
		**margins,
	)
	return name


def new_gate(host, *shifts, **values):
	tag = f"LON{uuid.uuid4().hex[:10].upper()}"
	rows = [{"shift_type": shift} for shift in shifts]
	host.create("CAMS Device", service_tag=tag, time_zone="Europe/London", shift_types=rows, **values)
	return tag


@pytest.mark.parametrize(("day", "behind"), [("2024-01-17", 3), ("2024-07-17", 2)], ids=["winter", "summer"])
def test_the_london_shift_is_marked_by_london_s_clock(host, bench_site, alone, new_employee, day, behind):
	shift = new_shift(host, day)
	tag = new_gate(host, shift, checkin_time="Device's Time Zone")
	person = new_employee(default_shift=shift)
	user_id = person["attendance_device_id"]

	def punch(clock, kind, count):
		body = real_time(user_id, f"{day} {clock}", SerialNumber=tag, Type=kind)
		assert host.callback(body).content == DONE
		host.settled(user_id, count, state="Recorded")
		bench_site.execute(ADVANCE)
		host.call_document("Shift Type", shift, "process_auto_attendance")
		return host.get("Shift Type", shift)["last_sync_of_checkin"][:19]

	def attendance():
		fields = ["status", "in_time", "out_time", "working_hours", "late_entry"]
		return host.find("Attendance", {"employee": person["name"], "docstatus": 1}, fields)

	assert punch("09:02:00", "CheckIn", 1) == f"{day} 09:02:00"
	assert punch("17:01:00", "CheckOut", 2) == f"{day} 17:01:00"
	assert attendance() == []  # until 18:00 in London a check-out may come
	assert punch("18:05:00", "CheckOut", 3) == f"{day} 18:05:00"
	[marked] = attendance()
	assert (marked["status"], marked["late_entry"]) == ("Present", 0)
	assert (marked["in_time"][:19], marked["out_time"][:19]) == (f"{day} 09:02:00", f"{day} 17:01:00")
	assert marked["working_hours"] == pytest.approx(7.98, abs=0.01)
	on_site = [row["punch_time"][:19] for row in host.punches(user_id)]
	assert on_site[0] == f"{datetime.fromisoformat(f'{day} 09:02:00') + timedelta(hours=behind)}"


def test_with_the_site_s_time_the_same_day_is_in_no_shift(host, alone, new_employee):
	shift = new_shift(host, "2024-01-17")
	tag = new_gate(host, shift)
	person = new_employee(default_shift=shift)
	user_id = person["attendance_device_id"]
	body = real_time(user_id, "2024-01-17 17:01:00", SerialNumber=tag, Type="CheckOut")
	assert host.callback(body).content == DONE
	host.settled(user_id, 1, state="Recorded")
	[checkin] = host.checkins(person["name"])
	assert not host.get("Employee Checkin", checkin["name"]).get("shift")


def test_who_is_in_goes_by_the_moment(host, alone, new_employee):
	person = new_employee()
	user_id, gates = person["attendance_device_id"], {}
	gates["london"] = new_gate(host, checkin_time="Device's Time Zone")
	gates["nairobi"] = new_gate(host)

	def punch(gate, minutes, kind, count):
		moment = datetime.now(LONDON) - timedelta(minutes=minutes)
		text = moment.strftime("%Y-%m-%d %H:%M:%S GMT %z")
		assert host.callback(real_time(user_id, text, SerialNumber=gates[gate], Type=kind)).content == DONE
		host.settled(user_id, count, state="Recorded")

	def is_in():
		branches = host.api("POST", f"method/{BOARD}", json={}).json()["message"]["branches"]
		return [
			each for branch in branches for each in branch["people"] if each["employee"] == person["name"]
		]

	punch("nairobi", 60, "CheckIn", 1)
	assert is_in()
	punch("london", 30, "CheckOut", 2)
	assert is_in() == []
	punch("london", 10, "CheckIn", 3)
	assert len(is_in()) == 1


def test_a_day_marked_by_a_time_of_the_wrong_zone_is_listed_and_repaired(
	host, bench_site, alone, new_employee
):
	"""The zone is set late: 09:30 and 13:30 were taken for Nairobi's, and are Kolkata's, 07:00 and 11:00."""
	day, shift = "2024-01-17", f"Early {uuid.uuid4().hex[:8]}"
	host.create(
		"Shift Type",
		name=shift,
		__newname=shift,
		start_time="07:00:00",
		end_time="15:00:00",
		enable_auto_attendance=1,
		process_attendance_after=day,
		last_sync_of_checkin=f"{day} 23:00:00",
		determine_check_in_and_check_out="Strictly based on Log Type in Employee Checkin",
		begin_check_in_before_shift_start_time=60,
		allow_check_out_after_shift_end_time=60,
	)
	tag = new_gate(host, shift)
	host.update("CAMS Device", tag, time_zone="")
	person = new_employee(default_shift=shift)
	user_id = person["attendance_device_id"]

	def punch(count):
		for clock, kind in (("09:30:00", "CheckIn"), ("13:30:00", "CheckOut")):
			body = real_time(user_id, f"{day} {clock}", SerialNumber=tag, Type=kind)
			assert host.callback(body).content == DONE
		return host.settled(user_id, count)

	punch(2)
	host.call_document("Shift Type", shift, "process_auto_attendance")
	host.update("CAMS Device", tag, time_zone="Asia/Kolkata")
	held = [row for row in punch(4) if row["state"] == "Held"]
	assert {row["reason_code"] for row in held} == {"TIME_MARKED"}
	bench_site.execute("navari_cams_biometric.cams_biometric.day_repair.late_days.search")
	fields = ["name", "state", "before_in", "after_in", "before_out", "after_out", "late_times", "message"]
	mine = {"employee": person["name"]}
	[row] = host.find("CAMS Day Repair", mine, fields)
	assert (row["state"], row["late_times"]) == ("Open", "09:30 → 07:00 IN, 13:30 → 11:00 OUT"), row
	assert [row[field][11:19] for field in fields[2:6]] == ["09:30:00", "07:00:00", "13:30:00", "11:00:00"]
	host.call_document("CAMS Day Repair", row["name"], "repair")
	[row] = host.find("CAMS Day Repair", mine, fields)
	assert row["state"] == "Repaired", row
	[marked] = host.find("Attendance", {**mine, "docstatus": 1}, ["in_time", "out_time"])
	assert [marked[field][11:19] for field in ("in_time", "out_time")] == ["07:00:00", "11:00:00"]
	states = sorted((each["state"], each["punch_time"][11:19]) for each in host.punches(user_id))
	assert states == [
		("Ignored", "09:30:00"),
		("Ignored", "13:30:00"),
		("Recorded", "07:00:00"),
		("Recorded", "11:00:00"),
	]
	assert len(host.checkins(person["name"])) == 2
