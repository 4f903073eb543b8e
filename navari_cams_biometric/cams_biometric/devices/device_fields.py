"""Turn the gateway's information on a device into fields of CAMS Device."""

from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times
from navari_cams_biometric.gateway.client import DeviceHealth, DeviceInfo


def connection_fields(health: DeviceHealth) -> dict[str, object]:
	"""If the gateway does not say how many commands are pending, the queue depth is 0."""
	last_seen = times.to_site_time(health.last_seen)
	return {
		"connection": "Online" if health.online else "Offline",
		"connection_since": now_datetime(),
		"queue_depth": health.queue_depth or 0,
		**({"last_seen": last_seen} if last_seen else {}),
	}


def information_fields(information: DeviceInfo) -> dict[str, object]:
	"""What the device reports of itself; what it does not report keeps its value."""
	values = {
		"model": stored_values.words_from_outside(information.model),
		"firmware": stored_values.words_from_outside(information.firmware),
		"counters": _counters(information),
		"licence_until": information.licence_until,
	}
	known = {fieldname: value for fieldname, value in values.items() if value}
	return {**known, "information_at": now_datetime()}


def _counters(information: DeviceInfo) -> str:
	"""A line for each: how many of how many."""
	names = [
		*information.counters,
		*(name for name in information.capacity if name not in information.counters),
	]
	lines = (_counter(name, information.counters.get(name), information.capacity.get(name)) for name in names)
	return stored_values.lines_from_outside("\n".join(lines))


def _counter(name: str, count: int | None, capacity: int | None) -> str:
	name = stored_values.words_from_outside(name)
	if count is None:
		return _("{0}: up to {1}").format(name, capacity)
	if capacity is None:
		return f"{name}: {count}"
	return _("{0}: {1} of {2}").format(name, count, capacity)
