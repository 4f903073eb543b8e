"""The reports on a bench, run as the Desk runs them."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.bench.bench_site import SETUP
from tests.bench.holidays import ASSIGNMENT, assign_holidays, give_holidays, knows_assignments
from tests.contract.host import DONE, SERVICE_TAG, real_time

RUN = "method/frappe.desk.query_report.run"
DAY = "2024-03-05"  # a Tuesday
COLUMNS = "owner, modified_by, creation, modified, name"


@pytest.fixture
def run(host):
	"""The rows of a report on one day, for one employee where given."""

	def rows(report, day=DAY, **filters):
		asked = {"from_date": day, "to_date": filters.pop("to_date", day), **filters}
		response = host.api("POST", RUN, json={"report_name": report, "filters": json.dumps(asked)})
		assert response.status_code == 200, response.text
		return [row for row in response.json()["message"]["result"] if isinstance(row, dict)]

	return rows


@pytest.fixture
def shift(host):
	name = "Reports Day"
	if not host.find("Shift Type", {"name": name}):
		host.create("Shift Type", name=name, start_time="08:00:00", end_time="17:00:00")
	return name


@pytest.fixture
def holiday_list(host):
	name = "Reports Holidays"
	if not host.find("Holiday List", {"name": name}):
		holiday = {"holiday_date": DAY, "description": "Holiday"}
		host.create(
			"Holiday List",
			holiday_list_name=name,
			from_date="2024-01-01",
			to_date="2024-12-31",
			holidays=[holiday],
		)
	return name


def punch(host, employee, clock, kind="CheckIn", day=DAY):
	answer = host.callback(real_time(employee["attendance_device_id"], f"{day} {clock} GMT +0300", Type=kind))
	assert answer.content == DONE


def kinds(rows):
	return [row["kind"] for row in rows]


def test_a_shift_without_a_punch_is_missing_and_a_whole_day_is_not(host, run, new_employee, shift):
	absent, present = new_employee(default_shift=shift), new_employee(default_shift=shift)
	punch(host, present, "08:00:00")
	punch(host, present, "17:00:00", "CheckOut")
	host.settled(present["attendance_device_id"], 2, state="Recorded")
	assert kinds(run("CAMS Missing Punches", employee=absent["name"])) == ["Shift without a Punch"]
	assert run("CAMS Missing Punches", employee=present["name"]) == []


@pytest.mark.parametrize(
	("kind", "expected"), [("CheckIn", "In without Out"), ("CheckOut", "Out without In")]
)
def test_half_a_pair_is_missing_the_other_half(host, run, new_employee, kind, expected):
	employee = new_employee()
	punch(host, employee, "08:00:00", kind)
	host.settled(employee["attendance_device_id"], state="Recorded")
	[row] = run("CAMS Missing Punches", employee=employee["name"])
	assert (row["kind"], row["found"]) == (expected, "08:00")


def test_nothing_is_missing_on_holidays_leave_and_before_joining_or_after_leaving(
	host, bench_site, run, new_employee, shift, holiday_list
):
	on_holiday = new_employee(default_shift=shift)
	give_holidays(host, on_holiday["name"], holiday_list)
	not_joined = new_employee(default_shift=shift, date_of_joining="2024-03-06")
	gone = new_employee(default_shift=shift, status="Left", relieving_date="2024-03-04")
	last_day = new_employee(default_shift=shift, status="Left", relieving_date=DAY)
	on_leave = new_employee(default_shift=shift)
	bench_site.sql(
		"insert into `tabLeave Application` (name, owner, modified_by, creation, modified, docstatus, employee,"
		f" from_date, to_date, status) values ('{on_leave['name']}', 'Administrator', 'Administrator', now(), now(),"
		f" 1, '{on_leave['name']}', '2024-03-04', '2024-03-06', 'Approved')"
	)
	for employee in (on_holiday, not_joined, gone, on_leave):
		assert run("CAMS Missing Punches", employee=employee["name"]) == []
	assert kinds(run("CAMS Missing Punches", employee=last_day["name"])) == ["Shift without a Punch"]
	assert run("CAMS Missing Punches", "2024-03-06", employee=not_joined["name"])


@pytest.fixture
def _assignments(host):
	"""Where this HRMS knows no assignments, a DocType of that form stands in."""
	known = knows_assignments(host)
	if not known:
		fields = [
			{"fieldname": "assigned_to", "fieldtype": "Data"},
			{"fieldname": "from_date", "fieldtype": "Date"},
			{"fieldname": "holiday_list", "fieldtype": "Link", "options": "Holiday List"},
		]
		may = [{"role": "System Manager", "read": 1, "write": 1, "create": 1, "submit": 1}]
		for field in fields:
			field["label"] = field["fieldname"]
		host.create(
			"DocType",
			name=ASSIGNMENT,
			module="HR",
			custom=1,
			is_submittable=1,
			fields=fields,
			permissions=may,
		)
	yield
	if not known:
		host.delete("DocType", ASSIGNMENT)


@pytest.mark.usefixtures("_assignments")
def test_holidays_are_also_those_of_the_list_that_is_assigned(host, run, new_employee, shift, holiday_list):
	assigned, later, none = (new_employee(default_shift=shift) for _ in range(3))
	assign_holidays(host, assigned["name"], holiday_list, "2024-01-01")
	assign_holidays(host, later["name"], holiday_list, "2024-03-06")
	assert run("CAMS Missing Punches", employee=assigned["name"]) == []
	assert run("CAMS Missing Punches", "2024-03-06", employee=assigned["name"])
	assert run("CAMS Missing Punches", employee=later["name"])
	assert run("CAMS Missing Punches", employee=none["name"])


def test_a_day_that_is_not_over_lacks_nothing_yet(host, run, new_employee):
	today = datetime.now(ZoneInfo(SETUP["timezone"])).date()
	lasting, ended = f"Reports All Day {today}", f"Reports Ended {today}"
	for name, start, end in ((lasting, "00:01:00", "23:59:59"), (ended, "00:00:00", "00:00:01")):
		if not host.find("Shift Type", {"name": name}):
			host.create(
				"Shift Type",
				name=name,
				start_time=start,
				end_time=end,
				begin_check_in_before_shift_start_time=0,
				allow_check_out_after_shift_end_time=0,
			)
	at_work, absent = new_employee(default_shift=lasting), new_employee(default_shift=ended)
	assert run("CAMS Missing Punches", str(today), employee=at_work["name"]) == []
	assert kinds(run("CAMS Missing Punches", str(today), employee=absent["name"])) == [
		"Shift without a Punch"
	]
	assert run("CAMS Missing Punches", str(today - timedelta(days=1)), employee=at_work["name"])


def test_a_night_shift_is_one_day(host, run, new_employee):
	name = "Reports Night"
	if not host.find("Shift Type", {"name": name}):
		host.create("Shift Type", name=name, start_time="22:00:00", end_time="06:00:00")
	employee = new_employee(default_shift=name)
	punch(host, employee, "22:00:00")
	punch(host, employee, "06:00:00", "CheckOut", "2024-03-06")
	host.settled(employee["attendance_device_id"], 2, state="Recorded")
	assert run("CAMS Missing Punches", employee=employee["name"]) == []
	assert kinds(run("CAMS Missing Punches", "2024-03-06", employee=employee["name"])) == [
		"Shift without a Punch"
	]


def test_exceptions_have_their_reason_and_remedy(host, run, new_user_id):
	user_id = new_user_id()
	host.callback(real_time(user_id, f"{DAY} 08:00:00 GMT +0300"))
	host.settled(user_id, state="Held")
	[row] = [row for row in run("CAMS Punch Exceptions", state="Held") if row["user_id"] == user_id]
	assert "Attendance Device ID" in row["reason"]
	assert "Link to Employee" in row["remedy"]


def test_breaks_and_meals_are_told_apart_from_work(host, run, new_employee):
	employee = new_employee()
	day = {
		"08:00:00": "CheckIn",
		"10:00:00": "BreakOut",
		"10:30:00": "BreakIn",
		"12:00:00": "MealIn",
		"12:45:00": "MealOut",
		"17:00:00": "CheckOut",
		"18:00:00": "OverTimeIn",
		"19:30:00": "OverTimeOut",
	}
	for clock, kind in day.items():
		punch(host, employee, clock, kind)
	host.settled(employee["attendance_device_id"], 8)
	[row] = run("CAMS Hours by Punch Type", employee=employee["name"])
	assert (row["work"], row["breaks"], row["meals"], row["overtime"]) == (10.0, 0.5, 0.75, 1.5)


@pytest.mark.parametrize(
	("rows", "hours"), [((("21:58:00", "CheckIn", DAY), ("06:04:00", "CheckOut", "2024-03-06")), 8.1)]
)
def test_the_hours_of_a_night_are_those_of_hrms(host, run, new_employee, rows, hours):
	name = "Reports Paid Night"
	if not host.find("Shift Type", {"name": name}):
		host.create(
			"Shift Type",
			name=name,
			start_time="22:00:00",
			end_time="06:00:00",
			enable_auto_attendance=1,
			determine_check_in_and_check_out="Strictly based on Log Type in Employee Checkin",
			working_hours_calculation_based_on="Every Valid Check-in and Check-out",
			begin_check_in_before_shift_start_time=60,
			allow_check_out_after_shift_end_time=60,
			process_attendance_after="2024-03-04",
			last_sync_of_checkin="2024-03-08 00:00:00",
		)
	employee = new_employee(default_shift=name)
	for clock, kind, day in rows:
		punch(host, employee, clock, kind, day)
	host.settled(employee["attendance_device_id"], len(rows), state="Recorded")
	assert host.document_response("Shift Type", name, "process_auto_attendance").status_code == 200
	[paid] = host.find("Attendance", {"employee": employee["name"], "status": "Present"})
	[row] = run("CAMS Hours by Punch Type", DAY, to_date="2024-03-06", employee=employee["name"])
	assert (row["date"], row["work"]) == (paid["attendance_date"], hours)
	assert round(paid["working_hours"], 1) == hours
	assert run("CAMS Hours by Punch Type", "2024-03-06", employee=employee["name"]) == []


def test_the_hours_say_what_a_day_is(host):
	filters = json.dumps({"from_date": DAY, "to_date": DAY})
	asked = {"report_name": "CAMS Hours by Punch Type", "filters": filters}
	message = host.api("POST", RUN, json=asked).json()["message"]["message"]
	assert "more than 6 hours" in message


def test_a_touch_at_the_gym_is_no_work(host, run, new_employee, new_device):
	employee, gym = new_employee(), new_device(direction="Not Attendance")
	user_id = employee["attendance_device_id"]
	for clock, kind, tag in (("08:00", "CheckIn", SERVICE_TAG), ("09:00", "CheckOut", gym["name"])):
		host.callback(real_time(user_id, f"{DAY} {clock}:00 GMT +0300", Type=kind, SerialNumber=tag))
	punch(host, employee, "17:00:00", "CheckOut")
	host.settled(user_id, 3)
	[row] = run("CAMS Hours by Punch Type", employee=employee["name"])
	assert (row["work"], row["punches"]) == (9.0, 2)


def test_a_devices_lag_is_measured_from_punch_to_arrival(host, bench_site, run, new_device, new_user_id):
	device, user_id = new_device()["name"], new_user_id()
	start = datetime(2024, 3, 5, 8)
	for number, lag in enumerate([2] * 18 + [400, -7200]):
		moment = start + timedelta(minutes=number)
		bench_site.sql(
			f"insert into `tabCAMS Punch` ({COLUMNS}, service_tag, user_id, punch_time, source, state) values"
			f" ('Administrator', 'Administrator', '{moment + timedelta(seconds=lag)}', now(),"
			f" '{device}{number}', '{device}', '{user_id}', '{moment}', 'Real Time', 'Held')"
		)
	[row] = run("CAMS Device Timeliness", service_tag=device)
	assert (row["punches"], row["p50"], row["p95"], row["slow"], row["clock_skew"]) == (20, 2, 2, 1, 7200)


@pytest.mark.parametrize("dates", [{"to_date": "2024-03-01"}, {"to_date": "2025-03-01"}])
def test_a_range_that_is_none_or_too_long_is_refused_in_words(host, dates):
	asked = json.dumps({"from_date": DAY, **dates})
	response = host.api("POST", RUN, json={"report_name": "CAMS Missing Punches", "filters": asked})
	assert response.status_code == 417
