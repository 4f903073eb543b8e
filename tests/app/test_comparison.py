"""What the gateway tells beside what the site has: what counts as the same, what as a difference, and the answers
of a gateway that cannot be asked."""

from datetime import date, datetime, timedelta, timezone

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base import gateway_questions
from navari_cams_biometric.cams_biometric.base.gateway_questions import collect_answers
from navari_cams_biometric.cams_biometric.controllers.attendance_actions import unsupported, without_formulas
from navari_cams_biometric.cams_biometric.history import punch_comparison
from navari_cams_biometric.cams_biometric.history.day_comparison import compare_days
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	NothingToCompareError,
	compare_punches,
	scope_of,
)
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.report import comparison
from navari_cams_biometric.cams_biometric.report.cams_day_comparison import cams_day_comparison
from navari_cams_biometric.cams_biometric.report.cams_punch_comparison import cams_punch_comparison
from navari_cams_biometric.gateway.client import DaySummary, DevicePunch
from navari_cams_biometric.gateway.punch import Punch
from tests.app.inside import DAY, checkins_of, punch_of, store
from tests.contract.host import SETTINGS, real_time

NAIROBI = timezone(timedelta(hours=3))


def at(clock: str, offset: timezone = NAIROBI) -> datetime:
	return datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=offset)


@pytest.fixture
def employee(new_employee):
	return new_employee(employee_name="Employee One")


@pytest.fixture
def user_id(employee):
	return employee.attendance_device_id


@pytest.fixture
def arrives(gateway, tags, run_jobs):
	"""Let punches arrive here by the callback, unknown to the gateway, and become what they become."""

	def send(user_id, *clocks, kind="CheckIn", offset="+0300", tag=None):
		for clock in clocks:
			log_time = f"{DAY} {clock} GMT {offset}"
			store(real_time(user_id, log_time, SerialNumber=tag or tags[0], Type=kind))
		run_jobs()

	return send


@pytest.fixture
def told(gateway, tags):
	"""What the gateway would tell of somebody: (clock, type)."""

	def tell(user_id, *clocks, kind="CheckIn", tag=None):
		return [
			DevicePunch(tag or tags[0], Punch(user_id, kind, f"{DAY} {clock} GMT +0300")) for clock in clocks
		]

	return tell


def compared(told, asked_at=None, is_all=True, **scope):
	return compare_punches(told, scope_of(DAY, DAY, **scope), asked_at or now_datetime(), is_all)


def differences(rows, *user_ids):
	"""(clock, difference) of these users' rows, in the order of the report."""
	return [(str(row["time"])[-8:], row["difference"]) for row in rows if row["user_id"] in user_ids]


def report(module, **filters):
	days = {"from_date": DAY, "to_date": DAY}
	return (*module.execute(frappe._dict({**days, **filters})), None, None)[:5]


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


# Days


def day(user_id, first_in, last_out, hours):
	first, last = (at(clock) if clock else None for clock in (first_in, last_out))
	return DaySummary(user_id, date(2024, 9, 17), first, last, timedelta(hours=hours))


def compared_days(*days, with_hours=True, **scope):
	rows = compare_days(days, scope_of(DAY, DAY, **scope), with_hours)
	return {row["user_id"]: row for row in rows}


@pytest.fixture
def worked_here(arrives, user_id):
	"""Eight to five with half an hour away."""
	arrives(user_id, "08:00:00", "10:30:00")
	arrives(user_id, "10:00:00", kind="BreakOut")
	arrives(user_id, "17:00:00", kind="CheckOut")


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


# Asking


@pytest.fixture
def remembers(gateway, tags):
	def remember(user_id, *clocks, kind="CheckIn", tag=None):
		for clock in clocks:
			gateway.world.remember(tag or tags[0], user_id, kind, at(clock))

	return remember


@pytest.mark.parametrize(
	("filters", "operation"),
	[
		({}, "GetAttendanceByDate"),
		({"device": True}, "GetAttendanceByDevice"),
		({"employee": True}, "GetAttendanceByEmployee"),
		({"employee": True, "device": True}, "GetAttendanceByEmployee"),
		({"today": 1}, "GetTodayAttendance"),
		({"today": 1, "device": True, "employee": True}, "GetTodayAttendance"),
	],
)
def test_the_filters_choose_the_operation(gateway, tags, employee, filters, operation):
	names = {"device": tags[0], "employee": employee.name}
	report(cams_punch_comparison, **{key: names.get(key, value) for key, value in filters.items()})

	assert [request.operation for request in gateway.received] == [operation]


