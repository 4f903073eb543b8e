"""Which check-in a punch is to become: whose, when, in which direction, and with which fields.

Decides by rules that were read for a batch, for the check-ins of a batch and for those that are made one by one alike.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import frappe

from navari_cams_biometric.cams_biometric.base import gate_times
from navari_cams_biometric.cams_biometric.base.device_lookup import ALTERNATE, find_devices
from navari_cams_biometric.cams_biometric.base.gate_times import CheckinTime
from navari_cams_biometric.cams_biometric.base.identities import Answer, identities_of
from navari_cams_biometric.cams_biometric.base.settings import read_settings_with_tables
from navari_cams_biometric.cams_biometric.punches import (
	checkin_evidence,
	ignored_ids,
	punch_rules,
	repeats,
	touches,
)
from navari_cams_biometric.cams_biometric.punches.punch_rules import NotRecordedError, Rules

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

MODE = "determine_check_in_and_check_out"  # of a Shift Type
STRICT = "Strictly"  # how the mode begins that skips check-ins without log type
ShiftAt = Callable[[str, datetime, bool], frappe._dict]  # get_actual_start_end_datetime_of_shift of HRMS


class Wanted(NamedTuple):
	"""`direction` is IN, OUT, ALTERNATE (still to be found out), or None for a check-in without log type."""

	employee: frappe._dict
	at: CheckinTime
	direction: str | None
	device: "CAMSDevice | None"


def read_rules(punches: list[frappe._dict]) -> Rules:
	"""What these punches are decided by, as stored at this moment."""
	service_tags = sorted({punch.service_tag for punch in punches if punch.service_tag})
	settings, devices = read_settings_with_tables(), find_devices(service_tags)
	return Rules(
		settings,
		devices,
		repeats.read_windows(settings),
		ignored_ids.read_ignored(punch.user_id for punch in punches),
		identities_of(punch.user_id for punch in punches),
		touches.find_related(punches, devices),
		gate_times.zones_in_use(),
	)


def examine(punch: frappe._dict, answer: Answer, rules: Rules, shift_at: ShiftAt) -> Wanted:
	"""Raises NotRecordedError where a person or a change is needed first. `shift_at` is asked for the shift of a check-in
	without direction."""
	device = rules.devices.get(punch.service_tag)
	punch_rules.ensure_for_attendance(device)
	punch_rules.ensure_readable(punch, device)
	punch_rules.ensure_not_ignored(punch, answer, rules)
	at = gate_times.checkin_time(punch, device)
	punch.touch = _judge(punch, rules)
	punch.touch.ensure_says_most(punch)
	direction = punch_rules.direction_of(punch, device, rules.settings)
	punch.log_type = None if direction == ALTERNATE else direction
	punch_rules.ensure_clock(punch, rules.settings)
	employee = punch_rules.ensure_active(at.time, answer)
	punch_rules.ensure_input_type(punch, rules.settings)
	if not direction:
		_ensure_direction_is_optional(at.time, employee, shift_at)
	punch.touch.ensure_undisputed(punch)
	return Wanted(employee, at, direction, device)


def fields_of(punch: frappe._dict, wanted: Wanted) -> dict[str, object]:
	"""The fields of the check-in, for checkin_evidence.sign."""
	place = {}
	if wanted.device and (wanted.device.latitude or wanted.device.longitude):
		place = {"latitude": wanted.device.latitude, "longitude": wanted.device.longitude}
	return {
		"employee": wanted.employee.name,
		"time": wanted.at.time,
		"log_type": punch.log_type,
		"device_id": punch.service_tag,
		**checkin_evidence.device_fields(punch),
		"custom_time_zone": wanted.at.zone,
		**place,
	}


def _judge(punch: frappe._dict, rules: Rules) -> touches.Verdict:
	"""One whose check-in is there already is no longer judged."""
	if punch.name not in rules.related or frappe.db.exists(
		"Employee Checkin", {"custom_cams_punch": punch.name}
	):
		return touches.ALONE
	return touches.judge(punch, rules.devices, rules.settings)


def _ensure_direction_is_optional(moment: datetime, employee: frappe._dict, shift_at: ShiftAt) -> None:
	"""A strict shift skips check-ins without log type when it counts hours. HRMS means to refuse them and in
	several versions does not (it compares a field that it never read), so the day would be lost in silence."""
	shift = shift_at(employee.name, moment, True)
	if not shift:
		return
	shift_type = shift.shift_type.name
	mode = frappe.db.get_value("Shift Type", shift_type, MODE, cache=True) or ""
	if mode.startswith(STRICT):
		raise NotRecordedError("LOG_TYPE_REQUIRED", shift_type)
