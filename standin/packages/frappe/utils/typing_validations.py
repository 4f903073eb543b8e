"""Argument types of whitelisted functions, checked during a request: plain types and unions of them only.

The real thing uses pydantic; here a text becomes a number or a truth value where the annotation asks for one.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from frappe.exceptions import FrappeTypeError
from frappe.runtime import local
from frappe.utils.data import sbool


def validate_argument_types(function: Callable) -> Callable:
	signature = inspect.signature(function)

	@functools.wraps(function)
	def checked(*args: Any, **kwargs: Any) -> Any:
		if not getattr(local, "request", None):
			return function(*args, **kwargs)
		bound = signature.bind(*args, **kwargs)
		hints = typing.get_type_hints(function)
		for name, value in bound.arguments.items():
			parameter = signature.parameters[name]
			if name in hints and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
				bound.arguments[name] = _fit(function, name, value, hints[name], parameter.default)
		return function(*bound.args, **bound.kwargs)

	return checked


def _fit(function: Callable, name: str, value: Any, hint: Any, default: Any) -> Any:
	allowed = _plain_types(hint)
	if allowed is None or value is default or isinstance(value, allowed):
		return value
	for kind in allowed:
		try:
			if kind in (int, float) and isinstance(value, str | int | float):
				return kind(value)
			if kind is bool and isinstance(sbool(value), bool):
				return sbool(value)
		except ValueError:
			continue
	raise FrappeTypeError(
		f"Argument '{name}' in '{function.__module__}.{function.__qualname__}' should be of type '{hint}' "
		f"but got '{type(value)}' instead."
	)


def _plain_types(hint: Any) -> tuple[type, ...] | None:
	"""The classes an annotation stands for; None where this imitation cannot tell."""
	if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
		return (hint,)
	if typing.get_origin(hint) in (typing.Union, types.UnionType):
		parts = [_plain_types(part) for part in typing.get_args(hint)]
		return None if None in parts else tuple(kind for part in parts for kind in part or ())
	origin = typing.get_origin(hint)
	return (origin,) if isinstance(origin, type) else None
