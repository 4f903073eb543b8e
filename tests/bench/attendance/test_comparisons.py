"""The two comparison reports, in the Desk's own ways."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.attendance.world import APIS, CONTROLLERS, DAY, NAIROBI
from tests.contract.host import SETTINGS

PUNCHES, DAYS = "CAMS Punch Comparison", "CAMS Day Comparison"
EXPECTED = [
	(1, "12:00:00", "No", "Recorded", "Only in ERPNext"),
	(1, "17:10:00", "Yes", "Missing", "Only at Gateway"),
	(2, "08:20:00", "Yes", "Held: No employee has this user ID as Attendance Device ID.", "Held"),
	(0, "08:00:00", "Yes", "Recorded", ""),
	(0, "17:00:00", "Yes", "Recorded", ""),
	(1, "08:10:00", "Yes", "Recorded", ""),
]


def ask(host, report, key=None, **filters):
	parameters = {"report_name": report, "filters": json.dumps(filters)}
	return host.api("GET", "method/frappe.desk.query_report.run", key, params=parameters)


def run(host, report, key=None, day=DAY, **filters):
	response = ask(host, report, key, from_date=str(day), to_date=str(day), **filters)
	assert response.status_code == 200, response.text
	return response.json()["message"]


def seen(world, answer):
	"""The rows of this test's people, without order."""
	numbers = {employee["attendance_device_id"]: n for n, employee in enumerate(world.employees)}
	return sorted(
		(numbers[row["user_id"]], row["time"][-8:], row["at_gateway"], row["on_site"], row["difference"])
		for row in answer["result"]
		if row["user_id"] in numbers
	)


@pytest.mark.parametrize("api", APIS)
def test_a_day_side_by_side(morning, api):
	morning.use(api)
	answer = run(morning.host, PUNCHES)

	assert seen(morning, answer) == sorted(EXPECTED)
	assert answer["message"] is None
	assert morning.gateway.received[0].operation in ("GetAttendanceByDate", "Load.PunchLog")


def test_differences_come_first_and_lead_to_the_records(morning):
	rows = run(morning.host, PUNCHES)["result"]
	differing = [bool(row["difference"]) for row in rows]
	assert differing == sorted(differing, reverse=True)

	[both] = [row for row in rows if (row["user_id"], row["time"][-8:]) == (morning.user_id(0), "08:00:00")]
	[punch] = morning.host.punches(morning.user_id(0), original_time=f"{DAY} 08:00:00 GMT +0300")
	assert (both["cams_punch"], both["employee_checkin"]) == (punch["name"], punch["employee_checkin"])
	assert both["employee_name"] == morning.employees[0]["employee_name"]
	[missing] = [row for row in rows if row["difference"] == "Only at Gateway"]
	assert (missing["employee"], missing["cams_punch"]) == (morning.employees[1]["name"], None)


def test_only_differences_and_the_summary(morning):
	answer = run(morning.host, PUNCHES, only_differences=1)

	assert seen(morning, answer) == sorted(row for row in EXPECTED if row[4])
	assert {figure["label"]: figure["value"] for figure in answer["report_summary"]} == {
		"At Gateway": 5,
		"In ERPNext": 5,
		"Only at Gateway": 1,
		"Only in ERPNext": 1,
		"Held": 1,
	}


@pytest.mark.parametrize("api", APIS)
def test_one_employee(morning, api):
	morning.use(api)
	answer = run(morning.host, PUNCHES, employee=morning.employees[1]["name"])

	assert seen(morning, answer) == sorted(row for row in EXPECTED if row[0] == 1)
	assert len(answer["result"]) == 3
	assert api != "REST v3 (form not published)" or [each.operation for each in morning.gateway.received] == [
		"GetAttendanceByEmployee"
	]


@pytest.mark.parametrize("api", APIS)
def test_one_device(morning, api):
	morning.use(api)
	answer = run(morning.host, PUNCHES, device=morning.tags[0])

	assert seen(morning, answer) == sorted(row for row in EXPECTED if row[0] != 1)
	assert api != "REST v3 (form not published)" or [each.operation for each in morning.gateway.received] == [
		"GetAttendanceByDevice"
	]


@pytest.mark.parametrize("api", APIS)
def test_today(world, api):
	world.use(api)
	now = datetime.now(NAIROBI)
	today = now.date()
	world.both(0, "00:00:01", day=today)
	world.only_gateway(1, "00:00:02", day=today)
	world.only_gateway(1, "23:00:00", day=today - timedelta(days=1))
	world.settle(0)
	answer = run(world.host, PUNCHES, day=date(2020, 1, 1), today=1)

	assert [row[:2] + row[4:] for row in seen(world, answer)] == [
		(0, "00:00:01", ""),
		(1, "00:00:02", "Only at Gateway"),
	]


