"""The client, all request operations over real HTTP against the simulator, in both dialects."""

import doctest
import itertools
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import navari_cams_biometric.gateway.client as client_package
from navari_cams_biometric.gateway.client import (
	AccessEvent,
	AccessWindow,
	Command,
	CommandStatus,
	DaySummary,
	Device,
	DeviceHealth,
	DeviceInfo,
	DevicePunch,
	DoorStatus,
	GatewayClient,
	Migration,
	User,
)
from navari_cams_biometric.gateway.client.derived import summarise
from navari_cams_biometric.gateway.client.dialect import follow
from navari_cams_biometric.gateway.client.reading import fold
from navari_cams_biometric.gateway.client.rest import RestV3
from navari_cams_biometric.gateway.client.webapi_history import windows
from navari_cams_biometric.gateway.errors import (
	AnswerPendingError,
	EncryptionError,
	NotFoundError,
	NotSupportedError,
	TimestampError,
	UnreadableReplyError,
)
from navari_cams_biometric.gateway.operations import OPERATIONS, REQUESTS
from navari_cams_biometric.gateway.punch import Punch
from simulator.rest_answers import JPEG
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, NOW, SECURITY_KEY, TOKEN, at

DOCS = Path(__file__).parents[2] / "docs"

RANGE = {"StartTime": "2024-09-17 00:00:00 GMT +0300", "EndTime": "2024-09-17 23:59:59 GMT +0300"}
PERSON = {"ServiceTag": GATE, "UserID": "EMP-0001"}
NAMES = {"FirstName": "Employee", "LastName": "One", "UserType": "User"}
LOAD = {"Load": {"PunchLog": {"Filter": RANGE}}}
INFORMATION = {"Load": {"DeviceInformation": "All"}}
ONE = {"UserID": "EMP-0001", "FirstName": "Employee", "LastName": "One", "UserType": "User"}
DEVICE_INFO = DeviceInfo(
	GATE,
	model="Simulated",
	firmware="1.0",
	capacity={"Users": 3000, "PunchLogs": 100_000},
	counters={"Users": 2, "Templates": 1, "PunchLogs": 4},
)
USER_ONE = User("EMP-0001", "Employee", "One", "User", (("Fingerprint", "6"),), (GATE,))
CSV = """ServiceTag,UserID,LogTime,Type,InputType
ZHM1100000001,EMP-0001,2024-09-17 08:00:00 GMT +0300,CheckIn,Fingerprint
ZHM1100000001,EMP-0001,2024-09-17 10:00:00 GMT +0300,BreakOut,Fingerprint
ZHM1100000001,EMP-0001,2024-09-17 10:30:00 GMT +0300,BreakIn,Fingerprint
ZHM1100000001,EMP-0001,2024-09-17 17:00:00 GMT +0300,CheckOut,Fingerprint
ZHM1100000002,EMP-0002,2024-09-17 08:15:00 GMT +0300,CheckIn,Fingerprint
"""


def make_punch(tag: str, user_id: str, kind: str, clock: str) -> DevicePunch:
	return DevicePunch(tag, Punch(user_id, kind, f"2024-09-17 {clock}:00 GMT +0300", "Fingerprint"))


GATE_PUNCHES = [
	make_punch(GATE, "EMP-0001", "CheckIn", "08:00"),
	make_punch(GATE, "EMP-0001", "BreakOut", "10:00"),
	make_punch(GATE, "EMP-0001", "BreakIn", "10:30"),
	make_punch(GATE, "EMP-0001", "CheckOut", "17:00"),
]
ALL_PUNCHES = [*GATE_PUNCHES, make_punch(GATE_2, "EMP-0002", "CheckIn", "08:15")]


def make_summary(**overrides) -> list[DaySummary]:
	day = date(2024, 9, 17)
	first = {"first_in": at(8), "last_out": at(17), "worked": timedelta(hours=8.5), **overrides}
	return [DaySummary("EMP-0001", day, **first), DaySummary("EMP-0002", day, at(8, 15), None)]


