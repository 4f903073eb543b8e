"""Simulated months on a site of their own: `python -m tests.bench.month --months N --seed S`.

Prints each seed with its ledger: days compared, differing, and where those stand. Ends with 1 if one stands nowhere.
`month_play` is the month itself.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bench_site import BenchSite

PLAY = Path(__file__).with_name("month_play.py")


def ledgers(site: BenchSite, seed: int, months: int) -> Iterator[dict]:
	"""Play the months one after the other, each with the next seed, and print what each one shows."""
	for number in range(months):
		printed = site.script(PLAY, site.name, str(seed + number), "1")
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
	arguments = parser.parse_args()
	with BenchSite() as site:
		found = list(ledgers(site, arguments.seed, arguments.months))
	unlisted = sum(len(ledger["unlisted"]) for ledger in found)
	days, differing = (sum(ledger[name] for ledger in found) for name in ("days", "differing"))
	print(f"{len(found)} months, {days} days compared, {differing} differ, {unlisted} of them unlisted")
	return 1 if unlisted else 0


if __name__ == "__main__":
	sys.exit(main())
