"""A punch as the ledger has it and as the gateway tells it, with the quirks of its device."""

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

from navari_cams_biometric.gateway.timestamp import format_timestamp

from .state import LedgerEntry, SimulatedDevice

CLOCK_ERROR = timedelta(hours=2)
TYPES = ("CheckIn", "CheckOut", "BreakIn", "BreakOut", "OverTimeIn", "OverTimeOut", "MealIn", "MealOut")
INPUT_TYPES = ("Fingerprint", "Face", "Palm", "Card", "Password", "Others")


def make_entry(
	device: SimulatedDevice, user_id: str, type: str, moment: datetime, input_type: str
) -> LedgerEntry:
	"""The punch by the device's clock, which may be wrong, and in the offset that it sends."""
	if device.quirks.clock_two_hours_ahead:
		moment += CLOCK_ERROR
	if device.quirks.clock_of_2000:
		moment = moment.replace(year=2000, month=1, day=1)
	instant = moment.astimezone(timezone.utc).replace(microsecond=0)
	if device.quirks.integer_types:
		type, input_type = _number(type, TYPES), _number(input_type, INPUT_TYPES)
	return LedgerEntry(device.service_tag, user_id, instant, type, _log_time(device, instant), input_type)


def events_of(device: SimulatedDevice, entry: LedgerEntry, operation_time: str) -> list[dict[str, Any]]:
	"""What the gateway sends for a punch: normally one event."""
	ahead: list[dict[str, Any]] = []
	if device.quirks.unknown_kinds:
		ahead.append({"BatteryLevel": {"Percent": "80", "OperationTime": operation_time}})
	if device.quirks.user_event_first:
		ahead.append({"UserUpdated": {"UserID": entry.user_id, "OperationTime": operation_time}})
	return ahead + [{"PunchLog": _real_time(device, entry)}] * (2 if device.quirks.duplicates else 1)


def log_row(device: SimulatedDevice, entry: LedgerEntry) -> dict[str, Any]:
	"""A row of a load or of a batch."""
	row = {"Type": entry.type, "UserID": entry.user_id, "LogTime": entry.log_time}
	return _integers(device, {**row, "InputType": entry.input_type})


def _real_time(device: SimulatedDevice, entry: LedgerEntry) -> dict[str, Any]:
	quirks = device.quirks
	punch = {"Type": entry.type, "Temperature": "36.8", "FaceMask": False, "InputType": entry.input_type}
	punch["UserID" if quirks.user_id_in_capitals else "UserId"] = entry.user_id
	punch["LogTime"] = entry.log_time
	missing = {"Temperature": quirks.no_temperature, "FaceMask": quirks.no_face_mask}
	return _integers(device, {key: value for key, value in punch.items() if not missing.get(key)})


def _integers(device: SimulatedDevice, row: dict[str, Any]) -> dict[str, Any]:
	if not device.quirks.integer_types:
		return row
	numbers = {key: int(row[key]) for key in ("Type", "InputType") if str(row[key]).isdecimal()}
	return {**row, **numbers}


def _log_time(device: SimulatedDevice, instant: datetime) -> str:
	text = format_timestamp(instant.astimezone(_sent_zone(device)))
	return text.partition(" GMT")[0] if device.quirks.no_offset else text


def _sent_zone(device: SimulatedDevice) -> tzinfo:
	quirks = device.quirks
	minutes = {330: quirks.offset_plus_0530, 0: quirks.offset_zero, -270: quirks.offset_minus_0430}
	chosen = [offset for offset, on in minutes.items() if on and not quirks.no_offset]
	return timezone(timedelta(minutes=chosen[0])) if chosen else device.zone


def _number(word: str, words: tuple[str, ...]) -> str:
	return str(words.index(word)) if word in words else word
