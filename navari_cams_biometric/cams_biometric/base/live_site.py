"""Which site is the live one: the one on which the account's token was entered, or that an administrator confirmed.

A copy of its database has the token too, and must not work on the real devices.
"""

import frappe

from navari_cams_biometric.cams_biometric.base.settings import SETTINGS


def identity() -> str:
	"""Name, database and, if the site's configuration has one, address of this site.

	Not the address of a request: a site may answer under several, and jobs have none.
	"""
	address = (frappe.conf.host_name or frappe.conf.hostname or "").rstrip("/").lower()
	return ", ".join(part for part in (frappe.local.site, frappe.conf.db_name, address) if part)


def stored_identity() -> str:
	"""That of the live site. From the database: the document cache may hold what was there before a restore."""
	return frappe.db.get_single_value(SETTINGS, "live_site", cache=False) or ""


def is_live() -> bool:
	return stored_identity() == identity()
