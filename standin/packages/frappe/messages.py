"""`frappe.throw`, `frappe.msgprint` and their log, which a response carries as `_server_messages`."""

from __future__ import annotations

from typing import Any

from frappe.exceptions import ValidationError
from frappe.missing import refuse
from frappe.runtime import _dict, local


def _(msg: str, lang: str | None = None, context: str | None = None) -> str:
	"""The stand-in has no translations: the text comes back as it is."""
	return str(msg)


def bold(text: Any) -> str:
	return f"<strong>{text}</strong>"


def msgprint(
	msg: Any,
	title: str | None = None,
	raise_exception: bool | type[Exception] = False,
	as_table: bool = False,
	as_list: bool = False,
	indicator: str | None = None,
	alert: bool = False,
	primary_action: Any = None,
	is_minimizable: bool = False,
	wide: bool = False,
	*,
	realtime: bool = False,
	**unknown: Any,
) -> None:
	"""Add a message to the response, and raise if asked to."""
	refuse("frappe.msgprint", unknown)
	message = _dict(message=msg, title=title or "Message")
	if indicator or raise_exception:
		message.indicator = indicator or "red"
	if as_list:
		message.as_list = 1
	if as_table:
		message.as_table = 1
	if alert:
		message.alert = 1
	if primary_action:
		message.primary_action = primary_action
	if raise_exception:
		message.raise_exception = 1
	if not local.flags.mute_messages:
		local.message_log.append(message)
	if not raise_exception:
		return
	if isinstance(raise_exception, type) and issubclass(raise_exception, Exception):
		raise raise_exception(msg)
	raise ValidationError(msg)


def throw(
	msg: Any,
	exc: type[Exception] = ValidationError,
	title: str | None = None,
	is_minimizable: bool = False,
	wide: bool = False,
	as_list: bool = False,
	primary_action: Any = None,
	**unknown: Any,
) -> None:
	"""Raise `exc` with a message for the user."""
	refuse("frappe.throw", unknown)
	msgprint(
		msg,
		raise_exception=exc,
		title=title,
		indicator="red",
		as_list=as_list,
		primary_action=primary_action,
	)


def clear_messages() -> None:
	local.message_log = []


def clear_last_message() -> None:
	local.message_log = local.message_log[:-1]


def get_message_log() -> list[dict]:
	return list(local.message_log)


def errprint(msg: str) -> None:
	local.error_log.append({"exc": msg})
