"""`frappe.qb`: pypika in SQLite's dialect, with `.run()`.

Values written through it pass the same checks as everywhere (length, offset, range), because MariaDB would make
them. Collation is lost where a function wraps a field, so `Lower(field) == x` compares bytes here.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import frappe
from frappe.database.columns import datetime_text, time_text
from frappe.missing import missing, module_getattr, refuse
from frappe.runtime import _dict
from pypika import Case, Criterion, Field, Order, Parameter, Table
from pypika import Query as PlainQuery
from pypika.enums import Dialects
from pypika.queries import QueryBuilder as PlainBuilder
from pypika.terms import Function, ValueWrapper

__getattr__ = module_getattr(__name__)

__all__ = ["Case", "Criterion", "DocType", "Field", "Interval", "Order", "Query", "Table"]


class Interval:
	"""A span of time to add to Now() or to subtract from it."""

	def __init__(self, **parts: int) -> None:
		known = ("days", "hours", "minutes", "seconds", "weeks", "microseconds")
		refuse("Interval", {name: value for name, value in parts.items() if name not in known})
		self.span = datetime.timedelta(**parts)

	def get_sql(self, **_keywords: Any) -> str:
		missing("Interval with a column")


_parameters: ContextVar[list[Any] | None] = ContextVar("parameters", default=None)
_given: ContextVar[Mapping[str, Any]] = ContextVar("given")
_texts: dict[str, QueryBuilder] = {}  # what str() was made of, for frappe.db.sql


def query_of(text: str) -> QueryBuilder:
	"""The query that this is the text of. Any other SQL would be MariaDB's dialect, which SQLite does not speak."""
	return _texts.get(text) or missing("frappe.db.sql with a text that is not of frappe.qb")


def _value_sql(self: ValueWrapper, **keywords: Any) -> str:
	"""A numbered parameter while a query runs, else a literal for reading."""
	parameters = _parameters.get()
	value = comparable(self.value)
	if parameters is None:
		return self.get_formatted_value(value, secondary_quote_char="'")
	parameters.append(value)
	return f"?{len(parameters)}"


def comparable(value: Any) -> Any:
	"""`value` as this database keeps it; a datetime with an offset is an error."""
	if isinstance(value, bool):
		return int(value)
	if isinstance(value, datetime.datetime):
		return datetime_text(value)
	if isinstance(value, datetime.date):
		return value.isoformat()
	if isinstance(value, datetime.time | datetime.timedelta):
		return time_text(value)
	if value is None or isinstance(value, str | int | float):
		return value
	return str(value)


def _parameter_sql(self: Parameter, **_keywords: Any) -> str:
	"""`%(name)s` for reading; while a query runs, what it was given by that name."""
	parameters = _parameters.get()
	if parameters is None:
		return self.placeholder
	parameters.append(comparable(_given_value(self)))
	return f"?{len(parameters)}"


def _given_value(parameter: Parameter) -> Any:
	return _given.get()[parameter.placeholder.removeprefix("%(").removesuffix(")s")]


# Process-wide, as Frappe does it: in a process with the stand-in, pypika serves nothing but the stand-in.
ValueWrapper.get_value_sql = _value_sql
Parameter.get_sql = _parameter_sql


