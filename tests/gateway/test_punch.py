"""A punch and its identity, by which it is stored once however often it comes."""

import dataclasses
import json
import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.gateway.callback import parse_callback
from navari_cams_biometric.gateway.punch import InputType, Punch, PunchType
from navari_cams_biometric.gateway.timestamp import parse_timestamp

REPEATABLE = settings(deadline=None, derandomize=True)

NAIROBI = ZoneInfo("Africa/Nairobi")
SERIAL = "ZHM1100000001"
INSTANT = datetime(2024, 9, 17, 5, tzinfo=timezone.utc)


def make_punch(**overrides) -> Punch:
	return Punch(
		**{
			"user_id": "EMP-0001",
			"type": "CheckIn",
			"log_time": "2024-09-17 08:00:00 GMT +0300",
			"input_type": "Fingerprint",
			"temperature": "36.8",
			"face_mask": False,
			**overrides,
		}
	)


def read_identity(log_time: str, zone=NAIROBI, **overrides) -> str:
	punch = make_punch(log_time=log_time, **overrides)
	return punch.identity(SERIAL, parse_timestamp(log_time, zone))


def test_the_key_is_32_hexadecimal_digits():
	assert re.fullmatch(r"[0-9a-f]{32}", make_punch().identity(SERIAL, INSTANT))


def test_the_key_never_changes_between_versions():
	"""Keys are stored: another way of making them would double every punch that comes again."""
	assert make_punch().identity(SERIAL, INSTANT) == "77715bb81f77be3e3bc09b0e58e4ad5f"
	assert make_punch(log_time="junk").identity(SERIAL, None) == "37660ed323aded8f33477424bb76435e"


@pytest.mark.parametrize(
	"log_time",
	[
		"2024-09-17 08:00:00 GMT+0300",
		"2024-09-17 08:00:00 +03:00",
		"2024-09-17 05:00:00 GMT +0000",
		"2024-09-17 05:00:00 GMT",
		"2024-09-17 10:30:00 GMT +0530",
		"2024-09-17 10:30:00 IST",
		"2024-09-17 00:30:00 GMT -0430",
		"2024-09-17 08:00:00",
	],
)
def test_the_same_instant_in_another_form_gives_the_same_key(log_time):
	assert read_identity(log_time) == read_identity("2024-09-17 08:00:00 GMT +0300")


@REPEATABLE
@given(st.integers(-14 * 60, 14 * 60))
def test_the_same_instant_in_any_offset_gives_the_same_key(minutes):
	moved = INSTANT.astimezone(timezone(timedelta(minutes=minutes)))

	assert make_punch().identity(SERIAL, moved) == make_punch().identity(SERIAL, INSTANT)


@pytest.mark.parametrize(
	"overrides", [{"input_type": ""}, {"input_type": "Face"}, {"temperature": ""}, {"face_mask": None}]
)
def test_what_only_one_way_of_sending_tells_does_not_count(overrides):
	assert make_punch(**overrides).identity(SERIAL, INSTANT) == make_punch().identity(SERIAL, INSTANT)


def test_a_punch_gives_the_same_key_in_real_time_and_in_a_batch():
	entry = {"Type": "CheckIn", "LogTime": "2024-09-17 08:00:00 GMT +0300"}
	real_time = {
		"RealTime": {"PunchLog": {**entry, "UserId": "EMP-0001", "Temperature": "36.8", "FaceMask": False}}
	}
	batch = {"PunchLog": {"Log": [{**entry, "UserID": "EMP-0001"}]}}

	identities = {
		parse_callback(json.dumps(body).encode()).punches[0].identity(SERIAL, INSTANT)
		for body in (real_time, batch)
	}

	assert len(identities) == 1


@pytest.mark.parametrize(
	"overrides",
	[
		{"user_id": "EMP-0002"},
		{"user_id": "emp-0001"},
		{"user_id": ""},
		{"type": "CheckOut"},
		{"type": ""},
	],
)
def test_another_person_or_type_gives_another_key(overrides):
	assert make_punch(**overrides).identity(SERIAL, INSTANT) != make_punch().identity(SERIAL, INSTANT)


@pytest.mark.parametrize("service_tag", ["ZHM1100000002", "zhm1100000001", ""])
def test_another_device_gives_another_key(service_tag):
	assert make_punch().identity(service_tag, INSTANT) != make_punch().identity(SERIAL, INSTANT)


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(hours=3), timedelta(days=1)])
def test_another_moment_gives_another_key(later):
	assert make_punch().identity(SERIAL, INSTANT + later) != make_punch().identity(SERIAL, INSTANT)


def test_leading_zeros_of_a_user_id_count():
	identities = {
		make_punch(user_id=user_id).identity(SERIAL, INSTANT) for user_id in ("7", "07", "007", "0007")
	}

	assert len(identities) == 4


def test_of_a_time_that_cannot_be_read_the_text_counts():
	first = make_punch(log_time="17/09/2024 8 o'clock")
	again = make_punch(log_time="17/09/2024 8 o'clock")
	other = make_punch(log_time="17/09/2024 9 o'clock")

	assert first.identity(SERIAL, None) == again.identity(SERIAL, None)
	assert first.identity(SERIAL, None) != other.identity(SERIAL, None)


def test_of_a_time_that_was_read_the_text_does_not_count():
	assert make_punch(log_time="junk").identity(SERIAL, INSTANT) == make_punch().identity(SERIAL, INSTANT)


def test_an_unread_text_is_never_taken_for_an_instant():
	punch = make_punch(log_time=INSTANT.isoformat())

	assert punch.identity(SERIAL, None) != punch.identity(SERIAL, INSTANT)


def test_the_parts_do_not_run_into_each_other():
	assert make_punch(user_id="21").identity("SER", INSTANT) != make_punch(user_id="1").identity(
		"SER2", INSTANT
	)


texts = st.text(max_size=12)


@REPEATABLE
@given(st.tuples(texts, texts, texts, texts), st.tuples(texts, texts, texts, texts))
def test_different_punches_never_share_a_key(parts, other_parts):
	assume(parts != other_parts)

	def identity(service_tag, user_id, type_, log_time):
		return make_punch(user_id=user_id, type=type_, log_time=log_time).identity(service_tag, None)

	assert identity(*parts) != identity(*other_parts)


def test_a_punch_cannot_be_changed():
	with pytest.raises(dataclasses.FrozenInstanceError):
		make_punch().user_id = "EMP-0002"


def test_what_is_often_not_sent_has_a_default():
	punch = Punch(user_id="1", type="CheckIn", log_time="2024-09-17 08:00:00")

	assert (punch.input_type, punch.temperature, punch.face_mask) == ("", "", None)


def test_the_punch_types_are_the_words_of_the_gateway():
	words = "CheckIn CheckOut BreakIn BreakOut OverTimeIn OverTimeOut MealIn MealOut"

	assert [kind.value for kind in PunchType] == words.split()
	assert PunchType.CHECK_IN == "CheckIn"


def test_the_input_types_are_the_words_of_the_gateway():
	words = "Fingerprint Face Palm Card Password Others"

	assert [kind.value for kind in InputType] == words.split()
