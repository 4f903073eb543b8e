"""The 38 operations of the gateway in one table. Client, simulator, documentation and tests read it.

Names, groups, verbs and meanings are the vendor's words. Parameter names, the path of a call and the shape of a
reply in REST v3 are not published: those here are ours, and so is the decision what is safe to repeat. The
request bodies of Web API 3.0 are the vendor's.

ref: https://camsunit.com (API reference), PROTOCOL sections 5 and 6
"""

import re
from dataclasses import dataclass, replace

from .parameters import (
	CARD,
	COMMAND_ID,
	CREDENTIALS,
	DEVICE,
	DOOR,
	END,
	ENROLMENT,
	FACE,
	FINGERPRINT,
	INDEX,
	LOG_TIME,
	ONLY_USERS,
	PASSWORD,
	PHOTO,
	PROFILE,
	PUNCH,
	SCHEDULE,
	SCHEDULED_USERS,
	SOURCE,
	START,
	STATUS,
	TARGET,
	URL,
	USER,
	VALIDITY,
	WINDOWS,
	Parameters,
)

GET, POST, PUSH = "GET", "POST", "PUSH"

ATTENDANCE = "Attendance"
USERS = "Users & enrolment"
ACCESS = "Access control"
DEVICES = "Device management"
SYSTEM = "Real-time, callback & system"


@dataclass(frozen=True)
class Counterpart:
	"""The nearest request, or event, of Web API 3.0.

	`derived` means that only the request is the vendor's and the answer is derived on our side; `request` is
	empty if it comes from local records alone. `mark` is PROTOCOL's: H, M, or empty without a request.
	"""

	request: str
	mark: str
	derived: bool = False


@dataclass(frozen=True)
class Operation:
	"""One operation. `group` and `meaning` are the vendor's words; `parameters` are in the client's order.

	`reply` names what is returned under which key in REST v3; of a push it is the key that holds the parameters,
	and the answer is always HTTP 200 with `{"status":"done"}`. `risk` says why a repeat could do harm; without
	one the operation is safe to repeat. `can_queue` means that it needs the device itself, so it may be answered
	with 409 and carried out later.
	"""

	name: str
	group: str
	verb: str
	meaning: str
	parameters: Parameters
	reply: str
	counterpart: Counterpart | None = None
	risk: str = ""
	can_queue: bool = False

	@property
	def method(self) -> str:
		"""The client's method: `GetDeviceInfo` is `get_device_info`. Only requests have one."""
		return re.sub(r"(?<!^)(?=[A-Z])", "_", self.name).lower()

	@property
	def is_request(self) -> bool:
		return self.verb != PUSH

	@property
	def safe_to_repeat(self) -> bool:
		return not self.risk


PUNCHES = "PunchLog: Log of ServiceTag, UserID, Type, LogTime, InputType; paged by OffSet"
PEOPLE = "User: List of UserID, FirstName, LastName, UserType, Credentials, Devices; paged by OffSet"
COMMAND = "State (Sent, Queued, Done, Failed, Cancelled) beside the OperationID"

LOAD = Counterpart("Load.PunchLog", "H")
LOAD_DERIVED = Counterpart("Load.PunchLog", "H", derived=True)
INFORMATION_DERIVED = Counterpart("Load.DeviceInformation", "M", derived=True)
ADD_USER = Counterpart("Add.User", "H")
ADD_TEMPLATE = Counterpart("Add.Template", "M")
RECORDS = Counterpart("", "", derived=True)


def _get(
	name: str,
	meaning: str,
	parameters: Parameters,
	reply: str,
	counterpart: Counterpart | None = None,
	can_queue: bool = False,
) -> Operation:
	return Operation(name, "", GET, meaning, parameters, reply, counterpart, "", can_queue)


def _post(
	name: str,
	meaning: str,
	parameters: Parameters,
	counterpart: Counterpart | None = None,
	risk: str = "",
	can_queue: bool = True,
) -> Operation:
	return Operation(name, "", POST, meaning, parameters, COMMAND, counterpart, risk, can_queue)


def _push(name: str, meaning: str, parameters: Parameters, envelope: str, mark: str = "") -> Operation:
	counterpart = Counterpart(envelope, mark) if mark else None
	return Operation(name, "", PUSH, meaning, parameters, envelope, counterpart)


def _group(group: str, *operations: Operation) -> tuple[Operation, ...]:
	return tuple(replace(operation, group=group) for operation in operations)


