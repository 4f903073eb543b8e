"""How far the check-ins of a shift are complete, and `Last Sync of Checkin`, which HRMS reads.

HRMS turns the check-ins of a shift into attendance, and marks absences, up to that time. The app moves it only up
to the time until which every enabled device that feeds the shift is complete, and all its punches are check-ins
or settled: never backwards, never past now. `holds` decides what follows from the facts.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import frappe
from frappe.query_builder.functions import Max, Min
from frappe.utils import cint, get_datetime, now_datetime
from pypika import Case, Table
from pypika.terms import Criterion, Field

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import NOT_ATTENDANCE
from navari_cams_biometric.cams_biometric.base.gate_times import zone_of
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState, UnreadState
from navari_cams_biometric.cams_biometric.shift_sync.holds import (
	AUTO_ATTENDANCE_OFF,
	FOLLOWS_HRMS,
	NO_DEVICE,
	Feed,
	HeldPunch,
	ShiftState,
)
from navari_cams_biometric.cams_biometric.shift_sync.known_past import known_since
from navari_cams_biometric.cams_biometric.shift_sync.waiting_people import Held, read_held

HRMS_OWN_ADVANCE = "auto_update_last_sync"  # a field of Shift Type in newer HRMS
ABSENCE = timedelta(minutes=30)  # without good news; health checks come every ten minutes
SETTLING = timedelta(minutes=8)  # after an absence, for stored punches to come; the next check counts
STILL_MATTERS = timedelta(days=2)  # a shift, and the day after which HRMS marks an absence
EVER = datetime(1900, 1, 1)  # before any punch
PAST = ["first_reported", "history_from", "history_to", "history_complete"]
FOUND = ["connection", "found_healthy_at", "back_online_at", "clock_skew"]
Waiting = dict[tuple[str | None, str], datetime]
Released = dict[str | None, datetime]


def advance(shift_type: str | None = None) -> None:
	"""Scheduled: move Last Sync of Checkin of every shift, or of one, as far as its devices are complete.

	Safe if it runs twice at once, or late: each value is set only if it is later than the stored one. `modified`
	stays, because a form that somebody has open could not be saved otherwise.
	"""
	table = frappe.qb.DocType("Shift Type")
	for state in states(shift_type):
		if state.synced_until == state.current:
			continue
		earlier = table.last_sync_of_checkin.isnull() | (table.last_sync_of_checkin < state.synced_until)
		frappe.qb.update(table).set(table.last_sync_of_checkin, state.synced_until).where(
			(table.name == state.shift_type) & earlier
		).run()
		frappe.clear_document_cache("Shift Type", state.shift_type)


def states(shift_type: str | None = None) -> list[ShiftState]:
	"""The states of the shifts, or of one of them, by name.

	Devices are read before punches: a punch that was stored before a device was complete further is then seen,
	queued or done.
	"""
	now = now_datetime()
	shifts = _shifts(shift_type)
	facts = _Facts(now, _feeding_devices(), _released([shift.name for shift in shifts]))
	moved = [shift for shift in shifts if not facts.aside(shift)]
	currents = {shift.last_sync_of_checkin for shift in moved}
	facts.waiting = _waiting(currents)
	if moved:
		facts.held = read_held(min(map(_since, currents)), {device.name for device in facts.devices}, now)
	facts.counts_from = known_since(facts.devices, [shift.process_attendance_after for shift in moved])
	return [facts.state_of(shift) for shift in shifts]


def note_punched(service_tag: str, punches: Iterable[frappe._dict]) -> None:
	"""Real-time punches of a device have arrived: it is complete until the latest of them, by its own clock.

	Not until their arrival: later ones may still be on the device, or at the gateway. Batches are history, which
	arrives in any order, and do not count.
	"""
	times = [
		min(punch.punch_time, punch.creation)
		for punch in punches
		if punch.source == "Real Time" and punch.punch_time
	]
	if times:
		_move_forward(service_tag, max(times), min(times))


def note_reported(service_tag: str, until: datetime) -> None:
	"""A device was found online with an empty queue at `until`: nothing older is missing.

	`until` is naive, in the site's zone: for a health check the moment before the request, for an event the time
	in it. Call it before the reported connection is stored: a device that comes back online sends what it stored,
	and the gateway delivers to a site that was down only after a while. So the first such report after an absence
	does not count, nor do those within SETTLING. Without an absence it counts at once, less the time by which the
	device's clock is known to be behind (as far as Settings tolerate it; beyond that health reports it).
	"""
	device = frappe.db.get_value("CAMS Device", service_tag, FOUND, as_dict=True, for_update=True)
	if not device:
		return
	until = min(until, now_datetime())
	if _was_away(device, until):
		found = {"found_healthy_at": until, "back_online_at": until}
		counted = device.found_healthy_at  # so that checks which come rarely count too, one behind
	else:
		found = {"found_healthy_at": max(until, device.found_healthy_at or until)}
		counted = None if device.back_online_at and until - device.back_online_at < SETTLING else until
	stored_values.set_values("CAMS Device", service_tag, found)
	if counted:
		_move_forward(service_tag, counted - _behind(device))


def _was_away(device: frappe._dict, until: datetime) -> bool:
	if device.connection == "Offline":
		return True
	return bool(device.found_healthy_at) and until - device.found_healthy_at > ABSENCE


def _behind(device: frappe._dict) -> timedelta:
	tolerated = 60 * cint(read_settings().clock_tolerance)
	return timedelta(seconds=min(max(0, -cint(device.clock_skew)), tolerated))


def _move_forward(service_tag: str, until: datetime, first: datetime | None = None) -> None:
	"""Past the document cache, which every callback reads its device from. With the first report it begins to count."""
	device = frappe.qb.DocType("CAMS Device")
	is_new = device.complete_until.isnull() & device.first_reported.isnull()
	frappe.qb.update(device).set(device.first_reported, first or until).where(
		(device.name == service_tag) & is_new
	).run()
	earlier = device.complete_until.isnull() | (device.complete_until < until)
	frappe.qb.update(device).set(device.complete_until, until).where(
		(device.name == service_tag) & earlier
	).run()


@dataclass
class _Facts:
	"""What all shifts share, read once. Punches that are no check-ins yet are by Last Sync of Checkin."""

	now: datetime
	devices: list[frappe._dict]
	released: dict[str, Released]
	waiting: dict[datetime | None, Waiting] = field(default_factory=dict)
	held: Held = field(default_factory=lambda: Held({}, {}))
	counts_from: dict[str, datetime] = field(default_factory=dict)

	def state_of(self, shift: frappe._dict) -> ShiftState:
		current = shift.last_sync_of_checkin
		aside = self.aside(shift)
		if aside:
			return ShiftState(shift.name, current, self.now, aside=aside)
		waiting, released = self.waiting[current], self.released.get(shift.name, {})
		feeding = self._feeding(shift)
		held = self._held(shift, [device.name for device in feeding], released)
		feeds = [
			_feed(device, waiting, released, held.pop(device.name, None), self.counts_from.get(device.name))
			for device in feeding
		]
		feeds += _of_no_device(waiting, self.now)
		feeds += [self._guest(tag, punch) for tag, punch in held.items()]
		return ShiftState(shift.name, current, self.now, tuple(feeds), begins=shift.process_attendance_after)

	def _held(self, shift: frappe._dict, tags: list[str], released: Released) -> dict[str | None, HeldPunch]:
		"""By device the earliest held punch that holds the shift and is not released."""
		earliest: dict[str | None, HeldPunch] = {}
		since = _since(shift.last_sync_of_checkin)
		for service_tag, punch in self.held.of(shift.name, tags):
			passed = _released_until(released, service_tag) or EVER
			if punch.since < since or punch.since <= passed:
				continue
			first = earliest.get(service_tag)
			if not first or punch.since < first.since:
				earliest[service_tag] = punch
		return earliest

	def _guest(self, service_tag: str | None, punch: HeldPunch) -> Feed:
		"""A device, or none, that does not feed the shift, and on which its people punched."""
		device = next((each for each in self.devices if each.name == service_tag), frappe._dict())
		label, zone = device.label or "", zone_of(device)
		return Feed(service_tag or "", label, self.now, held=punch, is_fed_by=False, zone=zone)

	def aside(self, shift: frappe._dict) -> str:
		"""Why the app does not move a shift; empty if it does."""
		if not shift.enable_auto_attendance:
			return AUTO_ATTENDANCE_OFF
		if cint(shift.get(HRMS_OWN_ADVANCE)):
			return FOLLOWS_HRMS
		return "" if self._feeding(shift) else NO_DEVICE

	def _feeding(self, shift: frappe._dict) -> list[frappe._dict]:
		return [device for device in self.devices if not device.feeds or shift.name in device.feeds]


def _shifts(shift_type: str | None) -> list[frappe._dict]:
	fields = ["name", "enable_auto_attendance", "last_sync_of_checkin", "process_attendance_after"]
	if frappe.get_meta("Shift Type").has_field(HRMS_OWN_ADVANCE):
		fields.append(HRMS_OWN_ADVANCE)
	filters = {"name": shift_type} if shift_type else {}
	return frappe.get_all("Shift Type", filters=filters, fields=fields, order_by="name")


def _feeding_devices() -> list[frappe._dict]:
	"""The enabled and confirmed ones for attendance, each with the shift types that it feeds; none means all."""
	devices = frappe.get_all(
		"CAMS Device",
		filters={"enabled": 1, "unconfirmed": 0, "direction": ["!=", NOT_ATTENDANCE]},
		fields=["name", "label", "complete_until", "checkin_time", "time_zone", *PAST],
		order_by="name",
	)
	rows = frappe.get_all(
		"CAMS Device Shift", filters={"parenttype": "CAMS Device"}, fields=["parent", "shift_type"]
	)
	for device in devices:
		device.feeds = {row.shift_type for row in rows if row.parent == device.name}
	return devices


def _feed(
	device: frappe._dict,
	waiting: Waiting,
	released: Released,
	held: HeldPunch | None,
	counts_from: datetime | None,
) -> Feed:
	return Feed(
		service_tag=device.name,
		label=device.label or "",
		complete_until=device.complete_until,
		released_until=_released_until(released, device.name),
		queued_from=waiting.get((device.name, PunchState.QUEUED)),
		failed_from=waiting.get((device.name, PunchState.FAILED)),
		unread_from=waiting.get((device.name, UnreadState.UNREAD)),
		held=held,
		counts_from=counts_from,
		zone=zone_of(device),
	)


def _released_until(released: Released, service_tag: str | None) -> datetime | None:
	return max((released[tag] for tag in (service_tag, None) if tag in released), default=None)


def _of_no_device(waiting: Waiting, now: datetime) -> list[Feed]:
	"""Punches and events that name no device may be anybody's: they hold every shift."""
	states = (PunchState.QUEUED, PunchState.FAILED, UnreadState.UNREAD)
	queued, failed, unread = (waiting.get((None, state)) for state in states)
	return [Feed("", "", now, None, queued, failed, unread)] if queued or failed or unread else []


