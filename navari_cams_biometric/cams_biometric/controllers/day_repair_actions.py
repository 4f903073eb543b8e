"""What HR does with several days or check-ins at once: dismiss days, fetch shifts again. CAMS Day Repair repairs one."""

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, READERS
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.day_repair import late_days, shift_fetch
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE


@frappe.whitelist(methods=["POST"])
def dismiss(names: list[str] | str, reason: str) -> int:
	"""Take days off the list that stay as they are, and say why. Returns how many. A later punch brings a day back."""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission(DOCTYPE, "write", throw=True)
	if not reason.strip():
		frappe.throw(_("Enter a reason."), title=_("Dismiss"))
	names = frappe.parse_json(names) if isinstance(names, str) else names
	permitted = frappe.get_list(DOCTYPE, filters={"name": ["in", names]}, pluck="name", order_by="name")
	return sum(_dismiss(name, reason.strip()) for name in permitted)


@frappe.whitelist(methods=["POST"])
def fetch_shift(names: list[str] | str) -> dict[str, int]:
	"""Have HRMS give these Employee Checkins their shift again. Returns how many `changed`, stayed the `same`, or are
	`marked` already."""
	_ensure_may_fetch()
	names = frappe.parse_json(names) if isinstance(names, str) else names
	filters = {"name": ["in", [*names, ""]]}
	permitted = frappe.get_list(shift_fetch.CHECKIN, filters=filters, pluck="name", order_by="time")
	counts = shift_fetch.fetch(permitted)
	jobs.after_commit(shift_fetch.NOTE, queue="short", names=permitted)
	return {outcome: counts[outcome] for outcome in ("changed", "same", "marked", "refused")}


@frappe.whitelist(methods=["POST"])
def fetch_shifts(from_date: str, to_date: str, employee: str | None = None) -> int:
	"""The same for all check-ins of some days that count for no attendance yet, of one employee or of all: a background
	job. Returns how many they are."""
	_ensure_may_fetch()
	if employee:
		frappe.has_permission("Employee", "read", employee, throw=True)
	span = {"employee": employee or None, "first": str(getdate(from_date)), "last": str(getdate(to_date))}
	count = len(shift_fetch.find_unmarked(**span))
	if count:
		options = {"queue": "long", "timeout": shift_fetch.JOB_TIMEOUT, "user": frappe.session.user}
		jobs.after_commit(shift_fetch.FETCH, **options, **span)
	return count


def _ensure_may_fetch() -> None:
	frappe.only_for(READERS, message=True)
	frappe.has_permission(shift_fetch.CHECKIN, "write", throw=True)


def _dismiss(name: str, reason: str) -> bool:
	if frappe.db.get_value(DOCTYPE, name, "state", for_update=True) in (
		RepairState.REPAIRED,
		RepairState.DISMISSED,
	):
		return False
	late_days.update(
		name,
		state=RepairState.DISMISSED,
		reason_code=None,
		message=reason,
		settled_by=frappe.session.user,
		settled_at=now_datetime(),
	)
	return True
