"""Employees with a user account are notified of a missing punch, if Settings say so: in the Desk and by mail, in their
language, with a link to a new Attendance Request.

Once for a person and a day, by the Notification Logs that are there. Not before Last Sync of Checkin has passed the time
at which the punch was due: until then it may be on a device that is offline, or held. So a shift that nobody moves
along notifies nobody; nor does a check-in without a shift, of which nobody knows when it ended.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import add_to_date, escape_html, format_date, get_datetime, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import notices
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS, read_settings
from navari_cams_biometric.cams_biometric.presence.attendance_requests import (
	ABOUT,
	DAY_LENGTH,
	MOST_CHARACTERS,
	new_request_url,
	requests_of,
	words_of,
)
from navari_cams_biometric.cams_biometric.presence.missing_punches import MissingPunch, find_missing

LOOK_BACK_DAYS = 7  # a shift that is held for longer is HR's
NOTICE = "Notification Log"
Told = set[tuple[str, str]]  # employee, day


def send() -> None:
	"""Scheduled, each hour. The lock is against a second run: it waits, and then finds what the first has told."""
	settings = read_settings()
	if not settings.notify_employees or not (users := _users_of_employees()):
		return
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what is read after the lock is what the other has committed
	frappe.db.get_value("DocType", SETTINGS, "name", for_update=True)
	since = get_datetime(settings.employees_notified_since or now_datetime())
	found = [missing for missing in _complete_since(since) if missing.employee in users]
	requested, told = requests_of(found), _told(found)
	for missing in found:
		if (missing.employee, missing.day) in requested or (missing.employee, str(missing.day)) in told:
			continue
		told.add((missing.employee, str(missing.day)))
		_notify(missing, users[missing.employee])


def notices_of(employees: Iterable[str], **filters: object) -> list[frappe._dict]:
	"""The notices about these employees' missing punches: `name`, `document_name` and `email_content`."""
	names = {"document_type": "Employee", "document_name": ["in", sorted(set(employees))]}
	ours = {"email_content": ["like", f"%{ABOUT}=%"]}
	fields = ["name", "document_name", "email_content"]
	return frappe.get_all(NOTICE, filters={**names, **ours, **filters}, fields=fields, order_by="name")


def _users_of_employees() -> dict[str, frappe._dict]:
	"""Enabled users of active employees: `name` and `language`, by employee."""
	employee, user = frappe.qb.DocType("Employee"), frappe.qb.DocType("User")
	rows = (
		frappe.qb.from_(employee)
		.join(user)
		.on(user.name == employee.user_id)
		.select(employee.name.as_("employee"), user.name, user.language)
		.where((employee.status == "Active") & (user.enabled == 1))
		.run(as_dict=True)
	)
	return {row.employee: row for row in rows}


def _complete_since(since: datetime) -> list[MissingPunch]:
	"""What was due since then, and would be here."""
	today = now_datetime().date()
	days = [today - timedelta(days=number) for number in range(LOOK_BACK_DAYS, -1, -1)]
	fields = ["name", "process_attendance_after", "last_sync_of_checkin"]
	shifts = {shift.name: shift for shift in frappe.get_all("Shift Type", fields=fields)}
	return [
		missing
		for missing in find_missing([day for day in days if day >= since.date() - timedelta(days=1)])
		if missing.due >= since and _is_complete(missing, shifts.get(missing.shift))
	]


def _is_complete(missing: MissingPunch, shift: frappe._dict | None) -> bool:
	"""And the day is one of those that HRMS marks."""
	if not shift or not shift.last_sync_of_checkin:
		return False
	first_day = getdate(shift.process_attendance_after or missing.day)
	return first_day <= missing.day and missing.due <= get_datetime(shift.last_sync_of_checkin)


def _told(found: list[MissingPunch]) -> Told:
	if not found:
		return set()
	recent = [">", add_to_date(now_datetime(), days=-LOOK_BACK_DAYS - 2)]
	rows = notices_of([missing.employee for missing in found], creation=recent)
	return {(row.document_name, _day_in(row.email_content)) for row in rows}


def _day_in(content: str) -> str:
	day = re.search(rf"{ABOUT}=([\d-]{{{DAY_LENGTH}}})", content)
	return day[1] if day else ""


def _notify(missing: MissingPunch, user: frappe._dict) -> None:
	with _language_of(user):
		url, short = new_request_url(missing), new_request_url(missing, is_short=True)
		subject = _("A punch of yours is missing on {0}").format(format_date(missing.day))
		sentences = [
			words_of(missing),
			_("Shift: {0}").format(missing.shift),
			_("If you were at work, press New Attendance Request: it is filled in."),
		]
		label = _("New Attendance Request")
		link = f'<a href="{escape_html(url)}">{escape_html(label)}</a>'
		message = "<br>".join([*map(escape_html, sentences), link])
		short = short if len(short) <= MOST_CHARACTERS else ""
		notices.notify([user.name], "Employee", missing.employee, escape_html(subject), message, short)


@contextmanager
def _language_of(user: frappe._dict) -> Iterator[None]:
	before = frappe.local.lang
	frappe.local.lang = user.language or frappe.get_system_settings("language") or before
	try:
		yield
	finally:
		frappe.local.lang = before
