"""From queued punches to Employee Checkins: the work of the background job.

HRMS decides what a valid check-in is: each is inserted through its DocType. `punch_rules` decides what HRMS cannot
know, and this module what happens to a punch that is refused. Several workers may run this at once: rows are
locked, and nothing is done twice.
"""

import time
import traceback
from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
from erpnext.setup.doctype.employee.employee import InactiveEmployeeStatusError
from frappe.model.document import Document
from frappe.utils import get_datetime, get_system_timezone, now_datetime, strip_html
from hrms.hr.doctype.employee_checkin.employee_checkin import CheckinRadiusExceededError, EmployeeCheckin
from hrms.hr.doctype.shift_assignment.shift_assignment import get_actual_start_end_datetime_of_shift

from navari_cams_biometric.cams_biometric.base import dormant_site, gate_times, times
from navari_cams_biometric.cams_biometric.base.device_lookup import ALTERNATE
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.identities import Answer
from navari_cams_biometric.cams_biometric.base.jobs import BUSY
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import (
	alternation,
	batches,
	checkin_evidence,
	inbox,
	listeners,
	looks_due,
	punch_rules,
	repeats,
	second_look,
	site_faults,
	touches,
)
from navari_cams_biometric.cams_biometric.punches.punch_rules import NotRecordedError, Rules
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from navari_cams_biometric.cams_biometric.punches.requeue import requeue_known_users
from navari_cams_biometric.cams_biometric.punches.wanted_checkins import examine, fields_of, read_rules
from navari_cams_biometric.cams_biometric.shift_sync import watermark

BATCH = 50  # punches in one transaction: short, because check-ins of a month share one naming series
# Where their check-ins are made together: the series is locked for the last step alone.
TOGETHER = 500
MOST_ATTEMPTS = 6
SLICE_SECONDS = 2 * 60  # below inbox.DRAIN_TIMEOUT and the 300 s that Frappe gives a scheduled job
TIMES = ("punch_time", "wall_clock", "has_offset", "punched_at_utc")  # a retry may have read them
SETTLED = ("log_type", "same_touch_as")


def drain(seconds: float = SLICE_SECONDS, turn: int = 0) -> None:
	"""Turn queued punches into check-ins, live ones first, until there are none or `seconds` are over.

	Commits after each batch, so progress lasts. The job of the other turn does the rest, behind the jobs that
	were queued in the meantime: one worker may serve them all.
	"""
	frappe.set_user("Administrator")
	end = time.monotonic() + seconds
	while in_time := time.monotonic() < end:
		if not _drain_batch():
			break
	if not in_time:
		inbox.request_drain(1 - turn)
	dormant_site.request_due_jobs()


def check_in_now(punch_name: str) -> frappe._dict:
	"""Process one punch in the caller's transaction, as its user; return how it ended. Raises what made the transaction
	unusable, such as frappe.QueryDeadlockError. The sweep takes the second look."""
	punch = frappe.db.get_value("CAMS Punch", punch_name, "*", as_dict=True, for_update=True)
	try:
		_process_batch([punch], read_rules([punch]))
	except _BatchBrokenError as broken:
		raise broken.__cause__ from None
	looks_due.note_punches([punch_name])
	fields = ["state", "reason_code", "reason", "remedy", "employee_checkin"]
	return frappe.db.get_value("CAMS Punch", punch_name, fields, as_dict=True)


def sweep() -> None:
	"""Scheduled: process what a lost job or a dead worker left, requeue punches whose user is known by now, try the faults
	of the site again, and take the second looks that were not taken."""
	requeue_known_users()
	touches.requeue_unblocked()
	site_faults.probe()
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- the released punches are due for the drain below
	second_look.take_left()
	drain(turn=1)  # what is left then is for the job that callbacks ask for


def drain_live() -> None:
	"""Live punches alone, within another job: one worker may serve them all. Call it after a commit."""
	while _drain_batch(only_live=True):
		pass


def _drain_batch(only_live: bool = False) -> bool:
	"""False where nothing is due, or other workers are at all of it."""
	_forget_former_reads()
	names = inbox.due(TOGETHER, only_live)
	made: set[str] = set()
	if len(names) >= batches.FEWEST and may_be_made_together():
		made, names = _record_together(names)
	punches = inbox.lock(names[:BATCH])
	if not punches:
		return bool(made)
	rules = read_rules(punches)
	try:
		_process_batch(punches, rules)
	except _BatchBrokenError as broken:
		frappe.db.rollback()  # the others of this batch stay queued, and are next
		_conclude_broken(broken)
	except BUSY:  # another worker was at the same devices: all of this batch stay queued
		frappe.db.rollback()
		return True
	_commit_batch(punches, rules)
	return True


