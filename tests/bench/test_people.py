"""Employees on devices, on a real bench against the simulated gateway: what the devices have afterwards counts."""

import base64
import json
import time
import uuid
import zlib

import pytest
import redis

from simulator import Simulator
from tests.bench.test_site import _everything
from tests.contract.host import SERVICE_TAG, SETTINGS, TOKEN

PEOPLE = "method/navari_cams_biometric.cams_biometric.controllers.enrolment_actions"
SWEEP = "navari_cams_biometric.cams_biometric.command_queue.queue.sweep"
SWITCHES = ("enrol_employees", "update_employees", "remove_employees")
PIN, CARD, LOST_PIN = "73519046285", "40617289355", "91827364550"
JPEG = (
	"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////////"
	"//////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8A"
	"N//Z"
)
MANY = 500


@pytest.fixture(scope="module", autouse=True)
def no_other_device(host, bench_site):
	"""Whoever leaves is removed from every device of the site: those of other tests would be waited for."""
	bench_site.sql("update `tabCAMS Command` set state = 'Cancelled' where state in ('Queued', 'Sent')")
	bench_site.sql("delete from `tabCAMS Device`")
	host.update(SETTINGS, SETTINGS, service_tag_id=SERVICE_TAG)


@pytest.fixture
def gateway(host, bench_site):
	"""A gateway with four devices, which stand in one branch here."""
	branch = f"Branch {uuid.uuid4().hex[:6]}"
	host.create("Branch", branch=branch)
	with Simulator(token=TOKEN) as simulator:
		simulator.branch = branch
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		for number in range(1, 5):
			tag = f"PPL{uuid.uuid4().hex[:8].upper()}"
			simulator.add_device(tag, f"Gate {number}")
			host.create("CAMS Device", service_tag=tag, label=f"Gate {number}", branch=branch)
		yield simulator
		host.update(SETTINGS, SETTINGS, base_url="", **dict.fromkeys(SWITCHES, 0))
		tags = ", ".join(f"'{tag}'" for tag in simulator.world.devices)
		for table in ("tabCAMS Command", "tabCAMS Device User"):
			bench_site.sql(f"delete from `{table}` where service_tag in ({tags})")
		for (
			tag
		) in simulator.world.devices:  # of a device that a worker has locked just then Frappe deletes nothing
			until(lambda tag=tag: host.api("DELETE", f"resource/CAMS Device/{tag}").ok, f"{tag} is in use")


@pytest.fixture
def tags(gateway):
	return list(gateway.world.devices)


@pytest.fixture
def employee(gateway, new_employee):
	return new_employee(first_name="Employee", last_name="One", branch=gateway.branch)


@pytest.fixture
def key_of(host):
	"""Make a user of one role; return its key for REST, and its name."""

	def create(role):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		values = {"first_name": role, "send_welcome_email": 0, "api_key": key, "api_secret": secret}
		host.create("User", email=f"{key}@example.com", roles=[{"role": role}], **values)
		return f"{key}:{secret}", f"{key}@example.com"

	return create


def call(host, function, key=None, **arguments):
	response = host.api("POST", f"{PEOPLE}.{function}", key, json=arguments)
	assert response.status_code == 200, response.text[:2000]
	return response.json().get("message")


def until(condition, what, seconds=180):
	deadline = time.monotonic() + seconds
	while not (found := condition()):
		assert time.monotonic() < deadline, what() if callable(what) else what
		time.sleep(0.1)
	return found


def commands_of(host, tags, **filters):
	fields = ["name", "operation", "service_tag", "user_id", "state", "outcome", "asked_by", "reason"]
	return host.find("CAMS Command", {"service_tag": ["in", list(tags)], **filters}, fields)


