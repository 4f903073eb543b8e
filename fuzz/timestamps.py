"""Target: texts that are to be times.

Promises: only TimestampError; what is read has whole seconds and the clock and the offset that stand in the text, and
written as the gateway writes it, it reads back to the same instant.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.timestamp import YEARS, format_timestamp, parse_timestamp

from .target import Provider, Target, in_time

ZONES: list[tzinfo] = [
	timezone.utc,
	*map(ZoneInfo, ("Africa/Nairobi", "Asia/Kolkata", "Asia/Kathmandu", "Europe/London", "America/New_York")),
	*map(ZoneInfo, ("Africa/Monrovia", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca")),
	timezone(timedelta(hours=14)),
	timezone(-timedelta(hours=9, minutes=30)),
]
PIECES = [
	*(
		"2024-09-17",
		"1970-01-01",
		"2199-12-31",
		"2024-02-30",
		"0000-00-00",
		"2024-03-31",
		"2024-10-27",
		"1971-12-31",
	),
	*(
		" ",
		"T",
		"08:00:00",
		"23:59:59",
		"24:00:00",
		"02:30:00",
		"01:30:00",
		"00:00:60",
		"GMT",
		"UTC",
		"IST",
		"Z",
	),
	*("+0300", "-0330", "+05:30", "+1400", "+1401", "-0000", "+9959", "EST", "\n", "٣", "\0", "\ud800"),
]

AFTER = ["", " ", "GMT", "UTC", "IST", "Z"]


def check(data: bytes) -> None:
	"""The first byte chooses the zone of the device, the others are the text."""
	text, zone = (
		data[1:].decode("utf-8", "surrogateescape"),
		ZONES[data[0] % len(ZONES)] if data else ZONES[0],
	)
	with in_time():
		try:
			read = parse_timestamp(text, zone)
		except TimestampError:
			return
	offset = read.utcoffset()
	assert offset is not None, "a time without offset"
	assert read.microsecond == 0, "a time with fractions"
	assert read.year in YEARS, "a time of another age"
	assert f"{read:%Y-%m-%d %H:%M:%S}" == text.strip()[:19].replace("T", " "), "another clock"
	written = format_timestamp(read)
	assert instant(parse_timestamp(written, timezone.utc)) == instant(read), "another instant when read again"
	told = re.search(r"([+-])(\d\d):?(\d\d)$", text.strip()[19:])
	if told:
		minutes = int(f"{told[1]}{int(told[2]) * 60 + int(told[3])}")
		assert offset == timedelta(minutes=minutes), "another offset"


def instant(moment: datetime) -> float:
	"""Compared as a number, as times in an hour that a clock change skips or repeats are equal to none."""
	return moment.timestamp()


def build(provider: Provider) -> bytes:
	"""A time that is nearly right, here and there with a piece that is none of it."""
	number = provider.ConsumeIntInRange
	date = f"{number(1969, 2200):04}-{number(0, 13):02}-{number(0, 32):02}"
	clock = f"{number(0, 24):02}:{number(0, 60):02}:{number(0, 60):02}"
	offset = f"{provider.PickValueInList(['+', '-'])}{number(0, 15):02}{number(0, 60):02}"
	pieces = [date, " ", clock, *(provider.PickValueInList(AFTER) for _piece in range(3)), offset]
	kept = [piece for piece in pieces if number(0, 9) < 9]
	kept.insert(number(0, len(kept)), provider.PickValueInList(["", *PIECES]) if number(0, 9) == 9 else "")
	zone = number(0, len(ZONES) - 1)
	return bytes([zone]) + "".join(kept).encode("utf-8", "surrogatepass")


SEEDS = [
	"2024-09-17 08:00:00 GMT +0300",
	"2024-09-17 08:00:00 GMT+0300",
	"2024-09-17T08:00:00+03:00",
	"2024-09-17 08:00:00",
	"2024-09-17 08:00:00 IST",
	"2024-09-17T08:00:00Z",
	"1970-01-01 00:00:00",
	"2199-12-31 23:59:59 -1400",
	"2024-03-31 02:30:00",
	"2024-10-27 01:30:00",
	"1726549200",
	"17/09/2024 08:00",
	"",
]
TARGET = Target(
	check=check,
	build=build,
	seeds=[bytes([zone]) + seed.encode() for seed in SEEDS for zone in (1, 4, 6, len(ZONES))],
	words=[piece for piece in PIECES if piece.isascii() and piece.isprintable()],
)
