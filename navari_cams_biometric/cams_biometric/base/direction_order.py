"""Direction by the order of the day: which check-ins get theirs from the one before, and which direction that is.

Decides only; punches.alternation reads and writes. It is here because day_repair asks too.

ref: docs/decisions/0027-direction-by-the-order-of-the-day.md
"""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import NamedTuple

import frappe

from navari_cams_biometric.cams_biometric.base.device_lookup import ALTERNATE, DEVICE
from navari_cams_biometric.cams_biometric.base.states import CheckinChangeState, PunchState


class Touch(NamedTuple):
	"""A check-in, or a punch that may become one. `shift` tells one instance of a shift from the others; None is
	outside every shift. `time` is naive, in the site's zone."""

	name: str
	time: datetime
	log_type: str | None
	shift: Hashable | None
	alternates: bool


def directions(touches: Iterable[Touch]) -> dict[str, str | None]:
	"""The direction of each of a person's touches, by name. One that alternates gets the opposite of the touch before it
	in the same shift, or outside every shift on the same calendar day; IN if there is none, or none with a direction.
	"""
	in_shift: dict[Hashable, str | None] = {}
	on_day: dict[Hashable, str | None] = {}
	found = {}
	for touch in sorted(touches, key=lambda touch: (touch.time, touch.alternates, touch.log_type or "")):
		day = touch.time.date()
		before = in_shift.get(touch.shift) if touch.shift else on_day.get(day)
		direction = ("OUT" if before == "IN" else "IN") if touch.alternates else touch.log_type
		in_shift[touch.shift] = on_day[day] = found[touch.name] = direction
	return found


def alternating_devices() -> set[str]:
	"""The service tags of the devices with this Direction."""
	return set(frappe.get_all(DEVICE, filters={"direction": ALTERNATE}, pluck="name", order_by="name"))


def alternating_checkins(checkins: Iterable[frappe._dict], devices: set[str]) -> set[str]:
	"""Names of the check-ins (`name`, `custom_cams_punch`) that got their direction by the order: an alternating device
	made them, no other device or person says the same moment, and no person changed the direction."""
	own = {each.name: each.custom_cams_punch for each in checkins if each.custom_cams_punch}
	if not own or not devices:
		return set()
	linked = _linked_punches(own)
	names = {
		name
		for name, punch in own.items()
		if punch in linked.get(name, {}) and devices.issuperset(linked[name].values())
	}
	return names - _turned_by_a_person(names)


def _linked_punches(checkins: Iterable[str]) -> dict[str, dict[str, str]]:
	"""Service tag by punch, by check-in."""
	linked: dict[str, dict[str, str]] = {}
	filters = {"employee_checkin": ["in", sorted(checkins)], "state": PunchState.RECORDED}
	fields = ["name", "employee_checkin", "service_tag"]
	for punch in frappe.get_all("CAMS Punch", filters=filters, fields=fields, order_by="name"):
		linked.setdefault(punch.employee_checkin, {})[punch.name] = punch.service_tag
	return linked


def _turned_by_a_person(checkins: set[str]) -> set[str]:
	if not checkins:
		return set()
	filters = {"employee_checkin": ["in", sorted(checkins)], "state": CheckinChangeState.CHANGED}
	changes = frappe.get_all(
		"CAMS Checkin Change", filters=filters, fields=["employee_checkin", "after"], order_by="name"
	)
	return {
		change.employee_checkin for change in changes if "log_type" in frappe.parse_json(change.after or "{}")
	}
