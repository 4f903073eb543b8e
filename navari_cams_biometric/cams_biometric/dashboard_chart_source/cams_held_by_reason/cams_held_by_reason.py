"""Chart: punches that wait for a person, by reason."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.attendance import inbox
from navari_cams_biometric.cams_biometric.attendance.reasons import FAILED, HELD


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, the most frequent reason first."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	rows = inbox.by_reason(HELD, FAILED)
	return {
		"labels": [(row.reason_code or "").replace("_", " ").capitalize() for row in rows],
		"datasets": [{"name": _("Punches"), "values": [row.count for row in rows]}],
	}
