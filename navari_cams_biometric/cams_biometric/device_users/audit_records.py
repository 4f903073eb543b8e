"""The records for the enrolment audit: devices, who is on them, employees, commands. Each is read once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base.identities import Answer, Identities, all_identities
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState, DeviceUserState

BRINGS = ("AddUser", "EnrollFingerprint", "EnrollFace", "EnrollCard")
OPEN = (CommandState.QUEUED, *COMMANDS_UNDER_WAY)
PATIENCE = timedelta(days=1)

Key = tuple[str, str]  # service tag and user id


@dataclass
class Records:
	"""By service tag, by (service tag, user id). Of `asked`, the oldest first."""

	devices: dict[str, frappe._dict]
	on_device: dict[Key, frappe._dict]
	people: Identities
	asked: dict[Key, list[frappe._dict]]
	settled_at: dict[Key, datetime]
	now: datetime
	answers: dict[Key, Answer] = field(default_factory=dict)

	def whose(self, key: Key) -> Answer:
		"""Whose user ID it is on that device today. Each is asked for several times."""
		if key not in self.answers:
			service_tag, user_id = key
			self.answers[key] = self.people.judge(user_id, self.devices[service_tag], self.now.date())
		return self.answers[key]

	def active(self, key: Key) -> frappe._dict | None:
		employee = self.whose(key).person
		return employee if employee and employee.status == "Active" else None

	def key_of(self, employee: frappe._dict, service_tag: str) -> Key | None:
		"""Under which user ID somebody is to be on a device."""
		device = self.devices[service_tag]
		user_id = self.people.user_id_on(employee.name, device, self.now.date())
		return (service_tag, user_id) if user_id else None

	def title(self, service_tag: str) -> str:
		return self.devices[service_tag].label or service_tag

	def last_asked(self, key: Key, operations: Iterable[str]) -> frappe._dict | None:
		"""The last of these commands that is open or has failed, unless a later one settled the matter."""
		asked = [command for command in self.asked.get(key, ()) if command.operation in operations]
		if not asked or self.settled_at.get(key, datetime.min) > get_datetime(asked[-1].creation):
			return None
		return asked[-1]

	def is_on_its_way(self, key: Key, operations: Iterable[str]) -> bool:
		command = self.last_asked(key, operations)
		return bool(command) and command.state in OPEN and self.age(command) < PATIENCE

	def age(self, command: frappe._dict) -> timedelta:
		return self.now - get_datetime(command.creation)


def read() -> Records:
	"""Six queries, however many rows there are; `last_punches` is one more."""
	devices = {
		row.name: row
		for row in frappe.get_all(
			"CAMS Device",
			filters={"enabled": 1},
			fields=["name", "label", "branch", "company"],
			order_by="name",
		)
	}
	asked = _read_asked(devices) if devices else {}
	return Records(
		devices=devices,
		on_device=_read_on_device(devices) if devices else {},
		people=all_identities(),
		asked=asked,
		settled_at=_read_settled(asked),
		now=now_datetime(),
	)


def last_punches(keys: Iterable[Key]) -> dict[Key, datetime]:
	"""When each of these last punched, on that device."""
	user_ids = sorted({user_id for _tag, user_id in keys})
	if not user_ids:
		return {}
	punch = frappe.qb.DocType("CAMS Punch")
	rows = (
		frappe.qb.from_(punch)
		.select(punch.service_tag, punch.user_id, Max(punch.punch_time))
		.where(punch.user_id.isin(user_ids))
		.groupby(punch.service_tag, punch.user_id)
		.run()
	)
	return {(service_tag, user_id): moment for service_tag, user_id, moment in rows if moment}


def full_name(row: frappe._dict) -> str:
	return " ".join(part.strip() for part in (row.first_name, row.last_name) if part and part.strip())


def _read_on_device(devices: Iterable[str]) -> dict[Key, frappe._dict]:
	rows = frappe.get_all(
		"CAMS Device User",
		filters={"state": DeviceUserState.ON_DEVICE, "service_tag": ["in", list(devices)]},
		fields=["service_tag", "user_id", "first_name", "last_name", "user_type"],
		order_by="service_tag, user_id",
	)
	return {(row.service_tag, row.user_id): row for row in rows}


def _read_asked(devices: Iterable[str]) -> dict[Key, list[frappe._dict]]:
	rows = frappe.get_all(
		"CAMS Command",
		filters={
			"operation": ["in", [*BRINGS, "DeleteUser", "UpdateUser"]],
			"state": ["in", [*OPEN, CommandState.FAILED]],
			"service_tag": ["in", list(devices)],
		},
		fields=[
			"operation",
			"service_tag",
			"user_id",
			"state",
			"outcome_unknown",
			"outcome",
			"arguments",
			"creation",
		],
		order_by="creation, name",
	)
	asked = defaultdict(list)
	for row in rows:
		asked[row.service_tag, row.user_id].append(row)
	return dict(asked)


def _read_settled(asked: dict[Key, list[frappe._dict]]) -> dict[Key, datetime]:
	"""When the person was last put on the device, or taken off it."""
	user_ids = sorted({user_id for _tag, user_id in asked if user_id})
	if not user_ids:
		return {}
	rows = frappe.get_all(
		"CAMS Command",
		filters={
			"operation": ["in", ["AddUser", "DeleteUser"]],
			"state": CommandState.DONE,
			"user_id": ["in", user_ids],
		},
		fields=["service_tag", "user_id", "creation"],
		order_by="creation, name",
	)
	return {(row.service_tag, row.user_id): get_datetime(row.creation) for row in rows}
