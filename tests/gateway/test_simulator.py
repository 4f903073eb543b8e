"""The simulator: queues that lose nothing, commands that take their time, quirks, days, and its control API."""

import dataclasses
import itertools
import json
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests

from navari_cams_biometric.gateway.callback import parse_address, parse_callback
from navari_cams_biometric.gateway.client import CommandStatus, GatewayClient
from navari_cams_biometric.gateway.errors import CallbackError, RequestRefusedError
from navari_cams_biometric.gateway.operations import OPERATIONS
from navari_cams_biometric.gateway.simulator import Quirks, Simulator
from navari_cams_biometric.gateway.timestamp import parse_timestamp
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, NOW, SECURITY_KEY, TOKEN, at, fill

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gateway(simulator, receiver):
	"""The simulator with a callback URL."""
	simulator.world.callback_url = receiver.url
	return simulator


def user_ids(receiver) -> list[str]:
	return [punch.user_id for body in receiver.bodies for punch in parse_callback(body).punches]


def waiting(simulator, tag: str = GATE) -> list[str]:
	return [event.kind for event in simulator.world.queues[tag].events]


def test_a_punch_is_sent_to_the_callback(gateway, receiver):
	gateway.punch(GATE, "EMP-0001")
	gateway.tick(0)

	((query, headers, body),) = receiver.received
	envelope = json.loads(body)["RealTime"]
	assert len(envelope.pop("OperationID")) == 12
	assert envelope == {
		"LabelName": "Main Gate",
		"SerialNumber": GATE,
		"PunchLog": {
			"Type": "CheckIn",
			"Temperature": "36.8",
			"FaceMask": False,
			"InputType": "Fingerprint",
			"UserId": "EMP-0001",
			"LogTime": "2024-09-17 18:00:00 GMT +0300",
		},
		"AuthToken": TOKEN,
		"Time": "2024-09-17 15:00:00 GMT +0000",
	}
	assert query == f"secret=s?stgid={GATE}"
	assert parse_address(query).service_tag == GATE
	assert headers["Content-Type"] == "application/json"


def test_events_of_a_device_come_in_their_order(gateway, receiver):
	for number in range(20):
		gateway.punch(GATE, str(number))
	gateway.tick(0)

	assert user_ids(receiver) == [str(number) for number in range(20)]
	assert gateway.deliver() == 0


@pytest.mark.parametrize(
	"answer",
	[
		(200, b'{"status":"error","message":"Invalid auth token"}'),
		(200, b'{"status":"Done"}'),
		(200, b'{"Status":"done"}'),
		(200, b"done"),
		(200, b'["done"]'),
		(200, b""),
		(201, b'{"status":"done"}'),
		(302, b'{"status":"done"}'),
		(500, b'{"status":"done"}'),
	],
)
def test_anything_but_200_with_done_puts_the_queue_on_hold(gateway, receiver, answer):
	receiver.answer = lambda body: answer
	gateway.punch(GATE, "1")
	gateway.punch(GATE, "2")
	gateway.tick(0)

	assert user_ids(receiver) == ["1"]
	assert waiting(gateway) == ["PunchLog", "PunchLog"]


def test_more_keys_beside_done_are_no_refusal(gateway, receiver):
	receiver.answer = lambda body: (200, b'{"status":"done","message":"thank you"}')
	gateway.punch(GATE, "1")

	assert gateway.deliver() == 0


def test_a_refused_event_holds_what_is_behind_it_and_not_the_other_devices(gateway, receiver):
	receiver.answer = lambda body: (
		200,
		b'{"status":"error"}' if b'"refused"' in body else b'{"status":"done"}',
	)
	for tag, user_id in ((GATE, "1"), (GATE, "refused"), (GATE, "2"), (GATE_2, "3")):
		gateway.punch(tag, user_id)
	gateway.tick(0)

	assert user_ids(receiver) == ["1", "refused", "3"]
	assert (len(waiting(gateway)), len(waiting(gateway, GATE_2))) == (2, 0)
	receiver.answer = lambda body: (200, b'{"status":"done"}')
	gateway.tick(60)
	assert user_ids(receiver) == ["1", "refused", "3", "refused", "2"]


