"""Punches that the gateway has and never sent: the report counts them, the night finds, loads and names each."""

import json
import time
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from simulator import Simulator
from tests.bench.draining import drain
from tests.bench.ledger import checked_in, in_nairobi, quoted, stored
from tests.contract.host import DONE, SETTINGS, TOKEN, batch, real_time

NAIROBI = ZoneInfo("Africa/Nairobi")
APP = "navari_cams_biometric.cams_biometric"
BEGIN, TELL, ADVANCE = (
	f"{APP}.history.nightly.begin",
	f"{APP}.history.nightly.notify",
	f"{APP}.shift_sync.watermark.advance",
)
REPORT, LOAD = "CAMS Reconciliation", "CAMS History Load"
RUN = "method/frappe.desk.query_report.run"
PEOPLE = 4
PATIENCE = 40_000  # milliseconds
DAY_OF_WORK = ((8, "CheckIn"), (12, "BreakOut"), (13, "BreakIn"), (17, "CheckOut"))


class World:
	"""A gateway with two devices that this site knows, and people who are employees here."""

	def __init__(self, host, bench_site, gateway, tags, employees):
		self.host = host
		self.bench_site = bench_site
		self.gateway = gateway
		self.tags = tags
		self.employees = employees
		self.withheld = []

	def user_id(self, number):
		return self.employees[number]["attendance_device_id"]

	def punch(self, number, tag, kind, moment, withhold=False):
		"""At the gateway; and here too, unless it is withheld."""
		entry = self.gateway.world.remember(tag, self.user_id(number), kind, moment)
		if withhold:
			self.withheld.append(entry)
			return
		body = real_time(entry.user_id, entry.log_time, SerialNumber=tag, Type=kind)
		assert self.host.callback(body, "").content == DONE

	def settle(self):
		"""Until nothing of these devices waits."""
		waiting = {"service_tag": ["in", self.tags], "state": "Queued"}
		drain(self.bench_site, lambda: not self.host.find("CAMS Punch", waiting))

	def night(self):
		"""What the scheduler begins; the load once it has ended. It is told when nothing came for some minutes."""
		known = {load["name"] for load in self.host.find(LOAD, {"kind": "Nightly"})}
		self.bench_site.execute(BEGIN)
		[load] = [each for each in self.host.find(LOAD, {"kind": "Nightly"}) if each["name"] not in known]
		wait_until(
			lambda: self.host.get(LOAD, load["name"])["state"] in ("Done", "Failed"), "the load does not end"
		)
		self.settle()
		self.minutes_pass()
		self.bench_site.execute(TELL)
		return self.host.get(LOAD, load["name"])

	def minutes_pass(self):
		moved = "creation = creation - interval 6 minute"
		self.bench_site.sql(f"update `tabCAMS Punch` set {moved} where service_tag in ({quoted(self.tags)})")

	def report(self, **filters):
		dates = {"from_date": str(day(2)), "to_date": str(day(1)), **filters}
		parameters = {"report_name": REPORT, "filters": json.dumps(dates)}
		response = self.host.api("GET", RUN, params=parameters)
		assert response.status_code == 200, response.text
		return response.json()["message"]

	def counts(self, **filters):
		"""(device, user or None) -> (at the gateway, here, missing, held, not at the gateway)"""
		names = ("at_gateway", "on_site", "missing", "held", "not_at_gateway")
		rows = self.report(**filters)["result"]
		return {(row["service_tag"], row["user_id"]): tuple(row[name] for name in names) for row in rows}


def day(back):
	return datetime.now(NAIROBI).date() - timedelta(days=back)


def at(back, hour, number=0):
	return datetime.combine(day(back), datetime.min.time(), NAIROBI) + timedelta(hours=hour, minutes=number)


def wait_until(condition, complaint, seconds=90):
	deadline = time.monotonic() + seconds
	while not condition():
		assert time.monotonic() < deadline, complaint
		time.sleep(0.3)


@pytest.fixture
def world(host, bench_site, new_device, new_employee):
	"""Devices of other tests rest meanwhile: this gateway knows two."""
	bench_site.sql(
		"update `tabCAMS History Load` set state = 'Cancelled' where state in ('Queued', 'Running')"
	)
	bench_site.sql(f"delete from `tabCAMS Punch` where date(punch_time) >= '{day(3)}'")
	bench_site.sql(f"delete from `tabEmployee Checkin` where date(time) >= '{day(3)}'")
	with bench_site.other_devices_resting(), Simulator(token=TOKEN) as gateway:
		tags = [new_device(label=f"Gate {number}")["name"] for number in (1, 2)]
		for number, tag in enumerate(tags, 1):
			gateway.add_device(tag, f"Gate {number}")
		host.update(
			SETTINGS,
			SETTINGS,
			gateway_api="REST v3 (form not published)",
			base_url=gateway.rest_url,
			reconcile_days=3,
		)
		employees = [new_employee(employee_name=f"Employee {number}") for number in range(PEOPLE)]
		yield World(host, bench_site, gateway, tags, employees)
	host.update(SETTINGS, SETTINGS, base_url="")


