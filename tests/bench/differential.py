"""`python -m tests.bench.differential --punches N --rosters N --seed S`: random punches over random rosters, in batches and
one by one, on a site of its own on FRAPPE_BENCH. Ends with 1 where any field of any check-in or punch differs.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.bench_site import AppOnBench, BenchSite

SCRIPT = Path(__file__).with_name("random_rosters.py")
AT_ONCE = 4  # rosters
LONGEST = 4 * 3600  # seconds, for these: a roster may have any number of punches
MOST_SHOWN = 20


def compared(
	site: BenchSite, rosters: int, punches: int, seed: int, tell: Callable[[str], object] = lambda _text: None
) -> dict[str, Any]:
	"""`outcomes`, how many differ, and the first `differences`. `tell` hears after some rosters how far it is."""
	outcomes: Counter[str] = Counter()
	differing, differences = 0, []
	for first in range(0, rosters, AT_ONCE):
		last = min(first + AT_ONCE, rosters)
		wanted = map(str, (first, last, rosters, punches, seed))
		found = json.loads(site.script(SCRIPT, site.name, *wanted, timeout=LONGEST).splitlines()[-1])
		outcomes.update(found["outcomes"])
		differing += found["differing"]
		differences += found["differences"][: MOST_SHOWN - len(differences)]
		tell(f"{last} of {rosters} rosters, {differing} differ")
	return {"outcomes": dict(outcomes), "differing": differing, "differences": differences}


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m tests.bench.differential", description=__doc__)
	parser.add_argument("--punches", type=int, default=10_000)
	parser.add_argument("--rosters", type=int, default=200)
	parser.add_argument("--seed", type=int, default=1)
	arguments = parser.parse_args()
	with AppOnBench(), BenchSite() as site:
		site.stop("worker")
		started = time.monotonic()
		found = compared(
			site, arguments.rosters, arguments.punches, arguments.seed, partial(print, flush=True)
		)
	seconds = time.monotonic() - started
	print(
		f"{arguments.punches} punches over {arguments.rosters} rosters, seed {arguments.seed}: {seconds:.0f} s"
	)
	print(json.dumps(found, indent=1))
	return 1 if found["differing"] else 0


if __name__ == "__main__":
	sys.exit(main())
