"""A device's line in a history load: how far it is, and what came."""

from frappe.model.document import Document


class CAMSHistoryLoadDevice(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
