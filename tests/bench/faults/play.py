"""One schedule on a breakable site: the gateway tells what was planned and resends until `done`, the scheduler's sweep
runs all the while, and the faults happen. Then everything is mended and the clock goes on, until nothing is open or
nothing changes any more.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

from simulator import LedgerEntry, Simulator
from tests.bench.draining import SWEEP
from tests.bench.faults import tally
from tests.bench.faults.breakable_site import SERVER_PROCESSES, BreakableSite
from tests.bench.faults.plan import (
	ALTERNATING,
	DEVICES,
	FULL,
	JUMP,
	KILLED,
	PEOPLE,
	REPEATED_WITHIN,
	STOPPED,
	UNKNOWN,
	Fault,
	Plan,
	Told,
	Touch,
)
from tests.bench.faults.tally import Identity, Tally
from tests.contract import conftest
from tests.contract.host import CALLBACK, SETTINGS, TOKEN, Host

ZONE = ZoneInfo("Africa/Nairobi")  # of the site
TAGS = [f"ZHM1188{number:06}" for number in range(DEVICES)]
GATEWAY_WAITS = 1.5  # seconds for an answer, before it sends again
RESENDS_AFTER = 0.1
SWEEPS_AFTER = 0.7
DELIVERED_WITHIN = 60
SETTLED_WITHIN = 120
MINUTES_ON = 5  # of the site's clock, from one sweep to the next, once everything is mended
PERSON = """create temporary table person select * from tabEmployee where name = '{like}';
update person set name = '{name}', employee = '{name}', attendance_device_id = '{name}';
insert into tabEmployee select * from person; drop temporary table person"""


class Stage:
	"""A breakable site that is ready for schedules: devices, settings, an employee of whom the people are copies."""

	def __init__(self, site: BreakableSite):
		self.site = site
		host = Host(site.url, site.key, site.name)
		conftest.prepare(host)
		for doctype in ("CAMS Punch", "CAMS Unread Event"):
			site.sql(f"delete from `tab{doctype}`")
		given = {"ignore_repeat": REPEATED_WITHIN, "clock_tolerance": 10, "oldest_live_punch": 45}
		host.update(SETTINGS, SETTINGS, **given)
		for number, tag in enumerate(TAGS):
			direction = "Alternate Within Shift" if number == ALTERNATING else "From Punch Type"
			host.create("CAMS Device", service_tag=tag, direction=direction)
		url = host.call_document(SETTINGS, SETTINGS, "setup_status")["callback_url"]
		self.callback_url = f"{host.url}{CALLBACK}?{url.partition('?')[2]}"
		self.like = host.create("Employee", first_name="Template", **conftest.EMPLOYEE)["name"]


class Play:
	def __init__(self, stage: Stage, seed: int, faults: bool = True):
		self.stage, self.site = stage, stage.site
		self.site.jump(0)
		self.plan = Plan(seed, datetime.now(ZONE).replace(tzinfo=None, microsecond=0))
		self.faults = self.plan.faults if faults else []
		self.prefix = f"F{uuid.uuid4().hex[:5]}".upper()
		self.ahead = 0.0
		self.missed: set[Fault] = set()  # nothing ran that could be hit

	def run(self) -> Tally:
		started = time.monotonic()
		known = [self.user_id(person) for person in range(PEOPLE) if person != UNKNOWN]
		self.site.sql(";".join(PERSON.format(like=self.stage.like, name=name) for name in known))
		with Simulator(TOKEN, self.stage.callback_url, timeout=GATEWAY_WAITS) as gateway:
			for tag in TAGS:
				gateway.add_device(tag)
				gateway.world.queues[tag].session.headers["X-Frappe-Site-Name"] = self.site.name
			self.live_through(gateway)
		found = self.settle()
		self.seconds = time.monotonic() - started
		return found

	def live_through(self, gateway: Simulator) -> None:
		"""Until the gateway has told everything and got `done` for it."""
		self.started = time.monotonic()
		over = threading.Event()
		with ThreadPoolExecutor(DEVICES + 3) as threads:
			tellers = [threads.submit(self.tell_all, gateway)]
			breakers = [threads.submit(self.break_all)]
			senders = [threads.submit(self.send_all, gateway, tag, over) for tag in TAGS]
			sweeper = threads.submit(self.sweep_all, over)
			try:
				for each in (*tellers, *breakers):
					each.result()
				self.site.mend()
			finally:
				over.set()
			for each in (*senders, sweeper):
				each.result()

	def tell_all(self, gateway: Simulator) -> None:
		known: dict[Touch, LedgerEntry] = {}
		for told in self.plan.told:
			self.wait_until(told.at)
			self.tell(gateway, told, known)

	def tell(self, gateway: Simulator, told: Told, known: dict[Touch, LedgerEntry]) -> None:
		world, tag = gateway.world, TAGS[told.device]
		device = world.devices[tag]
		if told.is_batch:
			world.push_history(device, [self.entry(gateway, tag, touch, known) for touch in told.touches])
			return
		for touch in told.touches:
			world.push_punch(device, self.entry(gateway, tag, touch, known))

	def entry(
		self, gateway: Simulator, tag: str, touch: Touch, known: dict[Touch, LedgerEntry]
	) -> LedgerEntry:
		if touch not in known:
			moment = touch.moment.replace(tzinfo=ZONE)
			known[touch] = gateway.world.remember(tag, self.user_id(touch.person), touch.type, moment)
		return known[touch]

	def send_all(self, gateway: Simulator, tag: str, over: threading.Event) -> None:
		end = None
		while gateway.deliver(force=True, service_tag=tag) or not over.is_set():
			if over.is_set():
				end = end or time.monotonic() + DELIVERED_WITHIN
				if time.monotonic() > end:
					return  # it stands in the tally as lost
			time.sleep(RESENDS_AFTER)

	def sweep_all(self, over: threading.Event) -> None:
		"""As the scheduler does, only more often."""
		while not over.wait(SWEEPS_AFTER):
			if not self.site.is_running("sweep"):
				self.site.launch("sweep")

	def break_all(self) -> None:
		"""Each fault at its time, and its end at its own: others may happen in between."""
		steps: list[tuple[float, int, Callable[[], None]]] = []
		for fault in self.faults:
			begin, end = self.steps_of(fault)
			steps.append((fault.at, len(steps), begin))
			if fault.kind != JUMP:
				steps.append((fault.at + fault.seconds, len(steps), end))
		for at, _number, step in sorted(steps):
			self.wait_until(at)
			step()

	def steps_of(self, fault: Fault) -> tuple[Callable[[], None], Callable[[], None]]:
		name, _, what = fault.kind.rpartition(" ")

		def begin() -> None:
			if not self.begin(fault, name, what):
				self.missed.add(fault)

		def end() -> None:
			if what == STOPPED:
				self.site.resume()
			elif fault.kind == FULL:
				self.site.free_disk()
			elif name in SERVER_PROCESSES and not self.site.is_running(name):
				self.site.launch(name)

		return begin, end

	def begin(self, fault: Fault, name: str, what: str) -> bool:
		if fault.kind == JUMP:
			self.jump(fault.seconds)
			return True
		if fault.kind == FULL:
			return self.site.fill_disk()
		if name == "sweep" and not self.site.is_running(name):
			self.site.launch(name)
			time.sleep(fault.seconds / 2)
		if what == STOPPED:
			return self.site.pause(name)
		if fault.kind == f"web worker {KILLED}":
			return self.site.kill_child("web")
		if fault.kind == f"job {KILLED}":
			return self.site.kill_child("worker")
		was_running = self.site.is_running(name)
		self.site.kill(name)
		return was_running

	def jump(self, seconds: float) -> None:
		self.ahead += seconds
		self.site.jump(self.ahead)

	def settle(self) -> Tally:
		"""Wait for the worker. Then sweep, and let minutes pass for what waits for another try, until nothing differs or
		time is up."""
		end = time.monotonic() + SETTLED_WITHIN
		expected = self.expected()
		self.rounds = 0
		while True:
			found = tally.compare(expected, *tally.read(self.site, self.prefix))
			if not found.differences or time.monotonic() > end:
				return found
			if self.site.is_at_work("worker") or self.site.is_at_work("sweep"):
				time.sleep(0.2)
				continue
			self.rounds += 1
			self.site.execute(SWEEP)
			self.jump(MINUTES_ON * 60)

	def expected(self) -> dict[Identity, str]:
		return {
			Identity(
				TAGS[touch.device],
				self.user_id(touch.person),
				f"{touch.moment:%Y-%m-%d %H:%M:%S}",
				touch.type,
			): touch.outcome
			for touch in self.plan.touches
		}

	def user_id(self, person: int) -> str:
		return f"{self.prefix}{person}"

	def wait_until(self, at: float) -> None:
		time.sleep(max(0.0, self.started + at - time.monotonic()))


def play_all(stage: Stage, seeds: Iterable[int]) -> list[Tally]:
	return [_told(stage, seed) for seed in seeds]


def _told(stage: Stage, seed: int) -> Tally:
	play = Play(stage, seed)
	found = play.run()
	faults = "; ".join(f"{fault}{' (nothing was hit)' * (fault in play.missed)}" for fault in play.faults)
	figures = (
		f"{found.sent} sent, {len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.wrong)} wrong"
	)
	print(f"seed {seed}: {figures} ({play.seconds:.1f} s, {play.rounds} sweeps): {faults}", flush=True)
	for line in found.differences:
		print(f"  {line}", flush=True)
	return found
