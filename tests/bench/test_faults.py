"""What breaks around the app loses nothing: twenty schedules of `tests.bench.faults`, and what those cannot show."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bench.faults import tally
from tests.bench.faults.breakable_site import BreakableSite
from tests.bench.faults.play import Play, Stage, play_all
from tests.contract.host import CALLBACK, DONE, TOKEN, real_time

SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"


@pytest.fixture(scope="module")
def stage(bench_site):
	with BreakableSite(bench_site) as site:
		yield Stage(site)


def test_twenty_schedules_of_faults_lose_nothing_double_nothing_and_get_nothing_wrong(stage):
	tallies = play_all(stage, range(1, 21))
	assert [each.differences for each in tallies] == [[]] * 20
	assert all(each.sent > 25 for each in tallies)


@pytest.fixture(scope="module")
def calm(stage):
	"""A schedule without a fault: what must have come of it, and the site's punches and check-ins."""
	play = Play(stage, 0, faults=False)
	assert play.run().differences == []
	return play.expected(), *tally.read(stage.site, play.prefix)


@pytest.mark.parametrize(
	("harm", "seen"),
	[
		(lambda punch, checkin: ([], []), {"lost": 1}),
		(lambda punch, checkin: ([], [checkin]), {"lost": 1, "wrong": 1}),
		(lambda punch, checkin: ([punch], []), {"lost": 1}),
		(lambda punch, checkin: ([punch, punch._replace(name="x")], [checkin]), {"doubled": 1, "lost": 1}),
		(lambda punch, checkin: ([punch], [checkin, checkin._replace(name="x")]), {"doubled": 1, "wrong": 1}),
		(lambda punch, checkin: ([punch], [checkin._replace(log_type="OUT")]), {"wrong": 1}),
		(lambda punch, checkin: ([punch], [checkin._replace(moment="2024-01-01 08:00:00")]), {"wrong": 1}),
		(lambda punch, checkin: ([punch], [checkin._replace(user_id="x")]), {"wrong": 1}),
		(lambda punch, checkin: ([punch._replace(state="Queued")], []), {"wrong": 1}),
		(lambda punch, checkin: ([punch], [checkin, checkin._replace(punch="x")]), {"wrong": 1}),
	],
)
def test_the_tally_tells_what_was_lost_doubled_or_wrong(calm, harm, seen):
	expected, punches, checkins = calm
	checkin = next(each for each in checkins if each.log_type == "IN")
	punch = next(each for each in punches if each.name == checkin.punch)
	harmed = harm(punch, checkin)
	found = tally.compare(
		expected,
		[each for each in punches if each != punch] + harmed[0],
		[each for each in checkins if each != checkin] + harmed[1],
	)
	counts = {kind: len(getattr(found, kind)) for kind in ("lost", "doubled", "wrong")}
	assert {kind: count for kind, count in counts.items() if count} == seen


def checkin_counts(bench_site, employee):
	"""(check-ins, distinct moments, distinct punches) of an employee, from the database itself."""
	[row] = bench_site.sql(
		"select count(*), count(distinct time), count(distinct custom_cams_punch)"
		f" from `tabEmployee Checkin` where employee = '{employee}'"
	)
	return tuple(map(int, row))


def test_twenty_identical_callbacks_at_once_leave_one_punch_and_one_check_in(host, bench_site, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	with ThreadPoolExecutor(20) as pool:
		answers = list(pool.map(lambda _: host.callback(real_time(user_id)).content, range(20)))
	assert answers == [DONE] * 20
	host.settled(user_id, state="Recorded")
	assert bench_site.sql(f"select count(*) from `tabCAMS Punch` where user_id = '{user_id}'") == [["1"]]
	assert checkin_counts(bench_site, employee["name"]) == (1, 1, 1)


def test_without_redis_the_callback_is_still_done_and_the_sweep_finishes_later(
	host, bench_site, new_employee
):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	bench_site.stop("worker")
	bench_site.stop("redis")
	try:
		response = host.callback(real_time(user_id))
		assert (response.status_code, response.content) == (200, DONE)
		assert bench_site.sql(f"select state from `tabCAMS Punch` where user_id = '{user_id}'") == [
			["Queued"]
		]
	finally:
		bench_site.start_redis()
		bench_site.start_worker()
	bench_site.execute(SWEEP)
	host.settled(user_id, state="Recorded")


def test_what_frappe_notes_about_an_unreadable_body_is_taken_out_again(host, bench_site):
	"""Frappe 15 queues a traceback that shows the body; it would reach the Error Log with the next flush."""
	host.callback(b'{"RealTime": {"AuthToken": "' + TOKEN.encode(), Content_Type="application/json")
	bench_site.execute("frappe.deferred_insert.save_to_db")
	shown = f"select count(*) from `tabError Log` where error like '%{CALLBACK.rpartition('/')[2]}%'"
	assert bench_site.sql(shown) == [["0"]]