def finish(host, gateway, sweep=None, **filters):
	"""Wait until all is sent, let the devices do it, and ask the gateway after each. `sweep` is called each 15 seconds
	meanwhile, as the scheduler does each minute: a row that is locked at the wrong moment is left to the next sweep."""
	tags = list(gateway.world.devices)
	swept_at = time.monotonic()

	def all_sent():
		nonlocal swept_at
		if sweep and time.monotonic() > swept_at + 15:
			swept_at = time.monotonic()
			sweep()
		return not commands_of(host, tags, state="Queued")

	until(all_sent, lambda: str(commands_of(host, tags, state="Queued")))

	answers = {}

	def all_answered():
		gateway.tick(15)
		asked = commands_of(host, tags, state=["in", ["Sent", "Waiting for Device"]])
		for command in asked:
			answer = host.document_response("CAMS Command", command["name"], "check_now")
			answers[command["name"]] = answer.text[:300]
		return not asked

	until(all_answered, lambda: f"{commands_of(host, tags, **filters)} {answers}")
	done = commands_of(host, tags, **filters)
	assert {command["state"] for command in done} == {"Done"}, done


def users(gateway):
	return [device.users for device in gateway.world.devices.values()]


def count(bench_site, tags, where="1 = 1"):
	names = ", ".join(f"'{tag}'" for tag in tags)
	statement = f"select count(*) from `tabCAMS Command` where service_tag in ({names}) and {where}"
	return int(bench_site.sql(statement)[0][0])


def test_each_operation_shows_on_the_devices(host, gateway, tags, employee):
	name, user_id = employee["name"], employee["attendance_device_id"]
	assert call(host, "enrol", employees=name, reason="new")["commands"] == 4
	finish(host, gateway, operation="AddUser")
	assert [device[user_id].first_name for device in users(gateway)] == ["Employee"] * 4

	host.update("Employee", name, last_name="Changed")
	call(host, "update", employees=[name], devices=tags[:2])
	finish(host, gateway, operation="UpdateUser")
	assert [device[user_id].last_name for device in users(gateway)] == ["Changed", "Changed", "One", "One"]

	call(host, "set_card", employees=name, secret=CARD, devices=tags[:1])
	call(host, "set_pin", employees=name, secret=PIN, devices=tags[:1])
	call(host, "start_fingerprint", employees=name, devices=tags[:1], index=6)
	content = {"file_name": f"{user_id}.jpg", "is_private": 1, "content": JPEG, "decode": 1}
	attached = {"attached_to_doctype": "Employee", "attached_to_name": name, "attached_to_field": "image"}
	file = host.create("File", **content, **attached)
	host.update("Employee", name, image=file["file_url"])
	call(host, "start_face", employees=name, devices=tags[:1], with_picture=True)
	call(host, "resend", employees=name, devices=tags[:1])
	finish(host, gateway)
	there = users(gateway)[0][user_id]
	kinds = {("Card", ""): CARD, ("Password", ""): PIN}
	assert {pair: there.credentials.get(pair) for pair in kinds} == kinds
	assert set(there.credentials) == {*kinds, ("Fingerprint", "6"), ("Face", "0")}
	assert there.has_photo
	[face] = [request for request in gateway.received if request.operation == "EnrollFace"]
	assert base64.b64decode(face.arguments["Photo"]).startswith(b"\xff\xd8")

	assert [device["service_tag"] for device in call(host, "where", employee=name)] == tags

	call(host, "copy", employees=[name], source=tags[0], targets=[tags[3]])
	finish(host, gateway, operation="CopyUsers")
	assert users(gateway)[3][user_id].credentials == there.credentials
	kinds = {"Card": 1, "Password": 1, "Fingerprint": 1, "Face": 1}
	assert call(host, "find", employee=name)["credentials"] == kinds
	row = {"service_tag": tags[3], "user_id": user_id}
	until(lambda: host.find("CAMS Device User", {**row, "cards": 1}), "the target was not read by itself")
	until(lambda: host.get("CAMS Device", tags[3]).get("users_synced_at"), "when it was read is not noted")

	call(host, "remove", employees=name, reason="gone", devices=tags[:3])
	finish(host, gateway, operation="DeleteUser")
	assert [user_id in device for device in users(gateway)] == [False, False, False, True]
	told = call(host, "on_devices", employee=name)
	assert [row["state"] for row in told["rows"] if row["service_tag"] in tags[:3]] == ["Deleted"] * 3
	assert {device["service_tag"] for device in told["devices"]} >= set(tags)


