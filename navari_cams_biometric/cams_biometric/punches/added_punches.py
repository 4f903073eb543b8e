"""Add Punch: a punch that no device sent, entered by HR. It goes through the same door as those of devices, at once.

It is a CAMS Punch with the source Manual, which says who added it and why; its check-in is signed like the others. Its
name is made of the employee, the moment and the direction, so that none is added twice. It can be taken back.
"""

import hashlib
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import jobs, stored_values, times
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.day_repair import repair
from navari_cams_biometric.cams_biometric.punches import checkins, inbox, repeats
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.punch_names import times_of
from navari_cams_biometric.cams_biometric.punches.punch_rules import MANUAL, MANUAL_TYPES
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

NOTE_DAY = "navari_cams_biometric.cams_biometric.day_repair.late_days.note_punches"


def add(employee: str, moment: datetime, log_type: str, reason: str) -> frappe._dict:
	"""Add a punch, naive in the site's zone; return its `name` and `employee_checkin`. What the rules refuse is thrown,
	and nothing is kept."""
	if log_type not in MANUAL_TYPES.values():
		frappe.throw(_("Choose In or Out."), title=_("Add Punch"))
	moment = moment.replace(microsecond=0)
	if moment > now_datetime():
		frappe.throw(_("Choose a time that is not in the future."), title=_("Add Punch"))
	said = moment.replace(tzinfo=times.site_zone()).strftime("%Y-%m-%d %H:%M:%S GMT %z")
	name = _name(employee, said, log_type)
	stated = {
		"added_by": frappe.session.user,
		"added_reason": stored_values.lines_from_outside(reason.strip(), 280),
	}
	state = frappe.db.get_value("CAMS Punch", name, "state", for_update=True)
	if state and state != PunchState.IGNORED:
		frappe.throw(_("This punch is there already: choose another time."), title=_("Add Punch"))
	if state:
		inbox.queue_again([name], **stated)
	else:
		kind = next(each for each, direction in MANUAL_TYPES.items() if direction == log_type)
		values = {"source": MANUAL, "punch_type": kind, "input_type": MANUAL, "original_time": said}
		row = stored_values.new_row(
			name, state=PunchState.QUEUED, employee=employee, **values, **stated, **times_of(said, None)
		)
		stored_values.insert_rows("CAMS Punch", [row])
	done = checkins.check_in_now(name)
	if done.state == PunchState.FAILED:  # its remedy is for punches that are kept
		nothing = _("Nothing was added.")
		frappe.throw(f"{done.reason} {nothing}", title=_("Add Punch"))
	if done.state != PunchState.RECORDED or done.reason_code:
		frappe.throw(f"{done.reason} {done.remedy or ''}".strip(), title=_("Add Punch"))
	inbox.update_punches([name], repeat_accepted=1)  # a person wants it to count
	jobs.after_commit(NOTE_DAY, queue="short", punch_names=[name])
	return frappe._dict(name=name, employee_checkin=done.employee_checkin)


def take_back(name: str) -> None:
	"""Delete the check-in of a punch that a person added. A day that is marked with it is decided again without it."""
	fields = ["source", "state", "employee", "employee_checkin", "punch_time"]
	punch = frappe.db.get_value("CAMS Punch", name, fields, as_dict=True, for_update=True)
	if not punch or punch.source != MANUAL or punch.state != PunchState.RECORDED:
		frappe.throw(
			_(
				"Only a punch that somebody added and that counts can be taken back: choose one of the source Manual."
			)
		)
	attendance = frappe.db.get_value(CHECKIN, punch.employee_checkin, "attendance")
	if attendance:
		repair.decide_without(attendance, lambda: _remove(punch.employee_checkin))
	else:
		_remove(punch.employee_checkin)
	reason = REASONS["TAKEN_BACK"]
	inbox.update_punches(
		[name],
		state=PunchState.IGNORED,
		employee_checkin=None,
		reason_code="TAKEN_BACK",
		reason=str(reason.sentence),
		remedy=str(reason.remedy),
		modified_by=frappe.session.user,
	)
	repeats.requeue_after_taken_back(punch.employee, punch.punch_time, repeats.read_windows(read_settings()))


def _remove(checkin: str) -> None:
	if not repeats.take_back(checkin):
		frappe.throw(
			_("Another record refers to the check-in, so it stays. Remove that reference first."),
			title=_("Take Back"),
		)


def _name(employee: str, said: str, log_type: str) -> str:
	"""As long as the identity of a device's punch, and never one."""
	return f"added-{hashlib.sha256(f'{employee} {said} {log_type}'.encode()).hexdigest()[:26]}"
