"""Queue held punches again when their cause is fixed."""

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.device_lookup import NOT_ATTENDANCE, find_devices
from navari_cams_biometric.cams_biometric.base.identities import CODES, identities_of, user_ids_of
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.reasons import IGNORED_ID, REASONS, codes_requeued_by

EMPLOYEE_FIELDS = ("attendance_device_id", "status", "relieving_date", "date_of_joining", "company")
PLACE_FIELDS = ("branch", "company")  # of a device: by them user IDs are found


def requeue_after_change(document: Document, method: str | None = None) -> None:
	"""After saving a document in which a cause can be fixed: queue the held punches concerned.

	The worker processes them again; those that are not fixed are held again.
	"""
	if frappe.flags.in_install or frappe.flags.in_migrate:
		return
	filters = {"state": PunchState.HELD, "reason_code": ["in", codes_requeued_by(document.doctype)]}
	if document.doctype == "Employee":
		if not any(document.has_value_changed(field) for field in EMPLOYEE_FIELDS):
			return
		filters["user_id"] = ["in", _ids_now_and_before(document) or [""]]
	if document.doctype == IGNORED_ID:
		del filters["reason_code"]  # a wrong clock of somebody who is ignored does not matter either
		filters.update({"user_id": document.user_id, "employee": ["is", "not set"]})
		if document.service_tag:
			filters["service_tag"] = document.service_tag
	if document.doctype == "CAMS Device":
		filters["service_tag"] = document.name
		if any(document.has_value_changed(field) for field in PLACE_FIELDS):
			filters["reason_code"] = ["in", [*codes_requeued_by(document.doctype), *CODES]]
		if document.direction == NOT_ATTENDANCE:
			del filters["reason_code"]  # whatever they were held for
	inbox.queue_again_where(filters)


def requeue_known_users() -> None:
	"""Queue punches that nobody was known for, where user IDs were set without saving the document."""
	filters = {"state": PunchState.HELD, "reason_code": ["in", CODES]}
	fields = ["name", "user_id", "service_tag", "punch_time", "reason_code"]
	held = frappe.get_all("CAMS Punch", filters=filters, fields=fields)
	people = identities_of(punch.user_id for punch in held)
	devices = find_devices(sorted({punch.service_tag or "" for punch in held}))
	changed = [
		punch.name
		for punch in held
		if people.judge(punch.user_id, devices.get(punch.service_tag), getdate(punch.punch_time)).code
		!= punch.reason_code
	]
	if changed:
		inbox.queue_again(changed)


def note_deleted_checkin(checkin: Document, method: str | None = None) -> None:
	"""A check-in is deleted: its punches become Ignored, and can be retried."""
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


def _ids_now_and_before(employee: Document) -> list[str]:
	former = employee.get_doc_before_save() or frappe._dict()
	given_up = (former.get("attendance_device_id") or "").strip()
	return [*user_ids_of(employee.name), *filter(None, [given_up])]
