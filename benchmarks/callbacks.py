"""Callbacks over HTTP with gunicorn, each a new punch stored, against Frappe's ping and against HRMS's own call by REST."""

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
HRMS_CALL = "/api/method/hrms.hr.doctype.employee_checkin.employee_checkin.add_log_based_on_employee_field"
Request = tuple[str, bytes | None]  # path, body
_numbers = itertools.count()  # each taken once, by whichever thread


def rounds(site: BenchSite, other: Callable[[], Request]) -> list[tuple[float, float]]:
	"""Of `other` requests and of callbacks, how many were answered in a second, in turn."""
	for warming in (other, punch):
		_rate(site, warming, 1)
	return [(_rate(site, other, ROUND_SECONDS), _rate(site, punch, ROUND_SECONDS)) for _ in range(ROUNDS)]


def ping() -> Request:
	return "/api/method/ping", None


def punch() -> Request:
	moment = time.strftime("%Y-%m-%d %H:%M:%S GMT +0300", time.gmtime(1_600_000_000 + next(_numbers)))
	return CALLBACK, json.dumps(real_time("EMP-0001", moment)).encode()


def checkin() -> Request:
	moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_500_000_000 + 60 * next(_numbers)))
	log = {"employee_field_value": "EMP-0002", "timestamp": moment, "log_type": "IN"}
	return HRMS_CALL, json.dumps(log).encode()


def _rate(site: BenchSite, make: Callable[[], Request], seconds: float) -> float:
	"""Requests answered per second, over kept-alive connections."""
	counts: list[int] = []
	end = time.monotonic() + seconds

	def client() -> None:
		connection = http.client.HTTPConnection("127.0.0.1", site.web_port)
		headers = {"X-Frappe-Site-Name": site.name, "Content-Type": "application/json"}
		known = {**headers, "Authorization": f"token {site.key}"}
		count = 0
		while time.monotonic() < end:
			path, body = make()
			connection.request("POST" if body else "GET", path, body, known if path == HRMS_CALL else headers)
			response = connection.getresponse()
			content = response.read()
			if path == HRMS_CALL and b"QueryDeadlockError" in content:
				continue  # of HRMS's own, under so many at once: no check-in was made
			if response.status != 200 or (path == CALLBACK and content != DONE):
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
