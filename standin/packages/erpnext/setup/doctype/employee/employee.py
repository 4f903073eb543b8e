"""Employee: its full name, its status, and the error for whoever is not active."""

from __future__ import annotations

import frappe
from frappe.missing import module_getattr
from frappe.model.document import Document
from frappe.utils import getdate

__getattr__ = module_getattr(__name__)


class InactiveEmployeeStatusError(frappe.ValidationError):
	pass


class Employee(Document):
	def validate(self) -> None:
		self.employee = self.name
		parts = (self.first_name, self.middle_name, self.last_name)
		self.employee_name = " ".join(part for part in parts if part)
		self.validate_dates()
		self.validate_status()

	def validate_dates(self) -> None:
		if self.date_of_birth and getdate(self.date_of_birth) > getdate():
			frappe.throw("Date of Birth cannot be greater than today.")
		if self.date_of_birth and self.date_of_joining:
			if getdate(self.date_of_birth) >= getdate(self.date_of_joining):
				frappe.throw("Date of Joining must be greater than Date of Birth")

	def validate_status(self) -> None:
		if self.status == "Left" and not self.relieving_date:
			frappe.throw("Please enter relieving date.")
