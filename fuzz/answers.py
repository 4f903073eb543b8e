"""Target: answers of the gateway, read by the public client in both dialects, without a network.

An input is a line with the dialect, the operation, the HTTP code, Content-Encoding, Retry-After and the reason,
separated by tabs; then the bodies, separated by empty lines. The last body answers all further requests.

Promises: only errors of gateway.errors, in words of bounded length and without the token or what else is secret in the
request; results that every database can store; in bounded time, waits included.
"""

import base64
import dataclasses
import io
import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from navari_cams_biometric.gateway.client import AccessWindow, Device, GatewayApi, GatewayClient, User
from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.errors import GatewayError, NotSupportedError, RequestRefusedError
from navari_cams_biometric.gateway.operations import REQUESTS

from .target import Provider, Target, assert_storable, in_time
from .trees import grow_object, vary

TOKEN = "demo-auth-token-0123456789abcdef"
KEY = "0123456789abcdef0123456789ABCDEF"
TAGS = ("ZHM1100000001", "ZHM1100000002")  # the second one's replies may be encrypted
NOW = datetime(2024, 9, 17, 18, 0, tzinfo=timezone(timedelta(hours=3)))
APIS = {"rest": GatewayApi.REST_V3, "web": GatewayApi.WEB_API_3}
MOST_REQUESTS = 50  # of one call; then the gateway is silent
LONGEST_WORDS = 500  # characters
LONGEST_WAIT = 120.0  # seconds
LATE = "Fri, 31 Dec 99999999999 23:59:59 GMT"
ENCODINGS = ["", "gzip", "deflate", "br", "identity"]
WAITS = ["", "0", "5", "121", "-1", "1e9", "99999999999", "nan", "Fri, 31 Dec 1999 23:59:59 GMT", LATE]
CODES = ["200", "201", "204", "302", "400", "401", "404", "409", "429", "500", "503", "999"]
NAMES = [
	*(
		"PunchLog",
		"Log",
		"User",
		"List",
		"AccessLog",
		"OffSet",
		"ActualRowCount",
		"ReturnRowCount",
		"Summary",
	),
	*("Date", "FirstIn", "LastOut", "Seconds", "Photo", "Data", "Export", "Devices", "Credentials", "Type"),
	*(
		"Index",
		"UserID",
		"FirstName",
		"LastName",
		"UserType",
		"ServiceTag",
		"LabelName",
		"Online",
		"LastSeen",
	),
	*(
		"DeviceInformation",
		"Model",
		"Firmware",
		"Capacity",
		"Counters",
		"LicenceUntil",
		"Health",
		"QueueDepth",
	),
	*("Reachable", "Door", "State", "Number", "Operation", "OperationID", "Message", "Status", "StatusCode"),
	*("Migration", "Total", "Done", "LogTime", "InputType", "SerialNumber"),
]


class Records:
	"""Two devices with one person each."""

	def devices(self) -> list[Device]:
		return [Device(TAGS[0], "Main Gate", last_seen=NOW), Device(TAGS[1])]

	def users(self, service_tag: str) -> list[User]:
		return [User("EMP-0001", "Employee", "One", "User", (("Fingerprint", "6"),), (service_tag,))]


@dataclasses.dataclass(frozen=True)
class Answer:
	"""One input, taken apart."""

	api: GatewayApi
	operation: str
	code: int
	encoding: str
	retry_after: str
	reason: str
	bodies: tuple[bytes, ...]


class Adapter(HTTPAdapter):
	"""Answers as an input says, whatever is requested."""

	def __init__(self, answer: Answer):
		super().__init__()
		self._answer = answer
		self._requests = 0

	def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
		self._requests += 1
		if self._requests > MOST_REQUESTS:
			raise requests.ConnectionError
		bodies = self._answer.bodies
		headers = {"Content-Encoding": self._answer.encoding, "Retry-After": self._answer.retry_after}
		raw = HTTPResponse(
			body=io.BytesIO(bodies[min(self._requests, len(bodies)) - 1]),
			headers={name: value for name, value in headers.items() if value},
			status=self._answer.code,
			reason=self._answer.reason,
			preload_content=False,
		)
		return self.build_response(request, raw)


