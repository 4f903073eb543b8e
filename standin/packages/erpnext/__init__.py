"""NOT the real app: a stand-in for the few parts of it that this app touches. See standin/README.md."""

from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)
