"""The repair of a day: the automatic attendance is cancelled, and HRMS decides again with the late punches.

One day is one transaction. If HRMS does not decide again, everything is rolled back. Whether the day may be
changed is checked again under a lock, whatever the list says.
"""

import time
from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, escape_html, get_link_to_form, now_datetime, strip_html

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.base.stored_values import lines_from_outside
from navari_cams_biometric.cams_biometric.day_repair import (
	days,
	exclusions,
	hrms_decision,
	late_days,
	shift_fetch,
	uncounted,
)
from navari_cams_biometric.cams_biometric.day_repair.days import Day, Key
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
	uncounted.search()
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
	# Whose shift is in question, a person decides.
	is_late = row.reason_code.isnull() | (row.reason_code == "")
	is_open = (row.state == RepairState.OPEN) & is_late
	query = frappe.qb.from_(row).select(row.name).where(is_open & quiet & rested)
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
	if row.reason_code in uncounted.REASONS_NOT_COUNTED:
		_recount(row)
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


def _recount(row: Document) -> None:
	"""Have HRMS give the check-ins their shift again, and mark what it had marked by them."""
	frappe.db.savepoint("cams_day_repair")
	try:
		new = _fetch_and_mark(row)
	except (NotDecidedError, frappe.ValidationError) as refusal:
		frappe.db.rollback(save_point="cams_day_repair")
		text = lines_from_outside(strip_html(str(refusal)))
		late_days.update(
			row.name, message=_("Nothing was changed. {0}").format(text), tried_at=now_datetime()
		)
		return
	finally:
		frappe.clear_messages()
	late_days.update(
		row.name,
		state=RepairState.REPAIRED,
		message=_("The check-ins count by now.")
		if row.checkins != "[]"
		else _("The attendance is cancelled."),
		new_attendance=new.name if new else None,
		**late_days.attendance_fields("after", new or {}),
		settled_by=frappe.session.user,
		settled_at=now_datetime(),
	)
	# The day that they are on now may be marked already.
	jobs.after_commit(shift_fetch.NOTE, queue="short", names=sorted(uncounted.names_in(row.checkins)))


def _fetch_and_mark(row: Document) -> Document | None:
	"""The new Attendance of the day, if there is one. Raises NotDecidedError where the case stands as before."""
	named = uncounted.names_in(row.checkins)
	fields = ["name", "attendance"]
	checkins = frappe.get_all("Employee Checkin", filters={"name": ["in", [*named, ""]]}, fields=fields)
	names = {each.name for each in checkins}
	marked = sorted({each.attendance for each in checkins if each.attendance})
	if row.reason_code == uncounted.UNASSIGNED and uncounted.still_stands(row):
		marked = [row.attendance]
	for attendance_name in marked:
		names |= set(frappe.get_all("Employee Checkin", {"attendance": attendance_name}, pluck="name"))
		_cancel(attendance_name)
	shift_fetch.fetch(sorted(names))
	new = _mark_by(names) if marked else None
	if left := uncounted.still_stands(row):
		reason = uncounted.REASONS_NOT_COUNTED[left.code]
		raise NotDecidedError(f"{str(reason.sentence).format(left.detail)} {reason.remedy}")
	for attendance_name in marked:
		text = _("Cancelled because the shift of its check-ins is another now. Repaired by {0}.")
		frappe.get_doc("Attendance", attendance_name).add_comment("Comment", text.format(_full_name()))
	return new


def decide_without(attendance_name: str, remove: Callable[[], None]) -> None:
	"""Cancel an automatic attendance, `remove` what should not count, and have HRMS decide by the rest of its check-ins.
	Throws where that attendance or HRMS does not allow it; the caller's transaction is then rolled back."""
	names = frappe.get_all("Employee Checkin", {"attendance": attendance_name}, pluck="name")
	try:
		_cancel(attendance_name)
		remove()
		_mark_by(names)
	except NotDecidedError as refusal:
		frappe.throw(str(refusal), title=_("Take Back"))
	text = _("Cancelled because an added punch was taken back by {0}. HRMS decided again.")
	frappe.get_doc("Attendance", attendance_name).add_comment("Comment", text.format(_full_name()))


def _mark_by(names: Iterable[str]) -> Document | None:
	"""Have HRMS mark the days of these check-ins, which count for none; the first of the new Attendances. What a day has
	already for that shift goes: HRMS marks the rest of it Absent meanwhile."""
	names = set(names)
	for attendance_name in {name for key in _days_of(names) for name in _standing(key)}:
		names |= set(frappe.get_all("Employee Checkin", {"attendance": attendance_name}, pluck="name"))
		_cancel(attendance_name)
	keys = _days_of(names)
	by_day = days.read_checkins(keys) if keys else {}
	new = [hrms_decision.mark(Day(key, frappe._dict(), by_day[key[:3]])) for key in keys]
	return new[0] if new else None


def _days_of(checkin_names: set[str]) -> list[Key]:
	filters = {"name": ["in", [*checkin_names, ""]], "shift": ["is", "set"]}
	rows = frappe.get_all("Employee Checkin", filters=filters, fields=["employee", "shift", "shift_start"])
	return sorted({Key(row.employee, row.shift_start.date(), row.shift) for row in rows})


def _standing(key: Key) -> list[str]:
	filters = {"employee": key.employee, "attendance_date": key.attendance_date, "shift": key.shift}
	return frappe.get_all("Attendance", filters={**filters, "docstatus": 1}, pluck="name")


def _cancel(attendance_name: str) -> None:
	"""Only what HRMS marked by itself, and nobody or no payroll built upon."""
	attendance = frappe.get_doc("Attendance", attendance_name, for_update=True)
	key = Key(attendance.employee, attendance.attendance_date, attendance.shift, attendance.name)
	[day] = late_days.read_days([key])
	code, detail = exclusions.reason(day)
	if code and code != "SET_ASIDE":  # there is no late check-in
		raise NotDecidedError(late_days.state_fields(code, detail)["message"])
	attendance.cancel()


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
