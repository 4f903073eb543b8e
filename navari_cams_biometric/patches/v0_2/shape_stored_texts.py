"""Shape what devices and the gateway said and was stored as it came: see base.stored_values."""

from collections.abc import Callable

import frappe

from navari_cams_biometric.cams_biometric.base.stored_values import (
	from_outside,
	lines_from_outside,
	set_values,
	words_from_outside,
)

BATCH = 5000  # rows in one statement
Shape = Callable[[str], str]

FIELDS: dict[str, dict[str, Shape]] = {
	"CAMS Punch": {
		**dict.fromkeys(
			("user_id", "original_time", "punch_type", "input_type", "temperature"), from_outside
		),
		**dict.fromkeys(("operation_id", "sent_at"), from_outside),
		"device_label": words_from_outside,
		"reason": lines_from_outside,
	},
	"CAMS Device": {
		**dict.fromkeys(("label", "model", "firmware"), words_from_outside),
		**dict.fromkeys(("counters", "health_note"), lines_from_outside),
	},
	"CAMS Device User": {
		**dict.fromkeys(("user_id", "operation_time"), from_outside),
		**dict.fromkeys(("first_name", "last_name", "user_type"), words_from_outside),
		"credentials": lines_from_outside,
	},
	"CAMS Command": {"operation_id": from_outside, "outcome": lines_from_outside},
	"CAMS History Load Device": {"message": lines_from_outside},
	"Error Log": {"method": words_from_outside},
}
FILTERS = {"Error Log": {"method": ["like", "%CAMS%"]}}


def execute() -> None:
	for doctype, fields in FIELDS.items():
		_shape_rows(doctype, fields)


def _shape_rows(doctype: str, fields: dict[str, Shape]) -> None:
	"""In batches by name, each committed: a table of punches may be long."""
	last, filters = "", FILTERS.get(doctype, {})
	while rows := frappe.get_all(
		doctype,
		{**filters, "name": [">", last]},
		["name", *fields],
		order_by="name asc",
		limit=BATCH,
	):
		for row in rows:
			if shaped := _changes(row, fields):
				set_values(doctype, row.name, shaped)
		frappe.db.commit()  # keeps locks short, and what is done if the rest fails
		last = rows[-1].name


def _changes(row: frappe._dict, fields: dict[str, Shape]) -> dict[str, object]:
	shaped = {field: shape(row[field]) for field, shape in fields.items() if row[field]}
	return {field: text for field, text in shaped.items() if text != row[field]}
