"""The outcome of a command: the gateway's answer or refusal, no answer, or the result of a later poll.

Each step is stored and shown at once. A secret is deleted as soon as the command no longer needs it.
"""

from collections.abc import Container, Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime
from frappe.utils.password import remove_encrypted_password

from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState, DeviceUserState
from navari_cams_biometric.cams_biometric.base.stored_values import from_outside, lines_from_outside
from navari_cams_biometric.cams_biometric.command_queue.command_states import change_state
from navari_cams_biometric.gateway.client import Command, CommandStatus, GatewayClient
from navari_cams_biometric.gateway.errors import GatewayError, NotFoundError, RequestRefusedError
from navari_cams_biometric.gateway.operations import OPERATIONS

STATE_OF_STATUS = {
	CommandStatus.SENT: CommandState.SENT,
	CommandStatus.QUEUED: CommandState.WAITING,
	CommandStatus.DONE: CommandState.DONE,
	CommandStatus.FAILED: CommandState.FAILED,
	CommandStatus.CANCELLED: CommandState.CANCELLED,
}

RETRY_MINUTES = (1, 2, 5, 10, 20, 30)  # then every 30
GIVE_UP_DAYS = 3
POLL_SECONDS = (15, 30, 60, 120, 300, 600, 1800)  # then every half hour
FORGET_DAYS = 30  # a command that no event will confirm any more
POLLS_AT_ONCE = 500
CLOCK_SECONDS = 60  # that a device's clock may differ by, beside the difference that is known of it
DOOR = "OpenDoor"
DOOR_SECONDS = 60  # in which a door is opened, or not at all
EARLIER_MINUTES = 2  # until it is seen whether an earlier command has brought the person to the device


def record_answer(command: frappe._dict, answer: Command) -> None:
	"""The gateway accepted the command: it is done, sent, or waiting for the device."""
	state = STATE_OF_STATUS[answer.state]
	values = {
		"operation_id": from_outside(answer.operation_id),
		"answered_at": now_datetime(),
		"outcome": _answer_text(answer),
	}
	if state not in COMMANDS_UNDER_WAY:
		finish(command, state, **values)
		return
	if not change_state(command, **values, state=state, due_at=_next_poll(0)):
		return
	_forget_secret(command)
	if state == CommandState.WAITING:
		_fail_late_door(command)


def record_refusal(command: frappe._dict, error: GatewayError) -> None:
	"""Retry a transient refusal if a repeat can do no harm. Anything else is Failed."""
	if isinstance(error, NotFoundError) and _is_being_brought(command):
		_wait_for_earlier(command)
		return
	if isinstance(error, NotFoundError) and command.operation == "DeleteUser":
		finish(command, CommandState.DONE, _("The gateway has no such person on this device."))
		return
	if not getattr(error, "transient", False):
		fail(command, lines_from_outside(error.sentence))
		return
	no_answer = isinstance(error, RequestRefusedError) and error.code is None
	if is_risky(command):
		fail(command, lines_from_outside(error.sentence), outcome_unknown=no_answer)
		return
	_try_again(command, lines_from_outside(error.sentence), getattr(error, "retry_after", None))


def record_no_answer(command: frappe._dict) -> None:
	"""The worker stopped before an answer arrived."""
	if is_risky(command):
		words = _(
			"The worker stopped before an answer arrived. Check whether the device carried it out before you send it again."
		)
		fail(command, words, outcome_unknown=True)
		return
	_try_again(command, _("The worker stopped before an answer arrived. Sending it again is safe."))


def is_risky(command: frappe._dict) -> bool:
	return not OPERATIONS[command.operation].safe_to_repeat


def fail(command: frappe._dict, words: str, outcome_unknown: bool = False) -> None:
	finish(command, CommandState.FAILED, words, outcome_unknown=int(outcome_unknown))


def finish(command: frappe._dict, state: str, outcome: str = "", **values: object) -> bool:
	"""End the command and run its event `on_finished`: the listeners update what the command has changed.

	Returns whether it was ended: not where its state is another by now.
	"""
	now = now_datetime()
	finished = {"state": state, "finished_at": now, "answered_at": now, "due_at": None, "outcome": outcome}
	if not change_state(command, **{**finished, **values}):
		return False
	_forget_secret(command)
	command.run_method("on_finished")  # its listeners are under doc_events in hooks.py
	return True


def poll_due() -> None:
	"""Poll the gateway for commands in progress, those that are due longest first."""
	due = {
		"state": ["in", COMMANDS_UNDER_WAY],
		"answered_at": ["is", "set"],
		"due_at": ["<=", now_datetime()],
	}
	names = frappe.get_all("CAMS Command", filters=due, pluck="name", order_by="due_at", limit=POLLS_AT_ONCE)
	if not names:
		return
	with read_settings().client(attempts=1) as client:
		for name in names:
			try:
				poll(client, frappe.get_doc("CAMS Command", name))
			except RequestRefusedError as error:
				if error.transient:
					return  # the others would fare no better; they stay due
			finally:
				frappe.db.commit()  # nosemgrep: frappe-manual-commit -- each outcome is kept whatever the next poll does


def poll(client: GatewayClient, command: frappe._dict) -> None:
	"""Poll once for a command in progress. Raises RequestRefusedError if the gateway does not answer."""
	if not (client.supports("GetCommandStatus") and command.operation_id):
		_wait_for_event(command)
		return
	try:
		answer = client.get_command_status(command.operation_id)
	except NotFoundError:
		fail(command, _("The gateway no longer has this command."), outcome_unknown=True)
		return
	state = STATE_OF_STATUS[answer.state]
	if state not in COMMANDS_UNDER_WAY:
		finish(command, state, _answer_text(answer))
		return
	polls = command.polls + 1
	values = {"state": state, "polls": polls, "due_at": _next_poll(polls)}
	if change_state(command, update_modified=state != command.state, **values):
		_fail_late_door(command)


