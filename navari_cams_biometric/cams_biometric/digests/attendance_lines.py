"""The content of HR's daily digest: held punches, missing punches, day repairs, shifts on hold."""

from collections import Counter
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import now_datetime
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.states import PunchState, RepairState, UnreadState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE
from navari_cams_biometric.cams_biometric.digests.lines import (
	Line,
	Section,
	list_url,
	punch_line,
	report_url,
	section,
)
from navari_cams_biometric.cams_biometric.presence.missing_punches import find_missing
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark


def sections_since(since: datetime) -> list[Section]:
	return [*_held(), *_unread(), *_missing(since), *_repairs(since), *_shifts()]


def _held() -> list[Section]:
	rows = inbox.count_by_reason(PunchState.HELD)
	headline = _("{0} held").format(sum(row.count for row in rows))
	return section(_("Held punches"), headline, [punch_line(PunchState.HELD, row) for row in rows])


def _unread() -> list[Section]:
	"""By device."""
	event = frappe.qb.DocType("CAMS Unread Event")
	query = frappe.qb.from_(event).select(event.service_tag, Count(event.name).as_("count"))
	unread = query.where(event.state == UnreadState.UNREAD).groupby(event.service_tag)
	rows = permitted(unread, "CAMS Unread Event").run(as_dict=True)
	labels = device_labels()
	lines = [
		Line(
			_("{0} events of {1} were not understood").format(
				row.count, labels.get(row.service_tag) or _("an unknown device")
			),
			list_url("CAMS Unread Event", state=UnreadState.UNREAD, **_of_device(row.service_tag)),
		)
		for row in sorted(rows, key=lambda row: row.service_tag or "")
	]
	return section(_("Unread events"), _("{0} unread").format(sum(row.count for row in rows)), lines)


def _of_device(service_tag: str | None) -> dict[str, str]:
	return {"service_tag": service_tag} if service_tag else {}


def _missing(since: datetime) -> list[Section]:
	"""By day and kind, of the shifts that ended since: at six a night shift is not over yet."""
	first = since.date() - timedelta(days=1)
	days = [first + timedelta(days=number) for number in range((now_datetime().date() - first).days + 1)]
	found = Counter((missing.day, missing.kind) for missing in find_missing(days) if missing.due > since)
	lines = [
		Line(
			f"{count} × {_(kind)}",
			report_url("CAMS Missing Punches", from_date=day, to_date=day, kind=kind),
			str(day),
		)
		for (day, kind), count in sorted(found.items())
	]
	return section(_("Missing punches"), _("{0} missing").format(sum(found.values())), lines)


def _count(condition: Criterion) -> int:
	"""Of the days to repair, as far as the reader may see them."""
	row = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.from_(row).select(Count(row.name)).where(condition)
	return permitted(query, DOCTYPE).run()[0][0]


def _repairs(since: datetime) -> list[Section]:
	row = frappe.qb.DocType(DOCTYPE)
	settled = [">=", str(since.replace(microsecond=0))]
	waiting = _count(row.state == RepairState.OPEN)
	repaired = _count((row.state == RepairState.REPAIRED) & (row.settled_at >= since.replace(microsecond=0)))
	lines = []
	if waiting:
		lines.append(Line(_("{0} days to repair").format(waiting), list_url(DOCTYPE, state=RepairState.OPEN)))
	if repaired:
		url = list_url(DOCTYPE, state=RepairState.REPAIRED, settled_at=settled)
		lines.append(Line(_("{0} days repaired").format(repaired), url))
	headline = _("{0} to repair").format(waiting) if waiting else _("{0} repaired").format(repaired)
	return section(_("Day repairs"), headline, lines)


def _shifts() -> list[Section]:
	"""Shifts whose attendance is on hold. A shift that has only had a quiet hour is left out."""
	states = [state for state in watermark.states() if holds.color_of(state)[0] == holds.HELD]
	lines = [
		Line(
			state.shift_type,
			report_url("CAMS Shift Sync", shift_type=state.shift_type),
			holds.sentence_of(state),
		)
		for state in states
	]
	return section(_("Shifts on hold"), _("{0} shifts on hold").format(len(states)), lines)
