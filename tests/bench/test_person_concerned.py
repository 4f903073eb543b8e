"""What employees are told of themselves: notices of missing punches, the request that follows, and My Punches."""

import email
import json
import os
import re
import uuid
from datetime import datetime, timedelta, timezone
from email import policy
from html import unescape
from urllib.parse import parse_qs, urlparse

import pytest
import requests
from playwright.sync_api import expect

from tests.bench.bench_site import frappe_major
from tests.bench.browser import FITS, settles
from tests.bench.holidays import give_holidays
from tests.bench.users import new_user
from tests.contract.host import DONE, SETTINGS, real_time

APP = "navari_cams_biometric.cams_biometric"
SEND = f"{APP}.presence.missing_notices.send"
MINE = f"method/{APP}.controllers.my_punches_page.my_punches"
RUN = "method/frappe.desk.query_report.run"
NAIROBI = timezone(timedelta(hours=3))
YESTERDAY = (datetime.now(NAIROBI) - timedelta(days=1)).date()
SUBJECT = "A punch of yours is missing on {0}"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def quiet(host, bench_site):
	"""Nobody was told anything yet; mails go no further than the queue. What was due for two days is told."""
	bench_site.bench("set-config", "auto_email_id", "site@example.com")
	bench_site.bench("set-config", "mail_server", "127.0.0.1")
	bench_site.sql(
		"delete from `tabEmail Queue`; delete from `tabEmail Queue Recipient`; delete from `tabNotification Log`;"
		"update `tabEmployee` set user_id = null"
	)
	host.update(SETTINGS, SETTINGS, notify_employees=1, show_own_punches=1)
	since = YESTERDAY - timedelta(days=1)
	bench_site.sql(
		f"update tabSingles set value = '{since} 00:00:00' where field = 'employees_notified_since'"
	)
	yield
	host.update(SETTINGS, SETTINGS, notify_employees=0, show_own_punches=0)
	bench_site.bench("set-config", "mail_server", "")


@pytest.fixture
def shift(host):
	"""Of yesterday, and complete. HRMS marks nothing before, so that nothing is missing before, either."""
	name = f"Day Shift {uuid.uuid4().hex[:4]}"
	host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="08:00:00",
		end_time="17:00:00",
		enable_auto_attendance=1,
		process_attendance_after=str(YESTERDAY),
		last_sync_of_checkin=f"{YESTERDAY} 23:30:00",
	)
	return name


@pytest.fixture
def new_person(host, new_employee, new_desk_user):
	"""An employee with a user account of this role; `email` and `key` are the user's."""

	def create(**values):
		user = new_desk_user("Employee")
		return {**new_employee(user_id=user.email, first_name="Employee One", **values), "user": user}

	return create


def punch(host, person, clock, kind="CheckIn", day=YESTERDAY):
	user_id = person["attendance_device_id"]
	count = len(host.punches(user_id))
	assert host.callback(real_time(user_id, f"{day} {clock} GMT +0300", Type=kind)).content == DONE
	host.settled(user_id, count + 1)


def told(host, bench_site):
	"""Run the job; the notices that are there: by user and link."""
	bench_site.execute(SEND)
	return host.find(
		"Notification Log", {"document_type": "Employee"}, ["for_user", "subject", "email_content", "link"]
	)


def mails(host):
	found = []
	for row in host.find("Email Queue", {}, ["name", "message"]):
		message = email.message_from_string(row["message"], policy=policy.default)
		recipients = {each["recipient"] for each in host.get("Email Queue", row["name"])["recipients"]}
		found.append((recipients, str(message["Subject"]), message.get_body(("html",)).get_content()))
	return found


def test_both_are_off_by_default(host):
	meta = host.get("DocType", SETTINGS)["fields"]
	defaults = {field["fieldname"]: field.get("default") for field in meta}
	assert (defaults["notify_employees"], defaults["show_own_punches"]) == ("0", "0")


def test_switched_off_nobody_is_told(host, bench_site, shift, new_person):
	punch(host, new_person(default_shift=shift), "08:02:00")
	host.update(SETTINGS, SETTINGS, notify_employees=0)
	assert told(host, bench_site) == []
	host.update(SETTINGS, SETTINGS, notify_employees=1)
	assert told(host, bench_site) == []  # it was due before it was switched on


