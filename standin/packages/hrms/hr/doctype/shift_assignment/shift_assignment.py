"""Which shift a moment falls into: none, for who has no default shift. Shifts are not imitated."""

from __future__ import annotations

import datetime

import frappe
from frappe.missing import missing, module_getattr
from frappe.model.document import Document

__getattr__ = module_getattr(__name__)


class ShiftAssignment(Document):
	"""Its rules are not imitated."""


def get_actual_start_end_datetime_of_shift(
	employee: str, for_timestamp: datetime.datetime, consider_default_shift: bool = False
) -> frappe._dict:
	if not consider_default_shift or frappe.db.get_value("Employee", employee, "default_shift"):
		missing("the shift of a check-in")
	return frappe._dict()


def get_employee_shift(*_arguments: object, **_keywords: object) -> frappe._dict:
	missing("the shift of a day")