def make_events(door: int | None) -> list[AccessEvent]:
	return [
		AccessEvent(row.service_tag, row.punch.user_id, row.punch.type, row.punch.log_time, door)
		for row in GATE_PUNCHES
	]


def sent_to(tag: str) -> str:
	return f"a command on its way to {tag}"


# What is sent and what comes back when an operation is called with the examples of the table.
REST = {
	"GetAttendanceByDate": (RANGE, ALL_PUNCHES),
	"GetAttendanceByEmployee": ({"UserID": "EMP-0001", **RANGE}, GATE_PUNCHES),
	"GetAttendanceByDevice": ({"ServiceTag": GATE, **RANGE}, GATE_PUNCHES),
	"GetAttendanceSummary": (RANGE, make_summary()),
	"GetFirstInLastOut": (RANGE, make_summary(worked=timedelta(0))),
	"GetTodayAttendance": ({}, ALL_PUNCHES),
	"GetAttendancePhoto": (
		{**PERSON, "LogTime": "2024-09-17 08:00:00 GMT +0300"},
		JPEG,
	),
	"ExportAttendance": (RANGE, CSV),
	"AddUser": ({**PERSON, **NAMES}, sent_to(GATE)),
	"UpdateUser": (
		{**PERSON, **NAMES, "ValidFrom": RANGE["StartTime"], "ValidUntil": RANGE["EndTime"]},
		sent_to(GATE),
	),
	"DeleteUser": (PERSON, sent_to(GATE)),
	"FindUser": ({"UserID": "EMP-0001", "Credentials": "true"}, USER_ONE),
	"ListUsers": (
		{"ServiceTag": GATE},
		[USER_ONE, User("EMP-0002", "Employee", "Two", "User", (), (GATE,))],
	),
	"ListUserDevices": ({"UserID": "EMP-0001"}, [GATE]),
	"EnrollFingerprint": ({**PERSON, "Template": "cmlkZ2Vz", "Index": 6}, sent_to(GATE)),
	"EnrollFace": ({**PERSON, "Template": "ZmFjZQ==", "Photo": "anBlZw=="}, sent_to(GATE)),
	"EnrollCard": ({**PERSON, "CardNumber": "10283655"}, sent_to(GATE)),
	"SetUserPassword": ({**PERSON, "Password": "90817263"}, sent_to(GATE)),
	"CopyUsers": (
		{"SourceServiceTag": GATE, "ServiceTag": GATE_2, "UserIDs": ["EMP-0001"]},
		sent_to(GATE_2),
	),
	"ResendUser": (PERSON, sent_to(GATE)),
	"OpenDoor": ({"ServiceTag": GATE, "Door": 1}, sent_to(GATE)),
	"LockDoor": ({"ServiceTag": GATE, "Door": 1}, sent_to(GATE)),
	"GetDoorStatus": ({"ServiceTag": GATE, "Door": "1"}, DoorStatus(GATE, 1, "Closed")),
	"SetAccessSchedule": (
		{
			"ServiceTag": GATE,
			"Schedule": "Office hours",
			"Windows": [{"Day": "Monday", "Start": "08:00", "End": "17:00"}],
			"UserIDs": ["EMP-0001"],
		},
		sent_to(GATE),
	),
	"GetAccessEvents": ({"ServiceTag": GATE, **RANGE}, make_events(door=1)),
	"ListDevices": (
		{},
		[Device(GATE, "Main Gate", True, NOW), Device(GATE_2, "Gate 2", True, NOW)],
	),
	"GetDeviceInfo": ({"ServiceTag": GATE}, DEVICE_INFO),
	"CheckDeviceHealth": ({"ServiceTag": GATE}, DeviceHealth(GATE, True, NOW, queue_depth=1)),
	"PingConnection": ({"ServiceTag": GATE}, True),
	"SyncDeviceTime": ({"ServiceTag": GATE}, sent_to(GATE)),
	"RebootDevice": ({"ServiceTag": GATE}, sent_to(GATE)),
	"ResetDeviceQueue": (
		{"ServiceTag": GATE},
		Command("ResetDeviceQueue", "9nu1wak5616p", CommandStatus.DONE, GATE),
	),
	"GetCommandStatus": (
		{"CommandID": "9nu1wak5616p"},
		Command("SyncDeviceTime", "9nu1wak5616p", CommandStatus.SENT, GATE),
	),
	"RegisterCallback": (
		{"URL": "https://erp.example.com/callback"},
		Command("RegisterCallback", "9nu1wak5616p", CommandStatus.DONE),
	),
	"MigrationStatus": ({}, Migration("Done", total=2, done=2)),
}


