"""Held Punches with many users, by keyboard and on a phone: filters, search, order, pages, exact suggestions, and where
the focus is."""

import os
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.bench.browser import FITS, settles
from tests.bench.held_page import name_on_device, row
from tests.contract.host import DONE, SERVICE_TAG, real_time

HELD = "/app/cams-held-punches"
PHONE = {"width": 390, "height": 844}
PATIENCE = 40_000  # milliseconds
DAY = datetime(2024, 9, 17, 8)
AHEAD = datetime(2031, 1, 1, 8)
CONNECT = "Object.defineProperty(frappe.realtime.socket, 'connected', { get: () => true })"
TELL = "frappe.realtime.socket.listeners('cams_punches').forEach((listener) => listener())"
FOCUSED = (
	"document.activeElement.closest('tr')?.dataset.user || document.activeElement.outerHTML.slice(0, 200)"
)


@pytest.fixture(autouse=True)
def _nothing_held(bench_site):
	bench_site.sql("delete from `tabCAMS Punch` where state in ('Held', 'Failed')")
	yield
	bench_site.sql("delete from `tabCAMS Punch` where name like 'many-%'")


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager", "HR User")


@pytest.fixture
def many(bench_site):
	"""Held punches of so many unknown users, `M001` and so on, each with one more punch hour than the one before."""

	def create(count, service_tag=SERVICE_TAG, letter="M"):
		bench_site.sql(
			"insert into `tabCAMS Punch` (name, owner, modified_by, creation, modified, user_id, service_tag, punch_time,"
			" punch_type, state, reason_code, source)"
			" with recursive numbers as (select 1 as n union all select n + 1 from numbers where n < 999)"
			f" select concat('many-{letter}', n), 'Administrator', 'Administrator', now(), now(),"
			f" concat('{letter}', lpad(n, 3, '0')), '{service_tag}', timestampadd(minute, n, '{DAY}'), 'CheckIn', 'Held',"
			f" 'UNKNOWN_USER', 'Real Time' from numbers where n <= {count}"
		)

	return create


def hold(host, user_id, moment=DAY, count=1, **overrides):
	for number in range(count):
		sent = f"{moment + timedelta(minutes=number):%Y-%m-%d %H:%M:%S} GMT +0300"
		assert host.callback(real_time(user_id, sent, **overrides)).content == DONE
	return host.settled(user_id, count, state="Held")


def users(page):
	return page.locator("tr[data-user]").evaluate_all("rows => rows.map((row) => row.dataset.user)")


