"""What the reports share: columns, and the figures above them."""

import frappe

NUMBERS = ("Int", "Float")


def column(
	fieldname: str, label: str, width: int, fieldtype: str = "Data", options: str = ""
) -> dict[str, object]:
	"""A column, `width` in pixels; `options` is the DocType of a Link.

	A Link is text for whoever may not read that DocType: Frappe refuses them a report that links to it, and a System
	Manager need not be in HR. All but numbers stand to the left: the Desk takes texts for numbers where the first of
	them looks like one.
	"""
	if fieldtype == "Link" and not frappe.has_permission(options):
		fieldtype = "Data"
	shown: dict[str, object] = {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}
	return shown if fieldtype in NUMBERS else {**shown, "align": "left"}


def figure(label: str, value: int, warning: str = "") -> dict[str, object]:
	"""A number for the summary: in the colour `warning` where it is not 0, in blue where none is given."""
	color = warning if value else "Green"
	return {"label": label, "value": value, "datatype": "Int", "indicator": color if warning else "Blue"}
