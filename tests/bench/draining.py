"""Waiting for the inbox of a bench to be drained."""

import time
from collections.abc import Callable

from tests.bench.bench_site import BenchSite

SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"
PATIENCE_SECONDS = 5
LONGEST_SECONDS = 120  # a transient fault of the database is tried again after a minute


def drain(site: BenchSite, is_done: Callable[[], bool]) -> None:
	"""Wait until the worker is through. Nobody schedules the sweep here, which finds what a job has left behind; beside
	a job that is at work it would only make both wait for rows, so it is called when the worker takes long."""
	end = time.monotonic() + LONGEST_SECONDS
	sweep_at = time.monotonic() + PATIENCE_SECONDS
	while not is_done():
		assert time.monotonic() < end, "the inbox is not drained"
		if time.monotonic() > sweep_at:
			site.execute(SWEEP)
			sweep_at += PATIENCE_SECONDS
		time.sleep(0.1)
