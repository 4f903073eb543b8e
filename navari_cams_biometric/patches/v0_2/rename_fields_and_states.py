"""Move the values of renamed fields and states, on records and in whatever a site stored about them: saved filters,
list settings, number cards, charts, reports, notifications, assignment rules, kanban boards."""

import json
import re
from collections.abc import Callable

import frappe
from frappe.model.utils.rename_field import rename_field
from frappe.model.utils.user_settings import sync_user_settings

from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from navari_cams_biometric.patches.v0_2.renames import FIELDS, SENTENCES, VALUES

SETTINGS = "CAMS Biometric Settings"
DOCTYPES = sorted({*FIELDS, *VALUES})
# DocType, the field that names ours, the fields that hold JSON, those that hold an expression, those that name a field.
PLACES = (
	("List Filter", "reference_doctype", ("filters",), (), ()),
	("Number Card", "document_type", ("filters_json",), (), ("aggregate_function_based_on",)),
	(
		"Dashboard Chart",
		"document_type",
		("filters_json",),
		(),
		("based_on", "value_based_on", "group_by_based_on", "aggregate_function_based_on"),
	),
	("Report", "ref_doctype", ("json",), (), ()),
	("Workspace Shortcut", "link_to", ("stats_filter",), (), ()),
	("Notification", "document_type", ("filters",), ("condition",), ("value_changed", "date_changed")),
	(
		"Assignment Rule",
		"document_type",
		(),
		("assign_condition", "unassign_condition", "close_condition"),
		(),
	),
	("Webhook", "webhook_doctype", (), ("condition",), ()),
	("Kanban Board", "reference_doctype", ("filters",), (), ("field_name",)),
)


def execute() -> None:
	"""Safe to run twice: an old field's column is dropped once its values were moved."""
	for doctype, fields in FIELDS.items():
		for old, new in fields.items():
			_move_field(doctype, old, new)
	for doctype, fields in VALUES.items():
		for fieldname, values in fields.items():
			for old, new in values.items():
				_move_value(doctype, fieldname, old, new)
	_move_problems()
	_move_sentences()
	_move_what_refers_to_them()


