"""Run in a bench's Python, in its sites folder, as `listening.py SITE`: puts each kind of listener on the site in a
transaction that is taken back. Prints as JSON what `listeners.find` says without one, and with each.
"""

import json
import sys
from collections.abc import Callable

import frappe

from navari_cams_biometric.cams_biometric.punches import listeners
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN

RECORDS = {
	"a server script": {
		"doctype": "Server Script",
		"script_type": "DocType Event",
		"reference_doctype": CHECKIN,
		"doctype_event": "After Insert",
		"script": "pass",
	},
	"a notification": {"doctype": "Notification", "document_type": CHECKIN, "enabled": 1, "event": "New"},
	"a webhook": {
		"doctype": "Webhook",
		"webhook_doctype": CHECKIN,
		"webhook_docevent": "after_insert",
		"enabled": 1,
		"request_url": "https://example.com",
	},
	"a workflow": {"doctype": "Workflow", "document_type": CHECKIN, "is_active": 1},
	"an assignment rule": {"doctype": "Assignment Rule", "document_type": CHECKIN, "disabled": 0},
	"a naming rule": {
		"doctype": "Document Naming Rule",
		"document_type": CHECKIN,
		"prefix": "LISTEN-",
		"prefix_digits": 5,
	},
	"a milestone tracker": {
		"doctype": "Milestone Tracker",
		"document_type": CHECKIN,
		"track_field": "log_type",
		"disabled": 0,
	},
	"a service level agreement": {
		"doctype": "Service Level Agreement",
		"document_type": CHECKIN,
		"enabled": 1,
		"service_level": "Listening",
	},
	"a user type": {"doctype": "User Type", "apply_user_permission_on": CHECKIN, "is_standard": 0},
	"a mandatory field": {"doctype": "Custom Field", "fieldtype": "Data", "reqd": 1},
	"a unique field": {"doctype": "Custom Field", "fieldtype": "Data", "unique": 1},
	"a field with a default": {"doctype": "Custom Field", "fieldtype": "Data", "default": "said"},
	"a choice that begins with one": {"doctype": "Custom Field", "fieldtype": "Select", "options": "A\nB"},
	"a fetched field": {"doctype": "Custom Field", "fieldtype": "Data", "fetch_from": "employee.company"},
	"another naming": {"doctype": "Property Setter", "property": "autoname", "value": "hash"},
	"another default": {
		"doctype": "Property Setter",
		"property": "default",
		"value": "IN",
		"field_name": "log_type",
	},
	"a field that became mandatory": {
		"doctype": "Property Setter",
		"property": "reqd",
		"value": "1",
		"field_name": "device_id",
	},
}
NOTICED_BY_NOBODY = {
	"another label": {
		"doctype": "Property Setter",
		"property": "label",
		"value": "Who",
		"field_name": "employee",
	},
	"a field for a remark": {"doctype": "Custom Field", "fieldtype": "Data"},
	"a server script of another DocType": {
		"doctype": "Server Script",
		"script_type": "DocType Event",
		"reference_doctype": "ToDo",
		"doctype_event": "After Insert",
	},
	"a notification that is off": {"doctype": "Notification", "document_type": CHECKIN, "enabled": 0},
}


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	quiet = listeners.find()
	found = {name: _found_with(name, values) for name, values in {**RECORDS, **NOTICED_BY_NOBODY}.items()}
	print(
		json.dumps({"quiet": quiet, "heard": [*RECORDS], "not heard": [*NOTICED_BY_NOBODY], "found": found})
	)


def _found_with(name: str, values: dict[str, object]) -> list[str]:
	of_checkins = {
		"Custom Field": {"dt": CHECKIN, "fieldname": "custom_listener", "label": "Listener", "idx": 99},
		"Property Setter": {"doc_type": CHECKIN, "doctype_or_field": "DocField"},
	}
	frappe.clear_cache(doctype=CHECKIN)
	try:
		frappe.get_doc({"name": name, **of_checkins.get(str(values["doctype"]), {}), **values}).db_insert()
		_forget_meta()
		return listeners.find()
	finally:
		frappe.db.rollback()
		_forget_meta()


def _forget_meta() -> None:
	clear: Callable[..., None] = frappe.clear_cache
	clear(doctype=CHECKIN)
	frappe.local.new_doc_templates.clear()


if __name__ == "__main__":
	main(sys.argv[1])
