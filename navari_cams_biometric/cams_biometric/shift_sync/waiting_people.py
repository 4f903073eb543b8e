"""Held punches, and whose shifts they hold: the person's around that day; the device's where nobody is known.

An unknown user ID holds while it is new on its device. Who has no shift holds none.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import frappe
from frappe.utils import cint

from navari_cams_biometric.cams_biometric.base.identities import UNKNOWN
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.shift_sync.holds import HeldPunch

AROUND = timedelta(days=1)  # a night shift begins on the day before
Tagged = tuple[str | None, HeldPunch]  # with the service tag


class Held(NamedTuple):
	by_shift: dict[str, list[Tagged]]
	by_device: dict[str | None, list[Tagged]]

	def of(self, shift_type: str, service_tags: list[str]) -> Iterator[Tagged]:
		"""Those that hold a shift, which these devices feed."""
		yield from self.by_shift.get(shift_type, ())
		for service_tag in (*service_tags, None):
			yield from self.by_device.get(service_tag, ())


def read_held(since: datetime, service_tags: set[str], now: datetime) -> Held:
	"""All that hold from `since` on, of these devices or of none. The number of queries does not grow with them."""
	rows = [row for row in _rows(since, now) if not row.service_tag or row.service_tag in service_tags]
	known_before = _known_before(rows, now)
	shifts = _shifts_of({row.employee for row in rows if row.employee})
	by_shift: dict[str, list[Tagged]] = defaultdict(list)
	by_device: dict[str | None, list[Tagged]] = defaultdict(list)
	for row in rows:
		if row.reason_code == UNKNOWN and (row.user_id, row.service_tag) in known_before:
			continue
		held = row.service_tag or None, HeldPunch(row.name, _holds_from(row), _sentence(row))
		if not row.employee:
			by_device[row.service_tag or None].append(held)
			continue
		day = held[1].since.date()
		for shift_type in {name for name, first, last in shifts[row.employee] if first <= day <= last}:
			by_shift[shift_type].append(held)
	return Held(by_shift, by_device)


def _sentence(row: frappe._dict) -> str:
	"""The reason without what is special about the punch, such as names: who may read the punch reads them there."""
	return (row.reason or "").partition(" (")[0]


def _holds_from(row: frappe._dict) -> datetime:
	"""Where the time is wrong, the day of the arrival."""
	is_arrival = row.holds_from == row.creation and row.holds_from != row.punch_time
	return datetime.combine(row.holds_from.date(), time.min) if is_arrival else row.holds_from


def _rows(since: datetime, now: datetime) -> list[frappe._dict]:
	punch = frappe.qb.DocType("CAMS Punch")
	fields = ("name", "user_id", "service_tag", "employee", "reason", "reason_code", "holds_from", "creation")
	is_new = (punch.reason_code != UNKNOWN) | (punch.creation > _new_since(now))
	return (
		frappe.qb.from_(punch)
		.select(*fields, "punch_time")
		.where((punch.holds_from >= since) & (punch.state == PunchState.HELD) & is_new)
		.run(as_dict=True)
	)


def _known_before(rows: list[frappe._dict], now: datetime) -> set[tuple[str, str | None]]:
	"""User ID and device of what was seen there before it could still be new."""
	user_ids = sorted({row.user_id for row in rows if row.reason_code == UNKNOWN})
	if not user_ids:
		return set()
	punch = frappe.qb.DocType("CAMS Punch")
	query = frappe.qb.from_(punch).select(punch.user_id, punch.service_tag).distinct()
	return set(query.where(punch.user_id.isin(user_ids) & (punch.creation <= _new_since(now))).run())


def _new_since(now: datetime) -> datetime:
	days = read_settings().get("unknown_user_hold")
	return now - timedelta(days=1 if days is None else max(0, cint(days)))


def _shifts_of(employees: set[str]) -> dict[str, list[tuple[str, date, date]]]:
	"""Shift types with the days on which each person has them; the default shift on any day."""
	found: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
	if not employees:
		return found
	names = ["in", sorted(employees)]
	default = {"name": names, "default_shift": ["is", "set"]}
	for row in frappe.get_all("Employee", filters=default, fields=["name", "default_shift"]):
		found[row.name].append((row.default_shift, date.min, date.max))
	assigned = {"employee": names, "docstatus": 1, "status": "Active"}
	fields = ["employee", "shift_type", "start_date", "end_date"]
	for row in frappe.get_all("Shift Assignment", filters=assigned, fields=fields):
		last = row.end_date + AROUND if row.end_date else date.max
		found[row.employee].append((row.shift_type, row.start_date - AROUND, last))
	return found
