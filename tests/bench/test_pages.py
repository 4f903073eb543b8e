"""The pages in a browser: what a person sees and presses, without a reload, an error or a request to elsewhere.

The site under test has no socket.io server. That a page polls without one is seen as it is; that it follows events
where there is one is seen by calling its listeners as the socket would.
"""

import os
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.bench.browser import FITS, settles
from tests.bench.held_page import name_on_device, row
from tests.contract.host import DONE, real_time

DAY = datetime(2024, 9, 17, 8)
HELD = "/app/cams-held-punches"
BOARD = "/app/cams-live-board"
NAIROBI = ZoneInfo("Africa/Nairobi")
PATIENCE = 40_000  # milliseconds
# As if a server were there: the socket says so, and its listeners can be called.
CONNECT = "Object.defineProperty(frappe.realtime.socket, 'connected', { get: () => true })"
TELL = "frappe.realtime.socket.listeners('cams_punches').forEach((listener) => listener())"

# Chromium refuses the test's PDF of a page while it prints that page.
NOTE_PRINT = "window.print = () => (window.was_printed = true)"


@pytest.fixture(autouse=True)
def _nothing_held(host, bench_site):
	bench_site.sql("delete from `tabCAMS Punch` where state in ('Held', 'Failed')")


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager")


@pytest.fixture
def unknown(host, new_user_id):
	"""Make an unknown user with two held punches; return the user id."""

	def create(count=2, **overrides):
		user_id = new_user_id()
		for number in range(count):
			punch(host, user_id, DAY + timedelta(hours=number), **overrides)
		host.settled(user_id, count, state="Held")
		return user_id

	return create


