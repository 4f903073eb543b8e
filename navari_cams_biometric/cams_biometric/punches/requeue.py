"""Held is not lost: when the cause of a hold is fixed, the punches that waited for it are queued again."""

import frappe
from frappe.model.document import Document

from navari_cams_biometric.cams_biometric.base.employees import employees_by_device_id
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS, codes_requeued_by

EMPLOYEE_FIELDS = ("attendance_device_id", "status", "relieving_date")


def requeue_after_change(document: Document, method: str | None = None) -> None:
	"""On saving a document in which a hold can be fixed: queue the punches that it may concern.

	The worker judges them anew; what is not fixed is held again.
	"""
	if frappe.flags.in_install or frappe.flags.in_migrate:
		return
	filters = {"state": PunchState.HELD, "reason_code": ["in", codes_requeued_by(document.doctype)]}
	if document.doctype == "Employee":
		user_id = (document.attendance_device_id or "").strip()
		if not user_id or not any(document.has_value_changed(field) for field in EMPLOYEE_FIELDS):
			return
		filters["user_id"] = user_id
	if document.doctype == "CAMS Device":
		filters["service_tag"] = document.name
	_requeue(filters)


def requeue_known_users() -> None:
	"""Queue punches of unknown users who are known by now, for device ids that were set past the document."""
	filters = {"state": PunchState.HELD, "reason_code": "UNKNOWN_USER"}
	held = frappe.get_all("CAMS Punch", filters=filters, fields=["name", "user_id"])
	known = employees_by_device_id(punch.user_id for punch in held)
	if known:
		inbox.queue_again(punch.name for punch in held if punch.user_id in known)


def note_deleted_checkin(checkin: Document, method: str | None = None) -> None:
	"""Someone deletes a check-in: its punches say so, and can be retried."""
	names = frappe.get_all(
		"CAMS Punch", filters={"employee_checkin": checkin.name, "state": PunchState.RECORDED}, pluck="name"
	)
	reason = REASONS["CHECKIN_DELETED"]
	inbox.update_punches(
		names,
		state=PunchState.IGNORED,
		employee_checkin=None,
		reason_code="CHECKIN_DELETED",
		reason=str(reason.sentence),
		remedy=str(reason.remedy),
	)


def _requeue(filters: dict) -> None:
	names = frappe.get_all("CAMS Punch", filters=filters, pluck="name")
	if names:
		inbox.queue_again(names)