def _move_field(doctype: str, old: str, new: str) -> None:
	if doctype == SETTINGS:
		if old not in frappe.db.get_singles_dict(doctype):
			return
		frappe.db.delete("Singles", {"doctype": doctype, "field": new})
		rename_field(doctype, old, new)
		return
	columns = {column.name for column in frappe.db.get_table_columns_description(f"tab{doctype}")}
	if old not in columns:  # has_column may remember a dropped one
		return
	rename_field(doctype, old, new, validate=False)
	# nosemgrep: frappe-using-db-sql -- the query builder drops no column
	frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{old}`")


def _move_value(doctype: str, fieldname: str, old: str, new: str) -> None:
	if doctype == SETTINGS:
		table = frappe.qb.DocType("Singles")
		row = (table.doctype == doctype) & (table.field == fieldname) & (table.value == old)
		frappe.qb.update(table).set(table.value, new).where(row).run()
		return
	table = frappe.qb.DocType(doctype)
	frappe.qb.update(table).set(table[fieldname], new).where(table[fieldname] == old).run()


def _move_problems() -> None:
	"""Several healths of a device, separated by commas."""
	names = VALUES["CAMS Device"]["health"]
	for name, problems in frappe.get_all(
		"CAMS Device", filters={"problems": ["is", "set"]}, fields=["name", "problems"], as_list=True
	):
		renamed = ",".join(names.get(problem, problem) for problem in problems.split(","))
		if renamed != problems:
			frappe.db.set_value("CAMS Device", name, "problems", renamed, update_modified=False)


def _move_sentences() -> None:
	"""The remedies, too, are those of the reason as it reads now."""
	punch = frappe.qb.DocType("CAMS Punch")
	for code, (old, new) in SENTENCES.items():
		for (reason,) in (
			frappe.qb.from_(punch)
			.select(punch.reason)
			.distinct()
			.where((punch.reason_code == code) & punch.reason.like(f"{old}%"))
			.run()
		):
			told = (punch.reason_code == code) & (punch.reason == reason)
			frappe.qb.update(punch).set(punch.reason, new + reason[len(old) :]).where(told).run()
	for code, reason in REASONS.items():
		stale = (punch.reason_code == code) & (punch.remedy != str(reason.remedy))
		frappe.qb.update(punch).set(punch.remedy, str(reason.remedy)).where(stale).run()


def _move_what_refers_to_them() -> None:
	for doctype, names_ours, as_json, expressions, fieldnames in PLACES:
		columns = [
			name for name in (*as_json, *expressions, *fieldnames) if frappe.db.has_column(doctype, name)
		]
		for row in frappe.get_all(
			doctype,
			filters={names_ours: ["in", DOCTYPES]},
			fields=["name", f"{names_ours} as ours", *columns],
		):
			renamed = {
				column: _way(column, as_json, expressions)(row.ours, row[column])
				for column in columns
				if row[column]
			}
			changed = {column: value for column, value in renamed.items() if value != row[column]}
			if changed:
				frappe.db.set_value(doctype, row.name, changed, update_modified=False)
	_move_kanban_columns()
	_move_user_settings()


def _way(column: str, as_json: tuple, expressions: tuple) -> Callable[[str, str], str]:
	if column in as_json:
		return _renamed_json
	return _renamed_expression if column in expressions else _renamed_field


def _move_kanban_columns() -> None:
	for board in frappe.get_all(
		"Kanban Board",
		filters={"reference_doctype": ["in", DOCTYPES]},
		fields=["name", "reference_doctype", "field_name"],
	):
		for old, new in VALUES.get(board.reference_doctype, {}).get(board.field_name, {}).items():
			column = {"parent": board.name, "column_name": old}
			frappe.db.set_value("Kanban Board Column", column, "column_name", new, update_modified=False)


def _move_user_settings() -> None:
	"""What each user's lists were filtered by last. Those in the cache are written down first."""
	sync_user_settings()
	settings = frappe.qb.Table("__UserSettings")
	rows = frappe.qb.from_(settings).select("user", "doctype", "data").where(settings.doctype.isin(DOCTYPES))
	for user, doctype, data in rows.run():
		renamed = _renamed_json(doctype, data)
		if renamed != data:
			own = (settings.user == user) & (settings.doctype == doctype)
			frappe.qb.update(settings).set(settings.data, renamed).where(own).run()
	frappe.cache.delete_key("_user_settings")


def _renamed_json(doctype: str, text: str) -> str:
	try:
		value = json.loads(text)
	except ValueError:
		return text
	renamed = _renamed(doctype, value)
	return text if renamed == value else json.dumps(renamed)


def _renamed(doctype: str, value: object) -> object:
	"""Conditions in lists (DocType, field, operator, value) and in dicts (field: value), columns (field, DocType), sort
	orders (field, or DocType.field), at any depth."""
	if isinstance(value, dict):
		return {
			_renamed_field(doctype, key): _renamed_value(doctype, key, _renamed(doctype, each))
			for key, each in value.items()
		}
	if not isinstance(value, list):
		return _renamed_field(doctype, value) if isinstance(value, str) else value
	named = next((each for each in value[:2] if isinstance(each, str) and each in _known_fields(doctype)), "")
	return [
		_renamed_value(doctype, named, each) if named and each != named else _renamed(doctype, each)
		for each in value
	]


def _known_fields(doctype: str) -> set[str]:
	return {*FIELDS.get(doctype, {}), *VALUES.get(doctype, {})}


def _renamed_field(doctype: str, name: str) -> str:
	fields = FIELDS.get(doctype, {})
	owner, dot, fieldname = name.rpartition(".")
	if dot and owner.strip("`").removeprefix("tab") == doctype:
		bare = fieldname.strip("`")
		return f"{owner}.{fieldname.replace(bare, fields.get(bare, bare))}"
	return fields.get(name, name)


def _renamed_value(doctype: str, fieldname: str, value: object) -> object:
	"""A value, several in a list, or several separated by commas."""
	values = VALUES.get(doctype, {}).get(fieldname, {})
	if isinstance(value, list):
		return [_renamed_value(doctype, fieldname, each) for each in value]
	if not isinstance(value, str) or not values:
		return value
	return ",".join(values.get(part.strip(), part) for part in value.split(","))


def _renamed_expression(doctype: str, expression: str) -> str:
	"""`doc.state == "Checked In"`"""
	for old, new in FIELDS.get(doctype, {}).items():
		expression = re.sub(rf"\b{old}\b", new, expression)
	for values in VALUES.get(doctype, {}).values():
		for old, new in values.items():
			expression = re.sub(rf"""(["']){re.escape(old)}\1""", rf"\g<1>{new}\g<1>", expression)
	return expression
