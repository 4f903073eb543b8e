"""What Direction *Alternate Within Shift* would make of a device's punches of one day, before it is chosen.

Shows the rule as such: also for days that are marked, which it would not touch.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta

import frappe

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.direction_order import (
	Touch,
	alternating_checkins,
	alternating_devices,
	directions,
)
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.gate_times import in_gate_zone, on_site, zone_of
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import alternation

MOST_PEOPLE = 100
WITHOUT_DIRECTION = ("LOG_TYPE_REQUIRED", "UNKNOWN_PUNCH_TYPE")  # held, and no longer then
PUNCH = ("name", "employee", "punch_time", "punched_at_utc", "log_type", "state", "employee_checkin")


def preview(service_tag: str, day: date) -> dict:
	"""The device's punches of a day (site's zone) that the user may see, by person: `people`, each with `punches` of
	`time`, `now`, `then` (IN, OUT or empty) and `held`; `left` people who are not shown; `punches` and `changes` shown.
	"""
	by_person = _punches_by_person(service_tag, day)
	names = names_of(by_person)
	shown = sorted(by_person, key=lambda employee: (names.get(employee, ""), employee))[:MOST_PEOPLE]
	then = _directions_then(service_tag, day, {employee: by_person[employee] for employee in shown})
	people = [
		{
			"employee": employee,
			"employee_name": names.get(employee, employee),
			"punches": [_row(punch, then) for punch in by_person[employee]],
		}
		for employee in shown
	]
	rows = [row for person in people for row in person["punches"]]
	return {
		"people": people,
		"left": len(by_person) - len(shown),
		"punches": len(rows),
		"changes": sum(row["now"] != row["then"] for row in rows),
	}


def _punches_by_person(service_tag: str, day: date) -> dict[str, list[frappe._dict]]:
	"""Those that count, and those that are held only because they have no direction."""
	midnight = datetime.combine(day, datetime.min.time())
	of_day = [["service_tag", "=", service_tag], ["employee", "is", "set"]]
	of_day += [["punch_time", ">=", midnight], ["punch_time", "<", midnight + timedelta(days=1)]]
	counting = [["state", "=", PunchState.RECORDED], ["employee_checkin", "is", "set"]]
	held = [["state", "=", PunchState.HELD], ["reason_code", "in", WITHOUT_DIRECTION]]
	by_person: dict[str, list[frappe._dict]] = defaultdict(list)
	for condition in (counting, held):
		found = frappe.get_list("CAMS Punch", filters=of_day + condition, fields=PUNCH, order_by="punch_time")
		for punch in found:
			by_person[punch.employee].append(punch)
	return {
		employee: sorted(punches, key=lambda punch: (punch.punch_time, punch.name))
		for employee, punches in by_person.items()
	}


def _directions_then(
	service_tag: str, day: date, by_person: dict[str, list[frappe._dict]]
) -> dict[str, str | None]:
	"""By name of the check-in, or of the held punch."""
	checkins = alternation.read_checkins(by_person, day - timedelta(days=1), day + timedelta(days=1))
	alternating = alternating_checkins(checkins, alternating_devices() | {service_tag})
	rows: dict[str, list[frappe._dict]] = defaultdict(list)
	for checkin in checkins:
		rows[checkin.employee].append(frappe._dict(checkin, alternates=checkin.name in alternating))
	zone = zone_of(find_device(service_tag))
	for employee, punches in by_person.items():
		rows[employee] += [_as_checkin(punch, zone) for punch in punches if punch.state == PunchState.HELD]
	found: dict[str, str | None] = {}
	for of_person in rows.values():
		keys = alternation.shift_keys(of_person, day)
		found |= directions(
			Touch(row.name, row.moment, row.log_type, keys[row.name], row.alternates) for row in of_person
		)
	return found


def _as_checkin(punch: frappe._dict, zone: str | None) -> frappe._dict:
	at_gate = in_gate_zone(punch, zone)
	return frappe._dict(
		name=punch.name,
		employee=punch.employee,
		time=at_gate.time,
		moment=on_site(*at_gate),
		alternates=True,
	)


def _row(punch: frappe._dict, then: dict[str, str | None]) -> dict[str, object]:
	is_held = punch.state == PunchState.HELD
	now = "" if is_held else punch.log_type or ""
	name = punch.name if is_held else punch.employee_checkin
	return {"time": str(punch.punch_time), "now": now, "then": then.get(name, now) or "", "held": is_held}