def check(data: bytes) -> None:
	answer = read_answer(data)
	with in_time():
		try:
			result = ask(answer)
		except NotSupportedError:
			return
		except RequestRefusedError as error:
			check_error(error)
			return
		except GatewayError as error:
			raise AssertionError("an error that is no answer to a request") from error
	assert_storable(result)


def check_error(error: RequestRefusedError) -> None:
	said = f"{error} {error.words}"
	assert_storable(said)
	assert said.isprintable(), "words of several lines, or invisible ones"
	assert len(error.words) <= LONGEST_WORDS, "words without end"
	assert TOKEN not in said, "the token is in an error"
	assert not any(secret in said for secret in secrets_of(error.operation)), "a secret is in an error"
	wait = error.retry_after
	assert wait is None or (math.isfinite(wait) and wait >= 0), "a wait that is none"


def secrets_of(operation: str) -> Iterator[str]:
	for parameter in REQUESTS[operation].parameters:
		if parameter.secret:
			value = parameter.example
			yield base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def ask(answer: Answer) -> Any:
	with GatewayClient(
		TOKEN,
		answer.api,
		security_keys={TAGS[1]: KEY},
		records=Records(),
		zone=NOW.tzinfo or timezone.utc,
		attempts=2,
		sleep=_wait,
		clock=lambda: NOW,
	) as client:
		session = client._transport._session
		session.trust_env = False
		session.mount("https://", Adapter(answer))
		result = getattr(client, REQUESTS[answer.operation].method)(**arguments_of(answer))
		return list(result) if hasattr(result, "__next__") else result


def arguments_of(answer: Answer) -> dict[str, Any]:
	"""The examples of the table, without what Web API 3.0 refuses unsent."""
	parameters = REQUESTS[answer.operation].parameters
	arguments: dict[str, Any] = {parameter.name: parameter.example for parameter in parameters}
	if "windows" in arguments:
		arguments["windows"] = [AccessWindow("Monday", "08:00", "17:00")]
	if answer.api is GatewayApi.WEB_API_3:
		arguments = {name: value for name, value in arguments.items() if not name.startswith("valid_")}
	return arguments


def _wait(seconds: float) -> None:
	assert 0 <= seconds <= LONGEST_WAIT, "a wait without end"


def read_answer(data: bytes) -> Answer:
	line, _, rest = data.partition(b"\n")
	fields = [*line.decode("latin-1").split("\t", 5), *[""] * 6]
	return Answer(
		api=APIS.get(fields[0], GatewayApi.WEB_API_3),
		operation=fields[1] if fields[1] in REQUESTS else "GetAttendanceByDevice",
		code=int(fields[2]) if fields[2] in CODES else 200,
		encoding=fields[3],
		retry_after=fields[4],
		reason=fields[5],
		bodies=tuple(rest.split(b"\n\n")),
	)


def write_answer(
	api: str,
	operation: str,
	*bodies: bytes,
	code: str = "200",
	encoding: str = "",
	wait: str = "",
	reason: str = "",
) -> bytes:
	line = "\t".join((api, operation, code, encoding, wait, reason))
	return line.encode("latin-1", "replace") + b"\n" + b"\n\n".join(bodies)


def build(provider: Provider) -> bytes:
	operation = provider.PickValueInList(list(REQUESTS))
	sample = REPLIES.get(operation, PAGES[0])
	bodies = [
		json.dumps(
			vary(provider, sample, NAMES) if provider.ConsumeBool() else grow_object(provider, NAMES)
		).encode()
		for _body in range(provider.ConsumeIntInRange(1, 3))
	]
	if provider.ConsumeIntInRange(0, 9) == 9:
		bodies = [encrypt(body, KEY) for body in bodies]
	is_odd = provider.ConsumeIntInRange(0, 3) == 3
	return write_answer(
		provider.PickValueInList(list(APIS)),
		operation,
		*bodies,
		code=provider.PickValueInList(CODES) if is_odd else "200",
		encoding=provider.PickValueInList(ENCODINGS) if is_odd else "",
		wait=provider.PickValueInList(WAITS) if is_odd else "",
		reason=provider.ConsumeUnicode(20).replace("\n", "") if is_odd else "OK",
	)


