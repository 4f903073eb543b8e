"""The check-ins of a batch, made together: the same as one by one, and many times as fast.

Each is examined by the same rules, validated by HRMS's and Frappe's own code (hrms_from_memory), and inserted with a
hundred others by one statement; one more sets the states of all their punches, in the same transaction, the caller's.
That is done for punches that stand alone. What may touch another one (an equal check-in, a repeat, one touch with
another, a direction by the order of the day), with the other punches of the same person, goes one by one; so does what
HRMS or a rule refuses, and all where somebody listens to check-ins (listeners) or an error comes up.

Of each batch a few are also inserted by Frappe and HRMS alone, and taken back: a difference ends this way until a
person turns it on again (`one_by_one` in Settings).

ref: docs/decisions/0034-check-ins-by-the-batch.md
"""

import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import frappe
from frappe.model.document import Document
from frappe.model.naming import parse_naming_series
from frappe.utils import cint, get_datetime, now, now_datetime
from pypika.functions import NullIf

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.hrms_from_memory import Hrms, Memory
from navari_cams_biometric.cams_biometric.base.identities import Answer
from navari_cams_biometric.cams_biometric.base.jobs import BUSY
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, punch_rules
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.nearby import Nearby
from navari_cams_biometric.cams_biometric.punches.punch_rules import MANUAL, NotRecordedError, Rules
from navari_cams_biometric.cams_biometric.punches.wanted_checkins import Wanted, examine, fields_of

FEWEST = 8  # punches for which it is worth the reading
SAMPLE = 2  # check-ins of a batch that HRMS makes as well
ITS_OWN = ("name", "creation", "modified")  # of one check-in, and of no other way to make it
BROKEN_TITLE = "CAMS: a batch of check-ins is made one by one"  # in the Error Log


class BatchLostError(Exception):
	"""The transaction is no longer what it was: the caller rolls it back."""


class _DifferentError(Exception):
	"""HRMS alone makes another check-in."""


class _Candidate(NamedTuple):
	punch: frappe._dict
	wanted: Wanted


def record(punches: list[frappe._dict], rules: Rules) -> set[str]:
	"""Make the check-ins of those punches that stand alone. Returns their names; commits nothing."""
	frappe.db.savepoint("cams_batch")
	try:
		return _record(punches, rules)
	except BUSY as error:
		raise BatchLostError from error
	except Exception as error:
		_take_back(error)
		return set()
	finally:
		frappe.clear_messages()


def _record(punches: list[frappe._dict], rules: Rules) -> set[str]:
	"""The names of the punches whose check-ins were made."""
	answers = {punch.name: punch_rules.whose(punch, rules) for punch in punches}
	theirs = [
		(person.name, punch)
		for punch in punches
		if punch.punch_time and (person := answers[punch.name].person)
	]
	if not theirs:
		return set()
	moments = [(employee, get_datetime(punch.punch_time)) for employee, punch in theirs]
	nearby = Nearby(moments, rules.repeats)
	for moment in moments:
		nearby.add(*moment)
	entangled = _entangled(theirs, nearby, rules)
	documents = _Documents(Hrms(Memory(moments, nearby.taken)))
	candidates: dict[str, _Candidate] = {}
	checkins: dict[str, Document] = {}
	for employee, punch in theirs:
		if employee in entangled or not (wanted := documents.examined(punch, answers[punch.name], rules)):
			continue
		candidate = _Candidate(punch, wanted)
		if checkin := documents.validated(candidate):
			candidates[punch.name], checkins[punch.name] = candidate, checkin
	times = Counter((checkin.employee, checkin.time) for checkin in checkins.values())
	checkins = {
		name: checkin for name, checkin in checkins.items() if times[checkin.employee, checkin.time] == 1
	}
	if not checkins:
		return set()
	sample = random.sample(sorted(checkins), min(SAMPLE, len(checkins)))
	expected = {name: _made_by_hrms(candidates[name]) for name in sample}
	_insert(list(checkins.values()))
	_ensure_equal(expected)
	_set_recorded(list(checkins))
	_notify_lists(list(checkins.values())[-1])
	return set(checkins)


