"""Entries in the Frappe Error Log, at most one a day for each cause."""

import hashlib
import json

from frappe.utils import nowdate

from navari_cams_biometric.cams_biometric.base import stored_values


def log_once_a_day(
	title: str,
	message: str,
	identity: tuple[str, ...],
	reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> None:
	"""Write to the Error Log unless an entry of the same `identity` was written today (site's zone).

	The entry is named by a digest of both, so that the primary key counts and no look-up races. Never pass
	a token, a template or a request body.
	"""
	parts = json.dumps([nowdate(), *identity])
	name = hashlib.sha256(parts.encode()).hexdigest()[:20]
	entry = stored_values.new_row(
		name,
		method=stored_values.words_from_outside(title),
		error=stored_values.lines_from_outside(message),
		reference_doctype=reference_doctype,
		reference_name=reference_name,
	)
	stored_values.insert_rows("Error Log", [entry])