ROW = {
	"ServiceTag": TAGS[0],
	"UserID": "EMP-0001",
	"Type": "CheckIn",
	"LogTime": "2024-09-17 08:00:00 GMT +0300",
}
PERSON = {
	**{"UserID": "EMP-0001", "FirstName": "Employee", "LastName": "One", "UserType": "User"},
	**{"Devices": [TAGS[0]], "Credentials": [{"Type": "Fingerprint", "Index": "6"}]},
}
DAY = {
	"UserID": "EMP-0001",
	"Date": "2024-09-17",
	"FirstIn": ROW["LogTime"],
	"LastOut": "",
	"Seconds": "30600",
}
COUNTS = {"Users": "3000", "PunchLogs": 100000}
INFORMATION = {
	**{"Model": "Simulated", "Firmware": "1.0", "Capacity": COUNTS, "Counters": COUNTS},
	"LicenceUntil": "2027-01-31",
}
PAGES: list[dict[str, Any]] = [
	{"StatusCode": "0", "Status": "done", "PunchLog": {"Log": [ROW], "OffSet": "1", "ActualRowCount": "2"}},
	{"StatusCode": "0", "Status": "done", "PunchLog": {"Log": [ROW], "OffSet": "", "ActualRowCount": "2"}},
]
REPLIES: dict[str, dict[str, Any]] = {
	"GetAttendanceSummary": {"Summary": [DAY]},
	"GetAttendancePhoto": {"Photo": {"Type": "Base64", "Data": "anBlZw=="}},
	"ExportAttendance": {"Export": "ServiceTag,UserID\n"},
	"FindUser": {"User": PERSON},
	"ListUsers": {"User": {"List": [PERSON], "OffSet": ""}},
	"ListUserDevices": {"Devices": [TAGS[0]]},
	"OpenDoor": {"OperationID": "9nu1wak5616p", "State": "Sent", "Message": TOKEN},
	"SetUserPassword": {"Status": "FAILED", "Message": "90817263 is too short"},
	"GetDoorStatus": {"Door": {"Number": 1, "State": "Closed"}},
	"GetAccessEvents": {"AccessLog": {"Log": [{**ROW, "Door": "1"}]}},
	"ListDevices": {"Devices": [{"ServiceTag": TAGS[0], "Online": True, "LastSeen": ROW["LogTime"]}]},
	"GetDeviceInfo": {"StatusCode": 0, "DeviceInformation": INFORMATION},
	"CheckDeviceHealth": {"Health": {"Online": "true", "LastSeen": ROW["LogTime"], "QueueDepth": "1"}},
	"PingConnection": {"Reachable": True},
	"GetCommandStatus": {"State": "Done", "Operation": "OpenDoor", "ServiceTag": TAGS[0]},
	"MigrationStatus": {"Migration": {"State": "Done", "Total": "2", "Done": 2}},
}
_PAGES = [json.dumps(page).encode() for page in PAGES]
TARGET = Target(
	check=check,
	build=build,
	seeds=[
		*(write_answer(api, "GetAttendanceByDevice", *_PAGES) for api in APIS),
		*(write_answer("rest", name, json.dumps(reply).encode()) for name, reply in REPLIES.items()),
		write_answer("web", "GetDeviceInfo", json.dumps(REPLIES["GetDeviceInfo"]).encode()),
		write_answer("web", "AddUser", b'{"StatusCode":"7","Status":"FAILED"}'),
		write_answer("web", "GetAttendanceSummary", _PAGES[1], encrypt(_PAGES[1], KEY)),
		*(write_answer("web", "PingConnection", b"{}", code=code, wait="5", reason="No") for code in CODES),
		*(write_answer("rest", "PingConnection", b"<html>", code="503", wait=wait) for wait in WAITS[:-1]),
	],
	words=[*NAMES, *REQUESTS, *CODES, *WAITS, *ENCODINGS, *APIS, TOKEN],
)
