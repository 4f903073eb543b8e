"""The table of operations: the vendor's list, complete, and known alike to client, simulator and docs.

`python -m tests.gateway.test_operations` writes docs/operations.md anew.
"""

import inspect
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.client.dialect import encode
from navari_cams_biometric.gateway.client.webapi import ANSWERS, NEED_RECORDS
from navari_cams_biometric.gateway.operations import GET, OPERATIONS, POST, PUSH, REQUESTS, Operation
from navari_cams_biometric.gateway.parameters import Parameter
from simulator.rest_answers import HANDLERS
from tests.places import PLACES

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"

# As the vendor's page lists them.
VENDORS_LIST = {
	"Attendance": (
		"GET GetAttendanceByDate, GET GetAttendanceByEmployee, GET GetAttendanceByDevice, "
		"GET GetAttendanceSummary, GET GetFirstInLastOut, GET GetTodayAttendance, GET GetAttendancePhoto, "
		"GET ExportAttendance"
	),
	"Users & enrolment": (
		"POST AddUser, POST UpdateUser, POST DeleteUser, GET FindUser, GET ListUsers, GET ListUserDevices, "
		"POST EnrollFingerprint, POST EnrollFace, POST EnrollCard, POST SetUserPassword, POST CopyUsers, "
		"POST ResendUser"
	),
	"Access control": (
		"POST OpenDoor, POST LockDoor, GET GetDoorStatus, POST SetAccessSchedule, GET GetAccessEvents"
	),
	"Device management": (
		"GET ListDevices, GET GetDeviceInfo, GET CheckDeviceHealth, GET PingConnection, POST SyncDeviceTime, "
		"POST RebootDevice, POST ResetDeviceQueue, GET GetCommandStatus"
	),
	"Real-time, callback & system": (
		"POST RegisterCallback, PUSH attendance.new, PUSH device.status, PUSH enrollment.update, "
		"GET MigrationStatus"
	),
}

HEAD = """# The 38 operations

This page is made from the table in `navari_cams_biometric/gateway/operations.py`; a test keeps it current.

**What is whose.** Names, groups, verbs and the sentence that says what an operation does are the vendor's, and
so are the base URL, the AuthToken with every request, form or JSON, and the codes 200, 401, 404, 409 and 429.
The vendor publishes no paths, no parameter names and no replies for REST v3: those below are **ours**. The
request bodies of Web API 3.0 and the events of the callback are the **vendor's**; what is derived from them is
worked out on our side; the fields of a DeviceInformation are published nowhere and ours too. [dialects.md](dialects.md) says how to choose.

In REST v3 a request goes to `https://api.camsunit.com/v3/` and the operation's name, with the token in the
header `AuthToken`. Parameters go in the query of a GET, and as JSON or a form in the body of a POST. Times are
written like `2024-09-17 08:00:00 GMT +0300`; in the examples they are variables, aware datetimes.
"""


def render_page() -> str:
	parts = [HEAD]
	group = ""
	for operation in OPERATIONS.values():
		if operation.group != group:
			group = operation.group
			parts.append(f"## {group}\n")
		parts.append(_render(operation))
	return "\n".join(parts)


def _render(operation: Operation) -> str:
	lines = [f"### {operation.name}\n", f"{operation.verb}. {operation.meaning}\n"]
	if operation.parameters:
		where = "in REST v3" if operation.is_request else "in the body"
		lines += [f"| parameter | {where} | kind | meaning |", "|---|---|---|---|"]
		lines += [_row(parameter) for parameter in operation.parameters]
		lines.append("")
	if operation.is_request:
		lines += ["```python", _python(operation), "```", "", "```http", _http(operation), "```", ""]
	lines += [f"- {line}" for line in _facts(operation)]
	return "\n".join(lines) + "\n"


def _row(parameter: Parameter) -> str:
	optional = "" if parameter.required else ", optional"
	return f"| `{parameter.name}` | `{parameter.wire}` | {parameter.kind}{optional} | {parameter.meaning} |"


def _python(operation: Operation) -> str:
	"""The call of the client, as the formatter would have it. Times stand as variables."""
	given = [
		_literal(known) if known.required else f"{known.name}={_literal(known)}"
		for known in operation.parameters
	]
	line = f"client.{operation.method}({', '.join(given)})"
	if len(line) <= 110:
		return line
	inner = ", ".join(given) if len(", ".join(given)) <= 106 else ",\n\t".join(given) + ","
	return f"client.{operation.method}(\n\t{inner}\n)"


def _literal(parameter: Parameter) -> str:
	if parameter.kind == "time":
		return parameter.name
	if parameter.kind == "windows":
		return f"[AccessWindow({', '.join(json.dumps(text) for text in parameter.example[0].values())})]"
	if parameter.kind == "bytes":
		return f'b"{parameter.example.decode()}"'
	return repr(parameter.example) if parameter.kind == "boolean" else json.dumps(parameter.example)


