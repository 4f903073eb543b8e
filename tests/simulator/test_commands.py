"""A command takes its time to reach its device, does what it says and is confirmed by a push."""

import json
from datetime import timedelta

import requests

from navari_cams_biometric.gateway.callback import parse_callback
from navari_cams_biometric.gateway.client import CommandStatus
from navari_cams_biometric.gateway.operations import OPERATIONS
from tests.gateway.conftest import GATE, GATE_2, NOW, TOKEN


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
