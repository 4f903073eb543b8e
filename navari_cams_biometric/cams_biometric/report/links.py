"""Columns of reports that lead to what not every reader of the report may read."""

import frappe


def link_type(doctype: str) -> str:
	"""`Link`, or `Data` for whoever may not read that DocType: Frappe refuses them a report that links to it, and a
	System Manager need not be in HR."""
	return "Link" if frappe.has_permission(doctype) else "Data"