class QueryBuilder(PlainBuilder):
	"""A query that can be run, and that refuses what SQLite could only pretend to do."""

	def __init__(self, **keywords: Any) -> None:
		super().__init__(dialect=Dialects.SQLLITE, wrapper_cls=ValueWrapper, **keywords)
		self._locks = False
		self._ignores = False

	def __str__(self) -> str:
		text = self.get_sql()
		_texts[text] = self
		return text

	def for_update(self, nowait: bool = False, skip_locked: bool = False, **unknown: Any) -> QueryBuilder:
		"""Lock for writing. Coarser than a row lock: whoever else wants to write waits instead of skipping."""
		refuse("for_update", unknown)
		query = copy.copy(self)
		query._locks = True
		return query

	def ignore(self) -> QueryBuilder:
		query = copy.copy(self)
		query._ignores = True
		return query

	def run(
		self,
		*,
		as_dict: bool = False,
		pluck: bool | str = False,
		debug: bool = False,
		as_list: bool = False,
		**unknown: Any,
	) -> Any:
		"""Rows as tuples, as dicts, or the first column of each."""
		refuse("query.run", unknown)
		return self.run_with({}, as_dict=as_dict, pluck=pluck, as_list=as_list)

	def run_with(
		self,
		given: Mapping[str, Any],
		*,
		as_dict: bool = False,
		pluck: bool | str = False,
		as_list: bool = False,
	) -> Any:
		"""`run`, with the values of its Parameters by name."""
		token = _given.set(given)
		try:
			query = self._with_checked_values(self._table_name())
			return query._rows(as_dict=as_dict, pluck=pluck, as_list=as_list)
		finally:
			_given.reset(token)

	def _rows(self, *, as_dict: bool, pluck: bool | str, as_list: bool) -> Any:
		table = self._table_name()
		statement, values = self._statement()
		if self._locks:
			frappe.db.take_write_lock()
		cursor = frappe.db._cursor = frappe.db.execute(statement, values, table=table)
		if cursor.description is None:
			frappe.db.value_cache = {}
			return ()
		names = [description[0] for description in cursor.description]
		rows = [self._native(row) for row in cursor.fetchall()]
		if pluck:
			place = names.index(pluck) if isinstance(pluck, str) else 0
			return [row[place] for row in rows]
		if as_dict:
			return [_dict(zip(names, row, strict=True)) for row in rows]
		return [list(row) for row in rows] if as_list else tuple(rows)

	def _native(self, row: tuple) -> tuple:
		"""Where a function (Max, Min) made text of a datetime or date, make it one again."""
		if len(row) != len(self._selects):
			return row
		return tuple(
			_moment(value) if isinstance(term, Function) else value
			for term, value in zip(self._selects, row, strict=True)
		)

	def _statement(self) -> tuple[str, list[Any]]:
		values: list[Any] = []
		token = _parameters.set(values)
		try:
			statement = self._joined_update() if self._update_table and self._joins else self.get_sql()
		finally:
			_parameters.reset(token)
		return statement + (" ON CONFLICT DO NOTHING" if self._ignores else ""), values

	def _joined_update(self) -> str:
		"""MariaDB's UPDATE ... JOIN ... SET, as SQLite says it."""
		if len(self._joins) != 1 or not self._wheres:
			missing("an update with several joins, or without WHERE")
		[join] = self._joins
		names = {"with_namespace": True, "quote_char": '"'}
		values = (f'"{field.name}" = {value.get_sql(**names)}' for field, value in self._updates)
		table = self._update_table.get_sql(quote_char='"')
		other = join.item.get_sql(quote_char='"', subquery=True, with_alias=True)
		condition = f"({join.criterion.get_sql(**names)}) AND ({self._wheres.get_sql(**names)})"
		return f"UPDATE {table} SET {', '.join(values)} FROM {other} WHERE {condition}"

	def _table_name(self) -> str:
		table = self._update_table or self._insert_table or (self._from[0] if self._from else None)
		return getattr(table, "_table_name", "") if table else ""

	def _with_checked_values(self, table: str) -> QueryBuilder:
		if not table.startswith("tab") or not (self._updates or self._values):
			return self
		query, columns = copy.copy(self), frappe.db.columns(table[3:])
		query._updates = [(field, self._stored(columns, field, value)) for field, value in self._updates]
		query._values = [
			[self._stored(columns, field, value) for field, value in zip(self._columns, row, strict=True)]
			for row in self._values
		]
		return query

	def _stored(self, columns: dict, field: Field, term: Any) -> Any:
		if not isinstance(term, ValueWrapper | Parameter) or field.name not in columns:
			return term
		value = _given_value(term) if isinstance(term, Parameter) else term.value
		return ValueWrapper(columns[field.name].store(value, ignore=self._ignores))


def _moment(value: Any) -> Any:
	if not isinstance(value, str) or len(value) not in (10, 26):
		return value
	try:
		moment = datetime.datetime.fromisoformat(value)
	except ValueError:
		return value
	return moment if len(value) == 26 else moment.date()


def DocType(name: str, *arguments: Any, **keywords: Any) -> Table:
	"""The table of a DocType."""
	return Table(name if name.startswith("__") else f"tab{name}", *arguments, **keywords)


class Query(PlainQuery):
	"""`frappe.qb`."""

	DocType = staticmethod(DocType)
	Field = Field

	@classmethod
	def _builder(cls, **keywords: Any) -> QueryBuilder:
		return QueryBuilder(**keywords)

	@classmethod
	def from_(cls, table: Any, *arguments: Any, **keywords: Any) -> QueryBuilder:
		return super().from_(_table(table), *arguments, **keywords)

	@classmethod
	def into(cls, table: Any, *arguments: Any, **keywords: Any) -> QueryBuilder:
		return super().into(_table(table), *arguments, **keywords)

	@classmethod
	def update(cls, table: Any, *arguments: Any, **keywords: Any) -> QueryBuilder:
		return super().update(_table(table), *arguments, **keywords)

	@classmethod
	def get_query(cls, *_arguments: Any, **_keywords: Any) -> None:
		missing("frappe.qb.get_query")


def _table(table: Any) -> Any:
	return DocType(table) if isinstance(table, str) else table
