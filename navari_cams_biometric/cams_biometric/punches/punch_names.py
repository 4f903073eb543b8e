"""Under which name a punch is stored, and with which times.

The name is the punch's identity (gateway.punch): device, user ID, instant and type. It takes all honest notations of one
instant for one. A text without an offset has its instant from a time zone that may be corrected, so another text at the
same instant, or the same text with an offset, is kept beside it under a second name: each says something else about
when it was. punches.touches decides which of them counts.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import frappe

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.gateway.punch import Punch

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

CHUNK = 5000  # names in one query


class Notation(NamedTuple):
	"""How a text tells a time: what the clock showed (naive, None where it cannot be read), and whether in an offset."""

	wall_clock: datetime | None
	has_offset: bool

	def says_what(self, other: "Notation") -> bool:
		"""Whether nothing is lost if the other is kept alone."""
		return self == other or (self.has_offset and other.has_offset) or not other.wall_clock


def identities_of_punches(punches: "Iterable[Punch]", device: "CAMSDevice | None") -> list[str]:
	"""The names of these punches of a device where no other text has them."""
	return [_identity(punch, device) for punch in punches]


def names_of(punches: Iterable[Punch], device: "CAMSDevice | None") -> list[str]:
	"""The names of the CAMS Punches of these punches of a device, whether or not they exist."""
	return names_of_several((punch, device) for punch in punches)


def names_of_several(punches: "Iterable[tuple[Punch, CAMSDevice | None]]") -> list[str]:
	"""`names_of` for punches of several devices. One query for 5,000."""
	punches = list(punches)
	identities = [_identity(punch, device) for punch, device in punches]
	kept = _kept(identities)
	names = []
	for (punch, device), identity in zip(punches, identities, strict=True):
		fields = times_of(punch.log_time, device)
		notation = Notation(fields["wall_clock"], bool(fields["has_offset"]))
		first = kept.setdefault(identity, notation)
		names.append(identity if notation.says_what(first) else _second_name(identity, notation))
	return names


def times_of(log_time: str, device: "CAMSDevice | None") -> dict[str, datetime | int | None]:
	"""The fields of a CAMS Punch that its LogTime fills; None where it cannot be read."""
	reading = times.read_log_time(log_time, device)
	return {
		"punch_time": times.to_site_time(reading.instant) if reading else None,
		"wall_clock": reading.wall_clock if reading else None,
		"has_offset": int(bool(reading and reading.has_offset)),
		"punched_at_utc": reading.instant.replace(tzinfo=None) if reading else None,
	}


def _identity(punch: Punch, device: "CAMSDevice | None") -> str:
	return punch.identity(device.name if device else "", times.log_time_instant(punch.log_time, device))


def _kept(names: list[str]) -> dict[str, Notation]:
	punch = frappe.qb.DocType("CAMS Punch")
	kept = {}
	for first in range(0, len(names), CHUNK):
		chunk = punch.name.isin(names[first : first + CHUNK])
		query = frappe.qb.from_(punch).select(punch.name, punch.wall_clock, punch.has_offset).where(chunk)
		kept.update({name: Notation(clock, bool(has_offset)) for name, clock, has_offset in query.run()})
	return kept


def _second_name(identity: str, notation: Notation) -> str:
	parts = f"{identity} {notation.wall_clock} {notation.has_offset}"
	return hashlib.sha256(parts.encode()).hexdigest()[:32]
