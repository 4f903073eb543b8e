"""What the Desk does with a CAMS Command: ask after it, take it back."""

import frappe

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY
from navari_cams_biometric.cams_biometric.command_queue import command_results, queue


@frappe.whitelist(methods=["POST"])
def check(name: str) -> str:
	"""Ask the gateway now after a command that is under way; return its state."""
	command = _permitted_command(name)
	if command.state in COMMANDS_UNDER_WAY and command.answered_at:
		with gateway_client() as client:
			command_results.poll(client, command)
	return command.state


@frappe.whitelist(methods=["POST"])
def cancel(name: str) -> bool:
	"""Take back a command that is not sent yet; tell whether it was in time."""
	return queue.cancel_command(_permitted_command(name).name)


def _permitted_command(name: str) -> frappe._dict:
	command = frappe.get_doc("CAMS Command", name)
	command.check_permission("read")
	ensure_may(command.operation)
	return command
