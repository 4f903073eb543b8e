"""`frappe.db.get_value` and its family, and the one SELECT that `frappe.get_all` uses as well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import frappe
from frappe.database.columns import Column
from frappe.database.errors import NO_SUCH_COLUMN, OperationalError
from frappe.database.filters import Where
from frappe.missing import missing, refuse
from frappe.runtime import _dict

DEFAULT_ORDER = "KEEP_DEFAULT_ORDERING"
_FIELD = re.compile(r"(?:[`\"]?tab([^`\"]+)[`\"]?\.)?[`\"]?(\w+)[`\"]?(?:\s+as\s+[`\"']?(\w+)[`\"']?)?", re.I)
_ORDER = re.compile(r"(?:[`\"]?tab([^`\"]+)[`\"]?\.)?[`\"]?(\w+)[`\"]?(?:\s+(asc|desc))?", re.I)


class Reading:
	"""The reading half of Database. Rows come back with datetimes as datetimes."""

	def get_value(
		self,
		doctype: str,
		filters: Any = None,
		fieldname: str | Sequence[str] = "name",
		ignore: Any = None,
		as_dict: bool = False,
		debug: bool = False,
		order_by: str | None = DEFAULT_ORDER,
		cache: bool = False,
		for_update: bool = False,
		*,
		pluck: bool = False,
		skip_locked: bool = False,
		wait: bool = True,
		**unknown: Any,
	) -> Any:
		"""One field, a list of fields or a dict of the first row that matches; None if none does.

		For a Single the fields come from tabSingles, as text.
		"""
		refuse("frappe.db.get_value", unknown)
		rows = self.get_values(
			doctype,
			filters,
			fieldname,
			ignore,
			as_dict,
			debug,
			order_by,
			cache=cache,
			for_update=for_update,
			pluck=pluck,
			limit=1,
			skip_locked=skip_locked,
			wait=wait,
		)
		if not rows:
			return None
		row = rows[0]
		return row if as_dict or pluck or len(row) > 1 else row[0]

	def get_values(
		self,
		doctype: str,
		filters: Any = None,
		fieldname: str | Sequence[str] = "name",
		ignore: Any = None,
		as_dict: bool = False,
		debug: bool = False,
		order_by: str | None = DEFAULT_ORDER,
		update: Any = None,
		cache: bool = False,
		for_update: bool = False,
		*,
		pluck: bool = False,
		distinct: bool = False,
		limit: int | None = None,
		skip_locked: bool = False,
		wait: bool = True,
		**unknown: Any,
	) -> list:
		refuse("frappe.db.get_values", {**unknown, **({"update": update} if update else {})})
		key = (doctype, filters, fieldname if isinstance(fieldname, str) else tuple(fieldname), as_dict)
		cacheable = cache and isinstance(filters, str)
		if cacheable and key in self.value_cache:
			return self.value_cache[key]
		fields = [fieldname] if isinstance(fieldname, str) else list(fieldname)
		if filters is None or filters == doctype:
			rows = self._single_values(doctype, fields)
		else:
			if for_update:
				self.take_write_lock()
			order = "modified desc" if order_by == DEFAULT_ORDER else order_by
			where = Where(f"tab{doctype}", self.columns(doctype), coalesce=False).add(filters)
			rows = self.read_rows(
				doctype,
				fields,
				where,
				order_by=None if distinct else order,
				limit=limit,
				distinct=distinct,
				direction="desc",
			)
		result = shape(rows, as_dict=as_dict, pluck=pluck, as_list=not as_dict)
		if cacheable:
			self.value_cache[key] = result
		return result

	def read_rows(
		self,
		doctype: str,
		fields: list[str],
		where: Where,
		*,
		order_by: str | None = None,
		limit: int | None = None,
		offset: int | None = None,
		distinct: bool = False,
		direction: str = "asc",
	) -> list[_dict]:
		"""SELECT over one DocType's table; `direction` is for an order that names none."""
		table = f"tab{doctype}"
		columns = ", ".join(_select_field(field, doctype, where.columns) for field in fields)
		statement = f'SELECT {"DISTINCT " if distinct else ""}{columns} FROM "{table}"{where.sql()}'
		if order_by:
			statement += " ORDER BY " + ", ".join(_order_terms(order_by, doctype, where.columns, direction))
		if limit or offset:
			statement += f" LIMIT {int(limit or -1)} OFFSET {int(offset or 0)}"
		return self.select(statement, where.values, table=table)

	def get_single_value(self, doctype: str, fieldname: str, cache: bool = True) -> Any:
		"""A field of a Single, as its field type says."""
		from frappe.model.fieldtypes import cast

		df = frappe.get_meta(doctype).get_field(fieldname)
		if not df:
			frappe.throw(
				f"Field <strong>{fieldname}</strong> does not exist on {doctype}", frappe.InvalidColumnName
			)
		return cast(df.fieldtype, self.get_singles_dict(doctype).get(fieldname))

	def get_singles_dict(
		self, doctype: str, debug: bool = False, *, for_update: bool = False, cast: bool = False
	) -> _dict:
		"""All stored fields of a Single, as text, or as their fields' types."""
		if for_update:
			self.take_write_lock()
		rows = self.select('SELECT field, value FROM "tabSingles" WHERE doctype = ?', [doctype])
		stored = _dict({row.field: row.value for row in rows})
		if cast:
			from frappe.model.fieldtypes import cast as cast_value

			known = {df.fieldname: df.fieldtype for df in frappe.get_meta(doctype).fields}
			stored.update(
				{name: cast_value(known[name], value) for name, value in stored.items() if name in known}
			)
		return stored

	def exists(self, dt: str | dict, dn: Any = None, cache: bool = False) -> Any:
		"""The name of a matching document, or None.

		Like the real one this takes a name or filters: without either it looks among the Singles, and finds none.
		"""
		if isinstance(dt, dict):
			conditions = dict(dt)
			dt, dn = conditions.pop("doctype"), conditions
		if dt == dn:
			return dn
		return self.get_value(dt, dn, order_by=None, cache=cache)

	def count(
		self, dt: str, filters: Any = None, debug: bool = False, cache: bool = False, distinct: bool = True
	) -> int:
		where = Where(f"tab{dt}", self.columns(dt), coalesce=False).add(filters)
		table = f"tab{dt}"
		return self.select(f'SELECT COUNT(*) AS rows FROM "{table}"{where.sql()}', where.values, table=table)[
			0
		].rows

	def has_column(self, doctype: str, column: str) -> bool:
		return column in self.columns(doctype)

	def _single_values(self, doctype: str, fields: list[str]) -> list[_dict]:
		stored = self.get_singles_dict(doctype)
		if fields == ["*"]:
			return [stored] if stored else []
		if not any(field in stored for field in fields):
			return []
		return [_dict({field: stored.get(field) for field in fields})]


