"""The repair of a day: the automatic attendance is cancelled, and HRMS decides again with the late punches.

One day is one transaction. If HRMS does not decide again, everything is rolled back. Whether the day may be
changed is checked again under a lock, whatever the list says.
"""

import time

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, escape_html, get_link_to_form, now_datetime, strip_html

from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.base.stored_values import lines_from_outside
from navari_cams_biometric.cams_biometric.day_repair import days, exclusions, hrms_decision, late_days
from navari_cams_biometric.cams_biometric.day_repair.days import Day
from navari_cams_biometric.cams_biometric.day_repair.hrms_decision import NotDecidedError
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE

AUTOMATIC = "Automatic"
QUIET_MINUTES = 5  # a device that was away sends its punches together: one repair for all of them
TRY_AGAIN_HOURS = 24
SWEEP_SECONDS = 4 * 60  # below the 300 s that Frappe gives a scheduled job


def sweep() -> None:
	"""Scheduled: find what was not listed yet; with the setting, repair what is open."""
	end = time.monotonic() + SWEEP_SECONDS
	late_days.search()
	if read_settings().repair_late_punches != AUTOMATIC:
		return
	for name in _due():
		if time.monotonic() > end:
			return
		_repair_automatically(name)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- each repaired day stays repaired


def _due() -> list[str]:
	row = frappe.qb.DocType(DOCTYPE)
	quiet = row.modified <= add_to_date(now_datetime(), minutes=-QUIET_MINUTES)
	rested = row.tried_at.isnull() | (row.tried_at <= add_to_date(now_datetime(), hours=-TRY_AGAIN_HOURS))
	query = frappe.qb.from_(row).select(row.name).where((row.state == RepairState.OPEN) & quiet & rested)
	return query.orderby(row.name).run(pluck=True)


def _repair_automatically(name: str) -> None:
	try:
		repair(name, by_itself=True)
	except Exception:
		frappe.db.rollback()
		log_once_a_day(
			"CAMS: a day could not be repaired", frappe.get_traceback(), ("repair", name), DOCTYPE, name
		)
		_note_not_decided(name, _("An unexpected error, see the Error Log."))


def repair(name: str, by_itself: bool = False) -> None:
	"""Repair the day of a CAMS Day Repair if it may be touched, as the user of the session; the record says the rest.

	Repaired already, it stays as it is. What the user may not do in HRMS raises PermissionError.
	"""
	row = frappe.get_doc(DOCTYPE, name, for_update=True)
	if row.state == RepairState.REPAIRED:
		return
	day = _look_again(row)
	if not day:
		late_days.update(name, **late_days.state_fields("GONE"))
	elif exclusions.reason(day)[0]:
		late_days.update(name, **late_days.day_fields(day))
	else:
		_repair(name, day, by_itself)


def _look_again(row: Document) -> Day | None:
	keys = days.with_attendances(
		lambda attendance: (
			(attendance.employee == row.employee) & (attendance.attendance_date == row.attendance_date)
		)
	)
	found = late_days.read_days(key for key in keys if key.shift == row.shift)
	return found[0] if found else None


def _repair(name: str, day: Day, by_itself: bool) -> None:
	frappe.db.savepoint("cams_day_repair")
	try:
		attendance = _decide_again(day)
	except (NotDecidedError, frappe.ValidationError) as refusal:
		frappe.db.rollback(save_point="cams_day_repair")
		_note_not_decided(name, lines_from_outside(strip_html(str(refusal))))
		return
	finally:
		frappe.clear_messages()  # HRMS's, about unlinked check-ins
	_leave_comments(day, attendance, by_itself)
	_note_repair(name, day, attendance)


def _decide_again(day: Day) -> Document:
	attendance = frappe.get_doc("Attendance", day.key.attendance, for_update=True)
	if attendance.docstatus != 1 or attendance.modified != day.attendance.modified:
		raise NotDecidedError(_("The attendance was changed just now. Try again."))
	checkin = frappe.qb.DocType("Employee Checkin")
	late = [*(each.name for each in day.late), ""]  # a day may have none, but check-ins that move
	frappe.qb.update(checkin).set(checkin.skip_auto_attendance, 0).where(checkin.name.isin(late)).run()
	attendance.cancel()  # HRMS unlinks its check-ins, and those of alternating devices get their directions
	return hrms_decision.mark(day)


def _leave_comments(day: Day, attendance: Document, by_itself: bool) -> None:
	"""On the new Attendance and on the cancelled one: what happened, why, and who wanted it."""
	who = _("CAMS Biometric, automatically") if by_itself else _full_name()
	facts = {
		"times": late_days.late_times(day),
		"before": _(day.attendance.status),
		"after": _(attendance.status),
		"who": who,
	}
	cancelled = frappe.get_doc("Attendance", day.key.attendance)
	text = _(
		"Cancelled because late check-ins ({times}) came when the day was marked {before}. HRMS decided again:"
		" {after}, see {link}. Repaired by {who}."
	)
	cancelled.add_comment("Comment", text.format(**facts, link=_link(attendance)))
	text = _(
		"Decided again with late check-ins ({times}), in place of {link}: {before} became {after}. Repaired by {who}."
	)
	attendance.add_comment("Comment", text.format(**facts, link=_link(cancelled)))


def _full_name() -> str:
	return escape_html(
		frappe.get_cached_value("User", frappe.session.user, "full_name") or frappe.session.user
	)


def _link(attendance: Document) -> str:
	return get_link_to_form("Attendance", attendance.name)


def _note_repair(name: str, day: Day, attendance: Document) -> None:
	late_days.update(
		name,
		state=RepairState.REPAIRED,
		reason_code=None,
		message=None,
		**late_days.attendance_fields("before", day.attendance),
		**late_days.attendance_fields("after", attendance),
		attendance=day.key.attendance,
		new_attendance=attendance.name,
		settled_by=frappe.session.user,
		settled_at=now_datetime(),
	)


def _note_not_decided(name: str, text: str) -> None:
	late_days.update(
		name,
		state=RepairState.OPEN,
		reason_code=None,
		message=_("HRMS did not decide again, so nothing was changed. {0}").format(text),
		tried_at=now_datetime(),
	)
