"""Faults of the site: whatever stops a check-in and is not HRMS's own validation. No punch is to blame for them.

Told from HRMS's refusals by where they were raised, not by their texts. Such punches are Failed, hold their shifts, and
are tried again: of each fault one punch, later each time, and the others once that one got through. A naming counter
that lies behind what exists is moved past it here.
"""

import hashlib
import re
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import FrameType

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname
from frappe.query_builder import Order
from frappe.query_builder.functions import Max
from frappe.utils import cint, escape_html, now_datetime, strip_html
from pypika.functions import Length

from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.notices import notify, recipients_and_hr
from navari_cams_biometric.cams_biometric.base.patterns import as_like
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.reasons import codes_retried

RULE = "Document Naming Rule"
LONGEST_WAIT = 16  # minutes between two tries
PROBES = 20  # faults that one sweep tries
MOST_NAMES = 500  # others may begin like those that were counted
TRACEBACK = re.compile(r"Traceback[^\n]*?\(most recent call last\)", re.IGNORECASE)


def is_raised_in(module: str, error: BaseException) -> bool:
	"""Whether code of that module was at work when it was raised: HRMS's validation, for one, and no hook's."""
	return any(frame.f_globals.get("__name__") == module for frame in _frames(error))


def told(error: BaseException) -> str:
	"""What an error says, in a few words and without the traceback that a Notification puts into it."""
	text = TRACEBACK.split(strip_html(str(error)))[0].strip()
	first = next((line.strip() for line in text.splitlines() if line.strip()), "")
	return f"{type(error).__name__}: {first}" if first else type(error).__name__


def cause_of(error: BaseException, punch: frappe._dict) -> str:
	"""The same for one cause and any punch: the kind of error, where it was raised, and its words without what is the
	punch's own."""
	words = told(error)
	for own in sorted(filter(None, (punch.user_id, punch.name, punch.service_tag)), key=len, reverse=True):
		words = words.replace(own, "")
	words = re.sub(r"[\w/-]*\d[\w/-]*", "", words)
	frames = [(frame.f_code.co_filename, frame.f_code.co_name) for frame in _frames(error)]
	return hashlib.sha256(repr((words, frames[-1:])).encode()).hexdigest()[:20]


def retry_at(attempts: int, now: datetime) -> datetime:
	"""After 1, 2, 4, 8, 16, 16, ... minutes."""
	return now + timedelta(minutes=min(2 ** (max(attempts, 1) - 1), LONGEST_WAIT))


def probe() -> None:
	"""Scheduled: queue one punch of each fault whose time has come. Metadata that a long process may have put back into
	the cache is forgotten first."""
	punch = frappe.qb.DocType("CAMS Punch")
	failed = (punch.state == PunchState.FAILED) & punch.reason_code.isin(codes_retried())
	faults = (
		frappe.qb.from_(punch)
		.select(punch.reason_code, punch.fault, Max(punch.attempts).as_("attempts"))
		.where(failed)
		.groupby(punch.reason_code, punch.fault)
		.run(as_dict=True)
	)
	probes = [found for row in faults if (found := _most_tried(row)) and _is_due(found)]
	if not probes:
		return
	frappe.clear_cache(doctype=CHECKIN)
	_queue([found.name for found in probes[:PROBES]])


def release_others(punch: frappe._dict) -> None:
	"""A punch of a fault got through, or met another one: the others of it are due too."""
	if not punch.fault:
		return
	others = {"state": PunchState.FAILED, "fault": punch.fault}
	_queue(frappe.get_all("CAMS Punch", filters=others, pluck="name"))


def move_counter(checkin: Document) -> bool:
	"""After a name that was taken: move the counter that gave it past what exists, and say so. False where it is not
	behind, or where no counter is known. Call it when what was written is rolled back."""
	taken = checkin.name
	moved = _move_rule(checkin, taken) if frappe.db.exists("DocType", RULE) else None
	if moved is None:
		moved = _move_series(checkin, taken)
	if not moved:
		return False
	name, before, after = moved
	words = _(
		"The naming counter of Employee Checkin lay behind what exists, as after an import or a restore."
	)
	message = f"{words} {name}: {before} → {after}"
	log_once_a_day("CAMS: a naming counter was moved on", message, identity=("counter", name, str(after)))
	notify(
		recipients_and_hr(), CHECKIN, taken, escape_html(words), escape_html(f"{name}: {before} → {after}")
	)
	return True


