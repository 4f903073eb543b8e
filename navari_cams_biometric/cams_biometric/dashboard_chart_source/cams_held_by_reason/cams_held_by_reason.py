"""Chart: held and failed punches by reason."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, the most frequent reason first."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	rows = inbox.count_by_reason(PunchState.HELD, PunchState.FAILED)
	return {
		"labels": [(row.reason_code or "").replace("_", " ").capitalize() for row in rows],
		"datasets": [{"name": _("Punches"), "values": [row.count for row in rows]}],
	}