def picture(page, name):
	if folder := os.environ.get("PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def choose(page, label, text):
	"""In a field with a list below it."""
	field = page.get_by_label(label, exact=True)
	field.click()
	field.press_sequentially(text, delay=20)
	page.locator("[role=option]", has_text=text).locator("visible=true").first.click()


def test_six_hundred_users_are_turned_over_page_by_page(desk, manager, many):
	many(600)
	page = desk(manager, HELD)
	expect(page.get_by_text("1 to 50 of 600 users")).to_be_visible()
	page.get_by_label("Sort Users By").select_option(label="User ID")
	expect(page.locator("tr[data-user]").first).to_have_attribute("data-user", "M001")
	assert users(page) == [f"M{number:03}" for number in range(1, 51)]
	assert page.get_by_role("button", name="Previous").get_attribute("aria-disabled") == "true"
	picture(page, "held-many")
	for first in range(51, 600, 50):
		page.get_by_role("button", name="Next").click()
		expect(page.get_by_text(f"{first} to {first + 49} of 600 users")).to_be_visible()
		expect(page.get_by_role("button", name="Next")).to_be_focused()
	assert users(page) == [f"M{number}" for number in range(551, 601)]
	assert page.get_by_role("button", name="Next").get_attribute("aria-disabled") == "true"
	page.get_by_label("Sort Users By").select_option(label="Last Seen")
	expect(page.locator("tr[data-user]").first).to_have_attribute("data-user", "M600")


def test_it_is_narrowed_by_device_branch_company_date_and_text(host, desk, desk_user, many, new_device):
	branch = host.create("Branch", branch=f"Branch {datetime.now():%H%M%S%f}")["name"]
	company = host.find("Company", {}, ["name"])[0]["name"]
	gate = new_device(label=f"Gate {branch[-6:]}", branch=branch, company=company)
	many(3)
	many(2, gate["name"], "N")
	page = desk(desk_user("HR Manager", "System Manager"), HELD)  # HR alone may choose no Company
	expect(page.locator("tr[data-user]")).to_have_count(5)
	for label, text in (("Device", gate["name"]), ("Branch", branch)):
		choose(page, label, text)
		expect(page.locator("tr[data-user]")).to_have_count(2)
		assert users(page) == ["N001", "N002"]
		expect(page.locator(".title-area .indicator-pill")).to_have_text("2 pending")
		page.get_by_label(label, exact=True).fill("")
		page.get_by_label(label, exact=True).blur()
		expect(page.locator("tr[data-user]")).to_have_count(5)
	choose(page, "Company", company)
	expect(row(page, "N001")).to_be_visible()
	page.get_by_label("Company", exact=True).fill("")
	page.get_by_label("Company", exact=True).blur()
	page.get_by_label("Search", exact=True).fill("n00")
	expect(page.locator("tr[data-user]")).to_have_count(2)
	page.get_by_label("Search", exact=True).fill(gate["label"])
	expect(page.locator("tr[data-user]")).to_have_count(2)
	page.get_by_label("Search", exact=True).fill("_00")  # no pattern
	expect(page.get_by_text("Nothing is pending that matches these filters.")).to_be_visible()
	page.get_by_role("button", name="Clear Filters").click()
	expect(page.locator("tr[data-user]")).to_have_count(5)
	page.get_by_label("From Date", exact=True).fill("18-09-2024")
	page.get_by_label("From Date", exact=True).press("Enter")
	expect(page.get_by_text("Nothing is pending that matches these filters.")).to_be_visible()


def test_what_is_left_out_by_a_filter_is_not_resolved_with_the_rest(
	host, desk, manager, new_employee, new_device
):
	person, gate = new_employee(), new_device()["name"]
	user_id = person["attendance_device_id"]
	hold(host, user_id, AHEAD)
	sent = f"{AHEAD + timedelta(hours=1):%Y-%m-%d %H:%M:%S} GMT +0300"
	assert host.callback(real_time(user_id, sent, SerialNumber=gate)).content == DONE
	host.settled(user_id, 2, state="Held")
	page = desk(manager, HELD)
	group = page.locator("section[data-code=CLOCK_AHEAD]")
	expect(group.locator("tbody tr")).to_have_count(2)
	choose(page, "Device", gate)
	expect(group.locator("tbody tr")).to_have_count(1)
	group.get_by_role("button", name="Dismiss").click()
	page.locator(".modal.show").get_by_role("button", name="Yes").click()
	expect(page.locator(".cams-result")).to_contain_text("1 punch dismissed")
	states = {each["service_tag"]: each["state"] for each in host.punches(user_id)}
	assert states == {SERVICE_TAG: "Held", gate: "Ignored"}


def test_one_reason_can_be_looked_at_alone(host, desk, manager, many, new_employee):
	many(60)
	hold(host, new_employee()["attendance_device_id"], AHEAD)
	page = desk(manager, HELD)
	unknown, ahead = (page.locator(f"section[data-code={code}]") for code in ("UNKNOWN_USER", "CLOCK_AHEAD"))
	expect(unknown).to_be_visible()
	reasons = page.get_by_label("Reason", exact=True)
	assert "All Reasons (61)" in reasons.inner_text()
	reasons.select_option("CLOCK_AHEAD")
	expect(unknown).to_be_hidden()
	expect(ahead).to_be_visible()
	reasons.select_option("UNKNOWN_USER")
	expect(unknown).to_be_visible()
	expect(ahead).to_be_hidden()


def test_all_exact_suggestions_are_looked_at_and_linked_at_once(
	host, desk, manager, many, new_user_id, new_employee
):
	many(55)  # the exact ones are on the second page
	people = {}
	for name in ("Kwanza", "Pili", "Tatu"):
		user_id = f"z{new_user_id()}"
		people[user_id] = new_employee(
			attendance_device_id="", first_name=f"{name}{user_id}", last_name="Exact"
		)
		name_on_device(host, user_id, f"{name}{user_id}", "Exact")
		hold(host, user_id)
	page = desk(manager, HELD)
	page.get_by_label("Sort Users By").select_option(label="User ID")
	expect(page.locator("tr[data-user]").first).to_have_attribute("data-user", "M001")
	page.get_by_role("button", name="Link All Exact Suggestions").click()
	dialog = page.locator(".modal.show")
	expect(dialog.locator("tbody tr")).to_have_count(3)
	out, *chosen = people
	for user_id, person in people.items():
		expect(dialog.locator("tbody tr", has_text=user_id)).to_contain_text(person["employee_name"])
	dialog.get_by_label(f"Link {out} to").uncheck()
	picture(page, "held-exact")
	dialog.get_by_role("button", name="Link 2 Users").click()
	expect(page.locator(".cams-result")).to_contain_text("Linked 2 users.")
	expect(page.locator(".cams-result")).to_contain_text("2 punches: 2 recorded")
	linked = {
		user_id: host.get("Employee", people[user_id]["name"])["attendance_device_id"] for user_id in chosen
	}
	assert linked == {user_id: user_id for user_id in chosen}
	assert not host.get("Employee", people[out]["name"]).get("attendance_device_id")
	page.locator(".cams-result").get_by_role("button", name="Undo").click()
	page.locator(".modal.show").get_by_role("button", name="Undo").click()
	expect(page.locator(".cams-result")).to_contain_text("2 check-ins taken back")
	assert not any(
		host.get("Employee", people[user_id]["name"]).get("attendance_device_id") for user_id in chosen
	)


def test_nothing_ticked_is_no_retry_unasked(host, desk, manager, new_employee):
	person = new_employee()
	hold(host, person["attendance_device_id"], AHEAD, 3)
	page = desk(manager, HELD)
	group = page.locator("section[data-code=CLOCK_AHEAD]")
	group.get_by_role("button", name="Accept Time of All (3)").click()
	question = page.locator(".modal.show")
	expect(question).to_contain_text("Nothing is ticked. Accept the time of all 3 punches of this reason?")
	question.get_by_role("button", name="No").click()
	expect(page.locator(".modal.show")).to_have_count(0)
	assert {each["state"] for each in host.punches(person["attendance_device_id"])} == {"Held"}
	group.get_by_label("Select all shown").check()
	group.get_by_label("Select the punch").first.uncheck()
	group.get_by_role("button", name="Accept Time (2)").click()
	expect(page.locator(".cams-result")).to_contain_text("2 recorded")


def test_after_link_the_focus_is_on_the_next_row(host, desk, manager, many, new_employee):
	many(4)
	people = [new_employee(attendance_device_id="", employee_number=f"M00{number}") for number in (2, 3)]
	page = desk(manager, HELD)
	expect(page.locator("tr[data-user]")).to_have_count(4)
	page.get_by_label("Sort Users By").select_option(label="User ID")
	expect(row(page, "M002").locator(".cams-chosen")).to_be_visible()
	row(page, "M002").get_by_role("button", name="Link to Employee").focus()
	page.keyboard.press("Enter")
	expect(row(page, "M002")).to_have_count(0)
	expect(row(page, "M003").get_by_role("button", name="Link to Employee")).to_be_focused()
	page.keyboard.press("Enter")
	expect(row(page, "M003")).to_have_count(0)
	expect(row(page, "M004").get_by_role("combobox")).to_be_focused()
	assert all(host.get("Employee", each["name"])["attendance_device_id"] for each in people)


def test_dismissed_by_keyboard_the_next_row_has_the_focus(desk, manager, many):
	many(3)
	page = desk(manager, HELD)
	page.get_by_label("Sort Users By").select_option(label="User ID")
	row(page, "M001").get_by_role("button", name="More").focus()
	page.keyboard.press("Enter")
	page.keyboard.press("ArrowDown")
	page.keyboard.press("ArrowDown")
	page.keyboard.press("ArrowDown")
	page.keyboard.press("Enter")
	page.wait_for_function("cur_dialog?.display")  # a dialog that still comes in cannot be closed
	page.locator(".modal.show").get_by_role("button", name="Yes").press("Enter")
	expect(row(page, "M001")).to_have_count(0)
	expect(row(page, "M002").get_by_role("combobox")).to_be_focused()


@pytest.mark.parametrize("place", ["Link to Employee", "Accept Time", "Reason"])
def test_a_refresh_leaves_the_focus_where_it_is(host, desk, manager, many, new_employee, place):
	many(3)
	hold(host, new_employee()["attendance_device_id"], AHEAD, 2)
	page = desk(manager, HELD)
	expect(page.locator("section[data-code=CLOCK_AHEAD]")).to_be_visible()
	target = (
		page.get_by_label(place, exact=True) if place == "Reason" else page.get_by_role("button", name=place)
	)
	target.first.focus()
	page.evaluate("window.focused = document.activeElement")
	hold(host, new_employee()["attendance_device_id"], AHEAD, 2)
	page.evaluate(CONNECT)
	page.evaluate(TELL)
	expect(page.locator("section[data-code=CLOCK_AHEAD] tbody tr")).to_have_count(4)
	assert page.evaluate("document.activeElement === window.focused"), page.evaluate(FOCUSED)


def test_on_a_phone_rows_are_cards_and_nothing_is_beside_the_screen(host, desk, manager, many, new_employee):
	many(60)
	hold(host, new_employee()["attendance_device_id"], AHEAD, 2)
	page = desk(manager, HELD, viewport=PHONE)
	expect(row(page, "M001")).to_be_visible()
	expect(page.get_by_label("Search", exact=True)).to_be_hidden()
	page.get_by_text("Filter and Sort").click()
	expect(page.get_by_label("Search", exact=True)).to_be_visible()
	picture(page, "held-phone")
	beside = (
		"[...document.querySelectorAll('.cams-held *')].filter((each) => each.getBoundingClientRect().right > innerWidth"
		" && getComputedStyle(each).position !== 'absolute').map((each) => each.outerHTML.slice(0, 120))"
	)
	settles(page, beside, [])
	settles(page, FITS)


def test_from_right_to_left_dates_and_names_stay_whole(host, desk, new_desk_user, many):
	user = new_desk_user("HR Manager", "HR User")
	host.update("User", user.email, language="ar")
	many(2)
	page = desk(user, HELD)
	expect(row(page, "M001")).to_be_visible()
	assert page.evaluate("document.dir || document.documentElement.dir") == "rtl"
	picture(page, "held-rtl")
	seen = row(page, "M002").locator(".cams-seen bdi")
	expect(seen).to_have_text(["17-09-2024 08:02"])
	assert seen.evaluate("(each) => getComputedStyle(each).unicodeBidi") == "isolate"
	settles(page, FITS)