def shape(rows: list[_dict], *, as_dict: bool, pluck: bool | str, as_list: bool) -> list:
	if isinstance(pluck, str):
		return [row[pluck] for row in rows]
	if pluck:
		return [next(iter(row.values())) for row in rows]
	return [tuple(row.values()) for row in rows] if as_list and not as_dict else rows


def _select_field(field: str, doctype: str, columns: dict[str, Column]) -> str:
	if field.strip() in ("*", f"`tab{doctype}`.*"):
		return f'"tab{doctype}".*'
	match = _FIELD.fullmatch(field.strip())
	if not match or match[1] not in (None, doctype):
		missing(f"field {field!r} of {doctype}")
	_check_column(match[2], doctype, columns, "field list")
	alias = f' AS "{match[3]}"' if match[3] else ""
	return f'"tab{doctype}"."{match[2]}"{alias}'


def _order_terms(order_by: str, doctype: str, columns: dict[str, Column], direction: str) -> list[str]:
	terms = []
	for term in filter(None, (part.strip() for part in order_by.split(","))):
		match = _ORDER.fullmatch(term)
		if not match or match[1] not in (None, doctype):
			missing(f"order_by {term!r} of {doctype}")
		_check_column(match[2], doctype, columns, "order clause")
		terms.append(f'"tab{doctype}"."{match[2]}" {match[3] or direction}')
	return terms


def _check_column(fieldname: str, doctype: str, columns: dict[str, Column], where: str) -> None:
	if fieldname not in columns:
		raise OperationalError(NO_SUCH_COLUMN, f"Unknown column 'tab{doctype}.{fieldname}' in '{where}'")
