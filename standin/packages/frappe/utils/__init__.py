"""`frappe.utils`: the part of it that this app uses."""

import datetime
import json
import re
import sys
import traceback
from typing import Any

import frappe
from frappe.missing import module_getattr, refuse
from frappe.utils.data import (
	add_days,
	add_to_date,
	cint,
	cstr,
	flt,
	format_date,
	format_datetime,
	get_datetime,
	get_system_timezone,
	get_time,
	getdate,
	now,
	now_datetime,
	nowdate,
	sbool,
	today,
)
from frappe.utils.html_utils import escape_html, sanitize_html, strip_html
from frappe.utils.urls import get_link_to_form, get_url, get_url_to_form, get_url_to_list

__getattr__ = module_getattr(__name__)

_HIDDEN = ("password", "passwd", "secret", "token", "key", "pwd")
_LONGEST_VALUE = 1000


def parse_json(val: Any) -> Any:
	if isinstance(val, str):
		val = json.loads(val)
	return frappe._dict(val) if isinstance(val, dict) else val


def get_test_client(use_cookies: bool = True) -> Any:
	from frappe.app import application
	from werkzeug.test import Client

	return Client(application, use_cookies=use_cookies)


def get_traceback(with_context: bool = False, **unknown: Any) -> str:
	"""The current exception's traceback; with context it shows local variables, as Frappe's Error Log does."""
	refuse("frappe.get_traceback", unknown)
	error = sys.exc_info()[1]
	if error is None:
		return ""
	if not with_context:
		return "".join(traceback.format_exception(error))
	return _with_variables(error)


def _with_variables(error: BaseException) -> str:
	lines = ["Traceback with variables (most recent call last):"]
	for frame, line_number in traceback.walk_tb(error.__traceback__):
		code = frame.f_code
		lines.append(f'  File "{code.co_filename}", line {line_number}, in {code.co_name}')
		for name, value in frame.f_locals.items():
			lines.append(f"      {name} = {'********' if name in _HIDDEN else _shown(value)}")
	return "\n".join([*lines, f"{type(error).__module__}.{type(error).__name__}: {error}"])


def _shown(value: Any) -> str:
	if isinstance(value, dict):
		value = {key: "********" if key in _HIDDEN else each for key, each in value.items()}
	try:
		text = repr(value)
	except Exception as error:
		return f"<repr failed: {type(error).__name__}>"
	return re.sub(r"\s+", " ", text)[:_LONGEST_VALUE]
