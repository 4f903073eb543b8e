"""CAMS Day Repair: a day that late punches landed on. attendance.late_punches writes it down, attendance.repair mends it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.attendance.late_punches import OPEN, SEARCH_DAYS


class CAMSDayRepair(Document):
	# begin: auto-generated types
	# end: auto-generated types

	def validate(self) -> None:
		"""It is evidence of what was marked and by whom it was changed: nobody edits it."""
		frappe.throw(_("Days cannot be edited. Use Repair or Dismiss."))

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: forget days that were settled `days` ago. Open ones stay, and those that the sweep would
		only find again."""
		row = frappe.qb.DocType("CAMS Day Repair")
		kept = max(days, SEARCH_DAYS + 1)
		frappe.db.delete(row, filters=(row.modified < (Now() - Interval(days=kept))) & (row.state != OPEN))


def on_doctype_update() -> None:
	"""The index that the sweep finds open days by."""
	frappe.db.add_index("CAMS Day Repair", ["state", "attendance_date"])
