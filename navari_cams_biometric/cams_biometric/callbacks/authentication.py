"""Decides whether a callback is authentic. No other module does.

It reads Settings and the device from the database. The document cache may hold values from before the last save.
"""

from typing import TYPE_CHECKING

import frappe

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.stored_values import words_from_outside
from navari_cams_biometric.gateway.callback import Callback, CallbackAddress

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


class NotAuthenticError(Exception):
	"""The sender is not known. The text is the same whatever was wrong, and is the answer to give.

	`service_tag` is the device that it claimed to be, where that is known here: for the log, not for the answer.
	"""

	def __init__(self, device: "CAMSDevice | None") -> None:
		super().__init__("Invalid auth token")
		self.service_tag = device.name if device else ""


def authenticate(
	callback: Callback, address: CallbackAddress, addressed: "CAMSDevice | None"
) -> "CAMSDevice | None":
	"""Return the device of an authentic callback; a new device registers itself.

	A callback is authentic if its token is the device's own, or the account's for a device without a token. A
	batch without a token is authentic with the secret of the callback URL, or while the device expects history.
	Returns None if neither the callback nor Settings name a device. `addressed` is the device in the callback's
	URL.

	Raises NotAuthenticError, the same for a wrong token, an unknown device and an unconfigured site.
	"""
	settings: CAMSBiometricSettings = frappe.get_doc("CAMS Biometric Settings")
	service_tag = callback.service_tag or address.service_tag or settings.service_tag_id
	device = addressed
	if callback.service_tag and not (addressed and addressed.name == callback.service_tag):
		device = find_device(callback.service_tag)
	if callback.is_batch and not callback.token:
		if device and (settings.accepts_secret(address.secret) or device.expects_history()):
			return device
		raise NotAuthenticError(device)
	own_token = bool(device and device.auth_token_digest)
	accepted_by_device = bool(device) and device.accepts_token(callback.token)
	if not accepted_by_device and (own_token or not settings.accepts_token(callback.token)):
		raise NotAuthenticError(device)
	return device or _register(service_tag, callback.label)


def _register(service_tag: str | None, label: str) -> "CAMSDevice | None":
	if not service_tag:
		return None
	device = frappe.new_doc("CAMS Device", service_tag=service_tag[:140], label=words_from_outside(label))
	try:
		return device.insert(ignore_permissions=True, ignore_if_duplicate=True)
	except frappe.NameError:  # a tag that Frappe takes for no name: the punch is kept, without a device
		frappe.clear_messages()
		return None