def test_each_wait_is_longer_until_ten_minutes(gateway, receiver):
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "1")
	gateway.tick(3600)

	sent = [parse_timestamp(json.loads(body)["RealTime"]["Time"], timezone.utc) for body in receiver.bodies]
	waits = [(after - before).total_seconds() for before, after in itertools.pairwise(sent)]
	assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]


def test_after_an_acknowledgement_the_waits_begin_anew(gateway, receiver):
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "1")
	gateway.tick(600)
	receiver.answer = lambda body: (200, b'{"status":"done"}')
	gateway.deliver(force=True)

	assert gateway.world.queues[GATE].refusals == 0


def test_nothing_is_lost_while_nobody_listens(simulator, receiver):
	simulator.world.callback_url = "http://127.0.0.1:9/"
	for number in range(5):
		simulator.punch(GATE, str(number))
	simulator.tick(3600)
	assert len(waiting(simulator)) == 5
	simulator.world.callback_url = receiver.url
	simulator.tick(600)

	assert user_ids(receiver) == ["0", "1", "2", "3", "4"]


def test_without_a_callback_url_events_wait(simulator):
	simulator.punch(GATE, "1")
	simulator.tick(3600)

	assert waiting(simulator) == ["PunchLog"]


def test_a_callback_may_ask_the_gateway_while_it_is_served(gateway, receiver, rest):
	def ask(body):
		rest.list_devices()
		return 200, b'{"status":"done"}'

	receiver.answer = ask
	gateway.punch(GATE, "1")

	assert gateway.deliver() == 0


def test_an_offline_device_keeps_its_punches_and_hands_them_over_when_it_is_back(gateway, receiver, rest):
	gateway.set_online(GATE, False)
	gateway.punch(GATE, "1")
	gateway.tick(60)
	assert user_ids(receiver) == []
	assert list(rest.get_attendance_by_device(GATE, NOW, NOW + timedelta(hours=1))) == []
	assert gateway.ledger[-1].user_id == "1"
	gateway.set_online(GATE, True)
	gateway.tick(0)

	assert user_ids(receiver) == ["1"]
	assert len(list(rest.get_attendance_by_device(GATE, NOW, NOW + timedelta(hours=1)))) == 1


def test_a_device_that_goes_and_comes_says_so(gateway, receiver):
	gateway.set_online(GATE, False)
	gateway.set_online(GATE, False)
	gateway.set_online(GATE, True)
	gateway.tick(0)

	told = [json.loads(body)["RealTime"]["DeviceStatus"] for body in receiver.bodies]
	assert [status["Status"] for status in told] == ["Offline", "Online"]
	assert told[0]["LastSeen"] == told[0]["OperationTime"] == "2024-09-17 18:00:00 GMT +0300"
	assert told[0]["QueueDepth"] == "0"


def test_a_command_reaches_its_device_after_fifteen_seconds(simulator, rest):
	command = rest.add_user(GATE, "EMP-0006", first_name="Employee")
	simulator.tick(14)
	assert "EMP-0006" not in simulator.world.devices[GATE].users
	simulator.tick(1)

	assert simulator.world.devices[GATE].users["EMP-0006"].first_name == "Employee"
	assert rest.get_command_status(command.operation_id).state is CommandStatus.DONE


def test_a_command_whose_device_goes_offline_on_the_way_waits_for_it(simulator, rest):
	command = rest.lock_door(GATE)
	simulator.set_online(GATE, False)
	simulator.tick(60)
	assert rest.get_command_status(command.operation_id).state is CommandStatus.QUEUED
	simulator.set_online(GATE, True)
	simulator.tick(15)

	assert rest.get_door_status(GATE).state == "Locked"


