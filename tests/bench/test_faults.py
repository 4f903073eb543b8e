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


@pytest.mark.parametrize(
	("harm", "seen"),
	[
		("delete from `tabCAMS Punch` where name = '{punch}'", {"lost": 1, "wrong": 1}),
		("delete from `tabEmployee Checkin` where name = '{checkin}'", {"lost": 1}),
		(
			"create temporary table one select * from `tabEmployee Checkin` where name = '{checkin}';"
			" update one set name = concat(name, ' again'); insert into `tabEmployee Checkin` select * from one",
			{"doubled": 1},
		),
		("update `tabEmployee Checkin` set log_type = 'OUT' where name = '{checkin}'", {"wrong": 1}),
		(
			"update `tabEmployee Checkin` set time = time + interval 1 minute where name = '{checkin}'",
			{"wrong": 1},
		),
		(
			"update `tabEmployee Checkin` set employee = (select name from tabEmployee where first_name = 'Template')"
			" where name = '{checkin}'",
			{"wrong": 1},
		),
		("update `tabCAMS Punch` set state = 'Queued' where name = '{punch}'", {"wrong": 1}),
	],
	ids=[
		"no punch",
		"no check-in",
		"two check-ins",
		"other direction",
		"other minute",
		"other person",
		"never settled",
	],
)
def test_the_tally_tells_what_was_lost_doubled_or_wrong(stage, harm, seen):
	calm = Play(stage, 0, faults=False)
	assert calm.run().differences == []
	checkin = next(each for each in tally.read(stage.site, calm.prefix)[1] if each.log_type == "IN")
	stage.site.sql(harm.format(punch=checkin.punch, checkin=checkin.name))
	found = tally.compare(calm.expected(), *tally.read(stage.site, calm.prefix))
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
