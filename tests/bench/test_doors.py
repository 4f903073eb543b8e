"""Doors and access schedules on a bench, over HTTP, against the simulated gateway."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from tests.bench.rest_gateway import rest_gateway
from tests.bench.users import new_user
from tests.contract.host import SETTINGS

APP_PATH = "navari_cams_biometric.cams_biometric"
SWEEP = f"{APP_PATH}.command_queue.queue.sweep"
ROLE = "CAMS Door Operator"
MONDAY = {"day": "Monday", "start": "08:00:00", "end": "17:00:00"}


@pytest.fixture
def gateway(host):
	"""A gateway with two devices that are records on the site too."""
	with rest_gateway(host) as simulator:
		for number in (1, 2):
			device = simulator.add_device(f"DOOR{uuid.uuid4().hex[:8].upper()}", f"Gate {number}")
			host.create("CAMS Device", service_tag=device.service_tag, label=device.label)
		yield simulator


@pytest.fixture
def tags(gateway):
	return list(gateway.world.devices)


@pytest.fixture(scope="module")
def operator(host):
	return new_user(host, ROLE)


@pytest.fixture(scope="module")
def manager(host):
	return new_user(host, "HR Manager")


def call(host, user, method, tag, **arguments):
	return host.document_response("CAMS Device", tag, method, user.key, **arguments)


def check(host, user, name):
	return host.document_response("CAMS Command", name, "check_now", user.key)


def result(response):
	assert response.status_code == 200, response.text
	return response.json().get("message")


def refusal(response):
	assert response.status_code == 417, response.text
	return "".join(json.loads(each)["message"] for each in json.loads(response.json()["_server_messages"]))


def reached(host, name, *states, seconds=120):
	"""Wait until the worker has brought a command to one of the states, and the gateway has what is Sent; return the
	command.

	After a migration the only worker may be busy for a minute, with the website's search index.
	"""
	deadline = time.monotonic() + seconds
	while True:
		command = host.get("CAMS Command", name)
		if command["state"] in states and (command["state"] != "Sent" or command.get("answered_at")):
			return command
		assert time.monotonic() < deadline, command
		time.sleep(0.1)


def answered(host, name):
	"""Wait until the gateway has taken a command; return the command."""
	deadline = time.monotonic() + 180
	while not (command := host.get("CAMS Command", name)).get("answered_at"):
		assert time.monotonic() < deadline, command
		time.sleep(0.1)
	return command


def sweep(bench_site):
	"""What the scheduler does each minute, as if all of it were due."""
	bench_site.sql("update `tabCAMS Command` set due_at = '2024-01-01' where due_at is not null")
	bench_site.execute(SWEEP)


def commands(gateway):
	return [request.operation for request in gateway.received if request.method == "POST"]


def test_the_role_is_there_and_belongs_to_the_desk(host, operator):
	assert host.get("Role", ROLE)["desk_access"] == 1
	assert host.get("User", operator.email)["user_type"] == "System User"


def test_an_operator_reads_devices_and_their_commands_and_changes_neither(host, operator, tags):
	path = f"resource/CAMS Device/{tags[0]}"
	assert host.api("GET", path, operator.key).json()["data"]["label"] == "Gate 1"
	assert host.api("PUT", path, operator.key, json={"label": "Mine"}).status_code == 403
	assert host.api("GET", "resource/CAMS Command", operator.key).status_code == 200


def test_a_door_opens_and_closes_and_who_asked_and_why_is_kept(host, bench_site, gateway, tags, operator):
	door = gateway.world.devices[tags[0]].doors
	name = result(call(host, operator, "open_door", tags[0], door=2, reason="A delivery"))
	assert answered(host, name)["state"] == "Sent"
	assert door == {1: "Closed", 2: "Closed"}
	assert result(check(host, operator, name)) == "Sent"

	gateway.tick(15)
	assert door == {1: "Closed", 2: "Open"}
	assert result(check(host, operator, name)) == "Done"
	gateway.tick(5)
	assert door == {1: "Closed", 2: "Closed"}

	command = host.api("GET", f"resource/CAMS Command/{name}", operator.key).json()["data"]
	assert (command["asked_by"], command["reason"]) == (operator.email, "A delivery")
	assert (command["state"], command["operation"], command["attempts"]) == ("Done", "OpenDoor", 1)
	assert command["finished_at"]
	sweep(bench_site)
	assert commands(gateway) == ["OpenDoor"]


def test_the_door_of_an_offline_device_stays_closed_when_it_is_back(
	host, bench_site, gateway, tags, operator
):
	gateway.set_online(tags[0], False)
	name = result(call(host, operator, "open_door", tags[0], door=1, reason="A guest"))
	assert "the device is offline" in reached(host, name, "Failed")["outcome"]

	gateway.set_online(tags[0], True)
	gateway.tick(15)
	sweep(bench_site)
	assert host.get("CAMS Command", name)["state"] == "Failed"
	assert gateway.world.devices[tags[0]].door_events == []
	assert commands(gateway) == []


def test_a_door_is_cancelled_or_sent_and_never_both(host, gateway, tags, operator):
	"""The worker and the button meet in each of 30 rounds; whoever is first wins."""
	cancelled, opened = 0, 0
	for number in range(30):
		before = len(commands(gateway))
		name = result(call(host, operator, "open_door", tags[0], door=1, reason="A guest"))
		time.sleep(0.004 * number)
		in_time = result(host.document_response("CAMS Command", name, "cancel_command", operator.key))
		state = reached(host, name, "Cancelled", "Sent", "Done", "Failed")["state"]
		answered(host, name)
		sent = len(commands(gateway)) - before
		assert (state == "Cancelled", sent) == ((True, 0) if in_time else (False, 1)), (
			number,
			state,
			in_time,
		)
		cancelled, opened = cancelled + bool(in_time), opened + sent
		gateway.tick(20)
	assert cancelled + opened == 30


def test_a_locked_door_is_told_as_locked(host, gateway, tags, operator, manager):
	name = result(call(host, operator, "lock_door", tags[0], door=1, reason="Night"))
	reached(host, name, "Sent")
	assert result(call(host, manager, "door_status", tags[0], door=1)) == "Closed"
	gateway.tick(15)

	assert result(call(host, manager, "door_status", tags[0], door=1)) == "Locked"
	assert result(call(host, operator, "door_status", tags[0])) == "Locked"


def test_an_offline_device_cannot_tell_how_its_door_stands(host, gateway, tags, operator):
	gateway.set_online(tags[0], False)
	words = refusal(call(host, operator, "door_status", tags[0], door=1))
	assert "Gate 1 is offline" in words


def test_a_button_leaves_alone_what_is_typed_in_the_form_and_not_saved(host, desk, tags):
	page = desk("Administrator", f"/app/cams-device/{tags[0]}")
	page.wait_for_function(
		f"window.cur_frm && cur_frm.docname === '{tags[0]}' && cur_frm.custom_buttons.Ping"
	)
	page.evaluate("cur_frm.set_value('label', 'Typed')")
	page.evaluate("cur_frm.custom_buttons.Ping.trigger('click')")
	expect(page.get_by_text("The gateway reaches the device.")).to_be_visible()
	assert page.evaluate("[cur_frm.doc.label, Boolean(cur_frm.is_dirty())]") == ["Typed", True]

	page.evaluate("cur_frm.save()")
	expect(page.get_by_text("Saved", exact=True)).to_be_visible()
	assert host.get("CAMS Device", tags[0])["label"] == "Typed"


def test_a_reason_is_required(host, gateway, tags, operator):
	assert "Enter a reason" in refusal(call(host, operator, "open_door", tags[0], door=1, reason=" "))
	assert "Enter a reason" in refusal(call(host, operator, "lock_door", tags[0], door=1))
	assert host.find("CAMS Command", {"service_tag": tags[0]}) == []


@pytest.fixture
def schedule(host, tags):
	"""For everybody, on both devices."""
	made = host.create(
		"CAMS Access Schedule",
		schedule_name=f"Hours {uuid.uuid4().hex[:8]}",
		everybody=1,
		windows=[MONDAY],
		devices=[{"service_tag": tag} for tag in tags],
	)
	yield made["name"]
	host.delete("CAMS Access Schedule", made["name"])


def lines(host, schedule):
	stored = host.get("CAMS Access Schedule", schedule)
	return [stored["state"], *(line["state"] for line in stored["devices"])]


def send_response(host, user, schedule):
	return host.document_response("CAMS Access Schedule", schedule, "send_to_devices", user.key)


def send(host, user, schedule):
	"""Send it and wait for the worker; return the commands."""
	result(send_response(host, user, schedule))
	names = [line["command"] for line in host.get("CAMS Access Schedule", schedule)["devices"]]
	for name in names:
		reached(host, name, "Sent", "Waiting for Device", "Done")
		answered(host, name)
	return names


def test_a_schedule_comes_into_force_and_a_change_is_sent_again(
	host, bench_site, gateway, tags, schedule, manager, new_employee
):
	assert lines(host, schedule) == ["Not Sent", "Not Sent", "Not Sent"]
	send(host, manager, schedule)
	assert lines(host, schedule) == ["Waiting", "Waiting", "Waiting"]
	gateway.tick(15)
	sweep(bench_site)
	assert lines(host, schedule) == ["Applied", "Applied", "Applied"]
	in_force = {"Windows": [{"Day": "Monday", "Start": "08:00", "End": "17:00"}], "UserIDs": []}
	assert [gateway.world.devices[tag].schedules for tag in tags] == [{schedule: in_force}] * 2

	employee = new_employee()
	people = [{"employee": employee["name"]}]
	path = f"resource/CAMS Access Schedule/{schedule}"
	changed = host.api("PUT", path, manager.key, json={"everybody": 0, "employees": people})
	assert changed.status_code == 200
	assert lines(host, schedule) == ["Outdated"] * 3
	send(host, manager, schedule)
	gateway.tick(15)
	sweep(bench_site)
	assert lines(host, schedule) == ["Applied"] * 3
	expected = {**in_force, "UserIDs": [employee["attendance_device_id"]]}
	assert [gateway.world.devices[tag].schedules for tag in tags] == [{schedule: expected}] * 2


def test_an_offline_device_takes_a_schedule_later(host, bench_site, gateway, tags, schedule, manager):
	gateway.set_online(tags[1], False)
	send(host, manager, schedule)
	gateway.tick(15)
	sweep(bench_site)
	assert lines(host, schedule) == ["Partially Applied", "Applied", "Waiting"]

	gateway.set_online(tags[1], True)
	gateway.tick(15)
	sweep(bench_site)
	assert lines(host, schedule) == ["Applied"] * 3


def test_outcomes_that_come_at_the_same_moment_are_all_counted(host, gateway, schedule, manager):
	for _round in range(5):
		names = send(host, manager, schedule)
		gateway.tick(15)
		with ThreadPoolExecutor(len(names)) as pool:
			checks = [pool.submit(check, host, manager, name) for name in names]
		assert [result(check.result()) for check in checks] == ["Done", "Done"]
		assert lines(host, schedule) == ["Applied"] * 3


def test_an_outcome_and_a_save_at_the_same_moment_lose_nothing(host, gateway, tags, schedule, manager):
	"""A form that is saved while an outcome arrives neither undoes it nor fails."""
	path = f"resource/CAMS Access Schedule/{schedule}"
	for number in range(5):
		names = send(host, manager, schedule)
		gateway.tick(15)
		with ThreadPoolExecutor(3) as pool:
			checks = [pool.submit(check, host, manager, name) for name in names]
			windows = [MONDAY, {**MONDAY, "day": "Tuesday"}][: 1 + number % 2]
			saved = pool.submit(host.api, "PUT", path, manager.key, json={"windows": windows})
		assert [result(check.result()) for check in checks] == ["Done", "Done"]
		assert saved.result().status_code == 200
		changed = number > 0
		assert set(lines(host, schedule)) == ({"Outdated"} if changed else {"Applied"})


def test_the_form_is_told_where_the_gateway_api_has_no_schedules(host, schedule, manager):
	path = f"method/frappe.desk.form.load.getdoc?doctype=CAMS Access Schedule&name={schedule}"
	assert "lacking_api" not in host.api("GET", path, manager.key).json()["docs"][0].get("__onload", {})
	host.update(SETTINGS, SETTINGS, gateway_api="Web API 3.0")

	assert host.api("GET", path, manager.key).json()["docs"][0]["__onload"]["lacking_api"] == "Web API 3.0"
	words = refusal(send_response(host, manager, schedule))
	assert "not supported by Web API 3.0" in words


def test_a_deleted_schedule_is_noted_on_the_devices_that_keep_it(host, gateway, tags, manager):
	values = {"everybody": 1, "windows": [MONDAY], "devices": [{"service_tag": tags[0]}]}
	name = host.create("CAMS Access Schedule", schedule_name=f"Hours {uuid.uuid4().hex[:8]}", **values)[
		"name"
	]
	send(host, manager, name)
	response = host.api("DELETE", f"resource/CAMS Access Schedule/{name}")

	assert response.status_code == 202
	assert "cannot delete a schedule" in response.json()["_server_messages"]
	filters = {"reference_doctype": "CAMS Device", "reference_name": tags[0], "comment_type": "Info"}
	[comment] = host.find("Comment", filters)
	assert name in comment["content"]


def report(host, user, **filters):
	body = {"report_name": "CAMS Access Events", "filters": json.dumps(filters)}
	return host.api("POST", "method/frappe.desk.query_report.run", user.key, json=body)


def test_events_and_door_commands_stand_in_one_report(host, gateway, tags, operator, manager, new_employee):
	employee = new_employee(last_name="Of The Report")
	gateway.punch(tags[0], employee["attendance_device_id"])
	name = result(call(host, operator, "open_door", tags[0], door=1, reason="A delivery"))
	reached(host, name, "Sent")
	gateway.tick(15)
	today = gateway.world.now.astimezone(gateway.world.devices[tags[0]].zone).date().isoformat()

	for user, person in ((operator, ""), (manager, employee["employee_name"])):
		told = result(report(host, user, device=tags[0], from_date=today, to_date=today))
		assert told["message"] is None
		rows = {row["event"]: row for row in told["result"]}
		assert set(rows) == {"CheckIn", "Open Door", "DoorOpened"}
		assert rows["CheckIn"]["person"] == person
		asked = rows["Open Door"]
		assert (asked["asked_by"], asked["reason"], asked["source"]) == (
			operator.email,
			"A delivery",
			"From ERPNext",
		)
		times = [row["time"] for row in told["result"]]
		assert times == sorted(times)


def test_the_report_shows_this_sites_rows_where_the_gateway_refuses(host, gateway, tags, operator):
	name = result(call(host, operator, "lock_door", tags[0], door=1, reason="Night"))
	reached(host, name, "Sent")
	gateway.fail_next("server_error", operation="GetAccessEvents")
	told = result(report(host, operator, device=tags[0]))

	assert [row["event"] for row in told["result"]] == ["Lock Door"]
	assert "The gateway did not return its events" in told["message"]


def test_the_report_is_for_those_who_may_ask_about_doors(host, gateway, tags):
	for role in ("HR User", "Employee"):
		assert report(host, new_user(host, role), device=tags[0]).status_code == 403
	assert gateway.received == []
