"""Which shift a moment falls into: by the employee's default shift only. Shift Assignments are not imitated."""

from __future__ import annotations

import datetime

import frappe
from frappe.missing import missing, module_getattr

__getattr__ = module_getattr(__name__)

_FIELDS = [
	"name",
	"start_time",
	"end_time",
	"determine_check_in_and_check_out",
	"begin_check_in_before_shift_start_time",
	"allow_check_out_after_shift_end_time",
]


def get_actual_start_end_datetime_of_shift(
	employee: str, for_timestamp: datetime.datetime, consider_default_shift: bool = False
) -> frappe._dict:
	"""The shift around a moment in the site's zone, with its margins; empty outside any shift."""
	if not consider_default_shift:
		missing("shifts by Shift Assignment alone")
	default_shift = frappe.db.get_value("Employee", employee, "default_shift")
	if not default_shift:
		return frappe._dict()
	shift_type = frappe.get_cached_value("Shift Type", default_shift, _FIELDS, as_dict=True)
	for days in (-1, 0, 1):
		day = for_timestamp.date() + datetime.timedelta(days=days)
		shift = _shift_on(day, shift_type)
		if shift.actual_start <= for_timestamp <= shift.actual_end:
			return shift
	return frappe._dict()


def _shift_on(day: datetime.date, shift_type: frappe._dict) -> frappe._dict:
	midnight = datetime.datetime.combine(day, datetime.time())
	start = midnight + shift_type.start_time
	end = midnight + shift_type.end_time
	if end <= start:
		end += datetime.timedelta(days=1)
	before = datetime.timedelta(minutes=shift_type.begin_check_in_before_shift_start_time)
	after = datetime.timedelta(minutes=shift_type.allow_check_out_after_shift_end_time)
	return frappe._dict(
		shift_type=shift_type,
		start_datetime=start,
		end_datetime=end,
		actual_start=start - before,
		actual_end=end + after,
	)
