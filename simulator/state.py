"""What a simulated account consists of: devices, people, commands, and the ledger of every punch.

Data only; `world` makes it move.
"""

from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any

from navari_cams_biometric.gateway.timestamp import format_timestamp

from .quirks import Quirks

NAIROBI = timezone(timedelta(hours=3))
SECURITY_KEY = "0123456789abcdef0123456789ABCDEF"
OTHER_SECURITY_KEY = "fedcba9876543210fedcba9876543210"


@dataclass(frozen=True)
class LedgerEntry:
	"""A punch that happened. `instant` is in UTC and by the device's clock; `log_time` is how it is sent."""

	service_tag: str
	user_id: str
	instant: datetime
	type: str
	log_time: str
	input_type: str = "Fingerprint"

	def as_json(self) -> dict[str, str]:
		return {**asdict(self), "instant": format_timestamp(self.instant)}


@dataclass
class SimulatedUser:
	"""A person on a device. `credentials` maps (type, index) to data, which no reply repeats."""

	user_id: str
	first_name: str = ""
	last_name: str = ""
	user_type: str = "User"
	valid_from: str = ""
	valid_until: str = ""
	credentials: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
	has_photo: bool = False


@dataclass
class SimulatedDevice:
	"""A device. `waiting` are punches that it has not handed to the gateway; `history` those that it has."""

	service_tag: str
	label: str
	zone: tzinfo = NAIROBI
	token: str = field(default="", repr=False)
	security_key: str = field(default=SECURITY_KEY, repr=False)
	online: bool = True
	last_seen: datetime | None = None
	licence_until: date | None = None
	users: dict[str, SimulatedUser] = field(default_factory=dict)
	doors: dict[int, str] = field(default_factory=lambda: {1: "Closed", 2: "Closed"})
	schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
	waiting: list[LedgerEntry] = field(default_factory=list)
	history: list[LedgerEntry] = field(default_factory=list)
	door_events: list[dict[str, str]] = field(default_factory=list)
	quirks: Quirks = field(default_factory=Quirks)
	in_order: bool = True

	def between(self, start: datetime, end: datetime) -> list[LedgerEntry]:
		"""What the gateway has of the range, both ends included, in time order."""
		if not self.in_order:
			self.history.sort(key=_instant)
			self.in_order = True
		first = bisect_left(self.history, start, key=_instant)
		return self.history[first : bisect_right(self.history, end, key=_instant)]

	def keep(self, entry: LedgerEntry) -> None:
		self.in_order &= not self.history or self.history[-1].instant <= entry.instant
		self.history.append(entry)

	@property
	def wire_key(self) -> str:
		"""The Security Key that the gateway uses, empty where it does not encrypt."""
		if not self.quirks.encrypted:
			return ""
		return OTHER_SECURITY_KEY if self.quirks.mismatched_key else self.security_key


@dataclass
class SimulatedCommand:
	"""A command on its way. `arguments` are by their names in REST v3."""

	operation_id: str
	operation: str
	service_tag: str
	arguments: dict[str, Any] = field(repr=False)
	state: str = "Sent"
	message: str = ""


def _instant(entry: LedgerEntry) -> datetime:
	return entry.instant
