"""What this app promises as ratios, each measured in one run against what it is compared with. Fails below the promise.

A ratio is a function from the site to its figures, in RATIOS.
"""

import json
import statistics
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.callbacks import rounds
from benchmarks.inside import run_inside
from tests.bench.bench_site import BenchSite

DRAIN_LEAST = 10
CALLBACK_LEAST = 0.75
CALLBACK_LEAST_OF_REST = 2  # a gate must not wait for what HRMS does with a check-in


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
			f"{self.name:<28}{self.value:7.2f} of {self.compared_with} ({span}; at least {self.least})\n"
			f"{'':<28}{own:7.0f} /s against {other:.0f} /s"
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
	before = site.memory("web")
	figures = rounds(site)
	print(
		f"web        {site.memory('web'):7.0f} MiB afterwards, {before:.0f} before: the server and two workers"
	)
	to_ping = [(ping, own) for ping, _rest, own in figures]
	to_rest = [(rest, own) for _ping, rest, own in figures]
	yield Ratio("callbacks", "Frappe's ping", CALLBACK_LEAST, to_ping)
	yield Ratio("callbacks", "HRMS's call by REST", CALLBACK_LEAST_OF_REST, to_rest)


RATIOS: tuple[Callable[[BenchSite], Iterator[Ratio]], ...] = (callbacks, drain)
