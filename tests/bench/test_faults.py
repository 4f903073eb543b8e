"""What breaks around the app loses nothing: workers, Redis, rivals for the same rows."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tests.contract.host import CALLBACK, DONE, TOKEN, batch, real_time

SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"


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


def test_a_worker_killed_in_the_middle_of_500_punches_doubles_and_loses_none(host, bench_site, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	entries = [
		("CheckIn", user_id, f"2023-{1 + n // 250:02}-{1 + n % 250 // 10:02} {8 + n % 10:02}:00:00 GMT +0300")
		for n in range(500)
	]
	assert host.callback(batch(*entries, AuthToken=TOKEN)).content == DONE
	deadline = time.monotonic() + 60
	while not 50 <= checkin_counts(bench_site, employee["name"])[0] < 450:
		assert time.monotonic() < deadline, "the worker was never in the middle"
		time.sleep(0.05)
	bench_site.stop("worker", signal.SIGKILL)
	assert 0 < checkin_counts(bench_site, employee["name"])[0] < 500
	bench_site.start_worker()
	bench_site.execute(SWEEP)  # what the scheduler runs every two minutes
	host.settled(user_id, 500, state="Recorded", seconds=120)
	assert checkin_counts(bench_site, employee["name"]) == (500, 500, 500)


def test_two_workers_at_once_share_the_punches(host, bench_site, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	bench_site.stop("worker")
	entries = [
		("CheckIn", user_id, f"2022-01-{1 + n // 10:02} {8 + n % 10:02}:00:00 GMT +0300") for n in range(200)
	]
	assert host.callback(batch(*entries, AuthToken=TOKEN)).content == DONE
	with ThreadPoolExecutor(2) as pool:
		list(pool.map(lambda _: bench_site.execute(SWEEP), range(2)))
	bench_site.start_worker()
	host.settled(user_id, 200, state="Recorded")
	assert checkin_counts(bench_site, employee["name"]) == (200, 200, 200)


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
