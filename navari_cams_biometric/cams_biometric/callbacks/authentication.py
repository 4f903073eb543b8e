"""Decides whether a callback is authentic. No other module does.

It goes by the envelope alone, before anything else of the body is read, and by rows that are read from the database
for this request. A device that is known here and one that is not cost the same queries.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import frappe
from pypika.functions import Coalesce, NullIf

from navari_cams_biometric.cams_biometric.base import times, tokens
from navari_cams_biometric.cams_biometric.base.device_lookup import (
	DEVICE,
	RECEIVING,
	device_of,
	find_device,
	find_devices,
	is_service_tag,
)
from navari_cams_biometric.cams_biometric.base.prepared import Prepared, given
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.base.tokens import TokenHolder
from navari_cams_biometric.cams_biometric.callbacks import new_devices
from navari_cams_biometric.gateway.body import is_form
from navari_cams_biometric.gateway.callback import CallbackAddress, Envelope

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

SMALL = 64 * 1024  # characters of a body that costs nothing to read, whoever sends it
MOST_CANDIDATES = 64
# In bytes of lower case, so that the search finds the word fast; backslashes are those of JSON within a text.
_TOKEN = re.compile(rb'token[ _-]*\\*"\s*:\s*\\*"([^"\\]{1,64})\\*"')


class NotAuthenticError(Exception):
	"""The sender is not known. The text is the same whatever was wrong, and is the answer to give.

	`service_tag` is the device that it claimed to be, where that is known here: for the log, not for the answer.
	"""

	def __init__(self, device: "CAMSDevice | None" = None) -> None:
		super().__init__("Invalid auth token")
		self.service_tag = device.name if device else ""


@dataclass(frozen=True)
class Sender:
	"""Who sent an authentic callback. `device` is None where neither the callback nor Settings name one.

	`is_awaited` means that it is believed only because a person opened the device for history. `is_surplus` means that
	the device is new, and that too many new ones wait for a person already.
	"""

	device: "CAMSDevice | None"
	is_awaited: bool = False
	is_surplus: bool = False


class Account(TokenHolder):
	"""What Settings say of the account's tokens and secret, as stored at this moment. No document, which would cost a
	callback half of its time."""

	FIELDS = (*tokens.DIGESTS, "previous_token_valid_until", "callback_secret_digest", "service_tag_id")

	def __init__(self, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
		"""`rows` are field, value and secret."""
		rows = list(rows)
		self.stored = {field: value for field, value, _secret in rows}
		self.flags = {"secrets": {field: secret for field, _value, secret in rows if secret}}
		self.service_tag_id = self.stored.get("service_tag_id")
		self.previous_token_valid_until = self.stored.get("previous_token_valid_until")

	def get(self, fieldname: str) -> str | None:
		return self.stored.get(fieldname)


@cache
def _account_and_device() -> Prepared:
	"""The fields of the account with their secrets, and the site's time zone; beside the service tag, the device of the
	`given` one or else of that."""
	single, store, device = frappe.qb.DocType("Singles"), frappe.qb.Table("__Auth"), frappe.qb.DocType(DEVICE)
	is_of_field = (store.doctype == single.doctype) & (store.name == single.doctype)
	is_of_field &= (store.fieldname == single["field"]) & (store.encrypted == 1)
	is_zone = (single.doctype == "System Settings") & (single["field"] == "time_zone")
	tag = Coalesce(NullIf(given("service_tag"), ""), single.value)
	return Prepared(
		frappe.qb.from_(single)
		.left_join(store)
		.on(is_of_field)
		.left_join(device)
		.on((single["field"] == "service_tag_id") & (device.name == tag))
		.select(single["field"], single.value, store.password, *(device[name] for name in RECEIVING))
		.where((single.doctype == SETTINGS) & single["field"].isin(Account.FIELDS) | is_zone)
	)


@dataclass
class Door:
	"""What a callback is judged by: its address, and what the database says of the site and the addressed device."""

	address: CallbackAddress
	settings: Account = field(init=False)
	addressed: "CAMSDevice | None" = field(init=False)

	def __post_init__(self) -> None:
		rows = _account_and_device().run({"service_tag": self.address.service_tag})
		self.settings = Account(row[:3] for row in rows)
		times.note_site_zone(self.settings.get("time_zone"))
		self.addressed = next(
			(device_of(zip(RECEIVING, row[3:], strict=True)) for row in rows if row[3]), None
		)
		if "service_tag_id" not in self.settings.stored:  # Settings were never saved
			self.addressed = find_device(self.address.service_tag, RECEIVING)

	def has_secret(self) -> bool:
		"""Whether the callback came to the URL that Settings hand out."""
		return bool(self.address.secret) and self.settings.accepts_secret(self.address.secret)

	def ensure_worth_reading(self, text: str) -> None:
		"""Raise NotAuthenticError for a large body in which no valid token stands, and that has no other evidence.

		It looks for texts that could be the token, without reading the JSON around them.
		"""
		if len(text) <= SMALL or self.has_secret():
			return
		candidates = _texts_that_could_be_tokens(text)
		addressed = find_device(self.addressed.name if self.addressed else None)
		is_awaited = addressed and addressed.expects_history() and not addressed.history_complete
		if not is_awaited and not self._is_token_of_any(candidates):
			raise NotAuthenticError(self.addressed)

	def authenticate(self, envelope: Envelope) -> Sender:
		"""Return who sent an authentic callback; a new device registers itself.

		A callback is authentic if its token is the device's own, or the account's for a device without a token. What
		is not a real-time event may come without a token: with the secret of the callback URL, or while the device
		expects history.

		Raises NotAuthenticError, the same for a wrong token, an unknown device and an unconfigured site.
		"""
		service_tag = envelope.service_tag or self.address.service_tag or self.settings.service_tag_id or ""
		device = self._device_of(envelope)
		if service_tag and not is_service_tag(service_tag):
			raise NotAuthenticError(device)
		if not envelope.token and not envelope.is_real_time:
			return self._without_token(device)
		own_token = bool(device and device.auth_token_digest)
		holder = device if own_token else self.settings
		is_genuine = holder.accepts_token(envelope.token)
		if device and not own_token:  # a token of its own that was taken away is accepted for its overlap
			is_genuine |= device.accepts_token(envelope.token)
		if not is_genuine:
			raise NotAuthenticError(device)
		if device or not service_tag:
			return Sender(device)
		new = new_devices.register(service_tag, envelope.label)
		return Sender(new, is_surplus=new is None)

	def _device_of(self, envelope: Envelope) -> "CAMSDevice | None":
		addressed_tag = self.address.service_tag or self.settings.service_tag_id
		if not envelope.service_tag or envelope.service_tag == addressed_tag:
			return self.addressed
		return find_device(envelope.service_tag, RECEIVING)

	def _without_token(self, device: "CAMSDevice | None") -> Sender:
		if device and self.has_secret():
			return Sender(device)
		expected = find_device(device.name if device else None)
		if expected and expected.expects_history():
			return Sender(expected, is_awaited=True)
		raise NotAuthenticError(device)

	def _is_token_of_any(self, candidates: set[str]) -> bool:
		if any(self.settings.accepts_token(candidate) for candidate in candidates):
			return True
		own = {
			device
			for name in tokens.DIGESTS
			for device in frappe.get_all(DEVICE, filters={name: ["is", "set"]}, pluck="name")
		}
		devices = find_devices(sorted(own)).values()
		stored = {device.stored_digest(name) for device in devices for name in tokens.DIGESTS}
		return any(tokens.digest(candidate) in stored for candidate in candidates)


def _texts_that_could_be_tokens(text: str) -> set[str]:
	sent = (unquote_plus(text) if is_form(text) else text).encode()
	found = itertools.islice(_TOKEN.finditer(sent.lower()), MOST_CANDIDATES)
	return {sent[match.start(1) : match.end(1)].decode("utf-8", "replace") for match in found}
