"""Values as the database holds them: truncated to their column, written without the document and its cache."""

import frappe

COLUMN_LENGTH = 140  # characters in a Data field


def truncate(text: str, length: int = COLUMN_LENGTH) -> str:
	"""Truncate to the column width and mark the cut, so that a truncated ID matches nobody."""
	return text if len(text) <= length else f"{text[: length - 1]}…"


def set_values(doctype: str, name: str, values: dict[str, object]) -> None:
	"""Update a record without its hooks, its `modified` and the document cache, in the caller's transaction."""
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.update(table).where(table.name == name)
	for fieldname, value in values.items():
		query = query.set(table[fieldname], value)
	query.run()
