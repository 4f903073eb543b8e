"""What a shift waits for, decided from rows: no site is asked."""

from datetime import datetime, timedelta

import pytest

from navari_cams_biometric.cams_biometric.shift_sync.holds import (
	FAILED,
	FOLLOWS_HRMS,
	HELD,
	NEVER_HEARD,
	NO_DEVICE,
	SILENT,
	SYNCED,
	UNREAD,
	WAITING,
	Feed,
	ShiftState,
	can_be_released,
	color_of,
	sentence_of,
)

NOW = datetime(2024, 9, 17, 10, 0, 30, 500)


def at(clock):
	hours, minutes = map(int, clock.split(":"))
	return datetime(2024, 9, 17, hours, minutes)


def feed(name="Gate 1", heard="09:55", **times):
	complete_until = at(heard) if heard else None
	return Feed(
		f"TAG {name}",
		name,
		complete_until,
		**{key: at(value) if value else None for key, value in times.items()},
	)


def shift(*feeds, current="06:00", **values):
	return ShiftState("Night", at(current) if current else None, NOW, feeds, **values)


@pytest.mark.parametrize(
	("feeds", "until", "device", "cause"),
	[
		([feed()], "09:55", "Gate 1", SILENT),
		([feed(), feed("Gate 2", "06:10")], "06:10", "Gate 2", SILENT),
		([feed(), feed("Gate 2", None)], "06:00", "Gate 2", NEVER_HEARD),
		([feed(queued_from="08:00"), feed("Gate 2", "09:00")], "08:00", "Gate 1", WAITING),
		([feed(failed_from="08:00"), feed("Gate 2", "09:00")], "08:00", "Gate 1", FAILED),
		([feed("Gate 2", "06:10", released_until="09:00"), feed()], "09:00", "Gate 2", SILENT),
		([feed("Gate 2", "06:10", released_until="09:58"), feed()], "09:55", "Gate 1", SILENT),
		([feed("Gate 2", None, released_until="09:00")], "09:00", "Gate 2", SILENT),
		([feed(failed_from="08:00", released_until="09:00")], "09:00", "Gate 1", FAILED),
		([feed(queued_from="08:00", released_until="09:00")], "08:00", "Gate 1", WAITING),
		([feed(unread_from="08:00"), feed("Gate 2", "09:00")], "08:00", "Gate 1", UNREAD),
		([feed(unread_from="08:00", failed_from="07:00")], "07:00", "Gate 1", FAILED),
		([feed(unread_from="08:00", released_until="09:00")], "09:00", "Gate 1", UNREAD),
	],
)
def test_a_shift_is_synced_until_what_its_slowest_device_allows(feeds, until, device, cause):
	state = shift(*feeds)
	assert (state.synced_until, state.hold.feed.label, state.hold.cause) == (at(until), device, cause)


def test_it_never_goes_backwards():
	assert shift(feed(heard="06:10"), current="08:00").synced_until == at("08:00")


def test_it_never_goes_past_now_and_is_cut_to_the_second():
	ahead = Feed("TAG", "Gate 1", NOW + timedelta(hours=2))
	assert shift(ahead).synced_until == NOW.replace(microsecond=0)


def test_a_value_that_lies_ahead_of_now_is_left_there():
	assert shift(feed(), current="11:00").synced_until == at("11:00")


def test_a_shift_that_was_never_synced_begins_with_its_devices():
	assert shift(feed(), current=None).synced_until == at("09:55")
	assert shift(feed(heard=None), current=None).synced_until is None


@pytest.mark.parametrize("aside", [FOLLOWS_HRMS, NO_DEVICE])
def test_what_is_left_alone_keeps_its_value_and_cannot_be_released(aside):
	state = shift(aside=aside)
	assert (state.synced_until, state.hold, can_be_released(state)) == (at("06:00"), None, False)


@pytest.mark.parametrize(
	("feeds", "current", "word", "color", "sentence"),
	[
		([feed()], "06:00", SYNCED, "green", "Synced until 09:55, when Gate 1 last reported"),
		([feed("Gate 2", "06:10")], "06:00", HELD, "orange", "Held since 06:10, Gate 2 not reporting"),
		([feed("Gate 2", None)], "06:00", HELD, "red", "Held, Gate 2 has never reported"),
		(
			[feed(queued_from="09:50")],
			"06:00",
			SYNCED,
			"green",
			"Synced until 09:50, a punch of Gate 1 is being processed",
		),
		(
			[feed(queued_from="07:00")],
			"06:00",
			HELD,
			"orange",
			"Held since 07:00, a punch of Gate 1 is pending",
		),
		(
			[feed(queued_from="07:00")],
			"08:00",
			HELD,
			"orange",
			"Held since 08:00, a punch of Gate 1 is pending",
		),
		([feed(failed_from="09:50")], "06:00", HELD, "red", "Held since 09:50, a punch of Gate 1 failed"),
		(
			[feed("Gate 2", "06:10", released_until="07:00")],
			"06:00",
			HELD,
			"orange",
			"Held since 07:00, Gate 2 not reporting (released until then)",
		),
		(
			[feed("Gate 2", "06:10", released_until="09:50")],
			"06:00",
			SYNCED,
			"green",
			"Synced until 09:50, released from waiting for Gate 2",
		),
		(
			[feed("Gate 2", "06:10")],
			"09:00",
			HELD,
			"orange",
			"Ahead of Gate 2, which is complete until 06:10 only",
		),
	],
)
def test_it_says_who_holds_it_and_since_when(feeds, current, word, color, sentence):
	state = shift(*feeds, current=current)
	assert (*color_of(state), sentence_of(state)) == (word, color, sentence)


def test_a_day_that_is_not_today_is_named():
	silent = Feed("TAG", "Gate 2", NOW - timedelta(days=2))
	assert sentence_of(shift(silent, current=None)) == "Held since 15-09-2024 10:00, Gate 2 not reporting"
	assert color_of(shift(silent, current=None)) == (HELD, "red")


def test_what_is_being_processed_cannot_be_released_and_what_is_silent_can():
	assert not can_be_released(shift(feed(queued_from="07:00")))
	assert can_be_released(shift(feed("Gate 2", "06:10")))
	assert not can_be_released(shift(feed(), Feed("", "", NOW, failed_from=at("07:00"))))


def test_an_unread_event_is_named():
	state = shift(feed(unread_from="08:00"))
	assert sentence_of(state) == "Held since 08:00, an event of Gate 1 was not understood"
	assert color_of(state) == (HELD, "red")
	assert can_be_released(state)
