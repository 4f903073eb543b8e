"""What an administrator sees of the morning digests before anybody gets one."""

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric import digests


@frappe.whitelist(methods=["POST"])
def preview(digest: str) -> dict[str, str]:
	"""The `attendance` or the `devices` digest as it would go out now: `subject` and `html`. Sends nothing.

	Both are empty where there is nothing to tell.
	"""
	frappe.only_for("System Manager", message=True)
	if digest not in digests.DIGESTS:
		frappe.throw(_("There is no such digest."), title=_("Daily Digests"))
	return digests.preview(digest)
