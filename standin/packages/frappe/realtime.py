"""Events to browsers: kept in a list, since no browser listens."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.missing import refuse


def publish_realtime(
	event: str | None = None,
	message: dict | None = None,
	room: str | None = None,
	user: str | None = None,
	doctype: str | None = None,
	docname: str | None = None,
	task_id: str | None = None,
	after_commit: bool = False,
	**unknown: Any,
) -> None:
	"""Record the event in `frappe.local.realtime_log`."""
	refuse("frappe.publish_realtime", unknown)
	entry = (event or "global", message or {}, user, doctype, docname)
	if after_commit:
		frappe.db.after_commit.add(lambda: frappe.local.realtime_log.append(entry))
	else:
		frappe.local.realtime_log.append(entry)


def publish_progress(percent: float, title: str = "Progress", **keywords: Any) -> None:
	publish_realtime("progress", {"percent": percent, "title": title, **keywords}, user=frappe.session.user)
