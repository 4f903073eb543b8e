"""CAMS Unread Event: what was genuine and not wholly understood, as a redacted picture from which it can be read again.

The same event is one record however often it comes. It holds the shifts of its device until it is read or dismissed
(shift_sync).
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values, times, tokens
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.states import UnreadState
from navari_cams_biometric.gateway import redaction
from navari_cams_biometric.gateway.callback import Envelope, envelope_of

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

DOCTYPE = "CAMS Unread Event"
LONGEST_PARTS = 500  # characters
LARGEST_PICTURE = 1024 * 1024  # characters: what a database takes in one statement is limited
EARLIEST = datetime(2010, 1, 1)
_CLOCK = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}[A-Z0-9 +:-]{0,12}")


def keep(
	envelope: Envelope, device: "CAMSDevice | None", parts: Iterable[str], service_tag: str = ""
) -> None:
	"""Store the event, or count it once more. `parts` name what was not understood; `service_tag` is that of a device
	that there is not yet."""
	picture = redaction.redact(envelope.content)
	name = _name_of(envelope, device.name if device else service_tag)
	now = now_datetime()
	row = stored_values.new_row(
		name,
		service_tag=device.name if device else None,
		state=UnreadState.UNREAD,
		parts=stored_values.words_from_outside(", ".join(parts), LONGEST_PARTS),
		times=0,
		holds_from=None if service_tag else _earliest_time(picture, device) or now,
		body=_without_token(_as_json(picture), envelope.token),
	)
	stored_values.insert_rows(DOCTYPE, [row])
	table = frappe.qb.DocType(DOCTYPE)
	frappe.qb.update(table).set(table.times, table.times + 1).set(table.last_received, now).where(
		table.name == name
	).run()
	_report(device)


def envelope_of_event(name: str) -> tuple[Envelope, str, datetime]:
	"""The stored event as it can be read again, its service tag, and when it came. Its sender was believed then."""
	body, service_tag, arrived = frappe.db.get_value(DOCTYPE, name, ["body", "service_tag", "creation"])
	envelope = envelope_of(redaction.restore(json.loads(body)))
	return envelope, service_tag or envelope.service_tag, arrived


def settle(name: str, state: str, parts: Iterable[str] = ()) -> None:
	values = {"state": state, "modified": now_datetime(), "modified_by": frappe.session.user}
	if parts:
		values["parts"] = stored_values.words_from_outside(", ".join(parts), LONGEST_PARTS)
	stored_values.set_values(DOCTYPE, name, values)


def _without_token(body: str, token: str) -> str:
	"""Wherever it stands, be it in the middle of a text."""
	return body.replace(token, "[token removed]") if token else body


def _name_of(envelope: Envelope, service_tag: str) -> str:
	"""A keyed digest: the content may hold a short secret, which a plain digest would let one guess."""
	return tokens.digest(f"{service_tag} {redaction.substance(envelope.content)}")[:32]


def _as_json(picture: Any) -> str:
	"""Readable, but for tags and invisible characters, which are written as JSON escapes them: read again, they are what
	was sent."""
	text = json.dumps(picture, indent=1, ensure_ascii=False)
	if len(text) > LARGEST_PICTURE:
		text = json.dumps(picture, ensure_ascii=False)
	if len(text) > LARGEST_PICTURE:
		text = json.dumps({"TooLarge": len(text), "Beginning": text[:LARGEST_PICTURE]}, ensure_ascii=False)
	return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
	if character in "<>":
		return f"\\u{ord(character):04x}"
	if character != "\n" and stored_values.is_invisible(character):
		return json.dumps(character)[1:-1]
	return character


def _earliest_time(picture: Any, device: "CAMSDevice | None") -> datetime | None:
	"""The earliest time of day that stands in it: the attendance of nothing later is complete without it."""
	found = (times.log_time_on_site(text.strip(), device) for text in _CLOCK.findall(json.dumps(picture)))
	return min((time for time in found if time and EARLIEST <= time <= now_datetime()), default=None)


def _report(device: "CAMSDevice | None") -> None:
	"""One entry a day for each device, whatever the sender chose as keys."""
	service_tag = device.name if device else ""
	log_once_a_day(
		"CAMS callback not wholly understood",
		f"Device: {service_tag or 'none that is known here'}.\n"
		"What was not understood is kept as a CAMS Unread Event, and stands on Held Punches.",
		identity=("unread", service_tag),
	)
