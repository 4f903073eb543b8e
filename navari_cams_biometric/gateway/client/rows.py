"""Turn answers into rows of REST v3's shape, for answers that the client derives."""

from datetime import datetime

from ..timestamp import format_timestamp
from .answers import DaySummary, Device, User
from .dialect import Row


def device_row(device: Device) -> Row:
	return {
		"ServiceTag": device.service_tag,
		"LabelName": device.label,
		"Online": device.online,
		"LastSeen": time_text(device.last_seen),
	}


def user_row(user: User) -> Row:
	known = user.credentials
	return {
		"UserID": user.user_id,
		"FirstName": user.first_name,
		"LastName": user.last_name,
		"UserType": user.user_type,
		"Credentials": None if known is None else [{"Type": kind, "Index": index} for kind, index in known],
		"Devices": list(user.devices),
	}


def summary_row(day: DaySummary) -> Row:
	return {
		"UserID": day.user_id,
		"Date": day.date.isoformat(),
		"FirstIn": time_text(day.first_in),
		"LastOut": time_text(day.last_out),
		"Seconds": int(day.worked.total_seconds()),
	}


def time_text(instant: datetime | None) -> str:
	return format_timestamp(instant) if instant else ""
