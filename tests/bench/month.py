"""Simulated months on a site of their own: `python -m tests.bench.month --months N --seed S`.

Prints each seed with its ledger: days compared, differing, and where those stand. Ends with 1 if one stands nowhere.
`month_play` is the month itself.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bench_site import BenchSite

PLAY = Path(__file__).with_name("month_play.py")
SITE = "cams-months.localhost"
YIELDING = 10  # to what is tested at the same time
LONGEST = 30 * 60  # seconds


class Beside:
	"""The same command while other tests run: they have put the app on the bench."""

	def __init__(self, months: int, seed: int):
		self.months = months
		command = ["-m", __name__, "--months", str(months), "--seed", str(seed), "--beside"]
		self.process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)

	def printed(self) -> str:
		"""All of it, once it has ended."""
		return self.process.communicate()[0]

	def stop(self) -> None:
		self.process.terminate()
		self.process.wait()


def ledgers(site: BenchSite, seed: int, months: int) -> Iterator[dict]:
	"""Play the months one after the other, each with the next seed, and print what each one shows."""
	for number in range(months):
		printed = site.script(PLAY, site.name, str(seed + number), timeout=LONGEST)
		ledger = json.loads(printed.strip().splitlines()[-1])
		print(line_of(ledger), flush=True)
		yield ledger


def line_of(ledger: dict) -> str:
	listed = ", ".join(f"{count} on {place}" for place, count in sorted(ledger["listed"].items())) or "none"
	head = f"seed {ledger['seed']}: {ledger['days']} days, {ledger['differing']} differ, listed: {listed}"
	lines = [f"{head}; unlisted: {len(ledger['unlisted'])} ({ledger['seconds']} s)", *ledger["unlisted"]]
	return "\n  ".join(lines)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--months", type=int, default=1)
	parser.add_argument("--seed", type=int, default=1)
	parser.add_argument(
		"--beside", action="store_true", help="another run has put the app on the bench and takes it off"
	)
	arguments = parser.parse_args()
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # also then the site is removed
	if arguments.beside:
		os.nice(YIELDING)
	with BenchSite(SITE, beside=arguments.beside) as site:
		found = list(ledgers(site, arguments.seed, arguments.months))
	unlisted = sum(len(ledger["unlisted"]) for ledger in found)
	days, differing = (sum(ledger[name] for ledger in found) for name in ("days", "differing"))
	print(f"{len(found)} months, {days} days compared, {differing} differ, {unlisted} of them unlisted")
	return 1 if unlisted else 0


if __name__ == "__main__":
	sys.exit(main())
