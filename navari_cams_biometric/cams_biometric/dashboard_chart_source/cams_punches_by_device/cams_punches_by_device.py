"""Chart: today's punches by device."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.user_permissions import permitted


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk; a device without punches is shown with 0."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	punch, device = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Device")
	today = (
		frappe.qb.from_(punch)
		.select(punch.service_tag, Count("*"))
		.where(punch.punch_time.between(f"{getdate()} 00:00:00", f"{getdate()} 23:59:59"))
		.groupby(punch.service_tag)
	)
	counts = dict(permitted(today, "CAMS Punch").run())
	enabled = frappe.qb.from_(device).select(device.name, device.label).where(device.enabled == 1)
	devices = permitted(enabled.orderby(device.label).orderby(device.name), "CAMS Device").run(as_dict=True)
	return {
		"labels": [device.label or device.name for device in devices],
		"datasets": [{"name": _("Punches"), "values": [counts.get(device.name, 0) for device in devices]}],
	}
