"""Examples of every operation: what is sent and what comes back."""

from datetime import date, timedelta

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
	Migration,
	User,
)
from navari_cams_biometric.gateway.operations import REQUESTS
from navari_cams_biometric.gateway.punch import Punch
from simulator.rest_answers import JPEG
from tests.gateway.conftest import GATE, GATE_2, NOW, at

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
