"""Callbacks against Frappe's ping, over HTTP with gunicorn, each a new punch stored."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable

from tests.bench.bench_site import BenchSite
from tests.contract.host import CALLBACK, DONE, real_time

CONNECTIONS = 8
ROUNDS = 5
ROUND_SECONDS = 4
Request = tuple[str, bytes | None]  # path, body


def rounds(site: BenchSite) -> list[tuple[float, float]]:
	"""Pings and callbacks answered in a second, in turn."""
	numbers = itertools.count()  # each taken once, by whichever thread

	def ping() -> Request:
		return "/api/method/ping", None

	def punch() -> Request:
		moment = time.strftime("%Y-%m-%d %H:%M:%S GMT +0300", time.gmtime(1_600_000_000 + next(numbers)))
		return CALLBACK, json.dumps(real_time("EMP-0001", moment)).encode()

	for warming in (ping, punch):
		_rate(site, warming, 1)
	return [(_rate(site, ping, ROUND_SECONDS), _rate(site, punch, ROUND_SECONDS)) for _ in range(ROUNDS)]


def _rate(site: BenchSite, make: Callable[[], Request], seconds: float) -> float:
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
