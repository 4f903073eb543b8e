"""Chart: punches that wait for a person, by reason."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from navari_cams_biometric.cams_biometric.attendance.reasons import FAILED, HELD


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, the most frequent reason first."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	punch = frappe.qb.DocType("CAMS Punch")
	rows = (
		frappe.qb.from_(punch)
		.select(punch.reason_code, Count("*"))
		.where(punch.state.isin([HELD, FAILED]))
		.groupby(punch.reason_code)
		.run()
	)
	rows = sorted(rows, key=lambda row: -row[1])
	return {
		"labels": [(code or "").replace("_", " ").capitalize() for code, _count in rows],
		"datasets": [{"name": _("Punches"), "values": [count for _code, count in rows]}],
	}
