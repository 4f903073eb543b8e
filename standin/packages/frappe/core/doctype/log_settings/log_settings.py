"""Log Settings: after how many days which log is cleared, through the DocType's own clear_old_logs."""

from __future__ import annotations

import frappe
from frappe.missing import module_getattr
from frappe.model.base_document import get_controller
from frappe.model.document import Document

__getattr__ = module_getattr(__name__)

OWN_DEFAULTS = {"Error Log": 30}


class LogSettings(Document):
	def register_doctype(self, doctype: str, days: int = 30) -> None:
		if doctype not in {row.ref_doctype for row in self.logs_to_clear}:
			self.append("logs_to_clear", {"ref_doctype": doctype, "days": int(days)})

	def add_default_logtypes(self) -> None:
		"""Register what apps name in `default_log_clearing_doctypes` (a list there means the last wins)."""
		defaults = {**OWN_DEFAULTS, **frappe.get_hooks("default_log_clearing_doctypes", {})}
		for doctype, days in defaults.items():
			self.register_doctype(doctype, days[-1] if isinstance(days, list) else days)

	def clear_logs(self) -> None:
		for row in self.logs_to_clear:
			get_controller(row.ref_doctype).clear_old_logs(days=row.days)
			frappe.db.commit()