def test_the_person_is_told_once_by_notice_and_mail(host, bench_site, shift, new_person, new_employee):
	one, whole = new_person(default_shift=shift), new_person(default_shift=shift)
	without_account = new_employee(default_shift=shift)
	for person in (one, whole, without_account):
		punch(host, person, "08:02:00")
	punch(host, whole, "17:01:00", "CheckOut")

	[notice] = told(host, bench_site)
	assert notice["for_user"] == one["user"].email
	[(recipients, subject, html)] = mails(host)
	assert recipients == {one["user"].email}
	assert subject == notice["subject"] == SUBJECT.format(YESTERDAY.strftime("%d-%m-%Y"))
	assert "In without Out: 08:02" in html
	[url] = re.findall(r'href="([^"]*custom_missing_punch=\d{4}-\d\d-\d\d%20[^"]*)"', unescape(html))
	given = {name: value for name, [value] in parse_qs(urlparse(url).query).items()}
	assert given == {
		"employee": one["name"],
		"shift": shift,
		"custom_missing_punch": f"{YESTERDAY} In without Out: 08:02",
	}
	assert urlparse(url).path.endswith("/attendance-request/new")

	assert told(host, bench_site) == [notice]
	bench_site.stop("worker")  # and after a restart
	bench_site.start_worker()
	bench_site.bench("clear-cache")
	assert told(host, bench_site) == [notice]
	assert len(mails(host)) == 1


def test_it_is_in_the_persons_language(host, bench_site, shift, new_person):
	one = new_person(default_shift=shift)
	host.update("User", one["user"].email, language="sw")
	host.create("Translation", language="sw", source_text=SUBJECT, translated_text="Alama yako ya {0} haipo")
	punch(host, one, "08:02:00")
	[notice] = told(host, bench_site)
	assert notice["subject"].startswith("Alama yako ya ")


def test_nobody_is_told_of_a_punch_that_may_still_be_on_a_device(host, bench_site, shift, new_person):
	one = new_person(default_shift=shift)
	punch(host, one, "08:02:00")
	margin = host.get("Shift Type", shift)["allow_check_out_after_shift_end_time"]
	due = datetime.combine(YESTERDAY, datetime.min.time()) + timedelta(hours=17, minutes=margin)
	for synced, count in ((due - timedelta(seconds=1), 0), (due, 1)):
		bench_site.sql(f"update `tabShift Type` set last_sync_of_checkin = '{synced}' where name = '{shift}'")
		assert len(told(host, bench_site)) == count


def test_a_disabled_account_and_who_left_are_told_nothing(host, bench_site, shift, new_person):
	disabled, left = new_person(default_shift=shift), new_person(default_shift=shift)
	for person in (disabled, left):
		punch(host, person, "08:02:00")
	host.update("User", disabled["user"].email, enabled=0)
	host.update("Employee", left["name"], status="Left", relieving_date=str(YESTERDAY))
	assert told(host, bench_site) == []


def missing_rows(host, person, key=None):
	asked = {"from_date": str(YESTERDAY), "to_date": str(YESTERDAY), "employee": person["name"]}
	body = {"report_name": "CAMS Missing Punches", "filters": json.dumps(asked)}
	response = host.api("POST", RUN, key, json=body)
	assert response.status_code == 200, response.text
	return [row for row in response.json()["message"]["result"] if isinstance(row, dict)]


def test_hr_sees_the_request_and_who_asked_is_told_no_more(host, bench_site, shift, new_person):
	one = new_person(default_shift=shift)
	give_holidays(host, one["name"], an_empty_list(host))
	punch(host, one, "08:02:00")
	[row] = missing_rows(host, one)
	assert (row["request"], row["request_status"]) == (None, "")
	values = {
		"employee": one["name"],
		"from_date": str(YESTERDAY),
		"to_date": str(YESTERDAY),
		"reason": "On Duty",
	}
	answer = host.api(
		"POST", "resource/Attendance Request", one["user"].key, json={**values, "company": one["company"]}
	)
	assert answer.status_code == 200, answer.text
	name = answer.json()["data"]["name"]
	[row] = missing_rows(host, one, new_user(host, "HR User").key)
	assert (row["request"], row["request_status"]) == (name, "Draft")
	assert told(host, bench_site) == []
	bench_site.sql(f"update `tabAttendance Request` set docstatus = 2 where name = '{name}'")
	assert missing_rows(host, one)[0]["request"] is None


def test_the_link_opens_a_request_that_is_filled_in(host, bench_site, shift, new_person, desk):
	one = new_person(default_shift=shift)
	give_holidays(host, one["name"], an_empty_list(host))  # HRMS looks for one when the request is saved
	punch(host, one, "08:02:00")
	[notice] = told(host, bench_site)
	[url] = re.findall(r'href="([^"]*custom_missing_punch=[^"]*)"', unescape(notice["email_content"]))
	for link, explanation in ((url, "In without Out: 08:02"), (notice["link"], "")):
		page = desk(one["user"], below(link))
		page.wait_for_function("window.cur_frm && cur_frm.doc.from_date && cur_frm.doc.employee_name")
		document = page.evaluate("cur_frm.doc")
		filled = {
			name: document.get(name) or "" for name in ("employee", "from_date", "to_date", "explanation")
		}
		assert filled == {
			"employee": one["name"],
			"from_date": str(YESTERDAY),
			"to_date": str(YESTERDAY),
			"explanation": explanation,
		}
		assert document["__islocal"]
	page = desk(one["user"], below(url))
	page.wait_for_function("window.cur_frm && cur_frm.doc.from_date && cur_frm.doc.employee_name")
	page.evaluate("cur_frm.set_value('reason', 'On Duty')")
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new()")
	picture(page, "attendance-request")
	[row] = missing_rows(host, one)
	assert row["request_status"] == "Draft"


