"""One schedule, made from its seed alone: who punches when, how the gateway tells it, what breaks, and what must come of
each punch.

Three devices. Two say the direction by the type of a punch, the third one alternates. Seven people, one of whom is
unknown. Some touches are recent, others days old; some are told one by one, others in batches, many more than once.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

SECONDS = 2.5  # from the first punch to the last one
BEHIND = 1.5  # from the last punch to the last fault: the worker is still at it
DEVICES, ALTERNATING = 3, 2
PEOPLE, AT_THE_ALTERNATING, UNKNOWN = 7, (4, 5), 6
DIRECTIONS = {
	"CheckIn": "IN",
	"CheckOut": "OUT",
	"BreakIn": "IN",
	"BreakOut": "OUT",
	"MealIn": "",
}
REPEATED_WITHIN = 60  # seconds: Ignore Repeat of the Settings
OLDEST_DAY = 20
MOST_BEHIND = 15 * 60  # seconds that the site's clock may be behind, so that no recent touch is ahead of it
RECENT = range(25, 58, 3)  # minutes ago

UNKNOWN_USER, NOT_ATTENDANCE, REPEATED = "Held: UNKNOWN_USER", "Ignored: NOT_ATTENDANCE", "Ignored: REPEATED"


@dataclass(frozen=True)
class Touch:
	"""`moment` is naive, in the zone of the site; `outcome` the direction of the check-in, or why there is none."""

	device: int
	person: int
	type: str
	moment: datetime
	outcome: str = ""


@dataclass(frozen=True)
class Told:
	"""What the gateway tells of one device at once, `at` so many seconds after the beginning: one touch, or a batch."""

	at: float
	device: int
	touches: tuple[Touch, ...]
	is_batch: bool


@dataclass(frozen=True)
class Fault:
	"""`seconds` later it is over: the process is started again, resumed, or has space again. Of a clock that jumps they
	are how far."""

	at: float
	kind: str
	seconds: float

	def __str__(self) -> str:
		if self.kind == JUMP:
			return f"{self.at:.1f} s {self.kind} {self.seconds / 60:+.0f} min"
		return f"{self.at:.1f} s {self.kind} {self.seconds:.1f} s"


JUMP = "clock jumps"
FULL = "disk full"
KILLED = "killed"
STOPPED = "stopped"
KINDS = {
	f"web worker {KILLED}": 1,
	f"web {KILLED}": 1,
	f"job {KILLED}": 2,
	f"worker {KILLED}": 1,
	f"sweep {KILLED}": 2,
	f"redis {KILLED}": 1,
	f"database {KILLED}": 2,
	f"web {STOPPED}": 1,
	f"worker {STOPPED}": 1,
	f"sweep {STOPPED}": 1,
	f"redis {STOPPED}": 1,
	f"database {STOPPED}": 1,
	FULL: 2,
	JUMP: 2,
}


@dataclass
class Plan:
	"""`now` is the site's time at the beginning, naive, in its zone."""

	seed: int
	now: datetime
	touches: list[Touch] = field(default_factory=list)
	told: list[Told] = field(default_factory=list)
	faults: list[Fault] = field(default_factory=list)

	def __post_init__(self) -> None:
		chance = random.Random(self.seed)
		for person in range(PEOPLE):
			self.touches += with_outcomes(_touches_of(person, self.now, chance))
		self.told = sorted(_telling(self.touches, chance), key=lambda told: told.at)
		self.faults = sorted(_faults(chance), key=lambda fault: fault.at)


def _touches_of(person: int, now: datetime, chance: random.Random) -> list[Touch]:
	moments = [
		now - timedelta(minutes=minutes, seconds=chance.randrange(60))
		for minutes in chance.sample(RECENT, chance.randint(1, 3))
	]
	old_day = now.date() - timedelta(days=chance.randint(1, OLDEST_DAY))
	midnight = datetime.combine(old_day, datetime.min.time())
	hours = chance.sample((7, 9, 12, 13, 17), chance.randint(2, 4))
	moments += [midnight + timedelta(hours=hour, seconds=chance.randrange(3000)) for hour in hours]
	touches = []
	for moment in sorted(moment.replace(microsecond=0) for moment in moments):
		touch = Touch(_device_of(person, chance), person, _type_of(person, chance), moment)
		touches.append(touch)
		if touch.type != "MealIn" and chance.random() < 0.15:
			again = moment + timedelta(seconds=chance.randint(2, REPEATED_WITHIN - 10))
			touches.append(Touch(touch.device, person, touch.type, again))
	return touches


