"""SQL functions that mean the same in SQLite as in MariaDB; Now() is the site's clock."""

from __future__ import annotations

from typing import Any

from frappe.missing import module_getattr
from frappe.query_builder import Interval
from frappe.utils.data import now_datetime
from pypika.functions import Abs, Avg, Coalesce, Count, IfNull, Length, Lower, Max, Min, Sum, Trim, Upper
from pypika.terms import Function, ValueWrapper

__getattr__ = module_getattr(__name__)

__all__ = [
	"Abs",
	"Avg",
	"Coalesce",
	"Count",
	"Function",
	"IfNull",
	"Length",
	"Lower",
	"Max",
	"Min",
	"Now",
	"Sum",
	"Trim",
	"Upper",
]


class Now(ValueWrapper):
	"""The moment the query is built, in the site's zone."""

	def __init__(self, alias: str | None = None) -> None:
		super().__init__(now_datetime(), alias)

	def __add__(self, other: Any) -> ValueWrapper:
		return self._moved(other, 1)

	def __sub__(self, other: Any) -> ValueWrapper:
		return self._moved(other, -1)

	def _moved(self, other: Any, direction: int) -> ValueWrapper:
		if not isinstance(other, Interval):
			raise NotImplementedError(f"stand-in: Now() and {type(other).__name__}")
		return ValueWrapper(self.value + direction * other.span)
