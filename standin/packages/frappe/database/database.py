"""The module path under which the real Database and `savepoint` are imported."""

from frappe.database import Database, savepoint

__all__ = ["Database", "savepoint"]
