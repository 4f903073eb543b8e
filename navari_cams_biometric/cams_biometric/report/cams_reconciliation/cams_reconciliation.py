"""CAMS Reconciliation: how many punches of some days are at the gateway and in ERPNext, by device and person.

CAMS Punch Comparison has the punches one by one, and the request to the gateway.
"""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.history import reconciliation
from navari_cams_biometric.cams_biometric.history.punch_comparison import Row
from navari_cams_biometric.cams_biometric.report.cams_punch_comparison.cams_punch_comparison import (
	PunchComparison,
)
from navari_cams_biometric.cams_biometric.report.columns import column


def execute(filters: frappe._dict) -> tuple:
	return Reconciliation(filters).execute()


class Reconciliation(PunchComparison):
	def columns(self) -> list[dict]:
		return [
			column("who", _("Device, Person"), 240),
			column("user_id", _("User ID"), 100),
			column("at_gateway", _("At Gateway"), 130, "Int"),
			column("on_site", _("In ERPNext"), 120, "Int"),
			column("missing", _("Only at Gateway"), 145, "Int"),
			column("held", _("Held"), 80, "Int"),
			column("not_at_gateway", _("Only in ERPNext"), 160, "Int"),
			column("punches", _("Punches"), 110),
			column("employee", _("Employee"), 140, "Link", "Employee"),
			column("service_tag", _("Service Tag"), 150, "Link", "CAMS Device"),
		]

	def rows(self, compared: list[Row]) -> list[Row]:
		return [{**row, "who": _who(row)} for row in reconciliation.by_device_and_person(compared)]

	def differs(self, row: Row) -> bool:
		return reconciliation.differs(row)


def _who(row: Row) -> str:
	if row["indent"]:
		return row["employee_name"] or _("Unknown: {0}").format(row["user_id"])
	return row["device_label"] or row["service_tag"] or _("No Device")
