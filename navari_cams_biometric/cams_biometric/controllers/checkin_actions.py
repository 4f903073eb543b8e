"""What HR does with changed and deleted check-ins of devices: restore them."""

import frappe

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE
from navari_cams_biometric.cams_biometric.punches import checkin_changes
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHANGE, CHECKIN


@frappe.whitelist(methods=["POST"])
def restore(names: list[str] | str) -> list[str]:
	"""Bring back what the devices said in the check-ins of these CAMS Checkin Changes; return the check-ins.

	Those are left out whose change is restored already, or that the user may not see.
	"""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission(CHECKIN, "write", throw=True)
	names = frappe.parse_json(names) if isinstance(names, str) else names
	permitted = frappe.get_list(
		CHANGE, filters={"name": ["in", names]}, pluck="name", order_by="creation asc"
	)
	return [checkin for name in permitted if (checkin := checkin_changes.restore(name))]
