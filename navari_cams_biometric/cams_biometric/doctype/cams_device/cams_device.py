"""CAMS Device: one biometric device, named by its service tag, and what is asked of it as a whole.

Who asked for a door to move, and why, is kept as a CAMS Command.
"""

import re
from datetime import tzinfo
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.chosen_company import ChosenCompany
from navari_cams_biometric.cams_biometric.base.device_lookup import is_service_tag
from navari_cams_biometric.cams_biometric.base.gate_times import zone_of
from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, ensure_may, stored
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.stored_secrets import read_secret
from navari_cams_biometric.cams_biometric.base.tokens import TokenHolder
from navari_cams_biometric.cams_biometric.callbacks import expected_history
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.devices import health, pending, replacement
from navari_cams_biometric.cams_biometric.punches import alternation_preview, checkin_moves
from navari_cams_biometric.gateway.encryption import validate_key
from navari_cams_biometric.gateway.errors import AnswerPendingError, EncryptionError

# Written past the document, by checks and callbacks.
LEARNED = (
	"health",
	"problems",
	"health_note",
	"health_at",
	"first_reported",
	"complete_until",
	"found_healthy_at",
	"back_online_at",
	"unconfirmed",
	"callback_secret_sent",
	"history_from",
	"history_to",
	"history_rows",
	"history_complete",
)


