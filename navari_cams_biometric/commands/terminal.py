"""What the commands share: the site they work on, exit codes, tables for people and JSON for programs."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from html import unescape

import click
import frappe
from frappe.commands import get_site, pass_context
from frappe.utils import strip_html

from navari_cams_biometric.cams_biometric.base.stored_values import (
	TEXT_LENGTH,
	lines_from_outside,
	words_from_outside,
)
from navari_cams_biometric.gateway.errors import GatewayError

DONE, FAILED, UNDER_WAY = 0, 1, 3  # 2 is click's own, for wrong usage
GAP = "  "

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def on_site(function: Callable[..., int]) -> Callable[..., None]:
	"""Run a command on the site that `bench --site` names, as Administrator, and commit at its end.

	The command returns the exit code. A refusal is printed in its own words, and ends with 1.
	"""

	@pass_context
	@wraps(function)
	def run(context: object, **options: object) -> None:
		frappe.init(site=get_site(context))
		frappe.connect()
		frappe.set_user("Administrator")
		try:
			code = function(**options)
			frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a command line has no request that would commit
		except (frappe.ValidationError, GatewayError) as error:
			click.echo(lines_from_outside(unescape(strip_html(str(error)))), err=True)
			code = FAILED
		finally:
			frappe.destroy()
		raise SystemExit(code)

	return run


def known_device(service_tag: str) -> str:
	"""The device's name as it is stored. Wrong usage where there is none."""
	name = frappe.db.get_value("CAMS Device", service_tag, "name")
	if not name:
		raise click.UsageError(f"There is no CAMS Device {service_tag}. See: cams devices")
	return name


def show_rows(rows: list[dict], columns: dict[str, str], in_json: bool, empty: str) -> None:
	"""A table with the headings of `columns`, which are named by their keys; as JSON all keys of the rows."""
	if in_json:
		click.echo(json.dumps([_plain_values(row) for row in rows], indent=1))
		return
	if not rows:
		click.echo(empty)
		return
	table = [list(columns.values())] + [[_cell(row.get(key)) for key in columns] for row in rows]
	widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
	for line in table:
		cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
		click.echo(GAP.join(cells).rstrip())


def show_record(record: dict, in_json: bool) -> None:
	"""One record, a line for each value; as JSON an object."""
	if in_json:
		click.echo(json.dumps(_plain_values(record), indent=1))
		return
	width = max(len(key) for key in record)
	for key, value in record.items():
		click.echo(f"{key.ljust(width)}{GAP}{_cell(value)}".rstrip())


def _plain_values(row: dict) -> dict:
	return {key: _plain(value) for key, value in row.items()}


def _plain(value: object) -> object:
	if isinstance(value, datetime):
		return value.isoformat(sep=" ", timespec="seconds")
	return value.isoformat() if isinstance(value, date) else value


def _cell(value: object) -> str:
	"""On one line, without what a terminal would take for a command; what is not known is empty."""
	if isinstance(value, bool):
		return "yes" if value else "no"
	if isinstance(value, list | tuple):
		return ", ".join(_cell(item) for item in value)
	return words_from_outside(str(_plain(value)), TEXT_LENGTH) if value not in (None, "") else ""
