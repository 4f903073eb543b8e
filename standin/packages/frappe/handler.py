"""Calling whitelisted functions and document methods over HTTP."""

from __future__ import annotations

import inspect
from typing import Any

import frappe
from werkzeug.wrappers import Response


def handle() -> Any:
	"""Call the function named by `form_dict.cmd`; a Response it returns goes out as it is."""
	command = frappe.local.form_dict.cmd
	data = execute_cmd(command)
	if isinstance(data, Response):
		return data
	if data is not None:
		frappe.response["message"] = data
	return None


def execute_cmd(cmd: str, from_async: bool = False) -> Any:
	overrides = frappe.get_hooks("override_whitelisted_methods", {}).get(cmd, [])
	cmd = overrides[-1] if overrides else cmd
	try:
		method = _method(cmd)
	except NotImplementedError:
		raise
	except Exception as error:
		frappe.throw(f"Failed to get method for command {cmd} with {error}")
	if method is not run_doc_method:
		frappe.is_whitelisted(method)
		frappe.is_valid_http_method(method)
	return frappe.call(method, **frappe.form_dict)


def _method(cmd: str) -> Any:
	if "." in cmd:
		return frappe.get_attr(cmd)
	return {"ping": frappe.ping, "run_doc_method": run_doc_method, "runserverobj": run_doc_method}[cmd]


def run_doc_method(
	method: str,
	docs: Any = None,
	dt: str | None = None,
	dn: str | None = None,
	arg: Any = None,
	args: Any = None,
) -> None:
	"""Call a whitelisted method of a stored document (dt, dn) or of one that comes along (docs)."""
	if dt:
		document = frappe.get_doc(dt, dn or dt)
	else:
		document = frappe.get_doc(frappe.parse_json(docs))
		document._original_modified = document.modified
		document.check_if_latest()
	if not document.has_permission("read"):
		frappe.throw("Not permitted", frappe.PermissionError)
	try:
		args = frappe.parse_json(arg if arg and not args else args)
	except ValueError:
		pass
	function = getattr(document, method)
	frappe.is_whitelisted(function)
	frappe.is_valid_http_method(function)
	parameters = list(inspect.signature(function).parameters)
	if not parameters:
		result = document.run_method(method)
	elif "args" in parameters or not isinstance(args, dict):
		result = document.run_method(method, args)
	else:
		result = document.run_method(method, **args)
	frappe.response.docs.append(document)
	if result is not None:
		frappe.response["message"] = result
