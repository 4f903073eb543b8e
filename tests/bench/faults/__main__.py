"""`python -m tests.bench.faults --schedules N --seed S`: schedules S, S + 1, ... one after the other, on a site of their own.

Prints each schedule with its faults and what was sent, lost, doubled and wrong; `--schedules 1 --seed S` repeats the plan
of one. Ends with 1 if something was.
"""

import argparse
import sys

from tests.bench.bench_site import AppOnBench, BenchSite
from tests.bench.faults.breakable_site import BreakableSite
from tests.bench.faults.play import Stage, play_all


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m tests.bench.faults", description=__doc__)
	parser.add_argument("--schedules", type=int, default=20)
	parser.add_argument("--seed", type=int, default=1)
	arguments = parser.parse_args()
	with AppOnBench(), BenchSite() as site, BreakableSite(site) as breakable:
		tallies = play_all(Stage(breakable), range(arguments.seed, arguments.seed + arguments.schedules))
	counts = {
		kind: sum(len(getattr(each, kind)) for each in tallies) for kind in ("lost", "doubled", "wrong")
	}
	told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
	print(f"{len(tallies)} schedules: {sum(each.sent for each in tallies)} punches sent, {told}")
	return 1 if any(counts.values()) else 0


if __name__ == "__main__":
	sys.exit(main())
