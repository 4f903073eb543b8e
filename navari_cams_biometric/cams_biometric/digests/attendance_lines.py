"""The content of HR's daily digest: held punches, missing punches, day repairs, shifts on hold."""

from collections import defaultdict
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import format_date, now_datetime
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.states import PunchState, RepairState, UnreadState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.day_repair.late_days import DOCTYPE
from navari_cams_biometric.cams_biometric.digests.lines import (
	Line,
	Section,
	details,
	held_punches_button,
	list_url,
	named,
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
	lines = [punch_line(PunchState.HELD, row) for row in rows]
	return section(_("Held punches"), headline, lines, held_punches_button())


def _unread() -> list[Section]:
	"""By device."""
	event = frappe.qb.DocType("CAMS Unread Event")
	query = frappe.qb.from_(event).select(event.service_tag, Count(event.name).as_("count"))
	unread = query.where(event.state == UnreadState.UNREAD).groupby(event.service_tag)
	rows = permitted(unread, "CAMS Unread Event").run(as_dict=True)
	labels = device_labels()
	lines = [
		Line(
			counted(
				row.count,
				_("1 event of {1} was not understood"),
				_("{0} events of {1} were not understood"),
				labels.get(row.service_tag) or _("an unknown device"),
			),
			list_url("CAMS Unread Event", state=UnreadState.UNREAD, **_of_device(row.service_tag)),
		)
		for row in sorted(rows, key=lambda row: row.service_tag or "")
	]
	headline = _("{0} unread").format(sum(row.count for row in rows))
	return section(_("Unread events"), headline, lines, held_punches_button())


def _of_device(service_tag: str | None) -> dict[str, str]:
	return {"service_tag": service_tag} if service_tag else {}


def _missing(since: datetime) -> list[Section]:
	"""By day and kind, of the shifts that ended since: at six a night shift is not over yet."""
	first = since.date() - timedelta(days=1)
	days = [first + timedelta(days=number) for number in range((now_datetime().date() - first).days + 1)]
	people = defaultdict(list)
	for missing in find_missing(days):
		if missing.due > since:
			people[missing.day, missing.kind].append(missing.employee_name or missing.employee)
	lines = [
		Line(
			f"{len(names)} × {_(kind)}, {format_date(day)}",
			report_url("CAMS Missing Punches", from_date=day, to_date=day, kind=kind),
			named(names),
		)
		for (day, kind), names in sorted(people.items())
	]
	headline = _("{0} missing").format(sum(map(len, people.values())))
	range_url = report_url("CAMS Missing Punches", from_date=days[0], to_date=days[-1])
	return section(_("Missing punches"), headline, lines, Line(_("Open Missing Punches"), range_url))


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
	to_repair = list_url(DOCTYPE, state=RepairState.OPEN)
	if waiting:
		text = counted(waiting, _("1 day to repair"), _("{0} days to repair"))
		lines.append(Line(text, to_repair, named(_people_to_repair())))
	if repaired:
		url = list_url(DOCTYPE, state=RepairState.REPAIRED, settled_at=settled)
		lines.append(Line(counted(repaired, _("1 day repaired"), _("{0} days repaired")), url))
	headline = _("{0} to repair").format(waiting) if waiting else _("{0} repaired").format(repaired)
	return section(_("Day repairs"), headline, lines, Line(_("Open Day Repairs"), to_repair))


def _people_to_repair() -> list[str]:
	row = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.from_(row).select(row.employee_name, row.employee).distinct()
	rows = permitted(query.where(row.state == RepairState.OPEN), DOCTYPE).run()
	return [name or employee for name, employee in rows]


def _shifts() -> list[Section]:
	"""Shifts whose attendance is on hold, by device and cause. A shift that has only had a quiet hour is left out."""
	states = [state for state in watermark.states() if holds.color_of(state)[0] == holds.HELD]
	causes = defaultdict(list)
	for state in states:
		causes[state.hold.feed.service_tag, state.hold.cause].append(state)
	headline = counted(len(states), _("1 shift on hold"), _("{0} shifts on hold"))
	button = Line(_("Open Shift Sync"), report_url("CAMS Shift Sync"))
	lines = [_cause_line(shifts) for shifts in causes.values()]
	return section(_("Shifts on hold"), headline, lines, button)


def _cause_line(states: list[holds.ShiftState]) -> Line:
	"""What holds these shifts, in the words of the one that is held for longest."""
	longest = min(states, key=lambda state: state.hold.until or datetime.min)
	names = [state.shift_type for state in states]
	only = {"shift_type": names[0]} if len(names) == 1 else {}
	shifts = counted(len(names), _("Shift: {1}"), _("{0} shifts: {1}"), named(names))
	advice = _advice(longest.hold.cause)
	return Line(holds.sentence_of(longest), report_url("CAMS Shift Sync", **only), details(shifts, advice))


def _advice(cause: str) -> str:
	if cause in (holds.NEVER_HEARD, holds.SILENT):
		return _("Check the device, or press Release in Shift Sync to go on without it.")
	if cause == holds.WAITING:
		return _("It is processed within minutes; if not, an administrator looks at the Doctor.")
	if cause == holds.NO_PAST:
		return ""
	return _("Resolve it on Held Punches, or press Release in Shift Sync to go on without it.")