def _entangled(theirs: list[tuple[str, frappe._dict]], nearby: Nearby, rules: Rules) -> set[str]:
	"""People with a punch whose check-in may have to do with another one: all of theirs go one by one, in their order."""
	has_checkin = _own_checkins(punch.name for _employee, punch in theirs)

	def stands_alone(employee: str, punch: frappe._dict) -> bool:
		moment = get_datetime(punch.punch_time)
		if punch.source == MANUAL or punch.fault or punch.service_tag in rules.repeats.alternating:
			return False
		if punch.name in rules.related or punch.name in has_checkin:
			return False
		return nearby.count(employee, moment) == 1 and not nearby.follows_order(employee, moment)

	return {employee for employee, punch in theirs if not stands_alone(employee, punch)}


def _own_checkins(names: Iterable[str]) -> set[str]:
	"""Which of these punches have a check-in, whatever their state says."""
	checkin = frappe.qb.DocType(CHECKIN)
	query = frappe.qb.from_(checkin).select(checkin.custom_cams_punch)
	return set(query.where(checkin.custom_cams_punch.isin(Among(names))).run(pluck=True))


class _Documents:
	"""New check-ins as Frappe's insert has them before they are named, after HRMS's and Frappe's own checks."""

	def __init__(self, hrms: Hrms):
		self._hrms = hrms
		self._new = frappe.new_doc(CHECKIN)
		self._new._set_defaults()
		self._new.docstatus, self._new._action, self._new._doc_before_save = 0, "save", None
		vars(self._new)["meta"] = _Meta(self._new.meta)

	def examined(self, punch: frappe._dict, answer: Answer, rules: Rules) -> Wanted | None:
		"""None where a person or a change is needed first."""
		try:
			return examine(punch, answer, rules, self._hrms.shift_at)
		except NotRecordedError:
			return None

	def validated(self, candidate: _Candidate) -> Document | None:
		"""None where they refuse it: they do so once more, and say why, when it is made alone."""
		employee = self._hrms.memory.employees.get(candidate.wanted.employee.name)
		if not employee:
			return None
		checkin = self._copy_of_new()
		values = fields_of(candidate.punch, candidate.wanted)
		checkin_evidence.sign(
			checkin, **{field: value for field, value in values.items() if value is not None}
		)
		checkin.employee_name = employee.employee_name
		try:
			if hasattr(checkin, "before_validate"):
				checkin.before_validate()
			checkin.validate()
			checkin._validate()
		except frappe.ValidationError:
			return None
		return checkin

	def _copy_of_new(self) -> Document:
		checkin = self._hrms.checkin_class.__new__(self._hrms.checkin_class)
		vars(checkin).update(vars(self._new))
		checkin.flags = frappe._dict()
		return checkin


class _Meta:
	"""The metadata, whose searches are kept: Frappe's checks search the fields a dozen times for each check-in."""

	def __init__(self, meta: Any):
		self._meta = meta
		self._found: dict[tuple[str, str], Any] = {}

	def __getattr__(self, name: str) -> Any:
		value = getattr(self._meta, name)
		if callable(value) and (name == "get" or name.endswith("_fields")):
			value = self._search(name, value)
		vars(self)[name] = value
		return value

	def _search(self, name: str, search: Callable[..., Any]) -> Callable[..., Any]:
		def found(*arguments: Any) -> Any:
			asked = (name, repr(arguments))
			if asked not in self._found:
				self._found[asked] = search(*arguments)
			return self._found[asked]

		return found


def _insert(checkins: list[Document]) -> None:
	"""The counter of their names is locked from here to the end of the transaction, which is near."""
	moment = now()
	for checkin in checkins:
		checkin.creation = checkin.modified = moment
		checkin.owner = checkin.modified_by = frappe.session.user
	rows = [checkin.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True) for checkin in checkins]
	for name, checkin, row in zip(_next_names(len(rows)), checkins, rows, strict=True):
		checkin.name = row["name"] = name
	stored_values.insert_new_rows(CHECKIN, rows)


def _next_names(count: int) -> list[str]:
	"""So many of the names that Frappe would give one after the other."""
	block: list[tuple[str, int, int]] = []

	def reserve(prefix: str, digits: int) -> str:
		block.append((prefix, digits, _move_on(prefix, count)))
		return "#" * digits

	pattern = parse_naming_series(frappe.get_meta(CHECKIN).autoname, number_generator=reserve)
	[(prefix, digits, last)] = block
	suffix = pattern[len(prefix) + digits :]
	return [f"{prefix}{number:0{digits}d}{suffix}" for number in range(last - count + 1, last + 1)]


