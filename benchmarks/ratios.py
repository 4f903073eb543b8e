"""What this app promises as ratios, each measured in one run against what it is compared with. Fails below the promise.

A ratio is a function from the site to its figures, in RATIOS.
"""

import json
import os
import statistics
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.callbacks import checkin, ping, rounds
from benchmarks.inside import run_inside
from tests.bench.bench_site import BenchSite

DRAIN_LEAST = 10
CALLBACK_LEAST = 0.75
# Threads of a process wait for one another at each question to the database, of which a ping has one.
THREADED_LEAST = 0.6
CALLBACK_LEAST_OF_REST = 2  # a gate must not wait for what HRMS does with a check-in

# As `bench setup production` has it, and as Frappe's images for Docker do.
PROCESSES = ("--workers", str(2 * (os.cpu_count() or 1) + 1), "--threads", "1")
THREADS = ("--workers", "2", "--threads", "4")
SERVERS = (("processes", PROCESSES, CALLBACK_LEAST), ("threads", THREADS, THREADED_LEAST))


class Ratio(NamedTuple):
	"""`rounds` are pairs of rates: of what it is compared with, and of this app."""

	name: str
	compared_with: str
	least: float
	rounds: list[tuple[float, float]]

	@property
	def each(self) -> list[float]:
		return sorted(own / other for other, own in self.rounds)

	@property
	def value(self) -> float:
		return statistics.median(self.each)

	def __str__(self) -> str:
		other, own = (statistics.median(rates) for rates in zip(*self.rounds, strict=True))
		span = f"median of {len(self.rounds)} rounds, {self.each[0]:.2f} to {self.each[-1]:.2f}"
		return (
			f"{self.name:<30}{self.value:7.2f} of {self.compared_with} ({span}; at least {self.least})\n"
			f"{'':<30}{own:7.0f} /s against {other:.0f} /s"
		)


def ratios(site: BenchSite) -> bool:
	"""Print all; False where one is below its least."""
	kept = True
	for measure in RATIOS:
		for ratio in measure(site):
			print(ratio, flush=True)
			kept &= ratio.value >= ratio.least
	return kept


def drain(site: BenchSite) -> Iterator[Ratio]:
	for line in run_inside(site, "drain_ratio.py").splitlines():
		figures = json.loads(line)
		yield Ratio(f"drain, {figures['roster']}", "HRMS's own call", DRAIN_LEAST, figures["rounds"])


def callbacks(site: BenchSite) -> Iterator[Ratio]:
	for served, options, least in SERVERS:
		site.stop("web")
		site.start_web(*options)
		before = site.memory("web")
		to_ping, to_rest = rounds(site, ping), rounds(site, checkin)
		print(
			f"web, {served}: {site.memory('web'):.0f} MiB afterwards, {before:.0f} before, with the server's own"
		)
		yield Ratio(f"callbacks, {served}", "Frappe's ping", least, to_ping)
		yield Ratio(f"callbacks, {served}", "HRMS's call by REST", CALLBACK_LEAST_OF_REST, to_rest)


RATIOS: tuple[Callable[[BenchSite], Iterator[Ratio]], ...] = (callbacks, drain)
