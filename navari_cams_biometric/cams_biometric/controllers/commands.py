"""What the Desk does with a CAMS Command: ask after it, take it back."""

import frappe

from navari_cams_biometric.cams_biometric.controllers.asking import asking
from navari_cams_biometric.cams_biometric.devices import commands, outcomes
from navari_cams_biometric.cams_biometric.devices.permissions import ensure_may


@frappe.whitelist(methods=["POST"])
def check(name: str) -> str:
	"""Ask the gateway now after a command that is under way; return its state."""
	command = _permitted(name)
	if command.state in outcomes.UNDER_WAY and command.answered_at:
		with asking() as client:
			outcomes.poll(client, command)
	return command.state


@frappe.whitelist(methods=["POST"])
def cancel(name: str) -> bool:
	"""Take back a command that is not sent yet; tell whether it was in time."""
	return commands.cancel(_permitted(name).name)


def _permitted(name: str) -> frappe._dict:
	command = frappe.get_doc("CAMS Command", name)
	command.check_permission("read")
	ensure_may(command.operation)
	return command