def test_what_is_cleared_from_the_queue_is_not_done(simulator, rest):
	simulator.set_online(GATE, False)
	command = rest.lock_door(GATE)
	assert rest.check_device_health(GATE).queue_depth == 1
	rest.reset_device_queue(GATE)
	simulator.set_online(GATE, True)
	simulator.tick(60)

	assert rest.get_command_status(command.operation_id).state is CommandStatus.CANCELLED
	assert rest.get_door_status(GATE).state == "Closed"


def test_an_opened_door_closes_and_is_in_the_log(simulator, rest):
	rest.open_door(GATE, 2)
	simulator.tick(15)
	assert rest.get_door_status(GATE, 2).state == "Open"
	simulator.tick(5)

	assert rest.get_door_status(GATE, 2).state == "Closed"
	events = list(rest.get_access_events(GATE, NOW, NOW + timedelta(minutes=1)))
	assert [(event.kind, event.door) for event in events] == [("DoorOpened", 2)]


def test_a_reboot_takes_a_minute(simulator, rest):
	rest.reboot_device(GATE)
	simulator.tick(15)
	assert not rest.ping_connection(GATE)
	simulator.tick(60)

	assert rest.ping_connection(GATE)


def test_commands_do_what_they_say(simulator, rest):
	device, other = simulator.world.devices[GATE], simulator.world.devices[GATE_2]
	rest.update_user(GATE, "EMP-0002", last_name="Second", valid_until=NOW)
	rest.enroll_card(GATE, "EMP-0001", "10283655")
	rest.enroll_face(GATE, "EMP-0001", photo=b"jpeg")
	rest.set_user_password(GATE, "EMP-0001", "90817263")
	simulator.tick(15)
	rest.copy_users(GATE, GATE_2, ["EMP-0001"])
	rest.delete_user(GATE, "EMP-0001")
	simulator.tick(15)

	assert device.users["EMP-0002"].last_name == "Second"
	assert device.users["EMP-0002"].first_name == "Employee"
	assert "EMP-0001" not in device.users
	assert set(other.users["EMP-0001"].credentials) == {
		("Fingerprint", "6"),
		("Face", "0"),
		("Card", ""),
		("Password", ""),
	}
	assert other.users["EMP-0001"].has_photo


def test_enrolling_and_deleting_are_confirmed_by_the_callback(gateway, receiver, rest, web):
	rest.enroll_fingerprint(GATE, "EMP-0001", b"ridges", index=3)
	gateway.tick(15)
	web.delete_user(GATE, "EMP-0001")
	gateway.tick(15)

	events = [event for body in receiver.bodies for event in parse_callback(body).events]
	assert [(event.kind, event.user_id, event.credentials) for event in events] == [
		("UserUpdated", "EMP-0001", (("Fingerprint", "3"),)),
		("UserDeleted", "EMP-0001", ()),
	]


def test_the_pushes_have_the_fields_of_the_table(gateway, receiver, rest):
	gateway.punch(GATE, "EMP-0001")
	gateway.set_online(GATE_2, False)
	rest.enroll_fingerprint(GATE, "EMP-0001", b"ridges")
	gateway.tick(15)

	told = {
		key: set(value) for body in receiver.bodies for key, value in json.loads(body)["RealTime"].items()
	}
	pushes = [known for known in OPERATIONS.values() if not known.is_request]
	assert len(pushes) == 3
	for push in pushes:
		assert told[push.reply.partition("RealTime.")[2]] == {known.wire for known in push.parameters}


