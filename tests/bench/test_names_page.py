"""What lists and forms call people, devices, punches, loads and commands: names with their codes, never a hash."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.bench.browser import settles
from tests.contract.host import real_time

NAIROBI = ZoneInfo("Africa/Nairobi")
PATIENCE = 60_000  # milliseconds: the machine may be busy
TEXTS = "() => [document.title, ...[...document.querySelectorAll('.page-head, .navbar, .list-row, .form-page, .form-footer, .layout-side-section')].map((each) => each.innerText)].join('\\n')"


@pytest.fixture(scope="module")
def gate(host):
	"""A device with a name and a branch."""
	branch = f"Branch {uuid.uuid4().hex[:6]}"
	host.create("Branch", branch=branch)
	tag = f"NAME{uuid.uuid4().hex[:8].upper()}"
	return host.create("CAMS Device", service_tag=tag, label=f"Gate {tag[-4:]}", branch=branch)


@pytest.fixture
def person(host, new_employee):
	return new_employee(first_name=f"Person {uuid.uuid4().hex[:6]}")


@pytest.fixture
def punched(host, gate):
	"""Punch at the gate a minute ago; return the CAMS Punch."""

	def punch(user_id, moment=None, **overrides):
		moment = moment or datetime.now(NAIROBI) - timedelta(minutes=1)
		written = f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300"
		host.callback(real_time(user_id, written, SerialNumber=gate["name"], **overrides))
		return host.settled(user_id)[-1]

	return punch


def test_the_punch_list_names_people_and_devices_and_the_reason_in_words(
	desk, desk_user, gate, person, punched, new_user_id
):
	stranger = new_user_id()
	known, held = punched(person["attendance_device_id"]), punched(stranger)
	page = desk(desk_user("HR Manager"), f"/app/cams-punch?service_tag={gate['name']}")
	row = page.locator(".list-row", has_text=person["employee_name"])
	expect(row).to_contain_text(gate["label"], timeout=PATIENCE)
	expect(row).to_contain_text("Check In")
	other = page.locator(".list-row", has_text=f"Unknown user {stranger}")
	expect(other).to_contain_text("Held")
	expect(other).to_contain_text("Unknown user")
	shown = page.evaluate(TEXTS)
	for code in (known["name"], held["name"], "UNKNOWN_USER", gate["name"], "CheckIn"):
		assert code not in shown


def test_no_row_of_the_punch_list_leaves_its_frame(desk, desk_user, gate, punched, new_user_id):
	punched(new_user_id())
	page = desk(desk_user("HR Manager"), f"/app/cams-punch?service_tag={gate['name']}")
	button = page.locator(".list-row .btn-action").first
	expect(button).to_be_visible(timeout=PATIENCE)
	outside = """() => [...document.querySelectorAll('.list-row .btn-action')].filter((each) => {
		const frame = each.closest('.frappe-list').getBoundingClientRect(), own = each.getBoundingClientRect();
		const seen = document.elementFromPoint(own.x + own.width - 4, own.y + own.height / 2);
		return own.right > frame.right + 1 || !each.contains(seen);
	}).map((each) => each.innerText)"""
	settles(page, outside, [])


def test_what_a_person_looks_for_is_one_click_away(desk, desk_user, host, gate, person, punched, new_user_id):
	stranger = new_user_id()
	punched(person["attendance_device_id"], datetime.now(NAIROBI) - timedelta(days=3))
	punched(stranger)
	page = desk(desk_user("HR Manager"), "/app/cams-punch")
	rows = page.locator(".list-row")
	expect(rows.first).to_be_visible(timeout=PATIENCE)
	page.get_by_role("button", name="Branch").click()
	page.locator(".dropdown-menu:visible").get_by_text(gate["branch"], exact=True).click()
	expect(rows.filter(has_text="Main Gate")).to_have_count(0, timeout=PATIENCE)
	expect(rows.filter(has_text=person["employee_name"]).first).to_be_visible()
	page.get_by_role("button", name="Held", exact=True).click()
	expect(rows.filter(has_text=person["employee_name"])).to_have_count(0, timeout=PATIENCE)
	expect(rows.filter(has_text=f"Unknown user {stranger}")).to_be_visible()
	page.get_by_role("button", name="Today", exact=True).click()
	expect(rows.filter(has_text=f"Unknown user {stranger}")).to_be_visible()


def test_a_punch_is_titled_by_person_time_and_device(desk, desk_user, gate, person, punched):
	punch = punched(person["attendance_device_id"])
	moment = datetime.fromisoformat(punch["punch_time"])
	page = desk(desk_user("HR Manager"), f"/app/cams-punch/{punch['name']}")
	title = f"{person['employee_name']}, {moment.day} {moment:%b %H:%M}, {gate['label']}"
	expect(page.locator(".page-head, .navbar-breadcrumbs").get_by_text(title).first).to_be_visible(
		timeout=PATIENCE
	)
	expect(page.locator("[data-fieldname=employee]:visible").first).to_contain_text(person["name"])
	expect(page.locator("[data-fieldname=service_tag]:visible").first).to_contain_text(gate["name"])
	assert page.locator(".form-page").inner_text().count("Africa/Nairobi") == 1  # not below each time
	page.wait_for_function("document.querySelector('.new-timeline .timeline-item')")
	shown = page.evaluate(TEXTS)
	assert punch["name"] not in shown
	assert "Guest" not in shown


def test_a_command_is_titled_in_words(desk, bench_site, gate, person):
	name = uuid.uuid4().hex[:10]
	bench_site.sql(
		"insert into `tabCAMS Command` (name, owner, creation, modified, operation, service_tag, employee, state)"
		f" values ('{name}', 'Administrator', now(), now(), 'EnrollCard', '{gate['name']}', '{person['name']}', 'Failed')"
	)
	page = desk("Administrator", f"/app/cams-command/{name}")
	title = f"Enrol Card, {person['employee_name']}, {gate['label']}"
	expect(page.locator(".page-head, .navbar-breadcrumbs").get_by_text(title).first).to_be_visible(
		timeout=PATIENCE
	)
	shown = page.evaluate(TEXTS)
	assert name not in shown
	assert "EnrollCard" not in shown
	page.goto(f"{bench_site.url}/app/cams-command?service_tag={gate['name']}")
	row = page.locator(".list-row", has_text="Enrol Card")
	expect(row).to_contain_text(gate["label"], timeout=PATIENCE)
	expect(row).to_contain_text(person["employee_name"])
	assert "EnrollCard" not in page.evaluate(TEXTS)
	bench_site.sql(f"delete from `tabCAMS Command` where name = '{name}'")


def test_a_load_is_titled_by_its_days(desk, bench_site):
	name = uuid.uuid4().hex[:10]
	bench_site.sql(
		"insert into `tabCAMS History Load` (name, owner, creation, modified, from_date, to_date, kind, state)"
		f" values ('{name}', 'Administrator', now(), now(), '2024-01-01', '2024-03-01', 'Manual', 'Done')"
	)
	page = desk("Administrator", f"/app/cams-history-load/{name}")
	expect(page.get_by_text("1 Jan to 1 Mar 2024").first).to_be_visible(timeout=PATIENCE)
	assert name not in page.evaluate(TEXTS)
	page.goto(f"{bench_site.url}/app/cams-history-load?from_date=2024-01-01&to_date=2024-03-01")
	expect(page.locator(".list-row", has_text="1 Jan to 1 Mar 2024").first).to_be_visible(timeout=PATIENCE)
	bench_site.sql(f"delete from `tabCAMS History Load` where name = '{name}'")
