"""What devices and the gateway call people, devices and punches is markup here, and stays text on every page.

A script that ran would set `window.hacked`. Quotes that ended an attribute would leave a handler in the page; the
pointer need not pass over it to show that.
"""

import time
import uuid
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from simulator import Simulator
from tests.bench.test_every_page import MODULE, reports
from tests.bench.watching import OPEN, Watch
from tests.contract.conftest import EMPLOYEE
from tests.contract.host import DONE, SERVICE_TAG, SETTINGS, TOKEN, real_time

RUN = "window.hacked=1"
MARKUP = (
	f'"><img src=x onerror={RUN}>',
	f"'><svg onload={RUN}>",
	f"<script>{RUN}</script>",
	f"<img src=x onerror={RUN} alt=",  # no end, which sanitisers take for no tag
	f'"<img src=x onerror={RUN}>"',  # JSON, which Frappe leaves alone
	f"&lt;img src=x onerror={RUN}&gt;",
	f'" onmouseover="{RUN}',
	f"' onmouseover='{RUN}",
	"\u202e1000\u200b\u2066\x07",
)
SYNC_USERS = "navari_cams_biometric.cams_biometric.controllers.enrolment_actions.sync_users"
HIDDEN = ("\u200b", "<script></script>", "\u202e", "\ufe0f")
NAIROBI = ZoneInfo("Africa/Nairobi")
ROLES = ("HR Manager", "System Manager")
FOUND = """() => ({
	ran: Boolean(window.hacked),
	handlers: [...document.querySelectorAll("*")]
		.filter((each) => [...each.attributes].some(({ name, value }) => name.startsWith("on") && value.includes("hacked")))
		.map((each) => each.outerHTML.slice(0, 300)),
})"""
TEXT = """() => document.body.innerText + [...document.querySelectorAll("input, textarea")]
	.filter((each) => each.offsetParent).map((each) => each.value).join()"""
# So that a report view shows what a device sent, and not only the columns of the list.
SHOW_COLUMNS = """([doctype, fields]) => frappe.model.user_settings.save(
	doctype, "Report", { fields: fields.map((field) => [field, doctype]) })"""
COLUMNS = {
	"CAMS Punch": "user_id punch_type input_type temperature reason device_label operation_id sent_at",
	"CAMS Device": "service_tag label health_note",
	"CAMS Device User": "user_id first_name last_name user_type credentials",
	"Employee Checkin": "employee custom_original_time custom_punch_type custom_input_type",
	"Error Log": "method error",
}


@pytest.fixture(scope="module")
def mark():
	return uuid.uuid4().hex[:8]


@pytest.fixture(scope="module")
def known_id(host, mark):
	"""The device ID of an employee."""
	user_id = f"known{mark}"
	host.create("Employee", **{**EMPLOYEE, "first_name": user_id, "attendance_device_id": user_id})
	return user_id


@pytest.fixture(scope="module")
def gateway(host, mark):
	"""One that lists a device and a person with such names."""
	with Simulator(token=TOKEN) as simulator:
		tag = f"TXT{mark}"
		simulator.add_device(tag, f"{mark}{MARKUP[0]}")
		for number, text in enumerate(MARKUP):
			names = {"first_name": f"{mark}{text}", "last_name": text, "user_type": text}
			simulator.add_user(tag, f"{number}-{mark}{text}", **names)
			simulator.punch(tag, f"{number}-{mark}{text}")
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		yield simulator
	host.update(SETTINGS, SETTINGS, base_url="")


@pytest.fixture(scope="module")
def service_tag(host, mark, known_id, gateway, bench_site):
	"""A device that registered itself, with punches and people, everything of it markup."""
	tag = f"TXT{mark}"
	now = datetime.now(NAIROBI)
	for number, text in enumerate(MARKUP):
		named = f"{mark}{text}"
		envelope = {"SerialNumber": tag, "LabelName": named, "OperationID": named, "Time": named}
		entry = {"InputType": named, "Temperature": named}
		moment = now - timedelta(minutes=number + 1)
		sent = f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300"
		for punch in (
			real_time(named, sent, **envelope, **entry),
			real_time(known_id, sent, **envelope, **entry, Type=named if number else "CheckIn"),
			real_time(named, named, **envelope, **entry),
			_person(named, envelope, text),
		):
			assert host.callback(punch).content == DONE
	host.call_document(SETTINGS, SETTINGS, "import_devices")
	host.api("POST", f"method/{SYNC_USERS}", json={"service_tag": tag}).raise_for_status()
	_wait_until(lambda: not host.find("CAMS Punch", {"service_tag": tag, "state": "Queued"}))
	_wait_until(lambda: host.get("CAMS Device", tag).get("users_synced_at"))
	yield tag
	host.update("CAMS Device", tag, enabled=0)
	for doctype in ("CAMS Punch", "CAMS Device User"):
		bench_site.sql(f"delete from `tab{doctype}` where service_tag = '{tag}'")
	bench_site.sql(f"delete from `tabError Log` where method like '%{tag}%'")


