"""Of the punches of one touch exactly one counts. punches.touch_rules says which; this module reads what is stored of a
touch, and takes back the check-in of a punch that lost to another.

The punch that says most counts, whatever comes first. What a person decided stays, and a marked attendance does: then
the better one is held until that is cancelled.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.gate_times import checkin_time
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.settings import read_settings_with_tables
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, inbox, repeats
from navari_cams_biometric.cams_biometric.punches.punch_rules import NotRecordedError
from navari_cams_biometric.cams_biometric.punches.punch_types import NO_DIRECTION, spelling
from navari_cams_biometric.cams_biometric.punches.reasons import (
	REASONS,
	SAME_TOUCH,
	TIME_CHANGED,
	TIME_MARKED,
)
from navari_cams_biometric.cams_biometric.punches.repeats import REPEATED
from navari_cams_biometric.cams_biometric.punches.touch_rules import KNOWN, NONE, UNKNOWN, Kind, Said, Touches

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

NOT_COUNTED = (REPEATED, "NOT_ATTENDANCE")  # decided all the same: nothing else of the touch counts either
BY_A_PERSON = ("DISMISSED", "CHECKIN_DELETED")
ROUNDS = 6  # one finds all, unless the same wall clock stands here in several offsets
FIELDS = (
	"name",
	"user_id",
	"service_tag",
	"wall_clock",
	"punched_at_utc",
	"has_offset",
	"punch_type",
	"punch_time",
	"original_time",
	"touch_accepted",
	"state",
	"reason_code",
	"same_touch_as",
	"employee",
	"log_type",
	"employee_checkin",
)


class Loss(NamedTuple):
	"""Why a punch does not count: a reason code, the punch that does, and what the reason names."""

	code: str
	other: str
	detail: str


class Verdict(NamedTuple):
	"""What the other punches of its touch mean for one. `displaced` are those that it takes the place of, with their
	reason codes."""

	loss: Loss | None
	displaced: list[tuple[frappe._dict, str]]

	def ensure_says_most(self, punch: frappe._dict) -> None:
		if self.loss and self.loss.code == SAME_TOUCH:
			self._refuse(punch)

	def ensure_undisputed(self, punch: frappe._dict) -> None:
		if self.loss:
			self._refuse(punch)

	def _refuse(self, punch: frappe._dict) -> None:
		punch.same_touch_as = self.loss.other
		raise NotRecordedError(self.loss.code, self.loss.detail)


ALONE = Verdict(None, [])


def find_related(
	punches: Iterable[frappe._dict], devices: "dict[str, CAMSDevice]", to_others: bool = False
) -> set[str]:
	"""The names of those punches that may be one touch with another stored one; `to_others`, with one that is not among
	these. One query for all."""
	searched = {
		punch.name: _Search(punch, devices) for punch in punches if punch.user_id and punch.wall_clock
	}
	if not searched:
		return set()
	walls = {wall for search in searched.values() for wall in search.walls}
	instants = {instant for search in searched.values() for instant in search.instants}
	found: dict[str, list[frappe._dict]] = {}
	user_ids = sorted({search.user_id for search in searched.values()})
	fields = ("name", "user_id", "service_tag", *_WHEN)
	for row in _find(user_ids, walls, instants, fields, list(searched) if to_others else ()):
		found.setdefault(row.user_id, []).append(row)
	return {
		name
		for name, search in searched.items()
		if any(row.name != name and search.finds(row) for row in found.get(search.user_id, ()))
	}


def judge(
	punch: frappe._dict,
	devices: "dict[str, CAMSDevice]",
	settings: "CAMSBiometricSettings",
	is_recorded: bool = False,
) -> Verdict:
	"""How a punch stands to the others of its touch. Two that make the same check-in leave it with the one that has it,
	unless both do (`is_recorded`)."""
	rows = _rows_around(punch, devices)
	said = {row.name: _said(row, settings) for row in rows}
	if punch.name not in said:
		return ALONE
	touches, me = Touches(said.values(), _zone(punch.service_tag, devices)), said[punch.name]
	losses, displaced = [], []
	for row in rows:
		other = said[row.name]
		if other is me:
			continue
		if touches.are_one(me, other):
			if _is_decided(row) and (
				touches.outranks(other, me)
				or (me.outcome == other.outcome and not me.accepted and not is_recorded)
			):
				losses.append(Loss("SAME_TOUCH", row.name, _told(row)))
			elif _is_displaceable(row) and touches.outranks(me, other):
				loss = _loss_to_what_stays(row, punch, devices)
				losses += [loss] if loss else []
				displaced.append((row, SAME_TOUCH))
		elif row.state == PunchState.RECORDED and touches.contradict(me, other):
			if touches.outranks(other, me) or _loss_to_what_stays(row, punch, devices):
				losses.append(Loss("TIME_CHANGED", row.name, _both(punch, row)))
			else:
				displaced.append((row, SAME_TOUCH if me.accepted else TIME_CHANGED))
	losses.sort(key=lambda loss: (loss.code != SAME_TOUCH, loss.code != TIME_MARKED, loss.other))
	return Verdict(losses[0] if losses else None, displaced)


def displace(punch: frappe._dict, verdict: Verdict, windows: repeats.Windows) -> None:
	"""Take back what the punch takes the place of. Raises NotRecordedError where a check-in has to stay, because a record
	of another app refers to it; what was written until then is the caller's to roll back."""
	for row, code in verdict.displaced:
		beside = _delete_checkin(row)
		if beside is None:
			punch.same_touch_as = row.name
			raise NotRecordedError(SAME_TOUCH, _told(row))
		_lose(row, code, punch)
		if again := {*beside, *_lost_to(row)} - {punch.name}:
			inbox.queue_again(sorted(again), employee_checkin=None)
		if row.employee and row.punch_time:
			repeats.requeue_after_taken_back(row.employee, get_datetime(row.punch_time), windows)


