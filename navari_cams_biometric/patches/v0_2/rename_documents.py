"""Rename standard documents before their new definitions are synced, so that what links to them follows."""

import frappe

from navari_cams_biometric.patches.v0_2.renames import DOCUMENTS


def execute() -> None:
	"""Safe to run twice: what has its new name is left as it is."""
	for doctype, names in DOCUMENTS.items():
		for old, new in names.items():
			if not frappe.db.exists(doctype, old):
				continue
			if frappe.db.exists(doctype, new):
				frappe.delete_doc(doctype, old, force=True, ignore_permissions=True)
			else:
				frappe.rename_doc(doctype, old, new, force=True, show_alert=False)
