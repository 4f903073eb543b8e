"""What forms call the employees that a record links to: Frappe's Employee shows codes alone in links."""

import frappe
from frappe.model.document import Document


def tell_names(doc: Document, method: str | None = None) -> None:
	"""For `onload`: whoever reads the record gets `employee_names`, by Employee."""
	fields = doc.meta.get("fields", {"fieldtype": "Link", "options": "Employee"})
	linked = sorted({doc.get(field.fieldname) for field in fields} - {None, ""})
	rows = frappe.get_all("Employee", filters={"name": ["in", linked]}, fields=["name", "employee_name"])
	doc.set_onload("employee_names", {row.name: row.employee_name for row in rows})