def picture(page, name):
	if folder := os.environ.get("PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png")


def an_empty_list(host):
	name = f"No holidays {uuid.uuid4().hex[:6]}"
	host.create("Holiday List", holiday_list_name=name, from_date="2020-01-01", to_date="2030-12-31")
	return name


def below(url):
	"""The path of a URL and what follows: the site's public name leads nowhere here."""
	return f"{urlparse(url).path}?{urlparse(url).query}"


def mine(host, key, **arguments):
	response = host.api("POST", MINE, key, json=arguments)
	assert response.status_code == 200, response.text
	return response.json()["message"]


def test_nobody_gets_anybody_elses_punches(host, bench_site, new_person, new_employee):
	now = datetime.now(NAIROBI)
	one, two, unaccounted = new_person(), new_person(), new_employee()
	for number, person in enumerate((one, two, unaccounted)):
		punch(host, person, f"{now - timedelta(minutes=9 - number):%H:%M:%S}", day=now.date())
	keys = {person["name"]: person["user"].key for person in (one, two)}
	nobody, hr = new_user(host, "Employee"), new_user(host, "HR Manager", "Employee")
	[own] = mine(host, keys[one["name"]])["punches"]

	others = {"employee": two["name"], "user": two["user"].email, "filters": {"employee": two["name"]}}
	assert mine(host, keys[one["name"]], **others)["punches"] == [own]
	host.create("User Permission", user=one["user"].email, allow="Employee", for_value=two["name"])
	assert mine(host, keys[one["name"]])["punches"] == [own]
	for user in (nobody, hr):  # ERPNext takes the role Employee from a user whom no Employee names
		assert host.api("POST", MINE, user.key).status_code == 403

	for path in ("resource/CAMS Punch", "resource/CAMS Device", "resource/CAMS Device ID"):
		assert host.api("GET", path, keys[one["name"]]).status_code == 403
	body = {"report_name": "CAMS Missing Punches", "filters": "{}"}
	assert host.api("POST", RUN, keys[one["name"]], json=body).status_code == 403

	guest = requests.post(
		f"{host.url}/api/{MINE}",
		headers={"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]},
		timeout=30,
	)
	assert guest.status_code == 403
	assert host.api("POST", MINE, new_user(host, "HR User").key).status_code == 403

	host.update("Employee", two["name"], status="Inactive")
	host.update("User", one["user"].email, enabled=0)
	for key in keys.values():
		answer = host.api("POST", MINE, key)  # Frappe 15 takes the key of a disabled user
		assert answer.status_code in (401, 403) or answer.json()["message"]["punches"] == []


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_the_page_shows_each_punch_with_its_reason(host, new_person, desk, size):
	now = datetime.now(NAIROBI)
	one = new_person()
	punch(host, one, "08:01:00")
	punch(host, one, "17:03:00", "CheckOut")
	punch(host, one, f"{now - timedelta(minutes=5):%H:%M:%S}", day=now.date())
	punch(host, one, f"{now:%H:%M:%S}", "CheckOut", day=now.date() + timedelta(days=1))
	page = desk(one["user"], "/app/cams-my-punches", **({"viewport": size} if size else {}))
	rows = page.locator(".cams-mine .cams-punch")
	expect(rows).to_have_count(4)
	expect(rows.first).to_contain_text("Held")
	expect(rows.first).to_contain_text("the device's clock or time zone is wrong")
	expect(page.locator(f'.cams-mine section[data-day="{YESTERDAY}"]')).to_contain_text("08:01")
	settles(page, FITS)
	cut = "(title) => title.scrollWidth > title.clientWidth"
	titles = page.locator("#page-cams-my-punches .title-text").all()  # on 16 the page itself has none
	assert titles or frappe_major() >= 16
	assert [title.inner_text() for title in titles if title.evaluate(cut)] == []
	if size:
		picture(page, "my-punches")


def test_the_page_says_that_it_is_switched_off(host, new_person, desk):
	host.update(SETTINGS, SETTINGS, show_own_punches=0)
	page = desk(new_person()["user"], "/app/cams-my-punches")
	expect(page.locator(".cams-mine")).to_contain_text("switched off")