def test_resending_people_by_web_api_3(gateway, receiver):
	body = {"Resend": {"User": "All"}, "OperationID": "j95xfejt3vr1", "AuthToken": TOKEN}
	answer = requests.post(f"{gateway.web_api_url}?stgid={GATE}", json=body, timeout=5).json()
	gateway.tick(0)

	assert answer == {"Status": "done", "StatusCode": 0, "OperationID": "j95xfejt3vr1"}
	events = [event for body in receiver.bodies for event in parse_callback(body).events]
	assert [(event.user_id, event.last_name) for event in events] == [
		("EMP-0001", "One"),
		("EMP-0002", "Two"),
	]


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_may_be_answered_by_batches_without_token_and_serial(gateway, receiver, make_client, api):
	for number in range(60):
		gateway.world.remember(GATE_2, str(number), "CheckIn", at(9) + timedelta(seconds=number))
	gateway.set_quirks(history_by_callback=True)
	with pytest.raises(RequestRefusedError):
		list(make_client(api).get_attendance_by_device(GATE_2, at(9), at(10)))
	gateway.tick(0)

	batches = [parse_callback(body) for body in receiver.bodies]
	assert [len(batch.punches) for batch in batches] == [50, 10]
	assert all(batch.is_batch and not batch.token and not batch.service_tag for batch in batches)
	assert json.loads(receiver.bodies[1])["PunchLog"]["ReturnRowCount"] == "10"
	assert TOKEN.encode() not in b"".join(receiver.bodies)
	assert parse_address(receiver.received[0][0]).service_tag == GATE_2


# A quirk, and what it does to the one request that a punch makes: (query, headers, body, envelope, punch).
SHAPES = {
	"user_id_in_capitals": lambda sent: sent.punch["UserID"] == "7" and "UserId" not in sent.punch,
	"integer_types": lambda sent: (sent.punch["Type"], sent.punch["InputType"]) == (0, 0),
	"stgid_twice": lambda sent: sent.query.endswith(f"?stgid={GATE}?stgid={GATE}"),
	"no_serial_number": lambda sent: "SerialNumber" not in sent.envelope,
	"no_label": lambda sent: "LabelName" not in sent.envelope,
	"no_temperature": lambda sent: "Temperature" not in sent.punch,
	"no_face_mask": lambda sent: "FaceMask" not in sent.punch,
	"odd_content_type": lambda sent: sent.headers["Content-Type"] == "text/plain; charset=x-odd",
	"no_content_type": lambda sent: not sent.headers.get("Content-Type"),
	"byte_order_mark": lambda sent: sent.body.startswith(b"\xef\xbb\xbf{"),
	"clock_two_hours_ahead": lambda sent: sent.punch["LogTime"] == "2024-09-17 20:00:00 GMT +0300",
	"offset_plus_0530": lambda sent: sent.punch["LogTime"] == "2024-09-17 20:30:00 GMT +0530",
	"offset_zero": lambda sent: sent.punch["LogTime"] == "2024-09-17 15:00:00 GMT +0000",
	"offset_minus_0430": lambda sent: sent.punch["LogTime"] == "2024-09-17 10:30:00 GMT -0430",
	"no_offset": lambda sent: sent.punch["LogTime"] == "2024-09-17 18:00:00",
}
TESTED_ELSEWHERE = {
	"bursts",
	"duplicates",
	"encrypted",
	"history_by_callback",
	"lower_case_status",
	"mismatched_key",
	"new_operation_id",
	"no_user_id",
	"nul_padding",
	"numbers_as_numbers",
	"out_of_order",
	"stuck_offset",
	"three_day_dump",
	"unknown_kinds",
	"user_event_first",
}


class Sent:
	def __init__(self, query: str, headers: dict, body: bytes):
		self.query, self.headers, self.body = query, headers, body
		self.envelope = json.loads(body.decode("utf-8-sig"))["RealTime"]
		self.punch = self.envelope["PunchLog"]


def test_every_quirk_is_tested():
	assert set(SHAPES) | TESTED_ELSEWHERE == {switch.name for switch in dataclasses.fields(Quirks)}