def test_the_people_of_a_device_are_read(host, gateway, tags, employee):
	user_id = employee["attendance_device_id"]
	gateway.add_user(tags[0], user_id, first_name="Listed").credentials["Card", ""] = CARD
	for number in range(60):
		gateway.add_user(tags[0], f"other{number:03}")
	call(host, "sync_users", service_tag=tags[0])
	until(lambda: host.get("CAMS Device", tags[0]).get("users_synced_at"), "never read")
	rows = host.find("CAMS Device User", {"service_tag": tags[0], "state": "On Device"})
	assert len(rows) == 61
	[row] = [row for row in rows if row["user_id"] == user_id]
	assert (row["employee"], row["cards"], row["first_name"]) == (employee["name"], 1, "Listed")

	del gateway.world.devices[tags[0]].users["other007"]
	mismatches = [row["name"] for row in rows if row["user_id"] in ("other001", "other002")]
	call(host, "remove_users", names=mismatches, reason="nobody knows")
	finish(host, gateway)
	assert not {"other001", "other002"} & set(users(gateway)[0])
	call(host, "sync_users", service_tag=tags[0])
	gone = {"service_tag": tags[0], "state": "Deleted"}
	until(lambda: len(host.find("CAMS Device User", gone)) == 3, "those who are gone were not marked")


def insert_employees(host, bench_site, branch):
	"""MANY active employees, past the document: only as fast as the test needs them."""
	company = host.find("Company", {}, ["name"])[0]["name"]
	prefix = uuid.uuid4().hex[:4]
	rows = ", ".join(
		f"('{prefix}-{number:04}', now(), now(), 'Administrator', 'Administrator', 'Employee', '{number}',"
		f" 'Employee {number}', 'Active', '{company}', '{branch}', '{prefix}{number:04}', '2020-01-01')"
		for number in range(MANY)
	)
	columns = (
		"name, creation, modified, owner, modified_by, first_name, last_name, employee_name, status, company,"
		" branch, attendance_device_id, date_of_joining"
	)
	bench_site.sql(f"insert into tabEmployee ({columns}) values {rows}")
	return [f"{prefix}-{number:04}" for number in range(MANY)], prefix


def progress_shown(messages):
	"""(percent, room) of the progress that Frappe published for browsers."""
	shown = []
	while message := messages.get_message(timeout=0.5):
		if message["type"] == "message":
			event = json.loads(message["data"])
			if event["event"] == "progress":
				shown.append((event["message"]["percent"], event["room"]))
	return shown


def test_many_employees_are_enrolled_on_four_devices_with_progress(host, bench_site, gateway, tags, key_of):
	names, prefix = insert_employees(host, bench_site, gateway.branch)
	key, manager = key_of("HR Manager")
	channel = redis.Redis(port=bench_site.redis_port).pubsub()
	channel.subscribe("events")
	try:
		started = time.monotonic()
		asked = call(host, "enrol", key, employees=names, reason="new site")
		answered = time.monotonic() - started
		assert asked == {"commands": 0, "in_background": True}
		until(lambda: count(bench_site, tags) == MANY * 4, "not all were recorded", 300)
		recorded = time.monotonic() - started
		until(lambda: count(bench_site, tags, "state = 'Queued'") == 0, "not all were sent", 580)
		sent = time.monotonic() - started
		gateway.tick(15)
		expected = {f"{prefix}{number:04}" for number in range(MANY)}
		assert [set(device) for device in users(gateway)] == [expected] * 4
		print(
			f"\n{MANY} employees on 4 devices: answered after {answered:.2f} s, {MANY * 4} commands recorded"
			f" after {recorded:.1f} s, sent after {sent:.1f} s ({MANY * 4 / sent:.0f} a second)"
		)
		assert answered < 5
		shown = progress_shown(channel)
		percents = [percent for percent, _room in shown]
		assert percents == sorted(percents)
		assert (len(percents), percents[-1]) == (MANY / 50, 100)
		assert all(room.endswith(f"user:{manager}") for _percent, room in shown)
		askers = host.find("CAMS Command", {"service_tag": tags[0]}, ["asked_by", "reason"])
		assert {(row["asked_by"], row["reason"]) for row in askers} == {(manager, "new site")}
	finally:
		channel.close()
		bench_site.sql(f"delete from `tabCAMS Device User` where user_id like '{prefix}%'")
		bench_site.sql(f"delete from `tabCAMS Command` where user_id like '{prefix}%'")
		bench_site.sql(f"delete from tabEmployee where name like '{prefix}-%'")


