"""Access schedules on devices: what was sent where, and whether it is in force."""

import frappe

IN_FORCE, REFUSED = "In Force", "Failed"


def note_outcome(command: frappe._dict) -> None:
	"""A finished SetAccessSchedule shows in the schedule's line for that device."""
	if command.operation != "SetAccessSchedule":
		return
	state = IN_FORCE if command.state == "Done" else REFUSED
	frappe.db.set_value("CAMS Access Schedule Device", {"command": command.name}, "state", state)
