"""The client of the gateway: one method for each request operation, in two dialects behind one interface.

`attendance_operations`, `user_operations` and `device_operations` hold the methods, `answers` what they return, `rest` and `webapi` the
dialects, `transport` time-outs and repeats. Errors are in `gateway.errors`, the table in `gateway.operations`.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone, tzinfo
from enum import Enum
from types import TracebackType

from ..encryption import validate_key
from ..errors import NotSupportedError
from ..operations import OPERATIONS
from .answers import (
	AccessEvent,
	AccessWindow,
	AttendancePage,
	Command,
	CommandStatus,
	DaySummary,
	Device,
	DeviceHealth,
	DeviceInfo,
	DevicePunch,
	DoorStatus,
	LocalRecords,
	Migration,
	User,
)
from .attendance_operations import AttendanceOperations
from .base_url import check_base_url as check_base_url
from .device_operations import AccessOperations, DeviceOperations
from .dialect import MOST_PAGES as MOST_PAGES
from .dialect import Access, Dialect
from .rest import RestV3
from .transport import Transport
from .user_operations import UserOperations
from .webapi import WebApi3
from .webapi_wire import WebApiWire

__all__ = [
	"MOST_PAGES",
	"AccessEvent",
	"AccessWindow",
	"AttendancePage",
	"Command",
	"CommandStatus",
	"DaySummary",
	"Device",
	"DeviceHealth",
	"DeviceInfo",
	"DevicePunch",
	"DoorStatus",
	"GatewayApi",
	"GatewayClient",
	"LocalRecords",
	"Migration",
	"User",
	"check_base_url",
]


class GatewayApi(str, Enum):
	"""The dialects, by the names that the settings show."""

	REST_V3 = "REST v3 (form not published)"
	WEB_API_3 = "Web API 3.0"


class GatewayClient(AttendanceOperations, UserOperations, AccessOperations, DeviceOperations):
	"""Asks the gateway, and raises one of `gateway.errors` where it is refused.

	List the devices of the account:

	>>> from navari_cams_biometric.gateway.client import GatewayClient
	>>> token = "demo-auth-token-0123456789abcdef"
	>>> with GatewayClient(token, base_url=url) as client:
	...     print([device.label for device in client.list_devices()])
	['Main Gate', 'Gate 2']

	Add a person to a device:

	>>> with GatewayClient(token, base_url=url) as client:
	...     command = client.add_user("ZHM1100000001", "EMP-0006", first_name="Employee")
	...     print(command.state.value)
	Sent

	Open a door, and see whether the device has done it:

	>>> with GatewayClient(token, base_url=url) as client:
	...     command = client.open_door("ZHM1100000001", door=1)
	...     print(client.get_command_status(command.operation_id).is_pending)
	True

	A client may be shared by threads; calls to one device wait for each other. Close it, or use it in `with`.
	"""

	def __init__(
		self,
		token: str,
		api: GatewayApi | str = GatewayApi.REST_V3,
		base_url: str = "",
		*,
		device_tokens: Mapping[str, str] | None = None,
		security_keys: Mapping[str, str] | None = None,
		unusable: Iterable[str] = (),
		records: LocalRecords | None = None,
		zone: tzinfo = timezone.utc,
		form: bool = False,
		timeout: float = 45.0,
		attempts: int = 4,
		patience: float = math.inf,
		sleep: Callable[[float], None] = time.sleep,
		clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
	):
		"""Nothing is sent yet.

		`token` is the account's AuthToken; `device_tokens` and `security_keys` go by service tag, for devices
		with a token of their own and (Web API 3.0) with encryption; what concerns one of the `unusable` devices,
		whose own token or key is lost, raises UnusableDeviceError. `base_url` is the dialect's own URL where
		empty. `records`, `zone` and `clock` serve Web API 3.0: what the caller knows of devices and people,
		the zone of "today" and of times without offset, and the present, aware. `form` sends REST v3 bodies
		form-encoded. `timeout` is in seconds for a request and the whole of its reply; `attempts` counts the first; `patience` is how many seconds
		all requests together may take; `sleep` waits between them.

		Raises ValueError for an unknown api, a base URL that is none or would send the token in plain text, an empty token; EncryptionError for a
		Security Key that is none.
		"""
		_check([token, *(device_tokens or {}).values()], base_url, (security_keys or {}).values())
		access = Access(token, dict(device_tokens or {}), dict(security_keys or {}), frozenset(unusable))
		self._transport = Transport(timeout, attempts, sleep, patience=patience)
		self._dialect: Dialect
		if GatewayApi(api) is GatewayApi.REST_V3:
			self._dialect = RestV3(access, self._transport, base_url, form)
			return
		wire = WebApiWire(access, self._transport, clock, base_url)
		self._dialect = WebApi3(wire, zone, clock, records)

	def __repr__(self) -> str:
		return f"<GatewayClient {self._dialect.name}>"

	def __enter__(self) -> "GatewayClient":
		return self

	def __exit__(
		self,
		kind: type[BaseException] | None,
		error: BaseException | None,
		traceback: TracebackType | None,
	) -> None:
		self.close()

	def supports(self, operation: str) -> bool:
		"""Whether this gateway API has the operation, by its name in the table."""
		try:
			self._dialect.require(OPERATIONS[operation])
		except NotSupportedError:
			return False
		return True

	def close(self) -> None:
		"""Drop the connections. The client can still be used, and then opens new ones."""
		self._transport.close()


def _check(tokens: Iterable[str], base_url: str, security_keys: Iterable[str]) -> None:
	if not all(token.strip() and token.isascii() and token.isprintable() for token in tokens):
		raise ValueError("an AuthToken is empty or not plain text")
	if base_url:
		check_base_url(base_url)
	for key in security_keys:
		validate_key(key)
