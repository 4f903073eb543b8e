"""CAMS Shift Sync: until when each shift is synced, and which device holds it."""

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE
from navari_cams_biometric.cams_biometric.report.columns import column
from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark

Row = dict[str, object]
MOST_DEVICES = 5  # by name, in one cell


def execute(filters: dict | None = None) -> tuple[list[Row], list[Row]]:
	"""A row for each shift type: those that have waited longest first, those that the app does not move last."""
	states = watermark.states((filters or {}).get("shift_type"))
	rows = [row_of(state) for state in sorted(states, key=_state_order)]
	_hide_punches(rows)
	return columns(), rows


def columns() -> list[Row]:
	release = [column("release", "", 85)] if set(PEOPLE) & set(frappe.get_roles()) else []
	return [
		column("shift_type", _("Shift"), 110, "Link", "Shift Type"),
		column("state", _("State"), 120),
		column("synced_until", _("Synced Until"), 180, "Datetime"),
		column("what_holds_it", _("What Holds It"), 380),
		*release,
		column("devices", _("Devices, Complete Until"), 330),
		column("held_punch", _("Held Punch"), 150, "Link", "CAMS Punch"),
		column("held_by", _("Waiting For"), 150, "Link", "CAMS Device"),
	]


def row_of(state: holds.ShiftState) -> Row:
	"""Beside the columns: the colour of the state, and what the dialog of a release needs."""
	word, color = holds.color_of(state)
	feeds = [feed for feed in state.feeds if feed.service_tag]
	return {
		"shift_type": state.shift_type,
		"state": str(holds.WORDS[word]),
		"color": color,
		"synced_until": state.synced_until,
		"what_holds_it": holds.sentence_of(state),
		"held_by": state.hold.feed.service_tag or None if state.hold else None,
		"held_punch": _held_punch(state),
		"devices": _devices_in_words((feed for feed in feeds if feed.is_fed_by), state),
		"can_be_released": int(holds.can_be_released(state)),
		"feeds": [{"value": feed.service_tag, "label": feed.label or feed.service_tag} for feed in feeds],
		"now": state.now.replace(second=0, microsecond=0),
	}


def _hide_punches(rows: list[Row]) -> None:
	"""Those of people whom the reader may not see."""
	named = [row["held_punch"] for row in rows if row["held_punch"]]
	seen = frappe.get_list("CAMS Punch", filters={"name": ["in", named]}, pluck="name") if named else []
	for row in rows:
		if row["held_punch"] not in seen:
			row["held_punch"] = None


def _held_punch(state: holds.ShiftState) -> str | None:
	"""The one to settle, where a held punch is what holds the shift."""
	if not state.hold or state.hold.cause != holds.PUNCH_HELD:
		return None
	return state.hold.feed.held.name


def _devices_in_words(feeds: Iterable[holds.Feed], state: holds.ShiftState) -> str:
	"""Those that lag most come first; of many the others are counted."""
	ordered = sorted(feeds, key=lambda feed: feed.complete_until or datetime.min)
	shown, rest = ordered[:MOST_DEVICES], ordered[MOST_DEVICES:]
	words = [_heard(feed, state) for feed in shown]
	if rest and (until := rest[0].complete_until):
		words.append(_("{0} more, at least until {1}").format(len(rest), holds.moment(until, state.now)))
	elif rest:
		words.append(_("{0} more").format(len(rest)))
	return ", ".join(words)


def _heard(feed: holds.Feed, state: holds.ShiftState) -> str:
	until = holds.moment(feed.complete_until, state.now) if feed.complete_until else _("never")
	words = f"{feed.label or feed.service_tag} {until}"
	if not feed.released_until or (feed.complete_until and feed.released_until <= feed.complete_until):
		return words
	return _("{0} (released until {1})").format(words, holds.moment(feed.released_until, state.now))


def _state_order(state: holds.ShiftState) -> tuple[bool, str, str]:
	until = state.hold.until if state.hold else None
	return bool(state.aside), str(until or ""), state.shift_type