def make_template(kind: str, data: str, **overrides) -> dict:
	return {"Type": kind, "UserID": "EMP-0001", "Data": data, **overrides}


def add_template(template: dict) -> dict:
	return {"Add": {"User": ONE, "Template": [template]}}


# The same in Web API 3.0: each body that is sent with its device, in order. Lists of devices and people come
# from the local records, without any request.
TODAY = {
	"Load": {"PunchLog": {"Filter": {**RANGE, "EndTime": "2024-09-17 18:00:00 GMT +0300"}}},
}
EACH = [(GATE, LOAD), (GATE_2, LOAD)]
WEB = {
	"GetAttendanceByDate": (EACH, ALL_PUNCHES),
	"GetAttendanceByEmployee": (EACH, GATE_PUNCHES),
	"GetAttendanceByDevice": ([(GATE, LOAD)], GATE_PUNCHES),
	"GetAttendanceSummary": (EACH, make_summary()),
	"GetFirstInLastOut": (EACH, make_summary()),
	"GetTodayAttendance": ([(GATE, TODAY), (GATE_2, TODAY)], ALL_PUNCHES),
	"ExportAttendance": (EACH, CSV),
	"AddUser": ([(GATE, {"Add": {"User": ONE}})], sent_to(GATE)),
	"UpdateUser": ([(GATE, {"Add": {"User": ONE}})], sent_to(GATE)),
	"DeleteUser": ([(GATE, {"Delete": {"User": {"UserID": "EMP-0001"}}})], sent_to(GATE)),
	"FindUser": ([], USER_ONE),
	"ListUsers": (
		[],
		[USER_ONE, User("EMP-0002", "Employee", "Two", "User", None, (GATE,))],
	),
	"ListUserDevices": ([], [GATE]),
	"EnrollFingerprint": (
		[(GATE, add_template(make_template("Fingerprint", "cmlkZ2Vz", Index="6", Size="8")))],
		sent_to(GATE),
	),
	"EnrollFace": (
		[
			(GATE, add_template(make_template("Face", "ZmFjZQ==", Index="0", Size="8"))),
			(GATE, {"Add": {"Photo": make_template("Base64", "anBlZw==", Size="8")}}),
		],
		sent_to(GATE),
	),
	"EnrollCard": ([(GATE, add_template(make_template("Card", "10283655")))], sent_to(GATE)),
	"SetUserPassword": ([(GATE, add_template(make_template("Password", "90817263")))], sent_to(GATE)),
	"ResendUser": ([(GATE, {"Add": {"User": ONE}})], sent_to(GATE)),
	"GetAccessEvents": ([(GATE, LOAD)], make_events(door=None)),
	"ListDevices": (
		[],
		[Device(GATE, "Main Gate", last_seen=NOW), Device(GATE_2, "Gate 2")],
	),
	"GetDeviceInfo": ([(GATE, INFORMATION)], DEVICE_INFO),
	"CheckDeviceHealth": ([(GATE, INFORMATION)], DeviceHealth(GATE, True, NOW)),
	"PingConnection": ([(GATE, INFORMATION)], True),
}


def examples(name: str, *without: str) -> dict:
	"""The arguments of the table's example."""
	arguments = {known.name: known.example for known in REQUESTS[name].parameters}
	if "windows" in arguments:
		arguments["windows"] = [AccessWindow("Monday", "08:00", "17:00")]
	return {name: value for name, value in arguments.items() if name not in without}


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


