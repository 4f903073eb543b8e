"""Put the digests of tokens into Frappe's password store, and take them out of versions, where earlier releases left
them."""

import json

import frappe
from frappe.utils.password import set_encrypted_password

from navari_cams_biometric.cams_biometric.base.tokens import DIGESTS

SETTINGS, DEVICE = "CAMS Biometric Settings", "CAMS Device"


def execute() -> None:
	_hide(SETTINGS, SETTINGS, frappe.db.get_singles_dict(SETTINGS))
	for device in frappe.get_all(DEVICE, fields=["name", *DIGESTS]):
		_hide(DEVICE, device.name, device)
	_clean_versions()


def _hide(doctype: str, name: str, values: dict[str, str]) -> None:
	"""Frappe shows asterisks where it keeps a password."""
	for field in DIGESTS:
		value = values.get(field) or ""
		if not value.strip("*"):
			continue
		set_encrypted_password(doctype, name, value, field)
		frappe.db.set_value(doctype, name, field, "*" * len(value), update_modified=False)


def _clean_versions() -> None:
	kept = {"ref_doctype": ["in", (SETTINGS, DEVICE)], "data": ["like", "%token_digest%"]}
	for version in frappe.get_all("Version", filters=kept, fields=["name", "data"], order_by="name"):
		data = json.loads(version.data)
		data["changed"] = [change for change in data.get("changed") or [] if change[0] not in DIGESTS]
		frappe.db.set_value("Version", version.name, "data", frappe.as_json(data), update_modified=False)
