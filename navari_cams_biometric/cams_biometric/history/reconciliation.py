"""Count compared punches (history.punch_comparison): for each device, and for each person on it."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.history.punch_comparison import MISSING, NOT_AT_GATEWAY, Row

COUNTS = ("at_gateway", "on_site", "missing", "held", "not_at_gateway")
DIFFERENCES = COUNTS[2:]

Key = tuple[str, str]


def by_device_and_person(rows: Iterable[Row]) -> list[Row]:
	"""A row for each device with the sum, and below it one for each person; what differs first, what is missing
	before all else.

	Keys: indent (0 a device, 1 a person), service_tag, device_label, user_id, employee, employee_name (None for a
	device), and the numbers of punches: at_gateway, on_site, missing (at the gateway alone), held (on the site, but
	no check-in), not_at_gateway (on the site alone).
	"""
	people = _people(rows)
	devices: dict[str, list[Row]] = defaultdict(list)
	for person in people.values():
		devices[person["service_tag"]].append(person)
	labels = device_labels()
	sums = [{**_sum(found), "device_label": labels.get(tag)} for tag, found in devices.items()]
	counted: list[Row] = []
	for device in sorted(sums, key=_row_order):
		counted += [device, *sorted(devices[device["service_tag"]], key=_row_order)]
	return counted


def differs(row: Row) -> bool:
	return any(row[name] for name in DIFFERENCES)


def _people(rows: Iterable[Row]) -> dict[Key, Row]:
	people: dict[Key, Row] = {}
	for row in rows:
		tag, user_id = row["service_tag"] or "", row["user_id"] or ""
		person = people.setdefault((tag, user_id), _person_row(tag, user_id))
		person["employee"] = person["employee"] or row["employee"]
		person["employee_name"] = person["employee_name"] or row["employee_name"]
		for name, count in _punch_counts(row).items():
			person[name] += count
	return people


def _person_row(service_tag: str, user_id: str) -> Row:
	known: Row = {"indent": 1, "service_tag": service_tag, "device_label": None, "user_id": user_id}
	return {**known, "employee": None, "employee_name": None, **dict.fromkeys(COUNTS, 0)}


def _punch_counts(row: Row) -> dict[str, int]:
	difference = row["difference"]
	return {
		"at_gateway": row["at_gateway"] == "Yes",
		"on_site": difference != MISSING,
		"missing": difference == MISSING,
		"held": difference in (PunchState.HELD, PunchState.FAILED),
		"not_at_gateway": difference == NOT_AT_GATEWAY,
	}


def _sum(people: list[Row]) -> Row:
	counts: Counter[str] = Counter()
	for person in people:
		counts.update({name: person[name] for name in COUNTS})
	known: Row = {"indent": 0, "service_tag": people[0]["service_tag"], "user_id": None}
	return {**known, "employee": None, "employee_name": None, **counts}


def _row_order(row: Row) -> tuple:
	name = row["employee_name"] or row["user_id"] or row["service_tag"]
	return not row["missing"], not differs(row), str(name)
