"""`bench --site SITE cams ...`: what is printed, as a table and as JSON, and how it ends."""

import json
import threading
import time
import uuid

import pytest

from tests.bench.rest_gateway import rest_gateway
from tests.contract.host import SETTINGS


@pytest.fixture(scope="module")
def gateway(host, bench_site):
	"""A gateway with two devices that are the only enabled ones here."""
	with bench_site.other_devices_resting(), rest_gateway(host) as simulator:
		for number in (1, 2):
			tag = f"CLI{uuid.uuid4().hex[:8].upper()}"
			simulator.add_device(tag, f"Gate {number}")
			host.create("CAMS Device", service_tag=tag, label=f"Gate {number}")
		yield simulator


@pytest.fixture
def tags(gateway):
	return list(gateway.world.devices)[:2]


@pytest.fixture
def cams(bench_site):
	return lambda *arguments: bench_site.command("cams", *arguments)


@pytest.fixture
def moving(gateway):
	"""The gateway's clock runs, so that commands reach their devices."""
	ended = threading.Event()

	def move():
		while not ended.wait(0.2):
			gateway.tick(5)

	mover = threading.Thread(target=move)
	mover.start()
	yield
	ended.set()
	mover.join()


def found(rows, **values):
	[row] = [row for row in rows if all(row[name] == value for name, value in values.items())]
	return row


def test_devices_are_listed_as_they_are_known_and_asked_after_with_refresh(gateway, tags, cams):
	before = found(cams("devices", "--json").json, service_tag=tags[0])
	assert (before["enabled"], before["online"], before["health"]) == (True, None, None)
	assert cams("devices", "--fail-unhealthy").code == 1
	assert gateway.received == []

	refreshed = cams("devices", "--refresh", "--fail-unhealthy", "--json")
	assert refreshed.code == 0, refreshed.err
	row = found(refreshed.json, service_tag=tags[0])
	assert (row["label"], row["online"], row["health"], row["problems"]) == ("Gate 1", True, "Healthy", [])
	assert (row["queue_depth"], row["clock_skew"], row["note"]) == (0, None, "")
	assert set(row) == {
		"service_tag",
		"label",
		"enabled",
		"online",
		"health",
		"condition",
		"problems",
		"note",
		"checked_at",
		"last_reported",
		"last_punch",
		"last_seen",
		"queue_depth",
		"clock_skew",
		"licence_until",
	}


def test_devices_are_a_table_with_aligned_columns(gateway, tags, cams):
	ended = cams("devices", "--refresh")
	heading, *lines = ended.out.splitlines()
	assert heading.split("  ")[0] == "Service Tag"
	place = heading.index("Health")
	[line] = [line for line in lines if line.startswith(tags[0])]
	assert line[place:].startswith("Healthy")
	assert ended.code == 0


def test_an_unwell_device_makes_the_command_fail_if_that_is_wanted(gateway, tags, cams, bench_site):
	bench_site.sql(f"update `tabCAMS Device` set licence_until = '2020-01-01' where name = '{tags[1]}'")
	try:
		assert cams("devices", "--refresh").code == 0
		ended = cams("devices", "--fail-unhealthy", "--json")
		assert ended.code == 1
		row = found(ended.json, service_tag=tags[1])
		assert (row["health"], row["problems"], row["licence_until"]) == (
			"Licence Expiring",
			["Licence Expiring"],
			"2020-01-01",
		)
	finally:
		bench_site.sql(f"update `tabCAMS Device` set licence_until = null where name = '{tags[1]}'")


def test_a_gateway_that_is_down_is_said_and_fails(gateway, tags, cams):
	gateway.fail_next("server_error", times=2)
	ended = cams("devices", "--refresh")

	assert ended.code == 1
	assert "refused with 500" in ended.err
	assert tags[0] in ended.out
	assert "Traceback" not in ended.err


