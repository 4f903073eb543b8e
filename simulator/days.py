"""Days that can be repeated: the same seed gives the same people, devices and punches.

Fills a World and puts what happens on its agenda; nothing moves before the clock does.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from .state import NAIROBI
from .world import World

LABELS = ("Main Gate", "Gate 2", "Canteen", "Warehouse")
GATE_2 = 1
OFFLINE_FROM, OFFLINE_UNTIL = time(7, 50), time(8, 40)


@dataclass(frozen=True)
class Day:
	"""What was put on the agenda: from `start` to `end`, both aware, with so many punches."""

	name: str
	start: datetime
	end: datetime
	punches: int


def populate(world: World, people: int, devices: int) -> None:
	"""Devices ZHM1100000001 and on, each with the people EMP-0001 and on; those that exist already stay."""
	for number in range(devices):
		label = LABELS[number] if number < len(LABELS) else f"Gate {number + 1}"
		if service_tag(number) not in world.devices:
			world.add_device(service_tag(number), label)
		known = world.devices[service_tag(number)].users
		for user_id in (employee_number(place) for place in range(people)):
			if user_id not in known:
				world.add_user(service_tag(number), user_id, first_name="Employee", last_name=user_id[4:])


def play(world: World, name: str, people: int, devices: int, day: date | None) -> Day:
	"""Put a day on the agenda and set the clock to its beginning. `morning` is the only one so far.

	Raises ValueError for another name, and where punches happened after the day's beginning.
	"""
	if name != "morning":
		raise ValueError("there is one day so far, morning")
	populate(world, people, devices)
	midnight = _midnight(world, day)
	start, end = midnight + timedelta(hours=7), midnight + timedelta(hours=13)
	if any(entry.instant > start for entry in world.ledger):
		raise ValueError("the clock is past that day")
	world.now = start
	_outage(world, devices, midnight)
	punches = sum(_person(world, number, devices, midnight) for number in range(people))
	return Day(name, start, end, punches + _dump(world, people, devices, midnight))


def remember_history(world: World, people: int, devices: int, days: int, until: date | None) -> int:
	"""History that the gateway has and never sent: four punches a day for each person. Returns how many."""
	populate(world, people, devices)
	count = 0
	for back in range(days, 0, -1):
		midnight = _midnight(world, until) - timedelta(days=back)
		for number in range(people):
			tag = service_tag(world.random.randrange(devices))
			for hour, kind in ((8, "CheckIn"), (12, "BreakOut"), (13, "BreakIn"), (17, "CheckOut")):
				moment = midnight + timedelta(hours=hour, seconds=world.random.randrange(1800))
				world.remember(tag, employee_number(number), kind, moment)
				count += 1
	return count


def service_tag(number: int) -> str:
	return f"ZHM11{number + 1:08}"


def employee_number(number: int) -> str:
	return f"EMP-{number + 1:04}"


def _midnight(world: World, day: date | None) -> datetime:
	return datetime.combine(day or world.now.astimezone(NAIROBI).date(), time(), NAIROBI)


def _outage(world: World, devices: int, midnight: datetime) -> None:
	"""Gate 2 is offline for a while; what is punched there comes afterwards."""
	if devices <= GATE_2:
		return
	for clock, online in ((OFFLINE_FROM, False), (OFFLINE_UNTIL, True)):
		moment = datetime.combine(midnight.date(), clock, midnight.tzinfo)
		world.at(moment, partial(world.set_online, service_tag(GATE_2), online))


def _person(world: World, number: int, devices: int, midnight: datetime) -> int:
	"""In between 07:30 and 08:30; every second person takes a break, every third one eats."""
	gate = service_tag(world.random.randrange(min(devices, 2)))
	plan = [("CheckIn", 8.0, 0.5)]
	if number % 2 == 0:
		plan += [("BreakOut", 10.0, 0.2), ("BreakIn", 10.6, 0.2)]
	for kind, hour, spread in plan:
		_plan(world, gate, number, kind, midnight + _around(world, hour, spread))
	if number % 3:
		return len(plan)
	eats = service_tag(min(devices - 1, 2))
	_plan(world, eats, number, "MealIn", midnight + _around(world, 12.2, 0.1))
	_plan(world, eats, number, "MealOut", midnight + _around(world, 12.7, 0.1))
	return len(plan) + 2


def _around(world: World, hour: float, spread: float) -> timedelta:
	return timedelta(seconds=round(3600 * world.random.uniform(hour - spread, hour + spread)))


def _plan(world: World, tag: str, number: int, kind: str, moment: datetime) -> None:
	world.at(moment, lambda: _punch(world, tag, number, kind))


def _punch(world: World, tag: str, number: int, kind: str) -> None:
	world.punch(tag, employee_number(number), kind)


def _dump(world: World, people: int, devices: int, midnight: datetime) -> int:
	"""Three days that the second device kept for itself, if it has that quirk."""
	tag = service_tag(min(GATE_2, devices - 1))
	device = world.devices[tag]
	if not device.quirks.three_day_dump:
		return 0
	world.set_online(tag, False)
	moments = [midnight - timedelta(days=back) + timedelta(hours=8) for back in (3, 2, 1)]
	for moment in moments:
		for number in range(people):
			world.punch(tag, employee_number(number), "CheckIn", moment + timedelta(seconds=number))
	return len(moments) * people