def _released(shift_types: list[str]) -> dict[str, Released]:
	"""By shift and device (None: any device) the latest time that a manager released it until."""
	release = frappe.qb.DocType("CAMS Shift Release")
	rows = (
		frappe.qb.from_(release)
		.select(release.shift_type, release.device, Max(release.released_until).as_("until"))
		.where(release.shift_type.isin(shift_types or [""]))
		.groupby(release.shift_type, release.device)
		.run(as_dict=True)
	)
	released: dict[str, Released] = {}
	for row in rows:
		released.setdefault(row.shift_type, {})[row.device or None] = get_datetime(row.until)
	return released


def _waiting(currents: set[datetime | None]) -> dict[datetime | None, Waiting]:
	"""For each Last Sync of Checkin, by device (None: no device) and state, the earliest punch that is no
	check-in yet and may become one automatically or by a retry, and the earliest unread event. Not punches whose
	attendance is marked already, nor held ones: those hold the shifts of a person.
	"""
	if not currents:
		return {}
	since = {current: _since(current) for current in currents}
	punch, event = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Unread Event")
	not_done = punch.state.isin([PunchState.QUEUED, PunchState.FAILED])
	rows = [
		*_earliest(punch, punch.punch_time, not_done, since.values()),
		*_earliest(event, event.holds_from, event.state == UnreadState.UNREAD, since.values()),
	]
	waiting: dict[datetime | None, Waiting] = {current: {} for current in since}
	for service_tag, state, *moments in rows:
		for current, moment in zip(since, moments, strict=True):
			if moment:
				waiting[current][service_tag or None, state] = get_datetime(moment)
	return waiting


def _since(current: datetime | None) -> datetime:
	return current - STILL_MATTERS if current else EVER


def _earliest(table: Table, time: Field, condition: Criterion, starts: Collection[datetime]) -> list[tuple]:
	"""By service tag and state, the earliest time from each of the starts on."""
	earliest = [
		Min(Case().when(time >= start, time)).as_(f"earliest_{number}") for number, start in enumerate(starts)
	]
	query = frappe.qb.from_(table).select(table.service_tag, table.state, *earliest)
	return query.where(condition & (time >= min(starts))).groupby(table.service_tag, table.state).run()
