"""CAMS Day Repair: a day that late punches landed on. day_repair.late_days writes it down, day_repair.repair fixes it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, stored
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.day_repair import repair as day_repair
from navari_cams_biometric.cams_biometric.day_repair.late_days import SEARCH_DAYS


class CAMSDayRepair(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		after_hours: DF.Float
		after_in: DF.Datetime | None
		after_out: DF.Datetime | None
		after_status: DF.Data | None
		attendance: DF.Link | None
		attendance_date: DF.Date | None
		before_hours: DF.Float
		before_in: DF.Datetime | None
		before_out: DF.Datetime | None
		before_status: DF.Data | None
		checkins: DF.LongText | None
		company: DF.Link | None
		employee: DF.Link | None
		employee_name: DF.Data | None
		late_count: DF.Int
		late_times: DF.Data | None
		message: DF.SmallText | None
		new_attendance: DF.Link | None
		reason_code: DF.Data | None
		settled_at: DF.Datetime | None
		settled_by: DF.Link | None
		shift: DF.Link | None
		state: DF.Literal["Open", "Repaired", "Skipped", "Dismissed"]
		tried_at: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		"""It is evidence of what was marked and by whom it was changed: nobody edits it."""
		frappe.throw(_("Days cannot be edited. Use Repair or Dismiss."))

	@frappe.whitelist(methods=["POST"])
	def repair(self) -> dict[str, str]:
		"""Repair the day, in a transaction of its own; return its `state` and `message`."""
		frappe.only_for(PEOPLE, message=True)
		name = stored(self, "write").name
		day_repair.repair(name)
		# Locked, and so as it is now: somebody else may have repaired it while this request waited.
		return frappe.db.get_value(self.doctype, name, ["state", "message"], as_dict=True, for_update=True)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: forget days that were settled `days` ago. Open ones stay, and those that the sweep would
		only find again."""
		row = frappe.qb.DocType("CAMS Day Repair")
		kept = max(days, SEARCH_DAYS + 1)
		frappe.db.delete(
			row, filters=(row.modified < (Now() - Interval(days=kept))) & (row.state != RepairState.OPEN)
		)


def on_doctype_update() -> None:
	"""What the sweep finds open days by, and what the list is sorted by."""
	frappe.db.add_index("CAMS Day Repair", ["state", "attendance_date"])
	frappe.db.add_index("CAMS Day Repair", ["attendance_date"])
