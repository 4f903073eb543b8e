"""The figures of this app on a bench, as ratios measured in one run: `make benchmark`.

What this app promises, which fails if it is not kept (`ratios`). Callbacks against Frappe's ping, over HTTP with gunicorn; what a stranger's largest body costs; the drain against HRMS's own function, in one
process; the drain's peak memory; live punches behind old ones; a year of history; pages and reports on a large site. Absolute figures depend on the machine, ratios hardly.
`python -m benchmarks year` is one section alone.
"""

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.employees import ensure_employees
from benchmarks.inside import run_inside
from benchmarks.live import OLD, PER_SECOND, SECONDS, live
from benchmarks.pages import pages
from benchmarks.ratios import ratios
from benchmarks.year import DAYS, year
from tests.bench.bench_site import AppOnBench, BenchSite, BenchUnusableError
from tests.contract import conftest
from tests.contract.host import CALLBACK, DONE, Host, real_time

SECTIONS = ["ratios", "callbacks", "strangers", "drain", "live", "year", "pages"]
CONNECTIONS = 8
ROUNDS = 5
ROUND_SECONDS = 4
PUNCHES = 1000
EMPLOYEES = 50


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
	parser.add_argument("section", nargs="?", choices=[*SECTIONS, "all"], default="all")
	parser.add_argument("--days", type=int, default=DAYS, help="of history in the section year")
	arguments = parser.parse_args()
	chosen = [arguments.section] if arguments.section in SECTIONS else SECTIONS
	kept = True
	try:
		with AppOnBench(), BenchSite() as site:
			host = Host(site.url, site.key, site.name)
			conftest.prepare(host)
			if {"ratios", "callbacks", "drain"} & set(chosen):
				site.stop("worker")  # these alone: on two cores the worker would share the processor
			if "ratios" in chosen:
				kept = ratios(site)
			if "callbacks" in chosen:
				callbacks(site)
			if "strangers" in chosen:
				print(run_inside(site, "strangers.py"), end="")
			if "drain" in chosen:
				ensure_employees(host, (f"BENCH-{number:03}" for number in range(1, EMPLOYEES + 1)))
				print(run_inside(site, "drain.py", str(PUNCHES)), end="")
			if "live" in chosen:
				user_ids = [f"LIVE-{number:03}" for number in range(1, SECONDS * PER_SECOND + 1)]
				ensure_employees(
					host, [*user_ids, *(f"BENCH-{number:03}" for number in range(1, EMPLOYEES + 1))]
				)
				site.stop("worker")
				run_inside(site, "old_punches.py", str(OLD))
				site.start_worker()
				live(site, host, user_ids)
			if "year" in chosen:
				year(site, host, arguments.days)
			if "pages" in chosen:
				pages(site, host)
	except BenchUnusableError as error:
		print(f"\n!!! NOTHING WAS MEASURED: {error}\n")
		return 1
	return 0 if kept else 1


def callbacks(site: BenchSite) -> None:
	counter = iter(range(10**9))
	lock = threading.Lock()

	def ping() -> tuple[str, bytes | None]:
		return "/api/method/ping", None

	def punch() -> tuple[str, bytes | None]:
		with lock:
			number = next(counter)
		moment = time.strftime("%Y-%m-%d %H:%M:%S GMT +0300", time.gmtime(1_600_000_000 + number))
		return CALLBACK, json.dumps(real_time("EMP-0001", moment)).encode()

	_rate(site, ping, 1)
	_rate(site, punch, 1)
	rounds = [(_rate(site, ping, ROUND_SECONDS), _rate(site, punch, ROUND_SECONDS)) for _ in range(ROUNDS)]
	ratios = sorted(stored / pings for pings, stored in rounds)
	print(f"ping       {statistics.median(pings for pings, _ in rounds):7.0f} /s")
	print(f"callbacks  {statistics.median(stored for _, stored in rounds):7.0f} /s, each a new punch stored")
	print(
		f"           {statistics.median(ratios):7.2f} of ping"
		f" (median of {ROUNDS} pairs, {ratios[0]:.2f} to {ratios[-1]:.2f}; aim 0.60)"
	)


def _rate(site: BenchSite, make: Callable[[], tuple[str, bytes | None]], seconds: float) -> float:
	"""Requests answered per second, over kept-alive connections."""
	counts: list[int] = []
	end = time.monotonic() + seconds

	def client() -> None:
		connection = http.client.HTTPConnection("127.0.0.1", site.web_port)
		headers = {"X-Frappe-Site-Name": site.name, "Content-Type": "application/json"}
		count = 0
		while time.monotonic() < end:
			path, body = make()
			connection.request("POST" if body else "GET", path, body, headers)
			response = connection.getresponse()
			content = response.read()
			if response.status != 200 or (body and content != DONE):
				raise RuntimeError(f"{response.status} {content[:200]!r}")
			count += 1
		counts.append(count)

	started = time.monotonic()
	threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	if len(counts) < CONNECTIONS:
		raise RuntimeError("a connection failed")
	return sum(counts) / (time.monotonic() - started)


if __name__ == "__main__":
	sys.exit(main())
