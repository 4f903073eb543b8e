"""A simulated gateway, to develop, demonstrate and test against. No part of it comes from the vendor.

`world` moves, `state` is what there is, `callbacks` the queues, `rest` and `webapi` the two dialects, `days`
repeatable days, `quirks` and `faults` what goes wrong, `control` the control API, `server` HTTP.
"""

from datetime import date, datetime, timezone
from types import TracebackType
from typing import Any

from .callbacks import TIMEOUT_SECONDS
from .days import Day, play, remember_history
from .faults import Fault, FaultKind, Faults
from .quirks import Quirks
from .server import WEB_API_PATH, Application, ReceivedRequest, Server
from .state import LedgerEntry, SimulatedCommand, SimulatedDevice, SimulatedUser
from .world import World

__all__ = [
	"Day",
	"Fault",
	"FaultKind",
	"LedgerEntry",
	"Quirks",
	"ReceivedRequest",
	"SimulatedCommand",
	"SimulatedDevice",
	"SimulatedUser",
	"Simulator",
]

DEMO_TOKEN = "demo-auth-token-0123456789abcdef"


class Simulator:
	"""A gateway on 127.0.0.1 whose clock moves by `tick` only.

	>>> with Simulator(callback_url="http://127.0.0.1:8000/callback") as simulator:
	...     device = simulator.add_device("ZHM1100000001", "Main Gate")
	...     entry = simulator.punch("ZHM1100000001", "EMP-0001")
	...     simulator.tick(60)

	REST v3 is at `rest_url`, Web API 3.0 at `web_api_url`, the control API at `url` + /control/. The ledger
	has every punch that happened, whether or not anybody was told. Events go to `callback_url` only; while
	that is empty they wait.
	"""

	def __init__(
		self,
		token: str = DEMO_TOKEN,
		callback_url: str = "",
		*,
		port: int = 0,
		seed: int = 1,
		now: datetime | None = None,
		timeout: float = TIMEOUT_SECONDS,
	):
		"""`now` is aware, the present by default. Port 0 takes a free one. The socket is bound at once. `timeout` is how
		many seconds an answer of the callback is waited for, in real time."""
		self.world = World(token, callback_url, now or datetime.now(timezone.utc), seed, timeout)
		self.faults = Faults()
		self._application = Application(self.world, self.faults)
		self._server = Server(self._application, port)
		self.url = self._server.url
		self.rest_url = f"{self.url}/v3/"
		self.web_api_url = f"{self.url}{WEB_API_PATH}"

	def __enter__(self) -> "Simulator":
		self.start()
		return self

	def __exit__(
		self,
		kind: type[BaseException] | None,
		error: BaseException | None,
		traceback: TracebackType | None,
	) -> None:
		self.stop()

	def start(self) -> None:
		self._server.start()

	def stop(self) -> None:
		"""Stop serving. What waits in the queues stays there."""
		self.faults.stop()
		self._server.stop()
		self.world.close()

	@property
	def ledger(self) -> list[LedgerEntry]:
		"""Every punch that happened, in the order in which it did."""
		with self.world.lock:
			return list(self.world.ledger)

	@property
	def received(self) -> list[ReceivedRequest]:
		"""Every request of a client, oldest first."""
		return list(self._application.received)

	def add_device(self, service_tag: str, label: str = "", **options: Any) -> SimulatedDevice:
		"""Options are those of SimulatedDevice: zone, token, security_key, licence_until, quirks."""
		return self.world.add_device(service_tag, label, **options)

	def add_user(self, service_tag: str, user_id: str, **options: Any) -> SimulatedUser:
		"""Put a person on a device at once, without a command."""
		return self.world.add_user(service_tag, user_id, **options)

	def punch(
		self, service_tag: str, user_id: str, type: str = "CheckIn", at: datetime | None = None
	) -> LedgerEntry:
		"""Let somebody punch, now or at an aware time of the past."""
		return self.world.punch(service_tag, user_id, type, at)

	def set_online(self, service_tag: str, online: bool) -> None:
		"""While a device is offline its punches wait on it, and commands wait for it."""
		self.world.set_online(service_tag, online)

	def set_quirks(self, service_tag: str | None = None, **switches: bool) -> None:
		"""Switch quirks of one device, or of all that there are now."""
		self.world.set_quirks(service_tag, **switches)

	def fail_next(self, kind: FaultKind | str, times: int = 1, **options: Any) -> None:
		"""Let the next requests fail; options are those of Fault."""
		self.faults.add(Fault(FaultKind(kind), times, **options))

	def tick(self, seconds: float) -> None:
		"""Move the clock on and do what falls due: punches, commands, callbacks."""
		self.world.tick(seconds)

	def deliver(self, force: bool = False, service_tag: str | None = None) -> int:
		"""Send what waits, of all devices or of one, with `force` also what is on hold. Returns how many events are left.

		Threads may do so for a device each."""
		return self.world.deliver(force, service_tag)

	def day(
		self, name: str = "morning", people: int = 200, devices: int = 4, date: date | None = None
	) -> Day:
		"""Plan a day and set the clock to its beginning. Gate 2 is offline from 07:50 to 08:40 (GMT +0300).

		Play it with `tick`; the whole of it with `tick((day.end - day.start).total_seconds())`.
		"""
		return play(self.world, name, people, devices, date)

	def history(self, people: int = 50, devices: int = 4, days: int = 350, until: date | None = None) -> int:
		"""Punches of the past that the gateway has and never sent, four a day each. Returns how many.

		`until` is the day after the last; today by default.
		"""
		return remember_history(self.world, people, devices, days, until)
