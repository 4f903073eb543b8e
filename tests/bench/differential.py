"""`python -m tests.bench.differential --punches N --rosters N --seed S`: random punches over random rosters, in batches and
one by one, on a site of its own on FRAPPE_BENCH. Ends with 1 where any field of any check-in or punch differs.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from tests.bench.bench_site import AppOnBench, BenchSite

SCRIPT = Path(__file__).with_name("random_rosters.py")


def compared(site: BenchSite, rosters: int, punches: int, seed: int) -> dict[str, object]:
	"""`outcomes`, how many differ, and the first `differences`."""
	printed = site.script(SCRIPT, site.name, str(rosters), str(punches), str(seed))
	return json.loads(printed.splitlines()[-1])


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m tests.bench.differential", description=__doc__)
	parser.add_argument("--punches", type=int, default=10_000)
	parser.add_argument("--rosters", type=int, default=200)
	parser.add_argument("--seed", type=int, default=1)
	arguments = parser.parse_args()
	with AppOnBench(), BenchSite() as site:
		site.stop("worker")
		started = time.monotonic()
		found = compared(site, arguments.rosters, arguments.punches, arguments.seed)
	seconds = time.monotonic() - started
	print(
		f"{arguments.punches} punches over {arguments.rosters} rosters, seed {arguments.seed}: {seconds:.0f} s"
	)
	print(json.dumps(found, indent=1))
	return 1 if found["differing"] else 0


if __name__ == "__main__":
	sys.exit(main())
