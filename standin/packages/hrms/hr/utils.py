"""What the check-in controller takes from HRMS's utilities."""

import frappe
from erpnext.setup.doctype.employee.employee import InactiveEmployeeStatusError
from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)


def validate_active_employee(employee: str, method: str | None = None) -> None:
	"""Raise InactiveEmployeeStatusError for an employee whose status is Inactive."""
	if frappe.db.get_value("Employee", employee, "status") == "Inactive":
		frappe.throw(
			f"Transactions cannot be created for an Inactive Employee {employee}.",
			InactiveEmployeeStatusError,
		)
