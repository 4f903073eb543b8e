"""The range of days that a report is asked for."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import getdate

LONGEST_DAYS = 92


def days_of(filters: dict) -> list[date]:
	"""The days from `from_date` to `to_date`, both included. Throws where that is none, or too long."""
	if not filters.get("from_date") or not filters.get("to_date"):
		frappe.throw(_("Choose From Date and To Date."))
	first, last = getdate(filters["from_date"]), getdate(filters["to_date"])
	if first > last:
		frappe.throw(_("From Date is after To Date."))
	if (last - first).days >= LONGEST_DAYS:
		frappe.throw(_("Choose at most {0} days.").format(LONGEST_DAYS))
	return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def bounds_of(days: list[date]) -> list[str]:
	"""First and last moment, as filters have them, in the site's zone."""
	return [f"{days[0]} 00:00:00", f"{days[-1]} 23:59:59.999999"]
