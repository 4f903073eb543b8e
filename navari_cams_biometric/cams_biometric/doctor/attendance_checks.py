"""Checks from punches to attendance: devices, employees, shift types, and settings of HRMS that lose a day."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base.identities import MAPPING, all_identities
from navari_cams_biometric.cams_biometric.base.states import PunchState, UnreadState
from navari_cams_biometric.cams_biometric.punches.punch_types import NO_DIRECTION, NOT_ATTENDANCE

from .finding import ERROR, OK, WARNING, Finding, joined_names
from .site_facts import SiteFacts

MOST_CLASHES = 10
WEEK = 7
STRICT = "Strictly based on Log Type in Employee Checkin"


def devices(facts: SiteFacts) -> Iterator[Finding]:
	"""Each device that needs attention, by the last check of its health."""
	title = _("Devices")
	enabled = facts.enabled_devices
	if not enabled:
		remedy = _("Set the Service Tag ID in CAMS Biometric Settings, or let a device send its first punch.")
		yield Finding(title, ERROR, _("There is no device."), remedy, "CAMS Device")
		return
	unhealthy = [device for device in enabled if device.health not in ("", None, "Healthy")]
	for device in unhealthy:
		sentence = f"{device.label or device.name}: {device.health}."
		yield Finding(title, WARNING, sentence, device.health_note or "", "CAMS Device", device.name)
	if not unhealthy:
		yield Finding(title, OK, _("{0} devices, all healthy.").format(len(enabled)))


def clocks(facts: SiteFacts) -> Iterator[Finding]:
	"""Devices whose clock fell back: what they send is held."""
	title = _("Clocks")
	held = {"state": PunchState.HELD, "reason_code": "CLOCK_BEHIND", "service_tag": ["is", "set"]}
	tags = frappe.get_all("CAMS Punch", held, pluck="service_tag", distinct=True, order_by="service_tag")
	names = [device.name for device in facts.enabled_devices if device.name in tags]
	if not names:
		yield Finding(title, OK, _("No clock fell back."))
		return
	sentence = _("The clock of these devices fell back, so their punches are held: {0}.")
	remedy = _("Sync the time of the device, then use Correct Time for its punches on the page Held Punches.")
	yield Finding(title, WARNING, sentence.format(joined_names(names)), remedy, "CAMS Device", names[0])


def employees(facts: SiteFacts) -> Iterator[Finding]:
	"""Active employees whose punches nobody could know as theirs."""
	title = _("Employees")
	count = _count_without_user_id()
	if not count:
		yield Finding(title, OK, _("Every active employee has an Attendance Device ID."))
		return
	remedy = _("Set it on Employee for those who use a device.")
	sentence = _("{0} active employees have no Attendance Device ID.").format(count)
	yield Finding(title, WARNING, sentence, remedy, "Employee")


def user_ids(facts: SiteFacts) -> Iterator[Finding]:
	"""IDs that two people have in the same place: the punches are held."""
	title = _("User IDs")
	clashes = list(all_identities().clashes())
	for one, other in clashes[:MOST_CLASHES]:
		sentence = _("{0} and {1} both have the user ID {2}: its punches are held.")
		names = (one.employee.employee_name, other.employee.employee_name, one.user_id)
		remedy = _("Correct one of the two, or add a CAMS Device ID that says whose it is where and when.")
		where = (MAPPING, one.mapping or other.mapping) if one.mapping else ("Employee", one.employee.name)
		yield Finding(title, WARNING, sentence.format(*names), remedy, *where)
	if len(clashes) > MOST_CLASHES:
		sentence = _("{0} more user IDs belong to two people.").format(len(clashes) - MOST_CLASHES)
		yield Finding(title, WARNING, sentence, "", MAPPING)
	if not clashes:
		yield Finding(title, OK, _("No user ID belongs to two people."))


def held_punches(facts: SiteFacts) -> Iterator[Finding]:
	"""Punches that a person has to resolve."""
	title = _("Held Punches")
	count = frappe.db.count("CAMS Punch", {"state": ["in", (PunchState.HELD, PunchState.FAILED)]})
	if not count:
		yield Finding(title, OK, _("All clear: no punch is pending."))
		return
	sentence = _("{0} punches are pending.").format(count)
	yield Finding(title, WARNING, sentence, _("Resolve them on the page Held Punches."), "CAMS Punch")


def unread_events(facts: SiteFacts) -> Iterator[Finding]:
	"""Events that this version did not wholly understand: a punch may be among them."""
	title = _("Unread Events")
	count = frappe.db.count("CAMS Unread Event", {"state": UnreadState.UNREAD})
	if not count:
		yield Finding(title, OK, _("Every event was understood."))
		return
	sentence = _("{0} events were not wholly understood. The shifts of their devices wait.").format(count)
	remedy = _("Read or dismiss them on the page Held Punches.")
	yield Finding(title, WARNING, sentence, remedy, "CAMS Unread Event")


def shift_types(facts: SiteFacts) -> Iterator[Finding]:
	"""What makes auto attendance pass a shift over, or lose the days of those who punch."""
	title = _("Shift Types")
	fields = ["name", "process_attendance_after", "determine_check_in_and_check_out"]
	automatic = frappe.get_all(
		"Shift Type", filters={"enable_auto_attendance": 1}, fields=fields, order_by="name"
	)
	if not automatic:
		remedy = _("Enable Auto Attendance on the shift types whose attendance comes from punches.")
		yield Finding(title, WARNING, _("No shift type has Auto Attendance on."), remedy, "Shift Type")
		return
	names = [device.name for device in facts.enabled_devices if device.direction == NO_DIRECTION]
	problems = [finding for shift_type in automatic for finding in _of_shift_type(title, shift_type, names)]
	yield from problems
	if not problems:
		yield Finding(title, OK, _("{0} shift types with Auto Attendance.").format(len(automatic)))


def geolocation(facts: SiteFacts) -> Iterator[Finding]:
	"""HRMS may demand coordinates of every check-in: then a device without them loses every punch."""
	title = _("Geolocation")
	if not frappe.db.get_single_value("HR Settings", "allow_geolocation_tracking"):
		yield Finding(title, OK, _("HR Settings do not require coordinates."))
		return
	counting = [device for device in facts.enabled_devices if device.direction != NOT_ATTENDANCE]
	names = [device.name for device in counting if not device.latitude and not device.longitude]
	if not names:
		yield Finding(title, OK, _("HR Settings require coordinates, and every device has them."))
		return
	sentence = _("HR Settings require coordinates, and these devices have none: {0}.").format(
		joined_names(names)
	)
	remedy = _("Set latitude and longitude of the devices, or turn geolocation tracking off in HR Settings.")
	yield Finding(title, ERROR, sentence, remedy, "CAMS Device")


def without_shift(facts: SiteFacts) -> Iterator[Finding]:
	"""People who punch and are in no shift then: HRMS counts none of it."""
	title = _("Check-ins without a Shift")
	checkin = frappe.qb.DocType("Employee Checkin")
	since = add_to_date(now_datetime(), days=-WEEK)
	no_shift = checkin.shift.isnull() | (checkin.shift == "")
	people = (
		frappe.qb.from_(checkin)
		.select(checkin.employee)
		.distinct()
		.where((checkin.time >= since) & no_shift & checkin.custom_cams_punch.isnotnull())
		.orderby(checkin.employee)
		.run(pluck=True)
	)
	if not people:
		yield Finding(title, OK, _("Everybody who punched in the last {0} days was in a shift.").format(WEEK))
		return
	sentence = _("{0} people punched without a shift in the last {1} days, and HRMS counts none of it: {2}.")
	remedy = _("Assign a shift or set the default shift. CAMS Day Repair lists the days, with the reason.")
	named = sentence.format(len(people), WEEK, joined_names(people))
	yield Finding(title, WARNING, named, remedy, "Employee", people[0])


CHECKS = (
	devices,
	clocks,
	employees,
	user_ids,
	held_punches,
	unread_events,
	without_shift,
	shift_types,
	geolocation,
)


def _count_without_user_id() -> int:
	employee, mapping = frappe.qb.DocType("Employee"), frappe.qb.DocType(MAPPING)
	without = employee.attendance_device_id.isnull() | (employee.attendance_device_id == "")
	query = (
		frappe.qb.from_(employee)
		.left_join(mapping)
		.on(mapping.employee == employee.name)
		.select(Count(employee.name))
		.where((employee.status == "Active") & without & mapping.name.isnull())
	)
	return query.run(pluck=True)[0]


def _of_shift_type(title: str, shift_type: frappe._dict, without_direction: list[str]) -> Iterator[Finding]:
	name = shift_type.name
	if not shift_type.process_attendance_after:
		sentence = _("{0}: Process Attendance After is empty, so HRMS skips it.").format(name)
		yield Finding(title, ERROR, sentence, _("Set the first day to process."), "Shift Type", name)
	if shift_type.determine_check_in_and_check_out == STRICT and without_direction:
		sentence = _("{0} is strictly based on log type, but these devices send no direction: {1}.")
		remedy = _(
			"Choose a Direction on the device, such as Alternate Within Shift, or alternating entries on the shift type."
		)
		named = sentence.format(name, joined_names(without_direction))
		yield Finding(title, ERROR, named, remedy, "Shift Type", name)