def test_people_are_read_and_listed_with_their_credentials(gateway, tags, cams, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	credentials = {("Fingerprint", "6"): "x", ("Card", ""): "x"}
	gateway.add_user(tags[0], user_id, first_name="Employee", last_name="One", credentials=credentials)
	gateway.add_user(tags[0], "GONE", first_name="Employee", last_name="Two")
	assert cams("users", "--device", tags[0]).out.strip() == "Nobody is known to be on this device."

	ended = cams("users", "--device", tags[0], "--refresh", "--json")
	assert ended.code == 0, ended.err
	row = found(ended.json, user_id=user_id)
	assert (row["name"], row["fingerprints"], row["cards"], row["faces"]) == ("Employee One", 1, 1, 0)
	assert (row["employee"], row["employee_status"]) == (employee["name"], "Active")

	del gateway.world.devices[tags[0]].users["GONE"]
	assert cams("sync-users", "--device", tags[0], "--json").json == [
		{"service_tag": tags[0], "people": 1, "error": ""}
	]
	assert [row["user_id"] for row in cams("users", "--device", tags[0], "--json").json] == [user_id]


def test_a_device_that_cannot_be_read_does_not_keep_the_others(gateway, tags, cams, host):
	tag = f"CLI{uuid.uuid4().hex[:8].upper()}"
	host.create("CAMS Device", service_tag=tag)
	try:
		ended = cams("sync-users", "--json")
		assert ended.code == 1
		assert "Verify the service tag" in found(ended.json, service_tag=tag)["error"]
		assert found(ended.json, service_tag=tags[1])["error"] == ""
	finally:
		host.update("CAMS Device", tag, enabled=0)


def test_a_door_is_opened_and_followed_to_the_end(gateway, tags, cams, host, moving):
	ended = cams("door", "open", "--device", tags[0], "--door", "2", "--reason", "delivery", "--json")

	assert ended.code == 0, ended.out + ended.err
	told = ended.json
	assert (told["operation"], told["state"], told["asked_by"]) == ("OpenDoor", "Done", "Administrator")
	assert told["reason"] == "From the command line: delivery"
	assert host.get("CAMS Command", told["name"])["state"] == "Done"
	assert gateway.world.devices[tags[0]].door_events[-1]["Door"] == "2"


def test_a_door_of_an_offline_device_is_still_under_way(gateway, tags, cams):
	gateway.set_online(tags[1], False)
	try:
		ended = cams("door", "lock", "--device", tags[1], "--reason", "night", "--wait", "5")
		assert ended.code == 3, ended.out + ended.err
		assert "Waiting for Device" in ended.out
	finally:
		gateway.set_online(tags[1], True)


def test_without_waiting_a_command_is_under_way_at_once(tags, cams):
	began = time.monotonic()
	ended = cams("door", "lock", "--device", tags[1], "--reason", "night", "--wait", "0", "--json")

	assert (ended.code, ended.json["state"]) == (3, "Queued")
	assert time.monotonic() - began < 20


def test_a_command_that_is_refused_fails(gateway, tags, cams):
	gateway.fail_next("drop", operation="OpenDoor")
	ended = cams("door", "open", "--device", tags[0], "--reason", "delivery", "--json")

	assert (ended.code, ended.json["state"], ended.json["outcome_unknown"]) == (1, "Failed", True)
	assert "got no answer" in ended.json["outcome"]


def test_the_state_of_a_door_is_read(gateway, tags, cams):
	ended = cams("door", "status", "--device", tags[0], "--door", "2", "--json")
	assert (ended.code, ended.json) == (0, {"service_tag": tags[0], "door": 2, "state": "Closed"})

	assert "Closed" in cams("door", "status", "--device", tags[0]).out
	refused = cams("door", "status", "--device", tags[0], "--door", "9")
	assert (refused.code, refused.out) == (1, "")
	assert "Door not found" in refused.err


def test_commands_are_listed_shown_and_asked_after(gateway, tags, cams):
	before = len(gateway.received)
	name = cams("door", "open", "--device", tags[0], "--reason", "x", "--wait", "0", "--json").json["name"]
	listed = cams("command", "--json")
	assert listed.code == 0
	assert listed.json[0]["name"] == name
	assert len(listed.json) <= 20
	assert name in cams("command").out.splitlines()[1]

	deadline = time.monotonic() + 90
	while cams("command", name, "--json").json["state"] != "Sent" or len(gateway.received) == before:
		assert time.monotonic() < deadline
	assert cams("command", name).code == 3
	gateway.tick(20)
	ended = cams("command", name, "--check")
	assert ended.code == 0
	assert any(line.split() == ["state", "Done"] for line in ended.out.splitlines())


@pytest.mark.parametrize(
	"arguments",
	[
		("users",),
		("users", "--device", "NOSUCHDEVICE"),
		("sync-users", "--device", "NOSUCHDEVICE"),
		("door", "open", "--device", "TAG"),
		("door", "open", "--device", "TAG", "--reason", " "),
		("door", "kick", "--device", "TAG", "--reason", "x"),
		("door", "open", "--device", "TAG", "--reason", "x", "--door", "0"),
		("command", "nosuchname"),
		("command", "--check"),
		("nothing",),
	],
)
def test_wrong_usage_ends_with_2_and_asks_nothing(gateway, tags, cams, arguments):
	asked = len(gateway.received)
	ended = cams(*(tags[0] if each == "TAG" else each for each in arguments))

	assert ended.code == 2, ended.out + ended.err
	assert "Error" in ended.err
	assert len(gateway.received) == asked


def test_the_bench_knows_the_commands(gateway, tags, bench_site):
	"""In a process of its own, as everybody starts it."""
	told = json.loads(bench_site.process("cams", "devices", "--json"))
	assert {row["service_tag"] for row in told} >= set(tags)


def test_what_the_gateway_api_lacks_is_refused_in_words(gateway, tags, cams, host):
	host.update(SETTINGS, SETTINGS, gateway_api="Web API 3.0", base_url=gateway.web_api_url)
	try:
		ended = cams("door", "open", "--device", tags[0], "--reason", "x")
		assert (ended.code, ended.out) == (1, "")
		assert "Open Door is not supported by Web API 3.0" in ended.err
		assert "Traceback" not in ended.err
		ended = cams("sync-users", "--device", tags[0])
		assert (ended.code, ended.out) == (1, "")
		assert "has no list of the people" in ended.err
	finally:
		host.update(SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=gateway.rest_url)
