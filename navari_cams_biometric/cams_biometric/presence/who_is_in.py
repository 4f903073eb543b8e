"""Who is in, and the last punches: by the last check-in of each active employee, also manual ones.

Looks back over a night shift; somebody who forgot to punch out counts as out after that.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.gate_times import APART, on_site, zones_in_use
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS

LOOK_BACK = timedelta(
	hours=16
)  # longer than a night shift with overtime, shorter than until the same time tomorrow
# Check-ins are indexed by when they were written, not by their time. What is written a day before its time is a
# mistake, and would keep somebody in until then.
WRITTEN_BEFORE = timedelta(days=1)
LAST_PUNCHES = 30


def board() -> dict:
	"""The last punches, and who is in."""
	return {"punches": last_punches(), **who_is_in()}


def who_is_in(branch: str | None = None) -> dict:
	"""Who is in now, by branch (or in one branch; "" is none), each with the time, device and direction of the last
	check-in. A check-in without direction leaves it open: such people are listed, and counted as `unsure`."""
	now = now_datetime()
	checkins, labels = _last_checkins(now), device_labels()
	branches: dict[str, dict] = {}
	for employee in _active_employees():
		checkin = checkins.get(employee.name)
		name = employee.branch or ""
		if not checkin or checkin.log_type == "OUT" or branch not in (None, name):
			continue
		group = branches.setdefault(name, {"branch": name, "people": [], "unsure": 0})
		group["people"].append(_present_person(employee, checkin, labels))
		group["unsure"] += not checkin.log_type
	return {
		"now": str(now.replace(microsecond=0)),
		"look_back_hours": round(LOOK_BACK.total_seconds() / 3600),
		"count": sum(len(group["people"]) for group in branches.values()),
		"unsure": sum(group["unsure"] for group in branches.values()),
		"branches": sorted(branches.values(), key=lambda group: (not group["branch"], group["branch"])),
	}


def last_punches() -> list[frappe._dict]:
	"""The latest by their own time, in any state; without those from a clock that is ahead."""
	punch, employee = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee")
	tolerance = read_settings().clock_tolerance or 0
	latest = now_datetime() + timedelta(minutes=tolerance)
	query = (
		frappe.qb.from_(punch)
		.left_join(employee)
		.on(employee.name == punch.employee)
		.select(punch.name, punch.user_id, punch.punch_time, punch.punch_type, punch.service_tag)
		.select(punch.state, punch.reason_code, punch.employee, employee.employee_name)
		.where(punch.punch_time <= latest)
		.orderby(punch.punch_time, order=Order.desc)
		.limit(LAST_PUNCHES)
	)
	rows, labels = permitted(query, "CAMS Punch").run(as_dict=True), device_labels()
	for row in rows:
		row.device = labels.get(row.service_tag, row.service_tag or "")
		row.sentence = _(str(REASONS[row.reason_code].sentence)) if row.reason_code in REASONS else ""
	return rows


def _last_checkins(now: datetime) -> dict[str, frappe._dict]:
	"""The last check-in of each employee since LOOK_BACK, by employee."""
	checkin = frappe.qb.DocType("Employee Checkin")
	since = now - LOOK_BACK
	around = APART if zones_in_use() else timedelta(0)
	rows = (
		frappe.qb.from_(checkin)
		.select(checkin.employee, checkin.time, checkin.custom_time_zone, checkin.log_type, checkin.device_id)
		.where((checkin.time >= since - around) & (checkin.time <= now + WRITTEN_BEFORE + around))
		.where((checkin.modified >= since - WRITTEN_BEFORE) & (checkin.creation >= since - WRITTEN_BEFORE))
		.orderby(checkin.creation)
		.run(as_dict=True)
	)
	for row in rows:
		row.time = on_site(row.time, row.custom_time_zone)
	recent = (row for row in rows if since <= row.time <= now + WRITTEN_BEFORE)
	return {row.employee: row for row in sorted(recent, key=lambda row: row.time)}


def _active_employees() -> list[frappe._dict]:
	"""As far as this user may see them; System Manager sees all here, without being in HR."""
	find = frappe.get_list if frappe.has_permission("Employee", "read") else frappe.get_all
	return find(
		"Employee",
		filters={"status": "Active"},
		fields=["name", "employee_name", "branch"],
		order_by="employee_name asc, name asc",
		limit=0,
	)


def _present_person(employee: frappe._dict, checkin: frappe._dict, labels: dict[str, str]) -> dict:
	return {
		"employee": employee.name,
		"employee_name": employee.employee_name or employee.name,
		"time": checkin.time,
		"device": labels.get(checkin.device_id, checkin.device_id or ""),
		"sure": bool(checkin.log_type),
	}
