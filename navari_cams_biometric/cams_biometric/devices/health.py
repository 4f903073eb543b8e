"""The health of devices: from the gateway's answer for each and from their own punches.

Checked every ten minutes, and on demand. `health_rules` decides what is wrong, `notices` notifies. The device's
record has the problems that were notified already, so that each is notified once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base import notices, stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState
from navari_cams_biometric.cams_biometric.command_queue import command_results
from navari_cams_biometric.cams_biometric.devices import clocks, device_fields, health_rules
from navari_cams_biometric.cams_biometric.devices.health_rules import Case, Limits
from navari_cams_biometric.cams_biometric.shift_sync import watermark
from navari_cams_biometric.gateway.client import DeviceHealth, DeviceInfo, GatewayClient
from navari_cams_biometric.gateway.errors import (
	GatewayError,
	RateLimitedError,
	UnavailableError,
	UnreadableReplyError,
)

PATIENCE_SECONDS = 8.0  # for each question
BUDGET_SECONDS = 200  # a scheduled job may last 300
UNANSWERED_IN_A_ROW = 3  # then it is the gateway, and not a device
INFORMATION_HOURS = 24
OVERDUE_MINUTES = 30

FIELDS = [
	"name",
	"label",
	"creation",
	"last_reported",
	"connection",
	"connection_since",
	"queue_depth",
	"last_seen",
	"health",
	"problems",
	"clock_skew",
	"clock_skew_at",
	"information_at",
	"licence_until",
]


@dataclass
class Answer:
	"""What the gateway answered about one device at `asked_at`, in the site's zone.

	`refusal` is why it gave no answer; `overdue` means that a command has been pending too long.
	"""

	asked_at: datetime = field(default_factory=now_datetime)
	health: DeviceHealth | None = None
	information: DeviceInfo | None = None
	overdue: bool = False
	refusal: GatewayError | None = None


@dataclass
class Round:
	"""The answers by service tag. `outage` is why the gateway as a whole did not answer, in its own words."""

	answers: dict[str, Answer] = field(default_factory=dict)
	outage: str = ""


def check() -> None:
	"""Scheduled: look after every enabled device, if Settings say so and the gateway can be asked."""
	settings = read_settings()
	if settings.check_health and not settings.why_paused():
		check_all()


def check_all() -> str:
	"""Check every enabled device, those first whose last check is the oldest; commits after each.

	Returns why the gateway cannot be reached, or an empty text. An outage says nothing about a device: in that
	case only callbacks decide whether it is reporting, and what only the gateway knows stays as it was. A device
	that there was no time for keeps its record. Throws if Settings have no token.
	"""
	devices = frappe.get_all("CAMS Device", filters={"enabled": 1}, fields=FIELDS, order_by="health_at, name")
	with read_settings().client(attempts=1, timeout=PATIENCE_SECONDS) as client:
		checked = _check_in_turn(client, devices)
	for device in devices:
		if checked.outage or device.name in checked.answers:
			_conclude_safely(device.name, checked.answers.get(device.name, Answer()), checked.outage)
	_report(checked, devices)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- keeps the results of this round
	return checked.outage


def check_one(client: GatewayClient, service_tag: str) -> None:
	"""Look after one device in the caller's transaction. Raises GatewayError where the gateway says nothing of it."""
	answer = _check_with_gateway(
		client, frappe.db.get_value("CAMS Device", service_tag, FIELDS, as_dict=True)
	)
	if answer.refusal:
		raise answer.refusal
	_conclude(service_tag, answer, "")


def read_information(client: GatewayClient, service_tag: str) -> None:
	"""Store what the device reports of itself. Raises GatewayError if it reports nothing, for example while it is
	offline.
	"""
	stored_values.set_values(
		"CAMS Device", service_tag, device_fields.information_fields(client.get_device_info(service_tag))
	)


def _check_in_turn(client: GatewayClient, devices: Iterable[frappe._dict]) -> Round:
	checked, end = Round(), monotonic() + BUDGET_SECONDS
	for device in devices:
		if monotonic() > end:
			break
		answer = _check_with_gateway(client, device)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- keeps what was learned of a command
		if isinstance(answer.refusal, RateLimitedError):
			return checked  # the others would fare no better; they are first in the next round
		checked.answers[device.name] = answer
		if len(checked.answers) >= UNANSWERED_IN_A_ROW and _outage(checked):
			break
	checked.outage = _outage(checked)
	return checked


def _outage(checked: Round) -> str:
	"""Why the last ones asked for were not answered; empty where one of them was."""
	last = [answer.refusal for answer in checked.answers.values()][-UNANSWERED_IN_A_ROW:]
	outages = (UnavailableError, UnreadableReplyError)
	return str(last[-1]) if last and all(isinstance(refusal, outages) for refusal in last) else ""


def _check_with_gateway(client: GatewayClient, device: frappe._dict) -> Answer:
	answer = Answer()
	try:
		answer.health = client.check_device_health(device.name)
	except GatewayError as error:
		answer.refusal = error
		return answer
	if answer.health.online and _information_is_due(device):
		answer.information = _information_if_told(client, device.name)
	if answer.health.online:
		answer.overdue = _is_overdue(client, device.name)
	return answer


