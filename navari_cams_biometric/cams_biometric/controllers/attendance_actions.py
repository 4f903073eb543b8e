"""Attendance asked from the gateway in the Desk: the photo of a check-in, and the gateway's export."""

import csv
import io

import frappe
from frappe import _
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.user_permissions import ensure_sees_everybody
from navari_cams_biometric.cams_biometric.history.punch_comparison import NothingToCompareError, scope_of
from navari_cams_biometric.cams_biometric.punches import photos

EXPORT_SECONDS = 60.0
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


@frappe.whitelist(methods=["GET", "POST"])
def unsupported() -> list[str]:
	"""The operations that the chosen gateway API lacks, so that the Desk can say why a button does nothing."""
	frappe.only_for("Desk User")
	return read_settings().unsupported_operations()


@frappe.whitelist(methods=["POST"])
def attach_photo(checkin: str) -> str:
	"""Get the photo that was taken at a check-in, for HR Managers only; return the CAMS Checkin Photo's name.

	One that is there already stays, and a message says so.
	"""
	ensure_may("GetAttendancePhoto")
	document = frappe.get_doc("Employee Checkin", checkin)
	document.check_permission("read")
	if frappe.db.exists(photos.PHOTO, checkin):
		frappe.msgprint(_("A photo is attached already."), alert=True, indicator="blue")
		return checkin
	key = photos.punch_key(document)
	with gateway_client() as client:
		picture = client.get_attendance_photo(*key)
	return photos.keep(document, picture)


@frappe.whitelist(methods=["GET"])
def export_attendance(from_date: str, to_date: str) -> None:
	"""Send the gateway's own export of whole days in the site's zone, at most 31, as a CSV file.

	Verbatim, except that a cell which a spreadsheet would take for a formula begins with an apostrophe.
	"""
	ensure_may("ExportAttendance")
	ensure_sees_everybody(_("Export"))
	try:
		scope = scope_of(from_date, to_date)
	except NothingToCompareError as reason:
		frappe.throw(str(reason), title=_("Export"))
	with gateway_client(EXPORT_SECONDS) as client:
		sheet = client.export_attendance(scope.start, scope.end)
	frappe.response.update(
		{
			"type": "download",
			"filename": f"cams-attendance-{getdate(from_date)}-{getdate(to_date)}.csv",
			"content_type": "text/csv",
			"filecontent": without_formulas(sheet).encode(),
		}
	)


def without_formulas(sheet: str) -> str:
	"""User ids and types are whatever a device holds; a spreadsheet would run what looks like a formula."""
	rows = list(csv.reader(io.StringIO(sheet, newline="")))
	if not any(cell.startswith(FORMULA_BEGINNINGS) for row in rows for cell in row):
		return sheet
	safe = io.StringIO(newline="")
	writer = csv.writer(safe, lineterminator="\n")
	writer.writerows(
		[f"'{cell}" if cell.startswith(FORMULA_BEGINNINGS) else cell for cell in row] for row in rows
	)
	return safe.getvalue()
