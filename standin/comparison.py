"""The simulator's ledger beside the site's records, punch by punch.

Each punch must be on the site once, come in the way in which it was told (so that a load of history cannot make
good a push that was lost), in the state that is due to it, and with the one check-in that says who, when and which
way. Anything else is named.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from simulator import LedgerEntry
from simulator.state import NAIROBI

MISSING, DOUBLED, NEVER_SENT = "missing", "doubled", "never sent"
WITHOUT_PUNCH, WRONG = "check-ins without punch", "otherwise wrong"
PROBLEMS = (MISSING, DOUBLED, NEVER_SENT, WITHOUT_PUNCH, WRONG)

DEAD_CLOCKS = datetime(2010, 1, 1, tzinfo=timezone.utc)  # what is older was never punched
Key = tuple[datetime, str, str, str]
Result = tuple[str, str, str, str]


@dataclass(frozen=True)
class Site:
	"""The records of CAMS Punch, Employee Checkin, Employee and CAMS Device ID."""

	punches: list[dict]
	checkins: list[dict]
	employees: list[dict]
	device_ids: list[dict] = field(default_factory=list)

	def owner_of(self, user_id: str, instant: datetime) -> str | None:
		"""Who had the user ID on that day; a CAMS Device ID here has a last day and holds everywhere."""
		day = str(instant.astimezone(NAIROBI).date())
		former = [row for row in self.device_ids if row["user_id"] == user_id and day <= row["until_date"]]
		now = [row for row in self.employees if row["attendance_device_id"] == user_id]
		return former[0]["employee"] if former else now[0]["name"] if now else None

	def name_of(self, employee: str | None) -> str:
		return next((row["employee_name"] for row in self.employees if row["name"] == employee), "")


@dataclass(frozen=True)
class Line:
	"""A punch by instant (UTC), service tag, user ID and type; its state, what became of it, what is wrong.

	`person` is the name of whoever had the user ID then; `problem` one of PROBLEMS or empty, `detail` what was found
	instead of what.
	"""

	key: Key
	state: str = ""
	outcome: str = ""
	problem: str = ""
	detail: str = ""
	person: str = ""


def compare(
	ledger: Iterable[LedgerEntry], site: Site, history: Container[LedgerEntry], ahead: Container[LedgerEntry]
) -> list[Line]:
	"""One line for each punch, in time order.

	`history` are those that were never pushed, `ahead` those that a wrong clock put into the future.
	"""
	due = {
		_key(entry): _due(
			entry, site.owner_of(entry.user_id, entry.instant), entry in history, entry in ahead
		)
		for entry in ledger
	}
	punches = _grouped(_without_former_readings(site.punches), _key_of_punch)
	checkins = _grouped(site.checkins, lambda checkin: checkin["custom_cams_punch"])

	def line(key: Key) -> Line:
		stored = punches[key]
		made = [checkin for punch in stored for checkin in checkins.pop(punch["name"], ())]
		person = site.name_of(site.owner_of(key[2], key[0]))
		return Line(key, *_outcome(stored, made), *_problem(due.get(key), stored, made), person)

	lines = [line(key) for key in {*due, *punches}]
	lines += [
		_loose(checkin, site.name_of(checkin["employee"])) for group in checkins.values() for checkin in group
	]
	return sorted(lines, key=lambda line: line.key)


def show(lines: list[Line], labels: dict[str, str]) -> None:
	"""Print the lines and their sum. `labels` are those of the devices, by service tag."""
	print(f"{'time':19}  {'user':8}  {'name':15}  {'type':8}  {'device':9}  here")
	for line in lines:
		instant, service_tag, user_id, kind = line.key
		moment = f"{instant.astimezone(NAIROBI):%Y-%m-%d %H:%M:%S}"
		device = labels.get(service_tag, service_tag)
		problem = f"  <- {line.problem} {line.detail}".rstrip() if line.problem else ""
		who = f"{user_id:8}  {line.person:15}"
		print(f"{moment}  {who}  {kind:8}  {device:9}  {line.state:10}  {line.outcome}{problem}")
	problems = Counter(line.problem for line in lines)
	states = Counter(line.state for line in lines if line.state)
	print("\nhere: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))
	print(", ".join(f"{problem} {problems[problem]}" for problem in PROBLEMS))


def summary(lines: list[Line]) -> str:
	"""What became of the punches, in a sentence for whoever asks whether hours are lost."""
	wrong = sum(bool(line.problem) for line in lines)
	if wrong:
		return f"NOT as they should be: {wrong} of {len(lines)} punches, in the lines with <-."
	people = _count(len({line.person for line in lines if line.person}), "person", "people")
	states = Counter(line.state for line in lines)
	became = ", ".join(
		(
			_count(states["Recorded"], "became a check-in", "became check-ins"),
			_count(
				states["Ignored"],
				"is kept on record and does not count",
				"are kept on record and do not count",
			),
			_count(states["Held"], "waits for HR to look at", "wait for HR to look at"),
		)
	)
	return f"{_count(len(lines), 'punch', 'punches')} of {people}: {became}. None is lost, and none counts twice."


def _count(number: int, singular: str, plural: str) -> str:
	return f"{number} {singular if number == 1 else plural}"


def _without_former_readings(punches: list[dict]) -> list[dict]:
	"""A text without an offset that was read in a wrong zone stays beside the same text read right, which counts."""
	by_name = {punch["name"]: punch for punch in punches}

	def is_former(punch: dict) -> bool:
		counts = (
			by_name.get(punch.get("same_touch_as") or "") if punch["reason_code"] == "SAME_TOUCH" else None
		)
		return (
			bool(counts)
			and counts["state"] == "Recorded"
			and counts["original_time"] == punch["original_time"]
		)

	return [punch for punch in punches if not is_former(punch)]


def _grouped(records: list[dict], key: Callable[[dict], object]) -> defaultdict:
	groups = defaultdict(list)
	for record in records:
		groups[key(record)].append(record)
	return groups


def _key(entry: LedgerEntry) -> Key:
	return entry.instant, entry.service_tag, entry.user_id, entry.type


def _key_of_punch(punch: dict) -> Key:
	return _instant(punch["punch_time"]), punch["service_tag"], punch["user_id"], punch["punch_type"]


def _instant(site_time: str) -> datetime:
	return datetime.fromisoformat(site_time[:19]).replace(tzinfo=NAIROBI).astimezone(timezone.utc)


def _problem(due: Result | None, punches: list[dict], checkins: list[dict]) -> tuple[str, str]:
	if not due:
		return NEVER_SENT, ""
	if not punches:
		return MISSING, ""
	if len(punches) > 1 or len(checkins) > 1:
		return DOUBLED, ""
	found = _found(punches[0], checkins)
	details = [
		f"({is_now or 'nothing'}, due: {should_be or 'nothing'})"
		for is_now, should_be in zip(found, due, strict=True)
		if is_now != should_be
	]
	return WRONG if details else "", " ".join(details)


def _due(entry: LedgerEntry, employee: str | None, is_history: bool, is_ahead: bool) -> Result:
	source = "Batch" if is_history else "Real Time"
	if entry.type.startswith("Meal"):
		return source, "Ignored", "NOT_ATTENDANCE", ""
	if entry.instant < DEAD_CLOCKS:
		return source, "Held", "CLOCK_BEHIND", ""
	if is_ahead:
		return source, "Held", "CLOCK_AHEAD", ""
	direction = "IN" if entry.type.endswith("In") else "OUT"
	return source, "Recorded", "", f"{employee} {direction} at {entry.instant} from {entry.log_time}"


def _found(punch: dict, checkins: list[dict]) -> Result:
	made = "".join(
		f"{checkin['employee']} {checkin['log_type']} at {_instant(checkin['time'])}"
		f" from {checkin['custom_original_time']}"
		for checkin in checkins
	)
	return punch["source"], punch["state"], punch["reason_code"] or "", made


def _outcome(punches: list[dict], checkins: list[dict]) -> tuple[str, str]:
	if not punches:
		return "", ""
	made = ", ".join(f"{checkin['log_type']} {checkin['name']}" for checkin in checkins)
	return punches[0]["state"], made or punches[0]["reason_code"] or ""


def _loose(checkin: dict, person: str) -> Line:
	key = (
		_instant(checkin["time"]),
		checkin["device_id"] or "",
		checkin["employee"],
		checkin["log_type"] or "",
	)
	return Line(key, outcome=checkin["name"], problem=WITHOUT_PUNCH, person=person)
