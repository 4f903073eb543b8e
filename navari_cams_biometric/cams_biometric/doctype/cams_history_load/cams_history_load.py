"""CAMS History Load: a request for old punches, with a line for each device. attendance.history does the work."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.attendance import history


class CAMSHistoryLoad(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from navari_cams_biometric.cams_biometric.doctype.cams_history_load_device.cams_history_load_device import (
			CAMSHistoryLoadDevice,
		)

		devices: DF.Table[CAMSHistoryLoadDevice]
		from_date: DF.Date
		kind: DF.Literal["By Hand", "Nightly"]
		progress: DF.Percent
		state: DF.Literal["Queued", "Running", "Done", "Failed", "Cancelled"]
		to_date: DF.Date
		told_at: DF.Datetime | None
		told_punches: DF.Int
	# end: auto-generated types

	@frappe.whitelist()
	def cancel_load(self) -> None:
		"""Stop after the page that is being loaded. What came so far stays."""
		frappe.only_for("System Manager")
		history.set_state(self.name, history.CANCELLED)

	@frappe.whitelist()
	def resume_load(self) -> None:
		"""Go on where it stopped: with the device, the window and the page that were not finished."""
		frappe.only_for("System Manager")
		history.resume(self.name)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: forget loads that ended `days` ago. Those that are under way stay."""
		ended = {
			"state": ["in", [history.DONE, history.FAILED, history.CANCELLED]],
			"modified": ["<", add_to_date(now_datetime(), days=-days)],
		}
		names = frappe.get_all("CAMS History Load", filters=ended, pluck="name")
		frappe.db.delete("CAMS History Load Device", {"parent": ["in", names]})
		frappe.db.delete("CAMS History Load", {"name": ["in", names]})
