"""CAMS History Load: a request for old punches, with a line for each device. history.loads does the work."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base.permissions import stored
from navari_cams_biometric.cams_biometric.base.states import LoadState
from navari_cams_biometric.cams_biometric.history import loads


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
		kind: DF.Literal["Manual", "Nightly"]
		progress: DF.Percent
		state: DF.Literal["Queued", "Running", "Done", "Failed", "Cancelled"]
		to_date: DF.Date
		notified_at: DF.Datetime | None
		notified_punches: DF.Int
	# end: auto-generated types

	@frappe.whitelist()
	def cancel_load(self) -> None:
		"""Stop after the page that is being loaded. What came so far stays."""
		frappe.only_for("System Manager")
		loads.set_state(stored(self).name, LoadState.CANCELLED)

	@frappe.whitelist()
	def resume_load(self) -> None:
		"""Go on where it stopped: with the device, the window and the page that were not finished."""
		frappe.only_for("System Manager")
		loads.resume(stored(self).name)

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: delete loads that ended `days` ago. Those in progress stay."""
		ended = {
			"state": ["in", [LoadState.DONE, LoadState.FAILED, LoadState.CANCELLED]],
			"modified": ["<", add_to_date(now_datetime(), days=-days)],
		}
		names = frappe.get_all("CAMS History Load", filters=ended, pluck="name")
		frappe.db.delete("CAMS History Load Device", {"parent": ["in", names]})
		frappe.db.delete("CAMS History Load", {"name": ["in", names]})