def punch(host, user_id, moment, **overrides):
	answer = host.callback(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", **overrides))
	assert answer.content == DONE


def now():
	return datetime.now(NAIROBI).replace(tzinfo=None)


def test_an_unknown_user_is_linked_and_the_link_undone(host, desk, manager, unknown, new_employee):
	user_id = unknown()
	employee = new_employee(attendance_device_id="", first_name=f"Found {uuid.uuid4().hex[:8]}")
	page = desk(manager, HELD)
	expect(row(page, user_id)).to_be_visible()
	expect(row(page, user_id).locator(".cams-count")).to_have_text("2")

	page.get_by_label(f"Employee for user {user_id}").click()
	page.keyboard.type(employee["first_name"], delay=20)
	page.locator("[role=option]", has_text=employee["name"]).click()
	expect(row(page, user_id)).to_contain_text(employee["employee_name"])
	row(page, user_id).get_by_role("button", name="Link to Employee").click()
	result = page.locator(".cams-result")
	expect(result).to_contain_text("2 punches: 2 recorded", timeout=PATIENCE)
	expect(row(page, user_id)).to_have_count(0)
	assert host.get("Employee", employee["name"])["attendance_device_id"] == user_id
	assert len(host.checkins(employee["name"])) == 2

	page.reload()  # takes nothing away
	expect(result).to_contain_text("2 punches: 2 recorded")
	result.get_by_role("button", name="Undo").click()
	warning = page.locator(".modal.show")
	expect(warning).to_contain_text("2 check-ins will be deleted")
	warning.get_by_role("button", name="Undo").click()
	expect(result).to_contain_text("2 check-ins taken back", timeout=PATIENCE)
	expect(row(page, user_id)).to_be_visible()
	assert host.checkins(employee["name"]) == []
	assert [each["state"] for each in host.punches(user_id)] == ["Held", "Held"]


def test_a_suggestion_needs_one_press(host, desk, manager, unknown, new_employee):
	user_id = unknown()
	employee = new_employee(attendance_device_id="", employee_number=user_id)
	page = desk(manager, HELD)
	chosen = row(page, user_id).get_by_role("button", pressed=True)
	expect(chosen).to_contain_text("same number")
	row(page, user_id).get_by_role("button", name="Link to Employee").click()
	expect(page.locator(".cams-result")).to_contain_text("2 recorded", timeout=PATIENCE)
	assert len(host.checkins(employee["name"])) == 2


def test_what_somebody_is_typing_survives_what_comes_meanwhile(host, desk, manager, unknown, new_user_id):
	user_id = unknown()
	page = desk(manager, HELD)
	field = page.get_by_label(f"Employee for user {user_id}")
	field.click()
	page.keyboard.type("half a na")
	other = unknown(3)
	page.evaluate(CONNECT)
	page.evaluate(TELL)
	expect(row(page, other)).to_be_visible()
	expect(field).to_have_value("half a na")
	expect(field).to_be_focused()


def test_a_reason_is_mended_for_the_chosen_and_dismissed_with_a_way_back(host, desk, manager, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	for minute in range(3):
		punch(host, user_id, datetime(2031, 1, 1, 8, minute))
	host.settled(user_id, 3, state="Held")
	page = desk(manager, HELD)
	group = page.locator("section[data-code=CLOCK_AHEAD]")
	expect(group).to_contain_text("The time is later than")
	group.get_by_label("Select the punch").first.check()
	group.get_by_role("button", name="Accept Time (1)").click()
	expect(page.locator(".cams-result")).to_contain_text("1 recorded", timeout=PATIENCE)
	expect(group.locator("tbody tr")).to_have_count(2)
	group.get_by_role("button", name="Dismiss").click()
	page.locator(".modal.show").get_by_role("button", name="Yes").click()
	dismissed = page.locator(".cams-result", has_text="2 punches dismissed")
	expect(dismissed).to_be_visible()
	expect(page.get_by_text("All clear: nothing is pending.")).to_be_visible()
	dismissed.get_by_role("button", name="Undo").click()
	expect(group.locator("tbody tr")).to_have_count(2, timeout=PATIENCE)
	states = [each["state"] for each in host.punches(user_id)]
	assert states == ["Recorded", "Held", "Held"]


def test_nothing_that_waits_is_said(desk, manager):
	page = desk(manager, HELD)
	expect(page.get_by_text("All clear: nothing is pending.")).to_be_visible()
	expect(page.locator(".cams-table")).to_be_hidden()


def test_hr_user_sees_what_waits_and_no_button_that_mends(desk, desk_user, unknown, new_employee, host):
	user_id = unknown()
	punch(host, new_employee()["attendance_device_id"], datetime(2031, 1, 1, 8))
	page = desk(desk_user("HR User"), HELD)
	expect(row(page, user_id)).to_be_visible()
	for name in ("Link", "More", "Dismiss", "Accept Time", "Retry"):
		expect(page.locator(".cams-group").get_by_role("button", name=name)).to_have_count(0)
	expect(page.locator(".cams-group input")).to_have_count(0)


def test_a_name_from_a_device_is_text_and_not_html(host, desk, manager, unknown):
	user_id = unknown()
	name_on_device(host, user_id, "<img src=x onerror=alert(1)>", "<b>x</b>")
	page = desk(manager, HELD)
	expect(row(page, user_id)).to_contain_text("‹b›x‹/b›")
	expect(row(page, user_id).locator("img")).to_have_count(0)


def test_settings_know_the_token_whoever_administers_them(desk, desk_user):
	"""What they tell by is above the permission level of a System Manager."""
	page = desk(desk_user("System Manager"), "/app/cams-biometric-settings")
	setup = page.locator("[data-fieldname=setup_html]")
	expect(setup).to_contain_text("Callback URL", timeout=PATIENCE)
	expect(setup).not_to_contain_text("Auth Token")


def test_a_punch_appears_on_the_board_without_reloading(host, desk, desk_user, new_employee):
	branch = host.create("Branch", branch=f"Branch {uuid.uuid4().hex[:6]}")["name"]
	employee = new_employee(branch=branch)
	page = desk(desk_user("HR User"), BOARD)
	expect(page.locator(".cams-last")).to_be_visible()
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Live, every 5 s")
	page.evaluate("window.same_page = true")
	punch(host, employee["attendance_device_id"], now())
	shown = page.locator(".cams-punch", has_text=employee["employee_name"])
	expect(shown).to_contain_text("Recorded", timeout=PATIENCE)
	group = page.locator(f".cams-group[data-branch='{branch}']")
	expect(group).to_contain_text(employee["employee_name"])
	assert page.evaluate("window.same_page")

	page.get_by_label("Branch", exact=True).select_option(label=branch)
	expect(page.locator(".cams-total")).to_have_text("1")
	punch(host, employee["attendance_device_id"], now(), Type="CheckOut")
	expect(page.locator(".cams-total")).to_have_text("0", timeout=PATIENCE)


def test_with_a_socket_the_board_asks_when_it_is_told(host, desk, manager, new_employee):
	employee = new_employee()
	page = desk(manager, BOARD)
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Live, every 5 s")
	page.evaluate(CONNECT)
	page.evaluate(TELL)
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Live")
	page.wait_for_timeout(1500)
	requests = []
	page.on("request", lambda request: requests.append(request.url) if "live_board" in request.url else None)
	punch(host, employee["attendance_device_id"], now())
	host.settled(employee["attendance_device_id"], state="Recorded")
	page.wait_for_timeout(6000)
	assert requests == []  # it does not poll
	page.evaluate(TELL)
	expect(page.locator(".cams-punch", has_text=employee["employee_name"])).to_be_visible()
	assert len(requests) == 1


def test_the_muster_list_prints_with_a_box_for_each_person(host, desk, manager, new_employee):
	branch = host.create("Branch", branch=f"Branch {uuid.uuid4().hex[:6]}")["name"]
	people = [new_employee(branch=branch) for _ in range(3)]
	for employee in people:
		punch(host, employee["attendance_device_id"], now())
		host.settled(employee["attendance_device_id"], state="Recorded")
	page = desk(manager, BOARD)
	page.get_by_label("Branch", exact=True).select_option(label=branch)
	page.context.add_init_script(NOTE_PRINT)
	with page.expect_popup() as opened:
		page.get_by_role("button", name="Muster List").click()
	paper = opened.value
	expect(paper.get_by_role("heading", name=f"{branch} (3)")).to_be_visible()
	expect(paper.locator("tbody tr")).to_have_count(3)
	expect(paper.locator("tbody tr").get_by_role("checkbox")).to_have_count(3)
	expect(paper.locator(".total")).to_have_text("3 in")
	paper.get_by_label(f"Found: {people[0]['employee_name']}").check()
	expect(paper.locator("footer")).to_contain_text("Found 1")
	expect(paper.locator("footer")).to_contain_text("Missing 2")
	paper.set_viewport_size({"width": 390, "height": 844})
	assert paper.locator("meta[name=viewport]").get_attribute("content").startswith("width=device-width")
	settles(paper, FITS)
	picture(paper, "muster-phone")
	for employee in people:
		expect(paper.locator("tbody")).to_contain_text(employee["employee_name"])
	paper.wait_for_function("window.was_printed")
	paper.emulate_media(media="print")
	expect(paper.get_by_role("button", name="Print")).to_be_hidden()
	assert paper.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_who_is_there_without_a_check_in_stands_on_the_board_and_on_the_paper(
	host, desk, manager, new_device, new_user_id
):
	branch = host.create("Branch", branch=f"Branch {uuid.uuid4().hex[:6]}")["name"]
	gate, door = (
		new_device(branch=branch, label="North Gate"),
		new_device(branch=branch, direction="Not Attendance"),
	)
	unknown, through_a_door = new_user_id(), new_user_id()
	for user_id, device in ((unknown, gate), (through_a_door, door)):
		moment = f"{now():%Y-%m-%d %H:%M:%S} GMT +0300"
		assert host.callback(real_time(user_id, moment, SerialNumber=device["name"])).content == DONE
		host.settled(user_id)
	page = desk(manager, BOARD)
	page.get_by_label("Branch", exact=True).select_option(label=branch)
	group = page.locator(".cams-without")
	expect(group.locator("h5")).to_have_text("Without a Check-in 2")
	expect(group.locator("li")).to_have_count(2)
	expect(page.locator(".cams-total")).to_have_text("0 and 2 without a check-in")
	picture(page, "live-board-without-check-in")
	page.context.add_init_script(NOTE_PRINT)
	with page.expect_popup() as opened:
		page.get_by_role("button", name="Muster List").click()
	paper = opened.value
	expect(paper.get_by_role("heading", name="Without a Check-in (2)")).to_be_visible()
	expect(paper.locator("tbody tr .box")).to_have_count(2)
	for text in (unknown, through_a_door, "North Gate", "no check-in"):
		expect(paper.locator("tbody")).to_contain_text(text)
	expect(paper.locator(".total")).to_contain_text("and 2 without a check-in")
	picture(paper, "muster-without-check-in")


def picture(page, name):
	if folder := os.environ.get("PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_without_the_server_the_board_keeps_what_it_knew_and_says_since_when(
	host, desk, manager, new_employee
):
	employee = new_employee()
	punch(host, employee["attendance_device_id"], now())
	host.settled(employee["attendance_device_id"], state="Recorded")
	page = desk(manager, BOARD)
	expect(page.locator(".cams-people")).to_contain_text(employee["employee_name"])
	page.evaluate(
		"const ask = window.fetch; window.fetch = (url, ...rest) =>"
		" String(url).includes('live_board') ? Promise.reject(new TypeError('gone')) : ask(url, ...rest)"
	)
	expect(page.locator(".title-area .indicator-pill")).to_contain_text("No answer, as of", timeout=PATIENCE)
	expect(page.locator(".cams-people")).to_contain_text(employee["employee_name"])
	with page.expect_popup() as opened:
		page.get_by_role("button", name="Muster List").click()
	expect(opened.value.locator(".warning")).to_contain_text("this list is from")
	expect(opened.value.locator("tbody").first).to_be_visible()


def test_what_is_the_same_stays_on_the_board_and_so_does_the_focus(host, desk, manager, new_employee):
	first, second = new_employee(), new_employee()
	punch(host, first["attendance_device_id"], now())
	host.settled(first["attendance_device_id"], state="Recorded")
	page = desk(manager, BOARD)
	for link in (
		page.locator(".cams-people a", has_text=first["employee_name"]),
		page.locator(".cams-punch", has_text=first["employee_name"]),
	):
		link.focus()
		page.evaluate("window.focused = document.activeElement")
		punch(host, second["attendance_device_id"], now())
		host.settled(second["attendance_device_id"], state="Recorded")
		page.evaluate("cur_page.page.live_board.refresh()")
		expect(page.locator(".cams-people")).to_contain_text(second["employee_name"])
		assert page.evaluate("document.activeElement === window.focused")


def test_a_board_that_nobody_looks_at_asks_nothing(desk, manager):
	page = desk(manager, BOARD)
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Live, every 5 s")
	page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.is_away })")
	page.evaluate("window.is_away = true")
	page.wait_for_timeout(1500)
	asked = []
	page.on("request", lambda request: asked.append(request.url) if "live_board" in request.url else None)
	page.wait_for_timeout(6000)
	assert asked == []
	page.evaluate("window.is_away = false")
	page.wait_for_timeout(3000)
	assert asked