def may_be_made_together() -> bool:
	"""Whether the check-ins of a batch may be inserted together."""
	return not read_settings().one_by_one and not listeners.find()


def _record_together(names: list[str]) -> tuple[set[str], list[str]]:
	"""In a transaction of its own, so that nobody waits for the naming series. Returns the names of the punches whose
	check-ins were made, and of the others."""
	punches = inbox.lock(names)
	try:
		rules = read_rules(punches)
		_note_devices_reported(punches, rules)
		made = batches.record(punches, rules)
	except (batches.BatchLostError, *BUSY):
		frappe.db.rollback()
		return set(), names
	if made:
		_commit_batch([punch for punch in punches if punch.name in made], rules)
	return made, [punch.name for punch in punches if punch.name not in made]


def _commit_batch(punches: list[frappe._dict], rules: Rules) -> None:
	"""Commit what was decided of these punches by these rules, and look at what others did at the same time."""
	note = looks_due.note_punches(punch.name for punch in punches)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a long drain keeps each batch that is done
	second_look.take(note, punches, rules)
	message = {"doctype": "CAMS Punch", "name": punches[-1].name}
	frappe.publish_realtime("list_update", message, doctype="CAMS Punch")
	# To users who may read punches: a page refreshes. (A list view removes all listeners of list_update.)
	frappe.publish_realtime("cams_punches", room="doctype:CAMS Punch", after_commit=False)


def _forget_former_reads() -> None:
	"""Frappe keeps single values, documents and metadata in memory for as long as a job lasts; HRMS and Frappe decide by
	them. So a long drain sees a change within a batch."""
	frappe.db.value_cache.clear()
	frappe.local.cache.clear()


class _BatchBrokenError(Exception):
	"""The transaction became unusable at this punch. `fault` is None for a transient fault of the database."""

	def __init__(self, punch: frappe._dict, employee: frappe._dict | None, fault: Exception | None = None):
		super().__init__(punch.name)
		self.punch = punch
		self.employee = employee
		self.fault = fault


def _process_batch(punches: list[frappe._dict], rules: Rules) -> None:
	for punch in punches:
		_process(punch, rules)
	_note_devices_reported(punches, rules)


def _process(punch: frappe._dict, rules: Rules) -> None:
	"""Bring one punch to its next state, or raise _BatchBrokenError.

	After an unexpected error even the savepoint may be gone: a hook of another app may have committed.
	"""
	answer = punch_rules.whose(punch, rules)
	employee = answer.person
	try:
		_settle(punch, answer, rules)
	except BUSY as error:
		raise _BatchBrokenError(punch, employee) from error
	except Exception as error:
		_fail_or_break(punch, employee, error)
	finally:
		frappe.clear_messages()


def _fail_or_break(punch: frappe._dict, employee: frappe._dict | None, error: Exception) -> None:
	"""The others of the batch stay as they are where the savepoint is still there."""
	try:
		frappe.db.rollback(save_point="cams_settle")
	except Exception:
		raise _BatchBrokenError(punch, employee, error) from error
	_conclude_fault(punch, employee, error)


def _settle(punch: frappe._dict, answer: Answer, rules: Rules) -> None:
	employee = answer.person
	frappe.db.savepoint("cams_settle")
	punch.update({"log_type": None, "same_touch_as": None, "touch": touches.ALONE})
	try:
		fields = _check_in(punch, answer, rules)
	except NotRecordedError as reason:
		frappe.db.rollback(save_point="cams_settle")
		_conclude(punch, reason.code, reason.detail, employee)
		if reason.code in touches.NOT_COUNTED:
			touches.displace_or_leave(punch, punch.touch, rules.repeats)
		if reason.code != repeats.REPEATED:
			return
	else:
		_set_state(punch, **{field: punch[field] for field in TIMES}, **fields)
	touch = repeats.Touch(employee.name, punch.log_type, punch.punch_time, punch.service_tag)
	repeats.requeue_repeats(touch, rules.repeats)


def _check_in(punch: frappe._dict, answer: Answer, rules: Rules) -> dict:
	"""Create the check-in, or find the one that is there. Returns the fields to set on the punch.

	Raises NotRecordedError where a person or a change is needed first.
	"""
	wanted = examine(punch, answer, rules, get_actual_start_end_datetime_of_shift)
	employee, at_gate = wanted.employee, wanted.at
	touches.displace(punch, punch.touch, rules.repeats)
	punch_rules.ensure_first(punch, employee, rules)
	if wanted.direction == ALTERNATE:
		if same := alternation.checkin_in_the_same_second(employee.name, punch, at_gate, rules.zones):
			punch.log_type = same.log_type
			return _linked(employee.name, same.name)
		punch.log_type = alternation.direction_at(employee.name, at_gate)
	elif rules.zones and (equal := _equal_elsewhere(employee.name, punch, at_gate.zone, rules)):
		return _linked(employee.name, equal)
	frappe.db.savepoint("cams_checkin")
	checkin = frappe.new_doc("Employee Checkin")
	checkin_evidence.sign(checkin, **fields_of(punch, wanted))
	try:
		_insert(checkin)
	except (frappe.ValidationError, frappe.DuplicateEntryError) as refusal:
		return _linked_to_equal(checkin, refusal)
	return {"state": PunchState.RECORDED, "employee": employee.name, "employee_checkin": checkin.name}


