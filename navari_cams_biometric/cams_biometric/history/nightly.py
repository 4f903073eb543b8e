"""The nightly reconciliation: a history load of the last days, and a notice about what was missing.

The load finds, loads and marks missing punches (history.loads). The notice follows when the load is over and
nothing more arrives, and another one if a device answers through the callback later. The next nights request the
days of a failed device again, as far back as Settings say.
"""

from collections import Counter
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, add_to_date, escape_html, format_date, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import notices
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import LoadKind, LoadState
from navari_cams_biometric.cams_biometric.history import loads

DOCTYPE = "CAMS History Load"
QUIET_MINUTES = 5  # an answer by the callback comes in many batches
NOTIFY_DAYS = 2  # longer than a device may take to answer by the callback


def begin() -> None:
	"""Scheduled, at night: load the last days of all enabled devices, if Settings say so and the gateway can be
	reached.

	One at a time: a load of an earlier night that is still in progress is not disturbed. No day before
	`reconcile_from` is loaded: the earlier version of this app recorded those in its own way, and the right
	punches would be added beside its own.
	"""
	settings = read_settings()
	days = settings.reconcile_days or 0
	if not days or settings.why_paused() or not frappe.db.exists("CAMS Device", {"enabled": 1}):
		return
	under_way = {"kind": LoadKind.NIGHTLY, "state": ["in", [LoadState.QUEUED, LoadState.RUNNING]]}
	if frappe.db.exists(DOCTYPE, under_way):
		return
	first, last = add_days(getdate(), -days), add_days(getdate(), -1)
	if settings.reconcile_from:
		first = max(first, getdate(settings.reconcile_from))
	if first <= last:
		loads.start(first, last, kind=LoadKind.NIGHTLY)


def notify() -> None:
	"""Scheduled: notify of the results of nightly loads that are over, once each. No notice if nothing was
	missing.
	"""
	over = {
		"kind": LoadKind.NIGHTLY,
		"state": ["in", [LoadState.DONE, LoadState.FAILED]],
		"modified": [">", add_to_date(now_datetime(), days=-NOTIFY_DAYS)],
	}
	for name in frappe.get_all(DOCTYPE, filters=over, pluck="name", order_by="creation, name"):
		_notify_of(frappe.get_doc(DOCTYPE, name, for_update=True))
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- no load is reported twice where the next one fails


def _notify_of(load: Document) -> None:
	"""The row is the lock against a second notice."""
	brought = _brought_by(load)
	has_failed = load.state == LoadState.FAILED and not load.notified_at
	if len(brought) <= load.notified_punches and not has_failed:
		return
	if any(punch.creation > add_to_date(now_datetime(), minutes=-QUIET_MINUTES) for punch in brought):
		return
	notices.notify(
		notices.recipients_and_hr(),
		DOCTYPE,
		load.name,
		_subject(load, brought),
		"<br>".join(_lines(load, brought)),
	)
	load.db_set({"notified_at": now_datetime(), "notified_punches": len(brought)}, update_modified=False)


def _brought_by(load: Document) -> list[frappe._dict]:
	"""The punches that were missing, in their order."""
	return frappe.get_all(
		"CAMS Punch",
		filters={"history_load": load.name},
		fields=["service_tag", "state", "creation"],
		order_by="punch_time, name",
	)


def _subject(load: Document, brought: list[frappe._dict]) -> str:
	days = _("{0} to {1}").format(format_date(load.from_date), format_date(load.to_date))
	if load.state != LoadState.FAILED:
		text = _("Nightly reconciliation of {0}: missing punches loaded: {1}")
	else:
		text = _("Nightly reconciliation of {0}: not complete, missing punches loaded: {1}")
	return text.format(f"<b>{days}</b>", f"<b>{len(brought)}</b>")


def _lines(load: Document, brought: list[frappe._dict]) -> Iterator[str]:
	"""HTML: for each device that brought punches or failed."""
	failed = [row for row in load.devices if row.state == LoadState.FAILED]
	for row in load.devices:
		states = Counter(punch.state for punch in brought if punch.service_tag == row.service_tag)
		if states:
			named = ", ".join(f"{_(state)}: {count}" for state, count in sorted(states.items()))
			yield f"{_title(row)}: {states.total()} ({named})"
	for row in failed:
		yield _("{0} could not be loaded. {1}").format(_title(row), escape_html(row.message or ""))
	if failed:
		yield _(
			"The next nightly reconciliations request the same days again, as far back as Settings allow."
		)
	elif load.state == LoadState.FAILED:
		yield _("The load stopped: see the Error Log, then press Resume on the load.")


def _title(row: Document) -> str:
	label = frappe.db.get_value("CAMS Device", row.service_tag, "label")  # none where it was deleted since
	return notices.device_title(frappe._dict(name=row.service_tag, label=label))
