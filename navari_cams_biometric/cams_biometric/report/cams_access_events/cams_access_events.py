"""CAMS Access Events: who came through and which door moved, from the gateway, with the door commands of this
site.

The gateway is called while the user waits: only as long as a page may take; then the report says what is missing.
"""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, get_system_timezone, getdate

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.identities import identities_of
from navari_cams_biometric.cams_biometric.base.permissions import (
	DOOR_OPERATIONS,
	ensure_may,
	sees_door_commands_only,
)
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.user_permissions import seen_among
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import label_of
from navari_cams_biometric.cams_biometric.report.columns import column
from navari_cams_biometric.gateway.client import AccessEvent, GatewayApi
from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.timestamp import parse_timestamp

LONGEST_DAYS = 31
MOST_EVENTS = 5000
PATIENCE_SECONDS = 7.0  # for one page; Frappe makes a report that takes 15 in all a prepared one
LONGEST_SECONDS = 7.0

Row = dict[str, object]


def execute(filters: dict[str, object] | None = None) -> tuple[list[Row], list[Row], str | None]:
	"""Filters: `device`, a service tag; `from_date` and `to_date`, whole days of the site's zone, today by default.

	Returns columns, rows in time order, and a message in HTML where not everything is told. Throws for a span
	of more than 31 days.
	"""
	ensure_may("GetAccessEvents")
	filters = frappe._dict(filters)
	if not filters.device:
		return _columns(), [], _("Choose a device.")
	device = frappe.get_doc("CAMS Device", filters.device)
	device.check_permission("read")
	first, last = _days(filters)
	events, sentences = _gateway_events(device, first, last)
	rows = [*_rows_of_gateway(events, device), *_rows_of_site(device, first, last)]
	rows.sort(key=lambda row: row["time"] or datetime.max)
	return _columns(), rows, "<br>".join(escape_html(sentence) for sentence in sentences) or None


def _days(filters: frappe._dict) -> tuple[date, date]:
	first, last = getdate(filters.from_date), getdate(filters.to_date)
	if last < first:
		frappe.throw(_("Choose a first day that is not after the last one."), title=_("From and To"))
	if (last - first).days >= LONGEST_DAYS:
		frappe.throw(_("Choose at most {0} days.").format(LONGEST_DAYS), title=_("From and To"))
	return first, last


def _gateway_events(device: frappe._dict, first: date, last: date) -> tuple[list[AccessEvent], list[str]]:
	"""The gateway's events, and a message about them. A refusal is no error: this site's rows are still shown."""
	zone = ZoneInfo(get_system_timezone())
	start = get_datetime(first).replace(tzinfo=zone)
	end = get_datetime(last).replace(hour=23, minute=59, second=59, tzinfo=zone)
	events: list[AccessEvent] = []
	sentences = _notes_on_gateway_api()
	deadline = time.monotonic() + LONGEST_SECONDS
	try:
		with gateway_client(PATIENCE_SECONDS) as client:
			for event in client.get_access_events(device.name, start, end):
				if len(events) == MOST_EVENTS or time.monotonic() > deadline:
					sentences.append(_("Not all events are shown. Choose fewer days."))
					break
				events.append(event)
	except frappe.ValidationError as refusal:
		frappe.clear_last_message()
		sentences.append(_("The gateway did not return its events: {0}").format(unescape(str(refusal))))
	return events, sentences


def _notes_on_gateway_api() -> list[str]:
	settings = read_settings()
	if settings.gateway_api == GatewayApi.REST_V3.value:
		return []
	return [_("{0} reports punches, but no door events.").format(settings.gateway_api)]


def _rows_of_gateway(events: list[AccessEvent], device: frappe._dict) -> Iterator[Row]:
	shows_people = not sees_door_commands_only()
	names = _employees({event.user_id for event in events}, device) if shows_people else {}
	seen = {
		id(event)
		for event in seen_among(events, lambda event: _name(names, event.user_id), lambda _event: device.name)
	}
	for event in events:
		if event.user_id and shows_people and id(event) not in seen:
			continue
		moment = _moment(event.log_time, device)
		yield {
			"time": moment,
			"device": device.name,
			"person": _person(names, event.user_id) if shows_people else "",
			"event": event.kind if moment else _("{0} at {1}").format(event.kind, event.log_time),
			"door": event.door,
			"source": _("Gateway"),
		}


def _name(known: dict[str, frappe._dict], user_id: str) -> str:
	return known[user_id].name if user_id in known else ""


def _person(known: dict[str, frappe._dict], user_id: str) -> str:
	return known[user_id].employee_name if user_id in known else user_id


def _employees(user_ids: set[str], device: frappe._dict) -> dict[str, frappe._dict]:
	"""Employees by the user IDs that they have on the device."""
	people = identities_of(user_ids)
	known = {user_id: people.who(user_id, device) for user_id in user_ids}
	return {user_id: person for user_id, person in known.items() if person}


def _moment(log_time: str, device: frappe._dict) -> datetime | None:
	"""In the site's zone; None where it cannot be read."""
	try:
		moment = parse_timestamp(log_time, device.zone())
	except TimestampError:
		return None
	return moment.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def _rows_of_site(device: frappe._dict, first: date, last: date) -> Iterator[Row]:
	"""Door commands of this site, with any outcome."""
	filters = [
		["service_tag", "=", device.name],
		["operation", "in", DOOR_OPERATIONS],
		["creation", ">=", get_datetime(first)],
		["creation", "<", get_datetime(last) + timedelta(days=1)],
	]
	fields = ["name", "creation", "operation", "asked_by", "reason", "state", "arguments"]
	for command in frappe.get_list("CAMS Command", filters=filters, fields=fields, order_by="creation, name"):
		yield {
			"time": get_datetime(command.creation).replace(microsecond=0),
			"device": device.name,
			"event": label_of(command.operation),
			"door": frappe.parse_json(command.arguments or "{}").get("door"),
			"source": _("From ERPNext"),
			"asked_by": command.asked_by,
			"reason": command.reason,
			"state": command.state,
			"command": command.name,
		}


def _columns() -> list[Row]:
	return [
		column("time", _("Time"), 180, "Datetime"),
		column("device", _("Device"), 120, "Link", "CAMS Device"),
		column("person", _("Person"), 150),
		column("event", _("Event"), 105),
		column("door", _("Door"), 65),
		column("source", _("Source"), 125),
		column("asked_by", _("Asked By"), 160, "Link", "User"),
		column("reason", _("Reason"), 155),
		column("state", _("State"), 150),
	]