def _information_is_due(device: frappe._dict) -> bool:
	since = add_to_date(now_datetime(), hours=-INFORMATION_HOURS)
	return not device.information_at or get_datetime(device.information_at) < since


def _information_if_told(client: GatewayClient, service_tag: str) -> DeviceInfo | None:
	try:
		return client.get_device_info(service_tag)
	except GatewayError:
		return None  # nobody has a problem from that; it is asked again


def _is_overdue(client: GatewayClient, service_tag: str) -> bool:
	"""Whether the oldest command in progress has been pending too long, according to the gateway.

	If commands cannot be polled, only one that is known to wait for the device counts: one that was sent may be
	done.
	"""
	can_tell = client.supports("GetCommandStatus")
	waiting = {
		"service_tag": service_tag,
		"state": ["in", COMMANDS_UNDER_WAY if can_tell else [CommandState.WAITING]],
		"answered_at": ["is", "set"],
		"sent_at": ["<", add_to_date(now_datetime(), minutes=-OVERDUE_MINUTES)],
	}
	names = frappe.get_all("CAMS Command", filters=waiting, pluck="name", order_by="creation, name", limit=1)
	if not names:
		return False
	command = frappe.get_doc("CAMS Command", names[0])
	try:
		command_results.poll(client, command)
	except GatewayError:
		return True
	return command.state in COMMANDS_UNDER_WAY


def _conclude_safely(service_tag: str, answer: Answer, outage: str) -> None:
	"""One odd device does not keep the others from being looked after."""
	try:
		_conclude(service_tag, answer, outage)
		frappe.db.commit()
	except Exception:
		frappe.db.rollback()
		frappe.log_error(
			"CAMS device could not be judged", frappe.get_traceback(), "CAMS Device", service_tag
		)


def _conclude(service_tag: str, answer: Answer, outage: str) -> None:
	"""Store the new facts and what follows from them, and notify once. The row is the lock against a second
	notice.
	"""
	before = frappe.db.get_value("CAMS Device", service_tag, FIELDS, as_dict=True, for_update=True)
	_note_reported(service_tag, answer)
	reported = _reported_fields(service_tag, answer)
	case = Case(
		before, frappe._dict({**before, **reported}), bool(answer.health), answer.overdue, now_datetime()
	)
	problems = health_rules.find_problems(case, Limits.of_settings())
	remarks = [*problems.values(), *_remark(answer, outage)]
	judged = {
		"health": health_rules.health_of(case, problems),
		"problems": ",".join(problems),
		"health_note": stored_values.lines_from_outside("\n".join(remarks)),
		"health_at": case.now,
	}
	stored_values.set_values("CAMS Device", service_tag, {**reported, **judged})
	_notify_change(case, problems)


def _note_reported(service_tag: str, answer: Answer) -> None:
	"""Attendance waits until the device is known to have sent everything."""
	if answer.health and answer.health.online and answer.health.queue_depth == 0:
		watermark.note_reported(service_tag, answer.asked_at)


def _notify_change(case: Case, problems: dict[str, str]) -> None:
	if set(problems) - case.had:
		notices.notify_problem(case.before, problems)
	elif case.had and not problems:
		notices.notify_recovery(case.before)


def _reported_fields(service_tag: str, answer: Answer) -> dict[str, object]:
	"""The fields with a new value; those that were not reported keep theirs."""
	return {
		**(device_fields.connection_fields(answer.health) if answer.health else {}),
		**(device_fields.information_fields(answer.information) if answer.information else {}),
		**clocks.measure_clock(service_tag),
	}


def _remark(answer: Answer, outage: str) -> list[str]:
	if answer.health:
		return []
	if outage:
		return [_("The gateway cannot be reached, so only callbacks are considered. {0}").format(outage)]
	return [
		_("The gateway gave no information on it, so only callbacks are considered. {0}").format(
			answer.refusal
		)
	]


def _report(checked: Round, devices: list[frappe._dict]) -> None:
	"""For the administrators, once a day each."""
	if checked.outage:
		log_once_a_day(
			"The CAMS gateway cannot be reached",
			f"{checked.outage}\nThe health of devices is decided by their callbacks until it answers.",
			identity=("health", "outage"),
		)
		return
	if len(checked.answers) < len(devices):
		log_once_a_day(
			"The health of CAMS devices could not be asked for in time",
			f"{len(checked.answers)} of {len(devices)} devices were asked; the others come first next time."
			" The gateway is slow, or limits the rate.",
			identity=("health", "incomplete"),
		)
	for service_tag, answer in checked.answers.items():
		if answer.refusal:
			log_once_a_day(
				"The CAMS gateway said nothing of a device",
				str(answer.refusal),
				identity=("health", "refused", service_tag),
				reference_doctype="CAMS Device",
				reference_name=service_tag,
			)