def test_who_leaves_while_the_gateway_is_down_is_gone_from_every_device_when_it_is_back(
	host, bench_site, gateway, tags, employee, new_device
):
	# Before the job that the new device asks for: it caches Settings.
	host.update(SETTINGS, SETTINGS, remove_employees=1)
	disabled = new_device(enabled=0)["name"]
	name, user_id = employee["name"], employee["attendance_device_id"]
	for tag in tags:
		gateway.add_user(tag, user_id)
	everywhere = [device["name"] for device in host.find("CAMS Device", {}, ["name"])]
	gateway.fail_next("drop", times=len(everywhere))
	started = time.monotonic()
	host.update("Employee", name, status="Left", relieving_date="2024-01-31")
	print(f"\nsaved as Left in {time.monotonic() - started:.2f} s, {len(everywhere)} commands recorded")
	mine = f"user_id = '{user_id}'"
	assert count(bench_site, everywhere, mine) == len(everywhere)
	tried = f"{mine} and state = 'Queued' and attempts = 1 and outcome like '%no answer%'"
	until(lambda: count(bench_site, everywhere, tried) == len(everywhere), "not every device was tried", 240)
	assert all(user_id in device for device in users(gateway))

	hour_later = "due_at = date_sub(due_at, interval 1 hour), creation = date_sub(creation, interval 1 hour)"
	bench_site.sql(f"update `tabCAMS Command` set {hour_later} where {mine}")
	bench_site.execute(SWEEP)
	sent = f"{mine} and state = 'Queued'"
	until(lambda: count(bench_site, everywhere, sent) == 0, "not all were sent", 240)
	gateway.tick(15)
	assert not any(user_id in device for device in users(gateway))
	bench_site.sql(
		f"update `tabCAMS Command` set due_at = now() - interval 1 hour where {mine} and state = 'Sent'"
	)
	bench_site.execute(SWEEP)
	removals = commands_of(host, everywhere, user_id=user_id)
	assert [command for command in removals if command["state"] != "Done"] == []
	assert len(removals) == len(everywhere)
	assert commands_of(host, [disabled])[0]["reason"].startswith("Automatic")


def test_a_working_life_is_followed(host, gateway, employee, new_user_id, new_employee):
	host.update(SETTINGS, SETTINGS, **dict.fromkeys(SWITCHES, 1))
	person = new_employee(first_name="Employee", last_name="Two", branch=gateway.branch)
	name, user_id = person["name"], person["attendance_device_id"]
	finish(host, gateway)
	assert [device[user_id].last_name for device in users(gateway)] == ["Two"] * 4
	host.update("Employee", name, last_name="Changed")
	finish(host, gateway)
	assert [device[user_id].last_name for device in users(gateway)] == ["Changed"] * 4
	other_id = new_user_id()
	host.update("Employee", name, attendance_device_id=other_id)
	finish(host, gateway)
	assert [set(device) for device in users(gateway)] == [{other_id}] * 4
	host.update("Employee", name, status="Inactive")
	finish(host, gateway)
	assert users(gateway) == [{}] * 4
	host.update("Employee", name, status="Active")
	finish(host, gateway)
	assert [set(device) for device in users(gateway)] == [{other_id}] * 4
	host.delete("Employee", name)
	finish(host, gateway)
	assert users(gateway) == [{}] * 4


