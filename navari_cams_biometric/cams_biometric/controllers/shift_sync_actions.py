"""What the Shift Type form asks of a shift's sync: where it stands."""

import frappe

from navari_cams_biometric.cams_biometric.base.permissions import READERS
from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark


@frappe.whitelist(methods=["POST"])
def state_of(shift_type: str) -> dict[str, str]:
	"""Where one shift stands: `sentence` for people, and its `color`."""
	frappe.only_for(READERS)
	frappe.has_permission("Shift Type", "read", doc=shift_type, throw=True)
	[state] = watermark.states(shift_type)
	return {"sentence": holds.sentence_of(state), "color": holds.color_of(state)[1]}
