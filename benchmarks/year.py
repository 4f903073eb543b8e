"""A year of history for 50 people through the button's code path, with the worker killed once in the middle.

The gateway is the simulator, in this process. Ends in RuntimeError where the site's punches or check-ins are not
those of the simulator's ledger, or where the worker's memory grew. There is no scheduler: what it would do about
the load whose worker was killed is done here, and nothing else is helped along.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.employees import ensure_employees
from simulator import Simulator
from tests.bench.bench_site import BenchSite
from tests.bench.ledger import checked_in, in_nairobi, quoted, stored
from tests.contract.host import SETTINGS, TOKEN, Host

RESUME = "navari_cams_biometric.cams_biometric.history.loads.resume_stalled"
JOBS = "frappe.utils.background_jobs.get_jobs"

PEOPLE, DEVICES, DAYS = 50, 4, 350  # four punches a day each: 70,000
UNTIL = date(2024, 12, 16)
MOST_GROWTH = 1.15  # of the worker's memory, from the first quarter of the load or the drain to the last
STILL_SECONDS = 300  # without anything stored or checked in: it has come to a halt
REPORT_SECONDS = 30
SHOWN = 3  # differences in an error


@dataclass(frozen=True)
class Sample:
	"""How far the site was at a moment of `time.monotonic`, and the MiB of its worker with the job it ran."""

	moment: float
	stored: int
	checked_in: int
	memory: float

	def is_ahead_of(self, other: "Sample") -> bool:
		return (self.stored, self.checked_in) > (other.stored, other.checked_in)


class Watch:
	"""Looks at how far the site is, and says so every 30 seconds."""

	def __init__(self, site: BenchSite, tags: list[str], punches: int):
		self.site = site
		self.tags = tags
		self.punches = punches
		self.reported = 0.0

	def until(self, reached: Callable[[Sample], bool], every: float = 1) -> list[Sample]:
		"""The samples up to the one that has `reached` it. Raises where nothing moves any more."""
		samples = [self.look()]
		moved = samples[0]
		while not reached(samples[-1]):
			time.sleep(every)
			samples.append(self.look())
			if samples[-1].is_ahead_of(moved):
				moved = samples[-1]
			if samples[-1].moment > moved.moment + STILL_SECONDS:
				raise RuntimeError(f"nothing has moved for {STILL_SECONDS} s: {samples[-1]}")
		return samples

	def look(self) -> Sample:
		question = "select count(*), count(if(state = 'Recorded', 1, null)) from `tabCAMS Punch`"
		[counts] = self.site.sql(f"{question} where service_tag in ({quoted(self.tags)})")
		sample = Sample(time.monotonic(), *map(int, counts), self.site.memory("worker"))
		if sample.moment > self.reported + REPORT_SECONDS:
			self.reported = sample.moment
			print(
				f"           {sample.stored} stored and {sample.checked_in} recorded of {self.punches},"
				f" {sample.memory:.0f} MiB",
				flush=True,
			)
		return sample


def year(site: BenchSite, host: Host, days: int, people: int) -> None:
	"""Load, kill, resume, drain, compare. Needs the site's web server; the worker may be stopped."""
	with _gateway(host, days, people) as gateway:
		ledger = gateway.ledger
		tags = sorted({entry.service_tag for entry in ledger})
		_prepare(site, host, tags, people)
		print(
			f"ledger     {len(ledger):7} punches: {people} people, {DEVICES} devices, {days} days", flush=True
		)
		watch = Watch(site, tags, len(ledger))
		until_kill, after_kill = _load(site, host, watch, days)
		draining = watch.until(lambda sample: sample.checked_in >= len(ledger), every=2)
	_print_rates(until_kill, after_kill, draining)
	_check_memory(until_kill + after_kill, draining)
	_check_equal("punches", stored(site, tags), in_nairobi(ledger))
	_check_equal("check-ins", checked_in(site, tags), in_nairobi(ledger))
	_check_one_each(site, tags)
	print("           equals the simulator's ledger: yes", flush=True)
	_clear(site, tags)


@contextmanager
def _gateway(host: Host, days: int, people: int) -> Iterator[Simulator]:
	with Simulator(token=TOKEN) as simulator:
		simulator.history(people, DEVICES, days, UNTIL)
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		try:
			yield simulator
		finally:
			host.update(SETTINGS, SETTINGS, base_url="")


def _prepare(site: BenchSite, host: Host, tags: list[str], people: int) -> None:
	"""People, devices, a worker, and nothing of a former run."""
	ensure_employees(host, (f"EMP-{number:04}" for number in range(1, people + 1)))
	for tag in tags:
		if not host.find("CAMS Device", {"name": tag}):
			host.create("CAMS Device", service_tag=tag)
	site.sql("update `tabCAMS History Load` set state = 'Cancelled' where state in ('Queued', 'Running')")
	_clear(site, tags)
	if "worker" not in site.processes:
		site.start_worker()
	_wait_for_other_jobs(site)


def _clear(site: BenchSite, tags: list[str]) -> None:
	site.sql("delete from `tabCAMS Punch`")
	site.sql(f"delete from `tabEmployee Checkin` where device_id in ({quoted(tags)})")


