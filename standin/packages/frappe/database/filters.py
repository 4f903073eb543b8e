"""Filters to SQL, for the two engines that Frappe 15 has.

`frappe.get_all` coalesces: a row without a value counts as '' (or as the beginning of time) for `!=`, `not in`,
`<` and the like. `frappe.db.get_value`, `exists`, `count` and `delete` do not. In both, None means IS NULL.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from frappe.database.columns import Column, date_text, datetime_text, plain_text, time_text
from frappe.database.errors import INCORRECT_VALUE, NO_SUCH_COLUMN, OperationalError
from frappe.missing import missing

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
	"=": lambda left, right: left == right,
	"!=": lambda left, right: left != right,
	"<": lambda left, right: left < right,
	"<=": lambda left, right: left <= right,
	">": lambda left, right: left > right,
	">=": lambda left, right: left >= right,
}
_BEGINNING = {"datetime": "0001-01-01 00:00:00.000000", "date": "0001-01-01", "time": "00:00:00.000000"}


@dataclass
class Where:
	"""A growing WHERE clause over one table."""

	table: str
	columns: dict[str, Column]
	coalesce: bool
	conditions: list[str] = field(default_factory=list)
	values: list[Any] = field(default_factory=list)

	def add(self, filters: Any) -> Where:
		for fieldname, operator, value in normalise(filters, self.table):
			self.conditions.append(self._condition(fieldname, operator, value))
		return self

	def sql(self) -> str:
		return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

	def _condition(self, fieldname: str, operator: str, value: Any) -> str:
		if fieldname not in self.columns:
			raise OperationalError(
				NO_SUCH_COLUMN, f"Unknown column '{self.table}.{fieldname}' in 'where clause'"
			)
		column = self.columns[fieldname]
		name = f'"{self.table}"."{fieldname}"'
		if operator == "is":
			return self._is(name, value)
		if value is None and operator in ("=", "!="):
			return f"{name} IS {'NOT ' if operator == '!=' else ''}NULL"
		if operator in ("in", "not in"):
			return self._in(name, column, operator, value)
		if operator == "between":
			return self._between(name, column, value)
		if operator in ("like", "not like"):
			self.values.append(plain_text(value))
			condition = f"{name} {operator.upper()} ?"
			return self._or_null(name, condition, operator == "not like" and plain_text(value) != "%")
		if operator not in _COMPARE:
			missing(f"filter operator {operator!r}")
		literal = comparable(column, value)
		self.values.append(literal)
		fallback = 0 if isinstance(literal, int | float) else _BEGINNING.get(column.kind, "")
		return self._or_null(name, f"{name} {operator} ?", _COMPARE[operator](fallback, literal))

	def _is(self, name: str, value: Any) -> str:
		if value not in ("set", "not set"):
			missing(f"filter 'is' {value!r}")
		if not self.coalesce:
			return f"{name} IS {'NOT ' if value == 'set' else ''}NULL"
		return f"{name} != ''" if value == "set" else f"({name} IS NULL OR {name} = '')"

	def _in(self, name: str, column: Column, operator: str, value: Any) -> str:
		items = value.split(",") if isinstance(value, str) else list(value or ())
		literals = [comparable(column, "" if item is None else item) for item in items] or [""]
		self.values.extend(literals)
		condition = f"{name} {operator.upper()} ({', '.join('?' * len(literals))})"
		return self._or_null(name, condition, ("" in literals) == (operator == "in"))

	def _between(self, name: str, column: Column, value: Any) -> str:
		start, end = value
		if column.kind == "datetime" and _is_date(end):
			end = f"{date_text(end)} 23:59:59.999999"
		self.values.extend([comparable(column, start), comparable(column, end)])
		return f"{name} BETWEEN ? AND ?"

	def _or_null(self, name: str, condition: str, null_matches: bool) -> str:
		if self.coalesce and null_matches:
			return f"({condition} OR {name} IS NULL)"
		return condition


def normalise(filters: Any, table: str) -> list[tuple[str, str, Any]]:
	"""The filters, in any of the shapes Frappe takes, as (fieldname, operator, value)."""
	if filters is None or filters == {} or filters == []:
		return []
	if isinstance(filters, str | int):
		return [("name", "=", str(filters))]
	if isinstance(filters, dict):
		return [_pair(fieldname, value) for fieldname, value in filters.items()]
	if not isinstance(filters, list | tuple):
		missing(f"filters of type {type(filters).__name__}")
	if all(isinstance(item, str | int) for item in filters):
		return [("name", "in", list(filters))]
	return [triple for item in filters for triple in _item(item, table)]


def _item(item: Any, table: str) -> list[tuple[str, str, Any]]:
	if isinstance(item, dict | str):
		return normalise(item, table)
	if len(item) == 2:
		return [_pair(*item)]
	if len(item) == 3:
		return [(item[0], str(item[1]).lower(), item[2])]
	doctype, fieldname, operator, value = item[:4]
	if f"tab{doctype}" != table:
		missing(f"filter on another DocType ({doctype})")
	return [(fieldname, str(operator).lower(), value)]


def _pair(fieldname: str, value: Any) -> tuple[str, str, Any]:
	if isinstance(value, list | tuple):
		if len(value) != 2 or not isinstance(value[0], str):
			missing(f"filter value {value!r}")
		return fieldname, value[0].lower(), value[1]
	return fieldname, "=", value


def comparable(column: Column, value: Any) -> Any:
	"""`value` as it must be to compare with this column; an offset in a datetime is an error."""
	if isinstance(value, bool):
		return int(value)
	try:
		if column.kind in ("datetime", "date") and value != "":
			return date_text(value) if column.kind == "date" else datetime_text(value)
		if column.kind == "time" and value != "":
			return time_text(value)
	except ValueError:
		raise OperationalError(INCORRECT_VALUE, f"Incorrect {column.kind} value: '{value}'") from None
	if column.kind in ("int", "bigint", "decimal"):
		return _number(value)
	return plain_text(value)


def _number(value: Any) -> int | float:
	try:
		return value if isinstance(value, int | float) else float(value)
	except (TypeError, ValueError):
		return 0


def _is_date(value: Any) -> bool:
	if isinstance(value, str):
		return len(value.strip()) <= 10
	return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
