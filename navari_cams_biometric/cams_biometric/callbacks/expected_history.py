"""History that a person let a device send without a token: which days, until when, and when it is complete."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import frappe
from frappe.utils import add_to_date, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.device_lookup import DEVICE
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

HOURS = 24


def is_of_awaited_days(callback: Callback, device: "CAMSDevice") -> bool:
	"""Whether nothing but punches of the named days is in it. After the answer was complete, only what is here already:
	a gateway that missed our `done` sends it again."""
	if callback.events or callback.device_status:
		return False
	if not all(_is_of(punch, device) for punch in callback.punches):
		return False
	return not device.history_complete or _all_known(callback.punches, device)


def note_received(callback: Callback, device: "CAMSDevice") -> None:
	"""Count the rows, and close where the answer says that these are all."""
	received = (device.history_rows or 0) + len(callback.punches)
	is_complete = callback.rows is not None and received >= callback.rows
	stored_values.set_values(
		DEVICE, device.name, {"history_rows": received, "history_complete": int(is_complete)}
	)


def open_for(service_tag: str, first_day: str | None, last_day: str | None) -> None:
	"""Accept batches of these days (site's zone; any day where None) without a token for the next 24 hours."""
	values = {
		"history_expected_until": add_to_date(now_datetime(), hours=HOURS),
		"history_from": getdate(first_day) if first_day else None,
		"history_to": getdate(last_day) if last_day else None,
		"history_rows": 0,
		"history_complete": 0,
	}
	frappe.db.set_value(DEVICE, service_tag, values)


def _is_of(punch: Punch, device: "CAMSDevice") -> bool:
	"""A punch whose time cannot be read is of no day."""
	time = times.log_time_on_site(punch.log_time, device)
	if not time:
		return not (device.history_from or device.history_to)
	first, last = (getdate(day) if day else None for day in (device.history_from, device.history_to))
	return (not first or first <= time.date()) and (not last or time.date() <= last)


def _all_known(punches: Iterable[Punch], device: "CAMSDevice") -> bool:
	names = {inbox.name_of(punch, device) for punch in punches}
	return frappe.db.count("CAMS Punch", {"name": ["in", [*sorted(names), ""]]}) == len(names)