def test_no_card_number_and_no_pin_can_be_found(host, bench_site, gateway, tags, employee):
	"""In the database, the logs and the jobs: neither while they wait, nor after, nor when all goes wrong."""
	name, user_id = employee["name"], employee["attendance_device_id"]
	gateway.add_user(tags[0], user_id)
	gateway.fail_next("server_error", operation="SetUserPassword")
	call(host, "set_pin", employees=name, secret=LOST_PIN, devices=tags[:1])
	tried = f"user_id = '{user_id}' and attempts = 1 and state = 'Queued'"
	until(lambda: count(bench_site, tags, tried) == 1, "not tried")
	call(host, "set_card", employees=name, secret=CARD, devices=tags[1:2])
	call(host, "set_pin", employees=name, secret=PIN, devices=tags[1:2])
	wrong = {"employees": name, "secret": f"{PIN}x", "devices": tags[:1]}
	assert host.api("POST", f"{PEOPLE}.set_pin", json=wrong).status_code == 417
	unexpected = {"employees": {"name": name}, "secret": CARD, "devices": {"no": "list"}}
	assert host.api("POST", f"{PEOPLE}.set_card", json=unexpected).status_code >= 400
	assert secrets_found(bench_site) == {}  # while one of them waits

	bench_site.sql(f"update `tabCAMS Command` set due_at = now() - interval 1 hour where {tried}")
	bench_site.execute(SWEEP)
	finish(host, gateway, sweep=lambda: bench_site.execute(SWEEP))
	assert [users(gateway)[place][user_id].credentials["Password", ""] for place in (0, 1)] == [LOST_PIN, PIN]
	assert users(gateway)[1][user_id].credentials["Card", ""] == CARD
	names = [command["name"] for command in commands_of(host, tags)]
	assert not bench_site.sql(
		"select name from __Auth where name in ({})".format(", ".join(f"'{name}'" for name in names))
	)
	assert secrets_found(bench_site) == {}


def secrets_found(bench_site):
	secrets = {"PIN": PIN, "card": CARD, "waiting PIN": LOST_PIN}
	places = [*_everything(bench_site), ("jobs", jobs_of(bench_site))]
	assert "navari_cams_biometric" in places[-1][1]
	return {name: place for place, text in places for name, secret in secrets.items() if secret in text}


def jobs_of(bench_site):
	"""The arguments of all jobs that Redis still has."""
	connection = redis.Redis(port=bench_site.redis_port)
	found = []
	for key in connection.scan_iter("rq:job:*"):
		if connection.type(key) == b"hash" and (data := connection.hget(key, "data")):
			found.append(zlib.decompress(data).decode("latin-1"))
	return "\n".join(found)


@pytest.mark.parametrize("role", ["HR User", "Employee"])
def test_who_only_reads_sends_nothing(host, gateway, tags, employee, key_of, role):
	key, _user = key_of(role)
	name = employee["name"]
	for function, arguments in {
		"enrol": {"employees": name},
		"remove": {"employees": name, "reason": "gone"},
		"set_pin": {"employees": name, "secret": PIN, "devices": tags},
		"copy": {"employees": name, "source": tags[0], "targets": tags[1:]},
		"find": {"employee": name},
		"sync_users": {"service_tag": tags[0]},
		"remove_users": {"names": [], "reason": "gone"},
	}.items():
		assert host.api("POST", f"{PEOPLE}.{function}", key, json=arguments).status_code == 403, function
		guest = host.session.post(f"{host.url}/api/{PEOPLE}.{function}", json=arguments, timeout=30)
		assert guest.status_code == 403, function
	assert commands_of(host, tags) == []
	assert gateway.received == []
	status = host.api("POST", f"{PEOPLE}.on_devices", key, json={"employee": name}).status_code
	assert status == {"HR User": 200, "Employee": 403}[role]
