"""CAMS Checkin Photo: the photo that was taken at a check-in, named like it, for HR Managers alone.

The picture is a private File attached here and not to the Employee Checkin itself: whoever may read a document
may download what is attached to it, and employees and HR Users read check-ins.
"""

import frappe
from frappe.model.document import Document

from navari_cams_biometric.cams_biometric.base import user_permissions


class CAMSCheckinPhoto(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		employee: DF.Link
		employee_checkin: DF.Link
		photo: DF.AttachImage | None
		taken_at: DF.Datetime | None
	# end: auto-generated types
	pass


def has_permission(doc: CAMSCheckinPhoto, ptype: str = "read", user: str | None = None) -> bool:
	"""Besides the role it takes the right to read the check-in, which User Permissions may restrict."""
	if not user_permissions.has_permission(doc, ptype, user):
		return False
	checkin = frappe.get_doc("Employee Checkin", doc.employee_checkin)
	return checkin.has_permission("read", user=user)


def delete_with_checkin(checkin: Document, method: str | None = None) -> None:
	"""A deleted check-in takes its photo along, whoever deletes it."""
	frappe.delete_doc(
		"CAMS Checkin Photo", checkin.name, ignore_permissions=True, force=True, delete_permanently=True
	)
