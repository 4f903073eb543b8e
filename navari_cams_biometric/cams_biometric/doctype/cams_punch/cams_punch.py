"""CAMS Punch: the inbox, one record for each punch, named by the punch's identity (gateway.punch)."""

import frappe
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.attendance.reasons import CHECKED_IN, IGNORED


class CAMSPunch(Document):
	# begin: auto-generated types
	# end: auto-generated types

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: forget punches that are finished for `days`. Those that wait for a person stay."""
		punch = frappe.qb.DocType("CAMS Punch")
		frappe.db.delete(
			punch,
			filters=(punch.modified < (Now() - Interval(days=days)))
			& punch.state.isin([CHECKED_IN, IGNORED]),
		)


def on_doctype_update() -> None:
	"""The index that the worker finds waiting punches by, in time order."""
	frappe.db.add_index("CAMS Punch", ["state", "punch_time"])
