"""Add Punch and Fetch Shift Again in a browser: on Missing Punches, on Day Repairs and on the forms."""

import os
import re
import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.contract.host import DONE, real_time

DAY = date.today() - timedelta(days=2)
REPAIR = "CAMS Day Repair"
SWEEP = "navari_cams_biometric.cams_biometric.day_repair.repair.sweep"
PATIENCE = 40_000  # milliseconds


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager", "HR User")


@pytest.fixture
def shift(host):
	name = f"Day {uuid.uuid4().hex[:6]}"
	margins = {"begin_check_in_before_shift_start_time": 60, "allow_check_out_after_shift_end_time": 60}
	times = {"start_time": "08:00:00", "end_time": "17:00:00", "enable_auto_attendance": 1, **margins}
	decided = {
		"process_attendance_after": str(DAY),
		"last_sync_of_checkin": f"{DAY + timedelta(days=1)} 12:00:00",
	}
	return host.create("Shift Type", name=name, __newname=name, **times, **decided)["name"]


def arrive(host, person, *punches):
	user_id = person["attendance_device_id"]
	for clock, kind in punches:
		body = real_time(user_id, f"{DAY} {clock} GMT +0300", Type=kind)
		assert host.callback(body).content == DONE
	host.settled(user_id, len(punches), state="Recorded")


def picture(page, name):
	if folder := os.environ.get("PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png")


def test_a_missing_out_is_added_in_its_row_and_taken_back(host, desk, manager, shift, new_employee):
	person = new_employee(default_shift=shift)
	arrive(host, person, ("08:01:00", "CheckIn"))
	span = f"from_date={DAY}&to_date={DAY}&employee={person['name']}"
	page = desk(manager, f"/app/query-report/CAMS Missing Punches?{span}")
	page.locator(".cams-add-punch").first.click(timeout=PATIENCE)
	dialog = page.locator(".modal.show")
	expect(dialog.locator("[data-fieldname=time] input")).to_have_value(f"{DAY:%d-%m-%Y} 17:00:00")
	expect(dialog.locator("select")).to_have_value("OUT")
	dialog.locator("[data-fieldname=reason] textarea").fill("The reader was being repaired")
	picture(page, "add-punch")
	dialog.get_by_role("button", name="Add Punch").click()
	expect(page.locator("#alert-container")).to_contain_text("Punch added", timeout=PATIENCE)
	checkin = host.checkins(person["name"])[-1]
	assert (checkin["log_type"], checkin["shift"], checkin["time"][11:19]) == ("OUT", shift, "17:00:00")

	page.goto(f"{host.url}/app/employee-checkin/{checkin['name']}")
	expect(page.locator(".form-message")).to_contain_text("The reader was being repaired", timeout=PATIENCE)
	page.get_by_role("button", name="Device Punch").click()
	page.locator(".dropdown-menu:visible").get_by_text("Take Back", exact=True).click()
	page.locator(".modal.show").get_by_role("button", name="Yes").click()
	expect(page.locator("#alert-container")).to_contain_text("Punch taken back", timeout=PATIENCE)
	assert len(host.checkins(person["name"])) == 1


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize("place", ["button", "cell"])
def test_the_button_of_a_row_is_pressed_by_keyboard(host, desk, manager, shift, new_employee, key, place):
	person = new_employee(default_shift=shift)
	arrive(host, person, ("08:01:00", "CheckIn"))
	span = f"from_date={DAY}&to_date={DAY}&employee={person['name']}"
	page = desk(manager, f"/app/query-report/CAMS Missing Punches?{span}")
	button = page.locator(".cams-add-punch").first
	expect(button).to_be_visible(timeout=PATIENCE)
	dialog = page.locator(".modal.show [data-fieldname=reason] textarea")
	while not dialog.is_visible():
		pressed = press(page, button, place, key)
		try:
			dialog.wait_for(timeout=PATIENCE / 4)
		except TimeoutError:
			is_there = "element => element !== document.body && element.isConnected"
			assert not pressed.evaluate(is_there), "it was pressed, and nothing happened"


def press(page, button, place, key):
	"""Frappe may draw the table once more, and what has the focus is gone."""
	if place == "button":
		button.focus()
	else:
		cell = button.locator("xpath=ancestor::*[contains(@class, 'dt-cell ')]")
		cell.click(position={"x": 2, "y": 2})
		expect(cell).to_have_class(re.compile("dt-cell--focus"))
		expect(cell).to_be_focused()
	focused = page.evaluate_handle("document.activeElement")
	page.keyboard.press(key)
	return focused


def test_check_ins_without_a_shift_are_on_the_list_and_fetched_from_it(
	host, desk, manager, shift, new_employee, bench_site
):
	person = new_employee()
	arrive(host, person, ("08:01:00", "CheckIn"), ("17:03:00", "CheckOut"))
	bench_site.execute(SWEEP)
	[row] = host.find(REPAIR, {"employee": person["name"]}, fields=["name", "reason_code"])
	assert row["reason_code"] == "NO_SHIFT"
	bench_site.sql(f"update tabEmployee set default_shift = '{shift}' where name = '{person['name']}'")
	bench_site.bench("clear-cache")
	page = desk(manager, f"/app/cams-day-repair?employee={person['name']}")
	expect(page.get_by_role("button", name="Fetch Shift Again")).to_be_visible(timeout=PATIENCE)
	expect(page.get_by_role("button", name="Add Punch")).to_be_visible()
	listed = page.locator(".result .list-row-container", has_text="No shift")
	expect(listed.first).to_be_visible(timeout=PATIENCE)
	picture(page, "days-to-repair")
	page.goto(f"{host.url}/app/cams-day-repair/{row['name']}")
	expect(page.locator(".form-message")).to_contain_text(
		"the employee has none on that day", timeout=PATIENCE
	)
	expect(page.locator(".form-page")).to_contain_text("Not Counted")
	expect(page.get_by_text("First In").first).to_be_hidden()
	picture(page, "never-counted")
	page.get_by_role("button", name="Fetch Shift Again").click()
	expect(page.locator("#alert-container")).to_contain_text("Repaired: 1", timeout=PATIENCE)
	assert [each["shift"] for each in host.checkins(person["name"])] == [shift] * 2
