"""Check-ins a second by one, two and four workers that drain at once, on this machine's processors."""

import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.inside import run_inside
from tests.bench.bench_site import BenchSite

PUNCHES = 8_000
DRAIN = "navari_cams_biometric.cams_biometric.punches.checkins.drain"


def workers(site: BenchSite) -> None:
	"""Raises RuntimeError where a punch became no check-in, or two. Needs the employees BENCH-*; no worker may run."""
	for count in (1, 2, 4):
		site.sql(
			"delete from `tabCAMS Punch`; delete from `tabEmployee Checkin` where custom_cams_punch is not null"
		)
		run_inside(site, "old_punches.py", str(PUNCHES))
		started = time.monotonic()
		with ThreadPoolExecutor(count) as pool:
			list(pool.map(lambda _number: site.execute(DRAIN, seconds=3600), range(count)))
		seconds = time.monotonic() - started
		counted = "select count(*), count(distinct custom_cams_punch) from `tabEmployee Checkin`"
		[[checkins, punches]] = site.sql(f"{counted} where custom_cams_punch is not null")
		if not int(checkins) == int(punches) == PUNCHES:
			raise RuntimeError(f"{checkins} check-ins of {punches} punches, {PUNCHES} were sent")
		print(f"workers    {PUNCHES / seconds:7.0f} /s by {count}, their start included", flush=True)
