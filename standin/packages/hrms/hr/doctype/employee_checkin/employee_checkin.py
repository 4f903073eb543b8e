"""Employee Checkin: who, when, which direction. Shifts and attendance are not imitated."""

from __future__ import annotations

import frappe
from frappe.missing import missing, module_getattr
from frappe.model.document import Document
from frappe.utils import get_datetime
from hrms.hr.doctype.shift_assignment.shift_assignment import get_actual_start_end_datetime_of_shift
from hrms.hr.utils import validate_active_employee

__getattr__ = module_getattr(__name__)


class CheckinRadiusExceededError(frappe.ValidationError):
	pass


class EmployeeCheckin(Document):
	def validate(self) -> None:
		validate_active_employee(self.employee)
		self.validate_duplicate_log()
		self.fetch_shift()
		self.validate_location()

	def validate_duplicate_log(self) -> None:
		equal = frappe.db.exists(
			"Employee Checkin",
			{
				"employee": self.employee,
				"time": self.time,
				"name": ("!=", self.name),
				"log_type": self.log_type,
			},
		)
		if equal:
			link = frappe.get_desk_link("Employee Checkin", equal)
			frappe.throw(f"This employee already has a log with the same timestamp.<Br>{link}")

	@frappe.whitelist()
	def fetch_shift(self) -> None:
		get_actual_start_end_datetime_of_shift(self.employee, get_datetime(self.time), True)
		self.shift = None

	def validate_location(self) -> None:
		tracked = frappe.db.get_single_value("HR Settings", "allow_geolocation_tracking")
		if tracked and not (self.latitude or self.longitude):
			frappe.throw("Latitude and longitude values are required for checking in.")


def mark_attendance_and_link_log(*_arguments: object, **_keywords: object) -> None:
	missing("auto attendance")
