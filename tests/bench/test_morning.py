"""The morning in a browser: the workspace, a day that is repaired, the doctor. What is linked and what appears on the
live board is in test_pages."""

import re
import time
import uuid
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.bench.held_page import row
from tests.bench.watching import Watch
from tests.contract.host import DONE, TOKEN, real_time

BOARD = "method/navari_cams_biometric.cams_biometric.controllers.live_board_page.board"
NAIROBI = ZoneInfo("Africa/Nairobi")
DAY = "2024-09-17"
PATIENCE = 40_000  # milliseconds
LATE_PUNCHES = (("08:01:00", "CheckIn"), ("17:03:00", "CheckOut"))


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager")


@pytest.fixture
def absent(host, new_employee):
	"""An employee whom HRMS's auto attendance has marked Absent, for want of check-ins."""
	name = f"Morning {uuid.uuid4().hex[:8]}"
	shift = host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="08:00:00",
		end_time="17:00:00",
		begin_check_in_before_shift_start_time=60,
		allow_check_out_after_shift_end_time=60,
		enable_auto_attendance=1,
		process_attendance_after=DAY,
		last_sync_of_checkin="2024-09-18 12:00:00",
	)
	employee = new_employee(default_shift=shift["name"], first_name=f"Late {uuid.uuid4().hex[:8]}")
	host.call_document("Shift Type", shift["name"], "process_auto_attendance")
	assert statuses(host, employee) == [("Absent", 1)]
	return employee


def punch(host, user_id, moment, **overrides):
	answer = host.callback(real_time(user_id, f"{moment} GMT +0300", **overrides))
	assert answer.content == DONE


def statuses(host, employee):
	days = host.find("Attendance", {"employee": employee["name"], "attendance_date": DAY})
	return sorted((day["status"], day["docstatus"]) for day in days)


def wait_for_late_day(host, employee):
	"""Until the late punches count and their day is listed, which is a moment later: this site tells no open list."""
	host.settled(employee["attendance_device_id"], 2, state="Recorded")
	deadline = time.monotonic() + PATIENCE / 1000
	while not host.find("CAMS Day Repair", {"employee": employee["name"]}):
		assert time.monotonic() < deadline, "the late day is not listed"
		time.sleep(0.1)


def card(page, label):
	return page.locator(".number-widget-box", has_text=label).locator(".number")


def test_the_workspace_counts_and_draws_what_there_is(
	host, bench_site, desk, manager, new_employee, new_user_id, new_device
):
	now = f"{datetime.now(NAIROBI):%Y-%m-%d %H:%M:%S}"
	employee, unknown, unhealthy = new_employee(), new_user_id(), new_device()["name"]
	bench_site.sql(f"update `tabCAMS Device` set health = 'Not Reporting' where name = '{unhealthy}'")
	punch(host, employee["attendance_device_id"], now)
	punch(host, unknown, now)
	host.settled(employee["attendance_device_id"], state="Recorded")
	host.settled(unknown, state="Held")
	asked = {
		"Punches Today": f"`tabCAMS Punch` where date(punch_time) = '{now[:10]}'",
		"Held Punches": "`tabCAMS Punch` where state in ('Held', 'Failed')",
		"Devices with Problems": "`tabCAMS Device` where enabled = 1 and health not in ('', 'Healthy')",
	}
	counts = {label: bench_site.sql(f"select count(*) from {rows}")[0][0] for label, rows in asked.items()}
	counts["People In Now"] = str(host.api("POST", BOARD).json()["message"]["count"])

	page = desk(manager, "/app/cams-biometric")
	for label, count in counts.items():
		assert int(count)
		expect(card(page, label)).to_have_text(count, timeout=PATIENCE)
	for label in (
		"Punches Today by Hour",
		"Punches of the Last Seven Days",
		"Punches Today by Device",
		"Held Punches by Reason",
	):
		chart = page.locator(".dashboard-widget-box", has_text=label)
		expect(chart.locator("svg.frappe-chart rect.bar").first).to_be_attached(timeout=PATIENCE)
	expect(page.locator(".dashboard-widget-box", has_text="Held Punches by Reason")).to_contain_text(
		"Unknown user"
	)

	page.locator(".shortcut-widget-box", has_text="Live Board").click()
	expect(page.locator(".cams-last")).to_be_visible(timeout=PATIENCE)


