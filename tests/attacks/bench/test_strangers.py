"""What a stranger learns and costs on a real site."""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from tests.contract.host import CALLBACK, INVALID_TOKEN, real_time

PAIRS = 150
LARGE = 8 * 1024 * 1024 - 1024


def test_a_known_device_is_refused_as_fast_as_one_that_is_not(host, new_device):
	"""The medians of interleaved pairs; a known one took twice as long before."""
	tags = {"known": new_device()["name"], "unknown": "NOSUCHDEVICE9"}
	seconds = {name: [] for name in tags}
	for number in range(PAIRS):
		for name in sorted(tags, reverse=bool(number % 2)):
			tag = tags[name]
			body = real_time("1", SerialNumber=tag, AuthToken="w" * 32)
			began = time.perf_counter()
			assert host.callback(body, f"?stgid={tag}").content == INVALID_TOKEN
			seconds[name].append(time.perf_counter() - began)
	known, unknown = (statistics.median(seconds[name]) for name in ("known", "unknown"))
	assert 0.75 < known / unknown < 1.33, (known, unknown)


def test_large_bodies_of_strangers_are_refused_in_a_moment(host):
	"""Eight at once, each of 8 MiB: 113 seconds before. The time includes what Frappe takes to hand them over."""
	bodies = []
	for row in ("0", "[]", "{}", '{"a":0}'):
		rows = ",".join([row] * (LARGE // (len(row) + 1)))
		bodies += [f'{{"PunchLog":{{"Log":[{rows}]}}}}'.encode()] * 2

	def post(body):
		headers = {"Content-Type": "text/plain"}
		return host.session.post(host.url + CALLBACK, data=body, headers=headers, timeout=60).content

	began = time.monotonic()
	with ThreadPoolExecutor(8) as pool:
		answers = set(pool.map(post, bodies))
	assert answers == {INVALID_TOKEN}
	assert time.monotonic() - began < 15


def test_a_flood_of_new_serials_makes_no_device_and_one_entry(host):
	before = len(host.find("CAMS Device", {}, ["name"])), len(host.find("Error Log", {}, ["name"]))

	def post(number):
		body = real_time(str(number), SerialNumber=f"FLOOD{number}", AuthToken=f"{number:032}")
		return host.callback(json.dumps(body).encode()).content

	with ThreadPoolExecutor(8) as pool:
		assert set(pool.map(post, range(200))) == {INVALID_TOKEN}
	after = len(host.find("CAMS Device", {}, ["name"])), len(host.find("Error Log", {}, ["name"]))
	assert after[0] == before[0]
	assert after[1] <= before[1] + 1
