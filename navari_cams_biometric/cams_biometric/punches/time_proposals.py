"""By how much the clock of a device was wrong, measured from the punches themselves. Reads only.

A punch says when it was made by the device's clock, and the site knows when it arrived. A live punch arrives within
seconds, but one that was made while the device was offline arrives late, never early: so the smallest difference is
the best measure, and no correction can be larger. Nor can it put the last of the wrong punches behind the first right
one that was made after them: that is what tells of history, and of a device that was offline all the time.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import frappe
from frappe.utils import get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import time_corrections
from navari_cams_biometric.cams_biometric.punches.punch_rules import EARLIEST

ROWS = 20  # shown with the time before and after
LOOK_AHEAD = 50  # punches after the wrong ones, among which the first right one is looked for
LATE = 24 * 60 * 60.0  # seconds by which a right punch may arrive late: the device was offline
BATCH = timedelta(minutes=1)  # between the first and the last punch of a batch
LONG = timedelta(days=366)
INFINITE = float("inf")
QUARTER = 15 * 60  # seconds: time zones differ by multiples
NEAR = 90  # seconds within which a difference is taken for a multiple
CLOCK_CODES = ("CLOCK_AHEAD", "CLOCK_BEHIND")

# Why an offset is proposed.
ARRIVAL = "arrival"
NEXT_RIGHT = "next_right"
DEVICE_CLOCK = "device_clock"
NOTHING = "nothing"


class Measure(NamedTuple):
	"""`measured` is in seconds, before rounding. `spread`: how much later than the best one another punch arrived."""

	why: str
	measured: float
	moment: object = None  # of the first right punch, or of when the device's clock was measured
	spread: float = 0


def propose(names: Iterable[str], service_tag: str | None = None) -> dict:
	"""The correction to propose for punches of a device: `seconds`, and `why` (with `measured`, `moment`, `spread`).

	`names`: those that can be corrected, and by reason the number of those that are `left`. `rows`: the first of them
	`before` and `after`. `latest`: the largest correction in seconds that the arrival allows. `as_of`: for `correct`.
	Where the punches are of several `devices` and none is named, there is nothing else.
	"""
	as_of = now_datetime()
	punches = time_corrections.read(names)
	devices = time_corrections.devices_of(punches)
	if service_tag is None and len(devices) > 1:
		return {"devices": devices}
	punches = [punch for punch in punches if service_tag is None or (punch.service_tag or "") == service_tag]
	free, left = time_corrections.sort_out(punches)
	measure = _measure(free) if free else Measure(NOTHING, 0)
	seconds = _rounded(measure.measured)
	return {
		"devices": time_corrections.devices_of(punches),
		"names": [punch.name for punch in free],
		"corrected": sum(1 for punch in free if punch.time_shift),
		"left": left,
		"seconds": seconds,
		"why": measure.why,
		"measured": round(measure.measured),
		"moment": str(measure.moment or ""),
		"spread": round(measure.spread),
		"latest": min(time_corrections.latest_shifts(free), default=0),
		"rows": _rows(free[:ROWS], seconds),
		"as_of": str(as_of),
	}


def _measure(punches: list[frappe._dict]) -> Measure:
	"""Of punches of one device, in time order."""
	lags = [_lag(punch) for punch in punches if punch.source == "Real Time"]
	if not lags:
		return _measure_history(punches)
	best = min(lags)
	right = _next_right(punches, best / 2 if best > 0 else LATE)
	if right and _gap(punches, right) < best - NEAR:
		return Measure(NEXT_RIGHT, _gap(punches, right), right.punch_time)
	return Measure(ARRIVAL, best, spread=max(lags) - best)


def _measure_history(punches: list[frappe._dict]) -> Measure:
	"""History arrives at any time after it was made, in the order of the device: what tells is the next punch of the same
	batch, else the device's clock as it is now."""
	earliest = min(_lag(punch) for punch in punches)
	right = _next_right(punches, INFINITE, BATCH)
	if right and NEAR < abs(_gap(punches, right)) and _gap(punches, right) <= earliest:
		return Measure(NEXT_RIGHT, _gap(punches, right), right.punch_time)
	clock = _clock_of(punches[0])
	if clock and -clock.clock_skew <= earliest:
		return Measure(DEVICE_CLOCK, -clock.clock_skew, clock.clock_skew_at)
	return Measure(ARRIVAL, earliest) if earliest < 0 else Measure(NOTHING, 0)


def _lag(punch: frappe._dict) -> float:
	"""Seconds from the time of a punch to its arrival; minus for one from the future."""
	return (get_datetime(punch.creation) - get_datetime(punch.punch_time)).total_seconds()


def _gap(punches: list[frappe._dict], right: frappe._dict) -> float:
	"""Seconds from the last of the wrong punches to the right one."""
	return (get_datetime(right.punch_time) - punches[-1].punch_time).total_seconds()


def _next_right(
	punches: list[frappe._dict], latest: float, within: timedelta | None = None
) -> frappe._dict | None:
	"""The first punch of the device that came after all of these with a right time: not later than its arrival, and
	`latest` seconds before it at most. A device and the gateway keep the order, so it was made after them."""
	last = max(punch.creation for punch in punches)
	later = frappe.get_all(
		"CAMS Punch",
		filters={
			"service_tag": punches[0].service_tag or ["is", "not set"],
			"creation": ["between", [last, last + (within or LONG)]],
			"punch_time": ["is", "set"],
			"time_shift": 0,
			"name": ["not in", [punch.name for punch in punches]],
		},
		fields=["punch_time", "creation", "state", "reason_code"],
		order_by="creation asc, name asc",
		limit=LOOK_AHEAD,
	)
	return next((punch for punch in later if _is_right(punch, latest)), None)


def _is_right(punch: frappe._dict, latest: float) -> bool:
	is_held = punch.state == PunchState.HELD and punch.reason_code in CLOCK_CODES
	return not is_held and -NEAR <= _lag(punch) <= latest


def _clock_of(punch: frappe._dict) -> frappe._dict | None:
	"""Of the device, if it was measured to be wrong. A clock that fell back before is another matter."""
	measured = {"name": punch.service_tag or "", "clock_skew_at": ["is", "set"]}
	clock = frappe.db.get_value("CAMS Device", measured, ["clock_skew", "clock_skew_at"], as_dict=True)
	if not clock or abs(clock.clock_skew) <= NEAR:
		return None
	return clock if punch.punch_time - timedelta(seconds=clock.clock_skew) >= EARLIEST else None


def _rounded(seconds: float) -> int:
	"""To a quarter of an hour where it is near one, as wrong time zones are; else to the second."""
	quarters = round(seconds / QUARTER) * QUARTER
	return quarters if abs(seconds - quarters) <= NEAR else round(seconds)


def _rows(punches: list[frappe._dict], seconds: int) -> list[dict]:
	employees = names_of(punch.employee for punch in punches if punch.employee)
	return [
		{
			"name": punch.name,
			"user_id": punch.user_id,
			"employee_name": employees.get(punch.employee, ""),
			"original_time": punch.original_time,
			"before": str(punch.punch_time),
			"after": str(punch.punch_time + timedelta(seconds=seconds)),
			"arrived": str(punch.creation),
			"time_shift": punch.time_shift,
		}
		for punch in punches
	]
