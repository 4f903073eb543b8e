"""The stand-in over real HTTP: a threaded server, two workers and a scheduler in one process."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

import standin
from standin import demo
from standin.paste import lines_to_paste

if TYPE_CHECKING:
	from standin.site import Site

HOST = "127.0.0.1"
ENDPOINT = "/api/method/navari_cams_biometric.cams_biometric.controllers.cams_call.attendance"
TICK_SECONDS = 0.5


class _QuietHandler(WSGIRequestHandler):
	def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
		"""No line per request."""


def serve(
	port: int = 8000, database: str | None = None, sweep_seconds: float = 20, expect_history: bool = True
) -> None:
	"""Serve until interrupted. Port 0 takes any free one; the startup line tells which.

	With `expect_history` that button is pressed on the documented device, and the lines to paste are printed.
	"""
	with standin.activate(Path(database) if database else None) as site:
		from frappe.app import application

		server = make_server(HOST, port, application, threaded=True, request_handler=_QuietHandler)
		url = site.inner.conf.host_name = f"http://{HOST}:{server.server_port}"
		with site.connect():
			demo.confirm_live_site()  # it has an address from now on
			if expect_history:
				demo.expect_history()
		stopped = threading.Event()
		threads = start_threads(site, stopped, sweep_seconds)
		signal.signal(signal.SIGTERM, _interrupt)
		_say(f"stand-in ready on {url} (not Frappe: see standin/README.md)")
		if expect_history:
			with site.connect():
				_say_what_to_paste(url)
		try:
			server.serve_forever()
		except KeyboardInterrupt:
			pass
		finally:
			stopped.set()
			server.server_close()
			for thread in threads:
				thread.join(timeout=5)


def start_threads(site: Site, stopped: threading.Event, sweep_seconds: float) -> list[threading.Thread]:
	"""Start the workers and the scheduler; they end soon after `stopped` is set."""
	loops = [
		_loop(stopped, lambda: _work(site, "default")),
		_loop(stopped, lambda: _work(site, "long")),
		_scheduler(site, stopped, sweep_seconds),
	]
	threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
	for thread in threads:
		thread.start()
	return threads


def _work(site: Site, lane: str) -> None:
	from frappe.utils.background_jobs import execute_job

	job = site.inner.jobs.take(lane, wait_seconds=TICK_SECONDS)
	if job:
		execute_job(job)
		if job.error:
			_say(f"job {job.method} failed: {job.error}")


def _scheduler(site: Site, stopped: threading.Event, sweep_seconds: float) -> Callable[[], None]:
	def run() -> None:
		while not stopped.is_set():
			for method in _guarded(site.sweep) or []:
				_say(f"scheduled {method} failed, see the Error Log")
			stopped.wait(sweep_seconds)

	return run


def _loop(stopped: threading.Event, step: Callable[[], None]) -> Callable[[], None]:
	def run() -> None:
		while not stopped.is_set():
			_guarded(step)

	return run


def _guarded(step: Callable):
	"""A thread of the server outlives whatever goes wrong in one of its rounds."""
	try:
		return step()
	except Exception:
		logging.getLogger("standin").exception("stand-in: a background thread failed and goes on")
		return None


def _interrupt(_signal: int, _frame: object) -> None:
	raise KeyboardInterrupt


def _say_what_to_paste(url: str) -> None:
	_say("Paste in another terminal, one line after the other.")
	for told, line in lines_to_paste(url, ENDPOINT):
		_say(f"\n# {told}\n{line}")
	_say("\nCtrl+C stops it.")


def _say(line: str) -> None:
	sys.stdout.write(f"{line}\n")
	sys.stdout.flush()
