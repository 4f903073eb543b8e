"""Simulated months on a site of their own: `python -m tests.bench.month --months N --seed S`.

Prints each seed with its ledger: days compared, differing, and where those stand. Ends with 1 if one stands nowhere.
`month_play` is the month itself.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.bench.bench_site import AppOnBench, BenchSite

PLAY = Path(__file__).with_name("month_play.py")
LONGEST = 30 * 60  # seconds


class MonthSite(BenchSite):
	"""Nobody asks it over HTTP, and its jobs are run by the month itself."""

	def __init__(self, name: str = "cams-months.localhost"):
		super().__init__(name, passing=True)

	def start_web(self) -> None:
		pass

	def start_worker(self, name: str = "worker") -> None:
		pass

	def make_key(self) -> str:
		return ""


def play(site: BenchSite, seed: int) -> dict:
	"""The ledger of one month."""
	printed = site.script(PLAY, site.name, str(seed), timeout=LONGEST)
	return json.loads(printed.strip().splitlines()[-1])


def line_of(ledger: dict) -> str:
	listed = ", ".join(f"{count} on {place}" for place, count in sorted(ledger["listed"].items())) or "none"
	head = f"seed {ledger['seed']}: {ledger['days']} days, {ledger['differing']} differ, listed: {listed}"
	lines = [f"{head}; unlisted: {len(ledger['unlisted'])} ({ledger['seconds']} s)", *ledger["unlisted"]]
	return "\n  ".join(lines)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--months", type=int, default=1)
	parser.add_argument("--seed", type=int, default=1)
	arguments = parser.parse_args()
	found = []
	with AppOnBench(), MonthSite() as site:
		for number in range(arguments.months):
			found.append(play(site, arguments.seed + number))
			print(line_of(found[-1]), flush=True)
	unlisted = sum(len(ledger["unlisted"]) for ledger in found)
	days, differing = (sum(ledger[name] for ledger in found) for name in ("days", "differing"))
	print(f"{len(found)} months, {days} days compared, {differing} differ, {unlisted} of them unlisted")
	return 1 if unlisted else 0


if __name__ == "__main__":
	sys.exit(main())
