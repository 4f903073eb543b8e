"""Callbacks that are answered at once, over connections that are kept, as Frappe and the database see them."""

import itertools
import json

import pytest
import redis

from navari_cams_biometric.cams_biometric.callbacks.endpoint import CALLBACK_PATH
from tests.contract.host import DONE, real_time

CALLBACKS = 40
_minutes = itertools.count()


def send(host, user_id):
	minute = next(_minutes)
	log_time = f"2024-05-06 {8 + minute // 60:02}:{minute % 60:02}:00 GMT +0300"
	assert host.callback(real_time(user_id, log_time)).content == DONE
	return log_time


@pytest.fixture
def no_worker(bench_site):
	"""Each of its jobs opens a connection."""
	bench_site.stop("worker")
	yield
	bench_site.start_worker()


def idle(bench_site):
	"""The site's connections over which nothing is said at this moment."""
	rows = bench_site.sql(
		"select id from information_schema.processlist where db = database() and command = 'Sleep'"
	)
	return {number for (number,) in rows}


def test_callbacks_one_after_another_use_few_connections(host, bench_site, new_user_id, no_worker):
	user_id, used = new_user_id(), []
	for _ in range(CALLBACKS):
		send(host, user_id)
		used.append(idle(bench_site))
	assert all(used[CALLBACKS // 2 :])  # Frappe itself has something to read in a process's first requests
	assert len(set.union(*used)) < CALLBACKS / 4  # two processes, and whatever the machine held up
	assert len(host.punches(user_id)) == CALLBACKS


def test_a_changed_time_zone_of_the_site_counts_in_the_next_callback(host, new_user_id):
	user_id = new_user_id()
	zone = host.get("System Settings", "System Settings")["time_zone"]
	try:
		for other in ("Asia/Tokyo", zone):
			send(host, user_id)
			host.update("System Settings", "System Settings", time_zone=other)
		send(host, user_id)
	finally:
		host.update("System Settings", "System Settings", time_zone=zone)
	hours = [
		(int(punch["punch_time"][11:13]) - int(punch["original_time"][11:13])) % 24
		for punch in sorted(host.punches(user_id), key=lambda punch: punch["original_time"])
	]
	assert hours == [0, 6, 0]


def set_monitor(bench_site, value):
	"""Frappe 16 keeps a site's configuration for a minute."""
	bench_site.bench("set-config", "--parse", "monitor", value)
	bench_site.stop("web")
	bench_site.start_web()


@pytest.fixture
def monitor(bench_site):
	"""What Frappe's monitor noted of callbacks."""
	set_monitor(bench_site, "1")
	cache = redis.Redis(port=bench_site.redis_port)

	def noted():
		for key in cache.scan_iter("*monitor-transactions*"):
			for line in cache.lrange(key, 0, -1):
				request = json.loads(line).get("request") or {}
				if request.get("path") == CALLBACK_PATH:
					yield request

	yield noted
	set_monitor(bench_site, "0")
	for key in list(cache.scan_iter("*monitor-transactions*")):
		cache.delete(key)


def test_frappes_monitor_notes_what_was_answered(host, new_user_id, monitor):
	user_id = new_user_id()
	send(host, user_id)
	assert [request["status_code"] for request in monitor()] == [200]
