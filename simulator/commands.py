"""What a command does once it has reached its device."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .quirks import replace_quirks
from .state import SimulatedDevice, SimulatedUser

if TYPE_CHECKING:
	from .world import World

DOOR_OPEN_SECONDS = 5
REBOOT_SECONDS = 60

Arguments = dict[str, Any]
Effect = Callable[["World", SimulatedDevice, Arguments], None]


def _put_user(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	user = device.users.setdefault(arguments["UserID"], SimulatedUser(arguments["UserID"]))
	names = {"FirstName": "first_name", "LastName": "last_name", "UserType": "user_type"}
	names |= {"ValidFrom": "valid_from", "ValidUntil": "valid_until"}
	for wire, name in names.items():
		if wire in arguments:
			setattr(user, name, str(arguments[wire]))


def _delete_user(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	if device.users.pop(arguments["UserID"], None):
		operation_time = world.device_time(device)
		world.push(device, {"UserDeleted": {"UserID": arguments["UserID"], "OperationTime": operation_time}})


def _enrol(kind: str, wire: str) -> Effect:
	def effect(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
		_put_user(world, device, {"UserID": arguments["UserID"]})
		user = device.users[arguments["UserID"]]
		index = str(arguments.get("Index", 0)) if kind in ("Fingerprint", "Face") else ""
		user.credentials[kind, index] = str(arguments.get(wire, "taken at the device"))
		user.has_photo |= "Photo" in arguments
		_confirm(world, device, user, kind, index)

	return effect


def _confirm(world: "World", device: SimulatedDevice, user: SimulatedUser, kind: str, index: str) -> None:
	"""Push enrollment.update: the template, as devices send it. Its data is a dummy."""
	data = base64.b64encode(b"simulated").decode()
	template = {"Type": kind, "UserID": user.user_id, "Data": data}
	if index:
		template |= {"Index": index, "Size": str(len(data))}
	event = {"UserID": user.user_id, "OperationTime": world.device_time(device), "Template": [template]}
	if device.quirks.no_user_id:
		del event["UserID"]
	world.push(device, {"UserUpdated": event})


def _copy_users(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	source = world.devices[arguments["SourceServiceTag"]]
	for user_id in arguments.get("UserIDs") or list(source.users):
		if user_id in source.users:
			original = source.users[user_id]
			device.users[user_id] = SimulatedUser(
				**{**vars(original), "credentials": dict(original.credentials)}
			)


def _open_door(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	door = int(arguments.get("Door", 1))
	device.doors[door] = "Open"
	_note_door(world, device, "DoorOpened", door)
	world.later(DOOR_OPEN_SECONDS, lambda: device.doors.update({door: "Closed"}))


def _lock_door(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	door = int(arguments.get("Door", 1))
	device.doors[door] = "Locked"
	_note_door(world, device, "DoorLocked", door)


def _note_door(world: "World", device: SimulatedDevice, kind: str, door: int) -> None:
	device.door_events.append(
		{
			"ServiceTag": device.service_tag,
			"UserID": "",
			"Type": kind,
			"LogTime": world.device_time(device),
			"Door": str(door),
		}
	)


def _set_schedule(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	device.schedules[arguments["Schedule"]] = {
		"Windows": arguments["Windows"],
		"UserIDs": arguments.get("UserIDs") or [],
	}


def _sync_time(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	device.quirks = replace_quirks(device.quirks, clock_two_hours_ahead=False, clock_of_2000=False)


def _reboot(world: "World", device: SimulatedDevice, arguments: Arguments) -> None:
	world.set_online(device.service_tag, False)
	world.later(REBOOT_SECONDS, lambda: world.set_online(device.service_tag, True))


EFFECTS: dict[str, Effect] = {
	"AddUser": _put_user,
	"UpdateUser": _put_user,
	"DeleteUser": _delete_user,
	"EnrollFingerprint": _enrol("Fingerprint", "Template"),
	"EnrollFace": _enrol("Face", "Template"),
	"EnrollCard": _enrol("Card", "CardNumber"),
	"SetUserPassword": _enrol("Password", "Password"),
	"CopyUsers": _copy_users,
	"ResendUser": _put_user,
	"OpenDoor": _open_door,
	"LockDoor": _lock_door,
	"SetAccessSchedule": _set_schedule,
	"SyncDeviceTime": _sync_time,
	"RebootDevice": _reboot,
}
