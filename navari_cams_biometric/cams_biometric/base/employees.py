"""What employees are called: Frappe's Employee shows codes alone in links."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document


def names_of(employees: Iterable[str | None]) -> dict[str, str]:
	"""What these employees are called, by name of the record. In one query."""
	wanted = sorted({employee for employee in employees if employee})
	if not wanted:
		return {}
	rows = frappe.get_all(
		"Employee", filters={"name": ["in", wanted]}, fields=["name", "employee_name"], order_by="name"
	)
	return {row.name: row.employee_name for row in rows}


def tell_names(doc: Document, method: str | None = None) -> None:
	"""For `onload`: whoever reads the record gets `employee_names`."""
	fields = doc.meta.get("fields", {"fieldtype": "Link", "options": "Employee"})
	doc.set_onload("employee_names", names_of(doc.get(field.fieldname) for field in fields))