def _queue(names: list[str]) -> None:
	"""With the fault and the attempts that they had, so that the waits grow."""
	cleared = {"reason_code": None, "reason": None, "remedy": None, "retry_after": None}
	inbox.update_punches(names, state=PunchState.QUEUED, **cleared)


def _frames(error: BaseException) -> Iterator[FrameType]:
	return (frame for frame, _line in traceback.walk_tb(error.__traceback__))


def _most_tried(fault: frappe._dict) -> frappe._dict | None:
	filters = {
		"state": PunchState.FAILED,
		"reason_code": fault.reason_code,
		"fault": fault.fault or ["is", "not set"],
		"attempts": fault.attempts,
	}
	found = frappe.get_all(
		"CAMS Punch", filters=filters, fields=["name", "retry_after"], order_by="punch_time", limit=1
	)
	return found[0] if found else None


def _is_due(punch: frappe._dict) -> bool:
	return not punch.retry_after or punch.retry_after <= now_datetime()


def _move_rule(checkin: Document, taken: str) -> tuple[str, int, int] | None:
	rules = frappe.get_all(
		RULE, filters={"document_type": CHECKIN, "disabled": 0}, pluck="name", order_by="priority desc"
	)
	for rule_name in rules:
		rule = frappe.get_doc(RULE, rule_name)
		frappe.db.savepoint("cams_counter")
		checkin.name = None
		rule.apply(checkin)  # locks the counter
		given, checkin.name = checkin.name, taken
		frappe.db.rollback(save_point="cams_counter")
		if not given:
			continue
		before = cint(frappe.db.get_value(RULE, rule_name, "counter", for_update=True))
		prefix = given.removesuffix(f"{before + 1:0{cint(rule.prefix_digits)}d}")
		last = _last_number(prefix, "")
		if last > before:
			frappe.db.set_value(RULE, rule_name, "counter", last)
		return (rule_name, before, last) if last > before else ("", 0, 0)
	return None


def _move_series(checkin: Document, taken: str) -> tuple[str, int, int] | None:
	"""The counter is the one whose next number is in the name: naming is asked once more, and taken back."""
	option = frappe.get_meta(CHECKIN).autoname or ""
	if option.lower().startswith("naming_series:"):
		option = f"{checkin.naming_series}.#####"
	if "#" not in option or ":" in option:
		return None
	frappe.db.savepoint("cams_counter")
	given = make_autoname(option, doc=checkin)
	series = frappe.qb.DocType("Series")
	rows = frappe.qb.from_(series).select(series.name, series.current).run(as_dict=True)
	frappe.db.rollback(save_point="cams_counter")
	digits = max(len(part) for part in option.split(".") if part.startswith("#"))
	for row in sorted(rows, key=lambda row: -len(row.name)):
		number = f"{cint(row.current):0{digits}d}"
		if not given.startswith(row.name + number):
			continue
		last = _last_number(row.name, given[len(row.name + number) :])
		if last < cint(row.current):
			return None
		_set_series(row.name, last)
		return row.name, cint(row.current) - 1, last
	return None


def _set_series(name: str, last: int) -> None:
	series = frappe.qb.DocType("Series")
	current = (
		frappe.qb.from_(series).select(series.current).where(series.name == name).for_update().run(pluck=True)
	)
	if not current:
		frappe.qb.into(series).columns("name", "current").insert(name, last).run()
	elif cint(current[0]) < last:
		frappe.qb.update(series).set(series.current, last).where(series.name == name).run()


def _last_number(prefix: str, suffix: str) -> int:
	"""The highest number in the names that exist: the longest of them are the highest."""
	checkin = frappe.qb.DocType(CHECKIN)
	query = frappe.qb.from_(checkin).select(checkin.name).where(checkin.name.like(f"{as_like(prefix)}%"))
	longest_first = query.orderby(Length(checkin.name), order=Order.desc).orderby(
		checkin.name, order=Order.desc
	)
	names = longest_first.limit(MOST_NAMES).run(pluck=True)
	numbers = (name[len(prefix) :].removesuffix(suffix) for name in names)
	return max((int(number) for number in numbers if number.isdecimal()), default=0)
