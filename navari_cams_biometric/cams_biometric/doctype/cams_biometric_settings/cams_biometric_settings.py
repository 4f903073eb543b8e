"""CAMS Biometric Settings: the account at the gateway, and how punches count."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_system_timezone, get_url, now_datetime

from navari_cams_biometric.cams_biometric import digests
from navari_cams_biometric.cams_biometric.base import live_site, tokens
from navari_cams_biometric.cams_biometric.base.device_lookup import all_devices, find_device
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.identities import MAPPING
from navari_cams_biometric.cams_biometric.base.permissions import ensure_may, stored
from navari_cams_biometric.cams_biometric.base.plurals import first_of
from navari_cams_biometric.cams_biometric.base.stored_secrets import (
	fetch_secrets,
	read_secret,
	secret_sentences,
	unreadable,
)
from navari_cams_biometric.cams_biometric.base.tokens import TokenHolder
from navari_cams_biometric.cams_biometric.callbacks.endpoint import CALLBACK_PATH
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.devices import inventory
from navari_cams_biometric.cams_biometric.devices.local_records import KnownRecords
from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.cams_biometric.punches.punch_types import DEFAULT_PUNCH_TYPES, spelling
from navari_cams_biometric.gateway.client import GatewayApi, GatewayClient, check_base_url
from navari_cams_biometric.gateway.operations import REQUESTS
from navari_cams_biometric.gateway.punch import InputType


class CAMSBiometricSettings(TokenHolder, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from navari_cams_biometric.cams_biometric.doctype.cams_health_recipient.cams_health_recipient import (
			CAMSHealthRecipient,
		)
		from navari_cams_biometric.cams_biometric.doctype.cams_punch_type.cams_punch_type import CAMSPunchType

		auth_token: DF.Password | None
		auth_token_digest: DF.Password | None
		base_url: DF.Data | None
		callback_secret: DF.Password | None
		callback_secret_digest: DF.Password | None
		check_health: DF.Check
		clock_tolerance: DF.Int
		device_digest_at: DF.Datetime | None
		device_digest_recipients: DF.TableMultiSelect[CAMSHealthRecipient]
		employees_notified_since: DF.Datetime | None
		end_date: DF.Date | None
		enrol_employees: DF.Check
		gateway_api: DF.Literal["REST v3 (form not published)", "Web API 3.0"]
		health_recipients: DF.TableMultiSelect[CAMSHealthRecipient]
		hold_card: DF.Check
		hold_face: DF.Check
		hold_fingerprint: DF.Check
		hold_others: DF.Check
		hold_palm: DF.Check
		hold_password: DF.Check
		hr_digest_at: DF.Datetime | None
		hr_digest_recipients: DF.TableMultiSelect[CAMSHealthRecipient]
		ignore_repeat: DF.Int
		licence_warning: DF.Int
		live_site: DF.Data | None
		notify_employees: DF.Check
		oldest_live_punch: DF.Int
		one_by_one: DF.Check
		previous_token_digest: DF.Password | None
		previous_token_valid_until: DF.Datetime | None
		punch_types: DF.Table[CAMSPunchType]
		reconcile_days: DF.Int
		reconcile_from: DF.Date | None
		remove_employees: DF.Check
		repair_late_punches: DF.Literal["Manual", "Automatic"]
		service_tag_id: DF.Data | None
		not_reporting_after: DF.Int
		show_own_punches: DF.Check
		start_date: DF.Date | None
		token_overlap: DF.Int
		unknown_user_hold: DF.Int
		update_employees: DF.Check
	# end: auto-generated types

	def validate(self) -> None:
		self.set_missing_defaults()
		self.service_tag_id = (self.service_tag_id or "").strip()
		self.update_token_digest(self.token_overlap)
		self.update_secret_digest()
		self.note_live_site()
		self.validate_punch_types()
		self.validate_base_url()
		self.keep_digest_times()
		self.note_employees_notified()

	def on_update(self) -> None:
		self.register_device()
		if not self.token_overlap:
			self.end_overlaps_of_devices()

	def end_overlaps_of_devices(self) -> None:
		running = {"previous_token_digest": ["is", "set"]}
		ended = {"previous_token_digest": "", "previous_token_valid_until": None}
		frappe.db.set_value("CAMS Device", running, ended)

	def update_secret_digest(self) -> None:
		"""So that a callback is compared without decrypting anything."""
		secret = self.callback_secret or ""
		if secret and not secret.strip("*"):
			if self.callback_secret_digest:
				return  # unchanged: Frappe shows stored passwords as asterisks
			secret = self.get_password("callback_secret", raise_exception=False) or ""
		self.callback_secret_digest = tokens.digest(secret) if secret else ""

	def set_missing_defaults(self) -> bool:
		"""Fill the punch types, the callback secret and the gateway API where there are none; tell whether any was
		missing. A site that had the app before a field was added has no value for it."""
		missing = not self.gateway_api
		self.gateway_api = self.gateway_api or GatewayApi.WEB_API_3.value
		if not self.punch_types:
			missing = True
			for punch_type, direction in DEFAULT_PUNCH_TYPES.items():
				self.append("punch_types", {"punch_type": punch_type, "direction": direction})
		if not self.callback_secret:
			missing = True
			self.callback_secret = frappe.generate_hash(length=40)
		missing |= not self.callback_secret_digest  # validate makes it
		return missing

	def note_live_site(self) -> None:
		"""Where the token is entered is the live site. Frappe shows a stored token as asterisks."""
		if (self.auth_token or "").strip("*"):
			self.live_site = live_site.identity()

	def why_paused(self, service_tag: str = "") -> str:
		"""Why this site asks the gateway nothing (of this device), and what to do; empty if it may.

		Whatever asks by itself stays as it is meanwhile: commands and loads wait.
		"""
		if not self.auth_token_digest:
			return _("Enter the Auth Token in CAMS Biometric Settings first.")
		if not live_site.is_live(self):
			return _(
				"This is not the live site, so nothing is sent to the gateway. If it is, press This Is the Live Site in CAMS Biometric Settings."
			)
		if not self.account_token():
			return _(
				"The Auth Token cannot be read, so nothing is sent to the gateway. Enter it again in CAMS Biometric Settings, or put the former encryption_key back into site_config.json."
			)
		if service_tag and (labels := unreadable(find_device(service_tag))):
			return _(
				"{0} of this device cannot be read. Enter it again on CAMS Device, or put the former encryption_key back into site_config.json."
			).format(labels)
		return ""

	def account_token(self) -> str:
		"""Empty where there is none, or where it cannot be read. Taken out of its store once for this document."""
		if self.flags.account_token is None:
			self.flags.account_token = read_secret(self, "auth_token")
		return self.flags.account_token

	def validate_punch_types(self) -> None:
		seen = set()
		for row in self.punch_types:
			row.punch_type = row.punch_type.strip()
			if spelling(row.punch_type) in seen:
				frappe.throw(
					_("Punch type {0} is listed twice. Remove one of the rows.").format(row.punch_type),
					title=_("Punch Types"),
				)
			seen.add(spelling(row.punch_type))

	def register_device(self) -> None:
		if self.service_tag_id and not frappe.db.exists("CAMS Device", self.service_tag_id):
			frappe.new_doc("CAMS Device", service_tag=self.service_tag_id).insert(ignore_permissions=True)

	def direction_of(self, punch_type: str) -> str | None:
		"""Return IN, OUT, `No Direction` or `Not Attendance`, in whatever spelling the type comes; None where the table
		does not know it."""
		wanted = spelling(punch_type)
		return next((row.direction for row in self.punch_types if spelling(row.punch_type) == wanted), None)

	def holds_input_type(self, input_type: str) -> bool:
		"""Whether punches of this input type wait for a person. What is not in the gateway's list is Others; none at all is
		not held."""
		known = {each.value.lower() for each in InputType}
		kind = input_type.lower() if input_type.lower() in known else InputType.OTHERS.value.lower()
		return bool(input_type and cint(self.get(f"hold_{kind}")))

	def client(
		self,
		attempts: int = 4,
		timeout: float = 45.0,
		patience: float = math.inf,
		sleep: Callable[[float], None] = time.sleep,
	) -> GatewayClient:
		"""A client that asks the gateway as this account. The only place that takes the tokens out of their store.

		`attempts` counts the first one too; `timeout` is in seconds for one request, `patience` for all of them together;
		`sleep` waits between attempts.
		Throws where the gateway must not be asked, see why_paused, or a Base URL would send the token in plain text. A
		device whose secrets cannot be read is left out: what concerns it raises UnusableDeviceError.
		"""
		self.validate_base_url()
		if reason := self.why_paused():
			frappe.throw(reason, title=_("CAMS Biometric Settings"))
		devices = fetch_secrets(all_devices())
		unusable = {device.name: labels for device in devices if (labels := unreadable(device))}
		_log_unusable(unusable)
		usable = [device for device in devices if device.name not in unusable]
		own_tokens = {
			device.name: read_secret(device, "auth_token") for device in usable if device.auth_token_digest
		}
		keys = {device.name: key for device in usable if (key := device.security_key_in_use())}
		return GatewayClient(
			self.account_token(),
			self.gateway_api or GatewayApi.WEB_API_3,
			self.base_url or "",
			device_tokens=own_tokens,
			security_keys=keys,
			unusable=unusable,
			records=KnownRecords(),
			attempts=attempts,
			timeout=timeout,
			patience=patience,
			sleep=sleep,
			zone=ZoneInfo(get_system_timezone()),
		)

	def unsupported_operations(self) -> list[str]:
		"""The request operations that the chosen gateway API lacks."""
		if self.gateway_api == GatewayApi.REST_V3.value:
			return []
		return [name for name, known in REQUESTS.items() if not known.counterpart]

	def callback_url(self) -> str:
		"""Where the gateway posts events to. Holds the callback secret."""
		secret = read_secret(self, "callback_secret")
		return f"{get_url(CALLBACK_PATH)}?secret={secret}"

	def validate_base_url(self) -> None:
		self.base_url = (self.base_url or "").strip()
		if not self.base_url:
			return
		try:
			check_base_url(self.base_url)
		except ValueError:
			frappe.throw(
				_(
					"The Base URL must start with https://, as http:// would send the Auth Token in plain text. Only a gateway on this machine (http://localhost) may do without."
				),
				title=_("Base URL"),
			)

	def keep_digest_times(self) -> None:
		"""A form that was opened before the morning knows nothing of the digests that went out since."""
		if before := self.get_doc_before_save():
			self.hr_digest_at = before.hr_digest_at
			self.device_digest_at = before.device_digest_at

	def note_employees_notified(self) -> None:
		"""Nobody is notified of what was missing before it was switched on."""
		before = self.get_doc_before_save()
		was_on = before and before.notify_employees
		since = before.employees_notified_since if was_on else now_datetime()
		self.employees_notified_since = since if self.notify_employees else None

	@frappe.whitelist()
	def setup_status(self) -> dict:
		"""For the form: the callback URL to paste at the gateway, with its secret, what is still missing, and whether this
		site may ask the gateway (`is_live`)."""
		frappe.only_for("System Manager")
		settings = stored(self)
		return {
			"callback_url": settings.callback_url(),
			"missing": settings.missing_steps(),
			"is_live": not settings.auth_token_digest or live_site.is_live(settings),
		}

	@frappe.whitelist(methods=["POST"])
	def confirm_live_site(self) -> None:
		"""Let this site ask the gateway from now on: it was moved, or its address was changed. A comment says who did it."""
		frappe.only_for("System Manager")
		settings = stored(self, "write")
		settings.live_site = live_site.identity()
		settings.save()
		settings.add_comment("Info", _("confirmed {0} as the live site").format(settings.live_site))

	@frappe.whitelist()
	def renew_callback_secret(self) -> None:
		"""Make the old callback URL's secret worthless. Batches come through again once the new URL is pasted."""
		frappe.only_for("System Manager")
		self.callback_secret = frappe.generate_hash(length=40)
		self.save()

	@frappe.whitelist(methods=["POST"])
	def import_devices(self) -> list[str]:
		"""Bring in the devices of the account; return the service tags that are new here. Known ones are updated.

		Throws the gateway's words and the remedy where it does not tell.
		"""
		ensure_may("ListDevices")
		stored(self)
		inventory.ensure_device_list()
		with gateway_client() as client:
			return inventory.import_devices(client)

	@frappe.whitelist(methods=["POST"])
	def register_callback(self) -> str:
		"""Have the gateway told where to post events of this account; return the CAMS Command."""
		ensure_may("RegisterCallback")
		stored(self)
		return queue.add_command("RegisterCallback")

	@frappe.whitelist(methods=["POST"])
	def migration_status(self) -> dict:
		"""How far a bulk migration at the gateway is: its state, and how many devices of how many are done."""
		ensure_may("MigrationStatus")
		stored(self)
		with gateway_client() as client:
			return asdict(client.migration_status())

	@frappe.whitelist(methods=["POST"])
	def load_history(self, from_date: str, to_date: str, service_tag: str | None = None) -> str:
		"""Begin to load the punches of whole days, of one device or all enabled ones; return the CAMS History Load."""
		frappe.only_for("System Manager")
		stored(self)
		return loads.start(from_date, to_date, service_tag)

	@frappe.whitelist(methods=["POST"])
	def preview_digest(self, digest: str) -> dict[str, str]:
		"""The `attendance` or the `devices` digest as it would go out now: `subject` and `html`. Sends nothing.

		Both are empty where there is nothing to tell.
		"""
		frappe.only_for("System Manager", message=True)
		stored(self)
		if digest not in digests.DIGESTS:
			frappe.throw(
				_("There is no such digest: choose attendance or devices."), title=_("Daily Digests")
			)
		return digests.preview(digest)

	def missing_steps(self) -> list[str]:
		steps = []
		if not self.auth_token_digest:
			steps.append(_("Auth Token: without it every callback is refused. Copy it from the CAMS portal."))
		elif reason := self.why_paused():
			steps.append(reason)
		steps += secret_sentences(self, all_devices())
		if not frappe.db.exists("CAMS Device", {"enabled": 1}):
			steps.append(_("No device yet: set the Service Tag ID, or let a device send its first punch."))
		elif not frappe.db.exists("CAMS Punch", {"state": ["is", "set"]}):
			steps.append(
				_("No punch has arrived yet: paste the callback URL in the CAMS portal, then punch.")
			)
		has_id = frappe.db.exists("Employee", {"status": "Active", "attendance_device_id": ["is", "set"]})
		if not has_id and not frappe.db.exists(MAPPING, {"employee": ["is", "set"]}):
			steps.append(_("No active employee has an Attendance Device ID: set it on Employee."))
		if without := _devices_without_secret():
			steps.append(
				_(
					"Events of {0} come to a URL without the secret, so that batches are refused: paste the callback URL above in the CAMS portal."
				).format(without)
			)
		if frappe.utils.get_url().startswith("http://"):
			steps.append(_("This site's address is not https: tokens would be sent in plain text."))
		return steps


def _devices_without_secret() -> str:
	"""The first of the enabled devices whose events arrive without the secret of the callback URL."""
	filters = {"enabled": 1, "callback_secret_sent": "No"}
	devices = frappe.get_all("CAMS Device", filters=filters, fields=["name", "label"], order_by="name")
	return first_of([device.label or device.name for device in devices], 5)


def _log_unusable(unusable: dict[str, str]) -> None:
	for service_tag, labels in unusable.items():
		log_once_a_day(
			f"CAMS device {service_tag}: {labels} cannot be read",
			"Nothing is sent to this device. Enter it again, or put the former encryption_key back into site_config.json.",
			("unreadable", service_tag),
			"CAMS Device",
			service_tag,
		)