def _person(user_id, envelope, text, operation_time=""):
	told = {"UserID": user_id, "FirstName": text, "LastName": text, "UserType": text}
	told["OperationTime"] = operation_time
	templates = [{"Type": text, "Index": text, "Data": "QQ=="}]
	body = real_time(user_id, **envelope)["RealTime"]
	del body["PunchLog"]
	return {"RealTime": {**body, "UserUpdated": {**told, "Template": templates}}}


def _wait_until(is_so, seconds=180):
	deadline = datetime.now() + timedelta(seconds=seconds)
	while not is_so():
		assert datetime.now() < deadline
		time.sleep(0.2)


class Visit:
	"""Opens places one after the other and notes where something ran, or a text is not to be seen."""

	def __init__(self, page, mark):
		self.page, self.mark = page, mark
		self.watch = Watch(page)
		self.opened, self.complaints = [], []

	def open(self, *route, shows_text=False):
		self.page.evaluate(OPEN, list(route))
		self.look(route, shows_text)

	def look(self, place, shows_text=False):
		self.watch.settle()
		self.opened.append(place)
		for frame in self.page.frames:
			found = frame.evaluate(FOUND)
			if found["ran"] or found["handlers"]:
				self.complaints.append((place, found))
				frame.evaluate("() => { window.hacked = undefined; document.body.innerHTML = '' }")
				self.page.reload()
				self.watch.settle()
				return
		if shows_text and not any(self.mark in frame.evaluate(TEXT) for frame in self.page.frames):
			self.complaints.append((place, "the text is not shown"))


@pytest.fixture
def visit(desk, desk_user, service_tag, mark):
	page = desk(desk_user(*ROLES), "/app/cams-biometric")
	page.wait_for_selector(".number-widget-box .number")
	visit = Visit(page, mark)
	visit.watch.settle()
	return visit


def poisoned(host, service_tag):
	"""Filters by DocType that find what the device sent."""
	return {
		"CAMS Punch": {"service_tag": service_tag},
		"CAMS Device": {"name": service_tag},
		"CAMS Device User": {"service_tag": service_tag},
		"Employee Checkin": {"device_id": service_tag},
		"Error Log": {"method": ["like", f"%{service_tag}%"]},
	}


def test_markup_stays_text_in_lists_report_views_forms_and_print_views(host, visit, service_tag):
	for doctype, filters in poisoned(host, service_tag).items():
		visit.page.evaluate(SHOW_COLUMNS, [doctype, COLUMNS[doctype].split()])
		shows_text = (
			doctype != "Employee Checkin"
		)  # one is of a device's own words, and its list has none of them
		visit.open("List", doctype, "List", filters, shows_text=shows_text)
		visit.open("List", doctype, "Report", filters, shows_text=True)
		names = [each["name"] for each in host.find(doctype, filters)]
		assert names, doctype
		for name in names[:12]:
			visit.open("Form", doctype, name)
			visit.open("print", doctype, name)
	assert not visit.complaints, visit.complaints


def test_markup_stays_text_on_every_page_and_in_every_report(host, visit, service_tag):
	today = f"{datetime.now(NAIROBI):%Y-%m-%d}"
	days = {"from_date": today, "to_date": today}
	for each in host.find("Page", {"module": MODULE}):
		if {row["role"] for row in host.get("Page", each["name"])["roles"]} & set(ROLES):
			visit.open(each["name"])  # else an employee's own, see below
	for name in reports(host):
		visit.open("query-report", name, days)
		visit.open("query-report", name, {**days, "device": service_tag, "service_tag": service_tag})
	visit.open("cams-held-punches", shows_text=True)
	visit.open("cams-live-board", shows_text=True)
	visit.open("query-report", "CAMS Punch Exceptions", days, shows_text=True)
	visit.open("query-report", "CAMS Enrolment Audit", {}, shows_text=True)
	visit.open("query-report", "CAMS Punch Comparison", days, shows_text=True)
	assert not visit.complaints, visit.complaints


