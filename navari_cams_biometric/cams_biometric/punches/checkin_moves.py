"""After *Check-in Time* of a device was changed, or its zone while that is in force: its unmarked check-ins move to the
other wall clock. The moment of each stays.

What attendance is marked by, what a person changed and what another record refers to stays as it is. A text without an
offset has no other moment by a new zone until it comes again (punches.touches), so a new zone alone moves only what came
with an offset.
"""

import frappe
from frappe.utils import get_datetime

from navari_cams_biometric.cams_biometric.base import gate_times, jobs
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import checkin_evidence, looks_due, repeats

JOB = "navari_cams_biometric.cams_biometric.punches.checkin_moves.move"
BATCH = 200


def move_after_commit(service_tag: str) -> None:
	"""What a lost job leaves, the sweep does."""
	looks_due.note_device(service_tag)
	jobs.after_commit(JOB, queue="long", service_tag=service_tag)


def preview(service_tag: str, checkin_time: str | None, time_zone: str | None) -> dict:
	"""What saving the device so would do: the `count` of check-ins that move, the `marked` or changed that stay, and
	`before` and `after` of the latest that moves."""
	zone = gate_times.zone_of(frappe._dict(checkin_time=checkin_time, time_zone=time_zone))
	found = _on_another_clock(service_tag, zone)
	movable = _movable(found)
	shown = {}
	if movable:
		last = max(movable, key=lambda row: row.punch_time)
		after = gate_times.in_gate_zone(last, zone)
		shown = {"before": str(last.time), "after": str(after.time)}
	return {"count": len(movable), "marked": len(found) - len(movable), **shown}


def move(service_tag: str) -> None:
	"""Background job: take the check-ins back and let the worker make them anew. Commits as it goes; one that somebody is
	at is left to the sweep."""
	frappe.set_user("Administrator")
	fields = ["checkin_time", "time_zone"]
	device = frappe.db.get_value("CAMS Device", service_tag, fields, as_dict=True)
	rows = _movable(_on_another_clock(service_tag, gate_times.zone_of(device)))
	is_all = True
	for first in range(0, len(rows), BATCH):
		looks_due.still_at_device(service_tag)
		try:
			is_all &= all([_take_back(row) for row in rows[first : first + BATCH]])
		except jobs.BUSY:
			frappe.db.rollback()
			is_all = False
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a long job keeps what is done
	if is_all:
		looks_due.forget_device(service_tag)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- the punches are due for the drain


def _take_back(row: frappe._dict) -> bool:
	"""False where it is no longer as it was read: it is judged anew next time."""
	fields = ["attendance", "modified"]
	now = frappe.db.get_value(checkin_evidence.CHECKIN, row.checkin, fields, as_dict=True, for_update=True)
	if not now:
		return True
	if now.attendance or now.modified != row.modified:
		return False
	repeats.take_back(row.checkin)
	return True


def _on_another_clock(service_tag: str, zone: str | None) -> list[frappe._dict]:
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	rows = (
		frappe.qb.from_(punch)
		.join(checkin)
		.on((checkin.name == punch.employee_checkin) & (checkin.custom_cams_punch == punch.name))
		.select(punch.name, punch.punch_time, punch.punched_at_utc, punch.has_offset)
		.select(checkin.name.as_("checkin"), checkin.time, checkin.custom_time_zone, checkin.attendance)
		.select(checkin.modified)
		.where((punch.service_tag == service_tag) & (punch.state == PunchState.RECORDED))
		.run(as_dict=True)
	)
	return [row for row in rows if is_on_another_clock(row, zone)]


def is_on_another_clock(row: frappe._dict, zone: str | None) -> bool:
	"""`row` has what the punch says (punch_time, punched_at_utc, has_offset) and the check-in's time and custom_time_zone."""
	former = row.custom_time_zone or None
	if former == zone or (former and zone and not row.has_offset):
		return False
	return get_datetime(row.time) != gate_times.in_gate_zone(row, zone).time


def _movable(rows: list[frappe._dict]) -> list[frappe._dict]:
	changed = checkin_evidence.changed_among(row.checkin for row in rows)
	return [row for row in rows if not row.attendance and row.checkin not in changed]