@pytest.fixture
def two_days(world):
	"""Everybody comes and goes, two at each gate; of the first at each gate the evening of one day is withheld, of
	the second a whole day."""
	for back in (2, 1):
		for number in range(PEOPLE):
			for hour, kind in DAY_OF_WORK:
				tag = world.tags[number % 2]
				lost = back == 1 and (number >= 2 or hour == 17)
				world.punch(number, tag, kind, at(back, hour, number), withhold=lost)
	world.settle()
	return world


@pytest.fixture(scope="module")
def manager(host):
	name = f"{uuid.uuid4().hex[:15]}@example.com"
	roles = [{"role": "HR Manager"}]
	host.create("User", email=name, first_name="Manager", send_welcome_email=0, roles=roles)
	return name


def notices(host, manager):
	filters = {"for_user": manager, "document_type": LOAD}
	return host.find("Notification Log", filters)


def brought_by(bench_site, load):
	moment = "date_format(punch_time, '%Y-%m-%d %H:%i:%s')"
	where = f"where history_load = '{load}'"
	rows = bench_site.sql(f"select service_tag, user_id, {moment}, punch_type from `tabCAMS Punch` {where}")
	return sorted(tuple(row) for row in rows)


def test_the_report_counts_what_is_missing_by_device_and_person(two_days):
	first, second = two_days.tags
	users = [two_days.user_id(number) for number in range(PEOPLE)]
	assert two_days.counts() == {
		(first, None): (16, 11, 5, 0, 0),
		(first, users[0]): (8, 7, 1, 0, 0),
		(first, users[2]): (8, 4, 4, 0, 0),
		(second, None): (16, 11, 5, 0, 0),
		(second, users[1]): (8, 7, 1, 0, 0),
		(second, users[3]): (8, 4, 4, 0, 0),
	}
	answer = two_days.report()
	names = {row["user_id"]: row["who"] for row in answer["result"] if row["indent"]}
	assert names == {
		employee["attendance_device_id"]: employee["employee_name"] for employee in two_days.employees
	}
	assert {row["who"] for row in answer["result"] if not row["indent"]} == {"Gate 1", "Gate 2"}
	figures = {figure["label"]: figure["value"] for figure in answer["report_summary"]}
	assert (figures["At Gateway"], figures["Only at Gateway"]) == (32, 10)


def test_the_report_is_narrowed_by_device_person_and_differences(two_days):
	first, second = two_days.tags
	person = two_days.employees[1]
	assert {tag for tag, _user in two_days.counts(device=first)} == {first}
	assert two_days.counts(employee=person["name"]) == {
		(second, None): (8, 7, 1, 0, 0),
		(second, person["attendance_device_id"]): (8, 7, 1, 0, 0),
	}
	both_days = {"from_date": str(day(2)), "to_date": str(day(2))}
	assert two_days.counts(only_differences=1, **both_days) == {}
	assert len(two_days.counts(**both_days)) == PEOPLE + 2


def test_the_night_finds_loads_and_names_each_missing_punch(host, bench_site, two_days, manager):
	missing = in_nairobi(two_days.withheld)
	assert len(missing) == 10
	two_days.host.update("Employee", two_days.employees[3]["name"], attendance_device_id="")
	load = two_days.night()

	assert (load["kind"], load["state"]) == ("Nightly", "Done")
	assert (load["from_date"], load["to_date"]) == (str(day(3)), str(day(1)))
	assert brought_by(bench_site, load["name"]) == missing
	assert stored(bench_site, two_days.tags) == in_nairobi(two_days.gateway.ledger)
	counted = {row["service_tag"]: (row["new_punches"], row["already_here"]) for row in load["devices"]}
	assert counted == dict.fromkeys(two_days.tags, (5, 11))

	[notice] = notices(host, manager)
	assert notice["document_name"] == load["name"]
	assert notice["subject"].endswith("missing punches loaded: <b>10</b>")
	first, second = two_days.tags
	assert set(notice["email_content"].split("<br>")) == {
		f"<b>Gate 1 ({first})</b>: 5 (Recorded: 5)",
		f"<b>Gate 2 ({second})</b>: 5 (Held: 4, Recorded: 1)",
	}

	user_id = next(entry.user_id for entry in two_days.withheld if entry.user_id not in known_users(two_days))
	host.update("Employee", two_days.employees[3]["name"], attendance_device_id=user_id)
	two_days.settle()
	host.settled(user_id, 8, state="Recorded")
	assert checked_in(bench_site, two_days.tags) == in_nairobi(two_days.gateway.ledger)
	assert {counts[2:] for counts in two_days.counts().values()} == {(0, 0, 0)}


def known_users(world):
	"""The user ids that are somebody's now."""
	filters = {"name": ["in", [employee["name"] for employee in world.employees]]}
	return {employee["attendance_device_id"] for employee in world.host.find("Employee", filters)}


