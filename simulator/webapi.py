"""The simulator's Web API 3.0: one URL, nested verbs, StatusCodes.

Which of the StatusCodes for wrong data a real gateway chooses is not public; here 8 stands for a time, 10 for
a user id, 6 for an operation.

ref: PROTOCOL sections 4 and 5
"""

import base64
import json
from datetime import timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from navari_cams_biometric.gateway.client.reading import fold, text
from navari_cams_biometric.gateway.encryption import decrypt, encrypt
from navari_cams_biometric.gateway.errors import EncryptionError, TimestampError
from navari_cams_biometric.gateway.timestamp import parse_timestamp

from .pages import page_of_entries
from .rest_answers import device_information
from .state import SimulatedDevice
from .world import World

LONGEST_RANGE = timedelta(days=30)
SERVICE_TAG, OPERATION, AUTH_TOKEN, TIME, USER_ID, RAW_DATA = 2, 6, 7, 8, 10, 19
TEMPLATE_OPERATIONS = {
	"Fingerprint": ("EnrollFingerprint", "Template"),
	"Face": ("EnrollFace", "Template"),
	"Card": ("EnrollCard", "CardNumber"),
	"Password": ("SetUserPassword", "Password"),
}
STATUS_WORDS = {
	SERVICE_TAG: "API_RESPONSE_INVALID_SERVICE_TAG",
	OPERATION: "API_RESPONSE_INVALID_OPERATION",
	AUTH_TOKEN: "API_RESPONSE_INVALID_AUTH_TOKEN",
	TIME: "API_RESPONSE_INVALID_TIME",
	USER_ID: "API_RESPONSE_INVALID_USER_ID",
	RAW_DATA: "API_RESPONSE_INVALID_RAW_DATA",
}

Row = dict[str, Any]


class Refused(Exception):
	"""A StatusCode other than 0."""

	def __init__(self, status_code: int):
		super().__init__(STATUS_WORDS[status_code])
		self.status_code = status_code


def answer(world: World, service_tag: str, body: bytes) -> bytes:
	"""Carry out one request and return the reply as it goes over the wire."""
	device = world.devices.get(service_tag)
	operation_id = ""
	try:
		if device is None:
			raise Refused(SERVICE_TAG)
		request = _read_request(device, body)
		operation_id = text(request.get("OperationID"))
		if text(request.get("AuthToken")) != (device.token or world.token):
			raise Refused(AUTH_TOKEN)
		with world.lock:
			reply = {"Status": "done", "StatusCode": 0, **_carry_out(world, device, request)}
	except Refused as refused:
		reply = {"Status": str(refused), "StatusCode": refused.status_code}
		device = None if refused.status_code == RAW_DATA else device
	return _seal(device, {**reply, "OperationID": operation_id})


def readable(device: SimulatedDevice | None, body: bytes) -> Row:
	"""The request as an object, empty where it cannot be read; for the list of what was received."""
	try:
		return _read_request(device or SimulatedDevice("", ""), body)
	except Refused:
		return {}


def name_of(request: Row) -> str:
	"""What a request asks for, for example Load.PunchLog or Add.Template."""
	named = [f"{verb}.{list(request[verb])[-1]}" for verb in _VERBS if fold(request.get(verb))]
	return named[0] if named else ""


def _read_request(device: SimulatedDevice, body: bytes) -> Row:
	"""StatusCode 19 where the two sides do not agree on the encryption."""
	try:
		request = json.loads(decrypt(body, device.wire_key) if device.wire_key else body)
	except (EncryptionError, ValueError):
		request = None
	if not isinstance(request, dict):
		raise Refused(RAW_DATA)
	return request


def _seal(device: SimulatedDevice | None, reply: Row) -> bytes:
	if device is None:
		return json.dumps(reply).encode()
	if device.quirks.lower_case_status:
		reply = {"status" if key == "Status" else key: value for key, value in reply.items()}
	plain = json.dumps(reply).encode()
	if not device.wire_key:
		return plain
	return (
		_pad_with_nuls(plain, device.wire_key)
		if device.quirks.nul_padding
		else encrypt(plain, device.wire_key)
	)


def _pad_with_nuls(plain: bytes, security_key: str) -> bytes:
	encryptor = Cipher(algorithms.AES(security_key.encode()), modes.ECB()).encryptor()
	padded = plain + b"\0" * (-len(plain) % 16)
	return base64.b64encode(encryptor.update(padded) + encryptor.finalize())


def _carry_out(world: World, device: SimulatedDevice, request: Row) -> Row:
	for verb, handler in _VERBS.items():
		if isinstance(request.get(verb), dict):
			return handler(world, device, request[verb])
	raise Refused(OPERATION)


def _load(world: World, device: SimulatedDevice, objects: Row) -> Row:
	if "DeviceInformation" in objects:
		return {"DeviceInformation": device_information(device)} if device.online else {}
	if "PunchLog" not in objects:
		raise Refused(OPERATION)
	span = fold(fold(objects["PunchLog"]).get("filter"))
	if device.quirks.history_by_callback:
		return _resend(world, device, objects)
	return {"PunchLog": page_of_entries([(device, _entries(device, span))], text(span.get("offset")))}


def _resend(world: World, device: SimulatedDevice, objects: Row) -> Row:
	"""Answer by the callback: punches in batches, people as UserUpdated."""
	if "PunchLog" in objects:
		world.push_history(device, _entries(device, fold(fold(objects["PunchLog"]).get("filter"))))
	for user in device.users.values() if objects.get("User") == "All" else ():
		names = {"FirstName": user.first_name, "LastName": user.last_name, "UserType": user.user_type}
		operation_time = world.device_time(device)
		world.push(
			device, {"UserUpdated": {"UserID": user.user_id, **names, "OperationTime": operation_time}}
		)
	return {}


def _entries(device: SimulatedDevice, span: Row) -> list[Any]:
	try:
		start, end = (parse_timestamp(text(span.get(key)), timezone.utc) for key in ("starttime", "endtime"))
	except TimestampError as error:
		raise Refused(TIME) from error
	if end - start > LONGEST_RANGE:
		raise Refused(TIME)
	return device.between(start, end)


def _add(world: World, device: SimulatedDevice, objects: Row) -> Row:
	if not {"User", "Template", "Photo"} & set(objects):
		raise Refused(OPERATION)
	if "User" in objects:
		_send(world, device, "AddUser", objects["User"])
	for template in objects.get("Template", ()):
		operation, wire = TEMPLATE_OPERATIONS[template["Type"]]
		_send(world, device, operation, {**template, wire: template["Data"]})
	if "Photo" in objects:
		_send(world, device, "EnrollFace", {**objects["Photo"], "Photo": objects["Photo"]["Data"]})
	return {}


def _delete(world: World, device: SimulatedDevice, objects: Row) -> Row:
	user = objects.get("User")
	for arguments in [{"UserID": user_id} for user_id in device.users] if user == "All" else [user]:
		_send(world, device, "DeleteUser", arguments)
	return {}


def _send(world: World, device: SimulatedDevice, operation: str, arguments: Any) -> None:
	if not isinstance(arguments, dict) or not text(arguments.get("UserID")):
		raise Refused(USER_ID)
	world.command(operation, device.service_tag, arguments)


_VERBS = {"Load": _load, "Add": _add, "Delete": _delete, "Resend": _resend}
