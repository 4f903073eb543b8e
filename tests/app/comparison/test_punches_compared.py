"""What the gateway tells beside what the site has: what counts as the same, and what as a difference."""

from datetime import datetime

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.history import punch_comparison
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	NothingToCompareError,
	compare_punches,
	scope_of,
)
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.time_corrections import correct
from navari_cams_biometric.gateway.client import DevicePunch
from navari_cams_biometric.gateway.punch import Punch
from tests.app.comparison.sides import differences
from tests.app.inside import DAY, checkins_of, punch_of, punches_of, store
from tests.contract.host import real_time


def compared(told, asked_at=None, is_all=True, **scope):
	return compare_punches(told, scope_of(DAY, DAY, **scope), asked_at or now_datetime(), is_all)


def test_a_punch_that_both_have_is_no_difference_and_leads_to_its_check_in(arrives, told, employee, user_id):
	arrives(user_id, "08:00:00")
	[row] = compared(told(user_id, "08:00:00"), service_tag="", employee=employee.name)

	[checkin] = checkins_of(employee.name)
	assert row == {
		"time": datetime(2024, 9, 17, 8),
		"employee": employee.name,
		"employee_name": employee.employee_name,
		"user_id": user_id,
		"service_tag": punch_of(user_id).service_tag,
		"punch_type": "CheckIn",
		"at_gateway": "Yes",
		"on_site": "Recorded",
		"difference": "",
		"cams_punch": punch_of(user_id).name,
		"employee_checkin": checkin.name,
	}


def test_the_same_moment_in_another_offset_is_the_same_punch(arrives, told, user_id):
	arrives(user_id, "05:00:00", offset="+0000")

	assert differences(compared(told(user_id, "08:00:00")), user_id) == [("08:00:00", "")]


def test_what_only_the_gateway_has_is_missing_here(arrives, told, employee, user_id):
	arrives(user_id, "08:00:00")
	rows = compared(told(user_id, "08:00:00", "17:00:00"))

	missing = next(row for row in rows if row["user_id"] == user_id)  # those that differ come first
	assert (missing["difference"], missing["on_site"]) == ("Only at Gateway", "Missing")
	assert (missing["employee"], missing["cams_punch"]) == (employee.name, None)
	assert differences(rows, user_id) == [("17:00:00", "Only at Gateway"), ("08:00:00", "")]


def test_what_only_the_site_has_is_not_at_the_gateway(arrives, told, user_id):
	arrives(user_id, "08:00:00", "17:00:00")
	rows = compared(told(user_id, "08:00:00"))

	assert differences(rows, user_id) == [("17:00:00", "Only in ERPNext"), ("08:00:00", "")]
	assert next(row for row in rows if row["user_id"] == user_id)["at_gateway"] == "No"


def test_what_arrived_after_the_gateway_was_asked_is_left_out(arrives, told, user_id):
	asked_at = now_datetime()
	arrives(user_id, "08:00:00")

	assert differences(compared([], asked_at=asked_at), user_id) == []
	assert differences(compared([], asked_at=add_to_date(asked_at, minutes=1)), user_id) == [
		("08:00:00", "Only in ERPNext")
	]


def test_a_gateway_that_did_not_tell_all_accuses_nobody(arrives, told, user_id):
	arrives(user_id, "08:00:00")
	rows = compared(told(user_id, "17:00:00"), is_all=False)

	assert differences(rows, user_id) == [("17:00:00", "Only at Gateway")]


def test_a_held_punch_says_why(arrives, told, new_user_id):
	stranger = new_user_id()
	arrives(stranger, "08:00:00")
	[row] = [row for row in compared(told(stranger, "08:00:00")) if row["user_id"] == stranger]

	assert (row["difference"], row["employee"]) == ("Held", None)
	assert row["on_site"] == "Held: No employee has this user ID as Attendance Device ID."


def test_a_failed_punch_is_a_difference_and_an_ignored_one_is_none(arrives, told, user_id):
	arrives(user_id, "12:00:00", kind="MealIn")
	arrives(user_id, "08:00:00")
	[name] = frappe.get_all("CAMS Punch", {"user_id": user_id, "punch_type": "CheckIn"}, pluck="name")
	inbox.update_punches([name], state="Failed", reason="For the test")
	rows = compared([*told(user_id, "08:00:00"), *told(user_id, "12:00:00", kind="MealIn")])

	assert differences(rows, user_id) == [("08:00:00", "Failed"), ("12:00:00", "")]


def test_a_punch_that_has_expired_is_known_by_its_check_in(arrives, told, employee, user_id):
	arrives(user_id, "08:00:00", "17:00:00")
	frappe.db.delete("CAMS Punch", {"user_id": user_id})
	rows = compared(told(user_id, "08:00:00"), employee=employee.name)

	assert differences(rows, user_id) == [("17:00:00", "Only in ERPNext"), ("08:00:00", "")]
	assert [row["cams_punch"] for row in rows] == [None, None]
	assert {row["employee_checkin"] for row in rows} == {row.name for row in checkins_of(employee.name)}


