"""Documents, their metadata, their names and their deletion."""

from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)

default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")
