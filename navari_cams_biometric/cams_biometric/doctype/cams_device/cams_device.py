"""CAMS Device: one biometric device, named by its service tag."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, get_system_timezone, now_datetime

from navari_cams_biometric.cams_biometric.base.tokens import TokenHolder
from navari_cams_biometric.cams_biometric.history.loads import HISTORY_HOURS
from navari_cams_biometric.gateway.encryption import validate_key
from navari_cams_biometric.gateway.errors import EncryptionError

# Written past the document, by checks and callbacks.
LEARNED = (
	"health",
	"problems",
	"health_note",
	"health_at",
	"complete_until",
	"found_healthy_at",
	"back_online_at",
)


class CAMSDevice(TokenHolder, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from navari_cams_biometric.cams_biometric.doctype.cams_device_shift.cams_device_shift import (
			CAMSDeviceShift,
		)

		auth_token: DF.Password | None
		auth_token_digest: DF.Data | None
		back_online_at: DF.Datetime | None
		branch: DF.Link | None
		clock_skew: DF.Int
		clock_skew_at: DF.Datetime | None
		connection: DF.Literal["", "Online", "Offline"]
		connection_since: DF.Datetime | None
		counters: DF.SmallText | None
		direction: DF.Literal["From Punch Type", "IN", "OUT", "No Direction"]
		enabled: DF.Check
		encryption: DF.Literal["Off", "AES-256"]
		firmware: DF.Data | None
		found_healthy_at: DF.Datetime | None
		health: DF.Literal["", "Healthy", "Licence Expiring", "Clock Drift", "Queue Stuck", "Not Reporting"]
		health_at: DF.Datetime | None
		health_note: DF.SmallText | None
		complete_until: DF.Datetime | None
		history_expected_until: DF.Datetime | None
		information_at: DF.Datetime | None
		label: DF.Data | None
		last_reported: DF.Datetime | None
		last_punch: DF.Datetime | None
		last_seen: DF.Datetime | None
		latitude: DF.Float
		licence_until: DF.Date | None
		longitude: DF.Float
		model: DF.Data | None
		previous_token_digest: DF.Data | None
		previous_token_valid_until: DF.Datetime | None
		problems: DF.Data | None
		queue_depth: DF.Int
		security_key: DF.Password | None
		service_tag: DF.Data
		shift_types: DF.TableMultiSelect[CAMSDeviceShift]
		time_zone: DF.Autocomplete | None
		users_synced_at: DF.Datetime | None
	# end: auto-generated types

	def onload(self) -> None:
		"""For the form: what the chosen gateway API cannot do."""
		settings = frappe.get_cached_doc("CAMS Biometric Settings")
		self.set_onload("gateway_api", settings.gateway_api)
		self.set_onload("unsupported", settings.unsupported_operations())

	def before_validate(self) -> None:
		self.service_tag = (self.service_tag or "").strip()

	def validate(self) -> None:
		self.update_auth_token()
		self.validate_security_key()
		self.validate_time_zone()
		self.keep_what_was_learned()

	def update_auth_token(self) -> None:
		settings = frappe.get_doc("CAMS Biometric Settings")
		former_digest = "" if self.is_new() else settings.auth_token_digest
		self.update_token_digest(settings.token_overlap, former_digest or "")

	def validate_security_key(self) -> None:
		key = self.security_key or ""
		if self.encryption != "Off" and not key:
			frappe.throw(
				_("Encryption needs the Security Key from the CAMS portal."), title=_("Security Key")
			)
		if not key.strip("*"):
			return  # none, or unchanged
		try:
			validate_key(key)
		except EncryptionError as error:
			frappe.throw(_("Security Key: {0}").format(_(str(error))), title=_("Security Key"))

	def validate_time_zone(self) -> None:
		try:
			self.zone()
		except (ValueError, OSError):  # ZoneInfo's errors for a name that is no key, or no file
			frappe.throw(_("{0} is not a time zone.").format(self.time_zone), title=_("Time Zone"))
		except KeyError:
			frappe.throw(_("There is no time zone {0}.").format(self.time_zone), title=_("Time Zone"))

	def keep_what_was_learned(self) -> None:
		"""A form that was opened before must not take it back."""
		if not self.is_new():
			self.update(frappe.db.get_value("CAMS Device", self.name, LEARNED, as_dict=True, for_update=True))

	def zone(self) -> tzinfo:
		"""The zone of times that the device sends without an offset: its own, else the site's."""
		return ZoneInfo(self.time_zone or get_system_timezone())

	def security_key_in_use(self) -> str:
		"""The key that encrypted bodies are read with; empty where encryption is off."""
		if self.encryption == "Off":
			return ""
		return self.get_password("security_key", raise_exception=False) or ""

	def expects_history(self) -> bool:
		"""Whether a batch without token may come from this device now."""
		return bool(self.history_expected_until) and now_datetime() < get_datetime(
			self.history_expected_until
		)

	@frappe.whitelist()
	def expect_history(self) -> None:
		"""Accept batches of this device without a token for the next 24 hours, for a load begun in the portal."""
		frappe.only_for("System Manager")
		self.accept_history()

	def accept_history(self) -> None:
		"""See expect_history; for a load that this site asked for."""
		self.history_expected_until = add_to_date(now_datetime(), hours=HISTORY_HOURS)
		self.save()
