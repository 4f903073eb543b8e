"""Loads and lists that come in pages, and days that are worked out from punches."""

import itertools
from datetime import datetime, timedelta

import pytest

from navari_cams_biometric.gateway.client import (
	DevicePunch,
)
from navari_cams_biometric.gateway.client.derived import summarise
from navari_cams_biometric.gateway.client.dialect import follow
from navari_cams_biometric.gateway.client.reading import fold
from navari_cams_biometric.gateway.client.webapi_history import windows
from navari_cams_biometric.gateway.errors import (
	AnswerPendingError,
	UnreadableReplyError,
)
from navari_cams_biometric.gateway.operations import REQUESTS
from navari_cams_biometric.gateway.punch import Punch
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, at


def add_history(simulator, count: int, start: datetime, step: timedelta) -> None:
	for number in range(count):
		simulator.world.remember(GATE_2, f"{number:08}", "CheckIn", start + number * step)


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 120])
def test_attendance_pages_by_itself(simulator, make_client, api, count):
	add_history(simulator, count, at(9), timedelta(seconds=1))
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	assert [row.punch.user_id for row in punches] == [f"{number:08}" for number in range(count)]
	assert len(simulator.received) == max(1, -(-count // 50))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_page_is_fetched_when_it_is_needed(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	assert simulator.received == []
	next(punches)
	assert len(simulator.received) == 1


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_goes_on_at_the_offset_where_it_stopped(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	client = make_client(api)
	page = next(client.attendance_pages(GATE_2, at(9), at(10)))
	rest_of_it = list(client.attendance_pages(GATE_2, at(9), at(10), page.next_offset))

	assert (page.next_offset, page.total, len(page.punches)) == ("50", 120, 50)
	assert [len(page.punches) for page in rest_of_it] == [50, 20]
	assert rest_of_it[-1].next_offset == ""


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_an_offset_that_does_not_advance_is_an_error_and_no_endless_loop(simulator, make_client, api):
	add_history(simulator, 120, at(9), timedelta(seconds=1))
	simulator.set_quirks(stuck_offset=True)
	punches = make_client(api).get_attendance_by_device(GATE_2, at(9), at(10))

	with pytest.raises(UnreadableReplyError, match="OffSet does not advance"):
		list(punches)
	assert len(simulator.received) <= 2


def test_web_api_3_is_asked_for_thirty_days_at_a_time_and_no_punch_is_lost_or_doubled(simulator, web):
	start = at(0) - timedelta(days=90)
	add_history(simulator, 91, start, timedelta(days=1))
	punches = list(web.get_attendance_by_device(GATE_2, start, at(0)))

	assert [row.punch.user_id for row in punches] == [f"{number:08}" for number in range(91)]
	filters = [request.arguments["Load"]["PunchLog"]["Filter"] for request in simulator.received]
	assert [asked["StartTime"][:10] for asked in filters] == ["2024-06-19", "2024-07-19", "2024-08-18"]


def test_windows_follow_each_other():
	pieces = list(windows(at(0), at(0) + timedelta(days=61)))

	assert [end - start for start, end in pieces] == [
		timedelta(days=30),
		timedelta(days=30),
		timedelta(days=1),
	]
	assert all(before[1] == after[0] for before, after in itertools.pairwise(pieces))


def test_a_page_wise_load_takes_no_more_than_thirty_days(rest):
	with pytest.raises(ValueError, match="30 days"):
		rest.attendance_pages(GATE, at(0) - timedelta(days=31), at(0))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_that_is_answered_by_the_callback_says_so(simulator, make_client, api):
	simulator.set_quirks(history_by_callback=True)
	punches = make_client(api).get_attendance_by_device(GATE, at(0), at(23))

	with pytest.raises(AnswerPendingError, match="callback URL"):
		next(punches)
	assert [event.kind for event in simulator.world.queues[GATE].events] == ["Batch"]


def read_pages(*replies: dict, offset: str = "") -> list[str]:
	"""The user ids that come of these replies; a reply more than there are is an error."""
	coming = iter(replies)
	pages = follow(
		REQUESTS["GetAttendanceByDevice"], lambda at: fold(next(coming)), ("PunchLog", "Log"), offset
	)
	return [row["userid"] for page in pages for row in page.rows]


def make_reply(offset: object, *user_ids: str, **overrides) -> dict:
	return {"PunchLog": {"OffSet": offset, "Log": [{"UserID": user_id} for user_id in user_ids], **overrides}}


@pytest.mark.parametrize(
	"last",
	[
		make_reply("", "3"),
		make_reply(None, "3"),
		make_reply("3", "3", ActualRowCount="3"),
		make_reply("2", "3", ActualRowCount=3),
		{"punchlog": {"log": {"UserID": "3"}}},
	],
)
def test_the_last_page_has_no_offset_or_completes_the_rows(last):
	assert read_pages(make_reply("2", "1", "2"), last) == ["1", "2", "3"]


@pytest.mark.parametrize("log", [[], None, ""])
def test_a_page_without_rows_is_the_last(log):
	assert read_pages(make_reply("2", "1"), {"PunchLog": {"OffSet": "4", "Log": log}}) == ["1"]


def test_rows_are_not_counted_where_a_load_goes_on():
	replies = (make_reply("4", "3", ActualRowCount="1"), make_reply("", "4"))

	assert read_pages(*replies, offset="2") == ["3", "4"]


@pytest.mark.parametrize("offsets", [("2", "2"), ("2", "4", "2"), ("2", "4", "4")])
def test_an_offset_that_came_before_is_an_error(offsets):
	with pytest.raises(UnreadableReplyError, match="does not advance"):
		read_pages(*(make_reply(offset, "1") for offset in offsets))


def test_a_reply_without_a_list_is_pending():
	with pytest.raises(AnswerPendingError) as refusal:
		read_pages({"Status": "done", "StatusCode": 0, "OperationID": "j95xfejt3vr1"})

	assert refusal.value.operation_id == "j95xfejt3vr1"


def summary_of(*moments: tuple[str, str]) -> list[tuple]:
	"""Days of one person from (time, type), as (day, first in, last out, worked)."""
	punches = [DevicePunch(GATE, Punch("1", kind, f"2024-09-{clock}")) for clock, kind in moments]
	return [
		(day.date.day, day.first_in and day.first_in.hour, day.last_out and day.last_out.hour, day.worked)
		for day in summarise(punches, NAIROBI)
	]


@pytest.mark.parametrize(
	("moments", "days"),
	[
		([], []),
		([("17 08:00:00", "CheckIn"), ("17 17:00:00", "CheckOut")], [(17, 8, 17, timedelta(hours=9))]),
		([("17 17:00:00", "CheckOut"), ("17 08:00:00", "CheckIn")], [(17, 8, 17, timedelta(hours=9))]),
		([("17 08:00:00", "CheckIn")] * 2 + [("17 09:00:00", "CheckOut")], [(17, 8, 9, timedelta(hours=1))]),
		(
			[("17 08:00:00", "CheckIn"), ("17 09:00:00", "CheckIn"), ("17 10:00:00", "CheckOut")],
			[(17, 8, 10, timedelta(hours=2))],
		),
		([("17 17:00:00", "CheckOut")], [(17, None, 17, timedelta(0))]),
		([("17 12:00:00", "MealIn"), ("17 08:00:00", "7"), ("junk", "CheckIn")], []),
		(
			[("17 23:00:00 GMT +0300", "CheckIn"), ("18 01:00:00 GMT +0300", "CheckOut")],
			[(17, 23, None, timedelta(0)), (18, None, 1, timedelta(0))],
		),
		([("17 22:00:00 GMT +0000", "CheckIn")], [(17, 22, None, timedelta(0))]),
	],
)
def test_a_day_is_worked_out_from_its_punches(moments, days):
	assert summary_of(*moments) == days
