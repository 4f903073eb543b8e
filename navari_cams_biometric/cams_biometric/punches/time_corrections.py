"""Correct Time: move the times of a device's punches whose clock was wrong, and take that back.

A corrected punch keeps the device's own text as `original_time`; `time_shift` says by how many seconds a person moved
it, so the uncorrected moment is `punch_time` minus that. It is queued again: the worker judges it as if it had come
with the right time. An unmarked check-in made from the wrong time is deleted for it. What hangs on attendance, or
what a person changed, stays as it is.

`time_proposals` measures by how much; here it is done, whatever was measured.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import floor

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.utils import cint, escape_html, get_datetime, now_datetime
from pypika.queries import QueryBuilder

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, inbox, repeats
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import BY_THE_APP, CHECKIN

MOST_PUNCHES = 2000  # in one press of a button
LARGEST = 2**31 - 1  # seconds that the column holds: 68 years

# Why a punch stays as it is.
UNREADABLE = "unreadable"
MARKED = "with_attendance"
CHANGED = "changed"
REFERRED = "referred"


def correct(names: Iterable[str], seconds: int, as_of: datetime | None = None) -> dict:
	"""Move the times of a device's punches by `seconds`; minus: to earlier ones. A second correction adds to the first.

	Returns `since` (for outcome_since), the `names` that were corrected and, by reason, the number of those `left` as
	they were. Throws, and changes nothing, for punches of several devices, for times after the arrival, if nothing can
	be corrected, or if one was changed after `as_of`: somebody else may have corrected it. Also undoes a correction,
	where the two add up to nothing.
	"""
	if not seconds:
		_refuse(_("Enter by how much the times are to be moved."))
	punches = lock(names)
	_ensure_one_device(punches)
	_ensure_as_seen(punches, as_of)
	free, left = sort_out(punches)
	_ensure_some(free, left)
	_ensure_plausible(free, seconds)
	return _shift(free, {punch.name: punch.time_shift + seconds for punch in free}, left)


def undo(names: Iterable[str]) -> dict:
	"""Give punches the time of their device again, and let the rules for clocks judge it. Returns what `correct` does.

	Throws if none of them was corrected, or attendance is marked for all.
	"""
	punches = [punch for punch in lock(names) if punch.time_shift]
	if not punches:
		_refuse(_("The time of these punches was not corrected."))
	free, left = sort_out(punches)
	_ensure_some(free, left)
	return _shift(free, dict.fromkeys((punch.name for punch in free), 0), left)


def lock(names: Iterable[str]) -> list[frappe._dict]:
	"""Lock and return punches with what their check-in says, in time order. Throws above MOST_PUNCHES."""
	names = sorted(set(names))
	if len(names) > MOST_PUNCHES:
		_refuse(_("At most {0} punches at once. Choose fewer.").format(MOST_PUNCHES))
	return _query(names).for_update().run(as_dict=True)


def read(names: Iterable[str]) -> list[frappe._dict]:
	"""As `lock`, without a lock or a limit."""
	return _query(names).run(as_dict=True)


def sort_out(punches: Iterable[frappe._dict]) -> tuple[list[frappe._dict], Counter]:
	"""The punches whose time may be corrected, and by reason how many may not."""
	punches = list(punches)
	changed = checkin_evidence.changed_among(punch.checkin for punch in punches if punch.checkin)
	reasons = [_why_not(punch, changed) for punch in punches]
	free = [punch for punch, reason in zip(punches, reasons, strict=True) if not reason]
	return free, Counter(reason for reason in reasons if reason)


def devices_of(punches: Iterable[frappe._dict]) -> list[dict]:
	"""`service_tag` (empty where the device is not known), `label` and `count`, by label."""
	labels = device_labels()
	counts = Counter(punch.service_tag or "" for punch in punches)
	devices = [
		{"service_tag": tag, "label": labels.get(tag, tag) or _("Not known"), "count": count}
		for tag, count in counts.items()
	]
	return sorted(devices, key=lambda device: str(device["label"]))


def latest_shifts(punches: Iterable[frappe._dict]) -> list[int]:
	"""Of each the largest correction, in seconds, that does not leave it after its arrival by more than Settings
	tolerate."""
	tolerance = timedelta(minutes=cint(read_settings().clock_tolerance))
	return [floor((punch.creation + tolerance - punch.punch_time).total_seconds()) for punch in punches]


def _query(names: Iterable[str]) -> QueryBuilder:
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType(CHECKIN)
	return (
		frappe.qb.from_(punch)
		.left_join(checkin)
		.on(checkin.name == punch.employee_checkin)
		.select(punch.name, punch.user_id, punch.punch_time, punch.original_time, punch.time_shift)
		.select(punch.service_tag, punch.source, punch.creation, punch.modified, punch.employee)
		.select(punch.state, punch.reason_code, checkin.name.as_("checkin"), checkin.attendance)
		.select(checkin.custom_cams_punch.as_("checkin_of"))
		.where(punch.name.isin([*names, ""]))
		.orderby(punch.punch_time)
		.orderby(punch.name)
	)


def _why_not(punch: frappe._dict, changed: set[str]) -> str:
	if not punch.punch_time:
		return UNREADABLE
	if punch.attendance:
		return MARKED
	return CHANGED if punch.checkin in changed else ""


def _ensure_one_device(punches: list[frappe._dict]) -> None:
	devices = devices_of(punches)
	if len(devices) > 1:
		labels = ", ".join(str(device["label"]) for device in devices)
		_refuse(
			_(
				"These punches are of several devices ({0}), and each has a clock of its own. Choose one device."
			).format(escape_html(labels))
		)


def _ensure_as_seen(punches: list[frappe._dict], as_of: datetime | None) -> None:
	changed = [punch for punch in punches if as_of and get_datetime(punch.modified) > as_of]
	if changed:
		_refuse(
			_("{0} of these punches have changed in the meantime. Open Correct Time again.").format(
				len(changed)
			)
		)


def _ensure_some(free: list[frappe._dict], left: Counter) -> None:
	if free:
		return
	if left[MARKED]:
		_refuse(_("Attendance is marked for these punches. Cancel it first if their time is wrong."))
	if left[CHANGED]:
		_refuse(_("A person changed the check-ins of these punches. Restore them first."))
	_refuse(_("There is no time to correct."))


def _ensure_plausible(punches: list[frappe._dict], seconds: int) -> None:
	late = [latest for latest in latest_shifts(punches) if seconds > latest]
	if late:
		_refuse(
			_("{0} of these punches would be later than the moment at which they arrived.").format(len(late))
		)
	if any(abs(punch.time_shift + seconds) > LARGEST for punch in punches):
		_refuse(_("A time can be moved by at most 68 years."))


def _shift(punches: list[frappe._dict], shifts: dict[str, int], left: Counter) -> dict:
	"""Set how far each punch is from what its device said, and let the worker do the rest."""
	since = now_datetime()
	kept = _delete_checkins(punches)
	moved = [punch for punch in punches if punch.name not in kept]
	left[REFERRED] += len(kept)
	_write([punch for punch in moved if shifts[punch.name]], shifts, frappe.session.user, since)
	_write([punch for punch in moved if not shifts[punch.name]], shifts, None, None)
	_judge_repeats_again(moved)
	return {
		"since": str(since),
		"names": [punch.name for punch in moved],
		"left": {reason: count for reason, count in left.items() if count},
	}


def _write(
	punches: list[frappe._dict], shifts: dict[str, int], user: str | None, moment: datetime | None
) -> None:
	"""One statement for all. The time is accepted no more: that was for another one."""
	if not punches:
		return
	name = frappe.qb.DocType("CAMS Punch").name
	times, totals = Case(), Case()
	for punch in punches:
		total = shifts[punch.name]
		moved = punch.punch_time + timedelta(seconds=total - punch.time_shift)
		times, totals = times.when(name == punch.name, moved), totals.when(name == punch.name, total)
	inbox.queue_again(
		[punch.name for punch in punches],
		punch_time=times,
		time_shift=totals,
		time_corrected_by=user,
		time_corrected_on=moment,
		time_accepted=0,
		employee_checkin=None,
		modified_by=frappe.session.user,
	)


def _delete_checkins(punches: list[frappe._dict]) -> set[str]:
	"""Delete the check-ins that these punches became. Returns the punches whose check-in another record refers to.

	A check-in of somebody else, which was only linked, stays. Punches of other devices that are linked to a deleted one
	are queued again.
	"""
	own = {punch.checkin: punch.name for punch in punches if punch.checkin and punch.checkin_of == punch.name}
	if not own:
		return set()
	others = frappe.get_all(
		"CAMS Punch",
		filters={
			"employee_checkin": ["in", list(own)],
			"state": PunchState.RECORDED,
			"name": ["not in", [punch.name for punch in punches]],
		},
		fields=["name", "employee_checkin"],
	)
	kept = {checkin for checkin in own if not _delete(checkin)}
	inbox.queue_again(
		[other.name for other in others if other.employee_checkin not in kept], employee_checkin=None
	)
	return {own[checkin] for checkin in kept}


def _delete(checkin: str) -> bool:
	"""False where a record of another app refers to it."""
	frappe.db.savepoint("cams_time_correction")
	try:
		frappe.delete_doc(CHECKIN, checkin, ignore_permissions=True, flags={BY_THE_APP: True})
	except frappe.LinkExistsError:
		frappe.db.rollback(save_point="cams_time_correction")
		frappe.clear_last_message()
		return False
	return True


def _judge_repeats_again(punches: list[frappe._dict]) -> None:
	"""A touch that moved away is no longer the first of those that repeat it."""
	longest = repeats.read_windows(read_settings()).longest
	touched = [punch for punch in punches if punch.employee]
	if not longest or not touched:
		return
	until = max(punch.punch_time for punch in touched) + timedelta(seconds=longest)
	repeated = {
		"employee": ["in", sorted({punch.employee for punch in touched})],
		"state": PunchState.IGNORED,
		"reason_code": repeats.REPEATED,
		"punch_time": ["between", [min(punch.punch_time for punch in touched), until]],
	}
	inbox.queue_again(frappe.get_all("CAMS Punch", filters=repeated, pluck="name"))


def _refuse(sentence: str) -> None:
	frappe.throw(sentence, title=_("Correct Time"))