def test_the_report_shows_and_counts_the_differences(arrives, remembers, employee, user_id):
	arrives(user_id, "08:00:00", "09:00:00")
	remembers(user_id, "08:00:00", "17:00:00")
	_columns, rows, message, _chart, summary = report(cams_punch_comparison, employee=employee.name)

	assert message is None
	assert differences(rows, user_id) == [
		("09:00:00", "Only in ERPNext"),
		("17:00:00", "Only at Gateway"),
		("08:00:00", ""),
	]
	assert [(figure["value"], figure["indicator"]) for figure in summary] == [
		(2, "Blue"),
		(2, "Blue"),
		(1, "Red"),
		(1, "Orange"),
		(0, "Green"),
	]
	only = report(cams_punch_comparison, employee=employee.name, only_differences=1)
	assert (len(only[1]), only[4]) == (2, summary)


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_a_gateway_that_is_down_is_a_message(gateway, module):
	gateway.stop()
	columns, rows, message, *_ = report(module)

	assert (rows, bool(columns)) == ([], True)
	assert "got no answer" in message
	assert "check the base URL" in message


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_the_gateways_words_are_no_markup(gateway, module, monkeypatch):
	monkeypatch.setattr(comparison, "collect_answers", lambda question: ([], "<b>no</b>"))

	assert report(module)[2] == "&lt;b&gt;no&lt;/b&gt;"


def test_a_gateway_that_breaks_off_is_not_taken_for_all(gateway, tags, arrives, remembers, user_id):
	arrives(user_id, "08:00:00")
	remembers(user_id, *(f"10:{minute:02}:{second:02}" for minute in range(2) for second in range(60)))
	breaking_off(gateway)
	_columns, rows, message, *_ = report(cams_punch_comparison, device=tags[0])

	assert [difference for _clock, difference in differences(rows, user_id)] == ["Only at Gateway"] * 50
	assert "did not return all" in message
	assert "500" in message


def breaking_off(gateway):
	"""Let the gateway answer one page, and then fail."""
	take = gateway.faults.take

	def take_from_the_second_on(operation):
		if len(gateway.received) == 2:
			gateway.fail_next("server_error")
		return take(operation)

	gateway.faults.take = take_from_the_second_on


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_a_site_without_token_says_what_is_missing(gateway, module, monkeypatch):
	settings = frappe.get_cached_doc(SETTINGS)
	monkeypatch.setattr(settings, "auth_token_digest", "")
	monkeypatch.setattr(frappe, "get_cached_doc", lambda *_names: settings)

	assert "Enter the Auth Token" in report(module)[2]
	assert gateway.received == []


@pytest.mark.parametrize("module", [cams_punch_comparison, cams_day_comparison])
def test_too_many_days_are_not_asked_for(gateway, module):
	assert "at most 31 days" in report(module, from_date="2024-01-01")[2]
	assert gateway.received == []


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
@pytest.mark.parametrize("ask_for", ["Summary", "First In and Last Out"])
def test_the_days_of_both_gateway_apis(
	gateway, tags, worked_here, remembers, user_id, employee, api, ask_for
):
	if api == "Web API 3.0":
		for tag in frappe.get_all("CAMS Device", {"enabled": 1, "name": ["not in", tags]}, pluck="name"):
			gateway.add_device(tag)
		base_url = gateway.web_api_url
		frappe.get_doc(SETTINGS).update({"gateway_api": api, "base_url": base_url}).save()
		frappe.db.commit()
	remembers(user_id, "08:00:00")
	remembers(user_id, "16:00:00", kind="CheckOut")
	columns, rows, message, _chart, summary = report(
		cams_day_comparison, ask_for=ask_for, employee=employee.name
	)

	assert message is None
	[row] = rows
	expected = "Last Out, Hours" if ask_for == "Summary" else "Last Out"
	assert (row["difference"], row["last_out_gateway"], row["last_out_here"]) == (
		expected,
		"16:00:00",
		"17:00:00",
	)
	assert [figure["value"] for figure in summary] == [1, 0, 0, 1]
	shown = {column["fieldname"] for column in columns}
	assert ("worked_here" in shown) == (ask_for == "Summary")


def test_the_patience_of_a_report_ends(gateway, tags, remembers, user_id, monkeypatch):
	monkeypatch.setattr(gateway_questions, "REPORT_SECONDS", 0.05)
	remembers(user_id, *(f"{hour:02}:{minute:02}:00" for hour in range(24) for minute in range(60)))
	told, refusal = collect_answers(
		lambda client: client.get_attendance_by_device(tags[0], at("00:00:00"), at("23:59:59"))
	)

	assert len(told) < 24 * 60
	assert "fewer days" in refusal


def test_what_is_unsupported_depends_on_the_gateway_api(gateway):
	assert unsupported() == []
	frappe.get_doc(SETTINGS).update({"gateway_api": "Web API 3.0"}).save()

	assert "GetAttendancePhoto" in unsupported()
	assert "GetAttendanceByDate" not in unsupported()


@pytest.mark.parametrize(
	("sheet", "safe"),
	[
		("UserID,Type\r\n007,CheckIn\r\n", "UserID,Type\r\n007,CheckIn\r\n"),
		('a,"b,c"\n', 'a,"b,c"\n'),
		("=1+1,x\n", "'=1+1,x\n"),
		('x,"@SUM(1,2)"\n', 'x,"\'@SUM(1,2)"\n'),
		("", ""),
	],
)
def test_the_export_is_verbatim_except_for_formulas(sheet, safe):
	assert without_formulas(sheet) == safe