@pytest.mark.parametrize("quirk", SHAPES)
def test_a_quirk_shapes_the_punch_and_the_ledger_agrees_with_what_is_read(gateway, receiver, quirk):
	gateway.set_quirks(GATE, **{quirk: True})
	entry = gateway.punch(GATE, "7")
	gateway.tick(0)

	(received,) = receiver.received
	assert SHAPES[quirk](Sent(*received))
	(punch,) = parse_callback(received[2]).punches
	assert (punch.user_id, punch.type, punch.log_time) == (entry.user_id, entry.type, entry.log_time)
	assert parse_timestamp(punch.log_time, NAIROBI) == entry.instant


def test_duplicates_are_one_punch_in_the_ledger(gateway, receiver):
	gateway.set_quirks(duplicates=True)
	gateway.punch(GATE, "7")
	gateway.tick(0)

	assert user_ids(receiver) == ["7", "7"]
	assert [entry.user_id for entry in gateway.ledger].count("7") == 1


@pytest.mark.parametrize(
	("quirk", "kind"), [("unknown_kinds", "BatteryLevel"), ("user_event_first", "UserUpdated")]
)
def test_another_event_is_ahead_of_the_punch(gateway, receiver, quirk, kind):
	gateway.set_quirks(**{quirk: True})
	gateway.punch(GATE, "7")

	assert waiting(gateway) == [kind, "PunchLog"]
	assert gateway.deliver() == 0


def test_a_user_event_may_have_its_user_id_in_the_template_only(gateway, receiver, rest):
	gateway.set_quirks(no_user_id=True)
	rest.enroll_fingerprint(GATE, "EMP-0001", b"ridges")
	gateway.tick(15)

	assert "UserID" not in json.loads(receiver.bodies[0])["RealTime"]["UserUpdated"]
	assert parse_callback(receiver.bodies[0]).events[0].user_id == "EMP-0001"


@pytest.mark.parametrize("renewed", [False, True])
def test_a_resend_keeps_its_operation_id_or_not(gateway, receiver, renewed):
	gateway.set_quirks(new_operation_id=renewed)
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "7")
	gateway.tick(5)

	ids = {json.loads(body)["RealTime"]["OperationID"] for body in receiver.bodies}
	assert (len(receiver.bodies), len(ids)) == (2, 2 if renewed else 1)


def test_what_waited_on_a_device_may_come_in_any_order(gateway, receiver):
	gateway.set_quirks(out_of_order=True)
	gateway.set_online(GATE, False)
	for number in range(20):
		gateway.punch(GATE, f"{number:02}")
	gateway.set_online(GATE, True)
	gateway.tick(0)

	assert user_ids(receiver) != sorted(user_ids(receiver))
	assert sorted(user_ids(receiver)) == [f"{number:02}" for number in range(20)]


def test_a_burst_comes_from_all_devices_at_once_and_in_order_for_each(gateway, receiver):
	gateway.set_quirks(bursts=True)
	for number in range(20):
		gateway.punch(GATE, f"a{number:02}")
		gateway.punch(GATE_2, f"b{number:02}")
	gateway.tick(0)

	for letter in "ab":
		own = [user_id for user_id in user_ids(receiver) if user_id.startswith(letter)]
		assert own == [f"{letter}{number:02}" for number in range(20)]


def test_counts_of_a_batch_may_be_numbers(gateway, receiver):
	gateway.set_quirks(numbers_as_numbers=True)
	gateway.world.push_history(gateway.world.devices[GATE], [])
	gateway.tick(0)

	assert json.loads(receiver.bodies[0]) == {"PunchLog": {"ReturnRowCount": 0, "Log": []}}