def _http(operation: Operation) -> str:
	wire = encode(operation, {known.name: known.example for known in operation.parameters})
	if operation.verb == POST:
		return f"POST /v3/{operation.name}\n\n{json.dumps(wire)}"
	query = urlencode({name: "true" if value is True else value for name, value in wire.items()})
	return f"GET /v3/{operation.name}{'?' if query else ''}{query}"


def _facts(operation: Operation) -> list[str]:
	if not operation.is_request:
		whose = "vendor's" if operation.counterpart else "ours"
		acknowledged = '`{"status":"done"}`'
		return [
			f"The callback, within `{operation.reply}`; answered with {acknowledged}. Wire form: {whose}."
		]
	facts = [
		f"In the Desk: {PLACES[operation.name].where}.",
		f"Reply: {operation.reply}. Wire form in REST v3: ours.",
	]
	facts.append(f"Web API 3.0: {_counterpart(operation)}")
	facts.append("Safe to repeat." if operation.safe_to_repeat else f"Sent once: {operation.risk}.")
	if operation.can_queue:
		facts.append("409 while the device is offline.")
	return facts


def _counterpart(operation: Operation) -> str:
	if not operation.counterpart:
		return "none, refused before anything is sent."
	if not operation.counterpart.request:
		return "from local records, without a request."
	kind = "derived from" if operation.counterpart.derived else "is"
	records = ", for the devices in local records" if operation.name in NEED_RECORDS else ""
	return f"{kind} `{operation.counterpart.request}`{records}; wire form: vendor's ({operation.counterpart.mark})."


def test_the_table_is_the_vendors_list_in_its_order():
	table: dict[str, list[str]] = {}
	for operation in OPERATIONS.values():
		table.setdefault(operation.group, []).append(f"{operation.verb} {operation.name}")

	assert {group: ", ".join(names) for group, names in table.items()} == VENDORS_LIST
	assert list(table) == list(VENDORS_LIST)
	assert len(OPERATIONS) == 38


def test_there_are_19_questions_16_commands_and_3_pushes():
	verbs = [operation.verb for operation in OPERATIONS.values()]

	assert (verbs.count(GET), verbs.count(POST), verbs.count(PUSH)) == (19, 16, 3)
	assert len(REQUESTS) == 35


def test_client_simulator_and_docs_know_the_same_operations_as_the_table():
	methods = {name for name in dir(GatewayClient) if not name.startswith("_")}
	headings = re.findall(r"^### (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

	assert methods - {"attendance_pages", "close", "supports"} == {
		known.method for known in REQUESTS.values()
	}
	assert set(HANDLERS) == set(REQUESTS)
	assert headings == list(OPERATIONS)
	assert set(PLACES) == set(REQUESTS)


def test_the_dialect_answers_exactly_what_has_a_counterpart():
	lists = {"GetAttendanceByDate", "GetAttendanceByEmployee", "GetAttendanceByDevice", "GetTodayAttendance"}
	lists |= {"GetAccessEvents", "ListUsers"}

	assert set(ANSWERS) | lists == {name for name, known in REQUESTS.items() if known.counterpart}
	assert NEED_RECORDS <= set(ANSWERS) | lists


@pytest.mark.parametrize("operation", REQUESTS.values(), ids=lambda operation: operation.name)
def test_the_method_takes_the_parameters_of_the_table(operation):
	signature = inspect.signature(getattr(GatewayClient, operation.method))
	taken = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]

	assert [parameter.name for parameter in taken] == [known.name for known in operation.parameters]
	assert [parameter.default is inspect.Parameter.empty for parameter in taken] == [
		known.required for known in operation.parameters
	]
	assert inspect.getdoc(getattr(GatewayClient, operation.method))


def test_what_moves_something_or_somebody_is_not_repeated():
	unsafe = {name for name, known in OPERATIONS.items() if not known.safe_to_repeat}

	assert unsafe == {"CopyUsers", "OpenDoor", "LockDoor", "RebootDevice", "ResetDeviceQueue"}


def test_questions_are_safe_to_repeat():
	assert all(known.safe_to_repeat for known in OPERATIONS.values() if known.verb == GET)


def test_secrets_are_marked():
	secret = {known.wire for operation in REQUESTS.values() for known in operation.parameters if known.secret}

	assert secret == {"Template", "Photo", "CardNumber", "Password", "URL"}
	assert not [
		known
		for operation in REQUESTS.values()
		if operation.verb == GET
		for known in operation.parameters
		if known.secret
	]


def test_an_argument_that_the_table_does_not_know_is_refused():
	with pytest.raises(TypeError, match="OpenDoor has no window"):
		encode(OPERATIONS["OpenDoor"], {"device": "ZHM1100000001", "window": 1})


def test_the_page_is_current():
	assert PAGE.read_text(encoding="utf-8") == render_page(), "run python -m tests.gateway.test_operations"


if __name__ == "__main__":
	PAGE.write_text(render_page(), encoding="utf-8")