def test_a_second_night_brings_nothing_and_says_nothing(host, bench_site, two_days, manager):
	two_days.night()
	before = len(notices(host, manager))
	second = two_days.night()
	bench_site.execute(TELL)

	assert (second["state"], brought_by(bench_site, second["name"]), second.get("notified_at")) == (
		"Done",
		[],
		None,
	)
	assert len(notices(host, manager)) == before


def test_a_device_that_was_away_is_named_and_the_next_night_loads_it(host, bench_site, two_days, manager):
	first, second = two_days.tags
	gone = two_days.gateway.world.devices.pop(second)
	load = two_days.night()
	notice = notices(host, manager)[-1]
	assert (load["state"], notice["document_name"]) == ("Failed", load["name"])
	assert f"<b>Gate 2 ({second})</b> could not be loaded." in notice["email_content"]
	assert {row[0] for row in brought_by(bench_site, load["name"])} == {first}

	two_days.gateway.world.devices[second] = gone
	load = two_days.night()
	assert {row[0] for row in brought_by(bench_site, load["name"])} == {second}
	assert stored(bench_site, two_days.tags) == in_nairobi(two_days.gateway.ledger)


def test_an_answer_by_the_callback_is_marked_and_told(host, bench_site, world, manager):
	world.gateway.set_quirks(history_by_callback=True)
	load = world.night()
	before = len(notices(host, manager))
	assert {row["state"] for row in load["devices"]} == {"Sent to Callback"}
	user_id, log_time = world.user_id(0), f"{day(1)} 08:00:00 GMT +0300"
	url = host.call_document(SETTINGS, SETTINGS, "setup_status")["callback_url"]
	query = f"{url[url.index('?') :]}?stgid={world.tags[0]}"
	answer = host.callback(batch(("CheckIn", user_id, log_time)), query)
	assert answer.content == DONE
	host.settled(user_id, state="Recorded")
	world.minutes_pass()
	bench_site.execute(TELL)

	[punch] = host.punches(user_id)
	assert punch["history_load"] == load["name"]
	assert len(notices(host, manager)) == before + 1


def test_a_late_punch_of_the_night_puts_its_day_on_the_list_and_moves_no_watermark_back(
	host, bench_site, world
):
	name = f"Night {uuid.uuid4().hex[:8]}"
	host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="08:00:00",
		end_time="17:00:00",
		working_hours_threshold_for_absent=2,
		enable_auto_attendance=1,
		process_attendance_after=str(day(2)),
		last_sync_of_checkin=f"{day(0)} 00:30:00",
	)
	person = world.employees[0]
	host.update("Employee", person["name"], default_shift=name)
	host.call_document("Shift Type", name, "process_auto_attendance")
	marked = {"employee": person["name"], "attendance_date": str(day(2))}
	[attendance] = host.find("Attendance", marked)
	assert attendance["status"] == "Absent"

	for hour, kind in ((8, "CheckIn"), (17, "CheckOut")):
		world.punch(0, world.tags[0], kind, at(2, hour), withhold=True)
	world.night()
	bench_site.execute(ADVANCE)
	wait_until(lambda: host.find("CAMS Day Repair", marked), "the day is not on the list")

	[repair] = host.find("CAMS Day Repair", marked)
	assert (repair["attendance"], repair["late_count"], repair["state"]) == (attendance["name"], 2, "Open")
	assert host.get("Shift Type", name)["last_sync_of_checkin"][:19] >= f"{day(0)} 00:30:00"


def test_a_device_can_be_deleted_although_it_was_asked(host, world, new_device):
	tag = new_device()["name"]
	world.gateway.add_device(tag)
	load = world.night()
	assert tag in {row["service_tag"] for row in load["devices"]}
	host.delete("CAMS Device", tag)


def test_from_a_row_one_gets_to_the_punches_of_that_device_and_person(two_days, desk, desk_user):
	user_id = two_days.user_id(2)
	dates = f"from_date={day(2)}&to_date={day(1)}"
	page = desk(desk_user("HR Manager", "System Manager"), f"/app/query-report/{REPORT}?{dates}")
	page.locator(f".cams-punches[data-user='{user_id}']").click(timeout=PATIENCE)

	page.wait_for_url("**/query-report/CAMS%20Punch%20Comparison*")
	differences = page.locator(".dt-cell__content", has_text="Only at Gateway").locator("visible=true")
	expect(differences).to_have_count(4, timeout=PATIENCE)
	page.get_by_role("button", name="Load Missing Punches").locator("visible=true").click()
	page.get_by_role("button", name="Yes").click()
	page.wait_for_url("**/cams-history-load/**")
	missing = page.locator("[data-fieldname=punches_html] tr", has_text=user_id)  # the form follows the load
	expect(missing).to_have_count(4, timeout=PATIENCE)
	expect(missing.first).to_contain_text(two_days.employees[2]["employee_name"])
	expect(missing.first).to_contain_text("Gate 1")
