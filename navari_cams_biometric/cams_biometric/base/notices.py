"""Notify users of problems and recoveries: in the Desk, and by mail if the user has enabled that.

The notice is written in the caller's transaction, together with the record that it is about.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base.device_lookup import label_and_name
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.settings import read_settings_with_tables


def notify_problem(device: frappe._dict, problems: dict[str, str]) -> None:
	"""`problems` maps each to a sentence that says what to do."""
	names = ", ".join(_(problem) for problem in problems)
	subject = _("{0} needs attention: {1}").format(device_title(device), names)
	_notify_about_device(
		device.name, subject, "<br>".join(escape_html(problem) for problem in problems.values())
	)


def notify_recovery(device: frappe._dict) -> None:
	_notify_about_device(device.name, _("{0} has recovered").format(device_title(device)), "")


def device_title(device: frappe._dict) -> str:
	"""Label and name, as HTML."""
	return f"<b>{escape_html(label_and_name(device))}</b>"


def _notify_about_device(service_tag: str, subject: str, message: str) -> None:
	notify(recipients(), "CAMS Device", service_tag, subject, message)


def notify(users: Iterable[str], doctype: str, name: str, subject: str, message: str, link: str = "") -> None:
	"""Subject and message are HTML; `link` is where a click leads, instead of to the record. A notice that fails undoes
	nothing else: the record shows the same."""
	addresses = _addresses(users)
	if not addresses:
		return
	notice = {
		"type": "",  # of an Alert Frappe sends no mail
		"document_type": doctype,
		"document_name": name,
		"subject": subject,
		"email_content": message,
		"link": link,
	}
	frappe.db.savepoint("cams_notice")
	try:
		_write(notice, addresses)
		frappe.db.release_savepoint("cams_notice")
	except Exception as error:
		frappe.db.rollback(save_point="cams_notice")
		_report_notice_failure(doctype, name, error)


def recipients() -> set[str]:
	"""The users whom Settings name."""
	return {row.user for row in read_settings_with_tables().health_recipients}


def recipients_and_hr() -> set[str]:
	"""The users whom Settings name, and every HR Manager: attendance may have changed, or be on hold."""
	roles = {"role": "HR Manager", "parenttype": "User", "parent": ["!=", "Administrator"]}
	return recipients() | set(frappe.get_all("Has Role", filters=roles, pluck="parent"))


def _addresses(users: Iterable[str]) -> list[str]:
	names = sorted(users)
	if not names:
		return []
	enabled = {"name": ["in", names], "enabled": 1}
	return frappe.get_all("User", filters=enabled, pluck="email", order_by="name")


def _write(notice: dict[str, str], addresses: list[str]) -> None:
	"""At once: Frappe's job for it could be lost, and on 15 might run before the record is there."""
	from frappe.desk.doctype.notification_log.notification_log import make_notification_logs

	make_notification_logs(frappe._dict(notice), addresses)
	frappe.clear_messages()  # that no mail account is set up concerns nobody who looks at the record


def _report_notice_failure(doctype: str, name: str, error: Exception) -> None:
	log_once_a_day(
		f"A notice about a {doctype} could not be written",
		frappe.get_traceback(),
		identity=("notice", doctype, type(error).__name__),
		reference_doctype=doctype,
		reference_name=name,
	)
