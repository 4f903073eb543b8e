"""Employee Checkin: who, when, which direction, in which shift. Attendance is not imitated."""

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
		shift = get_actual_start_end_datetime_of_shift(self.employee, get_datetime(self.time), True)
		if not shift:
			self.shift = None
			return
		strict = shift.shift_type.determine_check_in_and_check_out.startswith("Strictly")
		if strict and not self.log_type and not self.skip_auto_attendance:
			frappe.throw(f"Log Type is required for check-ins falling in the shift: {shift.shift_type.name}.")
		if self.attendance:
			return
		self.shift = shift.shift_type.name
		self.shift_start, self.shift_end = shift.start_datetime, shift.end_datetime
		self.shift_actual_start, self.shift_actual_end = shift.actual_start, shift.actual_end

	def validate_location(self) -> None:
		tracked = frappe.db.get_single_value("HR Settings", "allow_geolocation_tracking")
		if tracked and not (self.latitude or self.longitude):
			frappe.throw("Latitude and longitude values are required for checking in.")


def mark_attendance_and_link_log(*_arguments: object, **_keywords: object) -> None:
	missing("auto attendance")
