"""Error Log entries, written at once or deferred."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.exceptions import AuthenticationError, CSRFTokenError, InReadOnlyMode, SecurityException
from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)

EXCLUDE_EXCEPTIONS = (AuthenticationError, CSRFTokenError, SecurityException, InReadOnlyMode)


def log_error(
	title: str | None = None,
	message: str | None = None,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
	*,
	defer_insert: bool = False,
) -> Any:
	"""Insert an Error Log; a title of more than 140 characters raises.

	Like the real one it takes a title with line breaks for the traceback. The row outlives a rollback, because
	the table has no transactions.
	"""
	if message and "\n" in (title or ""):
		title, message = message, title
	entry = frappe.get_doc(
		doctype="Error Log",
		error=message or frappe.get_traceback(with_context=True),
		method=title or "Error",
		reference_doctype=reference_doctype,
		reference_name=reference_name,
	)
	if frappe.flags.read_only or defer_insert:
		return entry.deferred_insert()
	return entry.insert(ignore_permissions=True)


def log_error_snapshot(exception: Exception) -> None:
	"""Queue an Error Log for an exception that ended a request."""
	if isinstance(exception, EXCLUDE_EXCEPTIONS):
		return
	try:
		log_error(title=str(exception), defer_insert=True)
	except Exception as error:
		frappe.logger().error(f"Could not take error snapshot: {error}")
