"""Access schedules on devices: what was sent where, and whether it is applied.

Each row of a CAMS Access Schedule has the state of its device. An outcome counts for a row only if that row waits
for this very command: a schedule that was changed or sent again waits for another one.
"""

from collections.abc import Sequence

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base.states import ScheduleState
from navari_cams_biometric.cams_biometric.command_queue import queue

OPERATION = "SetAccessSchedule"
SCHEDULE, LINE = "CAMS Access Schedule", "CAMS Access Schedule Device"


def send_schedule(schedule: str) -> int:
	"""Ask the devices that do not have the schedule as it is stored; return how many.

	Where each of them has it, or is about to, all are asked again. Who may is the caller's to check. Throws
	where somebody has no Attendance Device ID any more, or the gateway API has no schedules.
	"""

	document = frappe.get_doc(SCHEDULE, schedule, for_update=True)
	lines = [
		line for line in document.devices if line.state not in (ScheduleState.APPLIED, ScheduleState.WAITING)
	] or document.devices
	windows = document.wire_windows()
	for line in lines:
		user_ids = document.user_ids(line.service_tag)
		command = queue.add_command(
			OPERATION, line.service_tag, schedule=document.name, windows=windows, user_ids=user_ids
		)
		line.db_set({"state": ScheduleState.WAITING, "command": command}, update_modified=False)
	_show_state(document)
	return len(lines)


def note_finished_command(command: Document, method: str | None = None) -> None:
	"""A finished SetAccessSchedule shows in the schedule's line for that device."""
	if command.operation != OPERATION:
		return
	schedule = frappe.db.get_value(LINE, {"command": command.name}, "parent")
	if not schedule:
		return  # sent again since, or taken off the schedule
	document = frappe.get_doc(SCHEDULE, schedule, for_update=True)
	for line in document.devices:
		if line.command == command.name and (values := _outcome(line, command)):
			line.db_set(values, update_modified=False)
	_show_state(document)


def note_changed_person(employee: Document) -> None:
	"""On saving an Employee: with another Attendance Device ID the devices have a schedule for somebody else."""
	if not employee.has_value_changed("attendance_device_id"):
		return
	listed = {"employee": employee.name, "parenttype": SCHEDULE}
	for schedule in frappe.get_all("CAMS Access Schedule Employee", filters=listed, pluck="parent"):
		note_changed(schedule)


def note_changed(schedule: str) -> None:
	"""The devices no longer have what the schedule says."""
	document = frappe.get_doc(SCHEDULE, schedule, for_update=True)
	for line in document.devices:
		line.db_set("state", state_after_change(line.state), update_modified=False)
	_show_state(document)


def state_after_change(state: str) -> str:
	"""The state of a line whose schedule changed. What was never sent, or was refused, stays so."""
	return ScheduleState.OUTDATED if state in (ScheduleState.WAITING, ScheduleState.APPLIED) else state


def state_of_all(states: Sequence[str]) -> str:
	"""What several lines come to: theirs where they agree, else what most needs somebody to look."""
	if len(set(states)) == 1:
		return states[0]
	if ScheduleState.APPLIED in states:
		return ScheduleState.PARTLY_APPLIED
	return next(
		state
		for state in (ScheduleState.FAILED, ScheduleState.OUTDATED, ScheduleState.NOT_SENT)
		if state in states
	)


def _outcome(line: Document, command: frappe._dict) -> dict[str, object]:
	"""A device that took a schedule which was changed meanwhile has it, in its earlier form."""
	taken = {"taken_at": now_datetime()} if command.state == "Done" else {}
	if line.state != ScheduleState.WAITING:
		return taken
	if taken:
		return {**taken, "state": ScheduleState.APPLIED}
	if command.state == "Cancelled":
		return {"state": ScheduleState.OUTDATED if line.taken_at else ScheduleState.NOT_SENT}
	return {"state": ScheduleState.FAILED}


def _show_state(document: Document) -> None:
	state = state_of_all([line.state for line in document.devices])
	document.db_set("state", state, update_modified=False, notify=True)
