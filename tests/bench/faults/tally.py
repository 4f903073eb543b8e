"""What a site has of the punches of one schedule, against what must have come of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.bench.bench_site import BenchSite

MOMENT = "'%Y-%m-%d %H:%i:%s'"


class Identity(NamedTuple):
	"""`moment` is a text in the site's zone, to the second."""

	service_tag: str
	user_id: str
	moment: str
	type: str


class Punch(NamedTuple):
	"""A CAMS Punch as it is stored."""

	identity: Identity
	name: str
	state: str
	reason_code: str
	employee_checkin: str


class Checkin(NamedTuple):
	"""An Employee Checkin as it is stored; `user_id` is whose employee it is, `punch` the one it was made from."""

	name: str
	user_id: str
	moment: str
	log_type: str
	service_tag: str
	punch: str


@dataclass
class Tally:
	"""What differs, each as a line to read."""

	sent: int
	lost: list[str] = field(default_factory=list)
	doubled: list[str] = field(default_factory=list)
	wrong: list[str] = field(default_factory=list)

	@property
	def differences(self) -> list[str]:
		kinds = {"lost": self.lost, "doubled": self.doubled, "wrong": self.wrong}
		return [f"{kind}: {line}" for kind, lines in kinds.items() for line in lines]


def compare(expected: dict[Identity, str], punches: Iterable[Punch], checkins: Iterable[Checkin]) -> Tally:
	"""`expected` has for each punch the direction of its check-in, or `State: REASON` where it gets none."""
	tally, stored, made = Tally(len(expected)), {}, {}
	for punch in punches:
		stored.setdefault(punch.identity, []).append(punch)
	for checkin in checkins:
		made.setdefault(checkin.punch, []).append(checkin)
	for identity, outcome in expected.items():
		_look_at(identity, outcome, stored.pop(identity, []), made, tally)
	tally.wrong += [f"never sent: {punch}" for found in stored.values() for punch in found]
	tally.wrong += [f"of no such punch: {checkin}" for found in made.values() for checkin in found]
	return tally


def _look_at(
	identity: Identity, outcome: str, found: list[Punch], made: dict[str, list[Checkin]], tally: Tally
) -> None:
	told = " ".join(identity)
	if not found:
		tally.lost.append(f"{told}: no CAMS Punch")
	if len(found) > 1:
		tally.doubled.append(f"{told}: {len(found)} CAMS Punches")
	for punch in found:
		own = made.pop(punch.name, [])
		if len(own) > 1:
			tally.doubled.append(f"{told}: {len(own)} check-ins")
		if outcome in ("IN", "OUT") and not own and punch.state == "Recorded":
			tally.lost.append(f"{told}: no check-in")
		elif (came := _outcome(punch, own[:1])) != outcome:
			tally.wrong.append(f"{told}: {came} instead of {outcome} ({punch.name})")
		tally.wrong += [f"{told}: {checkin}" for checkin in own if not _is_of(checkin, punch)]


def _outcome(punch: Punch, own: list[Checkin]) -> str:
	if punch.state == "Recorded" and own and not punch.reason_code:
		return own[0].log_type
	return f"{punch.state}: {punch.reason_code}" + (" and a check-in" if own else "")


def _is_of(checkin: Checkin, punch: Punch) -> bool:
	return checkin[:3] == (punch.employee_checkin, punch.identity.user_id, punch.identity.moment) and (
		checkin.service_tag == punch.identity.service_tag
	)


def read(site: BenchSite, prefix: str) -> tuple[list[Punch], list[Checkin]]:
	"""All of people whose user IDs begin so."""
	ours = f"like '{prefix}%'"
	punches = site.sql(
		f"select service_tag, user_id, date_format(punch_time, {MOMENT}), punch_type, name, state,"
		f" ifnull(reason_code, ''), ifnull(employee_checkin, '') from `tabCAMS Punch` where user_id {ours}"
	)
	checkins = site.sql(
		f"select checkin.name, ifnull(attendance_device_id, ''), date_format(time, {MOMENT}),"
		" ifnull(log_type, ''), ifnull(device_id, ''), ifnull(custom_cams_punch, '')"
		" from `tabEmployee Checkin` checkin join `tabEmployee` employee on employee.name = checkin.employee"
		f" where attendance_device_id {ours} or custom_cams_punch in"
		f" (select name from `tabCAMS Punch` where user_id {ours})"
	)
	return [Punch(Identity(*row[:4]), *row[4:]) for row in punches], [Checkin(*row) for row in checkins]
