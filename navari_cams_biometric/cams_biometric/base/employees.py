"""What employees are called."""

from collections.abc import Iterable

import frappe


def names_of(employees: Iterable[str]) -> dict[str, str]:
	"""What these employees are called, by name of the record."""
	wanted = sorted(set(employees))
	if not wanted:
		return {}
	rows = frappe.get_all(
		"Employee", filters={"name": ["in", wanted]}, fields=["name", "employee_name"], order_by="name"
	)
	return {row.name: row.employee_name for row in rows}
