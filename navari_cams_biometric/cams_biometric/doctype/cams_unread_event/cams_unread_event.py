"""CAMS Unread Event: what a device sent and this version did not wholly understand. callbacks.unread_events stores it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Interval
from frappe.query_builder.functions import Now

from navari_cams_biometric.cams_biometric.base.states import UnreadState


class CAMSUnreadEvent(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		body: DF.Code | None
		holds_from: DF.Datetime | None
		last_received: DF.Datetime | None
		parts: DF.SmallText | None
		service_tag: DF.Link | None
		state: DF.Literal["Unread", "Read", "Dismissed"]
		times: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		"""What a device sent is evidence: nobody edits it."""
		frappe.throw(_("Unread events cannot be edited. Use Read Again or Dismiss."))

	@staticmethod
	def clear_old_logs(days: int = 365) -> None:
		"""For Log Settings: delete what was read or dismissed `days` ago. Unread events stay."""
		event = frappe.qb.DocType("CAMS Unread Event")
		frappe.db.delete(
			event,
			filters=(event.modified < (Now() - Interval(days=days)))
			& event.state.isin([UnreadState.READ, UnreadState.DISMISSED]),
		)
