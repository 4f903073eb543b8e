"""Correct Time in a browser: on Held Punches, in the list and on the form of CAMS Punch, and on a phone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.bench.browser import settles
from tests.contract.host import DONE, real_time

HELD = "/app/cams-held-punches"
PAGE = "navari_cams_biometric.cams_biometric.controllers.held_punches_page"
ACTIONS = "navari_cams_biometric.cams_biometric.controllers.time_correction_actions"
NAIROBI = ZoneInfo("Africa/Nairobi")
PATIENCE = 40_000  # milliseconds
PHONE = {"width": 390, "height": 844}
AHEAD = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _nothing_held(bench_site):
	bench_site.sql("delete from `tabCAMS Punch` where state in ('Held', 'Failed')")


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager")


@pytest.fixture
def gate(new_device):
	return new_device(label="Side <i>Gate</i>")["name"]


@pytest.fixture
def arrive(host, new_employee):
	"""Let punches arrive from a clock that is wrong by so much, a second apart; returns the employee."""

	def send(device, wrong=AHEAD, count=1, state="Held", **values):
		employee = new_employee(**values)
		user_id = employee["attendance_device_id"]
		first = datetime.now(NAIROBI).replace(microsecond=0) + wrong
		for number in range(count):
			moment = first - timedelta(seconds=count - number)
			body = real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", SerialNumber=device)
			assert host.callback(body).content == DONE
		host.settled(user_id, count, state=state)
		return employee

	return send


def times_of(records, field):
	return [datetime.fromisoformat(record[field][:19]) for record in records]


def dialog_of(page):
	return page.locator(".modal.show", has=page.get_by_text("Correct Time", exact=True))


def test_all_of_a_reason_are_moved_by_what_was_measured_and_back(host, desk, manager, gate, arrive):
	employee = arrive(gate, count=25)
	user_id = employee["attendance_device_id"]
	said = times_of(host.punches(user_id), "punch_time")
	page = desk(manager, HELD)
	group = page.locator("section[data-code=CLOCK_AHEAD]")
	correct = group.get_by_role("button", name="Correct Time")
	expect(correct).to_have_class("btn btn-xs btn-primary")
	expect(group.get_by_role("button", name="Accept Time")).to_have_class("btn btn-xs btn-default")
	correct.click()
	dialog = dialog_of(page)
	expect(dialog).to_contain_text("Punches of Side <i>Gate</i>: 25.")
	expect(dialog).to_contain_text("Proposed: 2 h earlier.")
	expect(dialog).to_contain_text("after the moment at which they arrived. Rounded to a quarter of an hour.")
	expect(dialog.locator("tbody tr")).to_have_count(20)
	expect(dialog).to_contain_text("And 5 more.")
	row = dialog.locator("tbody tr").first
	for moment in (said[0], said[0] - AHEAD):
		expect(row).to_contain_text(f"{moment:%d-%m-%Y %H:%M:%S}")
	dialog.get_by_role("button", name="Correct 25 Punches").click()

	result = page.locator(".cams-result")
	expect(result).to_contain_text("Times corrected: 2 h earlier. 25 punches: 25 recorded", timeout=PATIENCE)
	assert times_of(host.checkins(employee["name"]), "time") == [moment - AHEAD for moment in said]
	assert {each["time_corrected_by"] for each in host.punches(user_id)} == {manager.email}
	page.reload()  # takes nothing away
	result.get_by_role("button", name="Undo").click()
	expect(result).to_contain_text("Time correction undone. 25 punches: 25 held", timeout=PATIENCE)
	assert host.checkins(employee["name"]) == []
	assert times_of(host.punches(user_id), "punch_time") == said


def test_the_chosen_are_moved_by_what_a_person_enters(host, desk, manager, gate, arrive):
	employee = arrive(gate, count=2)
	said = times_of(host.punches(employee["attendance_device_id"]), "punch_time")
	page = desk(manager, HELD)
	group = page.locator("section[data-code=CLOCK_AHEAD]")
	group.get_by_label("Select the punch").first.check()
	group.get_by_role("button", name="Correct Time (1)").click()
	dialog = dialog_of(page)
	press = dialog.get_by_role("button", name="Correct 1 Punch")
	hours, minutes = (dialog.locator(f"[data-fieldname={unit}] input") for unit in ("hours", "minutes"))
	expect(hours).to_have_value("2")
	hours.fill("1")
	expect(dialog).to_contain_text("later than the moment at which they arrived")
	expect(press).to_be_disabled()
	hours.fill("2")
	minutes.fill("30")
	shift = timedelta(hours=2, minutes=30)
	expect(dialog.locator("tbody tr").first).to_contain_text(f"{said[0] - shift:%H:%M:%S}")
	press.click()
	expect(page.locator(".cams-result")).to_contain_text("2 h 30 min earlier", timeout=PATIENCE)
	expect(page.locator(".cams-result")).to_contain_text("1 recorded", timeout=PATIENCE)
	assert times_of(host.checkins(employee["name"]), "time") == [said[0] - shift]


def test_the_real_time_of_the_first_moves_all(host, desk, manager, gate, arrive):
	employee = arrive(gate, count=2)
	said = times_of(host.punches(employee["attendance_device_id"]), "punch_time")
	page = desk(manager, HELD)
	page.locator("section[data-code=CLOCK_AHEAD]").get_by_role("button", name="Correct Time").click()
	dialog = dialog_of(page)
	first = dialog.locator("[data-fieldname=first] input")
	expect(first).to_have_value(f"{said[0] - AHEAD:%d-%m-%Y %H:%M:%S}")
	first.fill(f"{said[0] - timedelta(days=1, hours=3):%d-%m-%Y %H:%M:%S}")
	first.press("Tab")
	expect(dialog.locator("[data-fieldname=days] input")).to_have_value("1")
	expect(dialog.locator("[data-fieldname=hours] input")).to_have_value("3")
	expect(dialog.locator("tbody tr").last).to_contain_text(f"{said[1] - timedelta(hours=3):%H:%M:%S}")


def test_of_several_devices_one_is_chosen_first(host, desk, manager, gate, new_device, arrive):
	arrive(gate)
	other = arrive(new_device(label="Other Gate")["name"], count=2)
	page = desk(manager, HELD)
	page.locator("section[data-code=CLOCK_AHEAD]").get_by_role("button", name="Correct Time").click()
	chooser = page.locator(".modal.show")
	expect(chooser).to_contain_text("Each device has a clock of its own")
	options = chooser.locator("option")
	expect(options).to_have_text(["Other Gate (2)", "Side <i>Gate</i> (1)"])
	chooser.locator("select").select_option(label="Other Gate (2)")
	chooser.get_by_role("button", name="Continue").click()
	page.get_by_role("button", name="Correct 2 Punches").click()
	expect(page.locator(".cams-result")).to_contain_text("2 punches: 2 recorded", timeout=PATIENCE)
	assert len(host.checkins(other["name"])) == 2


def test_check_ins_are_corrected_from_the_list_and_undone_on_the_form(host, desk, manager, gate, arrive):
	employee = arrive(gate, -AHEAD, count=2, state="Recorded")
	user_id = employee["attendance_device_id"]
	said = times_of(host.checkins(employee["name"]), "time")
	page = desk(manager, f"/app/cams-punch?user_id={user_id}")
	page.locator(".list-row-checkbox").first.wait_for()
	for box in page.locator(".list-row-checkbox").all():
		box.check()
	page.get_by_role("button", name="Actions").click()
	page.locator(".actions-btn-group .dropdown-menu").get_by_text("Correct Time", exact=True).click()
	expect(dialog_of(page)).to_contain_text("Proposed: 2 h later.")
	dialog_of(page).get_by_role("button", name="Correct 2 Punches").click()
	expect(page.locator("#alert-container")).to_contain_text("Time corrected: 2")
	punches = host.settled(user_id, 2, state="Recorded")
	assert times_of(host.checkins(employee["name"]), "time") == [moment + AHEAD for moment in said]

	page.goto(f"{host.url}/app/cams-punch/{punches[0]['name']}")
	expect(page.locator(".form-message")).to_contain_text("The time was corrected, to 2 h later.")
	page.get_by_role("button", name="Undo Time Correction").click()
	expect(page.locator("#alert-container")).to_contain_text("Time correction undone: 1")
	host.settled(user_id, 2, state="Recorded")
	times = times_of(host.checkins(employee["name"]), "time")
	assert times == [said[0], said[1] + AHEAD]


def test_on_a_phone_the_dialog_fits(desk, manager, gate, arrive):
	arrive(gate, count=3)
	page = desk(manager, HELD, viewport=PHONE)
	page.locator("section[data-code=CLOCK_AHEAD]").get_by_role("button", name="Correct Time").click()
	dialog = dialog_of(page)
	expect(dialog.locator("tbody tr")).to_have_count(3)
	page.wait_for_timeout(1000)  # it slides in
	days, hours = (
		dialog.locator(f"[data-fieldname={unit}] input").bounding_box() for unit in ("days", "hours")
	)
	assert days["y"] == hours["y"]
	settles(dialog, "(modal) => modal.scrollWidth <= window.innerWidth")
	table = dialog.locator(".table-responsive")
	settles(table, "(table) => table.scrollWidth <= table.clientWidth")
	expect(dialog.get_by_role("button", name="Correct 3 Punches")).to_be_visible()


def test_who_may_correct(host, desk_user, gate, arrive):
	user_id = arrive(gate)["attendance_device_id"]
	names = [each["name"] for each in host.punches(user_id)]
	calls = {
		f"{PAGE}.propose_time": {"reason_code": "CLOCK_AHEAD", "as_of": "2099-01-01 00:00:00"},
		f"{ACTIONS}.propose": {"names": names},
		f"{ACTIONS}.correct": {"names": names, "seconds": -7200},
		f"{ACTIONS}.undo": {"names": names},
	}
	for role, status in {"Employee": 403, "HR User": 403, "System Manager": 200, "HR Manager": 200}.items():
		key = desk_user(role).key
		found = {
			path: host.api("POST", f"method/{path}", key, json=values).status_code
			for path, values in calls.items()
		}
		assert set(found.values()) == {status}, (role, found)
		assert all(host.api("GET", f"method/{path}", key).status_code == 403 for path in calls)
	host.settled(user_id, state="Held")
	found = host.api("POST", f"method/{PAGE}.propose_time", json=calls[f"{PAGE}.propose_time"])
	assert found.json()["message"]["names"] == names
