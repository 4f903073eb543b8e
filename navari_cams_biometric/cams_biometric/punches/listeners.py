"""Who would notice that check-ins are not inserted one by one: what else runs, or decides, in Document.insert.

To be read beside `insert` and `run_method` of frappe/model/document.py, and beside `set_new_name` of frappe/model/
naming.py: whatever they come to on the way of an Employee Checkin is asked for here. Where nobody listens, the
check-ins of a batch are inserted together.
"""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from hrms.hr.doctype.employee_checkin.employee_checkin import EmployeeCheckin

from navari_cams_biometric.cams_biometric.base.hrms_from_memory import is_of
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN, DEVICE_FIELDS

RUN = ("before_validate", "validate")  # of HRMS's class: the batch runs them
EVENTS = (
	"before_insert",
	"before_naming",
	"autoname",
	*RUN,
	"before_save",
	"after_insert",
	"on_update",
	"on_change",
)
PIPELINE = (  # of Document: the batch does what they do
	"insert",
	"run_method",
	"_set_defaults",
	"set_user_and_timestamp",
	"check_if_latest",
	"set_new_name",
	"run_before_save_methods",
	"db_insert",
	"run_post_save_methods",
	"notify_update",
)
# Handlers that find nothing to do at a new check-in as long as none of RECORDS is about check-ins.
KNOWN_APPS = "navari_cams_biometric."  # the batch does what they do
KNOWN = {
	"frappe.desk.notifications.clear_doctype_notifications",
	"frappe.workflow.doctype.workflow_action.workflow_action.process_workflow_actions",
	"frappe.core.doctype.file.utils.attach_files_to_document",
	"frappe.automation.doctype.assignment_rule.assignment_rule.apply",
	"frappe.automation.doctype.assignment_rule.assignment_rule.update_due_date",
	"frappe.core.doctype.user_type.user_type.apply_permissions_for_non_standard_user_type",
	"frappe.core.doctype.permission_log.permission_log.make_perm_log",
	"frappe.search.sqlite_search.update_doc_index",
	"frappe.social.doctype.energy_point_rule.energy_point_rule.process_energy_points",
	"frappe.automation.doctype.milestone_tracker.milestone_tracker.evaluate_milestone",
	"erpnext.support.doctype.service_level_agreement.service_level_agreement.apply",
	"erpnext.setup.doctype.transaction_deletion_record.transaction_deletion_record.check_for_running_deletion_job",
}
RECORDS = (
	("Server Script", {"reference_doctype": CHECKIN, "script_type": "DocType Event", "disabled": 0}),
	("Notification", {"document_type": CHECKIN, "enabled": 1}),
	("Webhook", {"webhook_doctype": CHECKIN, "enabled": 1}),
	("Workflow", {"document_type": CHECKIN, "is_active": 1}),
	("Assignment Rule", {"document_type": CHECKIN, "disabled": 0}),
	("Document Naming Rule", {"document_type": CHECKIN, "disabled": 0}),
	("Milestone Tracker", {"document_type": CHECKIN, "disabled": 0}),
	("Energy Point Rule", {"reference_doctype": CHECKIN, "enabled": 1}),
	("Service Level Agreement", {"document_type": CHECKIN, "enabled": 1}),
	("User Type", {"apply_user_permission_on": CHECKIN}),
)
LOOKS = (  # properties of a field or of the form that change nothing about what is stored
	"label",
	"description",
	"hidden",
	"in_list_view",
	"in_standard_filter",
	"in_preview",
	"in_filter",
	"bold",
	"columns",
	"width",
	"print_hide",
	"print_width",
	"report_hide",
	"collapsible",
	"depends_on",
	"read_only",
	"insert_after",
	"field_order",
	"sort_field",
	"sort_order",
	"search_fields",
	"quick_entry",
	"show_title_field_in_link",
	"default_print_format",
	"allow_import",
	"track_changes",
)
NAME_PARTS = ("", "YY", "MM", "DD", "YYYY", "WW")  # of a naming series, beside plain text and the number
FETCHED = {"employee_name": "employee.employee_name"}


def find() -> list[str]:
	"""Whoever listens, as the doctor names them; empty where nobody does."""
	return [*_in_code(), *_in_hooks(), *_in_records(), *_in_naming(), *_in_fields()]


def _in_code() -> Iterator[str]:
	"""Classes that override HRMS's, methods that HRMS's has beside those that a batch runs, and Frappe's where another app
	has put its own in their place."""
	controller = get_controller(CHECKIN)
	if controller is not EmployeeCheckin:
		yield f"{controller.__module__}.{controller.__name__}"
	for method in EVENTS:
		if method not in RUN and callable(getattr(EmployeeCheckin, method, None)):
			yield f"{EmployeeCheckin.__name__}.{method}"
	for method in PIPELINE:
		of_document = getattr(Document, method, None)
		if getattr(EmployeeCheckin, method, None) is not of_document:
			yield f"{EmployeeCheckin.__name__}.{method}"
		elif of_document and not is_of(of_document, "frappe"):
			yield f"{Document.__name__}.{method}"


def _in_hooks() -> Iterator[str]:
	"""Other apps' functions for check-ins, or for all documents."""
	hooks = frappe.get_doc_hooks()
	for event in EVENTS:
		for doctype in (CHECKIN, "*"):
			for handler in hooks.get(doctype, {}).get(event, []):
				if handler not in KNOWN and not handler.startswith(KNOWN_APPS):
					yield handler
	for search in frappe.get_hooks("sqlite_search"):
		if CHECKIN in getattr(frappe.get_attr(search), "INDEXABLE_DOCTYPES", ()):
			yield search


def _in_records() -> Iterator[str]:
	"""What people configured on the site."""
	there = frappe.get_all(
		"DocType", filters={"name": ["in", [doctype for doctype, _filters in RECORDS]]}, pluck="name"
	)
	for doctype, filters in RECORDS:
		if doctype in there and (name := frappe.db.exists(doctype, filters)):
			yield f"{doctype} {name}"


def _in_naming() -> Iterator[str]:
	"""Names that are no counted series of their own."""
	meta = frappe.get_meta(CHECKIN)
	parts = (meta.autoname or "").split(".")
	numbers = [part for part in parts if part and not part.strip("#")]
	custom = frappe.get_hooks("naming_series_variables") or {}
	others = [part for part in parts if part not in numbers and part not in NAME_PARTS]
	is_plain = len(numbers) == 1 and not any(
		":" in part or "{" in part or part in custom or meta.has_field(part) for part in others
	)
	if not is_plain:
		yield _("Naming {0}").format(meta.autoname or "")


def _in_fields() -> Iterator[str]:
	"""Fields of the site that are filled or checked, and properties that were changed."""
	meta, new = frappe.get_meta(CHECKIN), frappe.new_doc(CHECKIN)
	for field in meta.fields:
		is_ours = field.fieldname in DEVICE_FIELDS
		fetches = field.fetch_from and FETCHED.get(field.fieldname) != field.fetch_from
		added = field.get("is_custom_field") and not is_ours
		if fetches or (
			added and (field.reqd or field.unique or field.is_virtual or new.get(field.fieldname))
		):
			yield f"{CHECKIN} {field.fieldname}"
	changed = {"doc_type": CHECKIN, "property": ["not in", LOOKS]}
	yield from frappe.get_all("Property Setter", filters=changed, pluck="name", order_by="name")