def _lose(row: frappe._dict, code: str, punch: frappe._dict) -> None:
	"""A stored punch no longer counts, because another of its touch does."""
	reason = REASONS[code]
	inbox.update_punches(
		[row.name],
		state=reason.state,
		employee_checkin=None,
		same_touch_as=punch.name,
		reason_code=code,
		reason=reason.told(_both(punch, row) if code == TIME_CHANGED else _told(punch)),
		remedy=str(reason.remedy),
		retry_after=None,
	)


def look_again(punches: list[frappe._dict]) -> None:
	"""After the commit of a batch: another worker may have made the check-in of the same touch just before or after."""
	devices = find_devices(sorted({punch.service_tag for punch in punches if punch.service_tag}))
	related = find_related(punches, devices, to_others=True)
	if not related:
		return
	stored = frappe.get_all("CAMS Punch", filters={"name": ["in", sorted(related)]}, fields=list(FIELDS))
	settings = read_settings_with_tables()
	windows = repeats.read_windows(settings)
	for punch in stored:
		for row in _rows_around(punch, devices):
			if row.state != PunchState.RECORDED:
				continue
			verdict = judge(row, devices, settings, is_recorded=True)
			if not verdict.loss and verdict.displaced:
				displace_or_leave(row, verdict, windows)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a batch of a long drain, as the one before


def displace_or_leave(punch: frappe._dict, verdict: Verdict, windows: repeats.Windows) -> None:
	"""`displace` for a punch that is decided already."""
	frappe.db.savepoint("cams_displace")
	try:
		displace(punch, verdict, windows)
	except NotRecordedError:
		frappe.db.rollback(save_point="cams_displace")


def requeue_unblocked() -> None:
	"""Queue punches again that were held for a marked attendance which is gone by now."""
	punch, other = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Punch").as_("other")
	checkin = frappe.qb.DocType("Employee Checkin")
	names = (
		frappe.qb.from_(punch)
		.left_join(other)
		.on(other.name == punch.same_touch_as)
		.left_join(checkin)
		.on(checkin.name == other.employee_checkin)
		.select(punch.name)
		.where((punch.state == PunchState.HELD) & (punch.reason_code == TIME_MARKED))
		.where(checkin.attendance.isnull() | (checkin.attendance == ""))
		.run(pluck=True)
	)
	if names:
		inbox.queue_again(names)


def note_cancelled_attendance(attendance: Document, method: str | None = None) -> None:
	"""After HRMS unlinked the check-ins of a day: those whose time a held punch knows better move, where they are, so that
	the day can be decided again at once."""
	held = {"employee": attendance.employee, "state": PunchState.HELD, "reason_code": TIME_MARKED}
	for punch in frappe.get_all("CAMS Punch", filters=held, fields=["*"], order_by="name"):
		row = frappe.db.get_value("CAMS Punch", punch.same_touch_as, FIELDS, as_dict=True)
		if row and row.employee_checkin:
			_take_over(punch, row)


