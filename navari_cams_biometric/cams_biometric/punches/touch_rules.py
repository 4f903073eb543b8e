"""Which stored punches are one touch, and which of them says most. Decides by what was sent alone, never by its order;
reads and writes nothing.

A touch is one person on one device at one moment in one direction. Where a text has an offset, the moment is what it
says. A text without one is the same touch as a text with one and the same wall clock, else the moment is what the
device's zone makes of it as it is now: however it was read before, the same wall clock is the same touch.

ref: docs/decisions/0026-one-touch.md
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from navari_cams_biometric.cams_biometric.base.times import is_repeated, naive_utc

DIRECTIONS = ("IN", "OUT", "Not Attendance")  # in this order a punch without direction joins one
KNOWN, NONE, UNKNOWN = (
	2,
	1,
	0,
)  # a type with a direction; without one, or no type; one that Settings do not know
PLAIN = ("checkin", "checkout")  # what a device sends where nobody pressed a key


class Kind(NamedTuple):
	"""A punch type: how it is spelled (folded), its direction (None without one), and how much it says."""

	spelling: str
	direction: str | None
	says: int


class Said(NamedTuple):
	"""What one stored punch says. `instant` is naive, in UTC, as it was read when the punch arrived."""

	name: str
	wall_clock: datetime
	instant: datetime
	has_offset: bool
	kind: Kind
	accepted: bool = False

	@property
	def outcome(self) -> tuple:
		"""What a check-in would have of it."""
		return self.instant, self.kind.direction, self.kind.spelling


class Touches:
	"""The punches of one person on one device, and how they stand to each other; `zone` is the device's as it is now."""

	def __init__(self, punches: Iterable[Said], zone: tzinfo):
		self.zone = zone
		self.punches = {punch.name: punch for punch in punches}
		self._moments = self._read_moments()
		self._directions = self._read_directions()
		self._told: dict[tuple, set[datetime]] = defaultdict(set)  # wall clocks with an offset, by touch
		for punch in self.punches.values():
			if punch.has_offset:
				self._told[self._touch(punch)].add(punch.wall_clock)

	def are_one(self, one: Said, other: Said) -> bool:
		return self._touch(one) == self._touch(other)

	def contradict(self, one: Said, other: Said) -> bool:
		"""Whether offsets say two moments of one wall clock, which the clock did not show twice."""
		(moment, direction), (other_moment, other_direction) = self._touch(one), self._touch(other)
		if moment == other_moment or (direction and other_direction and direction != other_direction):
			return False
		shared = self._told[moment, direction] & self._told[other_moment, other_direction]
		return any(not self._shows_twice(clock, moment, other_moment) for clock in shared)

	def outranks(self, one: Said, other: Said) -> bool:
		"""Of one touch: whether `one` says more. Of a contradiction: whether it is the one to count."""
		return self._order(one, other) < self._order(other, one)

	def _order(self, punch: Said, other: Said) -> tuple:
		if not self.are_one(punch, other):
			return not punch.accepted, self._moments[punch.name]
		return (
			not punch.accepted,
			-punch.kind.says,
			not punch.has_offset,
			punch.instant != self._moments[punch.name],  # read in a zone that was changed since
			punch.kind.spelling in PLAIN,
			punch.kind.spelling,
			punch.instant,
			punch.wall_clock,
			punch.name,
		)

	def _touch(self, punch: Said) -> tuple[datetime, str | None]:
		return self._moments[punch.name], self._directions[punch.name]

	def _read_moments(self) -> dict[str, datetime]:
		told = defaultdict(set)
		for punch in self.punches.values():
			if punch.has_offset:
				told[punch.wall_clock].add(punch.instant)
		return {
			punch.name: punch.instant if punch.has_offset else self._moment_of(punch, told[punch.wall_clock])
			for punch in self.punches.values()
		}

	def _moment_of(self, punch: Said, told: set[datetime]) -> datetime:
		"""Of a text without an offset, beside the instants that offsets give its wall clock."""
		read_now = naive_utc(punch.wall_clock, self.zone)
		return read_now if not told or read_now in told else min(told)

	def _read_directions(self) -> dict[str, str | None]:
		found = defaultdict(set)
		for punch in self.punches.values():
			found[self._moments[punch.name]].add(punch.kind.direction)
		joined = {
			moment: next((direction for direction in DIRECTIONS if direction in there), None)
			for moment, there in found.items()
		}
		return {
			punch.name: punch.kind.direction or joined[self._moments[punch.name]]
			for punch in self.punches.values()
		}

	def _shows_twice(self, clock: datetime, moment: datetime, other: datetime) -> bool:
		if not is_repeated(clock, self.zone):
			return False
		both = {clock - self._offset(clock, fold) for fold in (0, 1)}
		return {moment, other} == both

	def _offset(self, clock: datetime, fold: int) -> timedelta:
		return clock.replace(tzinfo=self.zone, fold=fold).utcoffset() or timedelta(0)
