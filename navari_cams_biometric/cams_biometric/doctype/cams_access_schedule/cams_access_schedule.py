"""CAMS Access Schedule: when people may enter. devices.schedules sends it."""

from frappe.model.document import Document


class CAMSAccessSchedule(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
