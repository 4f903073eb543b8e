"""Turn a CAMS Command into arguments of the client's method: devices, people, times, windows and secrets."""

import base64
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone

from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.gateway.client import AccessWindow
from navari_cams_biometric.gateway.operations import REQUESTS
from navari_cams_biometric.gateway.parameters import Parameter


def client_arguments(command: frappe._dict) -> dict[str, object]:
	"""Secrets included: for the call alone, never to be stored or shown."""
	parameters = REQUESTS[command.operation].parameters
	values = {**frappe.parse_json(command.arguments or "{}"), **_of_record(command)}
	given = {known.name: _value(known, values.get(known.name), command) for known in parameters}
	return {name: value for name, value in given.items() if value is not None}


def _of_record(command: frappe._dict) -> dict[str, object]:
	record = {"device": command.service_tag, "target": command.service_tag}
	return {**record, "user_id": command.user_id} if command.user_id else record


def _value(parameter: Parameter, value: object, command: frappe._dict) -> object:
	if parameter.name == "photo":
		return _picture(command) if value == "employee" else None
	if parameter.name == "url":
		return read_settings().callback_url()
	if parameter.secret:
		secret = command.get_password("secret", raise_exception=False)
		return base64.b64decode(secret) if secret and parameter.kind == "bytes" else secret
	if value is not None and parameter.kind == "time":
		return get_datetime(value).replace(tzinfo=ZoneInfo(get_system_timezone()))  # site time
	if value is not None and parameter.kind == "windows":
		return [AccessWindow(**window) for window in value]
	return value


def _picture(command: frappe._dict) -> bytes:
	"""The employee's picture. Throws where there is none."""
	url = frappe.db.get_value("Employee", command.employee, "image")
	file = frappe.get_doc("File", {"file_url": url, "attached_to_name": command.employee})
	return file.get_content()