def _move_on(prefix: str, count: int) -> int:
	"""Take numbers of a naming series, as frappe.model.naming.getseries takes one. Returns the last of them."""
	series = frappe.qb.DocType("Series")
	query = frappe.qb.from_(series).select(series.current).where(series.name == prefix)
	current = query.for_update().run(pluck=True)
	last = cint(current[0] if current else 0) + count
	if current:
		frappe.qb.update(series).set(series.current, last).where(series.name == prefix).run()
	else:
		frappe.qb.into(series).columns("name", "current").insert(prefix, last).run()
	return last


def _set_recorded(names: list[str]) -> None:
	"""The punches of check-ins that were just made, in one statement: what is theirs is read from the check-ins."""
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType(CHECKIN)
	made = frappe.qb.from_(checkin).select(
		checkin.custom_cams_punch.as_("made_of"),
		checkin.name.as_("made"),
		checkin.employee.as_("made_for"),
		NullIf(checkin.log_type, "").as_("direction"),
	)
	made = made.where(checkin.custom_cams_punch.isin(Among(names)))
	query = frappe.qb.update(punch).join(made).on(made.made_of == punch.name)
	settled = {
		"state": PunchState.RECORDED,
		"employee": made.made_for,
		"employee_checkin": made.made,
		"log_type": made.direction,
		"modified": now_datetime(),
		**dict.fromkeys(("same_touch_as", "retry_after", "fault", "holds_from")),
	}
	for field, value in settled.items():
		query = query.set(punch[field], value)
	query.where(punch.name.isin(Among(names))).run()


def _notify_lists(checkin: Document) -> None:
	"""Once a batch, where Frappe does it for each document."""
	message = {"doctype": CHECKIN, "name": checkin.name, "user": frappe.session.user}
	frappe.publish_realtime("list_update", message, doctype=CHECKIN, after_commit=True)


def _ensure_equal(expected: dict[str, frappe._dict]) -> None:
	"""Raises _DifferentError where a check-in of the batch is another than HRMS's own, by punch."""
	checkin = frappe.qb.DocType(CHECKIN)
	query = frappe.qb.from_(checkin).select("*").where(checkin.custom_cams_punch.isin(list(expected)))
	made = {row.custom_cams_punch: row for row in query.run(as_dict=True)}
	for name, wanted in expected.items():
		differing = [field for field in wanted if field not in ITS_OWN and wanted[field] != made[name][field]]
		if differing:
			pairs = (f"{field}: {wanted[field]!r}, in the batch {made[name][field]!r}" for field in differing)
			raise _DifferentError(f"CAMS Punch {name}. " + "; ".join(pairs))


def _take_back(error: Exception) -> None:
	"""What was made together is made one by one; a difference ends this way for the site."""
	try:
		frappe.db.rollback(save_point="cams_batch")
	except Exception:
		raise BatchLostError from error
	title = BROKEN_TITLE
	if isinstance(error, _DifferentError):
		frappe.db.set_single_value(SETTINGS, "one_by_one", 1)
		title = "CAMS: check-ins are made one by one from now on, because HRMS makes others"
	log_once_a_day(
		title, "".join(traceback.format_exception(error)), ("batches", title, type(error).__name__)
	)


def _made_by_hrms(candidate: _Candidate) -> frappe._dict:
	"""The row of this check-in as Frappe and HRMS insert it, taken back again."""
	frappe.db.savepoint("cams_sample")
	checkin = frappe.new_doc(CHECKIN)
	checkin_evidence.sign(checkin, **fields_of(candidate.punch, candidate.wanted))
	checkin.flags.notify_update = False
	try:
		checkin.insert(ignore_permissions=True, set_name=frappe.generate_hash(length=20))
		return frappe.db.get_value(CHECKIN, checkin.name, "*", as_dict=True)
	except frappe.ValidationError as refusal:
		raise _DifferentError(f"CAMS Punch {candidate.punch.name}. HRMS refuses it: {refusal}") from refusal
	finally:
		frappe.db.rollback(save_point="cams_sample")