def test_an_encrypted_callback_is_read_with_the_key_and_a_mismatched_one_is_not(gateway, receiver):
	gateway.set_quirks(GATE, encrypted=True)
	gateway.punch(GATE, "7")
	gateway.tick(0)
	gateway.set_quirks(GATE, mismatched_key=True)
	gateway.punch(GATE, "8")
	gateway.tick(0)

	assert parse_callback(receiver.bodies[0], SECURITY_KEY).punches[0].user_id == "7"
	with pytest.raises(CallbackError):
		parse_callback(receiver.bodies[1], SECURITY_KEY)


def test_setting_the_time_sets_the_clock_right(simulator, rest):
	simulator.set_quirks(GATE, clock_two_hours_ahead=True)
	assert simulator.punch(GATE, "7").instant == NOW + timedelta(hours=2)
	rest.sync_device_time(GATE)
	simulator.tick(15)

	assert simulator.punch(GATE, "7").instant == NOW + timedelta(seconds=15)


@pytest.mark.parametrize("switches", [{"telepathy": True}, {"duplicates": "yes"}])
def test_what_is_no_quirk_is_refused(simulator, switches):
	with pytest.raises(ValueError, match="no quirk"):
		simulator.set_quirks(**switches)


def make_morning(seed: int = 1, people: int = 30) -> list:
	with Simulator(TOKEN, seed=seed, now=NOW) as simulator:
		day = simulator.day("morning", people=people, devices=4, date=date(2024, 9, 17))
		simulator.tick((day.end - day.start).total_seconds())
		assert len(simulator.ledger) == day.punches
		return simulator.ledger


def test_the_same_seed_gives_the_same_day():
	assert make_morning(1) == make_morning(1)
	assert make_morning(1) != make_morning(2)


def test_a_morning_with_200_people_and_an_outage_reaches_the_app_whole(receiver):
	with Simulator(TOKEN, receiver.url, now=NOW, seed=1) as simulator:
		day = simulator.day("morning", people=200, devices=4, date=date(2024, 9, 17))
		simulator.tick(timedelta(hours=1, minutes=39).total_seconds())
		during = [body for body in receiver.bodies if GATE_2.encode() in body]
		simulator.tick(timedelta(hours=5).total_seconds())
		ledger = simulator.ledger

	sent = [parse_callback(body) for body in receiver.bodies]
	arrived = [
		(callback.service_tag, punch.user_id, punch.log_time, punch.type)
		for callback in sent
		for punch in callback.punches
	]
	assert sorted(arrived) == sorted(
		(entry.service_tag, entry.user_id, entry.log_time, entry.type) for entry in ledger
	)
	assert (day.start, day.end, len(ledger)) == (at(7), at(13), day.punches)
	outage = [
		entry for entry in ledger if entry.service_tag == GATE_2 and at(7, 50) < entry.instant < at(8, 40)
	]
	assert len(outage) > 50
	times = {entry.log_time.encode() for entry in outage}
	assert not [body for body in during for time in times if time in body]


def test_three_days_may_come_at_once(receiver):
	with Simulator(TOKEN, receiver.url, now=NOW) as simulator:
		simulator.add_device(GATE)
		simulator.add_device(GATE_2, quirks=Quirks(three_day_dump=True))
		day = simulator.day("morning", people=5, devices=2, date=date(2024, 9, 17))
		simulator.tick((day.end - day.start).total_seconds())

		days = {entry.instant.astimezone(NAIROBI).day for entry in simulator.ledger}
		assert days == {14, 15, 16, 17}
		assert len(user_ids(receiver)) == len(simulator.ledger) == day.punches


def test_there_is_no_other_day_and_no_way_back(simulator):
	with pytest.raises(ValueError, match="morning"):
		simulator.day("evening")
	with pytest.raises(ValueError, match="past that day"):
		simulator.day("morning", people=1, devices=1, date=date(2024, 9, 16))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_history_that_was_never_sent_is_loaded_whole(simulator, make_client, api):
	count = simulator.history(people=5, devices=2, days=40, until=date(2024, 9, 17))
	client = make_client(api)
	loaded = [
		(row.service_tag, row.punch.user_id, row.punch.log_time, row.punch.type)
		for tag in (GATE, GATE_2)
		for row in client.get_attendance_by_device(tag, at(0) - timedelta(days=40), at(0))
	]

	expected = [(e.service_tag, e.user_id, e.log_time, e.type) for e in simulator.ledger if e.instant < at(0)]
	assert count == len(expected) == 5 * 40 * 4
	assert sorted(loaded) == sorted(expected)
	assert waiting(simulator) == []


