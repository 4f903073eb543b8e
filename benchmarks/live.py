"""How long a live punch takes from its arrival to its check-in, while 20,000 old ones are queued and one worker runs."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.bench.bench_site import BenchSite
from tests.contract.host import DONE, Host, real_time

OLD, SECONDS, PER_SECOND = 20_000, 60, 2
ZONE = ZoneInfo("Africa/Nairobi")


def live(site: BenchSite, host: Host, user_ids: list[str]) -> None:
	"""Raises RuntimeError where a live punch is no check-in, or where the old ones ran out meanwhile."""
	started = time.monotonic()
	since = datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")
	for number in range(SECONDS * PER_SECOND):
		moment = datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S GMT +0300")
		answer = host.callback(real_time(user_ids[number % len(user_ids)], moment))
		if answer.content != DONE:
			raise RuntimeError(f"{answer.status_code} {answer.content[:200]!r}")
		time.sleep(max(0.0, started + (number + 1) / PER_SECOND - time.monotonic()))
	[[still_queued]] = site.sql("select count(*) from `tabCAMS Punch` where state = 'Queued'")
	waits = _waits(site, since)
	if int(still_queued) < OLD / 10:
		raise RuntimeError("the old punches ran out while live ones arrived")
	median, late = waits[len(waits) // 2], waits[int(0.95 * (len(waits) - 1))]
	print(f"live       {late:7.1f} s, p95 of arrival to check-in, {len(waits)} at {PER_SECOND}/s, one worker")
	print(f"           {median:7.1f} s, the median; {waits[-1]:.1f} s, the longest")
	print(f"           {still_queued:>7} of {OLD} old punches were still queued")


def _waits(site: BenchSite, since: str) -> list[float]:
	"""Of all live punches, sorted, in seconds."""
	deadline = time.monotonic() + 60
	where = f"p.source = 'Real Time' and p.creation >= '{since}'"
	while int(site.sql(f"select count(*) from `tabCAMS Punch` p where {where} and state = 'Queued'")[0][0]):
		if time.monotonic() > deadline:
			raise RuntimeError("live punches are still queued after a minute")
		time.sleep(0.5)
	rows = site.sql(
		"select timestampdiff(microsecond, p.creation, c.creation) / 1000000 from `tabCAMS Punch` p"
		f" join `tabEmployee Checkin` c on c.name = p.employee_checkin where {where}"
	)
	if len(rows) < SECONDS * PER_SECOND:
		raise RuntimeError(f"{len(rows)} of {SECONDS * PER_SECOND} live punches are check-ins")
	return sorted(float(wait) for [wait] in rows)
