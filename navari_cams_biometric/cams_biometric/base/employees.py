"""Find the employee who has a user id on a device."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder.functions import Trim


def employees_by_device_id(user_ids: Iterable[str]) -> dict[str, frappe._dict]:
	"""Return name, status and relieving date of the employees with these Attendance Device IDs, by device id.

	Trimmed and exact: the database ignores case, but user ids are texts in which case and leading zeros count.
	An empty user id is nobody's.
	"""
	wanted = {user_id for user_id in user_ids if user_id}
	if not wanted:
		return {}
	employee = frappe.qb.DocType("Employee")
	rows = (
		frappe.qb.from_(employee)
		.select(employee.name, employee.status, employee.relieving_date, employee.attendance_device_id)
		.where(Trim(employee.attendance_device_id).isin(sorted(wanted)))
		.run(as_dict=True)
	)
	by_device_id = {row.attendance_device_id.strip(): row for row in rows}
	return {user_id: row for user_id, row in by_device_id.items() if user_id in wanted}


def give_device_id(employee: str, user_id: str) -> Document:
	"""Make a user id the employee's Attendance Device ID. Saving it requeues the punches that were held for it.

	Throws if the employee has another device id already, or another employee has this one. Whom the user may not
	change is refused first, and like somebody who does not exist: nothing of that employee is told.
	"""
	if not (
		frappe.db.exists("Employee", employee) and frappe.has_permission("Employee", "write", doc=employee)
	):
		frappe.throw(
			_("Choose an employee that you are allowed to change."),
			frappe.PermissionError,
			title=_("Link to Employee"),
		)
	doc = frappe.get_doc("Employee", employee)
	current = (doc.attendance_device_id or "").strip()
	if current and current != user_id:
		frappe.throw(
			_(
				"{0} already has the Attendance Device ID {1}. Change it on the employee if it is wrong."
			).format(doc.employee_name, current),
			title=_("Link to Employee"),
		)
	doc.attendance_device_id = user_id
	doc.save()
	return doc


def names_of(employees: Iterable[str]) -> dict[str, str]:
	"""What these employees are called, by name of the record."""
	wanted = sorted(set(employees))
	if not wanted:
		return {}
	rows = frappe.get_all(
		"Employee", filters={"name": ["in", wanted]}, fields=["name", "employee_name"], order_by="name"
	)
	return {row.name: row.employee_name for row in rows}
