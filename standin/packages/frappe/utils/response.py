"""The JSON of a response: results, messages and errors as Frappe 15 shapes them."""

from __future__ import annotations

import datetime
import decimal
import json
import sys
from collections.abc import Iterable
from typing import Any

import frappe
from frappe.missing import missing
from werkzeug.wrappers import Response


def build_response(response_type: str = "json") -> Response:
	"""`frappe.local.response` as an HTTP response."""
	content = frappe.local.response
	if (content.get("type") or response_type) != "json":
		missing(f"a response of type {content.get('type') or response_type}")
	if not content.get("docs"):
		content.pop("docs", None)
	_add_logs(content)
	response = Response(mimetype="application/json")
	response.status_code = content.pop("http_status_code", None) or 200
	response.data = json.dumps(content, default=json_handler, separators=(",", ":"))
	return response


def report_error(status_code: int) -> Response:
	"""The current exception: `exc_type`, `exception` and, with traceback, `exc`."""
	error = sys.exc_info()[1]
	content = frappe.local.response
	if _shows_traceback() and status_code != 404:
		traceback = frappe.get_traceback()
		frappe.errprint(traceback)
		content["exception"] = traceback.splitlines()[-1]
	content["exc_type"] = type(error).__name__
	response = build_response("json")
	response.status_code = status_code
	return response


def _shows_traceback() -> bool:
	return not frappe.local.flags.disable_traceback and bool(
		frappe.get_system_settings("allow_error_traceback")
	)


def _add_logs(content: dict[str, Any]) -> None:
	if frappe.local.error_log and _shows_traceback():
		content["exc"] = json.dumps([entry["exc"] for entry in frappe.local.error_log])
	if frappe.local.message_log:
		content["_server_messages"] = json.dumps(
			[json.dumps(entry, default=json_handler) for entry in frappe.local.message_log]
		)
	if frappe.flags.error_message:
		content["_error_message"] = frappe.flags.error_message


def json_handler(obj: Any) -> Any:
	"""Datetimes as text, documents as dicts without empty fields."""
	from frappe.model.base_document import BaseDocument

	if isinstance(obj, datetime.date | datetime.datetime | datetime.time):
		return str(obj)
	if isinstance(obj, datetime.timedelta):
		return _span(obj)
	if isinstance(obj, decimal.Decimal):
		return float(obj)
	if isinstance(obj, BaseDocument):
		return obj.as_dict(no_nulls=True)
	if isinstance(obj, Iterable):
		return list(obj)
	if isinstance(obj, Exception | type) or callable(obj):
		return repr(obj)
	raise TypeError(f"Object of type {type(obj)} with value of {obj!r} is not JSON serializable")


def _span(span: datetime.timedelta) -> str:
	"""8:00:00 or 8:00:00.500000"""
	seconds, microseconds = divmod(span // datetime.timedelta(microseconds=1), 1_000_000)
	text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
	return f"{text}.{microseconds:06}" if microseconds else text