def _take_over(punch: frappe._dict, row: frappe._dict) -> None:
	checkin = frappe.get_doc("Employee Checkin", row.employee_checkin)
	is_free = not checkin.attendance and checkin.custom_cams_punch == row.name
	if not is_free or checkin_evidence.was_changed(checkin.name, row.name):
		return
	at_gate = checkin_time(punch, find_devices([punch.service_tag or ""]).get(punch.service_tag))
	frappe.db.savepoint("cams_take_over")
	try:
		said = {**checkin_evidence.device_fields(punch), "custom_time_zone": at_gate.zone}
		checkin_evidence.sign(checkin, **said, time=at_gate.time)
		checkin.save(ignore_permissions=True)
	except frappe.ValidationError:  # the sweep queues the punch, which then says what is wrong
		frappe.db.rollback(save_point="cams_take_over")
		frappe.clear_last_message()
		return
	counts = {"state": PunchState.RECORDED, "employee_checkin": checkin.name, "same_touch_as": None}
	inbox.update_punches([punch.name], **counts, reason_code=None, reason=None, remedy=None)
	_lose(row, SAME_TOUCH, punch)


def accept(names: list[str]) -> None:
	"""A person lets these count instead of others of their touches."""
	chosen = {"name": ["in", names], "reason_code": ["in", (SAME_TOUCH, TIME_CHANGED)]}
	rows = frappe.get_all("CAMS Punch", filters=chosen, fields=["name", "same_touch_as"])
	inbox.update_punches([row.same_touch_as for row in rows if row.same_touch_as], touch_accepted=0)
	inbox.update_punches([row.name for row in rows], touch_accepted=1)


_WHEN = ("wall_clock", "punched_at_utc", "has_offset")


class _Search:
	"""What else would be the same touch as a punch: texts with these wall clocks, or an offset and these instants."""

	def __init__(self, punch: frappe._dict, devices: "dict[str, CAMSDevice]"):
		self.user_id = punch.user_id
		self.service_tag = punch.service_tag or ""
		zone, wall = _zone(punch.service_tag, devices), get_datetime(punch.wall_clock)
		self.walls, self.instants = {wall}, set()
		if punch.has_offset:
			self.instants.add(get_datetime(punch.punched_at_utc))
			self.walls.add(times.in_zone(get_datetime(punch.punched_at_utc), zone))
		else:
			self.instants.add(times.naive_utc(wall, zone))

	def finds(self, row: frappe._dict) -> bool:
		"""The database ignores case, but user IDs are texts in which it counts."""
		if row.user_id != self.user_id or (row.service_tag or "") != self.service_tag:
			return False
		is_at = row.has_offset and get_datetime(row.punched_at_utc) in self.instants
		return bool(is_at or get_datetime(row.wall_clock) in self.walls)


def _rows_around(punch: frappe._dict, devices: "dict[str, CAMSDevice]") -> list[frappe._dict]:
	"""The punch and all that may be its touch, with their check-ins."""
	rows: dict[str, frappe._dict] = {}
	searches = [_Search(punch, devices)]
	for _round in range(ROUNDS):
		walls = {wall for search in searches for wall in search.walls}
		instants = {instant for search in searches for instant in search.instants}
		found = {
			row.name: row
			for row in _find([punch.user_id], walls, instants, FIELDS)
			if any(search.finds(row) for search in searches)
		}
		if found.keys() <= rows.keys():
			break
		rows.update(found)
		searches = [_Search(row, devices) for row in rows.values()]
	_add_checkins(list(rows.values()))
	return sorted(rows.values(), key=lambda row: row.name)


def _find(
	user_ids: list[str],
	walls: set[datetime],
	instants: set[datetime],
	fields: tuple[str, ...],
	without: Collection[str] = (),
) -> list[frappe._dict]:
	punch = frappe.qb.DocType("CAMS Punch")
	theirs: Criterion = punch.user_id.isin(Among(user_ids))  # in both halves: each has an index of its own
	is_shown = punch.wall_clock.isin(Among(sorted(walls))) & theirs
	is_then = punch.punched_at_utc.isin(Among(sorted(instants))) & theirs
	query = frappe.qb.from_(punch).select(*fields).where(is_shown | is_then)
	if without:
		query = query.where(punch.name.notin(Among(without)))
	return [row for row in query.run(as_dict=True) if row.wall_clock]


