"""What each operation of the simulator's REST v3 answers. Reply shapes are ours, as the client's are."""

import base64
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from navari_cams_biometric.gateway.client.answers import DevicePunch
from navari_cams_biometric.gateway.client.derived import export_csv, summarise
from navari_cams_biometric.gateway.client.reading import read_boolean, text
from navari_cams_biometric.gateway.client.rows import summary_row
from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.operations import Operation
from navari_cams_biometric.gateway.punch import Punch
from navari_cams_biometric.gateway.timestamp import format_timestamp, parse_timestamp

from .commands import EFFECTS
from .pages import page_of, page_of_entries
from .state import LedgerEntry, SimulatedDevice, SimulatedUser
from .world import World

Arguments = dict[str, Any]
Reply = dict[str, Any]
Answer = tuple[int, Reply]

JPEG = Path(__file__).with_name("photo.jpg").read_bytes()


class Refused(Exception):
	"""An answer other than 200."""

	def __init__(self, code: int, status: str, message: str):
		super().__init__(message)
		self.answer = (code, {"Status": status, "Message": message})


def read_time_of(name: str, value: object) -> datetime:
	try:
		return parse_timestamp(text(value), timezone.utc)
	except TimestampError as error:
		raise Refused(400, "BAD_REQUEST", f"{name} is no time") from error


def _device(world: World, arguments: Arguments, key: str = "ServiceTag") -> SimulatedDevice:
	device = world.devices.get(text(arguments.get(key)))
	if device is None:
		raise Refused(404, "DEVICE_NOT_FOUND", "Device not found")
	return device


def _command(world: World, operation: Operation, arguments: Arguments) -> Answer:
	"""Send it on its way: 200 where the device is online, 409 where it waits."""
	device = _device(world, arguments)
	if operation.name == "CopyUsers":
		_device(world, arguments, "SourceServiceTag")
	needs_user = {"UpdateUser", "DeleteUser", "ResendUser"}
	if operation.name in needs_user and arguments["UserID"] not in device.users:
		raise Refused(404, "USER_NOT_FOUND", "User not found")
	command = world.command(operation.name, device.service_tag, _storable(arguments))
	reply = {"OperationID": command.operation_id, "State": command.state}
	if command.state == "Queued":
		return 409, {**reply, "Message": "Device offline, command is queued"}
	return 200, reply


def _storable(arguments: Arguments) -> Arguments:
	return {
		name: format_timestamp(value) if isinstance(value, datetime) else value
		for name, value in arguments.items()
	}


def _attendance(world: World, operation: Operation, arguments: Arguments) -> Answer:
	named = "ServiceTag" in arguments
	devices = [_device(world, arguments)] if named else list(world.devices.values())
	start, end = _range(world, arguments)
	if any(device.quirks.history_by_callback for device in devices):
		for device in devices:
			world.push_history(device, device.between(start, end))
		return 200, {}
	lists = [(device, _of_user(device.between(start, end), arguments)) for device in devices]
	return 200, {"PunchLog": page_of_entries(lists, text(arguments.get("OffSet")))}


def _of_user(entries: list[LedgerEntry], arguments: Arguments) -> list[LedgerEntry]:
	user_id = arguments.get("UserID")
	return entries if user_id is None else [entry for entry in entries if entry.user_id == user_id]


def _range(world: World, arguments: Arguments) -> tuple[datetime, datetime]:
	if "StartTime" in arguments:
		return arguments["StartTime"], arguments["EndTime"]
	zone = next(iter(world.devices.values())).zone if world.devices else timezone.utc
	return world.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), world.now


def _punches(world: World, arguments: Arguments) -> Iterable[DevicePunch]:
	for device in world.devices.values():
		for entry in device.between(*_range(world, arguments)):
			punch = Punch(entry.user_id, entry.type, entry.log_time, entry.input_type)
			yield DevicePunch(entry.service_tag, punch)


def _summary(world: World, operation: Operation, arguments: Arguments) -> Answer:
	rows = [summary_row(day) for day in summarise(_punches(world, arguments), timezone.utc)]
	if operation.name == "GetFirstInLastOut":
		rows = [{key: value for key, value in row.items() if key != "Seconds"} for row in rows]
	return 200, {"Summary": rows}


def _export(world: World, operation: Operation, arguments: Arguments) -> Answer:
	return 200, {"Export": export_csv(_punches(world, arguments))}


def _photo(world: World, operation: Operation, arguments: Arguments) -> Answer:
	moment, user_id = arguments["LogTime"], arguments["UserID"]
	if not _of_user(_device(world, arguments).between(moment, moment), {"UserID": user_id}):
		raise Refused(404, "PHOTO_NOT_FOUND", "No photo of this punch")
	return 200, {"Photo": {"Type": "Base64", "Data": base64.b64encode(JPEG).decode()}}


def _find_user(world: World, operation: Operation, arguments: Arguments) -> Answer:
	tags, user = _holders(world, arguments["UserID"])
	return 200, {"User": _user_row(user, tags, bool(read_boolean(arguments.get("Credentials"))))}


def _list_user_devices(world: World, operation: Operation, arguments: Arguments) -> Answer:
	return 200, {"Devices": _holders(world, arguments["UserID"])[0]}


def _holders(world: World, user_id: str) -> tuple[list[str], SimulatedUser]:
	found = [(tag, device.users[user_id]) for tag, device in world.devices.items() if user_id in device.users]
	if not found:
		raise Refused(404, "USER_NOT_FOUND", "User not found")
	return [tag for tag, _user in found], found[-1][1]


