"""Whose an ID is, said on Held Punches in a browser: by Link as it fits, and by Link… for a device and from a day."""

import os

import pytest
from playwright.sync_api import expect

from tests.bench.browser import FITS, SIZE, settles
from tests.contract.host import DONE, SERVICE_TAG, real_time

HELD = "/app/cams-held-punches"
PHONE = {"width": 390, "height": 844}
PATIENCE = 40_000  # milliseconds


@pytest.fixture(autouse=True)
def _nothing_held(bench_site):
	bench_site.sql("delete from `tabCAMS Punch` where state in ('Held', 'Failed')")


@pytest.fixture
def manager(desk_user):
	return desk_user("HR Manager", "HR User")


def hold(host, user_id, *days):
	for day in days:
		answer = host.callback(real_time(user_id, f"2024-09-{day} 08:00:00 GMT +0300"))
		assert answer.content == DONE
	return host.settled(user_id, len(days), state="Held")


def picture(page, name):
	if folder := os.environ.get("PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png")


def row_of(page, user_id):
	return page.locator(f"tr[data-user='{user_id}']")


def choose(row, employee):
	box = row.get_by_role("combobox")
	box.fill(employee)
	box.blur()


@pytest.mark.parametrize("size", [SIZE, PHONE], ids=["desk", "phone"])
def test_two_people_with_one_id_are_settled_for_a_device_from_a_day(host, desk, manager, new_employee, size):
	one = new_employee()
	user_id = one["attendance_device_id"]
	other = new_employee(attendance_device_id=f" {user_id}")
	hold(host, user_id, 16, 17)
	page = desk(manager, HELD, viewport=size)
	row = row_of(page, user_id)
	title = page.locator("section[data-code=UNKNOWN_USER] h4")
	expect(title).to_contain_text("More than one employee has this user ID.")
	expect(row.locator(".cams-chip")).to_have_count(2)
	row.locator(f".cams-chip[data-employee='{other['name']}']").click()
	picture(page, f"ambiguous-{'phone' if size == PHONE else 'desk'}")
	settles(page, FITS)
	row.get_by_role("button", name="More").click()
	row.get_by_role("button", name="Link on Some Devices or Days…").click()
	dialog = page.locator(".modal.show")
	expect(dialog.get_by_text(f"Link {user_id} to {other['employee_name']}")).to_be_visible()
	dialog.locator("[data-fieldname=from_date] input").fill("17-09-2024")
	picture(page, f"link-{'phone' if size == PHONE else 'desk'}")
	dialog.get_by_role("button", name="Link to Employee", exact=True).click()
	expect(page.locator(".cams-results")).to_contain_text("1 recorded", timeout=PATIENCE)
	[mapping] = host.find("CAMS Device ID", {"user_id": user_id}, ["employee", "service_tag", "from_date"])
	assert (mapping["employee"], mapping["service_tag"]) == (other["name"], SERVICE_TAG)
	assert mapping["from_date"] == "2024-09-17"
	states = {each["punch_time"][:10]: each["state"] for each in host.punches(user_id)}
	assert states == {"2024-09-16": "Held", "2024-09-17": "Recorded"}


def test_link_adds_a_further_id_and_undo_takes_it_back(host, desk, manager, new_user_id, new_employee):
	employee, user_id = new_employee(), new_user_id()
	hold(host, user_id, 16)
	page = desk(manager, HELD)
	row = row_of(page, user_id)
	choose(row, employee["name"])
	row.get_by_role("button", name="Link to Employee").click()
	expect(page.locator(".cams-results")).to_contain_text("1 recorded", timeout=PATIENCE)
	assert len(host.checkins(employee["name"])) == 1
	page.locator(".cams-results").get_by_role("button", name="Undo").click()
	page.locator(".modal.show").get_by_role("button", name="Undo").click()
	expect(page.locator(".cams-results")).to_contain_text("1 check-in taken back", timeout=PATIENCE)
	assert host.checkins(employee["name"]) == []
	assert host.find("CAMS Device ID", {"user_id": user_id}) == []
