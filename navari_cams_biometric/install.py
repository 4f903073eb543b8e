"""What installing, migrating and uninstalling do beyond the DocTypes that Frappe handles."""

import json
from pathlib import Path

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from navari_cams_biometric import onboarding
from navari_cams_biometric.cams_biometric.base.permissions import DOOR_OPERATOR
from navari_cams_biometric.custom_fields import CUSTOM_FIELDS

APP = "navari_cams_biometric"
MODULE = "CAMS Biometric"
# HRMS has none by time: whoever looks for a person's check-ins of a day would read all that the person ever had.
CHECKIN_INDEXES = {"cams_employee_time": ["employee", "time"], "cams_time": ["time"]}


def after_install() -> None:
	after_migrate()


def after_migrate() -> None:
	"""Add the custom fields and indexes, and fill what Settings has no value for. Changes nothing that a site has set. Mark
	the steps of the onboarding that are done."""
	add_custom_fields()
	for name, fields in CHECKIN_INDEXES.items():
		frappe.db.add_index("Employee Checkin", fields, name)
	_store_defaults("CAMS Biometric Settings")
	settings = frappe.get_single("CAMS Biometric Settings")
	if settings.set_missing_defaults():
		settings.save(ignore_permissions=True)
	onboarding.note_progress()


def add_custom_fields() -> None:
	fields = {
		doctype: [{**field, "module": MODULE} for field in doctype_fields]
		for doctype, doctype_fields in CUSTOM_FIELDS.items()
	}
	create_custom_fields(fields, update=False)


def _store_defaults(doctype: str) -> None:
	"""Of a Single's fields that the site has never stored, such as those of a newer version: Frappe reads them as
	empty, and not as their default, as soon as any other field is stored."""
	stored = frappe.db.get_singles_dict(doctype)
	for field in frappe.get_meta(doctype).fields:
		if field.default and field.fieldname not in stored:
			frappe.db.set_single_value(doctype, field.fieldname, field.default, update_modified=False)


def after_uninstall() -> None:
	"""Remove what Frappe leaves: columns of the custom fields, indexes, scheduled jobs, the role, and what it keeps about
	this app's records elsewhere. Frappe also calls this after a dry run: then the DocTypes are still there.
	"""
	doctypes = [
		json.loads(path.read_text())["name"] for path in Path(__file__).parent.glob("*/doctype/*/*.json")
	]
	if frappe.db.exists("DocType", {"name": ["in", doctypes]}):
		return
	for doctype, fields in CUSTOM_FIELDS.items():
		fieldnames = [field["fieldname"] for field in fields]
		frappe.db.delete("Custom Field", {"dt": doctype, "fieldname": ["in", fieldnames]})
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": ["in", fieldnames]})
		frappe.clear_cache(doctype=doctype)
		for fieldname in fieldnames:
			if frappe.db.has_column(doctype, fieldname):
				# nosemgrep: frappe-using-db-sql -- the query builder drops no column
				frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{fieldname}`")
	for name in CHECKIN_INDEXES:
		if frappe.db.has_index("tabEmployee Checkin", name):
			# nosemgrep: frappe-using-db-sql -- the query builder drops no index
			frappe.db.sql_ddl(f"alter table `tabEmployee Checkin` drop index `{name}`")
	frappe.db.delete("Scheduled Job Type", {"method": ["like", "navari_cams_biometric.%"]})
	frappe.db.delete("Singles", {"doctype": ["in", doctypes]})
	frappe.db.delete("__Auth", {"doctype": ["in", doctypes]})
	frappe.db.delete("Logs To Clear", {"ref_doctype": ["in", doctypes]})
	frappe.db.delete("Error Log", {"reference_doctype": ["in", doctypes]})
	frappe.db.delete("Version", {"ref_doctype": ["in", doctypes]})
	frappe.db.delete("Notification Log", {"document_type": ["in", doctypes]})
	frappe.db.delete("Comment", {"reference_doctype": ["in", doctypes]})
	frappe.db.delete("Custom DocPerm", {"parent": ["in", doctypes]})
	frappe.db.delete("Onboarding Step", {"name": ["in", list(onboarding.STEPS)]})
	_remove_role()
	_remove_desk_entries()
	_delete_files(doctypes)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- Frappe commits before this hook, not after it


def _remove_role() -> None:
	"""The one that the DocTypes' permissions made Frappe create, and wherever somebody has it."""
	for doctype in ("Has Role", "Custom DocPerm"):
		frappe.db.delete(doctype, {"role": DOOR_OPERATOR})
	frappe.db.delete("Role", {"name": DOOR_OPERATOR})


def _remove_desk_entries() -> None:
	"""Frappe 16 keeps the icon and the sidebar of an app, and an icon that it made of the workspace. Their files stay."""
	for doctype in ("Desktop Icon", "Workspace Sidebar"):
		if not frappe.db.exists("DocType", doctype):
			continue
		title_field = "label" if doctype == "Desktop Icon" else "title"
		ours = [["app", "=", APP], [title_field, "=", MODULE]]
		names = frappe.get_all(doctype, or_filters=ours, pluck="name")
		for table in frappe.get_meta(doctype).get_table_fields():
			frappe.db.delete(table.options, {"parenttype": doctype, "parent": ["in", names]})
		frappe.db.delete(doctype, {"name": ["in", names]})


def _delete_files(doctypes: list[str]) -> None:
	"""Photos above all. Detached first: Frappe would note the deletion on the record, which is gone."""
	for name in frappe.get_all("File", {"attached_to_doctype": ["in", doctypes]}, pluck="name"):
		frappe.db.set_value("File", name, "attached_to_doctype", None)
		frappe.delete_doc("File", name, force=True, ignore_permissions=True, delete_permanently=True)


def before_tests() -> None:
	"""For Frappe's test runner: have HRMS complete a site that was never set up, and leave any other as it is."""
	if not frappe.db.count("Company"):
		frappe.get_attr("hrms.tests.test_utils.before_tests")()
