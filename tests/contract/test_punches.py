"""What becomes of a punch once it was answered with `done`."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from tests.contract.host import (
	CALLBACK,
	DONE,
	INVALID_JSON,
	INVALID_TOKEN,
	SERVICE_TAG,
	SETTINGS,
	TOKEN,
	batch,
	real_time,
)

DEVICE_TOKEN = "device-auth-token-0123456789abcd"
KEY = "0123456789abcdef0123456789ABCDEF"


def send(host, user_id, log_time="2024-09-17 08:00:00 GMT +0300", query="", **overrides):
	response = host.callback(real_time(user_id, log_time, **overrides), query)
	assert (response.status_code, response.content) == (200, DONE)


def test_a_check_in_carries_all_that_the_punch_said(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, user_id, "2024-09-17 08:00:00 GMT +0300")
	[punch] = host.settled(user_id, state="Recorded")
	[checkin] = host.checkins(employee["name"])
	assert checkin["time"].startswith("2024-09-17 08:00:00")
	assert {name: value for name, value in checkin.items() if name.startswith("custom_") and value} == {
		"custom_original_time": "2024-09-17 08:00:00 GMT +0300",
		"custom_punch_type": "CheckIn",
		"custom_input_type": "Fingerprint",
		"custom_cams_punch": punch["name"],
	}
	assert (checkin["log_type"], checkin["device_id"]) == ("IN", SERVICE_TAG)
	assert checkin["employee_name"] == employee["employee_name"]
	expected = {
		"employee": employee["name"],
		"employee_checkin": checkin["name"],
		"device_label": "Main Gate",
		"operation_id": "9nu1wak5616p",
		"sent_at": "2024-09-17 05:01:00 GMT +0000",
		"temperature": "36.8",
		"face_mask": "No",
		"source": "Real Time",
	}
	assert {name: punch[name] for name in expected} == expected


@pytest.mark.parametrize(
	("log_time", "in_nairobi"),
	[
		("2024-09-17 08:00:00 GMT +0300", "2024-09-17 08:00:00"),
		("2024-09-17 08:00:00 GMT+0300", "2024-09-17 08:00:00"),
		("2024-09-17 08:00:00 GMT +0530", "2024-09-17 05:30:00"),
		("2024-09-17 08:00:00 GMT +0000", "2024-09-17 11:00:00"),
		("2024-09-17 20:30:00 GMT -0430", "2024-09-18 04:00:00"),
		("2024-09-17 08:00:00 IST", "2024-09-17 05:30:00"),
		("2024-09-17 08:00:00", "2024-09-17 08:00:00"),
	],
)
def test_every_form_of_time_is_the_right_instant(host, new_employee, log_time, in_nairobi):
	employee = new_employee()
	send(host, employee["attendance_device_id"], log_time)
	host.settled(employee["attendance_device_id"], state="Recorded")
	[checkin] = host.checkins(employee["name"])
	assert checkin["time"][:19] == in_nairobi
	assert checkin["custom_original_time"] == log_time


def test_a_time_without_offset_is_in_the_zone_of_the_device(host, new_employee, new_device):
	device = new_device(time_zone="Asia/Kolkata")
	employee = new_employee()
	send(host, employee["attendance_device_id"], "2024-09-17 08:00:00", SerialNumber=device["name"])
	host.settled(employee["attendance_device_id"], state="Recorded")
	assert host.checkins(employee["name"])[0]["time"][:19] == "2024-09-17 05:30:00"


@pytest.mark.parametrize(
	("kind", "log_type"),
	[
		("CheckIn", "IN"),
		("CheckOut", "OUT"),
		("BreakIn", "IN"),
		("BreakOut", "OUT"),
		("OverTimeIn", "IN"),
		("OverTimeOut", "OUT"),
	],
)
def test_each_punch_type_gives_its_direction(host, new_employee, kind, log_type):
	employee = new_employee()
	send(host, employee["attendance_device_id"], Type=kind)
	host.settled(employee["attendance_device_id"], state="Recorded")
	[checkin] = host.checkins(employee["name"])
	assert (checkin["log_type"], checkin["custom_punch_type"]) == (log_type, kind)


@pytest.mark.parametrize("kind", ["MealIn", "MealOut"])
def test_meals_are_kept_and_do_not_touch_attendance(host, new_employee, kind):
	employee = new_employee()
	send(host, employee["attendance_device_id"], Type=kind)
	[punch] = host.settled(employee["attendance_device_id"], state="Ignored")
	assert (punch["reason_code"], punch["employee"]) == ("NOT_ATTENDANCE", employee["name"])
	assert host.checkins(employee["name"]) == []


@pytest.mark.parametrize(
	("policy", "log_type"), [("IN", "IN"), ("OUT", "OUT"), ("No Direction", None), ("From Punch Type", "IN")]
)
def test_a_device_may_have_a_direction_of_its_own(host, new_employee, new_device, policy, log_type):
	device = new_device(direction=policy)
	employee = new_employee()
	send(host, employee["attendance_device_id"], SerialNumber=device["name"])
	host.settled(employee["attendance_device_id"], state="Recorded")
	assert (host.checkins(employee["name"])[0]["log_type"] or None) == log_type


@pytest.mark.parametrize(
	"overrides", [{}, {"Type": "7"}, {"LogTime": "yesterday"}], ids=["known", "type", "time"]
)
def test_a_device_that_is_not_for_attendance_keeps_its_punches_and_holds_none(
	host, new_employee, new_device, overrides
):
	device = new_device(direction="Not Attendance")
	employee = new_employee()
	send(host, employee["attendance_device_id"], SerialNumber=device["name"], **overrides)
	[punch] = host.settled(employee["attendance_device_id"], state="Ignored")
	assert (punch["reason_code"], punch["service_tag"]) == ("NOT_ATTENDANCE", device["name"])
	assert host.checkins(employee["name"]) == []


def test_what_was_held_of_a_device_is_ignored_once_it_is_not_for_attendance(
	host, new_user_id, new_employee, new_device
):
	device = new_device()
	stranger, inactive = new_user_id(), new_employee(status="Inactive")["attendance_device_id"]
	for user_id in (stranger, inactive):
		send(host, user_id, SerialNumber=device["name"])
		host.settled(user_id, state="Held")
	host.update("CAMS Device", device["name"], direction="Not Attendance")
	for user_id in (stranger, inactive):
		[punch] = host.settled(user_id, state="Ignored")
		assert punch["reason_code"] == "NOT_ATTENDANCE"


def test_the_integer_type_of_a_clone_waits_until_settings_know_it(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, user_id, Type=7)
	[punch] = host.settled(user_id, state="Held")
	assert punch["reason_code"] == "UNKNOWN_PUNCH_TYPE"
	rows = host.get(SETTINGS, SETTINGS)["punch_types"]
	host.update(SETTINGS, SETTINGS, punch_types=[*rows, {"punch_type": "7", "direction": "OUT"}])
	try:
		host.settled(user_id, state="Recorded")
	finally:
		host.update(SETTINGS, SETTINGS, punch_types=rows)
	assert host.checkins(employee["name"])[0]["log_type"] == "OUT"


def test_an_unknown_user_is_held_then_linked_then_checked_in_by_itself(host, new_user_id, new_employee):
	user_id = new_user_id()
	for hour in (8, 9, 17):
		send(host, user_id, f"2024-09-17 {hour:02}:00:00 GMT +0300")
	punches = host.settled(user_id, 3, state="Held")
	assert {(punch["reason_code"], punch["employee"]) for punch in punches} == {("UNKNOWN_USER", None)}
	assert all(punch["reason"] and punch["remedy"] for punch in punches)
	employee = new_employee(attendance_device_id="")
	host.call("link_to_employee", name=punches[0]["name"], employee=employee["name"])
	assert host.get("Employee", employee["name"])["attendance_device_id"] == user_id
	host.settled(user_id, 3, state="Recorded")
	assert [checkin["time"][11:13] for checkin in host.checkins(employee["name"])] == ["08", "09", "17"]


def test_setting_the_device_id_on_the_employee_releases_as_well(host, new_user_id, new_employee):
	user_id = new_user_id()
	send(host, user_id)
	host.settled(user_id, state="Held")
	employee = new_employee(attendance_device_id="")
	host.update("Employee", employee["name"], attendance_device_id=f" {user_id} ")
	host.settled(user_id, state="Recorded")


def test_linking_leaves_the_id_that_somebody_has(host, new_user_id, new_employee):
	user_id = new_user_id()
	send(host, user_id)
	[punch] = host.settled(user_id, state="Held")
	employee = new_employee()
	host.call("link_to_employee", name=punch["name"], employee=employee["name"])
	[punch] = host.settled(user_id, state="Recorded")
	assert punch["employee"] == employee["name"]
	kept = host.get("Employee", employee["name"])["attendance_device_id"]
	assert kept == employee["attendance_device_id"]


def test_device_ids_are_text_and_leading_zeros_matter(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	for other in (f"0{user_id}", user_id.upper() if user_id.upper() != user_id else f"{user_id}x"):
		send(host, other)
		host.settled(other, state="Held")
	assert host.checkins(employee["name"]) == []


def test_a_user_id_that_is_empty_matches_nobody(host):
	send(host, "", "2024-10-01 08:00:00 GMT +0300")
	[punch] = [p for p in host.settled("", state="Held") if p["original_time"].startswith("2024-10-01")]
	assert (punch["reason_code"], punch["employee"]) == ("MALFORMED", None)


def test_a_time_that_cannot_be_read_is_parked_not_refused(host, new_employee):
	employee = new_employee()
	send(host, employee["attendance_device_id"], "yesterday")
	[punch] = host.settled(employee["attendance_device_id"], state="Held")
	assert (punch["reason_code"], punch["original_time"]) == ("TIME_UNREADABLE", "yesterday")


def test_an_inactive_employee_is_held_and_released_when_active_again(host, new_employee):
	employee = new_employee(status="Inactive")
	user_id = employee["attendance_device_id"]
	send(host, user_id)
	[punch] = host.settled(user_id, state="Held")
	assert punch["reason_code"] == "EMPLOYEE_INACTIVE"
	host.update("Employee", employee["name"], status="Active")
	host.settled(user_id, state="Recorded")


def test_who_has_left_keeps_the_punches_until_the_relieving_date(host, new_employee):
	employee = new_employee(status="Left", relieving_date="2024-09-17")
	user_id = employee["attendance_device_id"]
	send(host, user_id, "2024-09-17 08:00:00 GMT +0300")
	send(host, user_id, "2024-09-18 08:00:00 GMT +0300")
	assert [punch["state"] for punch in host.settled(user_id, 2)] == ["Recorded", "Held"]


def test_a_punch_from_before_joining_is_held_and_released_when_the_date_is_corrected(host, new_employee):
	employee = new_employee(date_of_joining="2024-09-17")
	user_id = employee["attendance_device_id"]
	send(host, user_id, "2024-09-16 08:00:00 GMT +0300")
	send(host, user_id, "2024-09-17 08:00:00 GMT +0300")
	before, first = host.settled(user_id, 2)
	assert (before["state"], before["reason_code"]) == ("Held", "BEFORE_JOINING")
	assert before["employee"] == employee["name"]
	assert "2024-09-17" in before["reason"]
	assert first["state"] == "Recorded"
	host.update("Employee", employee["name"], date_of_joining="2024-09-16")
	host.settled(user_id, 2, state="Recorded")


def test_old_punches_that_waited_for_an_id_are_not_given_to_who_joined_later(host, new_user_id, new_employee):
	user_id = new_user_id()
	send(host, user_id)
	host.settled(user_id, state="Held")
	employee = new_employee(attendance_device_id="", date_of_joining="2024-10-01")
	host.update("Employee", employee["name"], attendance_device_id=user_id)
	deadline = time.monotonic() + 120
	while host.settled(user_id)[0]["reason_code"] == "UNKNOWN_USER" and time.monotonic() < deadline:
		time.sleep(0.15)
	[punch] = host.punches(user_id)
	assert (punch["state"], punch["reason_code"]) == ("Held", "BEFORE_JOINING")
	assert host.checkins(employee["name"]) == []


def test_a_clock_that_runs_ahead_is_held_until_a_person_accepts_the_time(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, user_id, "2099-01-01 08:00:00 GMT +0300")
	[punch] = host.settled(user_id, state="Held")
	assert punch["reason_code"] == "CLOCK_AHEAD"
	assert host.call("retry", names=[punch["name"]]) == 1
	host.settled(user_id, state="Held")
	assert host.call("accept_time", names=[punch["name"]]) == 1
	host.settled(user_id, state="Recorded")


@pytest.mark.parametrize("log_time", ["1970-01-01 03:00:07 GMT +0300", "2000-01-01 00:04:00"])
def test_a_clock_that_fell_back_is_held_until_a_person_accepts_the_time(host, new_employee, log_time):
	employee = new_employee(date_of_birth="1940-01-01", date_of_joining="1960-01-01")
	user_id = employee["attendance_device_id"]
	send(host, user_id, log_time)
	[punch] = host.settled(user_id, state="Held")
	assert punch["reason_code"] == "CLOCK_BEHIND"
	assert host.call("retry", names=[punch["name"]]) == 1
	host.settled(user_id, state="Held")
	assert host.call("accept_time", names=[punch["name"]]) == 1
	host.settled(user_id, state="Recorded")


def test_history_from_before_2010_is_held_too_and_later_history_is_not(host, new_employee):
	user_id = new_employee(date_of_birth="1970-01-01", date_of_joining="1990-01-01")["attendance_device_id"]
	entries = [("CheckIn", user_id, f"{day} 08:00:00 GMT +0300") for day in ("2009-12-31", "2010-01-01")]
	assert host.callback(batch(*entries, AuthToken=TOKEN)).content == DONE
	outcome = [(punch["state"], punch["reason_code"]) for punch in host.settled(user_id, 2)]
	assert outcome == [("Held", "CLOCK_BEHIND"), ("Recorded", None)]


def test_a_live_punch_older_than_settings_allow_is_held_and_released_by_a_larger_limit(host, new_employee):
	user_id = new_employee()["attendance_device_id"]
	now = datetime.now(timezone.utc)
	host.update(SETTINGS, SETTINGS, oldest_live_punch=45)
	try:
		for days in (46, 44):
			send(host, user_id, f"{now - timedelta(days=days):%Y-%m-%d %H:%M:%S} GMT +0000")
		outcome = [(punch["state"], punch["reason_code"]) for punch in host.settled(user_id, 2)]
		assert outcome == [("Held", "CLOCK_BEHIND"), ("Recorded", None)]
		old = ("CheckOut", user_id, f"{now - timedelta(days=400):%Y-%m-%d %H:%M:%S} GMT +0000")
		assert host.callback(batch(old, AuthToken=TOKEN)).content == DONE
		assert host.settled(user_id, 3)[0]["state"] == "Recorded"
		host.update(SETTINGS, SETTINGS, oldest_live_punch=60)
		host.settled(user_id, 3, state="Recorded")
	finally:
		host.update(SETTINGS, SETTINGS, oldest_live_punch=0)


def test_a_held_punch_can_be_dismissed_and_taken_up_again(host, new_user_id):
	user_id = new_user_id()
	send(host, user_id)
	[punch] = host.settled(user_id, state="Held")
	assert host.call("dismiss", names=[punch["name"]]) == 1
	assert host.punches(user_id)[0]["state"] == "Ignored"
	assert host.call("retry", names=[punch["name"]]) == 1
	host.settled(user_id, state="Held")


def test_a_disabled_device_holds_its_punches_until_it_is_enabled(host, new_employee, new_device):
	device = new_device(enabled=0)
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, user_id, SerialNumber=device["name"])
	assert host.settled(user_id, state="Held")[0]["reason_code"] == "DEVICE_DISABLED"
	host.update("CAMS Device", device["name"], enabled=1)
	host.settled(user_id, state="Recorded")


def test_a_location_that_hr_demands_is_the_devices(host, new_employee, new_device):
	device = new_device()
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	host.update("HR Settings", "HR Settings", allow_geolocation_tracking=1)
	try:
		send(host, user_id, SerialNumber=device["name"])
		assert host.settled(user_id, state="Held")[0]["reason_code"] == "LOCATION_REQUIRED"
		host.update("CAMS Device", device["name"], latitude=-1.2921, longitude=36.8219)
		host.settled(user_id, state="Recorded")
	finally:
		host.update("HR Settings", "HR Settings", allow_geolocation_tracking=0)
	[checkin] = host.checkins(employee["name"])
	assert (checkin["latitude"], checkin["longitude"]) == (-1.2921, 36.8219)


def test_the_same_punch_by_push_by_batch_and_by_both_is_one(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	for _ in range(2):
		send(host, user_id, "2024-09-17 08:00:00 GMT +0300")
	entry = ("CheckIn", user_id, "2024-09-17 05:00:00 GMT +0000")
	for _ in range(2):
		assert host.callback(batch(entry, entry, AuthToken=TOKEN)).content == DONE
	host.settled(user_id, state="Recorded")
	assert len(host.punches(user_id)) == len(host.checkins(employee["name"])) == 1


def test_twenty_at_once_are_one(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	with ThreadPoolExecutor(20) as pool:
		list(pool.map(lambda _: send(host, user_id), range(20)))
	host.settled(user_id, state="Recorded")
	assert len(host.punches(user_id)) == len(host.checkins(employee["name"])) == 1


def test_a_check_in_that_is_there_already_is_linked(host, new_employee):
	employee = new_employee()
	checkin = host.create(
		"Employee Checkin", employee=employee["name"], time="2024-09-17 08:00:00", log_type="IN"
	)
	send(host, employee["attendance_device_id"])
	[punch] = host.settled(employee["attendance_device_id"], state="Recorded")
	assert (punch["reason_code"], punch["employee_checkin"]) == ("EQUAL_CHECKIN", checkin["name"])
	assert len(host.checkins(employee["name"])) == 1


@pytest.mark.parametrize("order", [(0, 20, 40), (40, 20, 0), (20, 0, 40)])
def test_of_a_double_touch_the_first_counts_in_whatever_order_they_arrive(host, new_employee, order):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	host.update(SETTINGS, SETTINGS, ignore_repeat=30)
	try:
		for number, seconds in enumerate(order, 1):
			send(host, user_id, f"2024-09-17 09:00:{seconds:02} GMT +0300")
			host.settled(user_id, number)
		repeated = [punch for punch in host.settled(user_id, 3) if punch["reason_code"] == "REPEATED"]
		assert [punch["state"] for punch in repeated] == ["Ignored", "Ignored"]
		assert [checkin["time"][11:19] for checkin in host.checkins(employee["name"])] == ["09:00:00"]
		host.call("retry", names=[repeated[1]["name"]])
		deadline = time.monotonic() + 120
		while len(host.checkins(employee["name"])) < 2 and time.monotonic() < deadline:
			time.sleep(0.15)
	finally:
		host.update(SETTINGS, SETTINGS, ignore_repeat=0)
	times = [checkin["time"][11:19] for checkin in host.checkins(employee["name"])]
	assert times == ["09:00:00", "09:00:40"]


def test_a_double_touch_of_a_check_in_made_otherwise_is_a_repeat(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	host.update(SETTINGS, SETTINGS, ignore_repeat=30)
	try:
		send(host, user_id, "2024-09-17 09:00:20 GMT +0300")
		host.settled(user_id, state="Recorded")
		values = {"employee": employee["name"], "time": "2024-09-17 09:00:00", "log_type": "IN"}
		made = host.create("Employee Checkin", **values)
		assert host.settled(user_id, state="Ignored")[0]["reason_code"] == "REPEATED"
	finally:
		host.update(SETTINGS, SETTINGS, ignore_repeat=0)
	assert [checkin["name"] for checkin in host.checkins(employee["name"])] == [made["name"]]


def test_a_deleted_check_in_is_told_and_can_be_made_again(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, user_id)
	[punch] = host.settled(user_id, state="Recorded")
	host.delete("Employee Checkin", punch["employee_checkin"])
	[punch] = host.punches(user_id)
	assert (punch["state"], punch["reason_code"]) == ("Ignored", "CHECKIN_DELETED")
	host.call("retry", names=[punch["name"]])
	host.settled(user_id, state="Recorded")


@pytest.mark.parametrize("log", [{"Log": []}, {}, {"Log": None}], ids=["empty", "missing", "null"])
def test_a_batch_without_punches_is_done(host, log):
	assert host.callback({"PunchLog": {"ReturnRowCount": 0, **log}, "AuthToken": TOKEN}).content == DONE


def test_a_batch_whose_log_is_one_object_is_read(host, new_employee):
	user_id = new_employee()["attendance_device_id"]
	entry = {"Type": "CheckIn", "UserID": user_id, "LogTime": "2024-09-17 08:00:00 GMT +0300"}
	assert host.callback({"PunchLog": {"Log": entry}, "AuthToken": TOKEN}).content == DONE
	assert host.settled(user_id, state="Recorded")[0]["source"] == "Batch"


def test_one_bad_punch_in_a_batch_does_not_stop_the_rest(host, new_employee, new_user_id):
	first, last = new_employee(), new_employee()
	unknown = new_user_id()
	entries = [
		("CheckIn", first["attendance_device_id"], "2024-09-17 08:00:00 GMT +0300"),
		("CheckIn", unknown, "2024-09-17 08:01:00 GMT +0300"),
		("CheckIn", last["attendance_device_id"], "2024-09-17 08:02:00 GMT +0300"),
	]
	body = batch(*entries, AuthToken=TOKEN)
	body["PunchLog"]["Log"].insert(1, "not a punch")
	assert host.callback(body).content == DONE
	host.settled(first["attendance_device_id"], state="Recorded")
	host.settled(unknown, state="Held")
	host.settled(last["attendance_device_id"], state="Recorded")


def test_a_batch_without_token_is_refused(host, new_device, new_employee):
	device = new_device()
	user_id = new_employee()["attendance_device_id"]
	body = batch(("CheckIn", user_id, "2024-09-17 08:00:00 GMT +0300"))
	query = f"?stgid={device['name']}"
	assert host.callback(body, query).content == INVALID_TOKEN
	assert host.callback(body, f"{query}&secret=wrong").content == INVALID_TOKEN
	assert host.callback({**body, "AuthToken": "w" * 32}, query).content == INVALID_TOKEN
	assert host.punches(user_id) == []


def test_a_batch_without_token_passes_with_the_secret_of_the_callback_url(host, new_device, new_employee):
	device = new_device()
	url = host.call_document(SETTINGS, SETTINGS, "setup_status")["callback_url"]
	query = url[url.index("?") :]
	for appended in (f"?stgid={device['name']}", f"&stgid={device['name']}"):
		user_id = new_employee()["attendance_device_id"]
		body = batch(("CheckIn", user_id, "2024-09-17 08:00:00 GMT +0300"))
		assert host.callback(body, query + appended).content == DONE
		assert host.settled(user_id, state="Recorded")[0]["service_tag"] == device["name"]
	assert host.callback(body, f"{query}&stgid=UNKNOWNDEVICE").content == INVALID_TOKEN


def test_a_batch_without_token_passes_while_history_is_expected(host, new_device, new_employee):
	device = new_device()
	user_id = new_employee()["attendance_device_id"]
	body = batch(("CheckIn", user_id, "2024-09-17 08:00:00 GMT +0300"))
	query = f"?stgid={device['name']}"
	host.call_document("CAMS Device", device["name"], "expect_history")
	assert host.callback(body, query).content == DONE
	host.settled(user_id, state="Recorded")
	host.update("CAMS Device", device["name"], history_expected_until="2024-01-01 00:00:00")
	assert host.callback(body, query).content == INVALID_TOKEN


def test_a_new_serial_with_the_accounts_token_registers_itself(host, new_employee, new_user_id):
	service_tag = f"NEW{new_user_id().upper()}"
	user_id = new_employee()["attendance_device_id"]
	send(host, user_id, SerialNumber=service_tag, LabelName="Back Door")
	host.settled(user_id, state="Recorded")
	device = host.get("CAMS Device", service_tag)
	assert (device["label"], device["enabled"]) == ("Back Door", 1)


def test_a_device_with_a_token_of_its_own_does_not_take_the_accounts(host, new_device, new_employee):
	device = new_device(auth_token=DEVICE_TOKEN)
	user_id = new_employee()["attendance_device_id"]
	assert host.callback(real_time(user_id, SerialNumber=device["name"])).content == INVALID_TOKEN
	send(host, user_id, SerialNumber=device["name"], AuthToken=DEVICE_TOKEN)
	assert host.callback(real_time(user_id, AuthToken=DEVICE_TOKEN)).content == INVALID_TOKEN


def test_the_former_token_stays_valid_for_the_overlap_only(host, new_device, new_employee):
	device = new_device(auth_token=DEVICE_TOKEN)
	user_id = new_employee()["attendance_device_id"]
	host.update("CAMS Device", device["name"], auth_token="n" * 32)
	send(host, user_id, SerialNumber=device["name"], AuthToken=DEVICE_TOKEN)
	send(host, user_id, SerialNumber=device["name"], AuthToken="n" * 32)
	host.update("CAMS Device", device["name"], previous_token_valid_until="2024-01-01 00:00:00")
	body = real_time(user_id, SerialNumber=device["name"], AuthToken=DEVICE_TOKEN)
	assert host.callback(body).content == INVALID_TOKEN


def test_a_device_with_its_first_token_refuses_the_accounts_at_once_and_without_one_takes_both(
	host, new_device, new_employee
):
	device = new_device()
	user_id = new_employee()["attendance_device_id"]
	host.update("CAMS Device", device["name"], auth_token=DEVICE_TOKEN)
	assert host.callback(real_time(user_id, SerialNumber=device["name"])).content == INVALID_TOKEN
	send(host, user_id, SerialNumber=device["name"], AuthToken=DEVICE_TOKEN)
	host.update("CAMS Device", device["name"], auth_token="")
	send(host, user_id, SerialNumber=device["name"])
	send(host, user_id, SerialNumber=device["name"], AuthToken=DEVICE_TOKEN)


def test_nobody_reads_a_token_back(host, new_device):
	device = new_device(auth_token=DEVICE_TOKEN, encryption="AES-256", security_key=KEY)
	settings = str(host.get(SETTINGS, SETTINGS))
	assert TOKEN not in settings
	assert not {DEVICE_TOKEN, KEY} & set(map(str, host.get("CAMS Device", device["name"]).values()))


def test_an_encrypted_body_is_read_and_a_mismatch_is_told(host, new_device, new_employee, encrypt):
	device = new_device(encryption="AES-256", security_key=KEY)
	user_id = new_employee()["attendance_device_id"]
	query = f"?stgid={device['name']}"
	body = encrypt(real_time(user_id, SerialNumber=device["name"]), KEY)
	assert host.callback(encrypt(real_time(user_id), "x" * 32), query).content == INVALID_JSON
	assert host.callback(body).content == INVALID_JSON
	assert host.callback(body, query).content == DONE
	assert host.callback(body, f"{query}{query}", Content_Type="application/json").content == DONE
	host.settled(user_id, state="Recorded")


def test_a_wrong_token_is_refused_in_an_encrypted_body_too(host, new_device, encrypt):
	device = new_device(encryption="AES-256", security_key=KEY)
	body = encrypt(real_time("1", SerialNumber=device["name"], AuthToken="w" * 32), KEY)
	assert host.callback(body, f"?stgid={device['name']}").content == INVALID_TOKEN


@pytest.mark.parametrize(
	"event",
	[
		{"UserUpdated": {"UserID": "8", "FirstName": "A", "UserType": "User", "OperationTime": "x"}},
		{
			"UserUpdated": {
				"Template": [{"Type": "Fingerprint", "UserID": "2", "Index": "6", "Data": "VEVNUExBVEU="}]
			}
		},
		{"UserUpdated": {"UserID": "8", "Photo": {"Type": "Base64", "UserID": "8", "Data": "UEhPVE8="}}},
		{"UserDeleted": {"UserID": "12", "OperationTime": "2020-09-17 12:48:28 GMT +0530"}},
		{"SomethingNew": {"Anything": [1, 2]}},
	],
	ids=lambda event: next(iter(event)),
)
def test_an_event_is_acknowledged_and_does_not_block_what_follows(host, new_employee, event):
	envelope = {"SerialNumber": SERVICE_TAG, "AuthToken": TOKEN, "OperationID": "1", **event}
	assert host.callback({"RealTime": envelope}).content == DONE
	assert host.callback({"RealTime": {**envelope, "AuthToken": "w" * 32}}).content == INVALID_TOKEN
	user_id = new_employee()["attendance_device_id"]
	send(host, user_id)
	host.settled(user_id, state="Recorded")


@pytest.mark.parametrize("parts", [False, True])
def test_a_form_of_a_former_web_api_is_read(host, new_employee, parts):
	user_id = new_employee()["attendance_device_id"]
	request = {
		"ServiceTagId": SERVICE_TAG,
		"AuthToken": TOKEN,
		"OperationTime": "2024-09-17 08:00:00 GMT +0300",
		"OperationData": {"AttendanceType": "CheckIn", "InputType": "Face", "UserId": user_id},
	}
	form = {"request_data": (None, json.dumps(request))} if parts else None
	data = None if parts else {"request_data": json.dumps(request)}
	response = host.session.post(host.url + CALLBACK, data=data, files=form, timeout=30)
	assert response.content == DONE
	[punch] = host.settled(user_id, state="Recorded")
	assert (punch["punch_type"], punch["input_type"], punch["source"]) == ("CheckIn", "Face", "Real Time")


@pytest.mark.parametrize(
	("body", "people"),
	[
		(lambda one, two: {"PunchLog": one}, 1),
		(lambda one, two: {"PunchLog": {"Logs": [one, two]}}, 2),
		(lambda one, two: {"Load": {"PunchLog": {"Log": [one, two]}}}, 2),
		(lambda one, two: {"trans": [one, two]}, 2),
		(lambda one, two: {"PunchLog": json.dumps({"Log": [one, two]})}, 2),
		(lambda one, two: {"PunchLog": {"Log": {"0": one, "1": two}}}, 2),
		(lambda one, two: {"RealTime": {"PunchLogs": [one]}, "PunchLog": {"Log": [two]}}, 2),
		(lambda one, two: {"PunchLog": {"ReturnRowCount": 3, "Log": [one, two]}}, 2),
		(lambda one, two: {"PunchLog": {"Log": ["EMP-0001 at eight", one, two]}}, 2),
	],
)
def test_genuine_bodies_of_other_shapes_lose_nobody(host, new_employee, new_device, body, people):
	device = new_device()["name"]
	users = [new_employee()["attendance_device_id"] for _number in range(2)]
	time = "2024-09-17 08:00:00 GMT +0300"
	rows = [{"Type": "CheckIn", "EmployeeCode": user, "LogTime": time} for user in users]
	sent = body(*rows)
	envelope = {"SerialNumber": device, "AuthToken": TOKEN}
	sent = (
		{**envelope, **sent}
		if "RealTime" not in sent
		else {**sent, "RealTime": {**envelope, **sent["RealTime"]}}
	)
	assert host.callback(sent, Content_Type="application/json").content == DONE
	for user in users[:people]:
		host.settled(user, state="Recorded")
	unread = host.find("CAMS Unread Event", {"service_tag": device, "state": "Unread"})
	assert len(unread) == ("at eight" in str(sent) or "ReturnRowCount" in str(sent))
	host.delete("CAMS Device", device)  # an unread event holds its shifts


def test_a_hold_reaches_the_error_log_once_a_day(host, new_user_id):
	user_id = new_user_id()
	for hour in (8, 9, 10):
		send(host, user_id, f"2024-09-17 {hour:02}:00:00 GMT +0300")
	host.settled(user_id, 3, state="Held")
	entries = host.find("Error Log", {"method": ["like", f"%user {user_id}%"]})
	assert len(entries) == 1
	assert entries[0]["reference_doctype"] == "CAMS Punch"
	assert "UNKNOWN_USER" in entries[0]["method"]


def test_texts_that_are_too_long_are_stored_cut(host, new_user_id):
	user_id = new_user_id() + "x" * 200
	send(host, user_id, OperationID="o" * 500, LabelName="\U0001f600" * 300)
	[punch] = host.settled(f"{user_id[:139]}…", state="Held")
	assert (len(punch["operation_id"]), punch["device_label"]) == (140, "\U0001f600" * 139 + "…")


def test_many_punches_of_one_callback_are_all_there(host, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	entries = [
		("CheckIn", user_id, f"2024-09-{day:02} {hour:02}:00:00 GMT +0300")
		for day in range(1, 31)
		for hour in (8, 17)
	]
	assert host.callback(batch(*entries, AuthToken=TOKEN)).content == DONE
	host.settled(user_id, 60, state="Recorded", seconds=90)
	assert len(host.checkins(employee["name"])) == 60


def ignore(host, user_id, **values):
	return host.create("CAMS Ignored ID", user_id=user_id, reason="A visitor", **values)


def test_an_ignored_id_is_kept_ignored_everywhere_and_held_again_when_that_is_deleted(host, new_user_id):
	user_id = new_user_id()
	send(host, user_id)
	host.settled(user_id, state="Held")
	ignored = ignore(host, user_id)
	assert host.settled(user_id, state="Ignored")[0]["reason_code"] == "IGNORED_ID"
	send(host, user_id, "2099-01-01 08:00:00 GMT +0300", Type="7")
	assert host.settled(user_id, 2, state="Ignored")[1]["reason_code"] == "IGNORED_ID"
	host.delete("CAMS Ignored ID", ignored["name"])
	held = host.settled(user_id, 2, state="Held")
	assert [punch["reason_code"] for punch in held] == ["UNKNOWN_USER", "UNKNOWN_PUNCH_TYPE"]


def test_an_id_is_ignored_on_one_device_and_to_the_letter(host, new_user_id, new_device):
	user_id = f"a{new_user_id()}"
	gate, canteen = new_device()["name"], new_device()["name"]
	ignore(host, user_id, service_tag=canteen)
	for sent, tag in ((user_id, gate), (user_id, canteen), (user_id.upper(), canteen)):
		send(host, sent, SerialNumber=tag)
	host.settled(user_id, 2)
	host.settled(user_id.upper(), 1)
	outcome = {
		(punch["user_id"], punch["service_tag"]): punch["reason_code"]
		for punch in host.find("CAMS Punch", {"service_tag": ["in", [gate, canteen]]})
	}
	assert outcome == {
		(user_id, gate): "UNKNOWN_USER",
		(user_id, canteen): "IGNORED_ID",
		(user_id.upper(), canteen): "UNKNOWN_USER",
	}


def test_who_gets_an_ignored_id_counts(host, new_user_id, new_employee):
	user_id = new_user_id()
	ignore(host, user_id)
	employee = new_employee(attendance_device_id=user_id)
	send(host, user_id)
	host.settled(user_id, state="Recorded")
	assert len(host.checkins(employee["name"])) == 1


def test_an_id_is_ignored_once_with_a_reason_and_if_nobody_has_it(host, new_user_id, new_employee):
	user_id = new_user_id()
	ignored = ignore(host, user_id)
	assert ignored["ignored_by"] == "Administrator"
	taken = new_employee()["attendance_device_id"]
	for values in (
		{"user_id": user_id, "reason": "Again"},
		{"user_id": taken, "reason": "A visitor"},
		{"user_id": new_user_id(), "reason": "  "},
	):
		assert host.api("POST", "resource/CAMS Ignored ID", json=values).status_code == 417
	change = {"reason": "Another"}
	assert host.api("PUT", f"resource/CAMS Ignored ID/{ignored['name']}", json=change).status_code == 417


@pytest.mark.parametrize(
	("held", "sent"),
	[
		("hold_card", "Card"),
		("hold_password", "password"),
		("hold_others", "Others"),
		("hold_others", "Vein"),
	],
)
def test_an_input_type_that_settings_hold_waits_for_a_person(host, new_employee, held, sent):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	host.update(SETTINGS, SETTINGS, **{held: 1})
	try:
		for minute, input_type in enumerate((sent, sent, "Fingerprint", "")):
			send(host, user_id, f"2024-09-17 08:0{minute}:00 GMT +0300", InputType=input_type)
		punches = host.settled(user_id, 4)
		assert [punch["reason_code"] for punch in punches] == ["INPUT_TYPE", "INPUT_TYPE", None, None]
		assert punches[0]["employee"] == employee["name"]
		assert sent in punches[0]["reason"]
		assert host.call("accept_input_type", names=[punches[0]["name"]]) == 1
		deadline = time.monotonic() + 120
		while len(host.checkins(employee["name"])) < 3 and time.monotonic() < deadline:
			time.sleep(0.15)
		assert host.settled(user_id, 4)[1]["state"] == "Held"
	finally:
		host.update(SETTINGS, SETTINGS, **{held: 0})
	host.settled(user_id, 4, state="Recorded")  # no longer held by Settings
	assert len(host.checkins(employee["name"])) == 4
