"""Fill what a CAMS Punch keeps beside its time: the wall clock, whether it had an offset, and the instants.

A text without an offset was read in a zone that may have been changed since, so its instant is what its time says. What
is filled already stays.
"""

from datetime import tzinfo

import frappe
from frappe.utils import get_datetime

from navari_cams_biometric.cams_biometric.base import times

DOCTYPE = "CAMS Punch"
BATCH = 2000


def execute() -> None:
	zone = times.site_zone()
	empty = {"arrived_at_utc": ["is", "not set"]}
	batches = -(-frappe.db.count(DOCTYPE, empty) // BATCH)
	fields = ["name", "creation", "punch_time", "original_time"]
	for _batch in range(batches):
		for row in frappe.get_all(DOCTYPE, empty, fields, order_by="name", limit=BATCH):
			_fill(row.name, _times(row, zone))
		frappe.db.commit()  # keeps locks short, and what is done if the rest fails


def _times(row: frappe._dict, zone: tzinfo) -> dict[str, object]:
	arrived = {"arrived_at_utc": times.naive_utc(get_datetime(row.creation), zone)}
	reading = times.read_log_time(row.original_time or "", None)
	if not reading or not row.punch_time:
		return arrived
	instant = reading.instant.replace(tzinfo=None)
	return {
		**arrived,
		"wall_clock": reading.wall_clock,
		"has_offset": int(reading.has_offset),
		"punched_at_utc": instant
		if reading.has_offset
		else times.naive_utc(get_datetime(row.punch_time), zone),
	}


def _fill(name: str, values: dict[str, object]) -> None:
	punch = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.update(punch).where(punch.name == name)
	for fieldname, value in values.items():
		query = query.set(punch[fieldname], value)
	query.run()
