"""What several checks look at, read once for an examination."""

from functools import cached_property
from typing import TYPE_CHECKING

from navari_cams_biometric.cams_biometric.base.device_lookup import all_devices
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.stored_secrets import fetch_secrets

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice


class SiteFacts:
	"""As the database has them when they are first asked for; made anew for each examination."""

	@cached_property
	def settings(self) -> "CAMSBiometricSettings":
		return read_settings()

	@cached_property
	def devices(self) -> "list[CAMSDevice]":
		"""Every device, by name."""
		return fetch_secrets(all_devices())

	@property
	def enabled_devices(self) -> "list[CAMSDevice]":
		return [device for device in self.devices if device.enabled]
