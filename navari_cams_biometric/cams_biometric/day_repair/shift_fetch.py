"""Fetch Shift Again: a check-in that counts for no attendance yet gets the shift that HRMS would give it now.

HRMS decides once, when a check-in is made. An assignment that comes later, or ends, a default shift and the times of a
shift that change do not reach it. HRMS's own function decides here too. What is marked stays: day_repair.repair is the
way to change that.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.day_repair import days, late_days, uncounted

CHECKIN = "Employee Checkin"
FETCH = "navari_cams_biometric.cams_biometric.day_repair.shift_fetch.fetch_in_background"
NOTE = "navari_cams_biometric.cams_biometric.day_repair.shift_fetch.note_fetched"
TIMES = ("start_time", "end_time", "begin_check_in_before_shift_start_time")
TIMES += ("allow_check_out_after_shift_end_time",)
SHIFT_TIMES = ("shift_start", "shift_end", "shift_actual_start", "shift_actual_end")
MOST = 20_000  # check-ins of one request
BATCH = 50
JOB_TIMEOUT = 25 * 60


def note_assignment(assignment: Document, method: str | None = None) -> None:
	"""After a Shift Assignment was submitted, cancelled, or ended."""
	before = assignment.get_doc_before_save()
	ends = [getdate(each.end_date) if each.end_date else None for each in (assignment, before) if each]
	last = now_datetime().date() if None in ends else max(ends)
	# A night shift takes check-ins of the day before.
	first = getdate(assignment.start_date) - timedelta(days=1)
	if first <= now_datetime().date():
		_ask(employee=assignment.employee, first=str(first), last=str(last + timedelta(days=1)))


def note_employee(employee: Document, method: str | None = None) -> None:
	"""After the default shift of an Employee changed."""
	if employee.has_value_changed("default_shift") and not employee.flags.in_insert:
		_ask(employee=employee.name)


def note_shift_type(shift_type: Document, method: str | None = None) -> None:
	"""After the times of a Shift Type changed, within which it takes check-ins."""
	if shift_type.get_doc_before_save() and any(map(shift_type.has_value_changed, TIMES)):
		_ask(shift_type=shift_type.name)


def _ask(**span: str) -> None:
	jobs.after_commit(FETCH, queue="long", timeout=JOB_TIMEOUT, **span)


def fetch_in_background(user: str | None = None, **span: str) -> None:
	"""A job. Commits batch by batch; shows the progress to the user who asked for it. Without `user` a document was saved,
	and all its check-ins are meant, whoever saved it."""
	if not user:
		frappe.set_user("Administrator")
	names = find_unmarked(**span)
	done = Counter()
	for start in range(0, len(names), BATCH):
		done += fetch(names[start : start + BATCH])
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of this batch
		if user:
			percent = 100 * min(start + BATCH, len(names)) / len(names)
			frappe.publish_progress(percent, title=_("Fetch Shift Again"), doctype=None)
	note_fetched(names)
	if not user:  # what is marked for the former shift
		_list_marked(**span)
	if user:
		text = _("Fetch Shift Again: check-ins with another shift: {0} of {1}.")
		message = {"message": text.format(done["changed"], len(names)), "indicator": "green"}
		frappe.publish_realtime("msgprint", message, user=user, after_commit=True)


def note_fetched(names: list[str]) -> None:
	"""Bring the list of days up to date. Commits as it goes."""
	for start in range(0, len(names), late_days.BATCH):
		batch = names[start : start + late_days.BATCH]
		late_days.list_days(days.with_checkins(lambda checkin, batch=batch: checkin.name.isin(batch)))
	rows = frappe.get_all(CHECKIN, filters={"name": ["in", [*names, ""]]}, fields=["employee", "time"])
	if rows:
		moments = [row.time for row in rows]
		uncounted.search_of(sorted({row.employee for row in rows}), min(moments), max(moments))


def _list_marked(
	employee: str = "", shift_type: str = "", first: str | None = None, last: str | None = None
) -> None:
	people = [employee] if employee else sorted(_people_of(shift_type))
	since = get_datetime(first) if first else add_to_date(now_datetime(), days=-late_days.SEARCH_DAYS)
	uncounted.search_of(people, since, get_datetime(last) if last else now_datetime())


def find_unmarked(
	employee: str | None = None,
	shift_type: str | None = None,
	first: str | date | None = None,
	last: str | date | None = None,
) -> list[str]:
	"""Check-ins that count for no attendance yet and that the user may see, the latest first. Without `first`, of the days
	that the sweep looks at."""
	since = get_datetime(first) if first else add_to_date(now_datetime(), days=-late_days.SEARCH_DAYS)
	until = get_datetime(last) + timedelta(days=1) if last else now_datetime() + timedelta(days=1)
	filters = [["attendance", "is", "not set"], ["time", ">=", since], ["time", "<", until]]
	if employee:
		filters.append(["employee", "=", employee])
	concerned = {}
	if shift_type:
		concerned = {"shift": shift_type, "employee": ["in", sorted(_people_of(shift_type)) or [""]]}
	return frappe.get_list(
		CHECKIN, filters=filters, or_filters=concerned, pluck="name", order_by="time desc", limit=MOST
	)


def _people_of(shift_type: str) -> set[str]:
	assigned = {"shift_type": shift_type, "docstatus": 1, "status": "Active"}
	return {
		*frappe.get_all("Shift Assignment", filters=assigned, pluck="employee"),
		*frappe.get_all("Employee", filters={"default_shift": shift_type}, pluck="name"),
	}


def fetch(names: Iterable[str]) -> Counter:
	"""How many `changed`, stayed the `same`, are `marked` already, or were `refused` by HRMS."""
	return Counter(_fetch(name) for name in names)


def _fetch(name: str) -> str:
	frappe.db.savepoint("cams_fetch_shift")
	try:
		checkin = frappe.get_doc(CHECKIN, name, for_update=True)
		if checkin.attendance:
			return "marked"
		before = _shift_of(checkin)
		checkin.fetch_shift()
		if not checkin.shift:  # HRMS 15 leaves the times of the shift that it was in
			checkin.update(dict.fromkeys(SHIFT_TIMES))
		if _shift_of(checkin) == before:
			return "same"
		checkin.flags.ignore_validate = True  # as HRMS's own bulk_fetch_shift: nothing else is judged again
		checkin.save(ignore_permissions=True)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return "gone"
	except frappe.ValidationError:
		frappe.db.rollback(save_point="cams_fetch_shift")
		frappe.clear_messages()
		identity = ("fetch shift", name)
		log_once_a_day("CAMS: HRMS gave a check-in no shift", frappe.get_traceback(), identity, CHECKIN, name)
		return "refused"
	return "changed"


def _shift_of(checkin: Document) -> list:
	moments = [get_datetime(checkin.get(each)) if checkin.get(each) else None for each in SHIFT_TIMES]
	return [checkin.shift or None, *moments, cint(checkin.get("offshift"))]  # offshift: HRMS 16