def _add_checkins(rows: list[frappe._dict]) -> None:
	names = sorted({row.employee_checkin for row in rows if row.employee_checkin})
	fields = ["name", "time", "custom_time_zone", "attendance", "custom_cams_punch"]
	found = (
		frappe.get_all("Employee Checkin", filters={"name": ["in", names]}, fields=fields) if names else []
	)
	checkins = {checkin.name: checkin for checkin in found}
	for row in rows:
		checkin = checkins.get(row.employee_checkin)
		row.own_checkin = checkin if checkin and checkin.custom_cams_punch == row.name else None


def _said(row: frappe._dict, settings: "CAMSBiometricSettings") -> Said:
	return Said(
		row.name,
		get_datetime(row.wall_clock),
		get_datetime(row.punched_at_utc),
		bool(row.has_offset),
		_kind(row.punch_type or "None", settings),
		bool(row.touch_accepted),
	)


def _kind(punch_type: str, settings: "CAMSBiometricSettings") -> Kind:
	direction = settings.direction_of(punch_type)
	says = {None: UNKNOWN, NO_DIRECTION: NONE}.get(direction, KNOWN)
	return Kind(spelling(punch_type), direction if says == KNOWN else None, says)


def _zone(service_tag: str | None, devices: "dict[str, CAMSDevice]") -> tzinfo:
	device = devices.get(service_tag or "")
	return device.zone() if device else times.site_zone()


def _is_decided(row: frappe._dict) -> bool:
	if row.state == PunchState.HELD:
		return row.reason_code in (TIME_CHANGED, TIME_MARKED)
	is_ignored = row.state == PunchState.IGNORED
	return row.state == PunchState.RECORDED or (
		is_ignored and row.reason_code in (*NOT_COUNTED, *BY_A_PERSON)
	)


def _is_displaceable(row: frappe._dict) -> bool:
	"""What a person decided stays as it is, and it keeps no check-in."""
	open_or_recorded = (PunchState.RECORDED, PunchState.HELD, PunchState.FAILED)
	return row.state in open_or_recorded or (row.state == PunchState.IGNORED and row.reason_code == REPEATED)


def _loss_to_what_stays(
	row: frappe._dict, punch: frappe._dict, devices: "dict[str, CAMSDevice]"
) -> Loss | None:
	"""To a check-in that is a person's by now, or that attendance is marked by."""
	checkin = row.own_checkin if row.state == PunchState.RECORDED else None
	if not checkin:
		return None
	if checkin_evidence.was_changed(checkin.name, row.name):
		return Loss("SAME_TOUCH", row.name, _told(row))
	if not checkin.attendance:
		return None
	at_gate = checkin_time(punch, devices.get(punch.service_tag or ""))
	if (get_datetime(checkin.time), checkin.custom_time_zone or None) == at_gate:
		return Loss("SAME_TOUCH", row.name, _told(row))
	return Loss("TIME_MARKED", row.name, f"{checkin.time} → {at_gate.time}")


def _lost_to(row: frappe._dict) -> list[str]:
	"""The punches that did not count because of this one: they have its wall clock, or the instant that it was read as."""
	near = _find([row.user_id], {row.wall_clock}, {row.punched_at_utc}, FIELDS)
	codes = (SAME_TOUCH, TIME_CHANGED, TIME_MARKED)
	return [each.name for each in near if each.same_touch_as == row.name and each.reason_code in codes]


def _both(one: frappe._dict, other: frappe._dict) -> str:
	return "; ".join(sorted((one.original_time, other.original_time)))


def _told(row: frappe._dict) -> str:
	return f"{row.punch_type or 'None'}, {row.original_time}: {row.name}"


def _delete_checkin(row: frappe._dict) -> list[str] | None:
	"""Its own check-in, if it has one. Returns the other punches that were linked to it; None where it has to stay."""
	if row.state != PunchState.RECORDED or not row.own_checkin:
		return []
	checkin = row.own_checkin.name
	linked = {"employee_checkin": checkin, "state": PunchState.RECORDED, "name": ["!=", row.name]}
	beside = frappe.get_all("CAMS Punch", filters=linked, pluck="name")
	return beside if checkin_evidence.take_back(checkin) else None
