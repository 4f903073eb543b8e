"""CAMS Access Schedule: when people may enter. device_users.access_schedules sends it."""

from collections import Counter
from itertools import pairwise

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, get_time

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.identities import identities_of_employees
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may, stored
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import ScheduleState
from navari_cams_biometric.cams_biometric.device_users import access_schedules

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class CAMSAccessSchedule(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from navari_cams_biometric.cams_biometric.doctype.cams_access_schedule_device.cams_access_schedule_device import (
			CAMSAccessScheduleDevice,
		)
		from navari_cams_biometric.cams_biometric.doctype.cams_access_schedule_employee.cams_access_schedule_employee import (
			CAMSAccessScheduleEmployee,
		)
		from navari_cams_biometric.cams_biometric.doctype.cams_access_window.cams_access_window import (
			CAMSAccessWindow,
		)

		devices: DF.Table[CAMSAccessScheduleDevice]
		employees: DF.Table[CAMSAccessScheduleEmployee]
		everybody: DF.Check
		schedule_name: DF.Data
		state: DF.Literal["Not Sent", "Waiting", "Partially Applied", "Applied", "Outdated", "Failed"]
		windows: DF.Table[CAMSAccessWindow]
	# end: auto-generated types

	def validate(self) -> None:
		if not self.is_complete():
			return  # Frappe refuses it, with its own words
		self.validate_windows()
		self.validate_once("devices", "service_tag")
		self.validate_people()
		self.set_states()

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before:
			self.tell_of_devices_that_keep_it(before.devices, {line.service_tag for line in self.devices})

	def on_trash(self) -> None:
		self.tell_of_devices_that_keep_it(self.devices, set())

	def onload(self) -> None:
		settings = read_settings()
		if access_schedules.OPERATION in settings.unsupported_operations():
			self.set_onload("lacking_api", settings.gateway_api)

	@frappe.whitelist(methods=["POST"])
	def send_to_devices(self) -> int:
		"""Send the schedule, as it is stored, where it is not in force yet; return to how many devices.

		Where every device has it, or is about to, it is sent to each again.
		"""
		ensure_may(access_schedules.OPERATION)
		return access_schedules.send_schedule(stored(self, "write").name)

	def is_complete(self) -> bool:
		rows = [*self.windows, *self.devices, *self.employees]
		values = [row.get(field.fieldname) for row in rows for field in row.meta.get("fields", {"reqd": 1})]
		known_days = all(window.day in DAYS for window in self.windows)
		return bool(self.windows and self.devices and known_days) and not {None, ""} & set(values)

	def validate_windows(self) -> None:
		"""Whole minutes, the start before the end, and no two of a day that overlap. They may touch."""
		for window in self.windows:
			window.start, window.end = (f"{_minutes(time)}:00" for time in (window.start, window.end))
			if window.start >= window.end:
				frappe.throw(
					_("Row {0}: the window must start before it ends. Use two days for a night.").format(
						window.idx
					),
					title=_("Days and Times"),
				)
		for one, other in pairwise(self.wire_windows()):
			if one["day"] == other["day"] and other["start"] < one["end"]:
				frappe.throw(
					_(
						"Two windows of {0} overlap: {1} to {2}, and {3} to {4}. Change or remove one of them."
					).format(_(one["day"]), one["start"], one["end"], other["start"], other["end"]),
					title=_("Days and Times"),
				)

	def validate_once(self, table: str, fieldname: str) -> None:
		values = Counter(row.get(fieldname) for row in self.get(table))
		for value, count in values.items():
			if count > 1:
				frappe.throw(
					_("{0} is listed twice. Remove one of the rows.").format(value),
					title=_(self.meta.get_label(table)),
				)

	def validate_people(self) -> None:
		if cint(self.everybody):
			self.set("employees", [])
			return
		self.validate_once("employees", "employee")
		for line in self.devices:
			self.user_ids(line.service_tag)

	def set_states(self) -> None:
		"""What each device has is for device_users.access_schedules to tell: a form may be older than that, or claim it."""
		before = self.get_doc_before_save()
		known = {line.service_tag: line for line in before.devices} if before else {}
		changed = before and self.content() != before.content()
		for line in self.devices:
			stored = known.get(line.service_tag)
			state = stored.state if stored else ScheduleState.NOT_SENT
			line.state = access_schedules.state_after_change(state) if changed else state
			line.taken_at = stored.taken_at if stored else None
			line.command = stored.command if stored else None
		self.state = access_schedules.state_of_all([line.state for line in self.devices])

	def content(self) -> tuple[object, ...]:
		"""What is sent to devices, in a form to compare: the order of rows does not count."""
		windows = sorted(tuple(window.values()) for window in self.wire_windows())
		return windows, cint(self.everybody), {row.employee for row in self.employees}

	def wire_windows(self) -> list[dict[str, str]]:
		"""As the gateway's client takes them: day in English, start and end as HH:MM; in the order of the week."""
		rows = sorted(self.windows, key=lambda row: (DAYS.index(row.day), _minutes(row.start)))
		return [{"day": row.day, "start": _minutes(row.start), "end": _minutes(row.end)} for row in rows]

	def user_ids(self, service_tag: str) -> list[str] | None:
		"""For whom on a device; None for everybody. Throws where there is nobody, or somebody has no user ID there."""
		if cint(self.everybody):
			return None
		if not self.employees:
			frappe.throw(_("Choose for whom: add employees, or tick For Everybody."), title=_("People"))
		names = [row.employee for row in self.employees]
		known, device = identities_of_employees(names), find_device(service_tag)
		ids = {name: known.user_id_on(name, device) for name in names}
		missing = [row.employee_name or row.employee for row in self.employees if not ids.get(row.employee)]
		if missing:
			frappe.throw(
				_("Set the Attendance Device ID on these employees first: {0}").format(", ".join(missing)),
				title=_("People"),
			)
		return [ids[name] for name in names]

	def tell_of_devices_that_keep_it(self, lines: list[Document], listed: set[str]) -> None:
		"""The gateway cannot delete a schedule: say so, and note it where it stays to be seen, on the device."""
		keeping = [
			frappe.get_doc("CAMS Device", line.service_tag)
			for line in lines
			if line.service_tag not in listed and line.state != ScheduleState.NOT_SENT
		]
		note = _("removed the access schedule {0} here; the device may still have it").format(self.name)
		for device in keeping:
			device.add_comment("Info", note)
		if keeping:
			frappe.msgprint(
				_(
					"{0} may still have this schedule and admit people by it: the gateway cannot delete a schedule. Remove it at the device."
				).format(escape_html(", ".join(device.label or device.name for device in keeping))),
				title=_("Still on the Device"),
				indicator="orange",
			)


def _minutes(time: object) -> str:
	return get_time(time).strftime("%H:%M")
