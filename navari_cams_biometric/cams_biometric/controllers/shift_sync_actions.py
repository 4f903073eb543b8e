"""What the Desk asks of a shift's sync: where it stands, and to wait no longer."""

import frappe

from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, READERS
from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark


@frappe.whitelist(methods=["POST"])
def state_of(shift_type: str) -> dict[str, str]:
	"""Where one shift stands: `sentence` for people, and its `color`."""
	frappe.only_for(READERS)
	frappe.has_permission("Shift Type", "read", doc=shift_type, throw=True)
	[state] = watermark.states(shift_type)
	return {"sentence": holds.sentence_of(state), "color": holds.color_of(state)[1]}


@frappe.whitelist(methods=["POST"])
def release(shift_type: str, released_until: str, reason: str, device: str | None = None) -> str:
	"""Wait for a device (or any) no longer, up to a time in the site's zone; return the CAMS Shift Release.

	The shift is advanced at once. HRMS then marks absent whoever has no check-in up to that time. Throws where the
	time lies ahead, or the shift waits for no such device.
	"""
	frappe.only_for(PEOPLE)
	document = frappe.new_doc("CAMS Shift Release")
	document.update(
		{
			"shift_type": shift_type,
			"released_until": released_until,
			"reason": reason,
			"device": device or None,
		}
	)
	return document.insert().name
