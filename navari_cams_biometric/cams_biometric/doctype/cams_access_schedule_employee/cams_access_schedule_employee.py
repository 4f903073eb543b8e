"""An employee of a CAMS Access Schedule."""

from frappe.model.document import Document


class CAMSAccessScheduleEmployee(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
