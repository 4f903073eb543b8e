"""A simulated account in motion: a clock that is driven, punches, commands, callbacks, and the ledger.

State changes under one lock; callbacks are sent outside of it, so that what they call may ask the simulator.
"""

import heapq
import itertools
import random
import string
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from navari_cams_biometric.gateway.timestamp import format_timestamp

from .callbacks import TIMEOUT_SECONDS, CallbackQueue, Event
from .commands import EFFECTS
from .punches import events_of, log_row, make_entry
from .quirks import replace_quirks
from .state import LedgerEntry, SimulatedCommand, SimulatedDevice, SimulatedUser

COMMAND_SECONDS = 15
BATCH_ROWS = 50


class World:
	"""`now` is aware and moves by `tick` only. `seed` makes operation ids and orders repeatable."""

	def __init__(
		self, token: str, callback_url: str, now: datetime, seed: int, timeout: float = TIMEOUT_SECONDS
	):
		self.token = token
		self.timeout = timeout
		self.callback_url = callback_url
		self._callback_host = urlsplit(callback_url).hostname
		self.now = now
		self.random = random.Random(seed)
		self.devices: dict[str, SimulatedDevice] = {}
		self.queues: dict[str, CallbackQueue] = {}
		self.commands: dict[str, SimulatedCommand] = {}
		self.ledger: list[LedgerEntry] = []
		self.lock = threading.RLock()
		self._tick_lock = threading.RLock()
		self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
		self._numbers = itertools.count()

	def add_device(self, service_tag: str, label: str = "", **options: Any) -> SimulatedDevice:
		device = SimulatedDevice(service_tag, label or service_tag, last_seen=self.now, **options)
		with self.lock:
			self.devices[service_tag] = device
			self.queues[service_tag] = CallbackQueue(device, self.timeout)
		return device

	def add_user(self, service_tag: str, user_id: str, **options: Any) -> SimulatedUser:
		user = SimulatedUser(user_id, **options)
		with self.lock:
			self.devices[service_tag].users[user_id] = user
		return user

	def punch(
		self,
		service_tag: str,
		user_id: str,
		type: str = "CheckIn",
		at: datetime | None = None,
		input_type: str = "Fingerprint",
	) -> LedgerEntry:
		"""Let somebody punch, now or at a time of the past. It is in the ledger at once, whatever comes then."""
		with self.lock:
			device = self.devices[service_tag]
			entry = make_entry(device, user_id, type, at or self.now, input_type)
			self.ledger.append(entry)
			device.waiting.append(entry)
			if device.online:
				self._hand_over(device)
		return entry

	def remember(self, service_tag: str, user_id: str, type: str, at: datetime) -> LedgerEntry:
		"""A punch of the past that the gateway has and that was never sent to the callback."""
		with self.lock:
			device = self.devices[service_tag]
			entry = make_entry(device, user_id, type, at, "Fingerprint")
			self.ledger.append(entry)
			device.keep(entry)
		return entry

	def push(self, device: SimulatedDevice, content: dict[str, Any], is_batch: bool = False) -> None:
		"""Put an event at the end of the device's callback queue."""
		with self.lock:
			event = Event(content, self.new_operation_id(), is_batch)
			self.queues[device.service_tag].events.append(event)

	def push_punch(self, device: SimulatedDevice, entry: LedgerEntry) -> None:
		"""Tell a punch that the gateway has."""
		for content in events_of(device, entry, self.device_time(device)):
			self.push(device, content)

	def push_history(self, device: SimulatedDevice, entries: list[LedgerEntry]) -> None:
		"""Answer a load by batches to the callback, the last of them empty or short."""
		for first in range(0, len(entries) + 1, BATCH_ROWS):
			rows = [log_row(device, entry) for entry in entries[first : first + BATCH_ROWS]]
			count: str | int = len(rows) if device.quirks.numbers_as_numbers else str(len(rows))
			self.push(device, {"PunchLog": {"ReturnRowCount": count, "Log": rows}}, is_batch=True)

	def set_online(self, service_tag: str, online: bool) -> None:
		"""A device that comes back hands over its punches, and the commands that wait set out again."""
		with self.lock:
			device = self.devices[service_tag]
			if device.online == online:
				return
			device.online, device.last_seen = online, self.now
			self._push_status(device)
			if online:
				self._hand_over(device)
				for command in self._pending(device):
					self._set_out(command)

	def set_quirks(self, service_tag: str | None = None, **switches: bool) -> None:
		"""Switch quirks of one device, or of all that there are."""
		with self.lock:
			devices = list(self.devices.values()) if service_tag is None else [self.devices[service_tag]]
			for device in devices:
				device.quirks = replace_quirks(device.quirks, **switches)

	def command(self, operation: str, service_tag: str, arguments: dict[str, Any]) -> SimulatedCommand:
		"""Take a command for a device: Sent if it is online, else Queued until it is."""
		with self.lock:
			command = SimulatedCommand(self.new_operation_id(), operation, service_tag, arguments)
			self.commands[command.operation_id] = command
			self._set_out(command)
		return command

	def reset_queue(self, device: SimulatedDevice) -> None:
		with self.lock:
			for command in self._pending(device):
				command.state = "Cancelled"

	def pending(self, device: SimulatedDevice) -> int:
		with self.lock:
			return len(self._pending(device))

	def later(self, seconds: float, action: Callable[[], None]) -> None:
		self.at(self.now + timedelta(seconds=seconds), action)

	def at(self, moment: datetime, action: Callable[[], None]) -> None:
		"""Do something once the clock is there."""
		with self.lock:
			heapq.heappush(self._agenda, (moment, next(self._numbers), action))

	def tick(self, seconds: float) -> None:
		"""Move the clock on, doing on the way what falls due and sending what may be sent.

		Raises ValueError where the clock would go back.
		"""
		if not seconds >= 0:
			raise ValueError("the clock moves forward only")
		with self._tick_lock:
			end = self.now + timedelta(seconds=seconds)
			self.deliver()
			while (moment := self._next_moment(end)) is not None:
				with self.lock:
					self.now = max(self.now, moment)
					while self._agenda and self._agenda[0][0] <= moment:
						heapq.heappop(self._agenda)[2]()
				self.deliver()
			self.now = end

	def deliver(self, force: bool = False, service_tag: str | None = None) -> int:
		"""Send what may be sent, or with `force` also what is on hold. Returns how many events are left."""
		with self.lock:
			queues = [self.queues[service_tag]] if service_tag else list(self.queues.values())
			if force:
				for queue in queues:
					queue.hold_until = self.now
		together = any(queue.device.quirks.bursts for queue in queues)
		senders = [threading.Thread(target=self._deliver_queue, args=(queue,)) for queue in queues]
		for sender in senders if together else ():
			sender.start()
		for sender, queue in zip(senders, queues, strict=True):
			sender.join() if together else self._deliver_queue(queue)
		return sum(len(queue.events) for queue in queues)

	def may_call(self, url: str) -> bool:
		"""Whether events may go there: to this machine, or to the host that was configured at the start."""
		parts = urlsplit(url)
		hosts = {"127.0.0.1", "localhost", self._callback_host}
		return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.hostname in hosts

	def new_operation_id(self) -> str:
		return "".join(self.random.choices(string.ascii_lowercase + string.digits, k=12))

	def device_time(self, device: SimulatedDevice) -> str:
		return format_timestamp(self.now.astimezone(device.zone))

	def close(self) -> None:
		for queue in self.queues.values():
			queue.session.close()

	def _deliver_queue(self, queue: CallbackQueue) -> None:
		queue.deliver(self.callback_url, self.token, self.now)

	def _next_moment(self, end: datetime) -> datetime | None:
		"""When something falls due next, up to `end`: an appointment, or the end of a hold."""
		with self.lock:
			moments = [moment for moment, _number, _action in self._agenda[:1]]
			if self.callback_url:
				moments += [queue.hold_until for queue in self.queues.values() if queue.events]
		due = [moment for moment in moments if moment <= end]
		return min(due) if due else None

	def _set_out(self, command: SimulatedCommand) -> None:
		online = self.devices[command.service_tag].online
		command.state = "Sent" if online else "Queued"
		if online:
			self.later(COMMAND_SECONDS, lambda: self._arrive(command))

	def _arrive(self, command: SimulatedCommand) -> None:
		device = self.devices[command.service_tag]
		if command.state != "Sent":
			return
		if not device.online:
			command.state = "Queued"
			return
		command.state = "Done"
		device.last_seen = self.now
		EFFECTS[command.operation](self, device, command.arguments)

	def _pending(self, device: SimulatedDevice) -> list[SimulatedCommand]:
		return [
			command
			for command in self.commands.values()
			if command.service_tag == device.service_tag and command.state in ("Sent", "Queued")
		]

	def _push_status(self, device: SimulatedDevice) -> None:
		status = {
			"Status": "Online" if device.online else "Offline",
			"LastSeen": self.device_time(device),
			"QueueDepth": str(len(self._pending(device))),
			"OperationTime": self.device_time(device),
		}
		self.push(device, {"DeviceStatus": status})

	def _hand_over(self, device: SimulatedDevice) -> None:
		entries, device.waiting = device.waiting, []
		if device.quirks.out_of_order:
			self.random.shuffle(entries)
		device.last_seen = self.now
		for entry in entries:
			device.keep(entry)
			self.push_punch(device, entry)