def test_a_day_marked_absent_is_repaired_from_its_form(host, desk, manager, absent):
	for clock, kind in LATE_PUNCHES:
		punch(host, absent["attendance_device_id"], f"{DAY} {clock}", Type=kind)
	wait_for_late_day(host, absent)

	page = desk(manager, f"/app/cams-day-repair?state=Open&employee={absent['name']}")
	page.get_by_role("link", name=absent["employee_name"]).click(timeout=PATIENCE)
	expect(page.get_by_text("Punches arrived after auto attendance had marked this day.")).to_be_visible()
	comparison = page.locator("[data-fieldname=comparison_html]")
	expect(comparison.get_by_role("row", name="Status")).to_contain_text(re.compile("Absent.*Present", re.S))
	page.get_by_role("button", name="Repair", exact=True).click()
	expect(page.get_by_text("HRMS has decided again.")).to_be_visible(timeout=PATIENCE)
	expect(page.locator(".title-area .indicator-pill:visible")).to_have_text("Repaired")
	assert statuses(host, absent) == [("Absent", 2), ("Present", 1)]

	comparison.get_by_role("row", name="Attendance").get_by_role("link").last.click()
	expect(page.locator("[data-fieldname=status] .like-disabled-input")).to_have_text("Present")


def test_a_day_marked_absent_is_repaired_from_the_list(host, desk, manager, absent):
	punch(host, absent["attendance_device_id"], f"{DAY} 08:01:00")
	punch(host, absent["attendance_device_id"], f"{DAY} 17:03:00", Type="CheckOut")
	host.settled(absent["attendance_device_id"], 2, state="Recorded")
	page = desk(manager, f"/app/cams-day-repair?employee={absent['name']}")
	row = page.locator(".list-row", has_text=absent["employee_name"])
	expect(row).to_contain_text("Open")
	row.get_by_role("button", name="Repair").click()
	expect(row).to_contain_text("Repaired", timeout=PATIENCE)
	assert statuses(host, absent) == [("Absent", 2), ("Present", 1)]


def test_the_doctor_says_what_is_wrong_and_leads_to_it(host, bench_site, desk, desk_user, new_device):
	"""A device goes silent between two examinations; it names the remedy and leads to the device."""
	tag = new_device(label=f"Gate {uuid.uuid4().hex[:6]}")["name"]
	label = host.get("CAMS Device", tag)["label"]
	page = desk(desk_user("System Manager"), "/app/cams-doctor")
	findings = page.locator(".cams-finding")
	expect(findings.filter(has_text="Scheduler").first).to_be_visible(timeout=PATIENCE)
	expect(findings.filter(has_text="All stored tokens and keys can be read.")).to_be_hidden()
	page.get_by_text("checks found nothing to fix").click()
	expect(findings.filter(has_text="All stored tokens and keys can be read.")).to_be_visible()
	expect(findings.filter(has_text=label)).to_have_count(0)
	bench_site.sql("update `tabCAMS Device` set health = ''")
	note = "It was last heard yesterday. See that it has power and network."
	bench_site.sql(
		f"update `tabCAMS Device` set health = 'Not Reporting', health_note = '{note}' where name = '{tag}'"
	)
	page.get_by_role("button", name="Run Again").click()
	finding = findings.filter(has_text=label)
	expect(finding).to_be_visible(timeout=PATIENCE)
	expect(finding).to_contain_text("Not Reporting")
	expect(finding).to_contain_text(note)
	expect(finding.locator(".indicator-pill")).to_have_text("Warning")
	finding.get_by_role("button", name="Open CAMS Device").click()
	expect(page).to_have_url(re.compile(f"/cams-device/{tag}"))
	expect(page.locator(".form-message:visible")).to_contain_text(note)


