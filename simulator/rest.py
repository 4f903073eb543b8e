"""The simulator's REST v3: the operations by name under /v3/, as the table in `gateway.operations` has them.

Sees to token, verb and parameters; `rest_answers` to the rest.
"""

import json
from typing import Any

from navari_cams_biometric.gateway.client.reading import text
from navari_cams_biometric.gateway.operations import OPERATIONS, Operation

from .rest_answers import HANDLERS, Answer, Arguments, Refused, read_time_of
from .world import World


def answer(world: World, name: str, verb: str, token: str, arguments: Arguments) -> Answer:
	"""Carry out one operation."""
	try:
		operation = _operation(name, verb)
		_authenticate(world, token, arguments)
		_complete(operation, arguments)
		with world.lock:
			code, reply = HANDLERS[name](world, operation, arguments)
	except Refused as refused:
		return refused.answer
	return code, {
		"Status": "queued" if code == 409 else "done",
		"OperationID": world.new_operation_id(),
		**reply,
	}


def _operation(name: str, verb: str) -> Operation:
	operation = OPERATIONS.get(name)
	if operation is None or not operation.is_request:
		raise Refused(404, "UNKNOWN_OPERATION", "No such operation")
	if verb != operation.verb:
		raise Refused(405, "WRONG_VERB", f"Use {operation.verb}")
	return operation


def _authenticate(world: World, token: str, arguments: Arguments) -> None:
	device = world.devices.get(text(arguments.get("ServiceTag")))
	if token not in {world.token, device.token if device and device.token else world.token}:
		raise Refused(401, "INVALID_AUTH_TOKEN", "Invalid or missing AuthToken")


def _complete(operation: Operation, arguments: Arguments) -> None:
	"""Refuse what is missing or cannot be read, and turn texts of forms and queries into values."""
	for parameter in operation.parameters:
		if parameter.required and parameter.wire not in arguments:
			raise Refused(400, "BAD_REQUEST", f"{parameter.wire} is missing")
		value = arguments.get(parameter.wire)
		if parameter.kind == "time" and value is not None:
			arguments[parameter.wire] = read_time_of(parameter.wire, value)
		if parameter.kind in ("texts", "windows") and isinstance(value, str):
			arguments[parameter.wire] = _read_list(parameter.wire, value)


def _read_list(name: str, value: str) -> list[Any]:
	try:
		read = json.loads(value)
	except ValueError:
		read = None
	if not isinstance(read, list):
		raise Refused(400, "BAD_REQUEST", f"{name} is no list")
	return read
