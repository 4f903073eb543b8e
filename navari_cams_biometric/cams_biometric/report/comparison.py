"""What the reports share that compare the gateway with ERPNext. Each report has its own question, comparison, columns
and rows.

They only read, but call the gateway: so they need a role of base.permissions.
"""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.gateway_questions import collect_answers
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.base.user_permissions import seen_among
from navari_cams_biometric.cams_biometric.history.punch_comparison import (
	MISSING,
	NOT_AT_GATEWAY,
	NothingToCompareError,
	Row,
	scope_of,
)
from navari_cams_biometric.cams_biometric.report.columns import figure


class Comparison:
	"""One run of a report. Of `filters` each report has some: today, or from_date and to_date; device, employee, user_id;
	only_differences.

	A report has for itself: `operation`, `columns()`, `ask(client, scope)`; `compare(told, scope, asked_at, is_all)`,
	which makes rows with a `difference`; and for the summary `totals` and `other_differences`.
	"""

	shows_part = False  # of what the gateway has, where it did not tell all

	def __init__(self, filters: frappe._dict):
		self.filters = filters

	def execute(self) -> tuple:
		"""Columns, rows, message, no chart, summary. A refusal of the gateway is in the message."""
		ensure_may(self.operation)
		filters, asked_at = self.filters, now_datetime()
		first, last = (getdate(), getdate()) if filters.today else (filters.from_date, filters.to_date)
		try:
			scope = scope_of(first, last, filters.device, filters.employee, filters.user_id)
		except NothingToCompareError as reason:
			return self.columns(), [], escape_html(str(reason))
		told, refusal = collect_answers(lambda client: self.ask(client, scope))
		if refusal and not (told and self.shows_part):
			return self.columns(), [], escape_html(refusal)
		compared = seen_among(
			self.compare(told, scope, asked_at, not refusal),
			lambda row: row["employee"],
			lambda row: row.get("service_tag"),
		)
		shown = [row for row in self.rows(compared) if self.differs(row) or not filters.only_differences]
		missing_part = _("Not everything is shown, because the gateway did not return all. {0}").format(
			refusal
		)
		message = escape_html(missing_part) if refusal else None
		return self.columns(), shown, message, None, self.summary(compared)

	def rows(self, compared: list[Row]) -> list[Row]:
		return compared

	def differs(self, row: Row) -> bool:
		return bool(row["difference"])

	def summary(self, compared: list[Row]) -> list[dict]:
		differences = Counter(row["difference"] for row in compared)
		return [
			*self.totals(compared, differences),
			figure(_("Only at Gateway"), differences[MISSING], "Red"),
			figure(_("Only in ERPNext"), differences[NOT_AT_GATEWAY], "Orange"),
			self.other_differences(differences),
		]