def _insert(checkin: Document) -> None:
	"""Once more where its name was taken because the naming counter lay behind."""
	try:
		checkin.insert(ignore_permissions=True)
	except frappe.DuplicateEntryError:
		frappe.db.rollback(save_point="cams_checkin")
		if _own_checkin(checkin) or not site_faults.move_counter(checkin):
			raise
		checkin.update({"name": None, "creation": None, "modified": None})
		checkin.flags.name_set = False
		checkin.insert(ignore_permissions=True)


def _equal_elsewhere(employee: str, punch: frappe._dict, zone: str | None, rules: Rules) -> str | None:
	"""A check-in of the same moment and direction whose time is of another zone: HRMS does not see that they are equal."""
	found = gate_times.equal_elsewhere(employee, punch, zone, rules.zones)
	return next((row.name for row in found if (row.log_type or None) == punch.log_type), None)


def _linked_to_equal(checkin: frappe._dict, refusal: Exception) -> dict:
	"""The check-in of this very punch, or one of the same person, moment and direction, instead of a second one."""
	frappe.db.rollback(save_point="cams_checkin")
	log_type = checkin.log_type or ["is", "not set"]
	equal = _own_checkin(checkin) or frappe.db.exists(
		"Employee Checkin", {"employee": checkin.employee, "time": checkin.time, "log_type": log_type}
	)
	if not equal and not site_faults.is_raised_in(EmployeeCheckin.__module__, refusal):
		raise refusal
	if not equal:
		raise _hold_for(checkin, refusal)
	_ensure_same_instant(checkin, equal)
	return _linked(checkin.employee, equal)


def _linked(employee: str, equal: str) -> dict:
	return {
		"state": PunchState.RECORDED,
		"employee": employee,
		"employee_checkin": equal,
		"reason_code": "EQUAL_CHECKIN",
		"reason": str(REASONS["EQUAL_CHECKIN"].sentence),
	}


def _ensure_same_instant(checkin: frappe._dict, equal: str) -> None:
	"""In the hour that the end of summer time repeats, and in two zones, two moments have one time, and HRMS knows the
	time alone."""
	fields = ["custom_cams_punch", "custom_time_zone"]
	other = frappe.db.get_value("Employee Checkin", equal, fields, as_dict=True)
	zone = checkin.custom_time_zone or None
	if (other.custom_time_zone or None) != zone:
		raise NotRecordedError(
			"OTHER_ZONE",
			f"{zone or get_system_timezone()} / {other.custom_time_zone or get_system_timezone()}",
		)
	if not times.is_repeated(get_datetime(checkin.time), ZoneInfo(zone) if zone else times.site_zone()):
		return
	names = {
		"name": ["in", [checkin.custom_cams_punch, other.custom_cams_punch or ""]],
		"punched_at_utc": ["is", "set"],
	}
	punches = frappe.get_all("CAMS Punch", filters=names, fields=["punched_at_utc", "original_time"])
	if len({punch.punched_at_utc for punch in punches}) > 1:
		raise NotRecordedError("REPEATED_HOUR", "; ".join(sorted(punch.original_time for punch in punches)))


def _own_checkin(checkin: frappe._dict) -> str | None:
	"""The stored check-in that names this punch. Raises NotRecordedError where it is another person's or another
	moment's and nobody is known to have changed it: then it was not made from this punch."""
	named = {"custom_cams_punch": checkin.custom_cams_punch}
	fields = ["name", "employee", "time", "custom_time_zone"]
	own = frappe.db.get_value("Employee Checkin", named, fields, as_dict=True)
	if not own:
		return None
	is_same = own.employee == checkin.employee and _second(own) == _second(checkin)
	if not is_same and not checkin_evidence.was_changed(own.name, checkin.custom_cams_punch):
		raise NotRecordedError("CHECKIN_DISAGREES", own.name)
	return own.name


def _second(checkin: frappe._dict) -> datetime:
	return gate_times.on_site(checkin.time, checkin.custom_time_zone).replace(microsecond=0)


