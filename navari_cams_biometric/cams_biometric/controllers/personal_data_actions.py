"""Export and erase a person's data. For one employee, whom the user may read or change."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.personal_data import erasure, export
from navari_cams_biometric.cams_biometric.personal_data.person import PHOTO, person_of


@frappe.whitelist(methods=["POST"])
def export_data(employee: str) -> None:
	"""Send everything that the app holds on this employee, as a ZIP file. The employee's record says who took it."""
	document = _permitted_employee(employee, "read")
	content = export.archive(person_of(document), bool(frappe.has_permission(PHOTO)))
	document.add_comment("Info", _("exported the biometric data of this employee"))
	frappe.response.update(
		{
			"type": "download",
			"filename": f"biometric-data-{document.name}.zip",
			"content_type": "application/zip",
			"filecontent": content,
		}
	)


@frappe.whitelist(methods=["POST"])
def standing(employee: str) -> dict[str, object]:
	"""What an erasure would find, and what prevents it: see `erasure.standing`. Changes nothing."""
	return erasure.standing(_permitted_employee(employee, "write"))


@frappe.whitelist(methods=["POST"])
def erase(employee: str, reason: str, confirmation: str) -> dict[str, object]:
	"""Take the person off the devices, or, once that is done, erase what is stored: see `erasure.erase`.

	`confirmation` is the employee's name (HR-EMP-00001), typed in: it cannot be undone.
	"""
	document = _permitted_employee(employee, "write", for_update=True)
	if confirmation.strip() != document.name:
		frappe.throw(_("Type {0} to confirm.").format(document.name), title=_("Erase Biometric Data"))
	return erasure.erase(document, queue.required_reason(reason))


def _permitted_employee(employee: str, right: str, **options: bool) -> frappe._dict:
	frappe.only_for(PEOPLE, message=True)
	document = frappe.get_doc("Employee", employee, **options)
	document.check_permission(right)
	return document
