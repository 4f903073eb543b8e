"""Double touches: the same person and direction again within seconds. The first counts, the others are Ignored.

A touch is a check-in, however it was made, or a punch that was ignored as a repeat. One of an alternating device has no
direction of its own: it repeats, and is repeated by, a touch in either. A punch repeats the touch before it
if no more time lies between them than its own device allows, so a chain of repeats counts once, however long it is and
in whatever order it arrives. A check-in whose attendance is marked stays.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import cint, get_datetime
from pypika.terms import Criterion, Field

from navari_cams_biometric.cams_biometric.base.direction_order import alternating_devices
from navari_cams_biometric.cams_biometric.base.gate_times import APART, on_site
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, inbox
from navari_cams_biometric.cams_biometric.punches.nearby import Nearby
from navari_cams_biometric.cams_biometric.punches.reasons import REPEATED


class Touch(NamedTuple):
	"""By whom, in which direction, when (naive, in the site's zone), and on which device, if any."""

	employee: str
	log_type: str | None
	moment: datetime
	service_tag: str | None = None


class Windows(NamedTuple):
	"""Within how many seconds a touch is a repeat: of Settings, and of the devices that differ. And which devices
	alternate."""

	default: int
	by_device: dict[str, int]
	alternating: set[str]

	def of(self, service_tag: str | None) -> int:
		return self.by_device.get(service_tag or "", self.default)

	@property
	def longest(self) -> int:
		return max(self.default, *self.by_device.values(), 0)


def read_windows(settings: Document) -> Windows:
	devices = frappe.get_all(
		"CAMS Device", filters={"ignore_repeat": ["is", "set"]}, fields=["name", "ignore_repeat"]
	)
	return Windows(
		cint(settings.ignore_repeat),
		{device.name: cint(device.ignore_repeat) for device in devices},
		alternating_devices(),
	)


def is_repeat(touch: Touch, windows: Windows) -> bool:
	"""Whether the person touched something, in this direction, in the seconds before."""
	if not (within := windows.of(touch.service_tag)):
		return False
	since = touch.moment - timedelta(seconds=within)
	checkin, punch = frappe.qb.DocType("Employee Checkin"), frappe.qb.DocType("CAMS Punch")
	near = (checkin.time >= since - APART) & (checkin.time < touch.moment + APART)
	checkins = (
		frappe.qb.from_(checkin)
		.select(checkin.time, checkin.custom_time_zone)
		.where((checkin.employee == touch.employee) & near)
		.where(_may_repeat(checkin.log_type, checkin.device_id, touch, windows))
	)
	repeats = (
		frappe.qb.from_(punch)
		.select(punch.name)
		.where((punch.state == PunchState.IGNORED) & (punch.reason_code == REPEATED))
		.where((punch.employee == touch.employee) & (punch.punch_time >= since))
		.where(punch.punch_time < touch.moment)
		.where(_may_repeat(punch.log_type, punch.service_tag, touch, windows))
	)
	return any(since <= on_site(*row) < touch.moment for row in checkins.run()) or bool(
		repeats.limit(1).run()
	)


def requeue_repeats(touch: Touch, windows: Windows) -> None:
	"""After a touch: queue the punches again that count and repeat it, from its own moment on. Their check-ins are
	deleted, except where attendance is marked, another record refers to them, or a person changed them or let them
	count.
	"""
	for row in _counted_punches(touch, windows) if windows.longest else ():
		if checkin_evidence.was_changed(row.checkin, row.punch):
			continue
		later = Touch(touch.employee, row.log_type, get_datetime(row.time), row.service_tag)
		if is_repeat(later, windows):
			take_back(row.checkin)


def requeue_after_taken_back(employee: str, moment: datetime, windows: Windows) -> None:
	"""After a touch turned out to be none: queue the punches again that were ignored as its repeats."""
	if not windows.longest:
		return
	punch = frappe.qb.DocType("CAMS Punch")
	until = moment + timedelta(seconds=windows.longest)
	names = (
		frappe.qb.from_(punch)
		.select(punch.name)
		.where((punch.state == PunchState.IGNORED) & (punch.reason_code == REPEATED))
		.where(punch.employee == employee)
		.where((punch.punch_time >= moment) & (punch.punch_time <= until))
		.run(pluck=True)
	)
	if names:
		inbox.queue_again(names)


def look_again(punch_names: Iterable[str]) -> None:
	"""After the commit of a batch: another worker may have made the check-in of a touch just before or after."""
	windows = read_windows(read_settings())
	if not windows.longest:
		return
	filters = {"name": ["in", list(punch_names)], "employee": ["is", "set"]}
	fields = ["name", "employee", "log_type", "punch_time", "service_tag", "state", "reason_code"]
	punches = [
		punch
		for punch in frappe.get_all("CAMS Punch", filters=filters, fields=fields, order_by="punch_time")
		if punch.state == PunchState.RECORDED or punch.reason_code == REPEATED
	]
	nearby = Nearby([(punch.employee, get_datetime(punch.punch_time)) for punch in punches], windows)
	for punch in punches:
		moment = get_datetime(punch.punch_time)
		touch = Touch(punch.employee, punch.log_type, moment, punch.service_tag)
		if punch.reason_code == REPEATED and not is_repeat(touch, windows):
			inbox.queue_again([punch.name])
		elif nearby.count(punch.employee, moment) > 1:  # itself and another one
			requeue_repeats(touch, windows)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a batch of a long drain, as the one before


def look_again_at(employee: str, moment: datetime) -> None:
	"""After the app took a check-in back from this moment (naive, on the site's clock): queue again what repeated it and
	repeats nothing else."""
	windows = read_windows(read_settings())
	repeated = {"employee": employee, "state": PunchState.IGNORED, "reason_code": REPEATED}
	repeated["punch_time"] = ["between", [moment, moment + timedelta(seconds=windows.longest)]]
	fields = ["name", "log_type", "punch_time", "service_tag"]
	for punch in frappe.get_all("CAMS Punch", filters=repeated, fields=fields, order_by="punch_time"):
		touch = Touch(employee, punch.log_type, get_datetime(punch.punch_time), punch.service_tag)
		if not is_repeat(touch, windows):
			inbox.queue_again([punch.name])


def note_checkin(checkin: Document, method: str | None = None) -> None:
	"""After a check-in was made otherwise, by phone or by hand: a punch that counted may repeat it."""
	if checkin.flags.get(checkin_evidence.BY_THE_APP):
		return
	windows = read_windows(read_settings())
	requeue_repeats(Touch(checkin.employee, checkin.log_type, get_datetime(checkin.time)), windows)


def _counted_punches(touch: Touch, windows: Windows) -> list[frappe._dict]:
	"""The punches whose own check-ins may be taken back, from the moment on."""
	last = touch.moment + timedelta(seconds=windows.longest)
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	rows = (
		frappe.qb.from_(checkin)
		.join(punch)
		.on((punch.name == checkin.custom_cams_punch) & (punch.employee_checkin == checkin.name))
		.select(checkin.name.as_("checkin"), checkin.time, checkin.custom_time_zone, checkin.log_type)
		.select(punch.name.as_("punch"), punch.service_tag)
		.where(checkin.employee == touch.employee)
		.where(_may_repeat(checkin.log_type, punch.service_tag, touch, windows))
		.where((checkin.time >= touch.moment - APART) & (checkin.time <= last + APART))
		.where(checkin.attendance.isnull() | (checkin.attendance == ""))
		.where((punch.state == PunchState.RECORDED) & (punch.repeat_accepted == 0))
		.run(as_dict=True)
	)
	for row in rows:
		row.time = on_site(row.time, row.custom_time_zone)
	return sorted((row for row in rows if touch.moment <= row.time <= last), key=lambda row: row.time)


def take_back(checkin: str) -> bool:
	"""Delete a check-in and queue all its punches again: an equal one of another device is linked to it, too. False
	where a record of another app refers to it, and it stays."""
	linked = {"employee_checkin": checkin, "state": PunchState.RECORDED}
	names = frappe.get_all("CAMS Punch", filters=linked, pluck="name")
	if not checkin_evidence.take_back(checkin):
		return False
	inbox.queue_again(names, employee_checkin=None)
	return True


def _may_repeat(direction: Field, device: Field, touch: Touch, windows: Windows) -> Criterion:
	"""The same direction, or one of the two is of an alternating device."""
	if touch.service_tag in windows.alternating:
		return Criterion.all()
	log_type = touch.log_type
	same = direction == log_type if log_type else direction.isnull() | (direction == "")
	return same | device.isin(sorted(windows.alternating)) if windows.alternating else same