def _hold_for(checkin: frappe._dict, refusal: Exception) -> NotRecordedError:
	"""Which reason a refusal of HRMS's own validation is. Its texts are translated, so the facts decide."""
	if isinstance(refusal, InactiveEmployeeStatusError):
		return NotRecordedError("EMPLOYEE_INACTIVE")
	if isinstance(refusal, CheckinRadiusExceededError):
		return NotRecordedError("OUTSIDE_RADIUS", strip_html(str(refusal)))
	has_location = checkin.latitude or checkin.longitude
	if frappe.db.get_single_value("HR Settings", "allow_geolocation_tracking") and not has_location:
		return NotRecordedError("LOCATION_REQUIRED")
	return NotRecordedError("REFUSED", strip_html(str(refusal)))


def _conclude(
	punch: frappe._dict,
	code: str,
	detail: str,
	employee: frappe._dict | None,
	trace: str = "",
	**values: object,
) -> None:
	"""Set the state, the sentence and the remedy of a reason; log it if a person has to act: a fault of the site once a
	day, not for each punch."""
	reason = REASONS[code]
	sentence = reason.told(detail)
	_set_state(
		punch,
		state=reason.state,
		employee=employee.name if employee else None,
		reason_code=code,
		reason=sentence,
		remedy=str(reason.remedy),
		**values,
	)
	if reason.state == PunchState.IGNORED:
		return
	fault = values.get("fault")
	log_once_a_day(
		f"CAMS punch {reason.state.lower()}: {code}, device {punch.service_tag or '?'}, user {punch.user_id or '?'}",
		f"{sentence}\n{reason.remedy}\n\n{trace}".strip(),
		identity=(code, str(fault)) if fault else (code, punch.service_tag or "", punch.user_id or ""),
		reference_doctype="CAMS Punch",
		reference_name=punch.name,
	)


def _conclude_fault(punch: frappe._dict, employee: frappe._dict | None, error: Exception) -> None:
	"""What the site does wrong: its metadata is read anew, should a former state of it be the cause."""
	frappe.clear_cache(doctype="Employee Checkin")
	attempts = punch.attempts + 1
	again = {"attempts": attempts, "retry_after": site_faults.retry_at(attempts, now_datetime())}
	fault, trace = site_faults.cause_of(error, punch), "".join(traceback.format_exception(error))
	_conclude(punch, "UNEXPECTED_ERROR", site_faults.told(error), employee, trace, fault=fault, **again)


def _set_state(punch: frappe._dict, **values: object) -> None:
	inbox.update_punches(
		[punch.name],
		**{**{field: punch[field] for field in SETTLED}, "retry_after": None, "fault": None, **values},
	)
	if punch.fault and punch.fault != values.get("fault"):
		site_faults.release_others(punch)


def _conclude_broken(broken: _BatchBrokenError) -> None:
	"""Unless another worker has processed it. A transient fault is retried after 1, 2, 4, ... minutes, and ends
	as Failed.
	"""
	punch = broken.punch
	if frappe.db.get_value("CAMS Punch", punch.name, "state", for_update=True) != PunchState.QUEUED:
		return
	if broken.fault:
		_conclude_fault(punch, broken.employee, broken.fault)
		return
	attempts = punch.attempts + 1
	later = site_faults.retry_at(attempts, now_datetime())
	inbox.update_punches([punch.name], attempts=attempts, retry_after=later)
	if attempts >= MOST_ATTEMPTS:
		_conclude(punch, "DATABASE_BUSY", "", broken.employee, retry_after=later, fault="DATABASE_BUSY")


def _note_devices_reported(punches: list[frappe._dict], rules: Rules) -> None:
	"""Once a batch, and without the document cache, from which every callback would read the device. A clock that
	fell back says nothing of how far a device is complete."""
	device = frappe.qb.DocType("CAMS Device")
	for service_tag in sorted({punch.service_tag for punch in punches if punch.service_tag}):
		own = [punch for punch in punches if punch.service_tag == service_tag]
		in_time = [punch for punch in own if not punch_rules.is_behind(punch, rules.settings)]
		watermark.note_punched(service_tag, in_time)
		last_reported = max(punch.creation for punch in own)
		labels = [punch.device_label for punch in own if punch.device_label]
		punched = [
			punch.punch_time for punch in in_time if punch.punch_time and punch.punch_time <= punch.creation
		]
		is_later = device.last_reported.isnull() | (device.last_reported < last_reported)
		frappe.qb.update(device).set(device.last_reported, last_reported).where(
			(device.name == service_tag) & is_later
		).run()
		if labels:
			unnamed = device.label.isnull() | (device.label == "")
			frappe.qb.update(device).set(device.label, labels[-1]).where(
				(device.name == service_tag) & unnamed
			).run()
		if punched:
			is_newer = device.last_punch.isnull() | (device.last_punch < max(punched))
			frappe.qb.update(device).set(device.last_punch, max(punched)).where(
				(device.name == service_tag) & is_newer
			).run()
