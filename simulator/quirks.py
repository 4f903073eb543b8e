"""The quirks that gateways and devices in the field have, each a switch. All are off at first.

ref: PROTOCOL sections 1 to 5 and 7
"""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Quirks:
	"""How a device, and the gateway on its behalf, departs from the plain case."""

	user_id_in_capitals: bool = False
	"""A real-time punch says UserID instead of UserId."""
	lower_case_status: bool = False
	"""Replies of Web API 3.0 say status instead of Status."""
	numbers_as_numbers: bool = False
	"""Counts are numbers instead of texts."""
	integer_types: bool = False
	"""Type and InputType are integers, as clones send them. The ledger has them as text."""
	stgid_twice: bool = False
	"""The service tag is appended to the callback URL twice."""
	no_serial_number: bool = False
	no_label: bool = False
	no_temperature: bool = False
	no_face_mask: bool = False
	no_user_id: bool = False
	"""A UserUpdated has its UserID within the template only."""
	odd_content_type: bool = False
	no_content_type: bool = False
	byte_order_mark: bool = False
	encrypted: bool = False
	"""Callbacks, requests and replies of Web API 3.0 are encrypted with the device's Security Key."""
	mismatched_key: bool = False
	"""The gateway's Security Key is another one than the device record's."""
	nul_padding: bool = False
	"""Encrypted replies are padded with NULs instead of PKCS#7."""
	duplicates: bool = False
	"""Every punch is sent twice."""
	bursts: bool = False
	"""The queues of all devices are sent at the same time."""
	three_day_dump: bool = False
	"""A day begins with three days of punches that the second device kept while it was offline."""
	out_of_order: bool = False
	"""Punches that waited on a device come in any order."""
	clock_two_hours_ahead: bool = False
	"""The device's clock; SyncDeviceTime sets it right."""
	clock_of_2000: bool = False
	"""As after a power cut: its clock began again on 2000-01-01. SyncDeviceTime sets it right."""
	offset_plus_0530: bool = False
	offset_zero: bool = False
	offset_minus_0430: bool = False
	no_offset: bool = False
	"""LogTime is the device's own time without an offset."""
	unknown_kinds: bool = False
	"""An event that nobody has heard of is ahead of every punch."""
	user_event_first: bool = False
	"""A UserUpdated is ahead of every punch."""
	new_operation_id: bool = False
	"""A resend has another OperationID."""
	history_by_callback: bool = False
	"""A load is answered by batches to the callback, without token and serial."""
	stuck_offset: bool = False
	"""Pages come with an OffSet that does not advance."""


def replace_quirks(quirks: Quirks, **switches: bool) -> Quirks:
	"""The quirks with some switched. Raises ValueError for a name that is none, or a value that is no boolean."""
	known = {switch.name for switch in fields(Quirks)}
	wrong = {name for name, value in switches.items() if name not in known or not isinstance(value, bool)}
	if wrong:
		raise ValueError(f"no quirk, or neither true nor false: {', '.join(sorted(wrong))}")
	return replace(quirks, **switches)
