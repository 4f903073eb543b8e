"""A day and its hours in a CAMS Access Schedule."""

from frappe.model.document import Document


class CAMSAccessWindow(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
