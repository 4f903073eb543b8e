"""The gateway's answers, cleaned: frozen, typed, without secrets. Reads the rows of both dialects.

Field names in rows are compared without case. Texts are trimmed; what was not sent is empty or None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from ..punch import Punch
from .reading import as_list, fold, punch_of, read_boolean, read_date, read_number, read_time, text


class CommandStatus(str, Enum):
	"""The status of a command. Sent: on its way to the device. Queued: pending until an offline device is back."""

	SENT = "Sent"
	QUEUED = "Queued"
	DONE = "Done"
	FAILED = "Failed"
	CANCELLED = "Cancelled"


@dataclass(frozen=True)
class Command:
	"""The outcome of a command. Poll `get_command_status(command.operation_id)` while it `is_pending`."""

	operation: str
	operation_id: str
	state: CommandStatus
	service_tag: str = ""
	words: str = ""

	@property
	def is_pending(self) -> bool:
		return self.state in (CommandStatus.SENT, CommandStatus.QUEUED)


@dataclass(frozen=True)
class DevicePunch:
	"""A punch and the device that it was made on."""

	service_tag: str
	punch: Punch


@dataclass(frozen=True)
class AttendancePage:
	"""One page of punches. `next_offset` asks for the next one and is empty on the last; `total` may be unknown."""

	punches: tuple[DevicePunch, ...]
	next_offset: str
	total: int | None


@dataclass(frozen=True)
class Device:
	"""A device of the account. `online` and `last_seen` (aware) are None where nobody knows."""

	service_tag: str
	label: str = ""
	online: bool | None = None
	last_seen: datetime | None = None


@dataclass(frozen=True)
class User:
	"""A person on devices. `credentials` lists (type, index), never data; None if it was not sent."""

	user_id: str
	first_name: str = ""
	last_name: str = ""
	user_type: str = ""
	credentials: tuple[tuple[str, str], ...] | None = None
	devices: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeviceInfo:
	"""`capacity` and `counters` hold numbers by the gateway's own names, for example Users.

	`licence_until` is the last day of the device's subscription; None if the reply does not contain it.
	"""

	service_tag: str
	model: str = ""
	firmware: str = ""
	capacity: Mapping[str, int] = field(default_factory=dict)
	counters: Mapping[str, int] = field(default_factory=dict)
	licence_until: date | None = None


@dataclass(frozen=True)
class DeviceHealth:
	"""`queue_depth` counts the commands pending for the device; None if the dialect does not know it."""

	service_tag: str
	online: bool
	last_seen: datetime | None = None
	queue_depth: int | None = None


@dataclass(frozen=True)
class DaySummary:
	"""One person's day, in the offsets that the device sent. `worked` is the time between ins and outs."""

	user_id: str
	date: date
	first_in: datetime | None
	last_out: datetime | None
	worked: timedelta = timedelta(0)


@dataclass(frozen=True)
class DoorStatus:
	"""`state` is Open, Closed or Locked."""

	service_tag: str
	door: int
	state: str


@dataclass(frozen=True)
class AccessWindow:
	"""When a schedule lets people in: `day` in English, `start` and `end` as HH:MM of the device's zone."""

	day: str
	start: str
	end: str


@dataclass(frozen=True)
class AccessEvent:
	"""An entry, an exit or a door event. `log_time` is verbatim, as a punch's is."""

	service_tag: str
	user_id: str
	kind: str
	log_time: str
	door: int | None = None


@dataclass(frozen=True)
class Migration:
	"""How far a bulk migration is, in devices."""

	state: str
	total: int
	done: int


class LocalRecords(Protocol):
	"""The devices and people that the caller knows. Web API 3.0 has no lists; the client reads them here instead."""

	def devices(self) -> Iterable[Device]:
		"""Every device of the account."""
		...

	def users(self, service_tag: str) -> Iterable[User]:
		"""Everybody known to be on the device, from the UserUpdated events."""
		...


def read_punch(row: object) -> DevicePunch:
	folded = fold(row)
	return DevicePunch(text(folded.get("servicetag") or folded.get("serialnumber")), punch_of(folded))


def read_device(row: object) -> Device:
	folded = fold(row)
	return Device(
		service_tag=text(folded.get("servicetag")),
		label=text(folded.get("labelname")),
		online=read_boolean(folded.get("online")),
		last_seen=read_time(folded.get("lastseen")),
	)


def read_user(row: object) -> User:
	folded = fold(row)
	credentials = folded.get("credentials")
	return User(
		user_id=text(folded.get("userid")),
		first_name=text(folded.get("firstname")),
		last_name=text(folded.get("lastname")),
		user_type=text(folded.get("usertype")),
		credentials=tuple(_credential(row) for row in credentials) if isinstance(credentials, list) else None,
		devices=tuple(text(tag) for tag in as_list(folded.get("devices"))),
	)


def read_summary(row: object) -> DaySummary | None:
	"""None where it cannot be read: a day that is missing or worked hours that are none would be a false statement."""
	folded = fold(row)
	day, seconds = read_date(folded.get("date")), read_number(folded.get("seconds") or 0)
	if day is None or seconds is None:
		return None
	return DaySummary(
		user_id=text(folded.get("userid")),
		date=day,
		first_in=read_time(folded.get("firstin")),
		last_out=read_time(folded.get("lastout")),
		worked=timedelta(seconds=seconds),
	)


def _credential(row: object) -> tuple[str, str]:
	folded = fold(row)
	return text(folded.get("type")), text(folded.get("index"))