def test_on_a_phone_people_come_first_on_the_board_and_names_are_whole(host, desk, manager, new_employee):
	person = new_employee(first_name="Employee With A Name Of", last_name="More Than Forty Characters In All")
	punch(host, person["attendance_device_id"], now())
	host.settled(person["attendance_device_id"], state="Recorded")
	page = desk(manager, BOARD, viewport={"width": 390, "height": 844})
	name = page.locator(".cams-punch .cams-name", has_text=person["employee_name"])
	expect(name).to_be_visible()
	settles(name, "(each) => each.scrollWidth <= each.clientWidth")
	boxes = [page.locator(place).bounding_box() for place in (".cams-in", ".cams-last")]
	assert boxes[0]["y"] < boxes[1]["y"]
	settles(page, FITS)
	picture(page, "live-board-phone")


@pytest.mark.parametrize("path", [HELD, BOARD])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_a_page_fits_its_window_and_every_button_has_a_name(host, desk, manager, unknown, path, width):
	unknown()
	page = desk(manager, path, viewport={"width": width, "height": 768})
	expect(page.locator(".frappe-card").first).to_be_visible()
	settles(page, FITS)
	nameless = page.evaluate(
		"[...document.querySelectorAll('.cams-held button, .cams-board button, .cams-board select, .cams-held input')]"
		".filter((each) => !(each.innerText || each.ariaLabel || each.title || each.labels?.length))"
		".map((each) => each.outerHTML)"
	)
	assert nameless == []
