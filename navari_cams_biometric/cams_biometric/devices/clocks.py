"""The clocks of devices, measured by comparing the time of their punches with the time of arrival."""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.cams_biometric.base.states import PunchState

LAST_PUNCHES = 20
WINDOW_HOURS = 24
LARGEST = 2**31 - 1  # what the column holds: 68 years


def measure_clock(service_tag: str) -> dict[str, object]:
	"""The fields of CAMS Device for its clock: seconds ahead (minus: behind), and when this was measured.

	A device that was offline delivers old punches late, so the largest difference of the last ones counts.
	Punches from before the clock was last set do not. What a person corrected in a time says nothing of the clock and is
	taken out again. Empty if no punch is usable.
	"""
	since = [add_to_date(now_datetime(), hours=-WINDOW_HOURS), _last_set(service_tag)]
	punches = frappe.get_all(
		"CAMS Punch",
		filters={
			"service_tag": service_tag,
			"source": "Real Time",
			"punch_time": ["is", "set"],
			"creation": [">", max(get_datetime(moment) for moment in since if moment)],
		},
		fields=["punch_time", "punched_at_utc", "time_shift", "creation", "arrived_at_utc"],
		order_by="creation desc",
		limit=LAST_PUNCHES,
	)
	if not punches:
		return {}
	skew = max(_seconds_ahead(row) for row in punches)
	return {
		"clock_skew": round(max(-LARGEST, min(skew, LARGEST))),
		"clock_skew_at": get_datetime(punches[0].creation),
	}


def fallen_back_to(service_tag: str) -> datetime | None:
	"""The time of the device's last punch, if that is held because the clock fell back, and the clock was not set since."""
	last = frappe.get_all(
		"CAMS Punch",
		filters={"service_tag": service_tag, "source": "Real Time"},
		fields=["punch_time", "creation", "state", "reason_code"],
		order_by="creation desc",
		limit=1,
	)
	if not last or (last[0].state, last[0].reason_code) != (PunchState.HELD, "CLOCK_BEHIND"):
		return None
	set_at = _last_set(service_tag)
	if set_at and get_datetime(last[0].creation) <= get_datetime(set_at):
		return None
	return get_datetime(last[0].punch_time)


def note_finished_command(command: Document, method: str | None = None) -> None:
	"""A clock that was set has to show anew how it goes."""
	if command.operation == "SyncDeviceTime" and command.state == "Done":
		stored_values.set_values("CAMS Device", command.service_tag, {"clock_skew": 0, "clock_skew_at": None})


def _seconds_ahead(punch: frappe._dict) -> float:
	return times.lead_of(punch).total_seconds() - cint(punch.time_shift)


def _last_set(service_tag: str) -> object:
	done = {"service_tag": service_tag, "operation": "SyncDeviceTime", "state": "Done"}
	return frappe.db.get_value("CAMS Command", done, "finished_at", order_by="finished_at desc")
