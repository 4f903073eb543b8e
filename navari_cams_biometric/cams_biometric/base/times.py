"""Times as devices send them, and as Frappe stores them: naive, in the site's time zone."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone

from navari_cams_biometric.gateway.errors import TimestampError
from navari_cams_biometric.gateway.timestamp import parse_timestamp

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


def log_time_instant(log_time: str, device: "CAMSDevice | None") -> datetime | None:
	"""A LogTime as an aware datetime; without an offset it is in the device's zone. None where it cannot be read."""
	zone = device.zone() if device else ZoneInfo(get_system_timezone())
	try:
		return parse_timestamp(log_time, zone)
	except TimestampError:
		return None


def log_time_on_site(log_time: str, device: "CAMSDevice | None") -> datetime | None:
	"""A LogTime as Frappe stores times. None where it cannot be read."""
	return to_site_time(log_time_instant(log_time, device))


def to_site_time(instant: datetime | None) -> datetime | None:
	"""An aware datetime as Frappe stores times."""
	return instant.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None) if instant else None