_TABLE = (
	*_group(
		ATTENDANCE,
		_get(
			"GetAttendanceByDate",
			"All punches within a date range across the account.",
			(START, END),
			PUNCHES,
			LOAD_DERIVED,
		),
		_get(
			"GetAttendanceByEmployee",
			"Logs for a single employee code over a period.",
			(USER, START, END),
			PUNCHES,
			LOAD_DERIVED,
		),
		_get(
			"GetAttendanceByDevice",
			"Punches captured by one device serial number.",
			(DEVICE, START, END),
			PUNCHES,
			LOAD,
		),
		_get(
			"GetAttendanceSummary",
			"Per-day, per-employee summary (in/out, hours).",
			(START, END),
			"Summary: list of UserID, Date, FirstIn, LastOut, Seconds",
			LOAD_DERIVED,
		),
		_get(
			"GetFirstInLastOut",
			"First-in / last-out pair per employee per day.",
			(START, END),
			"Summary: list of UserID, Date, FirstIn, LastOut",
			LOAD_DERIVED,
		),
		_get("GetTodayAttendance", "Live snapshot of today's punches.", (), PUNCHES, LOAD_DERIVED),
		_get(
			"GetAttendancePhoto",
			"Capture photos attached to a punch, where supported.",
			(DEVICE, USER, LOG_TIME),
			"Photo: Data, base64 of a JPEG",
		),
		_get(
			"ExportAttendance",
			"Bulk export for payroll & reconciliation.",
			(START, END),
			"Export: CSV text of ServiceTag, UserID, LogTime, Type, InputType",
			LOAD_DERIVED,
		),
	),
	*_group(
		USERS,
		_post("AddUser", "Create a user on one or more devices.", (DEVICE, USER, *PROFILE), ADD_USER),
		_post(
			"UpdateUser",
			"Edit name, role, validity or privileges.",
			(DEVICE, USER, *PROFILE, *VALIDITY),
			ADD_USER,
		),
		_post("DeleteUser", "Remove a user from a device.", (DEVICE, USER), Counterpart("Delete.User", "H")),
		_get(
			"FindUser",
			"Look up a user by code, with optional credentials.",
			(
				USER,
				CREDENTIALS,
			),
			"User: one, as ListUsers tells them",
			RECORDS,
		),
		_get("ListUsers", "Enumerate everyone enrolled on a device.", (DEVICE,), PEOPLE, RECORDS),
		_get(
			"ListUserDevices",
			"Show which devices a user exists on.",
			(USER,),
			"Devices: list of service tags",
			RECORDS,
		),
		_post(
			"EnrollFingerprint",
			"Push a fingerprint template to the device.",
			(DEVICE, USER, FINGERPRINT, INDEX),
			ADD_TEMPLATE,
		),
		_post(
			"EnrollFace",
			"Register a face template where supported.",
			(DEVICE, USER, FACE, PHOTO),
			ADD_TEMPLATE,
		),
		_post("EnrollCard", "Assign an RFID / proximity card to a user.", (DEVICE, USER, CARD), ADD_TEMPLATE),
		_post(
			"SetUserPassword",
			"Set or change a device PIN / password.",
			(DEVICE, USER, PASSWORD),
			ADD_TEMPLATE,
		),
		_post(
			"CopyUsers",
			"Clone users & templates between devices.",
			(
				SOURCE,
				TARGET,
				ONLY_USERS,
			),
			risk="a second copy may overwrite what was changed on the target in between",
		),
		_post("ResendUser", "Re-deliver a user's data to a device queue.", (DEVICE, USER), ADD_USER),
	),
	*_group(
		ACCESS,
		_post(
			"OpenDoor",
			"Trigger a door relay remotely in real time.",
			(DEVICE, DOOR),
			risk="the door would open again, perhaps with nobody watching",
		),
		_post(
			"LockDoor",
			"Lock / hold a door under your control.",
			(DEVICE, DOOR),
			risk="it could lock a door that somebody has just released",
		),
		_get(
			"GetDoorStatus",
			"Read the current open / closed state.",
			(DEVICE, DOOR),
			"Door: Number, State (Open, Closed, Locked)",
			can_queue=True,
		),
		_post(
			"SetAccessSchedule",
			"Define time-based access windows.",
			(
				DEVICE,
				SCHEDULE,
				WINDOWS,
				SCHEDULED_USERS,
			),
		),
		_get(
			"GetAccessEvents",
			"Entry / exit and door events log.",
			(DEVICE, START, END),
			"AccessLog: Log of ServiceTag, UserID, Type, LogTime, Door; paged by OffSet",
			LOAD_DERIVED,
		),
	),
	*_group(
		DEVICES,
		_get(
			"ListDevices",
			"Inventory of every connected device.",
			(),
			"Devices: list of ServiceTag, LabelName, Online, LastSeen",
			RECORDS,
		),
		_get(
			"GetDeviceInfo",
			"Model, firmware, capacity and counters.",
			(DEVICE,),
			"DeviceInformation: Model, Firmware, Capacity and Counters (numbers by name), LicenceUntil (a day, if known)",
			Counterpart("Load.DeviceInformation", "M"),
			can_queue=True,
		),
		_get(
			"CheckDeviceHealth",
			"Online state, last-seen and queue depth.",
			(DEVICE,),
			"Health: Online, LastSeen, QueueDepth (commands that wait)",
			INFORMATION_DERIVED,
		),
		_get(
			"PingConnection",
			"Confirm reachability of a device now.",
			(DEVICE,),
			"Reachable: true or false",
			INFORMATION_DERIVED,
		),
		_post("SyncDeviceTime", "Align device clock with the server.", (DEVICE,)),
		_post("RebootDevice", "Restart a device remotely.", (DEVICE,), risk="the device would restart again"),
		_post(
			"ResetDeviceQueue",
			"Clear stuck commands from the queue.",
			(DEVICE,),
			risk="it would clear commands that were given in between",
			can_queue=False,
		),
		_get(
			"GetCommandStatus",
			"Track the state of a queued command.",
			(COMMAND_ID,),
			"State, ServiceTag and Operation of the command",
		),
	),
	*_group(
		SYSTEM,
		_post(
			"RegisterCallback",
			"Subscribe a webhook URL for live events.",
			(URL,),
			can_queue=False,
		),
		_push("attendance.new", "Fired on every punch, in real time.", PUNCH, "RealTime.PunchLog", "H"),
		_push("device.status", "Online / offline & health transitions.", STATUS, "RealTime.DeviceStatus"),
		_push(
			"enrollment.update",
			"Confirmation when a template lands on a device.",
			ENROLMENT,
			"RealTime.UserUpdated",
			"H",
		),
		_get(
			"MigrationStatus",
			"Track bulk device / data migration progress.",
			(),
			"Migration: State, Total, Done (devices)",
		),
	),
)

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
REQUESTS: dict[str, Operation] = {name: known for name, known in OPERATIONS.items() if known.is_request}
