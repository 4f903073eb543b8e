"""A row of the table that says what each punch type counts as."""

from frappe.model.document import Document


class CAMSPunchType(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass
