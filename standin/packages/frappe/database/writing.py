"""`frappe.db.set_value`, `bulk_insert`, `delete` and what Document needs to write its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import Any

import frappe
from frappe.database.columns import plain_text
from frappe.database.errors import DUPLICATE_ENTRY, NO_SUCH_COLUMN, IntegrityError, OperationalError
from frappe.database.filters import Where
from frappe.missing import missing, refuse


class Writing:
	"""The writing half of Database."""

	def set_value(
		self,
		dt: str,
		dn: Any,
		field: str | dict[str, Any],
		val: Any = None,
		modified: Any = None,
		modified_by: str | None = None,
		update_modified: bool = True,
		debug: bool = False,
		for_update: bool = True,
		**unknown: Any,
	) -> None:
		"""Set columns without validation or hooks. `dn` is a name or a filter."""
		refuse("frappe.db.set_value", unknown)
		if dn is None or dt == dn:
			self.set_single_value(
				dt, field, val, modified=modified, modified_by=modified_by, update_modified=update_modified
			)
			return
		values = dict(field) if isinstance(field, dict) else {field: val}
		if update_modified:
			values["modified"] = modified or frappe.utils.now()
			values["modified_by"] = modified_by or frappe.session.user
		where = Where(f"tab{dt}", self.columns(dt), coalesce=False).add(dn)
		assignments = ", ".join(f'"{fieldname}" = ?' for fieldname in values)
		self.execute(
			f'UPDATE "tab{dt}" SET {assignments}{where.sql()}',
			[*self._stored(dt, values), *where.values],
			table=f"tab{dt}",
		)
		frappe.clear_document_cache(dt, dn if isinstance(dn, str) else None)
		self.value_cache = {}

	def set_single_value(
		self,
		doctype: str,
		fieldname: str | dict[str, Any],
		value: Any = None,
		*,
		modified: Any = None,
		modified_by: str | None = None,
		update_modified: bool = True,
		debug: bool = False,
		**unknown: Any,
	) -> None:
		refuse("frappe.db.set_single_value", unknown)
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			values["modified"] = modified or frappe.utils.now()
			values["modified_by"] = modified_by or frappe.session.user
		self.write_single(doctype, values)
		frappe.clear_document_cache(doctype, doctype)
		self.value_cache = {}

	def write_single(self, doctype: str, values: dict[str, Any]) -> None:
		for fieldname, value in values.items():
			self.execute(
				'INSERT OR REPLACE INTO "tabSingles" (doctype, field, value) VALUES (?, ?, ?)',
				[doctype, fieldname, None if value is None else plain_text(value)],
			)

	def insert_row(self, doctype: str, values: dict[str, Any]) -> None:
		"""INSERT one row. Raises IntegrityError where a key is taken: of several, MariaDB names the primary one."""
		try:
			self.execute(
				_insert_statement(doctype, list(values)), self._stored(doctype, values), table=f"tab{doctype}"
			)
		except IntegrityError:
			if self.get_value(doctype, values["name"]):
				raise IntegrityError(DUPLICATE_ENTRY, "Duplicate entry for key 'PRIMARY'") from None
			raise

	def update_row(self, doctype: str, name: str, values: dict[str, Any]) -> None:
		assignments = ", ".join(f'"{fieldname}" = ?' for fieldname in values)
		self.execute(
			f'UPDATE "tab{doctype}" SET {assignments} WHERE name = ?',
			[*self._stored(doctype, values), name],
			table=f"tab{doctype}",
		)

	def bulk_insert(
		self,
		doctype: str,
		fields: list[str],
		values: Iterable[Sequence[Any]],
		ignore_duplicates: bool = False,
		*,
		chunk_size: int = 10_000,
		**unknown: Any,
	) -> None:
		"""Many rows without naming, validation or hooks; `ignore_duplicates` is INSERT IGNORE."""
		refuse("frappe.db.bulk_insert", unknown)
		table = f"tab{doctype}"
		columns = [self._column(doctype, fieldname) for fieldname in fields]
		statement = _insert_statement(doctype, list(fields), ignore_duplicates)
		rows, inserted = iter(values), 0
		while chunk := list(islice(rows, chunk_size)):
			if not self._is_outside(table):
				self.take_write_lock()
			for row in chunk:
				stored = [
					column.store(value, ignore=ignore_duplicates)
					for column, value in zip(columns, row, strict=True)
				]
				inserted += self.execute(statement, stored, table=table).rowcount
		self._cursor = SimpleNamespace(rowcount=inserted)

	def delete(self, doctype: Any, filters: Any = None, debug: bool = False, **keywords: Any) -> None:
		"""Delete rows without hooks. With a query builder table, `filters` may be a criterion."""
		from pypika.terms import Criterion

		if not isinstance(doctype, str) or isinstance(filters, Criterion):
			refuse("frappe.db.delete", keywords)
			table = frappe.qb.DocType(doctype) if isinstance(doctype, str) else doctype
			query = frappe.qb.from_(table).delete()
			(query.where(filters) if filters is not None else query).run()
			return
		filters = filters or keywords.pop("conditions", None)
		refuse("frappe.db.delete", keywords)
		where = Where(f"tab{doctype}", self.columns(doctype), coalesce=False).add(filters)
		self.execute(f'DELETE FROM "tab{doctype}"{where.sql()}', where.values, table=f"tab{doctype}")
		self.value_cache = {}

	def _stored(self, doctype: str, values: dict[str, Any]) -> list[Any]:
		return [self._column(doctype, fieldname).store(value) for fieldname, value in values.items()]

	def _column(self, doctype: str, fieldname: str):
		columns = self.columns(doctype)
		if frappe.get_meta(doctype).issingle:
			missing(f"rows of the Single {doctype}")
		if fieldname not in columns:
			raise OperationalError(NO_SUCH_COLUMN, f"Unknown column '{fieldname}' in 'field list'")
		return columns[fieldname]


def _insert_statement(doctype: str, fields: list[str], ignore_duplicates: bool = False) -> str:
	names = ", ".join(f'"{fieldname}"' for fieldname in fields)
	marks = ", ".join("?" * len(fields))
	ignore = " ON CONFLICT DO NOTHING" if ignore_duplicates else ""
	return f'INSERT INTO "tab{doctype}" ({names}) VALUES ({marks}){ignore}'