@pytest.fixture
def beginning(bench_site):
	"""A site on which nothing of the onboarding is done."""
	bench_site.sql(
		"update `tabOnboarding Step` set is_complete = 0, is_skipped = 0 where name like 'CAMS %';"
		"update `tabModule Onboarding` set is_complete = 0 where name = 'CAMS Biometric';"
		"update tabSingles set value = '1' where doctype = 'System Settings' and field = 'enable_onboarding'"
	)
	bench_site.bench("clear-cache")


def test_the_first_hour_of_an_administrator(
	host, bench_site, desk, desk_user, beginning, new_employee, new_user_id
):
	"""From the token to the first check-in, by what the workspace offers."""
	user_id, tag = new_user_id(), f"HOUR{uuid.uuid4().hex[:8].upper()}"
	hired = new_employee(attendance_device_id="", first_name=f"Hired {user_id}")
	page = desk(desk_user("System Manager", "HR Manager"), "/app/cams-biometric")
	steps = page.locator(".onboarding-step")
	expect(steps).to_have_text(
		[
			re.compile("Enter the Auth Token"),
			re.compile("Paste the callback URL"),
			re.compile("Add the devices"),
			re.compile("Give people their user ID"),
			re.compile("Make the first punch"),
		],
		timeout=PATIENCE,
	)
	begin(page, steps.first, "Enter It")
	go_on(page)
	setup = page.locator("[data-fieldname=setup_html]")
	expect(setup).to_contain_text("Callback URL", timeout=PATIENCE)
	enter(page, "auth_token", TOKEN)
	save(page)

	back_to_the_workspace(page, bench_site)
	begin(page, steps.nth(1), "Show the Callback URL")
	go_on(page)
	setup.get_by_role("button", name="Copy").click(timeout=PATIENCE)
	expect(page.locator("#alert-container")).to_contain_text("Copied to clipboard", timeout=PATIENCE)

	back_to_the_workspace(page, bench_site)
	begin(page, steps.nth(2), "Add a Device")
	enter(page, "service_tag", tag)
	enter(page, "label", "Main Gate")
	save(page)
	go_on(page)

	begin(page, steps.nth(3), "Open Employees")
	go_on(page)
	page.locator(".list-row", has_text=hired["employee_name"]).get_by_role("link").first.click()
	page.get_by_role("tab", name="Attendance & Leaves").click(timeout=PATIENCE)
	enter(page, "attendance_device_id", user_id)
	save(page)

	back_to_the_workspace(page, bench_site)
	begin(page, steps.nth(4), "Open Live Board")
	expect(page.locator(".modal.show")).to_contain_text("it appears here within seconds")
	go_on(page)
	punch(host, user_id, f"{datetime.now(NAIROBI):%Y-%m-%d %H:%M:%S}", SerialNumber=tag)
	touch = page.locator(".cams-punch", has_text=hired["employee_name"])
	expect(touch).to_contain_text("Recorded", timeout=PATIENCE)
	expect(touch).to_contain_text("Main Gate")

	bench_site.execute("navari_cams_biometric.onboarding.note_progress")
	page.goto(f"{bench_site.url}/app/cams-biometric")
	expect(card(page, "Punches Today")).to_be_visible(timeout=PATIENCE)
	expect(steps.first).to_be_hidden()


def begin(page, step, label):
	see_the_workspace(page)
	step.click()
	page.get_by_role("button", name=label).click()


def enter(page, field, text):
	"""The Desk takes it when the field is left."""
	page.locator(f"[data-fieldname={field}] input:visible").fill(text)
	page.keyboard.press("Tab")


