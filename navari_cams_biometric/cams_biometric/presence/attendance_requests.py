"""Attendance Requests about missing punches: the link to a new one, and those that are there."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import get_url_to_list

from navari_cams_biometric.cams_biometric.presence.missing_punches import MissingPunch

REQUEST = "Attendance Request"
ABOUT = "custom_missing_punch"  # the day, and a few words; the form's script fills in dates and explanation
DAY_LENGTH = 10
MOST_CHARACTERS = 140  # of the field, and of the link of a Notification Log
STATUS = {0: "Draft", 1: "Submitted"}
Requests = dict[tuple[str, date], frappe._dict]


def new_request_url(missing: MissingPunch, is_short: bool = False) -> str:
	"""A new request, with employee, day, shift and the times that are there. The short one leaves out the latter."""
	about = str(missing.day) if is_short else f"{missing.day} {words_of(missing)}"[:MOST_CHARACTERS]
	filled = {ABOUT: about, "employee": missing.employee}
	if not is_short:
		filled["shift"] = missing.shift
	return f"{get_url_to_list(REQUEST)}/new?{urlencode(filled, quote_via=quote)}"


def words_of(missing: MissingPunch) -> str:
	"""What is missing and what is there, on one line: `In without Out: 08:02`."""
	times = ", ".join(moment.strftime("%H:%M") for moment in missing.found)
	return f"{_(missing.kind)}: {times}" if times else _(missing.kind)


def requests_of(found: Iterable[MissingPunch]) -> Requests:
	"""The requests that are not cancelled, by employee and day; `name` and `status`."""
	wanted = {(missing.employee, missing.day) for missing in found}
	if not wanted:
		return {}
	days = [day for _employee, day in wanted]
	rows = frappe.get_all(
		REQUEST,
		filters={"docstatus": ["<", 2], "from_date": ["<=", max(days)], "to_date": [">=", min(days)]},
		fields=["name", "employee", "from_date", "to_date", "docstatus"],
		order_by="creation asc",
	)
	by_employee: dict[str, list[frappe._dict]] = {}
	for row in rows:
		row.status = STATUS[row.docstatus]
		by_employee.setdefault(row.employee, []).append(row)
	return {
		(employee, day): row
		for employee, day in wanted
		for row in by_employee.get(employee, ())
		if row.from_date <= day <= row.to_date
	}
