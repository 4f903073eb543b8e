"""A device of a CAMS Access Schedule, and whether the schedule is in force there."""

from frappe.model.document import Document


class CAMSAccessScheduleDevice(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
