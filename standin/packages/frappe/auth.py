"""Who asks: the API key of the Authorization header, else Guest. There are no sessions and no logins."""

from __future__ import annotations

import base64
import binascii

import frappe
from frappe.exceptions import AuthenticationError, InvalidAuthorizationToken
from frappe.missing import missing
from frappe.utils.password import get_decrypted_password

UNSAFE_HTTP_METHODS = frozenset(("POST", "PUT", "DELETE", "PATCH"))


def begin_session() -> None:
	"""Set the address the request came from, and Guest as its user until a key says otherwise."""
	forwarded = frappe.get_request_header("X-Forwarded-For")
	frappe.local.request_ip = forwarded.split(",", 1)[0].strip() if forwarded else "127.0.0.1"
	form = frappe.local.form_dict
	if form.cmd == "login" or frappe.local.request.path == "/api/method/login":
		frappe.local.session.user = "Guest"
		frappe.local.response["message"] = "Incomplete login details"
		if form.usr and form.pwd:
			missing("login with a password")
		raise AuthenticationError
	frappe.set_user("Guest")
	frappe.local.form_dict = form


def validate_auth() -> None:
	"""A header of two words must be a valid key, or the request ends with 401."""
	header = frappe.get_request_header("Authorization", "").split(" ")
	if len(header) == 2:
		_validate_key(*header)
	for hook in frappe.get_hooks("auth_hooks"):
		frappe.get_attr(hook)()
	if len(header) == 2 and frappe.session.user in ("", "Guest"):
		raise AuthenticationError


def _validate_key(kind: str, token: str) -> None:
	try:
		if kind.lower() == "basic":
			token = frappe.safe_decode(base64.b64decode(token))
		if kind.lower() in ("basic", "token"):
			_log_in(*token.split(":"))
	except binascii.Error:
		frappe.throw(
			"Failed to decode token, please provide a valid base64-encoded token.", InvalidAuthorizationToken
		)
	except (AttributeError, TypeError, ValueError):
		return


def _log_in(api_key: str, api_secret: str) -> None:
	user = frappe.db.get_value("User", {"api_key": api_key}, ["name", "enabled"], as_dict=True)
	if not user or not user.enabled:
		raise AuthenticationError
	if get_decrypted_password("User", user.name, fieldname="api_secret") != api_secret:
		raise AuthenticationError
	form = frappe.local.form_dict
	frappe.set_user(user.name)
	frappe.local.form_dict = form
