"""The form of a device in a browser: what waits stands first, and a broken one is replaced."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.bench.rest_gateway import rest_gateway
from tests.contract.host import real_time

PATIENCE = 60_000  # milliseconds: the machine may be busy


@pytest.fixture
def gateway(host):
	with rest_gateway(host) as simulator:
		for number in (1, 2):
			simulator.add_device(f"REPL{uuid.uuid4().hex[:8].upper()}", f"Gate {number}")
		yield simulator


def test_what_waits_at_a_device_stands_first_and_leads_there(host, desk, new_device, new_user_id):
	device, stranger = new_device(label="East Gate"), new_user_id()
	host.callback(real_time(stranger, SerialNumber=device["name"]))
	host.settled(stranger, state="Held")
	page = desk("Administrator", f"/app/cams-device/{device['name']}")
	cockpit = page.locator(".cams-cockpit")
	expect(cockpit).to_contain_text("Held Punches", timeout=PATIENCE)
	assert page.locator(".page-head").get_by_text("East Gate").count()
	expect(page.get_by_text("Connections", exact=True)).to_be_hidden()  # nothing stands above it
	cockpit.locator("a[data-list='0']", has_text="1").click()
	expect(page.locator(".list-row", has_text=f"Unknown user {stranger}")).to_be_visible(timeout=PATIENCE)


def test_a_broken_device_is_replaced(host, desk, gateway, new_employee):
	old, new = gateway.world.devices
	host.create("CAMS Device", service_tag=old, label="North Gate", direction="IN")
	employee = new_employee()
	host.callback(real_time(employee["attendance_device_id"], SerialNumber=old))
	host.settled(employee["attendance_device_id"], state="Recorded")

	page = desk("Administrator", f"/app/cams-device/{old}")
	page.get_by_role("button", name="More").click(timeout=PATIENCE)
	page.locator(".dropdown-menu:visible").get_by_text("Replace", exact=True).click()
	dialog = page.locator(".modal.show")
	dialog.get_by_role("button", name="Migration Status").click()
	expect(dialog).to_contain_text("Migration at the gateway: Done, 2 of 2 devices", timeout=PATIENCE)
	dialog.locator("input[data-fieldname=service_tag]").fill(new)
	dialog.locator("input[data-fieldname=service_tag]").press("Tab")
	with page.expect_response(lambda answer: "run_doc_method" in answer.url, timeout=PATIENCE) as replaced:
		dialog.get_by_role("button", name="Replace", exact=True).click()
	assert replaced.value.ok, replaced.value.text()
	done = page.locator(".modal.show", has_text=f"{new} is North Gate from now on.")
	expect(done).to_be_visible(timeout=PATIENCE)

	successor, broken = host.get("CAMS Device", new), host.get("CAMS Device", old)
	assert (successor["label"], successor["direction"], successor["enabled"]) == ("North Gate", "IN", 1)
	assert (broken["enabled"], broken["replaced_by"]) == (0, new)
	late = "2024-09-17 17:00:00 GMT +0300"
	host.callback(real_time(employee["attendance_device_id"], late, SerialNumber=old))
	host.settled(employee["attendance_device_id"], 2, state="Recorded")
