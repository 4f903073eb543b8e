"""The operations of the group Users & enrolment.

Templates, photos, card numbers and passwords are only sent: no answer, error or log contains them. Commands
return a Command; that of an offline device has the state Queued.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from .answers import Command, User, read_user
from .operation_group import OperationGroup
from .reading import as_list, text


class UserOperations(OperationGroup):
	"""People on devices. A `user_id` is text, as leading zeros count."""

	def add_user(
		self,
		device: str,
		user_id: str,
		first_name: str | None = None,
		last_name: str | None = None,
		user_type: str = "User",
	) -> Command:
		"""Create a person on a device, or change the one with this number. `user_type` is User or Admin.

		For several devices call it once for each: every device has its own outcome.
		"""
		names = {"first_name": first_name, "last_name": last_name, "user_type": user_type}
		return self._command("AddUser", device=device, user_id=user_id, **names)

	def update_user(
		self,
		device: str,
		user_id: str,
		first_name: str | None = None,
		last_name: str | None = None,
		user_type: str | None = None,
		valid_from: datetime | None = None,
		valid_until: datetime | None = None,
	) -> Command:
		"""Change what is given and leave the rest. Web API 3.0 knows no validity and refuses it unsent."""
		names = {"first_name": first_name, "last_name": last_name, "user_type": user_type}
		validity = {"valid_from": valid_from, "valid_until": valid_until}
		return self._command("UpdateUser", device=device, user_id=user_id, **names, **validity)

	def delete_user(self, device: str, user_id: str) -> Command:
		"""Remove a person from a device, with all credentials."""
		return self._command("DeleteUser", device=device, user_id=user_id)

	def find_user(self, user_id: str, credentials: bool = False) -> User:
		"""The person and the devices with it. Raises NotFoundError if nobody has this number.

		With `credentials` the answer also lists which credentials there are; in Web API 3.0 they come from the
		local records.
		"""
		reply = self._ask("FindUser", user_id=user_id, credentials=credentials)
		return read_user(reply.get("user"))

	def list_users(self, device: str) -> Iterator[User]:
		"""Everybody on a device, page by page."""
		return (read_user(row) for row in self._rows("ListUsers", device=device))

	def list_user_devices(self, user_id: str) -> list[str]:
		"""The service tags of the devices that know the person."""
		reply = self._ask("ListUserDevices", user_id=user_id)
		return [text(tag) for tag in as_list(reply.get("devices"))]

	def enroll_fingerprint(
		self, device: str, user_id: str, template: bytes | None = None, index: int = 0
	) -> Command:
		"""Put a fingerprint on a device. `template` is what such a device made; `index` the finger, 0 to 9.

		Without a template the device asks the person for the finger; Web API 3.0 refuses that unsent.
		"""
		return self._command(
			"EnrollFingerprint", device=device, user_id=user_id, template=template, index=index
		)

	def enroll_face(
		self, device: str, user_id: str, template: bytes | None = None, photo: bytes | None = None
	) -> Command:
		"""Put a face on a device, as a template, as a photo (JPEG), or both.

		With neither the device takes the face itself; Web API 3.0 refuses that unsent.
		"""
		return self._command("EnrollFace", device=device, user_id=user_id, template=template, photo=photo)

	def enroll_card(self, device: str, user_id: str, card_number: str) -> Command:
		"""Give a person a card."""
		return self._command("EnrollCard", device=device, user_id=user_id, card_number=card_number)

	def set_user_password(self, device: str, user_id: str, password: str) -> Command:
		"""Set the PIN that a person types in on the device."""
		return self._command("SetUserPassword", device=device, user_id=user_id, password=password)

	def copy_users(self, source: str, target: str, user_ids: Sequence[str] | None = None) -> Command:
		"""Copy people with their templates from one device to another; everybody where nobody is named."""
		return self._command("CopyUsers", source=source, target=target, user_ids=user_ids)

	def resend_user(self, device: str, user_id: str) -> Command:
		"""Send a person's data to the device once more."""
		return self._command("ResendUser", device=device, user_id=user_id)
