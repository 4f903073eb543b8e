"""`cams command`, and how commands that send a request follow it to its end."""

import time

import click
import frappe

from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState
from navari_cams_biometric.cams_biometric.command_queue import command_results
from navari_cams_biometric.commands import terminal
from navari_cams_biometric.commands.terminal import as_json, on_site, show_record, show_rows
from navari_cams_biometric.gateway.errors import GatewayError

LAST = 20
STEP_SECONDS = 1.0
COLUMNS = {
	"name": "Command",
	"operation": "Operation",
	"service_tag": "Service Tag",
	"user_id": "User ID",
	"state": "State",
	"asked_by": "Asked By",
	"asked_at": "Asked At",
	"outcome": "Outcome",
}
EXIT_CODES = {
	CommandState.DONE: terminal.DONE,
	CommandState.FAILED: terminal.FAILED,
	CommandState.CANCELLED: terminal.FAILED,
}

wait = click.option(
	"--wait",
	type=click.FloatRange(min=0),
	default=30,
	show_default=True,
	help="Follow it for so many seconds.",
)


@click.command("command")
@click.argument("name", required=False)
@click.option("--check", is_flag=True, help="Ask the gateway after it first.")
@as_json
@on_site
def command(name: str | None, check: bool, as_json: bool) -> int:
	"""Show a CAMS Command, or without a NAME the last 20. Ends with 0, 1 or 3 by the state of the one."""
	if check and not name:
		raise click.UsageError("Say which: cams command NAME --check")
	if not name:
		last = frappe.get_all("CAMS Command", fields=["*"], order_by="creation desc, name desc", limit=LAST)
		show_rows(
			[_command_row(each) for each in last], COLUMNS, as_json, "Nothing was asked of the gateway yet."
		)
		return terminal.DONE
	if not frappe.db.exists("CAMS Command", name):
		raise click.UsageError(f"There is no CAMS Command {name}.")
	found = frappe.get_doc("CAMS Command", name)
	if check:
		_ask_after(found)
	return _show(found, as_json)


def follow(name: str, seconds: float, in_json: bool) -> int:
	"""Commit, so that a worker sends it, and look on until it has ended or the time is over; show it.

	Returns the exit code.
	"""
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a worker sends the command
	end = time.monotonic() + seconds
	while (found := _fresh(name)).state not in EXIT_CODES and time.monotonic() < end:
		time.sleep(min(STEP_SECONDS, max(0.0, end - time.monotonic())))
		try:
			_ask_after(found)
		except GatewayError:
			continue  # it is asked after again, by the scheduler too
	return _show(found, in_json)


def _fresh(name: str) -> frappe._dict:
	frappe.db.rollback()  # to see what the worker committed
	return frappe.get_doc("CAMS Command", name)


def _ask_after(found: frappe._dict) -> None:
	if found.state not in COMMANDS_UNDER_WAY or not found.answered_at:
		return
	with read_settings().client(attempts=1) as client:
		command_results.poll(client, found)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- keeps the answer; the loop rolls back before it reads again


def _show(found: frappe._dict, in_json: bool) -> int:
	show_record(_command_row(found), in_json)
	return EXIT_CODES.get(found.state, terminal.UNDER_WAY)


def _command_row(found: frappe._dict) -> dict:
	return {
		"name": found.name,
		"operation": found.operation,
		"service_tag": found.service_tag,
		"user_id": found.user_id or "",
		"employee": found.employee,
		"state": found.state,
		"outcome_unknown": bool(found.outcome_unknown),
		"outcome": found.outcome or "",
		"reason": found.reason or "",
		"asked_by": found.asked_by,
		"asked_at": frappe.utils.get_datetime(found.creation),
		"sent_at": _moment(found.sent_at),
		"finished_at": _moment(found.finished_at),
		"attempts": found.attempts,
	}


def _moment(told: object) -> object:
	return frappe.utils.get_datetime(told) if told else None