def add_history(simulator, count: int, start: datetime, step: timedelta) -> None:
	for number in range(count):
		simulator.world.remember(GATE_2, f"{number:08}", "CheckIn", start + number * step)


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 120])
def test_attendance_pages_by_itself(simulator, make_client, api, count):
	add_history(simulator, count, at(9), timedelta(seconds=1))
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	assert [row.punch.user_id for row in punches] == [f"{number:08}" for number in range(count)]
	assert len(simulator.received) == max(1, -(-count // 50))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_page_is_fetched_when_it_is_needed(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	assert simulator.received == []
	next(punches)
	assert len(simulator.received) == 1


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_goes_on_at_the_offset_where_it_stopped(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	client = make_client(api)
	page = next(client.attendance_pages(GATE_2, at(9), at(10)))
	rest_of_it = list(client.attendance_pages(GATE_2, at(9), at(10), page.next_offset))

	assert (page.next_offset, page.total, len(page.punches)) == ("50", 120, 50)
	assert [len(page.punches) for page in rest_of_it] == [50, 20]
	assert rest_of_it[-1].next_offset == ""


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_an_offset_that_does_not_advance_is_an_error_and_no_endless_loop(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	simulator.set_quirks(stuck_offset=True)
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	with pytest.raises(UnreadableReplyError, match="OffSet does not advance"):
		list(punches)
	assert len(simulator.received) <= 2


def test_web_api_3_is_asked_for_thirty_days_at_a_time_and_no_punch_is_lost_or_doubled(simulator, web):
	start = at(0) - timedelta(days=90)
	add_history(simulator, 91, start, timedelta(days=1))
	punches = list(web.get_attendance_by_device(GATE_2, start, at(0)))

	assert [row.punch.user_id for row in punches] == [f"{number:08}" for number in range(91)]
	filters = [request.arguments["Load"]["PunchLog"]["Filter"] for request in simulator.received]
	assert [asked["StartTime"][:10] for asked in filters] == ["2024-06-19", "2024-07-19", "2024-08-18"]


def test_windows_follow_each_other():
	pieces = list(windows(at(0), at(0) + timedelta(days=61)))

	assert [end - start for start, end in pieces] == [
		timedelta(days=30),
		timedelta(days=30),
		timedelta(days=1),
	]
	assert all(before[1] == after[0] for before, after in itertools.pairwise(pieces))


def test_a_page_wise_load_takes_no_more_than_thirty_days(rest):
	with pytest.raises(ValueError, match="30 days"):
		rest.attendance_pages(GATE, at(0) - timedelta(days=31), at(0))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_that_is_answered_by_the_callback_says_so(simulator, make_client, api):
	simulator.set_quirks(history_by_callback=True)
	punches = make_client(api).get_attendance_by_device(GATE, at(0), at(23))

	with pytest.raises(AnswerPendingError, match="callback URL"):
		next(punches)
	assert [event.kind for event in simulator.world.queues[GATE].events] == ["Batch"]


def read_pages(*replies: dict, offset: str = "") -> list[str]:
	"""The user ids that come of these replies; a reply more than there are is an error."""
	coming = iter(replies)
	pages = follow(
		REQUESTS["GetAttendanceByDevice"], lambda at: fold(next(coming)), ("PunchLog", "Log"), offset
	)
	return [row["userid"] for page in pages for row in page.rows]


def make_reply(offset: object, *user_ids: str, **overrides) -> dict:
	return {"PunchLog": {"OffSet": offset, "Log": [{"UserID": user_id} for user_id in user_ids], **overrides}}


@pytest.mark.parametrize(
	"last",
	[
		make_reply("", "3"),
		make_reply(None, "3"),
		make_reply("3", "3", ActualRowCount="3"),
		make_reply("2", "3", ActualRowCount=3),
		{"punchlog": {"log": {"UserID": "3"}}},
	],
)
def test_the_last_page_has_no_offset_or_completes_the_rows(last):
	assert read_pages(make_reply("2", "1", "2"), last) == ["1", "2", "3"]


@pytest.mark.parametrize("log", [[], None, ""])
def test_a_page_without_rows_is_the_last(log):
	assert read_pages(make_reply("2", "1"), {"PunchLog": {"OffSet": "4", "Log": log}}) == ["1"]


def test_rows_are_not_counted_where_a_load_goes_on():
	replies = (make_reply("4", "3", ActualRowCount="1"), make_reply("", "4"))

	assert read_pages(*replies, offset="2") == ["3", "4"]


@pytest.mark.parametrize("offsets", [("2", "2"), ("2", "4", "2"), ("2", "4", "4")])
def test_an_offset_that_came_before_is_an_error(offsets):
	with pytest.raises(UnreadableReplyError, match="does not advance"):
		read_pages(*(make_reply(offset, "1") for offset in offsets))


def test_a_reply_without_a_list_is_pending():
	with pytest.raises(AnswerPendingError) as refusal:
		read_pages({"Status": "done", "StatusCode": 0, "OperationID": "j95xfejt3vr1"})

	assert refusal.value.operation_id == "j95xfejt3vr1"


def summary_of(*moments: tuple[str, str]) -> list[tuple]:
	"""Days of one person from (time, type), as (day, first in, last out, worked)."""
	punches = [DevicePunch(GATE, Punch("1", kind, f"2024-09-{clock}")) for clock, kind in moments]
	return [
		(day.date.day, day.first_in and day.first_in.hour, day.last_out and day.last_out.hour, day.worked)
		for day in summarise(punches, NAIROBI)
	]


@pytest.mark.parametrize(
	("moments", "days"),
	[
		([], []),
		([("17 08:00:00", "CheckIn"), ("17 17:00:00", "CheckOut")], [(17, 8, 17, timedelta(hours=9))]),
		([("17 17:00:00", "CheckOut"), ("17 08:00:00", "CheckIn")], [(17, 8, 17, timedelta(hours=9))]),
		([("17 08:00:00", "CheckIn")] * 2 + [("17 09:00:00", "CheckOut")], [(17, 8, 9, timedelta(hours=1))]),
		(
			[("17 08:00:00", "CheckIn"), ("17 09:00:00", "CheckIn"), ("17 10:00:00", "CheckOut")],
			[(17, 8, 10, timedelta(hours=2))],
		),
		([("17 17:00:00", "CheckOut")], [(17, None, 17, timedelta(0))]),
		([("17 12:00:00", "MealIn"), ("17 08:00:00", "7"), ("junk", "CheckIn")], []),
		(
			[("17 23:00:00 GMT +0300", "CheckIn"), ("18 01:00:00 GMT +0300", "CheckOut")],
			[(17, 23, None, timedelta(0)), (18, None, 1, timedelta(0))],
		),
		([("17 22:00:00 GMT +0000", "CheckIn")], [(17, 22, None, timedelta(0))]),
	],
)
def test_a_day_is_worked_out_from_its_punches(moments, days):
	assert summary_of(*moments) == days


@pytest.mark.parametrize("quirk", ["lower_case_status", "numbers_as_numbers", "integer_types"])
@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_quirks_of_replies_are_read(simulator, make_client, api, quirk):
	simulator.set_quirks(**{quirk: True})
	client = make_client(api)

	assert len(list(client.get_attendance_by_device(GATE, at(0), at(23)))) == 4
	assert client.get_device_info(GATE).capacity["Users"] == 3000


@pytest.mark.parametrize("nul_padding", [False, True])
def test_an_encrypted_device_is_asked_and_answers_encrypted(simulator, make_client, nul_padding):
	simulator.set_quirks(GATE, encrypted=True, nul_padding=nul_padding)
	client = make_client("Web API 3.0", security_keys={GATE: SECURITY_KEY})

	assert list(client.get_attendance_by_date(at(0), at(23))) == ALL_PUNCHES


def test_a_device_may_have_a_token_of_its_own(simulator, make_client):
	simulator.world.devices[GATE_2].token = "demo-auth-token-of-gate-2-only-0"
	for api in ("REST v3 (form not published)", "Web API 3.0"):
		client = make_client(api, device_tokens={GATE_2: "demo-auth-token-of-gate-2-only-0"})

		assert client.ping_connection(GATE)
		assert client.ping_connection(GATE_2)


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_time_without_offset_is_refused_before_anything_is_sent(simulator, make_client, api):
	with pytest.raises(TimestampError):
		list(make_client(api).get_attendance_by_device(GATE, datetime(2024, 9, 17), at(23)))

	assert simulator.received == []


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_an_end_before_the_start_is_refused_before_anything_is_sent(simulator, make_client, api):
	with pytest.raises(ValueError, match="before the start"):
		make_client(api).get_attendance_by_device(GATE, at(9), at(8))
	with pytest.raises(ValueError, match="before the start"):
		make_client(api).export_attendance(at(9), at(8))

	assert simulator.received == []


def test_without_a_template_the_device_takes_it_from_the_person(simulator, rest):
	assert rest.enroll_face(GATE, "EMP-0001").is_pending
	assert rest.enroll_fingerprint(GATE, "EMP-0001", index=3).is_pending
	simulator.tick(15)

	assert {("Face", "0"), ("Fingerprint", "3")} <= set(
		simulator.world.devices[GATE].users["EMP-0001"].credentials
	)


def test_web_api_needs_a_template(simulator, web):
	for enrol in (web.enroll_face, web.enroll_fingerprint):
		with pytest.raises(NotSupportedError, match="Give a template"):
			enrol(GATE, "EMP-0001")
	assert simulator.received == []


def test_who_is_not_in_the_records_is_not_found(simulator, web):
	for name in ("find_user", "list_user_devices"):
		with pytest.raises(NotFoundError):
			getattr(web, name)("EMP-0099")
	with pytest.raises(NotFoundError):
		web.resend_user(GATE, "EMP-0099")
	assert simulator.received == []


@pytest.mark.parametrize("token", ["", " ", "tökén", "a\nb"])
def test_a_token_that_cannot_be_sent_is_refused(token):
	with pytest.raises(ValueError, match="AuthToken"):
		GatewayClient(token)
	with pytest.raises(ValueError, match="AuthToken"):
		GatewayClient(TOKEN, device_tokens={GATE: token})


def test_what_cannot_be_a_url_an_api_or_a_key_is_refused():
	with pytest.raises(ValueError, match="base URL"):
		GatewayClient(TOKEN, base_url="api.camsunit.com")
	with pytest.raises(ValueError, match="REST v4"):
		GatewayClient(TOKEN, "REST v4")
	with pytest.raises(EncryptionError):
		GatewayClient(TOKEN, security_keys={GATE: "short"})


def test_calls_to_one_device_wait_for_each_other(simulator, rest, monkeypatch):
	running, most = [], []
	original = type(rest._transport)._send

	def send(transport, request):
		running.append(1)
		most.append(len(running))
		time.sleep(0.02)
		running.pop()
		return original(transport, request)

	monkeypatch.setattr(type(rest._transport), "_send", send)
	callers = [threading.Thread(target=rest.ping_connection, args=(GATE,)) for _ in range(4)]
	for caller in callers:
		caller.start()
	for caller in callers:
		caller.join()

	assert most == [1, 1, 1, 1]


def test_the_client_has_a_method_for_each_request_operation_and_the_dialects_no_other():
	public = {name for name in dir(GatewayClient) if not name.startswith("_")}

	assert public == {known.method for known in REQUESTS.values()} | {"attendance_pages", "close", "supports"}
	assert set(REST) == set(REQUESTS)
	assert set(WEB) == {name for name in REQUESTS if REQUESTS[name].counterpart}
	assert {OPERATIONS[name].verb for name in set(OPERATIONS) - set(REST)} == {"PUSH"}
	assert RestV3.name == "REST v3 (form not published)"


@pytest.mark.parametrize("text", [client_package.GatewayClient.__doc__, "dialects.md"])
def test_the_examples_run(simulator, text):
	source = (DOCS / text).read_text(encoding="utf-8") if text.endswith(".md") else text
	source = source.replace("```", "")
	globals_ = {"url": simulator.rest_url, "web_url": simulator.web_api_url, "NAIROBI": NAIROBI}
	examples_ = doctest.DocTestParser().get_doctest(source, globals_, "examples", None, 0)
	report: list[str] = []
	result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples_, out=report.append)

	assert result.attempted
	assert not result.failed, "".join(report)
