"""Take the digests of tokens out of the versions of Settings and devices, where earlier releases left them."""

import json

import frappe

from navari_cams_biometric.cams_biometric.base.tokens import DIGESTS

DOCTYPES = ("CAMS Biometric Settings", "CAMS Device")


def execute() -> None:
	kept = {"ref_doctype": ["in", DOCTYPES], "data": ["like", "%token_digest%"]}
	for version in frappe.get_all("Version", filters=kept, fields=["name", "data"], order_by="name"):
		data = json.loads(version.data)
		data["changed"] = [change for change in data.get("changed") or [] if change[0] not in DIGESTS]
		frappe.db.set_value("Version", version.name, "data", frappe.as_json(data), update_modified=False)
