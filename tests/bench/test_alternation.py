"""Direction by the order of the day, in strict shifts that HRMS's auto attendance counts by; and its preview."""

import time
import uuid

import pytest

from tests.contract.host import DONE, real_time

STRICT = "Strictly based on Log Type in Employee Checkin"
ALTERNATE = "Alternate Within Shift"
REPAIR = "CAMS Day Repair"
DAY, NEXT = "2024-09-17", "2024-09-18"


@pytest.fixture
def gate(host, new_device):
	device = new_device(label="Alternating Gate", direction=ALTERNATE)["name"]
	yield device
	host.update("CAMS Device", device, direction="From Punch Type")


@pytest.fixture
def new_shift(host):
	def create(start, end, **values):
		name = f"Strict {uuid.uuid4().hex[:8]}"
		return host.create(
			"Shift Type",
			name=name,
			__newname=name,
			start_time=start,
			end_time=end,
			begin_check_in_before_shift_start_time=60,
			allow_check_out_after_shift_end_time=60,
			determine_check_in_and_check_out=STRICT,
			working_hours_calculation_based_on="Every Valid Check-in and Check-out",
			working_hours_threshold_for_half_day=6,
			enable_auto_attendance=1,
			process_attendance_after=DAY,
			last_sync_of_checkin="2024-09-19 12:00:00",
			**values,
		)["name"]

	return create


def punch(host, employee, device, *moments):
	"""Punches without a type, one after the other."""
	user_id = employee["attendance_device_id"]
	known = len(host.punches(user_id))
	for count, moment in enumerate(moments, known + 1):
		body = real_time(user_id, f"{moment} GMT +0300", SerialNumber=device, Type="None")
		assert host.callback(body).content == DONE
		host.settled(user_id, count, state="Recorded", seconds=120)


def order(host, employee):
	return [f"{each['time'][11:16]} {each['log_type']}" for each in host.checkins(employee["name"])]


def decide(host, shift):
	host.call_document("Shift Type", shift, "process_auto_attendance")


def standing(host, employee, day=DAY):
	filters = {"employee": employee["name"], "attendance_date": day, "docstatus": 1}
	[attendance] = host.find("Attendance", filters)
	return attendance


def test_a_strict_shift_has_the_right_hours_in_whatever_order_the_punches_came(
	host, new_employee, new_shift, gate
):
	shift = new_shift("08:00:00", "17:00:00")
	employee = new_employee(default_shift=shift)
	punch(
		host,
		employee,
		gate,
		*(f"{DAY} {clock}" for clock in ("17:00:00", "08:00:00", "13:00:00", "12:00:00")),
	)
	assert order(host, employee) == ["08:00 IN", "12:00 OUT", "13:00 IN", "17:00 OUT"]
	decide(host, shift)
	attendance = standing(host, employee)
	assert (attendance["status"], attendance["working_hours"]) == ("Present", 8)


def test_a_night_shift_alternates_over_midnight_and_each_night_begins_with_in(
	host, new_employee, new_shift, gate
):
	shift = new_shift("22:00:00", "06:00:00")
	employee = new_employee(default_shift=shift)
	moments = [
		f"{NEXT} 06:00:00",
		f"{DAY} 22:00:00",
		f"{NEXT} 02:30:00",
		f"{NEXT} 02:00:00",
		f"{NEXT} 22:00:00",
	]
	punch(host, employee, gate, *moments, f"{NEXT} 12:00:00")
	assert order(host, employee) == ["22:00 IN", "02:00 OUT", "02:30 IN", "06:00 OUT", "12:00 IN", "22:00 IN"]
	decide(host, shift)
	assert standing(host, employee)["working_hours"] == 7.5


