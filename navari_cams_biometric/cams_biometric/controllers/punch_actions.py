"""What HR does with punches in the Desk: retry, link to an employee, accept a time or an input type, dismiss, add one,
take an added one back."""

import frappe
from frappe import _
from frappe.utils import get_datetime

from navari_cams_biometric.cams_biometric.base.permissions import READERS
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import added_punches, inbox, linking, touches
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from navari_cams_biometric.cams_biometric.punches.repeats import REPEATED

RESOLVABLE = (PunchState.HELD, PunchState.FAILED, PunchState.IGNORED)


@frappe.whitelist(methods=["POST"])
def retry(names: list[str] | str) -> int:
	"""Queue punches again that are held, failed or ignored; one that was ignored as a repeat then counts, and one that
	lost to another of its touch counts instead of it. Returns how many."""
	resolvable = _resolvable(names)
	repeated = {"name": ["in", resolvable], "reason_code": REPEATED}
	inbox.update_punches(frappe.get_all("CAMS Punch", filters=repeated, pluck="name"), repeat_accepted=1)
	touches.accept(resolvable)
	return _queue_again(resolvable)


@frappe.whitelist(methods=["POST"])
def accept_time(names: list[str] | str) -> int:
	"""Accept the time of punches that are ahead of their arrival, or long before it. Returns how many."""
	return _queue_again(names, time_accepted=1)


@frappe.whitelist(methods=["POST"])
def accept_input_type(names: list[str] | str) -> int:
	"""Let punches count whose input type Settings hold. Returns how many."""
	return _queue_again(names, input_type_accepted=1)


@frappe.whitelist(methods=["POST"])
def dismiss(names: list[str] | str) -> int:
	"""Dismiss held and failed punches; `modified_by` records who did it. Returns how many."""
	resolvable = _resolvable(names)
	reason = REASONS["DISMISSED"]
	inbox.update_punches(
		resolvable,
		state=PunchState.IGNORED,
		reason_code="DISMISSED",
		reason=str(reason.sentence),
		remedy=str(reason.remedy),
		modified_by=frappe.session.user,
	)
	return len(resolvable)


@frappe.whitelist(methods=["POST"])
def link_to_employee(
	name: str, employee: str, way: str = "", from_date: str | None = None, until_date: str | None = None
) -> dict[str, str]:
	"""Make the user ID of a punch the employee's, see linking.link; punches with this ID are processed again.

	Returns the CAMS Device ID that was made as `mapping`, empty where it became the Attendance Device ID.
	"""
	punch = frappe.get_doc("CAMS Punch", name)
	punch.check_permission("write")
	if not punch.user_id:
		frappe.throw(
			_(
				"This punch has no user ID. Find out at the device who it was, add a punch for them and dismiss this one."
			),
			title=_("Link to Employee"),
		)
	made = linking.link(punch.user_id, employee, way, punch.service_tag or "", from_date, until_date)
	return {"mapping": made.mapping}


@frappe.whitelist(methods=["POST"])
def add_punch(employee: str, time: str, log_type: str, reason: str) -> dict[str, str]:
	"""Add a punch that no device sent (added_punches.add). For HR who may create Employee Checkins of this employee.
	Returns the CAMS Punch as `punch`, and its `employee_checkin`."""
	frappe.only_for(READERS, message=True)
	frappe.get_doc("Employee", employee).check_permission("read")
	checkin = frappe.get_doc({"doctype": CHECKIN, "employee": employee, "time": time, "log_type": log_type})
	frappe.has_permission(CHECKIN, "create", checkin, throw=True)
	if not reason.strip():
		frappe.throw(_("Enter a reason."), title=_("Add Punch"))
	added = added_punches.add(employee, get_datetime(time), log_type, reason)
	return {"punch": added.name, "employee_checkin": added.employee_checkin}


@frappe.whitelist(methods=["POST"])
def take_back(name: str) -> None:
	"""Take an added punch back (added_punches.take_back). For HR who may change its check-in."""
	frappe.only_for(READERS, message=True)
	punch = frappe.get_doc("CAMS Punch", name)
	punch.check_permission("read")
	frappe.get_doc("Employee", punch.employee).check_permission("read")
	frappe.has_permission(CHECKIN, "write", throw=True)
	added_punches.take_back(name)


def _queue_again(names: list[str] | str, **values: object) -> int:
	resolvable = _resolvable(names)
	inbox.queue_again(resolvable, modified_by=frappe.session.user, **values)
	return len(resolvable)


def _resolvable(names: list[str] | str) -> list[str]:
	frappe.has_permission("CAMS Punch", "write", throw=True)
	names = frappe.parse_json(names) if isinstance(names, str) else names
	return frappe.get_list(
		"CAMS Punch", filters={"name": ["in", names], "state": ["in", RESOLVABLE]}, pluck="name"
	)
