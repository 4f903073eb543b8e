"""Chart: the punches of the last seven days, today's the last, by the site's clock."""

import frappe
from frappe import _, _lt
from frappe.query_builder.functions import Count
from frappe.utils import add_days, getdate
from pypika.functions import Date

from navari_cams_biometric.cams_biometric.base.user_permissions import permitted

DAYS = 7
WEEKDAYS = (_lt("Mon"), _lt("Tue"), _lt("Wed"), _lt("Thu"), _lt("Fri"), _lt("Sat"), _lt("Sun"))


@frappe.whitelist(methods=["GET", "POST"])
def get_data() -> dict[str, object]:
	"""Labels and counts for the Desk, a day without punches with 0; empty where there was none at all."""
	frappe.has_permission("CAMS Punch", "read", throw=True)
	days = [getdate(add_days(getdate(), -back)) for back in range(DAYS - 1, -1, -1)]
	punch = frappe.qb.DocType("CAMS Punch")
	day = Date(punch.punch_time)
	query = (
		frappe.qb.from_(punch)
		.select(day, Count("*"))
		.where(punch.punch_time.between(f"{days[0]} 00:00:00", f"{days[-1]} 23:59:59"))
		.groupby(day)
	)
	counts = {getdate(day): count for day, count in permitted(query, "CAMS Punch").run()}
	if not counts:
		return {}
	return {
		"labels": [str(WEEKDAYS[day.weekday()]) for day in days],
		"datasets": [{"name": _("Punches"), "values": [counts.get(day, 0) for day in days]}],
	}
