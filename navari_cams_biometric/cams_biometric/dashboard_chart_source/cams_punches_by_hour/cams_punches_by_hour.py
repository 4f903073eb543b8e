"""Chart: today's punches by the hour of the site's clock."""

from collections import Counter

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Extract
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.user_permissions import permitted


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, from the first hour with a punch to the last; empty where there is none."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	counts = _counts_by_hour()
	if not counts:
		return {}
	hours = range(min(counts), max(counts) + 1)
	values = [counts[hour] for hour in hours]
	return {
		"labels": [f"{hour:02}:00" for hour in hours],
		"datasets": [{"name": _("Punches"), "values": values}],
	}


def _counts_by_hour() -> Counter[int]:
	punch = frappe.qb.DocType("CAMS Punch")
	hour = Extract("hour", punch.punch_time)
	query = (
		frappe.qb.from_(punch)
		.select(hour, Count("*"))
		.where(punch.punch_time.between(f"{getdate()} 00:00:00", f"{getdate()} 23:59:59"))
		.groupby(hour)
	)
	return Counter(dict(permitted(query, "CAMS Punch").run()))