def test_a_late_punch_on_a_marked_day_is_repaired_with_the_directions_of_the_whole_day(
	host, new_employee, new_shift, gate
):
	shift = new_shift("08:00:00", "17:00:00")
	employee = new_employee(default_shift=shift)
	punch(host, employee, gate, *(f"{DAY} {clock}" for clock in ("08:00:00", "13:00:00", "17:00:00")))
	decide(host, shift)
	attendance = standing(host, employee)
	assert (attendance["status"], attendance["working_hours"]) == ("Half Day", 5)
	punch(host, employee, gate, f"{DAY} 12:00:00")
	assert order(host, employee) == ["08:00 IN", "12:00 OUT", "13:00 OUT", "17:00 IN"]  # marked ones stay
	day = the_day(host, employee)
	assert (day["after_status"], day["after_hours"]) == ("Present", 8)
	decide(host, shift)  # HRMS skips the late one
	repaired = host.call_document(REPAIR, day["name"], "repair")
	assert repaired["state"] == "Repaired", repaired
	attendance = standing(host, employee)
	assert (attendance["status"], attendance["working_hours"]) == ("Present", 8)
	assert order(host, employee) == ["08:00 IN", "12:00 OUT", "13:00 IN", "17:00 OUT"]
	assert {checkin["shift"] for checkin in host.checkins(employee["name"])} == {shift}
	assert host.find("CAMS Checkin Change", {"employee": employee["name"]}) == []


def the_day(host, employee):
	deadline = time.monotonic() + 90
	while not (found := host.find(REPAIR, {"employee": employee["name"]})):
		assert time.monotonic() < deadline
		time.sleep(0.2)
	return found[0]


def test_a_cancelled_day_is_put_in_order(host, new_employee, new_shift, gate):
	shift = new_shift("08:00:00", "17:00:00")
	employee = new_employee(default_shift=shift)
	punch(host, employee, gate, f"{DAY} 09:00:00", f"{DAY} 17:00:00")
	decide(host, shift)
	punch(host, employee, gate, f"{DAY} 08:00:00")
	assert order(host, employee) == ["08:00 IN", "09:00 IN", "17:00 OUT"]
	host.update("Attendance", standing(host, employee)["name"], docstatus=2)
	assert order(host, employee) == ["08:00 IN", "09:00 OUT", "17:00 IN"]


def test_the_shift_that_a_check_in_got_stays(host, new_employee, new_shift, gate):
	first, second = new_shift("08:00:00", "17:00:00"), new_shift("08:00:00", "16:00:00")
	employee = new_employee(default_shift=first)
	punch(host, employee, gate, f"{DAY} 12:00:00")
	host.update("Employee", employee["name"], default_shift=second)
	values = {"employee": employee["name"], "time": f"{DAY} 09:00:00", "log_type": "IN"}
	entered = host.create("Employee Checkin", **values)
	assert order(host, employee) == ["09:00 IN", "12:00 IN"]  # two shifts
	host.delete("Employee Checkin", entered["name"])
	host.update("Employee", employee["name"], default_shift=first)
	host.create("Employee Checkin", **values)
	host.update("Employee", employee["name"], default_shift=second)
	host.update("Employee Checkin", host.checkins(employee["name"])[0]["name"], log_type="OUT")
	assert {checkin["shift"] for checkin in host.checkins(employee["name"])[1:]} == {first}


def test_who_chooses_it_sees_a_day_and_may_leave_it(host, desk, new_employee, new_device):
	device = new_device(label="North Gate")["name"]
	people = [new_employee(first_name=name, default_shift="") for name in ("Amina", "Brian")]
	for employee in people:
		punch(
			host, employee, device, *(f"{DAY} {clock}:00" for clock in ("08:01", "12:02", "12:58", "17:04"))
		)
	page = desk("Administrator", f"/app/cams-device/{device}")
	dialog = page.locator(".modal-dialog:visible")
	direction = page.locator('select[data-fieldname="direction"]')
	direction.select_option(ALTERNATE)
	dialog.get_by_text("8 of 8 punches would have another direction on this day.").wait_for()
	assert dialog.get_by_text("12:02 – → OUT").count() == 2
	dialog.get_by_role("button", name="Leave It").click()
	dialog.wait_for(state="hidden")
	page.wait_for_function("cur_frm.doc.direction === 'From Punch Type'")

	direction.select_option(ALTERNATE)
	dialog.get_by_role("button", name="Choose This Direction").click()
	dialog.wait_for(state="hidden")
	page.keyboard.press("Control+s")
	page.wait_for_function("!cur_frm.is_dirty()")
	assert host.get("CAMS Device", device)["direction"] == ALTERNATE
	host.update("CAMS Device", device, direction="From Punch Type")
