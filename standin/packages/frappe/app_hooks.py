"""`frappe.get_hooks` and calling things by their dotted name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from frappe.exceptions import AppNotInstalledError
from frappe.runtime import _dict, get_installed_apps, local


def load_hooks(apps: tuple[str, ...]) -> _dict:
	"""The hooks of the given apps, merged as Frappe does: values in lists, dicts key by key."""
	merged = _dict()
	for app in apps:
		module = importlib.import_module(f"{app}.hooks")
		for key, value in vars(module).items():
			if not key.startswith("_") and not isinstance(value, ModuleType) and not callable(value):
				_append(merged, key, value)
	return merged


def _append(target: dict, key: str, value: Any) -> None:
	if isinstance(value, dict):
		inner = target.setdefault(key, {})
		for inner_key, inner_value in value.items():
			_append(inner, inner_key, inner_value)
		return
	values = target.setdefault(key, [])
	values.extend(value if isinstance(value, list | tuple) else [value])


def get_hooks(hook: str | None = None, default: Any = None, app_name: str | None = None) -> Any:
	"""All hooks, or one of them (`default`, else an empty list, if no app has it)."""
	hooks = load_hooks((app_name,)) if app_name else local.site_object.hooks
	if hook is None:
		return hooks
	return hooks.get(hook, [] if default is None else default)


def get_attr(method_string: str) -> Any:
	"""The object at a dotted path, if its app is installed."""
	from frappe.messages import throw

	app_name = method_string.split(".", 1)[0]
	if app_name not in get_installed_apps():
		throw(f"App {app_name} is not installed", AppNotInstalledError)
	module_name, _dot, attribute = method_string.rpartition(".")
	return getattr(importlib.import_module(module_name), attribute)


def call(fn: str | Callable, *args: Any, **kwargs: Any) -> Any:
	"""Call with those keyword arguments only that `fn` declares.

	A request whose body has a key "fn" ends here with a TypeError, as on a real site.
	"""
	function = get_attr(fn) if isinstance(fn, str) else fn
	return function(*args, **get_newargs(function, kwargs))


def get_newargs(fn: Callable, kwargs: dict[str, Any]) -> dict[str, Any]:
	parameters = inspect.signature(fn).parameters.values()
	if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
		accepted = dict(kwargs)
	else:
		names = {parameter.name for parameter in parameters}
		accepted = {key: value for key, value in kwargs.items() if key in names}
	accepted.pop("ignore_permissions", None)
	accepted.pop("flags", None)
	return accepted
