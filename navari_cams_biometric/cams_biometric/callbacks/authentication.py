"""Who sent this callback: the one place that decides whether to believe it."""

from typing import TYPE_CHECKING

import frappe

from navari_cams_biometric.cams_biometric.base import device_lookup
from navari_cams_biometric.gateway.callback import Callback, CallbackAddress

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


class NotAuthenticError(Exception):
	"""The sender is not known. The text is the same whatever was wrong, and is the answer to give."""

	def __init__(self) -> None:
		super().__init__("Invalid auth token")


def authenticate(callback: Callback, address: CallbackAddress) -> "CAMSDevice | None":
	"""Return the device that a genuine callback speaks of; a new one registers itself.

	Genuine is a token that the device, or for want of an own one the account, accepts; for a batch without
	token also the secret of the callback URL, or a load that the device is known to owe. None is returned
	where neither the callback nor Settings names a device.

	Raises NotAuthenticError, the same for a wrong token, an unknown device and an unconfigured site.
	"""
	settings: CAMSBiometricSettings = frappe.get_cached_doc("CAMS Biometric Settings")
	service_tag = callback.service_tag or address.service_tag
	device = device_lookup.find_device(service_tag)
	if callback.is_batch and not callback.token:
		if device and (settings.accepts_secret(address.secret) or device.expects_history()):
			return device
		raise NotAuthenticError
	own_token = bool(device and device.auth_token_digest)
	accepted_by_device = bool(device) and device.accepts_token(callback.token)
	if not accepted_by_device and (own_token or not settings.accepts_token(callback.token)):
		raise NotAuthenticError
	return device or _register(service_tag or settings.service_tag_id, callback.label)


def _register(service_tag: str | None, label: str) -> "CAMSDevice | None":
	if not service_tag:
		return None
	device = frappe.new_doc("CAMS Device", service_tag=service_tag[:140], label=label[:140])
	try:
		return device.insert(ignore_permissions=True, ignore_if_duplicate=True)
	except frappe.NameError:  # a tag that Frappe takes for no name: the punch is kept, without a device
		frappe.clear_messages()
		return None