def control(simulator, name: str, /, **asked) -> requests.Response:
	return requests.post(f"{simulator.url}/control/{name}", json=asked, timeout=5)


def read(simulator, name: str):
	return requests.get(f"{simulator.url}/control/{name}", timeout=5).json()


def test_the_control_api_does_what_the_methods_do(simulator, receiver):
	assert control(simulator, "callback", url=receiver.url).json() == {}
	assert control(simulator, "quirks", service_tag=GATE, no_label=True).json() == {}
	assert control(simulator, "online", service_tag=GATE_2, online=False).json() == {}
	punched = control(simulator, "punch", service_tag=GATE, user_id="7", type="CheckOut").json()
	assert control(simulator, "tick", seconds=60).json() == {"now": "2024-09-17 18:01:00 GMT +0300"}
	assert control(simulator, "deliver", force=True).json() == {"left": 0}

	assert read(simulator, "ledger")[-1] == punched
	assert (punched["type"], punched["instant"]) == ("CheckOut", "2024-09-17 15:00:00 GMT +0000")
	assert read(simulator, "queues")[GATE] == {"events": [], "attempts": [], "sent": 1, "held_until": ""}
	gate, gate_2 = read(simulator, "devices")
	assert (gate["online"], gate["quirks"], gate["users"]) == (True, ["no_label"], 2)
	assert gate_2["online"] is False
	assert read(simulator, "clock") == {"now": "2024-09-17 18:01:00 GMT +0300"}


def test_the_control_api_plans_days_and_faults(simulator, rest, naps):
	planned = control(simulator, "day", people=10, devices=2, date="2024-09-18").json()
	control(simulator, "fault", kind="rate_limited", times=1, retry_after=3)
	rest.list_devices()

	assert planned["start"] == "2024-09-18 07:00:00 GMT +0300"
	assert planned["punches"] > 10
	assert 3 <= naps[0] <= 4


@pytest.mark.parametrize(
	("name", "asked", "code"),
	[
		("nothing", {}, 404),
		("punch", {"user_id": "7"}, 404),
		("punch", {"service_tag": "ZHM1100000099", "user_id": "7"}, 404),
		("quirks", {"telepathy": True}, 400),
		("fault", {"kind": "plague"}, 400),
		("day", {"name": "evening"}, 400),
		("tick", {"seconds": -1}, 400),
		("tick", {"seconds": 1e300}, 400),
		("callback", {"url": "https://erp.example.com/"}, 400),
	],
)
def test_the_control_api_refuses_what_cannot_be_done(simulator, name, asked, code):
	answer = control(simulator, name, **asked)

	assert answer.status_code == code
	assert answer.json()["message"]


def test_the_control_api_takes_json_only(simulator):
	answer = requests.post(f"{simulator.url}/control/tick", data={"seconds": 60}, timeout=5)

	assert answer.status_code == 400


def test_the_simulator_listens_on_this_machine_only_and_calls_no_other(simulator, rest):
	assert simulator.url.startswith("http://127.0.0.1:")
	for url in ("https://erp.example.com/", "file:///etc/hosts", "//", "http://127.0.0.1.example.com/"):
		with pytest.raises(RequestRefusedError, match="this machine"):
			rest.register_callback(url)
	rest.register_callback("http://localhost:8000/callback")
	assert simulator.world.callback_url == "http://localhost:8000/callback"


