"""What others committed while a batch was decided. A worker decides by what it read before: whose an ID is, what clock a
device has, which check-in is there. Once both are committed, each decision of the batch is looked at again, and what
does not hold any more is queued again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import frappe
from frappe.query_builder.functions import Coalesce
from pypika.terms import Criterion, Field

from navari_cams_biometric.cams_biometric.base import gate_times
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, inbox, repeats
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.checkin_moves import is_on_another_clock
from navari_cams_biometric.cams_biometric.punches.punch_rules import Rules, whose
from navari_cams_biometric.cams_biometric.punches.wanted_checkins import read_rules

PUNCH = "CAMS Punch"
AROUND = timedelta(days=2)  # of a place: in whatever zone a punch told its time


def look_again(punches: list[frappe._dict], former: Rules | None) -> None:
	"""After the commit of a batch that was decided by the `former` rules; None where nobody knows them any more. Commits."""
	names = [punch.name for punch in punches]
	table = frappe.qb.DocType(PUNCH)
	_queue_orphans(table.name.isin(Among(names)) & (table.reason_code == "EQUAL_CHECKIN"))
	for employee, moment in _equal_moments(names):
		_leave_one(employee, moment)
	if former and not former.are_still_so(punches):
		_judge_again(names, read_rules(punches))
		_queue_waiting(names)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a batch of a long drain, as the one before


def queue_orphans_around(employee: str, moment: datetime) -> None:
	"""After a check-in went from this moment (naive, on the site's clock): a punch of another device may have been linked
	to it at the same time."""
	table = frappe.qb.DocType(PUNCH)
	_queue_orphans((table.employee == employee) & table.punch_time[moment - AROUND : moment + AROUND])


def _queue_orphans(chosen: Criterion) -> None:
	"""Punches that count by a check-in that is gone. Frappe may have given its name to a new one."""
	punch, checkin = frappe.qb.DocType(PUNCH), frappe.qb.DocType(CHECKIN)
	is_theirs = (checkin.employee == punch.employee) | (checkin.custom_cams_punch == punch.name)
	query = frappe.qb.from_(punch).left_join(checkin)
	query = query.on((checkin.name == punch.employee_checkin) & is_theirs).select(punch.name)
	counts = (punch.state == PunchState.RECORDED) & punch.employee_checkin.isnotnull()
	query = query.where(chosen & counts & checkin.name.isnull())
	if orphans := query.run(pluck=True):
		inbox.queue_again(orphans, employee_checkin=None)


def _equal_moments(names: list[str]) -> list[tuple[str, datetime]]:
	"""Employee and time of check-ins of these punches that are there twice: each worker saw only its own."""
	punch, own, other = frappe.qb.DocType(PUNCH), frappe.qb.DocType(CHECKIN), frappe.qb.DocType(CHECKIN)
	own, other = own.as_("own"), other.as_("other")
	is_equal = (other.employee == own.employee) & (other.time == own.time) & (other.name != own.name)
	for field in ("log_type", "custom_time_zone"):
		is_equal &= _text(other[field]) == _text(own[field])
	query = frappe.qb.from_(punch).join(own).on(own.name == punch.employee_checkin)
	query = query.join(other).on(is_equal).select(own.employee, own.time).distinct()
	return list(query.where(punch.name.isin(Among(names))).run())


def _text(field: Field) -> Coalesce:
	return Coalesce(field, "")


def _leave_one(employee: str, moment: datetime) -> None:
	"""One at a time for a person: of equal check-ins those go that came from a punch, and are linked to the one that stays."""
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what is read below must not be older than the lock
	frappe.db.get_value("Employee", employee, "name", for_update=True)
	fields = ["name", "log_type", "custom_time_zone", "custom_cams_punch", "attendance"]
	equal: dict[tuple[str, str], list[frappe._dict]] = {}
	for row in frappe.get_all(CHECKIN, {"employee": employee, "time": moment}, fields, order_by="name"):
		equal.setdefault((row.log_type or "", row.custom_time_zone or ""), []).append(row)
	for rows in equal.values():
		free = [row for row in rows if row.custom_cams_punch and checkin_evidence.is_movable(row)]
		for row in free if len(free) < len(rows) else free[1:]:
			repeats.take_back(row.name)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the lock of this person


def _judge_again(names: list[str], rules: Rules) -> None:
	"""Take back what was made for somebody else, or by another clock, than the rules say now."""
	recorded = {"name": ["in", names], "state": PunchState.RECORDED}
	punches = frappe.get_all(PUNCH, filters=recorded, fields=["*"], order_by="punch_time")
	made = {"name": ["in", [punch.employee_checkin or "" for punch in punches]]}
	fields = ["name", "employee", "time", "custom_time_zone", "custom_cams_punch", "attendance"]
	checkins = {row.name: row for row in frappe.get_all(CHECKIN, filters=made, fields=fields)}
	for punch in punches:
		checkin = checkins.get(punch.employee_checkin)
		if not checkin or _holds(punch, checkin, rules):
			continue
		if checkin.custom_cams_punch != punch.name:  # linked to an equal one
			inbox.queue_again([punch.name], employee_checkin=None)
		elif checkin_evidence.is_movable(checkin):
			repeats.take_back(checkin.name)


def _holds(punch: frappe._dict, checkin: frappe._dict, rules: Rules) -> bool:
	person = whose(punch, rules).person
	if not person or person.name != punch.employee:
		return False
	if checkin.custom_cams_punch != punch.name:
		return True
	zone = gate_times.zone_of(rules.devices.get(punch.service_tag))
	return not is_on_another_clock(frappe._dict(punch, **checkin), zone)


def _queue_waiting(names: Iterable[str]) -> None:
	"""What was held or ignored by rules that are others now: the next batch decides."""
	waiting = {"name": ["in", list(names)], "state": PunchState.HELD}
	ignored = {**waiting, "state": PunchState.IGNORED, "reason_code": "IGNORED_ID"}
	for filters in (waiting, ignored):
		if again := frappe.get_all(PUNCH, filters=filters, pluck="name"):
			inbox.queue_again(again)
