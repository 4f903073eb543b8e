"""The range of days of a report."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import getdate

LONGEST_DAYS = 92


class NoRangeError(frappe.ValidationError):
	"""The days are none, or too many; the text says what to choose."""


def range_of(
	from_date: str | date | None, to_date: str | date | None, longest: int = LONGEST_DAYS
) -> tuple[date, date]:
	"""First and last day. Throws NoRangeError where there is none, or it has more than `longest` days."""
	if not from_date or not to_date or getdate(from_date) > getdate(to_date):
		frappe.throw(_("Choose a From Date that is not after the To Date."), NoRangeError)
	first, last = getdate(from_date), getdate(to_date)
	if (last - first).days >= longest:
		frappe.throw(_("Choose at most {0} days.").format(longest), NoRangeError)
	return first, last


def days_of(filters: dict) -> list[date]:
	"""The days from `from_date` to `to_date`, both included. Throws NoRangeError where that is none, or too long."""
	first, last = range_of(filters.get("from_date"), filters.get("to_date"))
	return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def bounds_of(days: list[date]) -> list[str]:
	"""First and last moment, as filters have them, in the site's zone."""
	return [f"{days[0]} 00:00:00", f"{days[-1]} 23:59:59.999999"]
