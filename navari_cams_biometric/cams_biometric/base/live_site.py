"""Which site is the live one: the one on which the account's token was entered, or that an administrator confirmed.

A copy of its database has the token too, and must not work on the real devices.
"""

import frappe
from frappe.model.document import Document


def identity() -> str:
	"""Name, database and, if the site's configuration has one, address of this site.

	Not the address of a request: a site may answer under several, and jobs have none.
	"""
	address = (frappe.conf.host_name or frappe.conf.hostname or "").rstrip("/").lower()
	return ", ".join(part for part in (frappe.local.site, frappe.conf.db_name, address) if part)


def is_live(settings: Document) -> bool:
	"""Whether this is the site that these Settings name. Read them by base.settings: a cache may hold what was there
	before a restore."""
	return (settings.live_site or "") == identity()
