"""History that a person let a device send without a token: which days, until when, and when it is complete."""

from typing import TYPE_CHECKING

import frappe
from frappe.utils import add_to_date, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.device_lookup import DEVICE
from navari_cams_biometric.cams_biometric.punches import punch_names
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

HOURS = 24


def is_of_awaited_days(callback: Callback, device: "CAMSDevice") -> bool:
	"""Whether nothing but punches of the named days is in it. After the answer was complete, only what is here already:
	a gateway that missed our `done` sends it again."""
	if callback.events or callback.device_status or callback.unread:
		return False
	days = [_is_of(punch, device) for punch in callback.punches]
	if False in days or (True not in days and days):
		return False
	if device.history_complete:
		return bool(days) and count_new(callback, device) == 0
	return True


def count_new(callback: Callback, device: "CAMSDevice") -> int:
	"""How many of the punches are not here yet: a page that is sent again counts once."""
	names = set(punch_names.names_of(callback.punches, device))
	return len(names) - frappe.db.count("CAMS Punch", {"name": ["in", [*sorted(names), ""]]})


def note_received(callback: Callback, device: "CAMSDevice", new: int) -> None:
	"""Count the `new` rows, and close where the answer says that these are all. One of no rows says nothing."""
	received = (device.history_rows or 0) + new
	is_complete = device.history_complete or bool(callback.rows and received >= callback.rows)
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


def _is_of(punch: Punch, device: "CAMSDevice") -> bool | None:
	"""None where the time cannot be read: such a row books nothing, and comes in beside others."""
	time = times.log_time_on_site(punch.log_time, device)
	if not time:
		return None
	first, last = (getdate(day) if day else None for day in (device.history_from, device.history_to))
	return (not first or first <= time.date()) and (not last or time.date() <= last)