def save(page):
	page.get_by_role("button", name="Save", exact=True).click()
	expect(page.locator(".indicator-pill:visible", has_text="Not Saved")).to_have_count(0, timeout=PATIENCE)


def go_on(page):
	"""Frappe says what to do here, and closes that by itself where the page comes later. It may come late, and a click while
	it fades in closes nothing."""
	dialog = page.locator(".modal.show")
	for _ in range(3):
		with suppress(TimeoutError):
			dialog.get_by_role("button", name="Continue").click(timeout=PATIENCE / 4)
		with suppress(AssertionError):
			return expect(dialog).to_have_count(0, timeout=PATIENCE / 8)
	expect(dialog).to_have_count(0)


def test_the_morning_of_an_hr_officer(host, bench_site, desk, manager, absent, new_employee, new_user_id):
	"""What waits is found from the workspace: an unknown user, a day that was marked too early, who is in, who forgot."""
	user_id = new_user_id()
	hired = new_employee(attendance_device_id="", employee_number=user_id)
	now = datetime.now(NAIROBI)
	punch(host, user_id, f"{now:%Y-%m-%d %H:%M:%S}")
	host.settled(user_id, state="Held")
	for clock, kind in LATE_PUNCHES:
		punch(host, absent["attendance_device_id"], f"{DAY} {clock}", Type=kind)
	wait_for_late_day(host, absent)

	page = desk(manager, "/app/cams-biometric")
	see_the_workspace(page)
	page.locator(".shortcut-widget-box", has_text="Held Punches").click()
	expect(row(page, user_id)).to_contain_text("same number", timeout=PATIENCE)
	row(page, user_id).get_by_role("button", name="Link to Employee").click()
	expect(page.locator(".cams-result")).to_contain_text("1 recorded", timeout=PATIENCE)

	back_to_the_workspace(page, bench_site)
	page.locator(".shortcut-widget-box", has_text="Day Repairs").click()
	day = page.locator(".list-row", has_text=absent["employee_name"])
	day.get_by_role("button", name="Repair").click(timeout=PATIENCE)
	expect(day).to_have_count(0, timeout=PATIENCE)  # of open days
	assert statuses(host, absent) == [("Absent", 2), ("Present", 1)]

	back_to_the_workspace(page, bench_site)
	page.locator(".shortcut-widget-box", has_text="Live Board").click()
	expect(page.locator(".cams-group", has_text=hired["employee_name"]).first).to_be_visible(timeout=PATIENCE)

	back_to_the_workspace(page, bench_site)
	page.get_by_role("link", name="Missing Punches").click()
	expect(page.locator(".page-form [data-fieldname=employee] input")).to_be_visible(timeout=PATIENCE)
	expect(page).to_have_url(re.compile("query-report/CAMS(%20| )Missing(%20| )Punches"))


def back_to_the_workspace(page, bench_site):
	"""Until its charts are drawn, which Frappe cannot do on a page that was left."""
	page.goto(f"{bench_site.url}/app/cams-biometric")
	see_the_workspace(page)


def see_the_workspace(page):
	expect(card(page, "Punches Today")).to_be_visible(timeout=PATIENCE)
	Watch(page).settle()


def test_a_chart_without_punches_says_so(bench_site, desk, manager):
	bench_site.sql("update `tabCAMS Punch` set punch_time = '2024-01-01' where punch_time > '2024-01-01'")
	page = desk(manager, "/app/cams-biometric")
	for label, text in (
		("Punches Today by Hour", "No punches yet today"),
		("Punches Today by Device", "No punches yet today"),
		("Punches of the Last Seven Days", "No punches in the last seven days"),
	):
		chart = page.locator(".dashboard-widget-box", has_text=label)
		expect(chart.get_by_text(text)).to_be_visible(timeout=PATIENCE)
		expect(chart.locator("svg.frappe-chart")).to_have_count(0)
