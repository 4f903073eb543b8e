"""Direction by the order of the day, for devices that send one type for all, or none.

A punch of a device with Direction *Alternate Within Shift* gets the opposite of the person's check-in just before it in
the same shift (base.direction_order). Whenever a check-in appears, changes or goes, those of such devices in the same
shift are set right, unless attendance is marked or a person chose their direction. So the directions depend on the
check-ins alone, in whatever order they came.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate
from hrms.hr.doctype.shift_assignment.shift_assignment import get_actual_start_end_datetime_of_shift
from pypika.functions import Date

from navari_cams_biometric.cams_biometric.base.direction_order import (
	Touch,
	alternating_checkins,
	alternating_devices,
	directions,
)
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.gate_times import (
	APART,
	CheckinTime,
	equal_elsewhere,
	on_site,
	zones_in_use,
)
from navari_cams_biometric.cams_biometric.base.jobs import BUSY
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, looks_due, repeats
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.nearby import Nearby

IN_ORDER = "cams_in_order"  # a flag of the document: this save is ours
MOST_ATTEMPTS = 3
PLACE = ("employee", "time", "log_type", "skip_auto_attendance", "shift", "shift_start")
SHIFT_FIELDS = ("shift", "shift_start", "shift_end", "shift_actual_start", "shift_actual_end")
SHIFT_FIELDS_16 = ("offshift", "overtime_type")
READ = (
	"name",
	"employee",
	"time",
	"custom_time_zone",
	"log_type",
	"attendance",
	"skip_auto_attendance",
	"custom_cams_punch",
)


class Shift(NamedTuple):
	"""One instance of a shift, and from when to when HRMS counts check-ins for it."""

	shift: str
	start: datetime
	first: datetime
	last: datetime

	@property
	def key(self) -> tuple[str, datetime]:
		return self.shift, self.start


def direction_at(employee: str, at: CheckinTime) -> str | None:
	"""The direction of a punch of an alternating device that is no check-in yet."""
	moment = on_site(*at)
	scope = _Scope(employee, moment, _shift_at(employee, at.time))
	new = Touch("", moment, None, scope.shift.key if scope.shift else None, True)
	movable = scope.movable(alternating_devices())
	return directions([*scope.touches(movable), new])[""]


def checkin_in_the_same_second(
	employee: str, punch: frappe._dict, at: CheckinTime, zones: set[str]
) -> frappe._dict | None:
	"""Name and direction of a check-in of this very moment: it is the same touch, whatever its direction."""
	here = {"employee": employee, "time": at.time, "custom_time_zone": at.zone or ["is", "not set"]}
	found = frappe.db.get_value(CHECKIN, here, ["name", "log_type"], as_dict=True, order_by="name")
	return found or next(iter(equal_elsewhere(employee, punch, at.zone, zones) if zones else ()), None)


def note_saved_checkin(checkin: Document, method: str | None = None) -> None:
	"""After a check-in was made or changed, by whomever."""
	if checkin.flags.get(IN_ORDER):
		return
	before = checkin.get_doc_before_save()
	if before and all(_value(before, field) == _value(checkin, field) for field in PLACE):
		return
	devices = alternating_devices()
	is_of_batch = not before and checkin.flags.get(checkin_evidence.BY_THE_APP)
	for place in (before, checkin) if devices else ():
		if place:
			put_in_order(place, devices)
			if not is_of_batch:  # which is looked at again as a whole
				looks_due.note_place(place)


def note_deleted_checkin(checkin: Document, method: str | None = None) -> None:
	"""After a check-in was deleted, by whomever."""
	if devices := alternating_devices():
		put_in_order(checkin, devices)


def note_cancelled_attendance(attendance: Document, method: str | None = None) -> None:
	"""After HRMS unlinked the check-ins of a day: the order gives them their direction again."""
	checkin = frappe.qb.DocType(CHECKIN)
	devices = alternating_devices()
	if not devices:
		return
	on_day = Date(checkin.shift_start) == getdate(attendance.attendance_date)
	rows = (
		frappe.qb.from_(checkin)
		.select(*READ, *SHIFT_FIELDS)
		.where((checkin.employee == attendance.employee) & on_day)
		.orderby(checkin.time)
		.run(as_dict=True)
	)
	for row in {(row.shift, row.shift_start): row for row in rows}.values():
		put_in_order(row, devices)


def look_again(punch_names: Iterable[str]) -> None:
	"""After the commit of a batch: another worker may have made a check-in of the same shift at the same time. Commits
	after each person; raises the last error when everybody else was looked at."""
	if not alternating_devices():
		return
	filters = {"name": ["in", list(punch_names)], "state": PunchState.RECORDED}
	names = frappe.get_all("CAMS Punch", filters=filters, pluck="employee_checkin", order_by="punch_time")
	made = {"name": ["in", [name for name in names if name]]}
	fields = ["employee", "time", "custom_time_zone"]
	places = [
		(checkin, on_site(checkin.time, checkin.custom_time_zone))
		for checkin in frappe.get_all(CHECKIN, filters=made, fields=fields, order_by="time")
	]
	nearby = Nearby(
		[(checkin.employee, moment) for checkin, moment in places], repeats.read_windows(read_settings())
	)
	failure = None
	for checkin, moment in places:
		if nearby.follows_order(checkin.employee, moment):
			try:
				look_again_patiently(checkin.employee, checkin.time)
			except Exception as error:
				failure = error
	if failure:
		raise failure


def look_again_patiently(employee: str, moment: datetime, time_zone: str | None = None) -> None:
	"""`look_again_at`, until no other worker is at the same check-ins. Raises the last error."""
	for attempts_left in reversed(range(MOST_ATTEMPTS)):
		try:
			look_again_at(employee, moment, time_zone)
			return
		except Exception as error:
			frappe.db.rollback()
			if not (attempts_left and isinstance(error, BUSY)):  # another worker was at the same check-ins
				raise


def look_again_at(employee: str, moment: datetime | str, time_zone: str | None = None) -> None:
	"""In a transaction of its own, and one at a time for a person: what others committed is seen. The zone is that of a
	check-in that may be gone."""
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what is read below must not be older than the lock
	if frappe.db.get_value("Employee", employee, "name", for_update=True):
		at = {"employee": employee, "time": get_datetime(moment)}
		place = frappe.db.get_value(
			CHECKIN, at, [*at, "custom_time_zone", *SHIFT_FIELDS], as_dict=True, order_by="name"
		)
		put_in_order(place or frappe._dict(at, custom_time_zone=time_zone), alternating_devices())
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the lock of this person


def put_in_order(place: Document | frappe._dict, devices: set[str]) -> None:
	"""Set the directions right in the shift of a check-in (employee, time and the shift that HRMS gave it, if it did)."""
	moment = get_datetime(place.time)
	shift = _stored_shift(place) or _shift_at(place.employee, moment)
	scope = _Scope(place.employee, on_site(moment, place.get("custom_time_zone")), shift)
	movable = scope.movable(devices)
	if any([repeats.take_back(double) for double in _doubles(scope.rows, movable)]):
		return  # the deletion has set the rest right
	wanted = directions(scope.touches(movable))
	for row in scope.rows:
		if row.name in movable and wanted[row.name] != row.log_type:
			_turn(row, wanted[row.name])


class _Scope:
	"""The check-ins that the order of one shift, or of one day outside every shift, depends on and may change."""

	def __init__(self, employee: str, moment: datetime, shift: Shift | None):
		self.shift = shift
		self.days = (shift.first if shift else moment).date(), (shift.last if shift else moment).date()
		self.rows = read_checkins([employee], *self.days)
		known = [shift] if shift else []
		for row in self.rows:
			row.key = _key(row, known)

	def movable(self, devices: set[str]) -> set[str]:
		"""Names of the check-ins whose direction may be set."""
		own = (None, self.shift.key) if self.shift else (None,)
		return alternating_checkins(
			(row for row in self.rows if row.key in own and not row.attendance and self._is_whole(row)),
			devices,
		)

	def _is_whole(self, row: frappe._dict) -> bool:
		"""Whether all that its direction depends on was read: outside every shift that is its day on the site."""
		return bool(row.key) or self.days[0] <= row.moment.date() <= self.days[1]

	def touches(self, movable: set[str]) -> list[Touch]:
		return [Touch(row.name, row.moment, row.log_type, row.key, row.name in movable) for row in self.rows]


def read_checkins(employees: Iterable[str], first_day: date, last_day: date) -> list[frappe._dict]:
	"""These people's check-ins on these days, and those around them whose clock may be another, in the order of their
	`moment` on the site's clock, without those that are not to count."""
	checkin = frappe.qb.DocType(CHECKIN)
	start = datetime.combine(first_day, datetime.min.time())
	end = datetime.combine(last_day, datetime.min.time()) + timedelta(days=1)
	around = APART if zones_in_use() else timedelta(0)
	rows = (
		frappe.qb.from_(checkin)
		.select(*READ, *SHIFT_FIELDS)
		.where(checkin.employee.isin([*employees, ""]))
		.where((checkin.time >= start - around) & (checkin.time < end + around))
		.where(checkin.skip_auto_attendance == 0)
		.run(as_dict=True)
	)
	for row in rows:
		row.moment = on_site(row.time, row.custom_time_zone)
	return sorted(rows, key=lambda row: (row.moment, row.name))