def confirm_by_event(
	service_tag: str,
	user_id: str,
	operations: Iterable[str],
	happened_at: datetime | None,
	fingers: Container[str] = (),
) -> None:
	"""The device reported that a person is there, or was removed: commands that requested this are done.

	`happened_at` is the event's own time, on the site's clock; without one nothing is confirmed, as the event may be
	weeks old. `fingers` are the indexes of the fingerprints in the event. A disabled device confirms nothing.
	"""
	device = frappe.db.get_value("CAMS Device", service_tag, ["enabled", "clock_skew"], as_dict=True)
	if not (happened_at and device and device.enabled):
		return
	latest_sending = add_to_date(happened_at, seconds=CLOCK_SECONDS - (device.clock_skew or 0))
	asked = {
		"service_tag": service_tag,
		"user_id": user_id,
		"operation": ["in", list(operations)],
		"state": ["in", COMMANDS_UNDER_WAY],
		"answered_at": ["is", "set"],
		"sent_at": ["<=", latest_sending],
	}
	for name in frappe.get_all("CAMS Command", filters=asked, pluck="name"):
		command = frappe.get_doc("CAMS Command", name)
		if command.user_id == user_id and _asked_finger(command) in ("", *fingers):
			finish(command, CommandState.DONE, _("Confirmed by the device."))


def _asked_finger(command: frappe._dict) -> str:
	"""The index of the finger that was asked for; empty where any will do."""
	if command.operation != "EnrollFingerprint":
		return ""
	return str(frappe.parse_json(command.arguments or "{}").get("index", ""))


def _fail_late_door(command: frappe._dict) -> None:
	"""A door that is not open within a minute is not waited for: the gateway may still open it, and a person is told."""
	waits_for_device = command.state == CommandState.WAITING
	if command.operation != DOOR or not (waits_for_device or age_seconds(command) > DOOR_SECONDS):
		return
	words = _(
		"The device did not open the door within a minute. The gateway keeps the command and may open it later: use Reset Queue on the device to prevent that."
	)
	fail(command, words, outcome_unknown=True)


def age_seconds(command: frappe._dict) -> float:
	"""Since it was asked for."""
	return (now_datetime() - get_datetime(command.creation)).total_seconds()


def _is_being_brought(command: frappe._dict) -> bool:
	"""Whether an earlier command for this person, or one that copies people, is still in progress on the device."""
	earlier = {
		"service_tag": command.service_tag,
		"state": ["in", COMMANDS_UNDER_WAY],
		"name": ["!=", command.name],
	}
	own = {**earlier, "user_id": command.user_id, "operation": ["!=", "DeleteUser"]}
	copies = {**earlier, "operation": "CopyUsers"}
	if not command.user_id:
		return False
	return any(frappe.db.exists("CAMS Command", filters) for filters in (own, copies))


def _wait_for_earlier(command: frappe._dict) -> None:
	"""Without a limit: otherwise an offline device that comes back would restore somebody who left."""
	due_at = add_to_date(now_datetime(), minutes=EARLIER_MINUTES)
	words = _("Waits until an earlier command for this person has reached the device.")
	change_state(command, state=CommandState.QUEUED, due_at=due_at, sent_at=None, outcome=words)


def _wait_for_event(command: frappe._dict) -> None:
	"""This command cannot be polled. The device's own event may confirm it; without one its outcome stays
	unknown.

	For the removal of somebody who is not known to be on the device there may be no event: a day is enough.
	"""
	days = (now_datetime() - get_datetime(command.answered_at)).days
	on_device = {
		"service_tag": command.service_tag,
		"user_id": command.user_id,
		"state": DeviceUserState.ON_DEVICE,
	}
	nobody = command.operation == "DeleteUser" and not frappe.db.exists("CAMS Device User", on_device)
	if nobody and days >= 1:
		finish(command, CommandState.DONE, _("Sent. There is no record of this person on this device."))
		return
	if days < FORGET_DAYS:
		change_state(command, update_modified=False, due_at=add_to_date(now_datetime(), days=1))
		return
	fail(command, _("The device never confirmed it."), outcome_unknown=True)


def _try_again(command: frappe._dict, words: str, seconds: float | None = None) -> None:
	if (now_datetime() - get_datetime(command.creation)).days >= GIVE_UP_DAYS:
		fail(command, words)
		return
	minutes = RETRY_MINUTES[min(command.attempts, len(RETRY_MINUTES)) - 1]
	due_at = add_to_date(now_datetime(), seconds=max(60 * minutes, seconds or 0))
	change_state(command, state=CommandState.QUEUED, due_at=due_at, sent_at=None, outcome=words)


def _next_poll(polls: int) -> str:
	return add_to_date(now_datetime(), seconds=POLL_SECONDS[min(polls, len(POLL_SECONDS) - 1)])


def _answer_text(answer: Command) -> str:
	if answer.words:
		return lines_from_outside(answer.words)
	return (
		_("Waiting at the gateway until the device is back online.")
		if answer.state is CommandStatus.QUEUED
		else ""
	)


def _forget_secret(command: frappe._dict) -> None:
	if command.secret:
		remove_encrypted_password("CAMS Command", command.name, "secret")
		command.db_set("secret", None, update_modified=False)