def test_markup_stays_text_where_employees_see_their_own_punches(
	host, desk, new_desk_user, service_tag, known_id, mark
):
	user = new_desk_user("Employee")
	[employee] = host.find("Employee", {"attendance_device_id": known_id})
	host.update("Employee", employee["name"], user_id=user.email)
	host.update(SETTINGS, SETTINGS, show_own_punches=1)
	visit = Visit(desk(user, "/app/cams-my-punches"), mark)
	expect(visit.page.locator(".cams-punch").first).to_be_visible()
	visit.look("cams-my-punches", shows_text=True)
	host.update(SETTINGS, SETTINGS, show_own_punches=0)
	assert not visit.complaints, visit.complaints


def test_markup_stays_text_where_a_device_is_searched(visit, service_tag, mark):
	visit.open("query-report", "CAMS Punch Exceptions")
	field = visit.page.locator("[data-fieldname=service_tag] input").locator("visible=true")
	field.click()
	field.press_sequentially(service_tag, delay=20)
	entry = visit.page.locator(".awesomplete [role=option]", has_text=service_tag).first
	expect(entry).to_be_visible()
	expect(entry).to_contain_text(mark)
	visit.look("link search")
	visit.page.keyboard.press("Escape")
	search = visit.page.locator("#navbar-search, #navbar-modal-search").locator("visible=true").first
	search.click()
	search.press_sequentially(service_tag, delay=20)
	visit.page.wait_for_timeout(1000)
	visit.look("search of the Desk")
	assert not visit.complaints, visit.complaints


def test_what_is_taken_from_an_id_books_a_punch_on_nobody_else(host, mark, known_id, bench_site):
	"""The database takes ID and ID with a hidden character for one."""
	now = f"{datetime.now(NAIROBI):%Y-%m-%d %H:%M:%S} GMT +0300"
	for added in HIDDEN:
		assert host.callback(real_time(f"{known_id}{added}", now, OperationID=mark)).content == DONE
	kept = {"operation_id": mark}
	_wait_until(lambda: len(host.find("CAMS Punch", {**kept, "reason_code": "UNKNOWN_USER"})) == 4)
	bench_site.sql(f"delete from `tabCAMS Punch` where operation_id = '{mark}'")


def test_what_is_taken_from_an_id_confirms_no_command_for_somebody_else(host, mark, known_id, bench_site):
	bench_site.sql(
		"insert into `tabCAMS Command` (name, owner, modified_by, creation, modified, operation, service_tag, user_id,"
		f" state, answered_at) values ('{mark}', 'Administrator', 'Administrator', now(), now(), 'AddUser',"
		f" '{SERVICE_TAG}', '{known_id}', 'Waiting for Device', now())"
	)
	operation_time = f"{datetime.now(timezone.utc) + timedelta(seconds=30):%Y-%m-%d %H:%M:%S} GMT +0000"
	for added in HIDDEN:
		assert host.callback(_person(f"{known_id}{added}", {}, "", operation_time)).content == DONE
	assert host.get("CAMS Command", mark)["state"] == "Waiting for Device"
	assert host.callback(_person(known_id, {}, "", operation_time)).content == DONE
	assert host.get("CAMS Command", mark)["state"] == "Done"
	bench_site.sql(f"delete from `tabCAMS Command` where name = '{mark}'")


def test_what_was_stored_before_is_shaped_by_the_patch(mark, bench_site):
	texts = {
		"CAMS Device User": ("first_name", "<svg onload=1>"),
		"CAMS History Load Device": ("message", "<b>no</b>"),
		"CAMS Punch": ("punch_type", "\u202eCheckIn"),
		"Error Log": ("method", f"CAMS {mark} <b>"),
	}
	for doctype, (field, text) in texts.items():
		bench_site.sql(
			f"insert into `tab{doctype}` (name, creation, modified, {field}) values ('{mark}', now(), now(), '{text}')"
		)
	bench_site.execute("navari_cams_biometric.patches.v0_2.shape_stored_texts.execute")
	stored = {
		doctype: bench_site.sql(f"select {field} from `tab{doctype}` where name = '{mark}'")[0][0]
		for doctype, (field, _) in texts.items()
	}
	for doctype in texts:
		bench_site.sql(f"delete from `tab{doctype}` where name = '{mark}'")
	assert stored == {
		"CAMS Device User": "‹svg onload=1›",
		"CAMS History Load Device": "‹b›no‹/b›",
		"CAMS Punch": "\ufffdCheckIn",
		"Error Log": f"CAMS {mark} ‹b›",
	}
