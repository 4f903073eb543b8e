"""Chart: held and failed punches by reason."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox

MOST_REASONS = 10


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, the most frequent reason first; empty where nothing is held."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	rows = inbox.count_by_reason(PunchState.HELD, PunchState.FAILED)[:MOST_REASONS]
	if not rows:
		return {}
	return {
		"labels": [(row.reason_code or "").replace("_", " ").capitalize() for row in rows],
		"datasets": [{"name": _("Punches"), "values": [row.count for row in rows]}],
	}
