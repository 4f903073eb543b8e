"""Somebody who is told when a device falls ill."""

from frappe.model.document import Document


class CAMSHealthRecipient(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
