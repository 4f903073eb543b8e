"""`@frappe.whitelist`: which functions may be called over HTTP, by whom and with which verbs."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe.exceptions import PermissionError
from frappe.messages import bold, throw
from frappe.runtime import local, session
from frappe.utils.html_utils import sanitize_html
from frappe.utils.typing_validations import validate_argument_types

whitelisted: set[Callable] = set()
guest_methods: set[Callable] = set()
xss_safe_methods: set[Callable] = set()
allowed_http_methods_for_whitelisted_func: dict[Callable, list[str]] = {}


def whitelist(
	allow_guest: bool = False, xss_safe: bool = False, methods: list[str] | None = None
) -> Callable[[Callable], Callable]:
	"""Make a function callable at /api/method/<dotted path>."""

	def register(function: Callable) -> Callable:
		function = validate_argument_types(function)
		whitelisted.add(function)
		allowed_http_methods_for_whitelisted_func[function] = methods or ["GET", "POST", "PUT", "DELETE"]
		if allow_guest:
			guest_methods.add(function)
		if allow_guest and xss_safe:
			xss_safe_methods.add(function)
		return function

	return register


def is_whitelisted(method: Callable) -> None:
	"""Raise PermissionError unless the session's user may call `method`; clean a guest's arguments."""
	function = getattr(method, "__func__", method)
	is_guest = session.user == "Guest"
	if function not in whitelisted or (is_guest and function not in guest_methods):
		name = f"{function.__module__}.{function.__name__}"
		throw(
			"<details><summary>You are not permitted to access this resource.</summary>"
			f"Function {bold(name)} is not whitelisted.</details>",
			PermissionError,
			title="Method Not Allowed",
		)
	if is_guest and function not in xss_safe_methods:
		for key, value in frappe.form_dict.items():
			if isinstance(value, str):
				frappe.form_dict[key] = sanitize_html(value)


def is_valid_http_method(method: Callable) -> None:
	function = getattr(method, "__func__", method)
	if local.request.method not in allowed_http_methods_for_whitelisted_func[function]:
		throw("Not permitted", PermissionError)
