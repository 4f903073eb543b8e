"""The operations of the groups Access control, Device management, and Real-time, callback & system."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ..operations import OPERATIONS
from .answers import (
	AccessEvent,
	AccessWindow,
	Command,
	Device,
	DeviceHealth,
	DeviceInfo,
	DoorStatus,
	Migration,
	read_device,
)
from .operation_group import OperationGroup, read_command
from .reading import as_list, fold, read_boolean, read_date, read_number, read_numbers, read_time, text


class AccessOperations(OperationGroup):
	"""Doors. Opening and locking are sent once and never repeated automatically."""

	def open_door(self, device: str, door: int = 1) -> Command:
		"""Open a door for a moment. An offline device opens it when it is back: mind the state Queued."""
		return self._command("OpenDoor", device=device, door=door)

	def lock_door(self, device: str, door: int = 1) -> Command:
		"""Lock a door until it is opened again."""
		return self._command("LockDoor", device=device, door=door)

	def get_door_status(self, device: str, door: int = 1) -> DoorStatus:
		"""The state of a door. Raises AnswerPendingError while the device is offline."""
		told = fold(self._ask("GetDoorStatus", device=device, door=door).get("door"))
		return DoorStatus(device, door, text(told.get("state")))

	def set_access_schedule(
		self,
		device: str,
		schedule: str,
		windows: Sequence[AccessWindow],
		user_ids: Sequence[str] | None = None,
	) -> Command:
		"""Say when people may enter. Replaces the schedule of this name; for everybody where nobody is named."""
		rows = [{"Day": window.day, "Start": window.start, "End": window.end} for window in windows]
		return self._command(
			"SetAccessSchedule", device=device, schedule=schedule, windows=rows, user_ids=user_ids
		)

	def get_access_events(self, device: str, start: datetime, end: datetime) -> Iterator[AccessEvent]:
		"""Entries, exits and door events. In Web API 3.0 these are the device's punches."""
		rows = self._rows("GetAccessEvents", device=device, start=start, end=end)
		return (_read_event(row) for row in rows)


class DeviceOperations(OperationGroup):
	"""Devices and the account itself."""

	def list_devices(self) -> list[Device]:
		"""Every device of the account."""
		return [read_device(row) for row in as_list(self._ask("ListDevices").get("devices"))]

	def get_device_info(self, device: str) -> DeviceInfo:
		"""Model, firmware, capacity, counters, licence. Raises AnswerPendingError while the device is offline."""
		told = fold(self._ask("GetDeviceInfo", device=device).get("deviceinformation"))
		return DeviceInfo(
			service_tag=device,
			model=text(told.get("model")),
			firmware=text(told.get("firmware")),
			capacity=read_numbers(told.get("capacity")),
			counters=read_numbers(told.get("counters")),
			licence_until=read_date(told.get("licenceuntil")),
		)

	def check_device_health(self, device: str) -> DeviceHealth:
		"""Whether a device is online, when it last reported and how many commands are pending for it."""
		told = fold(self._ask("CheckDeviceHealth", device=device).get("health"))
		return DeviceHealth(
			service_tag=device,
			online=bool(read_boolean(told.get("online"))),
			last_seen=read_time(told.get("lastseen")),
			queue_depth=read_number(told.get("queuedepth")),
		)

	def ping_connection(self, device: str) -> bool:
		"""Whether the device can be reached now."""
		return bool(read_boolean(self._ask("PingConnection", device=device).get("reachable")))

	def sync_device_time(self, device: str) -> Command:
		"""Set the device's clock to the gateway's."""
		return self._command("SyncDeviceTime", device=device)

	def reboot_device(self, device: str) -> Command:
		"""Restart the device. It is offline for a while."""
		return self._command("RebootDevice", device=device)

	def reset_device_queue(self, device: str) -> Command:
		"""Drop every command pending for the device. Punches pending for this site are not dropped."""
		return self._command("ResetDeviceQueue", device=device)

	def get_command_status(self, operation_id: str) -> Command:
		"""The outcome of a command. Raises NotFoundError for an id that the gateway does not know."""
		reply = self._ask("GetCommandStatus", operation_id=operation_id)
		named = OPERATIONS.get(text(reply.get("operation")))
		command = read_command(named.name if named else "", text(reply.get("servicetag")), reply)
		return replace(command, operation_id=operation_id)

	def register_callback(self, url: str) -> Command:
		"""Set the URL to which the gateway posts events. It replaces the previous one."""
		return self._command("RegisterCallback", url=url)

	def migration_status(self) -> Migration:
		"""How far a bulk migration of devices is."""
		told = fold(self._ask("MigrationStatus").get("migration"))
		return Migration(
			state=text(told.get("state")),
			total=read_number(told.get("total")) or 0,
			done=read_number(told.get("done")) or 0,
		)


def _read_event(row: object) -> AccessEvent:
	folded = fold(row)
	return AccessEvent(
		service_tag=text(folded.get("servicetag")),
		user_id=text(folded.get("userid")),
		kind=text(folded.get("type")),
		log_time=text(folded.get("logtime")),
		door=read_number(folded.get("door")),
	)