class CAMSDevice(ChosenCompany, TokenHolder, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from navari_cams_biometric.cams_biometric.doctype.cams_device_shift.cams_device_shift import (
			CAMSDeviceShift,
		)

		auth_token: DF.Password | None
		auth_token_digest: DF.Password | None
		back_online_at: DF.Datetime | None
		branch: DF.Link | None
		checkin_time: DF.Literal["Site's Time Zone", "Device's Time Zone"]
		clock_skew: DF.Int
		clock_skew_at: DF.Datetime | None
		company: DF.Link | None
		connection: DF.Literal["", "Online", "Offline"]
		connection_since: DF.Datetime | None
		counters: DF.SmallText | None
		direction: DF.Literal[
			"From Punch Type", "IN", "OUT", "Alternate Within Shift", "No Direction", "Not Attendance"
		]
		enabled: DF.Check
		encryption: DF.Literal["Off", "AES-256"]
		first_reported: DF.Datetime | None
		firmware: DF.Data | None
		found_healthy_at: DF.Datetime | None
		health: DF.Literal["", "Healthy", "Licence Expiring", "Clock Drift", "Queue Stuck", "Not Reporting"]
		health_at: DF.Datetime | None
		health_note: DF.SmallText | None
		complete_until: DF.Datetime | None
		callback_secret_sent: DF.Literal["", "Yes", "No"]
		history_complete: DF.Check
		history_expected_until: DF.Datetime | None
		history_from: DF.Date | None
		history_rows: DF.Int
		history_to: DF.Date | None
		ignore_repeat: DF.Data | None
		information_at: DF.Datetime | None
		label: DF.Data | None
		last_reported: DF.Datetime | None
		last_punch: DF.Datetime | None
		last_seen: DF.Datetime | None
		latitude: DF.Float
		licence_until: DF.Date | None
		longitude: DF.Float
		model: DF.Data | None
		previous_token_digest: DF.Password | None
		previous_token_valid_until: DF.Datetime | None
		problems: DF.Data | None
		queue_depth: DF.Int
		replaced_by: DF.Link | None
		security_key: DF.Password | None
		service_tag: DF.Data
		shift_types: DF.TableMultiSelect[CAMSDeviceShift]
		time_zone: DF.Autocomplete | None
		unconfirmed: DF.Check
		users_synced_at: DF.Datetime | None
	# end: auto-generated types

	def onload(self) -> None:
		"""For the form: what waits at the device, and what the chosen gateway API cannot do."""
		settings = read_settings()
		self.set_onload("pending", pending.pending_at(self.name))
		self.set_onload("gateway_api", settings.gateway_api)
		self.set_onload("unsupported", settings.unsupported_operations())

	def before_validate(self) -> None:
		self.service_tag = (self.service_tag or "").strip()
		if self.enabled:
			self.replaced_by = None

	def validate(self) -> None:
		self.validate_service_tag()
		self.update_auth_token()
		self.validate_security_key()
		self.validate_time_zone()
		self.validate_ignore_repeat()
		self.keep_what_was_learned()

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and zone_of(before) != zone_of(self):
			checkin_moves.move_after_commit(self.name)

	def validate_service_tag(self) -> None:
		if self.is_new() and self.service_tag and not is_service_tag(self.service_tag):
			frappe.throw(
				_(
					"A Service Tag has letters, digits and . _ : - only, begins with a letter or a digit, and has at most 64. Copy it from the CAMS portal."
				),
				title=_("Service Tag"),
			)

	def update_auth_token(self) -> None:
		"""With its first own token a device refuses the account's at once: that one may be known where this is not."""
		self.update_token_digest(read_settings().token_overlap)

	def validate_security_key(self) -> None:
		key = self.security_key or ""
		if self.encryption != "Off" and not key:
			frappe.throw(
				_("Enter the Security Key from the CAMS portal, or set Encryption to Off."),
				title=_("Security Key"),
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
			frappe.throw(
				_(
					"{0} is not a time zone. Enter one such as Africa/Nairobi, or nothing for that of the site."
				).format(self.time_zone),
				title=_("Time Zone"),
			)
		except KeyError:
			frappe.throw(
				_(
					"There is no time zone {0}. Enter one such as Africa/Nairobi, or nothing for that of the site."
				).format(self.time_zone),
				title=_("Time Zone"),
			)

	def validate_ignore_repeat(self) -> None:
		"""A text, because an empty number would be a 0."""
		self.ignore_repeat = str(self.ignore_repeat or "").strip() if self.ignore_repeat != 0 else "0"
		if self.ignore_repeat and not re.fullmatch("[0-9]{1,5}", self.ignore_repeat):
			frappe.throw(
				_("Enter a number of seconds, or nothing for the value of CAMS Biometric Settings."),
				title=_("Ignore a Repeat Within (Seconds)"),
			)

	def keep_what_was_learned(self) -> None:
		"""A form that was opened before must not take it back."""
		if not self.is_new():
			self.update(frappe.db.get_value("CAMS Device", self.name, LEARNED, as_dict=True, for_update=True))

	def zone(self) -> tzinfo:
		"""The zone of times that the device sends without an offset: its own, else the site's."""
		return ZoneInfo(self.time_zone) if self.time_zone else times.site_zone()

	def security_key_in_use(self) -> str:
		"""The key that encrypted bodies are read with; empty where encryption is off."""
		if self.encryption == "Off":
			return ""
		return read_secret(self, "security_key")

	def expects_history(self) -> bool:
		"""Whether a batch without token may come from this device now."""
		return bool(self.history_expected_until) and now_datetime() < get_datetime(
			self.history_expected_until
		)

	@frappe.whitelist()
	def expect_history(self, from_date: str | None = None, to_date: str | None = None) -> None:
		"""Accept batches of this device without a token for the next 24 hours, for a load begun in the portal.

		Only punches of these days (site's zone, both included; any day where empty), and until the answer is complete.
		Throws where the days are in no order.
		"""
		frappe.only_for("System Manager")
		device = stored(self, "write")
		if from_date and to_date and getdate(from_date) > getdate(to_date):
			frappe.throw(
				_("Choose days of which the first is not after the last."), title=_("Expect History")
			)
		expected_history.open_for(device.name, from_date, to_date)

	@frappe.whitelist()
	def preview_alternation(self, day: str) -> dict:
		"""What Direction *Alternate Within Shift* would make of a day's punches: see punches.alternation_preview. Throws
		unless the user may read the device."""
		frappe.only_for(PEOPLE)
		return alternation_preview.preview(stored(self).name, getdate(day))

	@frappe.whitelist()
	def preview_checkin_time(self, checkin_time: str | None = None, time_zone: str | None = None) -> dict:
		"""What another Check-in Time or Time Zone would move: see punches.checkin_moves. Throws unless the user may change
		the device."""
		return checkin_moves.preview(stored(self, "write").name, checkin_time, time_zone)

	@frappe.whitelist(methods=["POST"])
	def confirm(self) -> None:
		"""Say that this device, which registered itself, is one of ours: from now on its shifts wait for it."""
		frappe.only_for("System Manager")
		stored(self, "write").db_set("unconfirmed", 0)

	@frappe.whitelist(methods=["POST"])
	def replace(self, service_tag: str) -> dict:
		"""Put another device in the place of this one, which is broken: see devices.replacement."""
		frappe.only_for("System Manager")
		return replacement.replace(stored(self, "write"), service_tag)

	@frappe.whitelist(methods=["POST"])
	def open_door(self, door: int = 1, reason: str = "") -> str:
		"""Open a door for a moment; return the CAMS Command. Doors count from 1. Throws without a reason."""
		return self.request_command("OpenDoor", reason, door=door)

	@frappe.whitelist(methods=["POST"])
	def lock_door(self, door: int = 1, reason: str = "") -> str:
		"""Lock a door until it is opened again; return the CAMS Command. Throws without a reason."""
		return self.request_command("LockDoor", reason, door=door)

	@frappe.whitelist(methods=["POST"])
	def door_status(self, door: int = 1) -> str:
		"""Ask the device how its door stands: Open, Closed or Locked. Throws where the device is offline."""
		device = self.permitted("GetDoorStatus")
		_ensure_door(door)
		with gateway_client() as client:
			try:
				return client.get_door_status(device.name, door).state
			except AnswerPendingError:
				frappe.throw(
					_(
						"{0} is offline, so the state of its door is unknown. Try again when it is back online."
					).format(device.label or device.name),
					title=_("Device Offline"),
				)

	@frappe.whitelist(methods=["POST"])
	def ping(self) -> bool:
		"""Whether the gateway reaches the device now."""
		device = self.permitted("PingConnection")
		with gateway_client() as client:
			return client.ping_connection(device.name)

	@frappe.whitelist(methods=["POST"])
	def check_health(self) -> None:
		"""Look after the device now. Throws where the gateway says nothing of it."""
		device = self.permitted("CheckDeviceHealth")
		with gateway_client() as client:
			health.check_one(client, device.name)

	@frappe.whitelist(methods=["POST"])
	def read_information(self) -> None:
		"""Ask the device for its model, firmware, counters and licence now."""
		device = self.permitted("GetDeviceInfo")
		with gateway_client() as client:
			health.read_information(client, device.name)

	@frappe.whitelist(methods=["POST"])
	def sync_time(self) -> str:
		"""Have the device's clock set; return the CAMS Command."""
		return queue.add_command("SyncDeviceTime", self.permitted("SyncDeviceTime").name)

	@frappe.whitelist(methods=["POST"])
	def reboot(self, reason: str) -> str:
		"""Have the device restarted; return the CAMS Command. Throws without a reason."""
		return self.request_command("RebootDevice", reason)

	@frappe.whitelist(methods=["POST"])
	def reset_queue(self, reason: str) -> str:
		"""Have the commands dropped that wait for the device; return the CAMS Command. Throws without a reason."""
		return self.request_command("ResetDeviceQueue", reason)

	def request_command(self, operation: str, reason: str, **arguments: int) -> str:
		device = self.permitted(operation)
		_ensure_door(**arguments)
		return queue.add_command(operation, device.name, reason=queue.required_reason(reason), **arguments)

	def permitted(self, operation: str) -> "CAMSDevice":
		"""The device as it is stored. Throws unless the user may ask for this operation, and may read the device."""
		ensure_may(operation)
		return stored(self)


def _ensure_door(door: int = 1) -> None:
	if door < 1:
		frappe.throw(_("Enter the number of a door: they count from 1."), title=_("Door"))
