"""Checks from punches to attendance: devices, employees, shift types, and settings of HRMS that lose a day."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.identities import MAPPING, Claim, all_identities
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.states import Health, PunchState, UnreadState
from navari_cams_biometric.cams_biometric.devices.health_rules import advice_for_several
from navari_cams_biometric.cams_biometric.punches.punch_types import NO_DIRECTION, NOT_ATTENDANCE

from .finding import ERROR, OK, WARNING, Finding, joined_labels, joined_names, these
from .site_facts import SiteFacts

WEEK = 7
STRICT = "Strictly based on Log Type in Employee Checkin"
HELD_PUNCHES = "cams-held-punches"


def devices(facts: SiteFacts) -> Iterator[Finding]:
	"""The devices that need attention, by the last check of their health: a finding for each problem, the worst first."""
	title = _("Devices")
	enabled = facts.enabled_devices
	if not enabled:
		remedy = _("Set the Service Tag ID in CAMS Biometric Settings, or let a device send its first punch.")
		yield Finding(title, ERROR, _("There is no device."), remedy, "CAMS Device")
		return
	problems = [health for health in Health if health != Health.HEALTHY]
	findings = [
		_of_health(title, health, found)
		for health in problems
		if (found := [device for device in enabled if device.health == health])
	]
	yield from findings
	if not findings:
		healthy = counted(len(enabled), _("The device is healthy."), _("{0} devices, all healthy."))
		yield Finding(title, OK, healthy)


def clocks(facts: SiteFacts) -> Iterator[Finding]:
	"""Devices whose clock fell back: what they send is held."""
	title = _("Clocks")
	held = {"state": PunchState.HELD, "reason_code": "CLOCK_BEHIND", "service_tag": ["is", "set"]}
	tags = frappe.get_all("CAMS Punch", held, pluck="service_tag", distinct=True, order_by="service_tag")
	found = [device for device in facts.enabled_devices if device.name in tags]
	if not found:
		yield Finding(title, OK, _("No clock fell back."))
		return
	sentence = _("The clock of these devices fell back, so their punches are held: {0}.")
	remedy = _(
		"Press Set the Clock on the device, then Correct Time for its punches on the page Held Punches."
	)
	yield Finding(
		title, WARNING, sentence.format(joined_labels(found)), remedy, **these("CAMS Device", _names(found))
	)


def employees(facts: SiteFacts) -> Iterator[Finding]:
	"""Active employees whose punches nobody could know as theirs."""
	title = _("Employees")
	count = _count_without_user_id()
	if not count:
		yield Finding(title, OK, _("Every active employee has an Attendance Device ID."))
		return
	remedy = _("Set it on Employee for those who use a device.")
	sentence = counted(
		count,
		_("1 active employee has no Attendance Device ID."),
		_("{0} active employees have no Attendance Device ID."),
	)
	filters = {"status": "Active", "attendance_device_id": ["is", "not set"]}
	yield Finding(title, WARNING, sentence, remedy, "Employee", filters=filters)


def user_ids(facts: SiteFacts) -> Iterator[Finding]:
	"""IDs that two people have in the same place: the punches are held."""
	title = _("User IDs")
	clashes = list(all_identities().clashes())
	if not clashes:
		yield Finding(title, OK, _("No user ID belongs to two people."))
		return
	remedy = _("Correct one of the two, or add a CAMS Device ID that says whose it is where and when.")
	where = _where_to_correct([claim for pair in clashes for claim in pair])
	if len(clashes) == 1:
		one, other = clashes[0]
		names = (one.employee.employee_name, other.employee.employee_name, one.user_id)
		sentence = _("{0} and {1} both have the user ID {2}: its punches are held.").format(*names)
	else:
		pairs = [
			f"{one.user_id} ({one.employee.employee_name}, {other.employee.employee_name})"
			for one, other in clashes
		]
		sentence = _("{0} user IDs belong to two people, so their punches are held: {1}.")
		sentence = sentence.format(len(clashes), joined_names(pairs))
	yield Finding(title, WARNING, sentence, remedy, **where)


def held_punches(facts: SiteFacts) -> Iterator[Finding]:
	"""Punches that a person has to resolve."""
	title = _("Held Punches")
	count = frappe.db.count("CAMS Punch", {"state": ["in", (PunchState.HELD, PunchState.FAILED)]})
	if not count:
		yield Finding(title, OK, _("All clear: no punch is pending."))
		return
	sentence = counted(count, _("1 punch is pending."), _("{0} punches are pending."))
	yield Finding(title, WARNING, sentence, _("Resolve them on the page Held Punches."), page=HELD_PUNCHES)


def unread_events(facts: SiteFacts) -> Iterator[Finding]:
	"""Events that this version did not wholly understand: a punch may be among them."""
	title = _("Unread Events")
	count = frappe.db.count("CAMS Unread Event", {"state": UnreadState.UNREAD})
	if not count:
		yield Finding(title, OK, _("Every event was understood."))
		return
	sentence = counted(
		count,
		_("1 event was not wholly understood. The shifts of its device wait."),
		_("{0} events were not wholly understood. The shifts of their devices wait."),
	)
	remedy = _("Read or dismiss them on the page Held Punches.")
	yield Finding(title, WARNING, sentence, remedy, page=HELD_PUNCHES)


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
	problems = list(_of_shift_types(title, automatic, facts))
	yield from problems
	if not problems:
		fine = counted(
			len(automatic),
			_("1 shift type with Auto Attendance."),
			_("{0} shift types with Auto Attendance."),
		)
		yield Finding(title, OK, fine)


def geolocation(facts: SiteFacts) -> Iterator[Finding]:
	"""HRMS may demand coordinates of every check-in: then a device without them loses every punch."""
	title = _("Geolocation")
	if not frappe.db.get_single_value("HR Settings", "allow_geolocation_tracking"):
		yield Finding(title, OK, _("HR Settings do not require coordinates."))
		return
	counting = [device for device in facts.enabled_devices if device.direction != NOT_ATTENDANCE]
	found = [device for device in counting if not device.latitude and not device.longitude]
	if not found:
		yield Finding(title, OK, _("HR Settings require coordinates, and every device has them."))
		return
	sentence = _("HR Settings require coordinates, and these devices have none: {0}.").format(
		joined_labels(found)
	)
	remedy = _("Set latitude and longitude of the devices, or turn geolocation tracking off in HR Settings.")
	yield Finding(title, ERROR, sentence, remedy, **these("CAMS Device", _names(found)))


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
	sentence = counted(
		len(people),
		_("1 person punched without a shift in the last {1} days, and HRMS counts none of it: {2}."),
		_("{0} people punched without a shift in the last {1} days, and HRMS counts none of it: {2}."),
		WEEK,
		joined_names(list(names_of(people).values())),
	)
	remedy = _("Assign a shift or set the default shift. CAMS Day Repair lists the days, with the reason.")
	yield Finding(title, WARNING, sentence, remedy, **these("Employee", people))


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


def _of_health(title: str, health: str, found: list[frappe._dict]) -> Finding:
	"""A single device with what is known of it; of several the list."""
	if len(found) == 1:
		[device] = found
		sentence = f"{device.label or device.name}: {_(health)}."
		return Finding(title, WARNING, sentence, device.health_note or "", "CAMS Device", device.name)
	sentence = _("{0} devices: {1}. {2}.").format(len(found), _(health), joined_labels(found))
	filters = {"enabled": 1, "health": str(health)}
	return Finding(title, WARNING, sentence, advice_for_several(health), "CAMS Device", filters=filters)


def _where_to_correct(claims: list[Claim]) -> dict[str, object]:
	"""Where mappings clash, there; else the employees' own IDs."""
	if mappings := list(dict.fromkeys(claim.mapping for claim in claims if claim.mapping)):
		return these(MAPPING, mappings)
	return these("Employee", list(dict.fromkeys(claim.employee.name for claim in claims)))


def _of_shift_types(title: str, shift_types: list[frappe._dict], facts: SiteFacts) -> Iterator[Finding]:
	if names := [each.name for each in shift_types if not each.process_attendance_after]:
		sentence = _("Process Attendance After is empty, so HRMS skips: {0}.").format(joined_names(names))
		remedy = _("Set the first day to process.")
		yield Finding(title, ERROR, sentence, remedy, **these("Shift Type", names))
	strict = [each.name for each in shift_types if each.determine_check_in_and_check_out == STRICT]
	without = [device for device in facts.enabled_devices if device.direction == NO_DIRECTION]
	if strict and without:
		sentence = _(
			"These shift types are strictly based on log type: {0}. But these devices send no direction: {1}."
		)
		remedy = _(
			"Choose a Direction on the device, such as Alternate Within Shift, or alternating entries on the shift type."
		)
		named = sentence.format(joined_names(strict), joined_labels(without))
		yield Finding(title, ERROR, named, remedy, **these("Shift Type", strict))


def _names(devices: list[frappe._dict]) -> list[str]:
	return [device.name for device in devices]
