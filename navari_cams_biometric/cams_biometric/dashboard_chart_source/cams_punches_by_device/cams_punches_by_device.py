"""Chart: today's punches by device."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk; a device without punches is shown with 0."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	punch = frappe.qb.DocType("CAMS Punch")
	rows = (
		frappe.qb.from_(punch)
		.select(punch.service_tag, Count("*"))
		.where(punch.punch_time.between(f"{getdate()} 00:00:00", f"{getdate()} 23:59:59"))
		.groupby(punch.service_tag)
		.run()
	)
	counts = dict(rows)
	devices = frappe.get_all(
		"CAMS Device", filters={"enabled": 1}, fields=["name", "label"], order_by="label, name"
	)
	return {
		"labels": [device.label or device.name for device in devices],
		"datasets": [{"name": _("Punches"), "values": [counts.get(device.name, 0) for device in devices]}],
	}
