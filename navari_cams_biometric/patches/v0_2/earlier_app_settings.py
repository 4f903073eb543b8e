"""Coming from the earlier app: its Auth Token, which it stored readably, is stored encrypted, and its dates lose their
time of day.

The newest version of the earlier app kept its Settings in a table: then they are taken from there.
"""

import frappe
from frappe.utils.password import set_encrypted_password

from navari_cams_biometric.cams_biometric.base.tokens import digest

SETTINGS = "CAMS Biometric Settings"


def execute() -> None:
	_take_from_table()
	stored = frappe.db.get_singles_dict(SETTINGS)
	dates = {field: stored[field][:10] for field in ("start_date", "end_date") if stored.get(field)}
	if dates:
		frappe.db.set_single_value(SETTINGS, dates)
	token = (stored.get("auth_token") or "").strip()
	if token.strip("*"):  # else there is none, or it is encrypted already
		set_encrypted_password(SETTINGS, SETTINGS, token, "auth_token")
		hidden = {"auth_token": "*" * len(token), "auth_token_digest": digest(token)}
		frappe.db.set_single_value(SETTINGS, hidden)


def _take_from_table() -> None:
	if not frappe.db.table_exists(SETTINGS, cached=False):
		return
	table = frappe.qb.DocType(SETTINGS)
	rows = (
		frappe.qb.from_(table)
		.select(table.service_tag_id, table.auth_token)
		.where(table.auth_token.notnull() & (table.auth_token != ""))
		.orderby(table.modified, order=frappe.qb.desc)
		.limit(1)
		.run(as_dict=True)
	)
	if rows:
		frappe.db.set_single_value(SETTINGS, rows[0])
	frappe.db.sql_ddl(f"drop table `tab{SETTINGS}`")
