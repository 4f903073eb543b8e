"""Chart: today's punches of the devices that had most."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted

MOST_DEVICES = 10


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, the largest first, those beyond the first ten as one; empty where there is none."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	counts = _counts_by_device()
	if not counts:
		return {}
	first, others = counts[:MOST_DEVICES], counts[MOST_DEVICES:]
	labels = device_labels()
	bars = [(labels.get(tag) or tag or _("No device"), count) for tag, count in first]
	if others:
		bars.append((_("{0} others").format(len(others)), sum(count for _tag, count in others)))
	return {
		"labels": [label for label, _count in bars],
		"datasets": [{"name": _("Punches"), "values": [count for _label, count in bars]}],
	}


def _counts_by_device() -> list[tuple[str, int]]:
	"""By service tag, the largest first."""
	punch = frappe.qb.DocType("CAMS Punch")
	today = (
		frappe.qb.from_(punch)
		.select(punch.service_tag, Count("*"))
		.where(punch.punch_time.between(f"{getdate()} 00:00:00", f"{getdate()} 23:59:59"))
		.groupby(punch.service_tag)
	)
	rows = permitted(today, "CAMS Punch").run()
	return sorted(rows, key=lambda row: (-row[1], row[0] or ""))
