"""A shift type that a device feeds: its people punch there."""

from frappe.model.document import Document


class CAMSDeviceShift(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
