"""Requests that change something at the gateway: a CAMS Command first, then sent by a worker, one at a time per
device.

A command is claimed, and the claim is committed, before it is sent, so that a worker that dies leaves a trace. A
command that is safe to repeat is then sent again; any other fails with an unknown outcome. The commands of a
device keep their order, except that doors go first. `command_results` handles the results.
"""

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import CommandState
from navari_cams_biometric.cams_biometric.command_queue import command_results
from navari_cams_biometric.cams_biometric.command_queue.command_arguments import client_arguments
from navari_cams_biometric.cams_biometric.command_queue.command_states import change_state
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import label_of
from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.errors import GatewayError
from navari_cams_biometric.gateway.operations import GET, REQUESTS

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)


SEND = f"{__name__}.send_due"
SEND_TIMEOUT = 20 * 60  # seconds
NO_ANSWER_MINUTES = 5  # longer than a request may last
URGENT = ("OpenDoor", "LockDoor", "ResetDeviceQueue")
RISKY_SECONDS = 10 * 60  # what must not be repeated must not come late either
DOOR_SECONDS = 50  # in which a door has to be on its way: a minute, less what a connection may take


def add_command(
	operation: str,
	service_tag: str = "",
	*,
	user_id: str = "",
	employee: str | None = None,
	reason: str = "",
	secret: str = "",
	**arguments: object,
) -> str:
	"""Record a command, and send it once the transaction is committed. Returns the CAMS Command's name.

	`arguments` are those of the client's method, as JSON can hold them, without device, person and secret;
	`photo="employee"` means the employee's picture. `secret` is the card number, the PIN, or a template in
	base64: encrypted until it is sent, then deleted. The caller checks permissions.

	Throws if Settings have no token, or the gateway API lacks the operation.
	"""
	ensure_possible(operation)
	command = frappe.new_doc("CAMS Command")
	command.update(
		{
			"operation": operation,
			"service_tag": service_tag or None,
			"user_id": user_id,
			"employee": employee,
			"state": CommandState.QUEUED,
			"asked_by": frappe.session.user,
			"reason": reason,
			"arguments": frappe.as_json(_known_arguments(operation, arguments)) if arguments else None,
			"secret": secret,
			"due_at": now_datetime(),
		}
	)
	command.insert(ignore_permissions=True)
	request_sending(service_tag, at_front=operation in URGENT)
	return command.name


def ensure_possible(operation: str) -> None:
	"""Throw if the gateway cannot be asked for this."""
	if reason := why_impossible(operation):
		frappe.throw(reason, title=_("Not Possible"))


def required_reason(reason: str) -> str:
	"""The reason, trimmed. Throws if there is none: the command keeps it as an audit trail."""
	if not reason.strip():
		frappe.throw(_("Enter a reason: it is kept with the command."), title=_("Reason"))
	return reason.strip()


def why_impossible(operation: str, settings: "CAMSBiometricSettings | None" = None) -> str:
	"""Why this operation is not possible, and what to do; empty if it is possible. `settings` are those that the caller
	has read already."""
	settings = settings or read_settings()
	if not settings.auth_token_digest:
		return _("Enter the Auth Token in CAMS Biometric Settings first.")
	if operation in settings.unsupported_operations():
		words = _("{0} is not supported by {1}. Use REST v3, if your account has it.")
		return words.format(label_of(operation), settings.gateway_api)
	return ""


def request_sending(service_tag: str, at_front: bool = False) -> None:
	jobs.after_commit(
		SEND, queue="default", timeout=SEND_TIMEOUT, at_front=at_front, service_tag=service_tag or ""
	)


def send_due(service_tag: str) -> None:
	"""Background job: send what is due for one device (or, without one, for the account), one after the other."""
	frappe.set_user("Administrator")
	settings = read_settings()
	if reason := settings.why_paused(service_tag):
		_pause(reason, {"service_tag": service_tag or ["is", "not set"]})
		return
	with settings.client(attempts=1) as client:
		while command := _claim(service_tag):
			frappe.db.commit()  # nosemgrep: frappe-manual-commit -- the claim is visible to other workers before the command is sent
			_send(client, command)
			frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a sent command stays sent whatever the next one does


def sweep() -> None:
	"""Scheduled: recover commands of lost jobs and dead workers, send what is due, poll those in progress."""
	_recover()
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- the jobs requested below see the recovered commands
	if reason := read_settings().why_paused():
		_pause(reason, {})
		return
	due = {"state": CommandState.QUEUED, "due_at": ["<=", now_datetime()]}
	for service_tag in frappe.get_all("CAMS Command", filters=due, pluck="service_tag", distinct=True):
		tag = service_tag or ""
		jobs.request_job(SEND, f"cams_commands_{tag}", queue="default", timeout=SEND_TIMEOUT, service_tag=tag)
	command_results.poll_due()