def shift_keys(rows: list[frappe._dict], day: date) -> dict[str, tuple[str, datetime] | None]:
	"""What tells the shifts of one person's check-ins apart, by name. HRMS is asked about those of the day only."""
	known: list[Shift] = []
	of_day = [row for row in rows if row.time.date() == day]
	keys = {row.name: _key(row, known) for row in of_day}
	others = {row.name: _key(row, known, asks=False) for row in rows if row.name not in keys}
	return {**keys, **others}


def _key(row: frappe._dict, known: list[Shift], asks: bool = True) -> tuple[str, datetime] | None:
	"""Of the shift that a check-in counts for: the one HRMS gave it, else the one it would give it now."""
	if row.shift and row.shift_start:
		return row.shift, row.shift_start
	shift = next((each for each in known if each.first <= row.time <= each.last), None)
	if not shift and asks and (shift := _shift_at(row.employee, row.time)):
		known.append(shift)
	return shift.key if shift else None


def _shift_at(employee: str, moment: datetime) -> Shift | None:
	found = get_actual_start_end_datetime_of_shift(employee, moment, True)
	if not found:
		return None
	return Shift(found.shift_type.name, found.start_datetime, found.actual_start, found.actual_end)


def _stored_shift(place: Document | frappe._dict) -> Shift | None:
	start, first, last = (
		place.get(field) for field in ("shift_start", "shift_actual_start", "shift_actual_end")
	)
	if not (place.get("shift") and start and first and last):
		return None
	return Shift(place.shift, get_datetime(start), get_datetime(first), get_datetime(last))