def _list_users(world: World, operation: Operation, arguments: Arguments) -> Answer:
	device = _device(world, arguments)
	rows = [_user_row(user, [device.service_tag], True) for user in device.users.values()]
	return 200, {"User": page_of(rows, "List", text(arguments.get("OffSet")), device.quirks)}


def _user_row(user: SimulatedUser, tags: list[str], credentials: bool) -> Reply:
	row = {"UserID": user.user_id, "FirstName": user.first_name, "LastName": user.last_name}
	kinds = [{"Type": kind, "Index": index} for kind, index in user.credentials]
	known = {"Credentials": kinds} if credentials else {}
	return {**row, "UserType": user.user_type, "Devices": tags, **known}


def _door_status(world: World, operation: Operation, arguments: Arguments) -> Answer:
	device = _device(world, arguments)
	door = int(arguments.get("Door", 1))
	if not device.online:
		return 409, {"Message": "Device offline"}
	if door not in device.doors:
		raise Refused(404, "DOOR_NOT_FOUND", "Door not found")
	return 200, {"Door": {"Number": door, "State": device.doors[door]}}


def _access_events(world: World, operation: Operation, arguments: Arguments) -> Answer:
	device = _device(world, arguments)
	start, end = _range(world, arguments)
	doors = [row for row in device.door_events if start <= read_time_of("LogTime", row["LogTime"]) <= end]
	rows = [_access_row(entry) for entry in device.between(start, end)] + doors
	return 200, {"AccessLog": page_of(rows, "Log", text(arguments.get("OffSet")), device.quirks)}


def _access_row(entry: LedgerEntry) -> Reply:
	row = {"ServiceTag": entry.service_tag, "UserID": entry.user_id, "Type": entry.type}
	return {**row, "LogTime": entry.log_time, "Door": "1"}


def _list_devices(world: World, operation: Operation, arguments: Arguments) -> Answer:
	return 200, {"Devices": [_device_row(device) for device in world.devices.values()]}


def _device_row(device: SimulatedDevice) -> Reply:
	row = {"ServiceTag": device.service_tag, "LabelName": device.label}
	return {**row, "Online": device.online, "LastSeen": _last_seen(device)}


def _last_seen(device: SimulatedDevice) -> str:
	return format_timestamp(device.last_seen.astimezone(device.zone)) if device.last_seen else ""


def device_information(device: SimulatedDevice) -> Reply:
	count: Callable[[int], str | int] = int if device.quirks.numbers_as_numbers else str
	templates = sum(len(user.credentials) for user in device.users.values())
	counters = {"Users": count(len(device.users)), "Templates": count(templates)}
	licence = {"LicenceUntil": device.licence_until.isoformat()} if device.licence_until else {}
	return {
		"Model": "Simulated",
		"Firmware": "1.0",
		"Capacity": {"Users": count(3000), "PunchLogs": count(100_000)},
		"Counters": {**counters, "PunchLogs": count(len(device.history) + len(device.waiting))},
		**licence,
	}


def _device_info(world: World, operation: Operation, arguments: Arguments) -> Answer:
	device = _device(world, arguments)
	if not device.online:
		return 409, {"Message": "Device offline"}
	return 200, {"DeviceInformation": device_information(device)}


def _health(world: World, operation: Operation, arguments: Arguments) -> Answer:
	device = _device(world, arguments)
	row = {"Online": device.online, "LastSeen": _last_seen(device)}
	return 200, {"Health": {**row, "QueueDepth": str(world.pending(device))}}


def _ping(world: World, operation: Operation, arguments: Arguments) -> Answer:
	return 200, {"Reachable": _device(world, arguments).online}


def _reset_queue(world: World, operation: Operation, arguments: Arguments) -> Answer:
	world.reset_queue(_device(world, arguments))
	return 200, {"State": "Done"}


def _command_status(world: World, operation: Operation, arguments: Arguments) -> Answer:
	command = world.commands.get(arguments["CommandID"])
	if command is None:
		raise Refused(404, "COMMAND_NOT_FOUND", "No such command")
	reply = {"State": command.state, "Operation": command.operation, "Message": command.message}
	return 200, {**reply, "ServiceTag": command.service_tag}


def _register_callback(world: World, operation: Operation, arguments: Arguments) -> Answer:
	if not world.may_call(arguments["URL"]):
		raise Refused(400, "BAD_REQUEST", "The simulator calls this machine or the configured host only")
	world.callback_url = arguments["URL"]
	return 200, {"State": "Done"}


def _migration_status(world: World, operation: Operation, arguments: Arguments) -> Answer:
	count = len(world.devices)
	return 200, {"Migration": {"State": "Done", "Total": str(count), "Done": str(count)}}


_Handler = Callable[[World, Operation, Arguments], Answer]
HANDLERS: dict[str, _Handler] = {
	"GetAttendanceByDate": _attendance,
	"GetAttendanceByEmployee": _attendance,
	"GetAttendanceByDevice": _attendance,
	"GetAttendanceSummary": _summary,
	"GetFirstInLastOut": _summary,
	"GetTodayAttendance": _attendance,
	"GetAttendancePhoto": _photo,
	"ExportAttendance": _export,
	"FindUser": _find_user,
	"ListUsers": _list_users,
	"ListUserDevices": _list_user_devices,
	"GetDoorStatus": _door_status,
	"GetAccessEvents": _access_events,
	"ListDevices": _list_devices,
	"GetDeviceInfo": _device_info,
	"CheckDeviceHealth": _health,
	"PingConnection": _ping,
	"ResetDeviceQueue": _reset_queue,
	"GetCommandStatus": _command_status,
	"RegisterCallback": _register_callback,
	"MigrationStatus": _migration_status,
	**dict.fromkeys(EFFECTS, _command),
}