def test_history_that_was_never_sent_is_missing_until_it_is_loaded(host, world, bench_site):
	"""200 punches of the gateway's own people; loading what is missing makes both sides equal."""
	day = date(2021, 4, 12)
	bench_site.sql("delete from `tabCAMS Punch` where punch_time between '2021-04-01' and '2021-05-01'")
	bench_site.sql("delete from `tabEmployee Checkin` where time between '2021-04-01' and '2021-05-01'")
	world.gateway.history(people=5, devices=2, days=5, until=day)
	device = next(tag for tag in world.gateway.world.devices if tag not in world.tags)
	if not host.find("CAMS Device", {"name": device}):
		host.create("CAMS Device", service_tag=device)
	host.update("CAMS Device", device, enabled=1)
	span = {"from_date": str(day - timedelta(days=5)), "to_date": str(day - timedelta(days=1))}
	before = ask(host, PUNCHES, **span, device=device).json()["message"]["result"]
	ledger = [entry for entry in world.gateway.ledger if entry.service_tag == device]
	assert Counter(row["difference"] for row in before) == {"Only at Gateway": len(ledger)}

	load = host.document_response(SETTINGS, SETTINGS, "load_history", **span, service_tag=device)
	assert load.status_code == 200, load.text
	users = {entry.user_id for entry in ledger}
	for user_id in users:
		host.settled(user_id, count=sum(entry.user_id == user_id for entry in ledger), seconds=90)
	after = ask(host, PUNCHES, **span, device=device).json()["message"]["result"]
	assert Counter(row["on_site"] for row in after) == {"Recorded": len(ledger)}
	assert {row["difference"] for row in after} == {""}


def test_ten_thousand_punches_take_a_bounded_number_of_queries(bench_site, new_device):
	script = Path(__file__).with_name("compare_many.py")
	printed = bench_site.script(script, bench_site.name, new_device()["name"])
	few, many = json.loads(printed.splitlines()[-1])
	print(few, many)
	assert (few["rows"], few["missing"]) == (100, 50)
	assert (many["rows"], many["missing"]) == (10_000, 5000)
	# The names of what was not found in the range, 1,000 at a time, in two tables.
	assert many["queries"] <= few["queries"] + 10
	assert few["queries"] <= 15


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("ask_for", ["Summary", "First In and Last Out"])
def test_days_side_by_side(morning, api, ask_for):
	morning.use(api)
	answer = run(morning.host, DAYS, ask_for=ask_for)

	rows = {row["user_id"]: row for row in answer["result"]}
	first, second, third = (rows.get(morning.user_id(number)) for number in range(3))
	assert (first["difference"], first["first_in_gateway"], first["last_out_here"]) == (
		"",
		"08:00:00",
		"17:00:00",
	)
	assert (second["last_out_gateway"], second["last_out_here"]) == ("17:10:00", "12:00:00")
	assert third["difference"] == "Only at Gateway"
	fields = {column["fieldname"] for column in answer["columns"]}
	if ask_for == "Summary":
		assert second["difference"] == "Last Out, Hours"
		assert (second["worked_gateway"], second["worked_here"]) == (9 * 3600, 3 * 3600 + 50 * 60)
	else:
		assert second["difference"] == "Last Out"
		assert "worked_here" not in fields


def test_days_of_one_employee_only_where_they_differ(morning):
	of = {number: {"employee": morning.employees[number]["name"]} for number in (0, 1)}

	assert run(morning.host, DAYS, only_differences=1, **of[0])["result"] == []
	[row] = run(morning.host, DAYS, only_differences=1, **of[1])["result"]
	assert row["employee_name"] == morning.employees[1]["employee_name"]


@pytest.mark.parametrize("report", [PUNCHES, DAYS])
@pytest.mark.parametrize(
	("role", "status"), [("HR Manager", 200), ("System Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_ask(world, keys, report, role, status):
	response = ask(world.host, report, keys[role], from_date=str(DAY), to_date=str(DAY))

	assert response.status_code == status, response.text
	assert bool(world.gateway.received) == (status == 200)


@pytest.mark.parametrize(
	"path",
	[
		".attendance_actions.export_attendance",
		".attendance_actions.attach_photo",
		".attendance_actions.unsupported",
	],
)
def test_a_guest_reaches_nothing(world, path):
	for method in ("GET", "POST"):
		url = f"{world.host.url}/api/{CONTROLLERS}{path}"
		response = world.host.session.request(method, url, params={"from_date": str(DAY)}, timeout=30)
		assert response.status_code == 403
	assert world.gateway.received == []


def test_a_user_permission_restricts_what_is_seen(morning, key_of):
	key = key_of("HR Manager")
	user = morning.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	only = morning.employees[1]["name"]
	morning.host.create(
		"User Permission", user=user, allow="Employee", for_value=only, apply_to_all_doctypes=1
	)

	punches = run(morning.host, PUNCHES, key)["result"]
	days = run(morning.host, DAYS, key)["result"]
	assert {row["employee"] for row in punches} - {None} == {only}
	assert {row["employee"] for row in days} - {None} == {only}
	other = morning.employees[0]["name"]
	assert (
		ask(morning.host, PUNCHES, key, from_date=str(DAY), to_date=str(DAY), employee=other).status_code
		== 403
	)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("report", [PUNCHES, DAYS])
def test_a_gateway_that_is_down_is_a_message_and_no_error(world, bench_site, report, api):
	world.use(api)
	world.gateway.stop()
	before = bench_site.sql("select count(*) from `tabError Log`")
	answer = run(world.host, report)

	assert answer["result"] == []
	assert "got no answer" in answer["message"]
	assert "Try again later" in answer["message"]
	assert bench_site.sql("select count(*) from `tabError Log`") == before


def test_a_gateway_that_stalls_does_not_make_the_report_a_prepared_one(world):
	world.gateway.fail_next("stall", seconds=30)
	answer = run(world.host, PUNCHES)

	assert "timed out after" in answer["message"]
	assert world.host.get("Report", PUNCHES)["prepared_report"] == 0