def _doubles(rows: list[frappe._dict], movable: set[str]) -> list[str]:
	"""Check-ins of alternating devices in the very second of another: their punches are linked to that one."""
	at: dict[datetime, list[str]] = {}
	for row in sorted(rows, key=lambda row: (row.name in movable, row.name)):
		at.setdefault(row.moment, []).append(row.name)
	return [name for names in at.values() for name in names[1:] if name in movable]


def _turn(row: frappe._dict, log_type: str | None) -> None:
	"""Set the direction of a check-in and of its punches. HRMS's rules apply; the shift that it got stays."""
	frappe.db.savepoint("cams_order")
	try:
		checkin = frappe.get_doc(CHECKIN, row.name)
		fields = [*SHIFT_FIELDS, *(field for field in SHIFT_FIELDS_16 if checkin.meta.has_field(field))]
		shift = {field: checkin.get(field) for field in fields}
		checkin_evidence.sign(checkin, log_type=log_type)
		checkin.flags[IN_ORDER] = True
		checkin.save(ignore_permissions=True)
	except frappe.ValidationError:
		frappe.db.rollback(save_point="cams_order")
		frappe.clear_last_message()
		_log_refusal(row)
		return
	if shift["shift"] and any(checkin.get(field) != value for field, value in shift.items()):
		checkin.db_set(shift)
	linked = {"employee_checkin": row.name, "state": PunchState.RECORDED}
	frappe.db.set_value("CAMS Punch", linked, "log_type", log_type, update_modified=False)


def _log_refusal(row: frappe._dict) -> None:
	log_once_a_day(
		"CAMS: a check-in keeps a direction that is not its turn",
		frappe.get_traceback(),
		identity=("alternation", row.name),
		reference_doctype=CHECKIN,
		reference_name=row.name,
	)


def _value(checkin: Document, field: str) -> object:
	"""Comparable: a form sends texts."""
	value = checkin.get(field) or None
	return get_datetime(value) if value and field in ("time", "shift_start") else value
