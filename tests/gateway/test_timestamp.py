"""The gateway's times. General parsers read the offset with the wrong sign, so every form is pinned here."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.gateway.errors import GatewayError, TimestampError
from navari_cams_biometric.gateway.timestamp import format_timestamp, parse_timestamp

REPEATABLE = settings(deadline=None, derandomize=True)

NAIROBI = ZoneInfo("Africa/Nairobi")
BERLIN = ZoneInfo("Europe/Berlin")
UTC = timezone.utc


def utc(hour: int, minute: int = 0, *, day: int = 17) -> datetime:
	return datetime(2024, 9, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
	("text", "instant"),
	[
		("2024-09-17 08:00:00 GMT +0300", utc(5)),
		("2024-09-17 08:00:00 GMT+0300", utc(5)),
		("2024-09-17 08:00:00 GMT -0430", utc(12, 30)),
		("2024-09-17 08:00:00 GMT-0430", utc(12, 30)),
		("2024-09-17 08:00:00 GMT +0530", utc(2, 30)),
		("2024-09-17 08:00:00 GMT +0000", utc(8)),
		("2024-09-17 08:00:00 GMT -0000", utc(8)),
		("2024-09-17 08:00:00 GMT +03:00", utc(5)),
		("2024-09-17 08:00:00 +0300", utc(5)),
		("2024-09-17 08:00:00 +03:00", utc(5)),
		("2024-09-17 08:00:00+03:00", utc(5)),
		("2024-09-17T08:00:00+03:00", utc(5)),
		("2024-09-17 08:00:00 GMT", utc(8)),
		("2024-09-17 08:00:00 UTC", utc(8)),
		("2024-09-17 08:00:00 IST", utc(2, 30)),
		("2024-09-17 02:00:00 GMT +0300", utc(23, day=16)),
		("2024-09-17 20:00:00 GMT -0430", utc(0, 30, day=18)),
		("2024-09-17 08:00:00 GMT +1400", utc(18, day=16)),
		("2024-09-17 08:00:00 GMT -1400", utc(22)),
		(" 2024-09-17 08:00:00  GMT  +0300\r\n", utc(5)),
	],
)
def test_an_offset_in_the_text_decides_whatever_the_device_zone_is(text, instant):
	assert parse_timestamp(text, BERLIN) == instant


def test_the_offset_of_the_text_is_kept():
	parsed = parse_timestamp("2024-09-17 08:00:00 GMT -0430", NAIROBI)

	assert parsed.utcoffset() == -timedelta(hours=4, minutes=30)
	assert parsed.replace(tzinfo=None) == datetime(2024, 9, 17, 8)


@pytest.mark.parametrize(
	("text", "zone", "instant"),
	[
		("2024-09-17 08:00:00", NAIROBI, utc(5)),
		("2024-09-17T08:00:00", NAIROBI, utc(5)),
		("2024-09-17 08:00:00", timezone(timedelta(hours=5.5)), utc(2, 30)),
		("2024-01-17 08:00:00", BERLIN, datetime(2024, 1, 17, 7, tzinfo=UTC)),
		("2024-07-17 08:00:00", BERLIN, datetime(2024, 7, 17, 6, tzinfo=UTC)),
	],
)
def test_a_time_without_an_offset_is_in_the_device_zone(text, zone, instant):
	assert parse_timestamp(text, zone).astimezone(UTC) == instant


def test_of_an_hour_that_a_clock_change_repeats_the_first_is_meant():
	parsed = parse_timestamp("2024-10-27 02:30:00", BERLIN)

	assert parsed.astimezone(UTC) == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_an_hour_that_a_clock_change_skips_is_still_an_instant():
	parsed = parse_timestamp("2024-03-31 02:30:00", BERLIN)

	assert parsed.astimezone(UTC) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("year", [1970, 2199])
def test_the_first_and_the_last_year_are_read(year):
	assert parse_timestamp(f"{year}-01-01 00:00:00 GMT +1400", UTC).year == year


@pytest.mark.parametrize(
	"text",
	[
		"2024-09-17 08:00:00 EAT",
		"2024-09-17 08:00:00 PST",
		"2024-09-17 08:00:00 EAT +0300",
		"2024-09-17 08:00:00 Africa/Nairobi",
		"2024-02-30 08:00:00 GMT +0300",
		"2023-02-29 08:00:00 GMT +0300",
		"2024-13-01 08:00:00 GMT +0300",
		"2024-00-17 08:00:00 GMT +0300",
		"2024-09-00 08:00:00 GMT +0300",
		"2024-09-17 25:00:00 GMT +0300",
		"2024-09-17 24:00:00 GMT +0300",
		"2024-09-17 08:60:00 GMT +0300",
		"2024-09-17 08:00:60 GMT +0300",
		"0000-00-00 00:00:00",
		"0001-01-01 00:00:00 GMT +0300",
		"1969-12-31 23:59:59 GMT +0000",
		"2200-01-01 00:00:00 GMT +0000",
		"9999-12-31 23:59:59 GMT -1400",
		"2024-09-17 08:00:00 GMT +1401",
		"2024-09-17 08:00:00 GMT -1500",
		"2024-09-17 08:00:00 GMT +9900",
		"2024-09-17 08:00:00 GMT +0360",
		"2024-09-17 08:00:00 GMT +3",
		"2024-09-17 08:00:00 GMT 0300",
		"2024-09-17 08:00:00 GMT +0300 +0300",
		"2024-09-17 08:00:00 GMT +030000",
		"2024-09-17 08:00:00.500 GMT +0300",
		"2024-09-17 08:00 GMT +0300",
		"2024-09-17",
		"08:00:00",
		"17-09-2024 08:00:00 GMT +0300",
		"2024/09/17 08:00:00 GMT +0300",
		"2024-9-17 8:00:00 GMT +0300",
		"1726549200",
		"",
		"   ",
		"junk",
		"None",
		"2024-09-17 08:00:00 GMT +0300 junk",
		"junk 2024-09-17 08:00:00 GMT +0300",
		"2024-09-17 08:00:00\n2024-09-17 08:00:00",
		"٢٠٢٤-٠٩-١٧ ٠٨:٠٠:٠٠ GMT +0300",
		"2024-09-17\0 08:00:00",
	],
)
def test_any_other_text_is_refused(text):
	with pytest.raises(TimestampError):
		parse_timestamp(text, NAIROBI)


def test_the_error_is_one_of_the_package_and_a_value_error():
	assert issubclass(TimestampError, GatewayError)
	assert issubclass(TimestampError, ValueError)


@pytest.mark.parametrize("text", ["hunter2", "2024-09-17 08:00:00 EAT", "2024-02-30 08:00:00 GMT +0300"])
def test_the_message_does_not_repeat_the_text(text):
	with pytest.raises(TimestampError) as refusal:
		parse_timestamp(text, NAIROBI)

	assert text not in str(refusal.value)


@pytest.mark.parametrize(
	("instant", "text"),
	[
		(datetime(2024, 9, 17, 8, tzinfo=NAIROBI), "2024-09-17 08:00:00 GMT +0300"),
		(
			datetime(2020, 9, 17, 12, 1, 33, tzinfo=timezone(timedelta(hours=5.5))),
			"2020-09-17 12:01:33 GMT +0530",
		),
		(datetime(2024, 9, 17, 8, tzinfo=timezone(-timedelta(hours=4.5))), "2024-09-17 08:00:00 GMT -0430"),
		(datetime(2024, 9, 17, 8, tzinfo=UTC), "2024-09-17 08:00:00 GMT +0000"),
		(datetime(2024, 9, 17, 8, 0, 0, 999999, tzinfo=UTC), "2024-09-17 08:00:00 GMT +0000"),
		(datetime(2024, 7, 17, 8, tzinfo=BERLIN), "2024-07-17 08:00:00 GMT +0200"),
	],
)
def test_an_instant_is_written_the_way_the_gateway_does(instant, text):
	assert format_timestamp(instant) == text


def test_a_time_without_an_offset_is_not_written():
	with pytest.raises(TimestampError):
		format_timestamp(datetime(2024, 9, 17, 8))


def test_an_offset_with_seconds_is_written_in_utc():
	liberia = ZoneInfo("Africa/Monrovia")  # 44 minutes and 30 seconds behind until 1972
	assert format_timestamp(datetime(1971, 1, 1, tzinfo=liberia)) == "1971-01-01 00:44:30 GMT +0000"


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(
	min_value=datetime(1970, 1, 1), max_value=datetime(2199, 12, 31, 23, 59, 59), timezones=offsets
).map(lambda instant: instant.replace(microsecond=0))


@REPEATABLE
@given(instants)
def test_what_was_written_is_read_back(instant):
	parsed = parse_timestamp(format_timestamp(instant), BERLIN)

	assert parsed == instant
	assert parsed.utcoffset() == instant.utcoffset()


def check_reading(text: str) -> None:
	try:
		parsed = parse_timestamp(text, BERLIN)
	except TimestampError:
		return
	assert parsed.utcoffset() is not None
	assert parsed.microsecond == 0
	assert parse_timestamp(format_timestamp(parsed), UTC) == parsed.astimezone(UTC)


@REPEATABLE
@given(st.text())
@example("\ud800")
def test_any_text_is_read_or_refused(text):
	check_reading(text)


@REPEATABLE
@given(st.from_regex(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d ?(GMT|UTC|IST|[A-Z]{0,6}) ?([+-]\d\d:?\d\d)?"))
def test_any_text_in_the_shape_of_a_time_is_read_or_refused(text):
	check_reading(text)


likely_times = st.builds(
	"{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}".format,
	st.integers(1969, 2200),
	st.integers(0, 13),
	st.integers(0, 32),
	st.integers(0, 25),
	st.integers(0, 60),
	st.integers(0, 60),
	st.sampled_from(["", " GMT", " IST", " GMT +0300", " GMT -1400", "+14:01", " Z", " GMT -0000"]),
)


@REPEATABLE
@given(likely_times)
def test_any_time_that_is_nearly_right_is_read_or_refused(text):
	check_reading(text)
