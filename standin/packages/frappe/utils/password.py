"""Passwords: encrypted with the site's key, kept in __Auth, shown as asterisks everywhere else."""

from __future__ import annotations

import frappe
from cryptography.fernet import Fernet, InvalidToken
from frappe.exceptions import AuthenticationError, ValidationError
from frappe.missing import module_getattr

__getattr__ = module_getattr(__name__)


def get_encryption_key() -> str:
	"""The site's key, made once and kept in its configuration."""
	return frappe.local.site_object.conf.encryption_key


def encrypt(txt: str, encryption_key: str | None = None) -> str:
	return Fernet((encryption_key or get_encryption_key()).encode()).encrypt(txt.encode()).decode()


def decrypt(txt: str, encryption_key: str | None = None, key: str | None = None) -> str:
	try:
		return Fernet((encryption_key or get_encryption_key()).encode()).decrypt(txt.encode()).decode()
	except InvalidToken:
		frappe.throw("Encryption key is invalid! Please check site_config.json", ValidationError)


def get_decrypted_password(
	doctype: str, name: str, fieldname: str = "password", raise_exception: bool = True
) -> str | None:
	rows = frappe.db.select(
		'SELECT password FROM "__Auth" WHERE doctype = ? AND name = ? AND fieldname = ? AND encrypted = 1',
		[doctype, name, fieldname],
	)
	if rows and rows[0].password:
		return decrypt(rows[0].password)
	if raise_exception:
		frappe.throw(f"Password not found for {doctype} {name} {fieldname}", AuthenticationError)
	return None


def set_encrypted_password(doctype: str, name: str, pwd: str, fieldname: str = "password") -> None:
	frappe.db.execute(
		'INSERT OR REPLACE INTO "__Auth" (doctype, name, fieldname, password, encrypted) VALUES (?, ?, ?, ?, 1)',
		[doctype, name, fieldname, encrypt(pwd)],
	)


def remove_encrypted_password(doctype: str, name: str, fieldname: str = "password") -> None:
	frappe.db.execute(
		'DELETE FROM "__Auth" WHERE doctype = ? AND name = ? AND fieldname = ?', [doctype, name, fieldname]
	)
