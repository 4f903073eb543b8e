"""Whether a punch may become a check-in, as far as HRMS cannot know: its device, its time, its direction and who it was.

Decides only: `checkins` makes the check-in, or sets the state that a reason stands for.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import frappe
from frappe.utils import cint, get_datetime, getdate

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.device_lookup import JUDGING, NOT_ATTENDANCE, find_devices
from navari_cams_biometric.cams_biometric.base.identities import (
	AMBIGUOUS,
	EMPLOYEE_FIELDS,
	UNKNOWN,
	Answer,
	Identities,
	identities_of,
)
from navari_cams_biometric.cams_biometric.punches import ignored_ids, repeats
from navari_cams_biometric.cams_biometric.punches.punch_names import times_of
from navari_cams_biometric.cams_biometric.punches.punch_types import NO_DIRECTION

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

MANUAL = "Manual"  # source and input type of what punches.added_punches adds
MANUAL_TYPES = {"CheckIn": "IN", "CheckOut": "OUT"}
EARLIEST = datetime(2010, 1, 1)  # no punch is older: clocks without power begin again in 1970 or 2000


class NotRecordedError(Exception):
	"""This punch does not become a check-in now. `code` is one of reasons.REASONS, `detail` an addition to it."""

	def __init__(self, code: str, detail: str = ""):
		super().__init__(code)
		self.code = code
		self.detail = detail


class Rules(NamedTuple):
	"""What a batch is decided by, from the database."""

	settings: "CAMSBiometricSettings"
	devices: "dict[str, CAMSDevice]"
	repeats: repeats.Windows
	ignored: ignored_ids.Ignored
	people: Identities
	related: "set[str]"  # names of punches that may be one touch with another
	zones: "set[str]"  # of check-ins that are not in the site's

	def are_still_so(self, punches: "list[frappe._dict]") -> bool:
		"""Whether people have changed nothing of it since it was read for these punches. Four short questions: to read all
		anew would take a thirtieth of a batch."""
		user_ids = [punch.user_id for punch in punches]
		service_tags = sorted({punch.service_tag for punch in punches if punch.service_tag})
		return (
			_settings_stamp(self.settings) == get_datetime(self.settings.modified)
			and _judging(self.devices) == _judging(find_devices(service_tags))
			and self.ignored == ignored_ids.read_ignored(user_ids)
			and self.people.claims == identities_of(user_ids).claims
		)


def _settings_stamp(settings: "CAMSBiometricSettings") -> datetime | None:
	"""When Settings were saved last, as stored at this moment."""
	single = frappe.qb.DocType("Singles")
	is_stamp = (single.doctype == settings.doctype) & (single["field"] == "modified")
	[stamp] = frappe.qb.from_(single).select(single.value).where(is_stamp).run(pluck=True) or [None]
	return get_datetime(stamp)


def _judging(devices: "dict[str, CAMSDevice]") -> dict[str, list[object]]:
	return {tag: [device.get(field) for field in ("time_zone", *JUDGING)] for tag, device in devices.items()}


def whose(punch: frappe._dict, rules: Rules) -> Answer:
	"""Whose user ID it was on the device and the day of the punch. A person who adds a punch says whose it is."""
	if punch.source == MANUAL:
		named = frappe.db.get_value("Employee", punch.employee, EMPLOYEE_FIELDS, as_dict=True)
		return Answer(named, "" if named else UNKNOWN)
	device = rules.devices.get(punch.service_tag)
	moment = punch.punch_time or times.log_time_on_site(punch.original_time or "", device)
	return rules.people.judge(punch.user_id or "", device, getdate(moment))


def ensure_for_attendance(device: "CAMSDevice | None") -> None:
	"""Asked first: nothing about a punch of a door or a canteen is for a person to fix."""
	if device and device.direction == NOT_ATTENDANCE:
		raise NotRecordedError("NOT_ATTENDANCE")


def ensure_readable(punch: frappe._dict, device: "CAMSDevice | None") -> None:
	if not punch.user_id and punch.source != MANUAL:
		raise NotRecordedError("MALFORMED")
	if not punch.punch_time:  # a retry may know more
		punch.update(times_of(punch.original_time, device))
	if not punch.punch_time:
		raise NotRecordedError("TIME_UNREADABLE")
	if device and not (device.enabled or device.replaced_by):
		raise NotRecordedError("DEVICE_DISABLED")


def ensure_not_ignored(punch: frappe._dict, answer: Answer, rules: Rules) -> None:
	"""Before the clock and the type are looked at: of who does not matter neither waits for a person."""
	is_nobodys = not answer.person and answer.code != AMBIGUOUS
	if is_nobodys and ignored_ids.is_ignored(rules.ignored, punch.user_id, punch.service_tag):
		raise NotRecordedError("IGNORED_ID")


def direction_of(
	punch: frappe._dict, device: "CAMSDevice | None", settings: "CAMSBiometricSettings"
) -> str | None:
	"""IN, OUT, ALTERNATE (the order of the day decides), or None for a check-in without log type. The device's own
	direction takes precedence over the punch type's, but does not turn a meal into attendance.
	"""
	if punch.source == MANUAL:
		return MANUAL_TYPES[punch.punch_type]
	direction = settings.direction_of(punch.punch_type or "None")
	if direction == NOT_ATTENDANCE:
		raise NotRecordedError("NOT_ATTENDANCE")
	if device and device.direction != "From Punch Type":
		direction = device.direction
	if not direction:
		raise NotRecordedError("UNKNOWN_PUNCH_TYPE", punch.punch_type)
	return None if direction == NO_DIRECTION else direction


def ensure_clock(punch: frappe._dict, settings: "CAMSBiometricSettings") -> None:
	"""Compared with the moment it was received, so that time passing does not hide a wrong clock."""
	if punch.time_accepted:
		return
	ahead = times.lead_of(punch)
	if ahead > timedelta(minutes=cint(settings.clock_tolerance)):
		raise NotRecordedError("CLOCK_AHEAD", f"+{round(ahead.total_seconds() / 60)} min")
	if is_behind(punch, settings):
		raise NotRecordedError("CLOCK_BEHIND", f"-{-ahead.days} d")


def is_behind(punch: frappe._dict, settings: "CAMSBiometricSettings") -> bool:
	"""Whether the device's clock must have fallen back when this punch was made: it is from before there were such
	devices, or real-time and older than Settings allow. False where a person accepted or corrected the time.
	"""
	if punch.time_accepted or punch.time_shift or not punch.punch_time:
		return False
	oldest = cint(settings.oldest_live_punch)
	is_too_old = -times.lead_of(punch) > timedelta(days=oldest)
	return punch.punch_time < EARLIEST or bool(oldest and punch.source == "Real Time" and is_too_old)


def ensure_active(moment: datetime, answer: Answer) -> frappe._dict:
	"""Return who it was, on the day of the check-in. Who left was active until the relieving date: punches that arrive late
	still count. Who has not joined yet may have got the user ID of somebody else."""
	employee = answer.person
	if not employee:
		raise NotRecordedError(answer.code, _names_of(answer))
	if employee.date_of_joining and getdate(moment) < getdate(employee.date_of_joining):
		raise NotRecordedError("BEFORE_JOINING", str(employee.date_of_joining))
	if employee.status == "Active":
		return employee
	left_later = employee.relieving_date and getdate(moment) <= getdate(employee.relieving_date)
	if employee.status != "Left" or not left_later:
		raise NotRecordedError("EMPLOYEE_INACTIVE", employee.status)
	return employee


def _names_of(answer: Answer) -> str:
	return ", ".join(f"{person.employee_name} ({person.name})" for person in answer.candidates)


def ensure_input_type(punch: frappe._dict, settings: "CAMSBiometricSettings") -> None:
	"""After the person is known, who has to be asked about it. One that a person adds was looked at."""
	if punch.source == MANUAL:
		return
	if settings.holds_input_type(punch.input_type or "") and not punch.input_type_accepted:
		raise NotRecordedError("INPUT_TYPE", punch.input_type)


def ensure_first(punch: frappe._dict, employee: frappe._dict, rules: Rules) -> None:
	"""Not a double touch. One whose check-in is there already is no longer judged."""
	within = rules.repeats.of(punch.service_tag)
	if not within or punch.repeat_accepted:
		return
	touch = repeats.Touch(employee.name, punch.log_type, punch.punch_time, punch.service_tag)
	if not repeats.is_repeat(touch, rules.repeats):
		return
	if not frappe.db.exists("Employee Checkin", {"custom_cams_punch": punch.name}):
		raise NotRecordedError("REPEATED")
