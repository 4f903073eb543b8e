"""The content of the administrators' daily digest: devices that need attention, and what failed."""

from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import format_date, get_url_to_form

from navari_cams_biometric.cams_biometric.base.device_lookup import label_and_name
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.states import Health, PunchState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import label_of
from navari_cams_biometric.cams_biometric.devices.health_rules import advice_for_several
from navari_cams_biometric.cams_biometric.digests.lines import (
	Line,
	Section,
	details,
	held_punches_button,
	list_url,
	named,
	page_url,
	punch_line,
	section,
)
from navari_cams_biometric.cams_biometric.punches import inbox


def sections_since(since: datetime) -> list[Section]:
	return [*_unhealthy_devices(), *_failed_commands(since), *_failed_loads(since), *_failed_punches()]


def _unhealthy_devices() -> list[Section]:
	"""A line for each problem, the worst first."""
	devices = frappe.get_list(
		"CAMS Device",
		filters={"enabled": 1, "health": ["not in", ["", Health.HEALTHY]]},
		fields=["name", "label", "health", "health_note"],
		order_by="label, name",
	)
	lines = [
		_health_line(health, found)
		for health in Health
		if (found := [device for device in devices if device.health == health])
	]
	headline = counted(len(devices), _("1 device needs attention"), _("{0} devices need attention"))
	button = Line(_("Open Doctor"), page_url("cams-doctor"))
	return section(_("Devices that need attention"), headline, lines, button)


def _health_line(health: str, devices: list[frappe._dict]) -> Line:
	if len(devices) == 1:
		[device] = devices
		text = f"{label_and_name(device)}: {_(health)}"
		return Line(text, get_url_to_form("CAMS Device", device.name), device.health_note or "")
	names = named(device.label or device.name for device in devices)
	text = _("{0} devices: {1}").format(len(devices), _(health))
	return Line(
		text,
		list_url("CAMS Device", enabled=1, health=health),
		details(names, advice_for_several(health)),
	)


def _failed_commands(since: datetime) -> list[Section]:
	command = frappe.qb.DocType("CAMS Command")
	query = (
		frappe.qb.from_(command)
		.select(command.operation, command.outcome_unknown, Count(command.name).as_("count"))
		.where((command.state == "Failed") & (command.finished_at >= since))
		.groupby(command.operation, command.outcome_unknown)
		.orderby(command.operation, command.outcome_unknown)
	)
	rows = permitted(query, "CAMS Command").run(as_dict=True)
	headline = counted(sum(row.count for row in rows), _("1 command failed"), _("{0} commands failed"))
	button = Line(_("Open Commands"), list_url("CAMS Command", state="Failed", **_finished(since)))
	lines = [_command_line(row, since) for row in rows]
	return section(_("Commands that failed"), headline, lines, button)


def _command_line(row: frappe._dict, since: datetime) -> Line:
	outcome_unknown = _("The outcome is unknown: check the device before you send it again.")
	url = list_url(
		"CAMS Command",
		state="Failed",
		operation=row.operation,
		outcome_unknown=row.outcome_unknown,
		**_finished(since),
	)
	return Line(
		f"{row.count} × {label_of(row.operation)}", url, outcome_unknown if row.outcome_unknown else ""
	)


def _finished(since: datetime) -> dict[str, object]:
	return {"finished_at": [">=", str(since.replace(microsecond=0))]}


def _failed_loads(since: datetime) -> list[Section]:
	loads = frappe.get_list(
		"CAMS History Load",
		filters={"state": "Failed", "modified": [">=", since]},
		fields=["name", "from_date", "to_date"],
		order_by="modified",
	)
	lines = [
		Line(
			_("{0} to {1}").format(format_date(load.from_date), format_date(load.to_date)),
			get_url_to_form("CAMS History Load", load.name),
			_("Open it: each device says why, and Resume goes on."),
		)
		for load in loads
	]
	headline = counted(len(loads), _("1 load failed"), _("{0} loads failed"))
	button = Line(_("Open History Loads"), list_url("CAMS History Load", state="Failed"))
	return section(_("History loads that failed"), headline, lines, button)


def _failed_punches() -> list[Section]:
	rows = inbox.count_by_reason(PunchState.FAILED)
	headline = counted(sum(row.count for row in rows), _("1 punch failed"), _("{0} punches failed"))
	lines = [punch_line(PunchState.FAILED, row) for row in rows]
	return section(_("Punches that failed"), headline, lines, held_punches_button())