def test_an_expired_punch_is_found_although_its_check_in_was_moved_to_another_day(
	arrives, told, employee, user_id
):
	arrives(user_id, "08:00:00")
	frappe.db.delete("CAMS Punch", {"user_id": user_id})
	frappe.db.set_value("Employee Checkin", {"employee": employee.name}, "time", "2024-09-18 08:00:00")

	assert differences(compared(told(user_id, "08:00:00")), user_id) == [("08:00:00", "")]


def test_a_punch_whose_time_was_corrected_from_another_day_is_no_difference(arrives, told, user_id):
	arrives(user_id, "08:00:00", "09:00:00")
	names = [punch.name for punch in punches_of(user_id)]
	correct(names[:1], 3600)
	inbox.update_punches(names[1:], time_shift=7 * 24 * 3600)  # the device said a week before
	rows = compared(told(user_id, "08:00:00"))
	assert differences(rows, user_id) == [("08:00:00", "")]


def test_a_punch_told_twice_is_one_row(arrives, told, user_id):
	assert differences(compared(told(user_id, "08:00:00", "08:00:00")), user_id) == [
		("08:00:00", "Only at Gateway")
	]


def test_a_time_that_cannot_be_read_is_compared_by_its_text(arrives, tags, run_jobs, user_id):
	store(real_time(user_id, "yesterday", SerialNumber=tags[0]))
	run_jobs()
	unreadable = [DevicePunch(tags[0], Punch(user_id, "CheckIn", text)) for text in ("yesterday", "today")]
	rows = [row for row in compared(unreadable) if row["user_id"] == user_id]

	assert {(row["time"], row["difference"]) for row in rows} == {(None, "Held"), (None, "Only at Gateway")}


def test_user_ids_are_compared_to_the_letter(arrives, told, new_employee):
	arrives("00A7", "08:00:00")
	rows = compared(told("00a7", "08:00:00"))

	assert differences(rows, "00A7", "00a7") == [
		("08:00:00", "Only at Gateway"),
		("08:00:00", "Only in ERPNext"),
	]


def test_a_device_that_this_site_does_not_know_is_shown(told, user_id, gateway):
	[row] = [row for row in compared(told(user_id, "08:00:00", tag="ELSEWHERE")) if row["user_id"] == user_id]

	assert (row["service_tag"], row["difference"]) == ("ELSEWHERE", "Only at Gateway")


def test_one_device_is_compared_alone(arrives, told, tags, user_id):
	arrives(user_id, "08:00:00", tag=tags[0])
	arrives(user_id, "09:00:00", tag=tags[1])
	everything = [*told(user_id, "10:00:00", tag=tags[0]), *told(user_id, "11:00:00", tag=tags[1])]
	rows = compared(everything, service_tag=tags[0])

	assert differences(rows, user_id) == [
		("08:00:00", "Only in ERPNext"),
		("10:00:00", "Only at Gateway"),
	]
	assert {row["service_tag"] for row in rows} == {tags[0]}


def test_one_employee_is_compared_alone(arrives, told, employee, user_id, new_employee):
	other = new_employee().attendance_device_id
	arrives(user_id, "08:00:00")
	arrives(other, "08:00:00")
	rows = compared([*told(user_id, "09:00:00"), *told(other, "09:00:00")], employee=employee.name)

	assert {row["user_id"] for row in rows} == {user_id}
	assert len(rows) == 2


def test_names_are_looked_up_in_chunks(arrives, told, user_id, monkeypatch):
	monkeypatch.setattr(punch_comparison, "CHUNK", 2)
	clocks = [f"08:0{minute}:00" for minute in range(5)]
	arrives(user_id, *clocks)
	frappe.db.set_value("CAMS Punch", {"user_id": user_id}, "punch_time", "2024-01-01 08:00:00")
	rows = compared(told(user_id, *clocks))

	assert differences(rows, user_id) == [(clock, "") for clock in clocks]


@pytest.mark.parametrize(
	("days", "words"),
	[
		(("2024-09-18", "2024-09-17"), "not after"),
		((None, "2024-09-17"), "not after"),
		(("2024-09-01", "2024-10-02"), "at most 31 days"),
	],
)
def test_days_that_cannot_be_compared(days, words):
	with pytest.raises(NothingToCompareError, match=words):
		scope_of(*days)


def test_a_month_can_be_compared():
	scope = scope_of("2024-10-01", "2024-10-31")

	assert (scope.start.isoformat(), scope.end.isoformat()) == (
		"2024-10-01T00:00:00+03:00",
		"2024-10-31T23:59:59+03:00",
	)


def test_an_employee_without_device_id_cannot_be_asked_for(new_employee):
	employee = new_employee(attendance_device_id="")

	with pytest.raises(NothingToCompareError, match="no Attendance Device ID"):
		scope_of(DAY, DAY, employee=employee.name)
