"""The comparison at the end of `make demo`: it names whatever is not as it should be, and nothing else."""

from datetime import datetime, timedelta, timezone

import pytest

from navari_cams_biometric.gateway.timestamp import format_timestamp
from simulator import LedgerEntry
from standin.comparison import DOUBLED, MISSING, NEVER_SENT, WITHOUT_PUNCH, WRONG, Site, compare, summary

NAIROBI = timezone(timedelta(hours=3))
EIGHT = datetime(2024, 9, 17, 8, tzinfo=NAIROBI)


def make_entry(user_id: str, type: str, moment: datetime) -> LedgerEntry:
	return LedgerEntry("GATE", user_id, moment.astimezone(timezone.utc), type, format_timestamp(moment))


PUSHED = make_entry("7", "BreakOut", EIGHT)
LOADED = make_entry("7", "CheckIn", EIGHT - timedelta(days=1))
MEAL = make_entry("7", "MealIn", EIGHT + timedelta(hours=4))
AHEAD = make_entry("7", "CheckIn", EIGHT + timedelta(hours=6))
DEAD = make_entry("7", "CheckIn", EIGHT.replace(year=2000))
LEDGER = [LOADED, PUSHED, MEAL, AHEAD, DEAD]
STATES = {
	MEAL: ("Ignored", "NOT_ATTENDANCE"),
	AHEAD: ("Held", "CLOCK_AHEAD"),
	DEAD: ("Held", "CLOCK_BEHIND"),
}


def site_time(entry: LedgerEntry) -> str:
	return entry.log_time.partition(" GMT")[0]


def make_punch(entry: LedgerEntry) -> dict:
	state, reason_code = STATES.get(entry, ("Recorded", None))
	return {
		"name": f"punch at {entry.log_time}",
		"service_tag": entry.service_tag,
		"user_id": entry.user_id,
		"punch_type": entry.type,
		"punch_time": site_time(entry),
		"source": "Batch" if entry is LOADED else "Real Time",
		"state": state,
		"reason_code": reason_code,
	}


def make_checkin(entry: LedgerEntry, direction: str) -> dict:
	return {
		"name": f"check-in at {entry.log_time}",
		"employee": "HR-EMP-1",
		"time": site_time(entry),
		"log_type": direction,
		"device_id": entry.service_tag,
		"custom_original_time": entry.log_time,
		"custom_cams_punch": f"punch at {entry.log_time}",
	}


@pytest.fixture
def records() -> Site:
	"""As it should be. Of the pushed punch the punch is the second, the check-in the first."""
	return Site(
		punches=[make_punch(entry) for entry in LEDGER],
		checkins=[make_checkin(PUSHED, "OUT"), make_checkin(LOADED, "IN")],
		employees=[
			{"name": "HR-EMP-1", "attendance_device_id": "7", "employee_name": "Employee One"},
			{"name": "HR-EMP-9", "attendance_device_id": "", "employee_name": "Employee Nine"},
		],
	)


def problems(records: Site) -> list[str]:
	return [line.problem for line in compare(LEDGER, records, [LOADED], [AHEAD]) if line.problem]


def test_what_is_as_it_should_be_has_no_problem(records):
	assert problems(records) == []


@pytest.mark.parametrize("number", range(len(LEDGER)))
def test_a_punch_that_is_not_there_is_missing(records, number):
	del records.punches[number]

	assert problems(records)[0] == MISSING


def test_a_second_punch_is_doubled(records):
	records.punches.append({**records.punches[1], "name": "another"})

	assert problems(records) == [DOUBLED]


def test_a_second_check_in_is_doubled(records):
	records.checkins.append({**records.checkins[0], "name": "another"})

	assert problems(records) == [DOUBLED]


@pytest.mark.parametrize(
	"change",
	[
		{"user_id": "8"},
		{"service_tag": "GATE 2"},
		{"punch_type": "BreakIn"},
		{"punch_time": "2024-09-17 08:01:00"},
	],
)
def test_a_punch_that_is_another_one_was_never_sent(records, change):
	records.punches[1].update(change)

	assert sorted(problems(records)) == sorted([MISSING, NEVER_SENT])


def test_a_check_in_of_no_punch_is_named(records):
	records.checkins.append({**records.checkins[0], "custom_cams_punch": None})

	assert problems(records) == [WITHOUT_PUNCH]


@pytest.mark.parametrize(
	"change", [{"source": "Batch"}, {"state": "Queued"}, {"state": "Held", "reason_code": "UNKNOWN_USER"}]
)
def test_a_punch_that_came_another_way_or_is_in_another_state_is_wrong(records, change):
	records.punches[1].update(change)

	assert problems(records) == [WRONG]


@pytest.mark.parametrize(
	"change",
	[
		{"employee": "HR-EMP-2"},
		{"time": "2024-09-17 08:00:01"},
		{"log_type": "IN"},
		{"custom_original_time": "2024-09-17 08:00:00"},
	],
)
def test_a_check_in_of_another_person_time_or_direction_is_wrong(records, change):
	records.checkins[0].update(change)

	assert problems(records) == [WRONG]


def test_a_punch_without_its_check_in_is_wrong(records):
	del records.checkins[0]

	assert problems(records) == [WRONG]


@pytest.mark.parametrize("entry", [MEAL, AHEAD])
def test_a_check_in_that_should_not_be_is_wrong(records, entry):
	records.checkins.append(make_checkin(entry, "IN"))

	assert problems(records) == [WRONG]


def test_a_number_that_changed_hands_is_the_former_owners_until_the_last_day(records):
	records.device_ids.append({"user_id": "7", "employee": "HR-EMP-9", "until_date": "2024-09-16"})
	assert problems(records) == [WRONG]
	records.checkins[1]["employee"] = "HR-EMP-9"
	assert problems(records) == []
	people = [line.person for line in compare(LEDGER, records, [LOADED], [AHEAD])]
	assert people == ["Employee Nine", "Employee Nine", *["Employee One"] * 3]


def test_whoever_nobody_knows_has_no_name(records):
	records.employees[0]["attendance_device_id"] = "8"

	assert {line.person for line in compare(LEDGER, records, [LOADED], [AHEAD])} == {""}


def test_the_last_line_says_what_became_of_the_punches(records):
	lines = compare(LEDGER, records, [LOADED], [AHEAD])

	assert summary(lines) == (
		"5 punches of 1 person: 2 became check-ins, 1 is kept on record and does not count, 2 wait for HR to look at."
		" None is lost, and none counts twice."
	)


def test_the_last_line_says_how_many_punches_are_not_as_they_should_be(records):
	del records.punches[2]

	assert summary(compare(LEDGER, records, [LOADED], [AHEAD])).startswith(
		"NOT as they should be: 1 of 5 punches"
	)