def cancel_command(name: str) -> bool:
	"""Cancel a command that is not sent yet. Returns whether it was cancelled."""
	command = frappe.get_doc("CAMS Command", name)
	if command.state != CommandState.QUEUED:
		return False
	words = _("Cancelled by {0}.").format(frappe.session.user)
	return command_results.finish(command, CommandState.CANCELLED, words)


def _pause(reason: str, lane: dict[str, object]) -> None:
	"""The gateway must not be asked: the commands stay queued, and say why."""
	queued = {**lane, "state": CommandState.QUEUED}
	for row in frappe.get_all("CAMS Command", filters=queued, fields=["name", "outcome"]):
		if row.outcome != reason:
			frappe.db.set_value("CAMS Command", row.name, "outcome", reason, update_modified=False)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a job or the scheduler: nothing else is under way


def _known_arguments(operation: str, arguments: dict[str, object]) -> dict[str, object]:
	known = REQUESTS[operation]
	names = {parameter.name for parameter in known.parameters if not parameter.secret} | {"photo"}
	unknown = set(arguments) - names
	if known.verb == GET or unknown:
		raise ValueError(f"{operation} is no command, or has no {', '.join(sorted(unknown))}")
	return {name: value for name, value in arguments.items() if value is not None}


def _claim(service_tag: str) -> frappe._dict | None:
	"""Mark the device's next command as sent; None if nothing is due or another worker is sending.

	The row of the device is the lock. Each turn is a new transaction, so that it sees what others committed.
	"""
	lock = ("CAMS Device", service_tag) if service_tag else ("DocType", "CAMS Command")
	lane = {"service_tag": service_tag or ["is", "not set"]}
	being_sent = {**lane, "state": CommandState.SENT, "answered_at": ["is", "not set"]}
	while True:
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- begins a transaction that sees what others committed
		frappe.db.get_value(*lock, "name", for_update=True)
		if frappe.db.exists("CAMS Command", being_sent):
			return None
		command = _next({**lane, "state": CommandState.QUEUED})
		if not command:
			return None
		if reason := _why_too_late(command):
			command_results.fail(command, reason)
			continue
		sent = {"state": CommandState.SENT, "sent_at": now_datetime(), "attempts": command.attempts + 1}
		if change_state(command, **sent):  # else somebody cancelled it in the meantime
			return command


def _why_too_late(command: frappe._dict) -> str:
	"""Why a command must not be sent any more; empty where it may."""
	if command.operation == command_results.DOOR and command_results.age_seconds(command) > DOOR_SECONDS:
		return _("The door was not opened: the command could not be sent within a minute. Ask again.")
	if command_results.is_risky(command) and command_results.age_seconds(command) >= RISKY_SECONDS:
		return _("It could not be sent in time. Send it again if you still want it.")
	return ""


def _next(queued: dict[str, object]) -> frappe._dict | None:
	"""The first command in order; an urgent one goes first. While the first waits for a retry, those behind it
	wait too.
	"""
	urgent = {**queued, "operation": ["in", URGENT]}
	for filters in (urgent, queued):
		row = frappe.get_all(
			"CAMS Command", filters=filters, fields=["name", "due_at"], order_by="creation, name", limit=1
		)
		if row and get_datetime(row[0].due_at) <= now_datetime():
			return frappe.get_doc("CAMS Command", row[0].name)
	return None


def _send(client: GatewayClient, command: frappe._dict) -> None:
	if command.operation == command_results.DOOR and (reason := _why_no_door_opens(client, command)):
		command_results.fail(command, reason)
		return
	try:
		answer = getattr(client, REQUESTS[command.operation].method)(**client_arguments(command))
	except GatewayError as error:
		command_results.record_refusal(command, error)
	except Exception:
		frappe.db.rollback()
		# Frappe's own traceback would show local variables, and among them the secret.
		trace = frappe.get_traceback(with_context=False)
		frappe.log_error("CAMS command failed", trace, "CAMS Command", command.name)
		command_results.fail(command, _("An unexpected error, see the Error Log."))
	else:
		command_results.record_answer(command, answer)


def _why_no_door_opens(client: GatewayClient, command: frappe._dict) -> str:
	"""The gateway keeps commands for a device that is offline, and would open its door hours later: whether the device
	can be reached is asked first."""
	try:
		reachable = client.ping_connection(command.service_tag)
	except GatewayError as error:
		return _("The door was not opened: {0}").format(error.sentence)
	if not reachable:
		return _("The door was not opened: the device is offline. Ask again when it is back online.")
	return _why_too_late(command)


def _recover() -> None:
	"""Commands that were sent by a worker that died."""
	lost = {
		"state": CommandState.SENT,
		"answered_at": ["is", "not set"],
		"sent_at": ["<", add_to_date(now_datetime(), minutes=-NO_ANSWER_MINUTES)],
	}
	for name in frappe.get_all("CAMS Command", filters=lost, pluck="name"):
		command = frappe.get_doc("CAMS Command", name, for_update=True)
		if command.state == CommandState.SENT and not command.answered_at:
			command_results.record_no_answer(command)
