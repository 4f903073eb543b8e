"""Devices that register themselves with their first callback.

They are Unconfirmed until a person confirms them: their punches count, but they hold no shift, because whoever has
the account's token could otherwise hold every shift of the site. At most 20 wait at a time.
"""

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import escape_html

from navari_cams_biometric.cams_biometric.base import notices, stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import DEVICE, find_device
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

MOST_UNCONFIRMED = 20


def register(service_tag: str, label: str) -> "CAMSDevice | None":
	"""The device of this service tag, which is made unless another request did. None if too many are unconfirmed."""
	_wait_for_other_registrations()
	table = frappe.qb.DocType(DEVICE)
	# Locking reads see what other requests have committed since this transaction began.
	if frappe.qb.from_(table).select(table.name).where(table.name == service_tag).for_update().run():
		return find_device(service_tag) or frappe.get_doc(DEVICE, service_tag, for_update=True)
	unconfirmed = frappe.qb.from_(table).select(table.name).where(table.unconfirmed == 1).for_update().run()
	if len(unconfirmed) >= MOST_UNCONFIRMED:
		return None
	label = stored_values.words_from_outside(label)
	device = frappe.new_doc(DEVICE, service_tag=service_tag, label=label, unconfirmed=1)
	device.insert(ignore_permissions=True)
	_notify(device)
	return device


def _wait_for_other_registrations() -> None:
	"""One at a time: whoever comes first holds this row until its transaction ends."""
	singles = frappe.qb.DocType("Singles")
	frappe.qb.from_(singles).select(singles.value).where(
		(singles.doctype == SETTINGS) & (singles["field"] == "auth_token_digest")
	).for_update().run()


def _notify(device: "CAMSDevice") -> None:
	subject = _("New device: {0}").format(f"<b>{escape_html(device.label or device.name)}</b>")
	message = _(
		"It sent its first event and registered itself. Its punches count. Confirm it on its form; until then no shift"
		" waits for it."
	)
	notices.notify(notices.recipients_and_hr(), DEVICE, device.name, subject, message)
