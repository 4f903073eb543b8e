"""The state of a CAMS Command changes here alone: from the state in which the caller read it, or not at all.

Sending, cancelling, polling and the device's own events meet over one command, each with a copy of it read before.
"""

import frappe


def change_state(command: frappe._dict, update_modified: bool = True, **values: object) -> bool:
	"""Set these values if nobody has changed the command's state or sent it again since `command` was read.

	Returns whether they were set. Where they were not, `command` gets the state that the record has. The record stays
	locked until the end of the transaction.
	"""
	fields = ["state", "attempts"]
	stored = frappe.db.get_value("CAMS Command", command.name, fields, as_dict=True, for_update=True)
	if not stored:
		return False
	if (stored.state, stored.attempts) != (command.state, command.attempts):
		command.state = stored.state
		return False
	state_changed = values.get("state", command.state) != command.state
	command.db_set(values, notify=state_changed or update_modified, update_modified=update_modified)
	return True
