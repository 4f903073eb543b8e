"""Coming from the earlier app: its module and its Settings get their present names, which differ in capitals only.

To MariaDB both spellings are the same name, to Frappe's Python code they are not. A site where Settings still have the
former one comes from the earlier app: its nightly reconciliation begins with the update. Runs before the models are
synchronised, because Frappe then writes the present name over the former.
"""

from datetime import date

import frappe
from frappe.utils import add_days, getdate

MODULE, FORMER_MODULE = "CAMS Biometric", "Cams Biometric"
SETTINGS, FORMER_SETTINGS = "CAMS Biometric Settings", "Cams Biometric Settings"
FORMER_REPORT = "missing_punches"  # its code is gone


def execute() -> None:
	_rename("Module Def", FORMER_MODULE, MODULE)
	blocked = frappe.qb.DocType("Block Module")  # has the module's name as a text
	frappe.qb.update(blocked).set(blocked.module, MODULE).where(blocked.module == FORMER_MODULE).run()
	if frappe.db.exists("Report", {"name": FORMER_REPORT, "module": MODULE}):
		frappe.delete_doc("Report", FORMER_REPORT, force=True)
	if _rename("DocType", FORMER_SETTINGS, SETTINGS):
		frappe.db.set_single_value(SETTINGS, "reconcile_from", _first_day())


def _rename(doctype: str, former: str, present: str) -> bool:
	"""With all that refers to it. False where it has the present name, or is not there."""
	if frappe.db.get_value(doctype, present, "name") != former:
		return False
	frappe.rename_doc(doctype, former, present, force=True, show_alert=False, rebuild_search=False)
	return True


def _first_day() -> date:
	"""Today, unless the earlier app has already made check-ins today: then tomorrow."""
	today = getdate()
	return add_days(today, 1) if frappe.db.exists("Employee Checkin", {"time": [">=", today]}) else today
