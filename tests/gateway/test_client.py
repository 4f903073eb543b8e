"""The client, all request operations over real HTTP against the simulator, in both dialects."""

import pytest

from navari_cams_biometric.gateway.client import (
	Command,
	CommandStatus,
	GatewayClient,
)
from navari_cams_biometric.gateway.errors import (
	AnswerPendingError,
	NotSupportedError,
)
from navari_cams_biometric.gateway.operations import REQUESTS
from tests.gateway.client_examples import REST, WEB, examples, sent_to
from tests.gateway.conftest import GATE, TOKEN


def call(client: GatewayClient, name: str, *without: str):
	result = getattr(client, REQUESTS[name].method)(**examples(name, *without))
	return list(result) if hasattr(result, "__next__") else result


def assert_came_back(result: object, expected: object) -> None:
	"""A command's id is the gateway's choice; everything else is compared."""
	if isinstance(expected, str) and expected.startswith("a command"):
		assert isinstance(result, Command)
		assert result.operation_id
		assert (result.state, sent_to(result.service_tag)) == (CommandStatus.SENT, expected)
		return
	if isinstance(expected, Command):
		assert (result.operation, result.state, result.service_tag) == (
			expected.operation,
			expected.state,
			expected.service_tag,
		)
		return
	assert result == expected


def prepare(simulator, name: str) -> None:
	"""What an example takes for granted: a command that waits, a host that may be called."""
	if name in ("CheckDeviceHealth", "GetCommandStatus"):
		command = simulator.world.command("SyncDeviceTime", GATE, {})
		simulator.world.commands = {"9nu1wak5616p": command}
	simulator.world._callback_host = "erp.example.com"


@pytest.mark.parametrize("name", REQUESTS)
def test_every_operation_in_rest_v3(simulator, rest, name):
	sent, expected = REST[name]
	prepare(simulator, name)

	result = call(rest, name)

	assert_came_back(result, expected)
	(received,) = simulator.received
	assert (received.operation, received.method) == (name, REQUESTS[name].verb)
	assert received.target.partition("?")[0] == f"/v3/{name}"
	assert received.arguments == sent


@pytest.mark.parametrize("name", [name for name in REQUESTS if REQUESTS[name].counterpart])
def test_every_operation_with_a_counterpart_in_web_api_3(simulator, web, name):
	bodies, expected = WEB[name]

	result = call(web, name, "valid_from", "valid_until")

	assert_came_back(result, expected)
	received = [strip(request) for request in simulator.received]
	assert received == [("POST", f"/external/api3.0/biometric?stgid={tag}", body) for tag, body in bodies]


def strip(request) -> tuple[str, str, dict]:
	"""The request without its envelope, which is checked here."""
	arguments = dict(request.arguments)
	assert len(arguments.pop("OperationID")) == 12
	assert arguments.pop("AuthToken") == TOKEN
	assert arguments.pop("Time") == "2024-09-17 18:00:00 GMT +0300"
	return request.method, request.target, arguments


@pytest.mark.parametrize("name", [name for name in REQUESTS if not REQUESTS[name].counterpart])
def test_what_web_api_3_lacks_is_refused_before_anything_is_sent(simulator, web, name):
	with pytest.raises(NotSupportedError, match=f"{name} is not supported by Web API 3.0") as refusal:
		call(web, name)

	assert (refusal.value.dialect, refusal.value.operation) == ("Web API 3.0", name)
	assert simulator.received == []


@pytest.mark.parametrize("name", ["ListDevices", "GetAttendanceByDate", "ListUsers", "ResendUser"])
def test_without_local_records_web_api_3_has_no_lists(simulator, make_client, name):
	client = make_client("Web API 3.0", records=None)

	with pytest.raises(NotSupportedError, match="LocalRecords"):
		call(client, name)

	assert simulator.received == []


def test_web_api_3_has_no_validity(simulator, web):
	with pytest.raises(NotSupportedError, match="validity"):
		call(web, "UpdateUser")

	assert simulator.received == []


@pytest.mark.parametrize("name", [name for name in REQUESTS if REQUESTS[name].verb == "POST"])
def test_a_form_carries_the_same_as_json(simulator, make_client, name):
	client = make_client(form=True)
	prepare(simulator, name)

	result = call(client, name)

	assert_came_back(result, REST[name][1])
	(received,) = simulator.received
	assert received.content_type == "application/x-www-form-urlencoded"


def test_a_command_for_an_offline_device_is_queued_and_then_done(simulator, rest):
	simulator.set_online(GATE, False)
	command = rest.open_door(GATE)

	assert (command.state, command.is_pending) == (CommandStatus.QUEUED, True)
	assert command.words == "Device offline, command is queued"
	simulator.tick(3600)
	assert rest.get_command_status(command.operation_id).state is CommandStatus.QUEUED
	simulator.set_online(GATE, True)
	assert rest.get_command_status(command.operation_id).state is CommandStatus.SENT
	simulator.tick(16)
	assert rest.get_command_status(command.operation_id).state is CommandStatus.DONE
	assert rest.get_door_status(GATE).state == "Open"


@pytest.mark.parametrize("name", ["GetDeviceInfo", "GetDoorStatus"])
def test_a_question_to_an_offline_device_is_pending(simulator, rest, name):
	simulator.set_online(GATE, False)

	with pytest.raises(AnswerPendingError, match="Device offline") as refusal:
		call(rest, name)

	assert refusal.value.code == 409
	assert len(simulator.received) == 1


def test_an_offline_device_cannot_be_reached(simulator, rest, web):
	simulator.set_online(GATE, False)

	for client in (rest, web):
		assert client.ping_connection(GATE) is False
		assert client.check_device_health(GATE).online is False
	with pytest.raises(AnswerPendingError):
		web.get_device_info(GATE)