def post(simulator, **sent) -> tuple[int, dict]:
	answer = requests.post(f"{simulator.rest_url}OpenDoor", timeout=5, **sent)
	return answer.status_code, answer.json()


@pytest.mark.parametrize("way", ["data", "json"])
def test_the_token_may_stand_in_the_header_or_in_the_body(simulator, way):
	asked = {"ServiceTag": GATE, "Door": 1}

	assert post(simulator, **{way: {**asked, "AuthToken": TOKEN}})[0] == 200
	assert post(simulator, **{way: asked}, headers={"AuthToken": TOKEN})[0] == 200
	assert post(simulator, **{way: asked})[0] == 401


def test_rest_v3_refuses_what_it_cannot_read(simulator):
	headers = {"AuthToken": TOKEN}

	assert post(simulator, headers=headers)[0] == 400
	assert requests.get(f"{simulator.rest_url}OpenDoor", headers=headers, timeout=5).status_code == 405
	assert requests.get(f"{simulator.rest_url}Nothing", headers=headers, timeout=5).status_code == 404
	assert requests.get(f"{simulator.url}/nowhere", timeout=5).status_code == 404
	schedule = {"ServiceTag": GATE, "Schedule": "x", "Windows": "{"}
	answer = requests.post(
		f"{simulator.rest_url}SetAccessSchedule", headers=headers, data=schedule, timeout=5
	)
	assert answer.status_code == 400


@pytest.mark.parametrize(
	("body", "code"),
	[
		({"Load": {"PunchLog": {"Filter": {"StartTime": "soon", "EndTime": "later"}}}}, 8),
		(
			{
				"Load": {
					"PunchLog": {
						"Filter": {"StartTime": "2024-01-01 00:00:00", "EndTime": "2024-02-01 00:00:00"}
					}
				}
			},
			8,
		),
		({"Load": {"Weather": "All"}}, 6),
		({"Add": {"Weather": "All"}}, 6),
		({"Open": {"Door": 1}}, 6),
		({"Add": {"User": {"FirstName": "Employee"}}}, 10),
		({}, 6),
	],
)
def test_web_api_3_refuses_what_it_does_not_know(simulator, body, code):
	url = f"{simulator.web_api_url}?stgid={GATE}"
	answer = requests.post(url, json={**body, "AuthToken": TOKEN}, timeout=5)

	assert (answer.status_code, answer.json()["StatusCode"]) == (200, code)


def test_web_api_3_deletes_everybody(simulator):
	body = {"Delete": {"User": "All"}, "AuthToken": TOKEN}
	requests.post(f"{simulator.web_api_url}?stgid={GATE}", json=body, timeout=5)
	simulator.tick(15)

	assert simulator.world.devices[GATE].users == {}


def test_it_runs_by_itself(receiver):
	command = [
		sys.executable,
		"-m",
		"navari_cams_biometric.gateway.simulator",
		"--port",
		"0",
		"--speed",
		"20000",
	]
	command += ["--day", "morning", "--people", "3", "--devices", "2", "--callback-url", receiver.url]
	process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
	try:
		line = process.stdout.readline()
		url = line.split()[-1]
		with GatewayClient(TOKEN, base_url=f"{url}/v3/") as client:
			assert [device.label for device in client.list_devices()] == ["Main Gate", "Gate 2"]
		requests.post(f"{url}/control/tick", json={"seconds": 6 * 3600}, timeout=10)
		ledger = requests.get(f"{url}/control/ledger", timeout=5).json()
	finally:
		process.terminate()
		process.stdout.close()
		assert process.wait(10) == 0

	assert line.startswith("gateway simulator ready on http://127.0.0.1:")
	assert len(user_ids(receiver)) == len(ledger) > 3


def test_the_clock_is_aware():
	with Simulator() as simulator:
		assert simulator.world.now.utcoffset() is not None
		fill(simulator)
		assert isinstance(simulator.ledger[0].instant, datetime)
