"""Holiday lists as the HRMS at hand wants them: 16 reads submitted Holiday List Assignments, 15 a field of Employee.

`host` is whatever gets, finds, creates and updates documents as `tests.contract.host.Host` does.
"""

from typing import Any

ASSIGNMENT = "Holiday List Assignment"


def give_holidays(host: Any, employee: str, holiday_list: str) -> None:
	"""From the list's first day on."""
	if not knows_assignments(host):
		host.update("Employee", employee, holiday_list=holiday_list)
		return
	since = host.get("Holiday List", holiday_list)["from_date"]
	assign_holidays(host, employee, holiday_list, since)


def assign_holidays(host: Any, employee: str, holiday_list: str, since: str) -> None:
	host.create(
		ASSIGNMENT,
		applicable_for="Employee",
		assigned_to=employee,
		holiday_list=holiday_list,
		from_date=since,
		docstatus=1,
	)


def knows_assignments(host: Any) -> bool:
	return bool(host.find("DocType", {"name": ASSIGNMENT, "custom": 0}, ["name"]))