def _wait_for_other_jobs(site: BenchSite) -> None:
	"""After a migration Frappe has some of its own, that would count as memory of the load."""
	deadline = time.monotonic() + STILL_SECONDS
	while site.execute(JOBS, site=site.name).strip():
		if time.monotonic() > deadline:
			raise RuntimeError("the worker does not come to the end of its queue")


def _load(site: BenchSite, host: Host, watch: Watch, days: int) -> tuple[list[Sample], list[Sample]]:
	"""From the button to Done; the worker is killed when half of the punches are stored. The samples of both halves."""
	body = {"from_date": str(UNTIL - timedelta(days=days)), "to_date": str(UNTIL - timedelta(days=1))}
	name = host.call_document(SETTINGS, SETTINGS, "load_history", **body)

	def state() -> str:
		return site.sql(f"select state from `tabCAMS History Load` where name = '{name}'")[0][0]

	until_kill = watch.until(lambda sample: sample.stored >= watch.punches / 2, every=0.2)
	site.stop("worker", signal.SIGKILL)
	killed = watch.look()
	if state() != "Running" or killed.stored >= watch.punches:
		raise RuntimeError(f"the worker was not killed in the middle: {state()}, {killed}")
	print(f"           worker killed with {killed.stored} stored", flush=True)
	_resume(site, name)
	if watch.look().stored != killed.stored:
		raise RuntimeError("punches were stored although the worker was dead")
	site.start_worker()
	after_kill = watch.until(lambda _sample: state() not in ("Queued", "Running"))
	_check_lines(host, name, watch.tags)
	return until_kill, after_kill


def _resume(site: BenchSite, name: str) -> None:
	"""What the scheduler does when a load has not moved for 25 minutes."""
	site.sql(f"update `tabCAMS History Load` set modified = '2020-01-01' where name = '{name}'")
	site.execute(RESUME)


def _check_lines(host: Host, name: str, tags: list[str]) -> None:
	"""Devices of former runs are unknown to this gateway; each has a line of its own."""
	lines = {
		row["service_tag"]: (row["state"], row["message"])
		for row in host.get("CAMS History Load", name)["devices"]
	}
	unfinished = {tag: lines[tag] for tag in tags if lines[tag][0] != "Done"}
	if unfinished:
		raise RuntimeError(f"not loaded: {unfinished}")


def _print_rates(until_kill: list[Sample], after_kill: list[Sample], draining: list[Sample]) -> None:
	print(f"load       {_rate(until_kill, 'stored'):7.0f} /s, punches stored, from the button to the kill")
	seconds = after_kill[-1].moment - until_kill[0].moment
	print(f"           {seconds:7.0f} s from the button to Done, with the restart and the drains between")
	print(f"drain      {_rate(draining, 'checked_in'):7.0f} /s, check-ins, after the load")
	print(f"           {draining[-1].moment - draining[0].moment:7.0f} s from there to the last")


def _rate(samples: list[Sample], count: str) -> float:
	"""By which a field of Sample grew, per second; 0 where the first was the last."""
	seconds = samples[-1].moment - samples[0].moment
	return (getattr(samples[-1], count) - getattr(samples[0], count)) / seconds if seconds else 0


def _check_memory(loading: list[Sample], draining: list[Sample]) -> None:
	peak = max(sample.memory for sample in loading + draining)
	print(f"memory     {peak:7.0f} MiB at its peak, the worker with the job it runs")
	for what, samples in (("load", loading), ("drain", draining)):
		first, last = _outer_quarters(samples)
		print(
			f"           {last / first:7.2f} of the {what}'s first quarter in its last ({first:.0f}, {last:.0f} MiB)"
		)
		if last > first * MOST_GROWTH:
			raise RuntimeError(f"the worker's memory grew by more than {MOST_GROWTH - 1:.0%}")


def _outer_quarters(samples: list[Sample]) -> tuple[float, float]:
	"""The peak of memory in the first and in the last quarter of the time. The first has the warm-up in it."""
	begin, end = samples[0].moment, samples[-1].moment
	quarter = (end - begin) / 4
	first = max(sample.memory for sample in samples if sample.moment <= begin + quarter)
	last = max(sample.memory for sample in samples if sample.moment >= end - quarter)
	return first, last


def _check_equal(what: str, found: list, expected: list) -> None:
	if found == expected:
		return
	missing, surplus = set(expected) - set(found), set(found) - set(expected)
	raise RuntimeError(
		f"{len(found)} {what} for {len(expected)} of the ledger;"
		f" missing {len(missing)}: {sorted(missing)[:SHOWN]}; surplus {len(surplus)}: {sorted(surplus)[:SHOWN]}"
	)


def _check_one_each(site: BenchSite, tags: list[str]) -> None:
	"""Each punch is Checked In and has a check-in that has it."""
	[[punches, linked]] = site.sql(
		"select count(*), count(distinct checkin.name) from `tabCAMS Punch` punch left join `tabEmployee Checkin`"
		" checkin on checkin.custom_cams_punch = punch.name and punch.employee_checkin = checkin.name"
		f" and punch.state = 'Recorded' where punch.service_tag in ({quoted(tags)})"
	)
	if punches != linked:
		raise RuntimeError(f"{punches} punches have {linked} check-ins of their own")
