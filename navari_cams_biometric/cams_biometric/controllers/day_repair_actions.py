"""What HR does with several days of late punches at once: dismiss them. CAMS Day Repair repairs one."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.day_repair import late_days
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE


@frappe.whitelist(methods=["POST"])
def dismiss(names: list[str] | str, reason: str) -> int:
	"""Take days off the list that stay as they are, and say why. Returns how many. A later punch brings a day back."""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission(DOCTYPE, "write", throw=True)
	if not reason.strip():
		frappe.throw(_("Enter a reason."), title=_("Dismiss"))
	names = frappe.parse_json(names) if isinstance(names, str) else names
	permitted = frappe.get_list(DOCTYPE, filters={"name": ["in", names]}, pluck="name", order_by="name")
	return sum(_dismiss(name, reason.strip()) for name in permitted)


def _dismiss(name: str, reason: str) -> bool:
	if frappe.db.get_value(DOCTYPE, name, "state", for_update=True) in (
		RepairState.REPAIRED,
		RepairState.DISMISSED,
	):
		return False
	late_days.update(
		name,
		state=RepairState.DISMISSED,
		reason_code=None,
		message=reason,
		settled_by=frappe.session.user,
		settled_at=now_datetime(),
	)
	return True
