"""Who is told that a device is ill, or well again: by the Desk's bell, and by mail where the user has that on.

The notice is written in the caller's transaction, with the device's record: both are there, or neither.
"""

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.error_log import log_once_a_day


def tell_ill(device: frappe._dict, problems: dict[str, str]) -> None:
	"""`problems` maps each to a sentence that says what to do."""
	names = ", ".join(_(problem) for problem in problems)
	subject = _("{0} is not well: {1}").format(_title(device), names)
	_notify(device.name, subject, "<br>".join(map(escape_html, problems.values())))


def tell_well(device: frappe._dict) -> None:
	_notify(device.name, _("{0} is well again").format(_title(device)), "")


def _title(device: frappe._dict) -> str:
	named = f"{device.label} ({device.name})" if device.label else device.name
	return f"<b>{escape_html(named)}</b>"


def _notify(service_tag: str, subject: str, message: str) -> None:
	"""A notice that fails undoes nothing else: the device's record shows the problem all the same."""
	addresses = _addresses()
	if not addresses:
		return
	notice = {
		"type": "",  # of an Alert Frappe sends no mail
		"document_type": "CAMS Device",
		"document_name": service_tag,
		"subject": subject,
		"email_content": message,
	}
	frappe.db.savepoint("cams_notice")
	try:
		_write(notice, addresses)
		frappe.db.release_savepoint("cams_notice")
	except Exception as error:
		frappe.db.rollback(save_point="cams_notice")
		_report(service_tag, error)


def _addresses() -> list[str]:
	users = [row.user for row in frappe.get_cached_doc("CAMS Biometric Settings").health_recipients]
	if not users:
		return []
	enabled = {"name": ["in", users], "enabled": 1}
	return frappe.get_all("User", filters=enabled, pluck="email", order_by="name")


def _write(notice: dict[str, str], addresses: list[str]) -> None:
	"""At once: Frappe's job for it could be lost, and on 15 might run before the device's record is there."""
	from frappe.desk.doctype.notification_log.notification_log import make_notification_logs

	make_notification_logs(frappe._dict(notice), addresses)
	frappe.clear_messages()  # that no mail account is set up concerns nobody who looks at a device


def _report(service_tag: str, error: Exception) -> None:
	log_once_a_day(
		"A notice about a CAMS device could not be written",
		frappe.get_traceback(),
		identity=("notice", type(error).__name__),
		reference_doctype="CAMS Device",
		reference_name=service_tag,
	)
