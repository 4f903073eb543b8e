"""The content of the administrators' daily digest: devices that need attention, and what failed."""

from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import format_date, get_url_to_form

from navari_cams_biometric.cams_biometric.base.device_lookup import label_and_name
from navari_cams_biometric.cams_biometric.base.states import Health, PunchState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.command_queue.operation_labels import label_of
from navari_cams_biometric.cams_biometric.digests.lines import (
	Line,
	Section,
	list_url,
	punch_line,
	section,
)
from navari_cams_biometric.cams_biometric.punches import inbox


def sections_since(since: datetime) -> list[Section]:
	return [*_unhealthy_devices(), *_failed_commands(since), *_failed_loads(since), *_failed_punches()]


def _unhealthy_devices() -> list[Section]:
	devices = frappe.get_list(
		"CAMS Device",
		filters={"enabled": 1, "health": ["not in", ["", Health.HEALTHY]]},
		fields=["name", "label", "health", "health_note"],
		order_by="label, name",
	)
	lines = [_device_line(device) for device in devices]
	return section(
		_("Devices that need attention"), _("{0} devices need attention").format(len(devices)), lines
	)


def _device_line(device: frappe._dict) -> Line:
	text = f"{label_and_name(device)}: {_(device.health)}"
	return Line(text, get_url_to_form("CAMS Device", device.name), device.health_note or "")


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
	headline = _("{0} commands failed").format(sum(row.count for row in rows))
	return section(_("Commands that failed"), headline, [_command_line(row, since) for row in rows])


def _command_line(row: frappe._dict, since: datetime) -> Line:
	outcome_unknown = _("The outcome is unknown: check the device before you send it again.")
	url = list_url(
		"CAMS Command",
		state="Failed",
		operation=row.operation,
		outcome_unknown=row.outcome_unknown,
		finished_at=[">=", str(since.replace(microsecond=0))],
	)
	return Line(
		f"{row.count} × {label_of(row.operation)}", url, outcome_unknown if row.outcome_unknown else ""
	)


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
		)
		for load in loads
	]
	return section(_("History loads that failed"), _("{0} loads failed").format(len(loads)), lines)


def _failed_punches() -> list[Section]:
	rows = inbox.count_by_reason(PunchState.FAILED)
	headline = _("{0} punches failed").format(sum(row.count for row in rows))
	return section(_("Punches that failed"), headline, [punch_line(PunchState.FAILED, row) for row in rows])
