"""Attendance from the gateway, in the Desk's own ways: the two reports, the photo of a check-in, the export."""

import csv
import json
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from simulator import Simulator
from simulator.rest_answers import JPEG
from tests.contract.host import SETTINGS, TOKEN, real_time

NAIROBI = ZoneInfo("Africa/Nairobi")
CONTROLLERS = "method/navari_cams_biometric.cams_biometric.controllers"
PUNCHES, DAYS = "CAMS Punch Comparison", "CAMS Day Comparison"
PHOTO = "CAMS Checkin Photo"
SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"
APIS = ["REST v3 (form not published)", "Web API 3.0"]
DAY = date(2021, 3, 3)
PICTURE = "/private/files/"


class World:
	"""A gateway with two devices that this site knows, and people who are employees here."""

	def __init__(self, host, bench_site, gateway, tags, employees):
		self.host = host
		self.bench_site = bench_site
		self.gateway = gateway
		self.tags = tags
		self.employees = employees

	def use(self, api):
		url = self.gateway.rest_url if api == "REST v3 (form not published)" else self.gateway.web_api_url
		self.host.update(SETTINGS, SETTINGS, gateway_api=api, base_url=url)

	def user_id(self, number):
		return self.employees[number]["attendance_device_id"]

	def both(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		"""A punch that the gateway has and sent."""
		self.only_gateway(number, clock, kind, tag, day)
		self.only_here(number, clock, kind, tag, day)

	def only_gateway(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=NAIROBI)
		self.gateway.world.remember(tag or self.tags[0], self.user_id(number), kind, moment)

	def only_here(self, number, clock, kind="CheckIn", tag=None, day=DAY):
		log_time = f"{day} {clock} GMT +0300"
		body = real_time(self.user_id(number), log_time, SerialNumber=tag or self.tags[0], Type=kind)
		assert self.host.callback(body, "").status_code == 200

	def settle(self, *numbers):
		"""A punch that comes while a drain is ending waits for the next sweep, which nobody schedules here."""
		self.bench_site.execute(SWEEP)
		for number in numbers:
			self.host.settled(self.user_id(number))


@pytest.fixture
def world(host, bench_site, new_device, new_employee):
	"""Devices of other tests rest meanwhile: Web API 3.0 asks for every enabled one, and this gateway knows two."""
	bench_site.sql(f"delete from `tabCAMS Punch` where date(punch_time) = '{DAY}'")
	bench_site.sql(f"delete from `tabEmployee Checkin` where date(time) = '{DAY}'")
	with bench_site.other_devices_resting(), Simulator(token=TOKEN) as gateway:
		tags = [new_device(label=f"Gate {number}")["name"] for number in (1, 2)]
		for number, tag in enumerate(tags, 1):
			gateway.add_device(tag, f"Gate {number}")
		world = World(host, bench_site, gateway, tags, [new_employee() for _ in range(3)])
		world.use("REST v3 (form not published)")
		yield world
	host.update(SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url="")


@pytest.fixture
def morning(world):
	"""Of the first both sides know all; of the second the gateway lacks one punch and the site one; the third is
	unknown here."""
	world.both(0, "08:00:00")
	world.both(0, "17:00:00", "CheckOut")
	world.both(1, "08:10:00", tag=world.tags[1])
	world.only_here(1, "12:00:00", "BreakOut", tag=world.tags[1])
	world.only_gateway(1, "17:10:00", "CheckOut", tag=world.tags[1])
	world.host.update("Employee", world.employees[2]["name"], attendance_device_id="")
	world.both(2, "08:20:00")
	world.settle(0, 1, 2)
	return world


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


@pytest.fixture(scope="module")
def key_of(host):
	"""Make a user of some roles; return its key for REST."""

	def create(*roles):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		host.create(
			"User",
			email=f"{key}@example.com",
			first_name=roles[0],
			send_welcome_email=0,
			api_key=key,
			api_secret=secret,
			roles=[{"role": role} for role in roles],
		)
		return f"{key}:{secret}"

	return create


@pytest.fixture(scope="module")
def keys(key_of):
	roles = ("HR Manager", "System Manager", "HR User", "Employee")
	return {role: key_of(role) for role in roles}


# Punches


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


# Days


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


# Who may, and what happens when the gateway does not answer


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


# The export


@pytest.mark.parametrize("api", APIS)
def test_the_export_is_downloaded(morning, keys, api):
	morning.use(api)
	response = export(morning.host, keys["HR Manager"])

	assert response.status_code == 200
	assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
	assert f"cams-attendance-{DAY}-{DAY}.csv" in response.headers["Content-Disposition"]
	rows = list(csv.DictReader(response.text.splitlines()))
	assert Counter(row["UserID"] for row in rows) == {
		morning.user_id(0): 2,
		morning.user_id(1): 2,
		morning.user_id(2): 1,
	}
	assert f"{DAY} 17:10:00 GMT +0300" in {row["LogTime"] for row in rows}


def export(host, key, first=DAY, last=DAY):
	days = {"from_date": str(first), "to_date": str(last)}
	return host.api("GET", f"{CONTROLLERS}.attendance_actions.export_attendance", key, params=days)


@pytest.mark.parametrize(
	("role", "status"), [("HR Manager", 200), ("System Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_export(world, keys, role, status):
	assert export(world.host, keys[role]).status_code == status
	assert bool(world.gateway.received) == (status == 200)


def test_an_export_that_cannot_be_had_says_why(world):
	long = export(world.host, None, date(2021, 1, 1))
	world.gateway.stop()
	down = export(world.host, None)

	assert (long.status_code, down.status_code) == (417, 417)
	assert "at most 31 days" in long.text
	assert "got no answer" in down.text


# The photo


@pytest.fixture
def checkin(world):
	"""A check-in that came from a device at the gateway, of an employee who is a user here."""
	world.both(0, "08:00:00")
	world.settle(0)
	return world.host.checkins(world.employees[0]["name"])[0]


def attach(host, checkin, key=None):
	return host.api(
		"POST", f"{CONTROLLERS}.attendance_actions.attach_photo", key, json={"checkin": checkin["name"]}
	)


def file_of(host, checkin):
	[file] = host.find("File", {"attached_to_doctype": PHOTO, "attached_to_name": checkin["name"]})
	return file


def ways_to_the_picture(host, file, key):
	"""The status of every way by which Frappe hands out a file, or tells of it."""
	headers = {"Authorization": f"token {key}"} if key else {}
	paths = [
		file["file_url"],
		f"{file['file_url']}?fid={file['name']}",
		f"/api/method/download_file?file_url={quote(file['file_url'])}",
		f"/api/resource/File/{file['name']}",
		f"/api/resource/{PHOTO}/{file['attached_to_name']}",
	]
	return {
		path: host.session.get(f"{host.url}{path}", headers=headers, timeout=30).status_code for path in paths
	}


def test_the_photo_is_attached_privately_for_hr_managers(world, checkin, keys, bench_site):
	response = attach(world.host, checkin, keys["HR Manager"])

	assert (response.status_code, response.json()["message"]) == (200, checkin["name"])
	[request] = [each for each in world.gateway.received if each.operation == "GetAttendancePhoto"]
	assert request.arguments == {
		"ServiceTag": world.tags[0],
		"UserID": world.user_id(0),
		"LogTime": f"{DAY} 08:00:00 GMT +0300",
	}
	photo = world.host.get(PHOTO, checkin["name"])
	file = file_of(world.host, checkin)
	assert (photo["employee"], photo["photo"]) == (checkin["employee"], file["file_url"])
	assert (file["is_private"], file["owner"]) == (1, "Administrator")
	assert file["file_url"].startswith(PICTURE)
	name = file["file_name"].lower()
	assert not any(said.lower() in name for said in (checkin["name"], checkin["employee"], world.user_id(0)))
	stored = bench_site.path / "sites" / bench_site.name / file["file_url"].lstrip("/")
	assert stored.read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("role", ["HR User", "System Manager", None])
def test_who_may_read_the_check_in_may_not_for_that_see_the_photo(world, checkin, keys, role):
	attach(world.host, checkin)
	key = keys[role] if role else None
	if key:
		assert world.host.api("GET", f"resource/Employee Checkin/{checkin['name']}", key).status_code == 200

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {401, 403, 404}, found
	if key:
		everything = world.host.api("GET", "resource/File", key, params={"limit_page_length": 0}).json()
		assert file_of(world.host, checkin)["name"] not in str(everything)


def test_the_employee_does_not_see_the_own_photo(world, checkin, key_of):
	key = key_of("Employee")
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	world.host.update("Employee", checkin["employee"], user_id=user)
	attach(world.host, checkin)

	assert world.host.api("GET", f"resource/Employee Checkin/{checkin['name']}", key).status_code == 200
	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


def test_an_hr_manager_sees_the_photo(world, checkin, keys):
	attach(world.host, checkin)

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), keys["HR Manager"])
	assert set(found.values()) == {200}, found


def test_an_hr_manager_who_may_not_read_the_check_in_does_not_see_the_photo(world, checkin, key_of):
	key = key_of("HR Manager")
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	only = world.employees[1]["name"]
	world.host.create("User Permission", user=user, allow="Employee", for_value=only, apply_to_all_doctypes=1)
	assert attach(world.host, checkin, key).status_code == 403
	attach(world.host, checkin)

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


def test_who_attached_it_and_is_no_hr_manager_any_more_does_not_see_it(world, checkin, key_of):
	key = key_of("HR Manager", "HR User")
	assert attach(world.host, checkin, key).status_code == 200
	user = world.host.find("User", {"api_key": key.partition(":")[0]}, ["name"])[0]["name"]
	world.host.update("User", user, roles=[{"role": "HR User"}])

	found = ways_to_the_picture(world.host, file_of(world.host, checkin), key)
	assert set(found.values()) <= {403, 404}, found


@pytest.mark.parametrize("role", ["HR User", "Employee", "System Manager"])
def test_who_may_not_ask_for_a_photo(world, checkin, keys, role):
	assert attach(world.host, checkin, keys[role]).status_code == 403
	assert world.gateway.received == []
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []


def test_a_photo_that_is_there_is_not_asked_for_again(world, checkin):
	attach(world.host, checkin)
	response = attach(world.host, checkin)

	assert "attached already" in response.text
	assert [each.operation for each in world.gateway.received] == ["GetAttendancePhoto"]
	file_of(world.host, checkin)  # one


def test_a_punch_without_photo_leaves_nothing_behind(world):
	world.only_here(0, "08:00:00")
	world.settle(0)
	[checkin] = world.host.checkins(world.employees[0]["name"])
	response = attach(world.host, checkin)

	assert response.status_code == 417
	assert "No photo of this punch" in response.text
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []


def test_a_check_in_entered_by_hand_has_no_photo(world):
	checkin = world.host.create(
		"Employee Checkin", employee=world.employees[0]["name"], time=f"{DAY} 09:00:00", log_type="IN"
	)
	response = attach(world.host, checkin)

	assert (response.status_code, "does not come from" in response.text) == (417, True)
	assert world.gateway.received == []


def test_a_photo_whose_punch_has_expired_can_still_be_had(world, checkin, bench_site):
	bench_site.sql(f"delete from `tabCAMS Punch` where name = '{checkin['custom_cams_punch']}'")

	assert attach(world.host, checkin).status_code == 200
	file_of(world.host, checkin)


def test_web_api_3_has_no_photos_and_says_so(world, checkin, keys):
	world.use("Web API 3.0")
	response = attach(world.host, checkin)
	unsupported = world.host.api(
		"GET", f"{CONTROLLERS}.attendance_actions.unsupported", keys["HR User"]
	).json()["message"]

	assert response.status_code == 417
	assert "GetAttendancePhoto is not supported by Web API 3.0" in response.text
	assert "GetAttendancePhoto" in unsupported
	world.use("REST v3 (form not published)")
	assert (
		world.host.api("GET", f"{CONTROLLERS}.attendance_actions.unsupported", keys["Employee"]).json()[
			"message"
		]
		== []
	)


def test_a_deleted_check_in_takes_its_photo_along(world, checkin, bench_site):
	attach(world.host, checkin)
	file = file_of(world.host, checkin)
	world.host.delete("Employee Checkin", checkin["name"])

	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []
	assert world.host.find("File", {"name": file["name"]}) == []


def test_what_is_no_picture_is_refused(world, checkin, monkeypatch):
	monkeypatch.setattr("simulator.rest_answers.JPEG", b"<html>no picture</html>")
	response = attach(world.host, checkin)

	assert (response.status_code, "no JPEG" in response.text) == (417, True)
	assert world.host.find("File", {"attached_to_doctype": PHOTO, "attached_to_name": checkin["name"]}) == []


def test_a_picture_that_cannot_be_stored_is_in_no_log(world, checkin, bench_site, monkeypatch):
	"""Cut off in the middle: Frappe's own library fails on it, with the picture among its local variables."""
	marker = b"PHOTO-MARKER-PHOTO"
	monkeypatch.setattr("simulator.rest_answers.JPEG", JPEG[:3] + marker + b"\xff\xd9")
	response = attach(world.host, checkin)

	assert (response.status_code, "could not be stored" in response.text) == (417, True)
	assert world.host.find(PHOTO, {"name": checkin["name"]}) == []
	entries = world.host.find("Error Log", {"reference_name": checkin["name"]})
	assert [entry["method"] for entry in entries] == ["CAMS photo not stored"]
	assert marker.decode() not in str(world.host.find("Error Log", {"creation": [">", str(date.today())]}))
	assert marker.decode() not in response.text
	logs = [
		*(bench_site.path / "logs").glob("*.log"),
		*(bench_site.path / "sites" / bench_site.name / "logs").glob("*.log"),
	]
	assert [str(log) for log in logs if marker in log.read_bytes()] == []
