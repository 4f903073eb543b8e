"""Error Log. Its table has no transactions, so entries outlive a rollback."""

import frappe
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now


class ErrorLog(Document):
	@staticmethod
	def clear_old_logs(days: int = 30) -> None:
		table = frappe.qb.DocType("Error Log")
		frappe.db.delete(table, filters=(table.modified < (Now() - Interval(days=days))))
