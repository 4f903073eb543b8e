"""After a CAMS Device ID was added, changed or deleted: the punches of its user ID go to whose they are now.

A check-in that was made for somebody else is taken back and made anew by the drain; not where attendance is marked or
a person changed it: those stay, and are counted.
"""

from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.identities import MAPPING, Identities, identities_of
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, inbox, repeats
from navari_cams_biometric.cams_biometric.punches.reasons import codes_requeued_by

AT_ONCE = 200  # check-ins; more are for a background job
JOB = f"{__name__}.reassign_in_background"


class Reassigned(NamedTuple):
	"""How many check-ins were taken back, stay because of attendance or a person's change, and are still to do."""

	taken_back: int
	kept: int
	left: int


def reassign(user_ids: list[str]) -> Reassigned:
	"""Let the punches of these user IDs be judged again where that may change something; those that a worker decides at this
	moment after the commit."""
	if frappe.db.exists("CAMS Punch", {"user_id": ["in", user_ids], "state": PunchState.QUEUED}):
		jobs.after_commit(JOB, queue="long", user_ids=user_ids)
	return _reassign(user_ids)


def _reassign(user_ids: list[str]) -> Reassigned:
	wrong = _judged_otherwise(user_ids)
	waiting = [row.name for row in wrong if row.state != PunchState.RECORDED]
	inbox.queue_again(waiting)
	recorded = {row.employee_checkin: row for row in wrong if row.state == PunchState.RECORDED}
	movable = [name for name, row in recorded.items() if _is_movable(row)]
	taken = sum(repeats.take_back(name) for name in movable[:AT_ONCE])
	left = len(movable[AT_ONCE:])
	if left:
		jobs.after_commit(JOB, queue="long", user_ids=user_ids)
	return Reassigned(taken, len(recorded) - len(movable), left)


def reassign_in_background(user_ids: list[str]) -> None:
	"""Background job: a slice, and the next one is asked for. What a lost job leaves, saving the CAMS Device ID finds."""
	frappe.set_user("Administrator")
	_reassign(user_ids)


def tell(result: Reassigned) -> None:
	"""Show the user what came of it."""
	if result.kept:
		words = counted(
			result.kept,
			_(
				"1 check-in stays with whom it was made for: its attendance is marked, or a person changed it. Cancel the attendance first, then save this again."
			),
			_(
				"{0} check-ins stay with whom they were made for: their attendance is marked, or a person changed them. Cancel the attendance first, then save this again."
			),
		)
		frappe.msgprint(words, title=_("Check-ins"), indicator="orange")
	if moved := result.taken_back + result.left:
		words = counted(
			moved,
			_("1 check-in is made anew for whom the user ID belongs to now."),
			_("{0} check-ins are made anew for whom the user ID belongs to now."),
		)
		frappe.msgprint(words, title=_("Check-ins"), indicator="blue")


def _judged_otherwise(user_ids: list[str]) -> list[frappe._dict]:
	"""The punches that somebody else is known for now, or that may be let go, with their check-ins' attendance."""
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	is_waiting = punch.reason_code.isin(codes_requeued_by(MAPPING)) & (punch.state == PunchState.HELD)
	is_repeat = punch.reason_code == repeats.REPEATED
	rows = (
		frappe.qb.from_(punch)
		.left_join(checkin)
		.on(checkin.name == punch.employee_checkin)
		.select(punch.name, punch.user_id, punch.service_tag, punch.punch_time, punch.state, punch.employee)
		.select(punch.employee_checkin, checkin.attendance, checkin.custom_cams_punch)
		.where(punch.user_id.isin(user_ids) & punch.punch_time.isnotnull())
		.where((punch.state == PunchState.RECORDED) | is_waiting | is_repeat)
		.orderby(punch.punch_time)
		.run(as_dict=True)
	)
	people, devices = identities_of(user_ids), find_devices(sorted({row.service_tag or "" for row in rows}))
	return [row for row in rows if row.user_id in user_ids and _is_otherwise(row, people, devices)]


def _is_otherwise(row: frappe._dict, people: Identities, devices: dict) -> bool:
	person = people.who(row.user_id, devices.get(row.service_tag), getdate(row.punch_time))
	return row.state == PunchState.HELD or (person.name if person else None) != row.employee


def _is_movable(row: frappe._dict) -> bool:
	return checkin_evidence.is_movable(frappe._dict(row, name=row.employee_checkin))
