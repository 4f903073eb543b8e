"""Fill the fields of Employee Checkin that Frappe fetches from linked documents, such as Employee Name.

They are empty on check-ins that this app made with `ignore_links`. A field with a value is not changed.
"""

import frappe
from frappe.model import datetime_fields, numeric_fieldtypes
from frappe.model.document import Document
from frappe.utils import update_progress_bar
from pypika.terms import Criterion, Field

DOCTYPE = "Employee Checkin"
BATCH = 5000


def execute() -> None:
	fetched = [
		(link, field) for link in frappe.get_meta(DOCTYPE).get_link_fields() for field in _fetched(link)
	]
	made_here = {"custom_cams_punch": ["is", "set"]}
	batches = -(-frappe.db.count(DOCTYPE, made_here) // BATCH)
	last = ""
	for batch in range(batches):
		names = frappe.get_all(
			DOCTYPE, {**made_here, "name": [">", last]}, pluck="name", order_by="name", limit=BATCH
		)
		for link, field in fetched:
			_fill(names, link, field)
		frappe.db.commit()  # keeps locks short, and what is done if the rest fails
		update_progress_bar("Filling fetched fields of check-ins", batch, batches)
		last = names[-1]


def _fetched(link: Document) -> list[Document]:
	"""The fields that are fetched over this link, where both columns exist."""
	return [
		field
		for field in frappe.get_meta(DOCTYPE).get_fields_to_fetch(link.fieldname)
		if frappe.db.has_column(DOCTYPE, field.fieldname)
		and frappe.db.has_column(link.options, _source(field))
	]


def _source(field: Document) -> str:
	return field.fetch_from.split(".")[-1]


def _fill(names: list[str], link: Document, field: Document) -> None:
	checkin, linked = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(link.options)
	# The query builder names no table in SET, so both sides must not share a column name.
	source = frappe.qb.from_(linked).select(
		linked.name.as_("linked_name"), linked[_source(field)].as_("fetched_value")
	)
	frappe.qb.update(checkin).join(source).on(checkin[link.fieldname] == source.linked_name).set(
		checkin[field.fieldname], source.fetched_value
	).where(checkin.name.isin(names) & _is_empty(checkin[field.fieldname], field.fieldtype)).where(
		source.fetched_value.notnull()
	).run()


def _is_empty(column: Field, fieldtype: str) -> Criterion:
	if fieldtype in datetime_fields:  # the database refuses to compare these to a text
		return column.isnull()
	return column.isnull() | (column == (0 if fieldtype in numeric_fieldtypes else ""))