def _device_of(person: int, chance: random.Random) -> int:
	return ALTERNATING if person in AT_THE_ALTERNATING else chance.randrange(ALTERNATING)


def _type_of(person: int, chance: random.Random) -> str:
	return "CheckIn" if person in AT_THE_ALTERNATING else chance.choice(list(DIRECTIONS))


def with_outcomes(touches: Iterable[Touch]) -> list[Touch]:
	"""What must come of the touches of one person: those that repeat another one do not count, and at the alternating
	device the others are in, out, in, ... each day anew."""
	found: list[Touch] = []
	before: dict[str, datetime] = {}
	turns: dict[date, int] = {}
	for touch in sorted(touches, key=lambda touch: touch.moment):
		outcome = _outcome(touch, before, turns)
		found.append(Touch(touch.device, touch.person, touch.type, touch.moment, outcome))
	return found


def _outcome(touch: Touch, before: dict[str, datetime], turns: dict[date, int]) -> str:
	if touch.type == "MealIn":
		return NOT_ATTENDANCE
	if touch.person == UNKNOWN:
		return UNKNOWN_USER
	direction = "" if touch.device == ALTERNATING else DIRECTIONS[touch.type]
	last, before[direction] = before.get(direction), touch.moment
	if last and touch.moment - last <= timedelta(seconds=REPEATED_WITHIN):
		return REPEATED
	if direction:
		return direction
	turn = turns.get(touch.moment.date(), 0)
	turns[touch.moment.date()] = turn + 1
	return ("IN", "OUT")[turn % 2]


def _telling(touches: list[Touch], chance: random.Random) -> list[Told]:
	"""Half of each device's days come in batches. One device may keep all to itself for a while. A tenth is told twice, and
	of some devices everything once more, as in a night that is loaded: not of all, or what was lost would come again."""
	told = []
	for device in range(DEVICES):
		own = [touch for touch in touches if touch.device == device]
		begins = chance.choice((0.0, 0.0, SECONDS / 2))
		own.sort(key=lambda touch: touch.moment.date())
		for _day, of_day in groupby(own, key=lambda touch: touch.moment.date()):
			told += _telling_of_day(device, list(of_day), begins, chance)
		again = chance.sample(own, len(own) // 10)
		told += [Told(chance.uniform(begins, SECONDS), device, (touch,), False) for touch in again]
		if own and chance.random() < 0.2:
			told.append(Told(chance.uniform(begins, SECONDS), device, tuple(own), True))
	return told


def _telling_of_day(device: int, touches: list[Touch], begins: float, chance: random.Random) -> list[Told]:
	if chance.random() < 0.5:
		return [Told(chance.uniform(begins, SECONDS), device, tuple(touches), True)]
	moments = sorted(chance.uniform(begins, SECONDS) for _ in touches)
	if chance.random() < 0.5:
		touches.sort(key=lambda touch: touch.moment)
	return [Told(at, device, (touch,), False) for at, touch in zip(moments, touches, strict=True)]


def _faults(chance: random.Random) -> list[Fault]:
	behind, faults = 0.0, []
	moments = sorted(chance.uniform(0.1, SECONDS + BEHIND) for _ in range(chance.randint(3, 6)))
	for at, kind in zip(
		moments, chance.choices(list(KINDS), list(KINDS.values()), k=len(moments)), strict=True
	):
		seconds = chance.uniform(0.2, 1.0)
		if kind == JUMP:
			seconds = max(chance.uniform(-2 * MOST_BEHIND, 8 * MOST_BEHIND), -MOST_BEHIND - behind)
			behind += seconds
		faults.append(Fault(at, kind, seconds))
	return faults
