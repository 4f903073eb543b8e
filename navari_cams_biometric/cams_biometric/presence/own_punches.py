"""The punches of the employee who asks, with state and reason: "did it take me?".

Whose they are is decided by the user alone, not by anything that is asked for. Punches of which nobody is known yet
count by their user ID. A reason is told without its details, which may name other people; where an ID is several
people's, nobody is shown whose touches these were, but that there are some.
"""

from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.identities import AMBIGUOUS, identities_of_employees
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

LOOK_BACK_DAYS = 31
MOST = 1000
WAITING = (PunchState.QUEUED, PunchState.HELD, PunchState.FAILED)
FIELDS = ("punch_time", "original_time", "punch_type", "log_type", "state", "reason_code")
IDENTITY = ("employee", "user_id", "service_tag", "creation")  # what is read, and told to nobody


def own_punches(user: str) -> dict:
	"""`is_on`: whether Settings allow it; `has_employee`: whether the user is an active employee; `punches`, the latest
	first; `shared`: how many are held because others have the same user ID."""
	is_on = bool(read_settings().show_own_punches)
	employee = _employee_of(user) if is_on else None
	answer = {"is_on": is_on, "has_employee": bool(employee), "days": LOOK_BACK_DAYS}
	if not employee:
		return {**answer, "punches": [], "shared": 0}
	own, shared, devices = _own_and_shared(employee)
	return {**answer, "punches": [_shown(row, devices) for row in own], "shared": shared}


def _employee_of(user: str) -> str | None:
	"""Of a user who is enabled: Frappe 15 takes the API key of a disabled one."""
	if not user or user == "Guest" or not frappe.db.get_value("User", user, "enabled"):
		return None
	named = {"user_id": user, "status": "Active"}
	return next(iter(frappe.get_all("Employee", filters=named, pluck="name", order_by="name", limit=1)), None)


def _own_and_shared(employee: str) -> tuple[list[frappe._dict], int, dict[str, frappe._dict]]:
	"""The employee's punches, how many are somebody's of several, and the devices of all of these."""
	identities = identities_of_employees([employee])
	user_ids = sorted({claim.user_id for claim in identities.claims_of(employee)})
	rows = _rows(employee, user_ids)
	devices = find_devices(sorted({row.service_tag for row in rows if row.service_tag}))
	own, shared = [row for row in rows if row.employee == employee], 0
	for row in rows:
		if row.employee or row.user_id not in user_ids:
			continue
		day = getdate(row.punch_time or row.creation)
		found = identities.judge(row.user_id, devices.get(row.service_tag), day)
		if found.person and found.person.name == employee:
			own.append(row)
		elif found.code == AMBIGUOUS and employee in {person.name for person in found.candidates}:
			shared += 1
	latest_first = sorted(own, key=lambda row: row.punch_time or row.creation, reverse=True)
	return latest_first, shared, devices


def _rows(employee: str, user_ids: list[str]) -> list[frappe._dict]:
	"""The employee's, and those of nobody that have one of these user IDs (the database ignores case). A clock that was
	wrong does not hide a punch that is held for it."""
	punch = frappe.qb.DocType("CAMS Punch")
	since = now_datetime() - timedelta(days=LOOK_BACK_DAYS)
	waits = punch.state.isin(WAITING) & (punch.creation >= since)
	query = (
		frappe.qb.from_(punch)
		.select(*(punch[field] for field in (*FIELDS, *IDENTITY)))
		.where((punch.punch_time >= since) | waits)
		.orderby(punch.creation, order=Order.desc)
		.limit(MOST)
	)
	rows = query.where(punch.employee == employee).run(as_dict=True)
	if user_ids:
		rows += query.where(punch.employee.isnull() & punch.user_id.isin(user_ids)).run(as_dict=True)
	return rows


def _shown(row: frappe._dict, devices: dict) -> dict[str, object]:
	device = devices.get(row.service_tag)
	reason = REASONS.get(row.reason_code)
	return {
		**{field: row[field] for field in FIELDS},
		"device": (device.label or device.name) if device else "",
		"reason": _(str(reason.sentence)) if reason else "",
	}
