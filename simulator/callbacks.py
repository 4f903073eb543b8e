"""The gateway's side of the callback: a queue for each device, first in first out, nothing ever dropped.

Only HTTP 200 with `"status": "done"` takes an event out of its queue. Anything else puts the queue on hold,
each time for longer. The waits are ours; the vendor publishes none.

ref: PROTOCOL sections 1, 2 and 4
"""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import requests

from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.timestamp import format_timestamp

from .quirks import Quirks
from .state import SimulatedDevice

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
TIMEOUT_SECONDS = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass
class Event:
	"""Something to tell. `content` has the event's key; a batch stands at the top, without an envelope."""

	content: dict[str, Any] = field(repr=False)
	operation_id: str
	is_batch: bool = False
	attempts: int = 0

	@property
	def kind(self) -> str:
		return "Batch" if self.is_batch else next(iter(self.content))


@dataclass
class CallbackQueue:
	"""What waits for one device's callback. While `hold_until` is ahead nothing is sent."""

	device: SimulatedDevice
	timeout: float = TIMEOUT_SECONDS
	events: deque[Event] = field(default_factory=deque)
	hold_until: datetime = LONG_AGO
	refusals: int = 0
	sent: int = 0
	lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
	session: requests.Session = field(default_factory=requests.Session, repr=False)

	def __post_init__(self) -> None:
		self.session.trust_env = False  # no proxy, no .netrc

	def deliver(self, url: str, token: str, now: datetime) -> None:
		"""Send until the queue is empty or an event is refused. An event leaves when it was acknowledged."""
		with self.lock:
			while url and self.events and now >= self.hold_until:
				if not self._send(self.events[0], url, token, now):
					self._hold(now)
					return
				self.events.popleft()
				self.refusals = 0
				self.sent += 1

	def _hold(self, now: datetime) -> None:
		self.hold_until = now + min(FIRST_WAIT * 2**self.refusals, LONGEST_WAIT)
		self.refusals = min(self.refusals + 1, 16)

	def _send(self, event: Event, url: str, token: str, now: datetime) -> bool:
		event.attempts += 1
		try:
			response = self.session.post(
				address(url, self.device),
				data=body(event, self.device, token, now),
				headers=_headers(self.device.quirks),
				timeout=self.timeout,
				allow_redirects=False,
			)
			return response.status_code == 200 and _acknowledges(response)
		except requests.RequestException:
			return False


def address(url: str, device: SimulatedDevice) -> str:
	"""The configured URL with the service tag appended, whether or not it has a query string."""
	suffix = f"?stgid={device.service_tag}"
	return url + suffix * (2 if device.quirks.stgid_twice else 1)


def body(event: Event, device: SimulatedDevice, token: str, now: datetime) -> bytes:
	"""The event as bytes, in the shape that the device's quirks give it."""
	content = event.content if event.is_batch else _envelope(event, device, token, now)
	plain = json.dumps(content).encode()
	if device.wire_key:
		return encrypt(plain, device.wire_key)
	return BYTE_ORDER_MARK + plain if device.quirks.byte_order_mark else plain


def _envelope(event: Event, device: SimulatedDevice, token: str, now: datetime) -> dict[str, Any]:
	renewed = device.quirks.new_operation_id and event.attempts > 1
	envelope = {
		"OperationID": f"{event.operation_id}{event.attempts if renewed else ''}",
		"LabelName": device.label,
		"SerialNumber": device.service_tag,
		**event.content,
		"AuthToken": device.token or token,
		"Time": format_timestamp(now.astimezone(timezone.utc)),
	}
	missing = {"LabelName": device.quirks.no_label, "SerialNumber": device.quirks.no_serial_number}
	return {"RealTime": {key: value for key, value in envelope.items() if not missing.get(key)}}


def _headers(quirks: Quirks) -> dict[str, str]:
	if quirks.no_content_type:
		return {}
	return {"Content-Type": "text/plain; charset=x-odd" if quirks.odd_content_type else "application/json"}


def _acknowledges(response: requests.Response) -> bool:
	try:
		answer = response.json()
	except ValueError:
		return False
	return isinstance(answer, dict) and answer.get("status") == "done"
