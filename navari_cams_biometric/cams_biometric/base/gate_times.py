"""The time that a check-in carries: the site's wall clock, or that of the gate (*Check-in Time* on CAMS Device).

HRMS's shifts have no zone, so a shift of 09:00 in London needs check-ins in London's time. Such a check-in names its
zone in `custom_time_zone`, empty for the site's; with it the check-in is a moment again, and whatever compares moments
compares them on the site's clock.

ref: docs/decisions/0029-gates-in-another-time-zone.md
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.device_lookup import DEVICE

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

CHECKIN = "Employee Checkin"
DEVICE_TIME = "Device's Time Zone"
APART = timedelta(hours=27)  # two wall clocks of one moment: from UTC-12 to UTC+14, and rounding


class CheckinTime(NamedTuple):
	"""Naive, in `zone`: the name of a time zone, or None for the site's."""

	time: datetime
	zone: str | None


def zone_of(device: "CAMSDevice | frappe._dict | None") -> str | None:
	"""The zone of a device's check-ins where it is not the site's."""
	if (
		not device
		or device.checkin_time != DEVICE_TIME
		or device.time_zone in (None, "", get_system_timezone())
	):
		return None
	return device.time_zone


def zones_in_use() -> set[str]:
	"""The zones of the devices whose check-ins are not in the site's."""
	devices = frappe.get_all(DEVICE, {"checkin_time": DEVICE_TIME}, ["checkin_time", "time_zone"])
	return {zone for zone in map(zone_of, devices) if zone}


def checkin_time(punch: frappe._dict, device: "CAMSDevice | None") -> CheckinTime:
	"""What the check-in of a CAMS Punch carries."""
	return in_gate_zone(punch, zone_of(device))


def in_gate_zone(punch: frappe._dict, zone: str | None) -> CheckinTime:
	if not zone:
		return CheckinTime(get_datetime(punch.punch_time), None)
	return CheckinTime(times.in_zone(times.instant_of(punch), ZoneInfo(zone)), zone)


def on_site(time: datetime, zone: str | None) -> datetime:
	"""A check-in's time on the site's clock; of an hour that its zone repeats, the first."""
	moment = get_datetime(time)
	return times.in_zone(times.naive_utc(moment, ZoneInfo(zone)), times.site_zone()) if zone else moment


def at_gate(moment: datetime, zone: str | None) -> datetime:
	"""The reverse: a moment of the site's clock on that of the zone."""
	moment = get_datetime(moment)
	return times.in_zone(times.naive_utc(moment, times.site_zone()), ZoneInfo(zone)) if zone else moment


def equal_elsewhere(
	employee: str, punch: frappe._dict, own: str | None, zones: Iterable[str]
) -> list[frappe._dict]:
	"""The person's check-ins of this very moment in other zones than `own`."""
	found = []
	for zone in {*zones, None} - {own}:
		there = {
			"employee": employee,
			"time": in_gate_zone(punch, zone).time,
			"custom_time_zone": zone or ["is", "not set"],
		}
		found += frappe.get_all(CHECKIN, there, ["name", "log_type", "time", "custom_time_zone"])
	return sorted(found, key=lambda row: row.name)
