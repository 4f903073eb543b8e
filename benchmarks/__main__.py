"""The figures of this app on a bench, as ratios measured in one run: `make benchmark`.

What this app promises, which fails if it is not kept (`ratios`): the drain against HRMS's own call, callbacks against
Frappe's ping. What a stranger's largest body costs; the drain against HRMS's own function, in one process, and its peak
memory; live punches behind old ones; a year of history; pages and reports on a large site; what a punch costs on an empty
site and on one with a million; several workers at once. Absolute figures depend on the machine, ratios hardly.
`python -m benchmarks year` is one section alone.
"""

import argparse
import sys

from benchmarks.employees import ensure_employees
from benchmarks.inside import run_inside, show_inside
from benchmarks.live import OLD, PER_SECOND, SECONDS, live
from benchmarks.pages import pages
from benchmarks.ratios import ratios
from benchmarks.workers import workers
from benchmarks.year import DAYS, PEOPLE, year
from tests.bench.bench_site import AppOnBench, BenchSite, BenchUnusableError
from tests.bench.opening import PUNCHES as LARGE
from tests.contract import conftest
from tests.contract.host import Host

SECTIONS = ["ratios", "strangers", "drain", "live", "year", "pages", "scale", "workers"]
PUNCHES = 1000
EMPLOYEES = 50


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
	parser.add_argument("section", nargs="?", choices=[*SECTIONS, "all"], default="all")
	parser.add_argument("--days", type=int, default=DAYS, help="of history in the section year")
	parser.add_argument(
		"--people", type=int, default=PEOPLE, help="of the section year, with four punches a day"
	)
	parser.add_argument(
		"--sizes", nargs="+", default=["0", "1000000"], help="of the site in the section scale, in punches"
	)
	parser.add_argument("--punches", type=int, default=LARGE, help="of the site in the section pages")
	arguments = parser.parse_args()
	chosen = [arguments.section] if arguments.section in SECTIONS else SECTIONS
	kept = True
	try:
		with AppOnBench(), BenchSite() as site:
			host = Host(site.url, site.key, site.name)
			conftest.prepare(host)
			if {"ratios", "drain"} & set(chosen):
				site.stop("worker")  # these alone: on two cores the worker would share the processor
			if {"drain", "live", "scale", "workers"} & set(chosen):
				ensure_employees(host, (f"BENCH-{number:03}" for number in range(1, EMPLOYEES + 1)))
			if "ratios" in chosen:
				kept = ratios(site)
			if "strangers" in chosen:
				show_inside(site, "strangers.py")
			if "drain" in chosen:
				show_inside(site, "drain.py", str(PUNCHES))
			if "live" in chosen:
				user_ids = [f"LIVE-{number:03}" for number in range(1, SECONDS * PER_SECOND + 1)]
				ensure_employees(host, user_ids)
				site.stop("worker")
				run_inside(site, "old_punches.py", str(OLD))
				site.start_worker()
				live(site, host, user_ids)
			if "year" in chosen:
				year(site, host, arguments.days, arguments.people)
			if "pages" in chosen:
				pages(site, host, arguments.punches)
			if "scale" in chosen:
				site.stop("worker")
				show_inside(site, "scale.py", *arguments.sizes)
			if "workers" in chosen:
				site.stop("worker")
				workers(site)
	except BenchUnusableError as error:
		print(f"\n!!! NOTHING WAS MEASURED: {error}\n")
		return 1
	return 0 if kept else 1


if __name__ == "__main__":
	sys.exit(main())
