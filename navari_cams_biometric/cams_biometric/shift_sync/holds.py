"""What holds a shift: how far its check-ins are complete, and which device it waits for. Sends and writes
nothing.

`watermark` gathers the facts and writes the result. All times are naive, in the site's zone, but for Last Sync of
Checkin: HRMS compares it with the wall clock of the check-ins, which may be that of a gate in another zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from frappe import _, _lt
from frappe.utils import format_date

from navari_cams_biometric.cams_biometric.base.gate_times import at_gate
from navari_cams_biometric.cams_biometric.base.times import shown_time

AUTO_ATTENDANCE_OFF, FOLLOWS_HRMS, NO_DEVICE = "Off", "Follows HRMS", "No Device"
NEVER_HEARD, SILENT, WAITING = "Never Reported", "Not Reporting", "Punch Waits"
FAILED, UNREAD = "Punch Failed", "Event Unread"
PUNCH_HELD, NO_PAST = "Punch Held", "Past Missing"
SYNCED, HELD = "Synced", "Held"

WORDS = {
	AUTO_ATTENDANCE_OFF: _lt("Off"),
	FOLLOWS_HRMS: _lt("Follows HRMS"),
	NO_DEVICE: _lt("No Device"),
	SYNCED: _lt("Synced"),
	HELD: _lt("Held"),
}
ASIDE = {
	AUTO_ATTENDANCE_OFF: _lt("Auto attendance is off"),
	FOLLOWS_HRMS: _lt("HRMS advances it itself; this app does not touch it"),
	NO_DEVICE: _lt("No enabled device feeds it; this app does not touch it"),
}
RED = (NEVER_HEARD, FAILED, UNREAD, PUNCH_HELD, NO_PAST)
QUIET = timedelta(hours=1)  # nobody punching for so long is nothing to look at
LONG = timedelta(hours=12)


@dataclass(frozen=True)
class Feed:
	"""A device that feeds a shift, with its facts. All of its punches up to `complete_until` are here.

	`queued_from` and `failed_from` are the earliest punches that are here and have not become check-ins, `unread_from`
	is the earliest event that was not understood. Up to
	`released_until` a manager has released the shift from waiting for it. An empty service tag means punches of
	no device. `held` is the earliest held punch that the release does not pass over. Nothing is known of the time before
	`counts_from`, if that is set. Without `is_fed_by` it is here for the punches of people of this shift alone.
	"""

	service_tag: str
	label: str
	complete_until: datetime | None = None
	released_until: datetime | None = None
	queued_from: datetime | None = None
	failed_from: datetime | None = None
	unread_from: datetime | None = None
	held: "HeldPunch | None" = None
	counts_from: datetime | None = None
	is_fed_by: bool = True
	zone: str | None = None  # of its check-ins, where that is not the site's


@dataclass(frozen=True)
class HeldPunch:
	"""A held punch, from when on it holds shifts, and its reason for people."""

	name: str
	since: datetime
	reason: str


@dataclass(frozen=True)
class Hold:
	"""Why a shift cannot advance past `until` (None: not at all). `released` means that a release brought it
	there.
	"""

	feed: Feed
	until: datetime | None
	cause: str
	released: bool = False

	@property
	def clock(self) -> datetime | None:
		"""`until` as the check-ins of this device say it."""
		return at_gate(self.until, self.feed.zone) if self.until else None


@dataclass(frozen=True)
class ShiftState:
	"""The state of a shift. `current` is its Last Sync of Checkin, on the clock of its check-ins; `aside` is why the app
	does not move it, if so. `begins` is its Process Attendance After."""

	shift_type: str
	current: datetime | None
	now: datetime
	feeds: tuple[Feed, ...] = ()
	aside: str = ""
	begins: date | None = None

	@property
	def hold(self) -> Hold | None:
		"""What it waits for first; None if the app does not move it."""
		return (
			None if self.aside else min([*map(hold_of, self.feeds), *_past_holds(self)], key=self._clock_of)
		)

	@property
	def due_from(self) -> date | None:
		"""The first day that HRMS would mark next; None where it marks none."""
		return self.begins and max(self.begins, self.current.date() if self.current else self.begins)

	@property
	def synced_until(self) -> datetime | None:
		"""What Last Sync of Checkin should be: never before what it is, never past now, to the second."""
		if not self.hold or not self.hold.until:
			return self.current
		complete_until = self._clock_of(self.hold).replace(microsecond=0)
		return max(self.current, complete_until) if self.current else complete_until

	def _clock_of(self, hold: Hold) -> datetime:
		"""How far the check-ins of one device are complete, on their own clock: of several zones the slowest clock counts."""
		return at_gate(min(hold.until, self.now), hold.feed.zone) if hold.until else datetime.min


def hold_of(feed: Feed) -> Hold:
	"""How far one device lets its shifts advance.

	A release covers a device that is not reporting, and a failed punch or an unread event up to its time. Queued punches
	still hold the shift: they take minutes.
	"""
	holds = [_silence(feed)]
	if feed.queued_from:
		holds.append(Hold(feed, feed.queued_from, WAITING))
	for since, cause in ((feed.failed_from, FAILED), (feed.unread_from, UNREAD)):
		if since:
			until = _latest(since, feed.released_until)
			holds.append(Hold(feed, until, cause, released=until != since))
	if feed.held:
		holds.append(Hold(feed, feed.held.since, PUNCH_HELD))
	return min(holds, key=_hold_order)


def color_of(state: ShiftState) -> tuple[str, str]:
	"""A key of WORDS for the state, and its colour."""
	if state.aside:
		return state.aside, "orange" if state.aside == NO_DEVICE else "gray"
	lag = state.now - state.hold.until if state.hold.until else LONG
	if state.hold.cause in (SILENT, WAITING) and lag < QUIET and not _is_ahead(state):
		return SYNCED, "green"
	return HELD, "red" if lag >= LONG or state.hold.cause in RED else "orange"


def can_be_released(state: ShiftState) -> bool:
	"""Whether something is held that a release passes over: not what is being processed, nor what failed of no device."""
	if not state.hold or color_of(state)[0] != HELD:
		return False
	return state.hold.cause == PUNCH_HELD or (
		state.hold.cause != WAITING and bool(state.hold.feed.service_tag)
	)


def sentence_of(state: ShiftState) -> str:
	"""What holds it, for people: `Held since 06:10, Gate 2 not reporting`."""
	if state.aside:
		return str(ASIDE[state.aside])
	if state.hold.cause == NEVER_HEARD:
		return _("Held, {0} has never reported").format(_name(state))
	if state.hold.cause == NO_PAST:
		return _past_words(state)
	if state.hold.cause == SILENT and _is_ahead(state):
		until = moment(state.hold.clock, state.now)
		return _("Ahead of {0}, which is complete until {1} only").format(_name(state), until)
	words = _synced_words(state) if color_of(state)[0] == SYNCED else _held_words(state)
	reason = state.hold.feed.held.reason if state.hold.feed.held else ""
	return words.format(moment(_latest(state.hold.clock, state.current), state.now), _name(state), reason)


def moment(time: datetime, now: datetime) -> str:
	return f"{time:%H:%M}" if time.date() == now.date() else shown_time(time)


def _synced_words(state: ShiftState) -> str:
	if state.hold.cause == WAITING:
		return _("Synced until {0}, a punch of {1} is being processed")
	if state.hold.released:
		return _("Synced until {0}, released from waiting for {1}")
	return _("Synced until {0}, when {1} last reported")


def _held_words(state: ShiftState) -> str:
	if state.hold.cause == WAITING:
		return _("Held since {0}, a punch of {1} is pending")
	if state.hold.cause == FAILED:
		return _("Held since {0}, a punch of {1} failed")
	if state.hold.cause == PUNCH_HELD:
		return _("Held since {0}, a punch of {1} is held: {2}")
	if state.hold.cause == UNREAD:
		return _("Held since {0}, an event of {1} was not understood")
	if state.hold.released:
		return _("Held since {0}, {1} not reporting (released until then)")
	return _("Held since {0}, {1} not reporting")


def _past_words(state: ShiftState) -> str:
	since, first = state.due_from, state.hold.feed.counts_from
	words = _(
		"Held, {0} first reported on {1}, and attendance is due from {2}: load the history of these days, or release"
	)
	return words.format(_name(state), format_date(first), format_date(since))


def _past_holds(state: ShiftState) -> list[Hold]:
	"""Devices of whose past nothing is known, though HRMS would mark it. A shift that has begun waits only where none of
	its devices reported then: one that was added later does not hold it."""
	own = [feed for feed in state.feeds if feed.service_tag and feed.is_fed_by]
	late = [feed for feed in own if _lacks_past(feed, state)]
	has_begun = bool(state.current and state.begins and state.current.date() > state.begins)
	if has_begun and any(feed.complete_until and feed not in late for feed in own):
		return []
	return [_past_hold(feed, state) for feed in late]


def _lacks_past(feed: Feed, state: ShiftState) -> bool:
	if not (feed.counts_from and state.due_from and state.due_from < feed.counts_from.date()):
		return False
	return not feed.released_until or feed.released_until.date() < feed.counts_from.date()


def _past_hold(feed: Feed, state: ShiftState) -> Hold:
	until = feed.released_until
	goes_on = until and (not state.current or until > state.current)
	return Hold(feed, until if goes_on else None, NO_PAST, released=bool(goes_on))


def _silence(feed: Feed) -> Hold:
	until = _latest(feed.complete_until, feed.released_until)
	if not until:
		return Hold(feed, None, NEVER_HEARD)
	return Hold(feed, until, SILENT, released=until != feed.complete_until)


def _is_ahead(state: ShiftState) -> bool:
	"""Somebody else moved it, or a disabled device was enabled again."""
	return bool(state.current and state.hold.until) and state.current > state.hold.clock


def _name(state: ShiftState) -> str:
	feed = state.hold.feed
	name = feed.label or feed.service_tag or _("an unknown device")
	return f"{name} ({feed.zone})" if feed.zone else name


def _latest(*times: datetime | None) -> datetime | None:
	return max((time for time in times if time), default=None)


def _hold_order(hold: Hold) -> datetime:
	return hold.until or datetime.min
