"""The stand-in's database: SQLite behind the surface of `frappe.db`, imitating MariaDB.

Reading happens outside any transaction; the first write takes SQLite's only write lock and keeps it until commit
or rollback. So a reader never waits, a writer that waits too long gets QueryTimeoutError, and a row lock
(`for_update`) is coarser than the real one: it locks the whole site for writing.
"""

from __future__ import annotations

import re
import sqlite3
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import frappe
from frappe.database import errors, schema
from frappe.database.columns import Column
from frappe.database.reading import Reading
from frappe.database.writing import Writing
from frappe.missing import missing, refuse
from frappe.query_builder import query_of
from frappe.runtime import Site, _dict

_IDENTIFIER = re.compile(r"\w+")


class CallbackManager:
	"""Functions to run once, in the order they were added."""

	def __init__(self) -> None:
		self._functions: deque[Callable[[], Any]] = deque()

	def add(self, function: Callable[[], Any]) -> None:
		self._functions.append(function)

	def run(self) -> None:
		while self._functions:
			self._functions.popleft()()

	def reset(self) -> None:
		self._functions.clear()


class Database(Reading, Writing):
	"""One connection, for one request or job, in one thread."""

	DatabaseError = errors.DatabaseError
	OperationalError = errors.OperationalError
	InternalError = errors.InternalError
	ProgrammingError = errors.ProgrammingError
	DataError = errors.DataError

	def __init__(self, site: Site) -> None:
		self.site = site
		self.value_cache: dict[tuple, Any] = {}
		self.before_commit = CallbackManager()
		self.after_commit = CallbackManager()
		self.before_rollback = CallbackManager()
		self.after_rollback = CallbackManager()
		self._columns: dict[str, dict[str, Column]] = {}
		self._connections: dict[str, sqlite3.Connection] = {}

	def __getattr__(self, name: str) -> NoReturn:
		if name.startswith("__"):
			raise AttributeError(name)
		missing(f"frappe.db.{name}")

	@property
	def _conn(self) -> sqlite3.Connection | None:
		"""None until something is read or written."""
		return self._connections.get(schema.MAIN)

	def check_transaction_status(self, query: str) -> None:
		"""Called before anything is said; Frappe refuses here what would end a transaction unasked."""

	def close(self) -> None:
		for connection in self._connections.values():
			connection.close()
		self._connections = {}

	def begin(self, *, read_only: bool = False) -> None:
		if read_only:
			missing("frappe.db.begin(read_only=True)")
		self.take_write_lock()

	def take_write_lock(self) -> None:
		"""Unless this connection has it. Raises QueryTimeoutError."""
		connection = self._connection(schema.MAIN)
		if not connection.in_transaction:
			self._run(connection, "BEGIN IMMEDIATE", ())

	def commit(self) -> None:
		self.before_rollback.reset()
		self.after_rollback.reset()
		self.before_commit.run()
		self._end("COMMIT")
		self.after_commit.run()

	def rollback(self, *, save_point: str | None = None) -> None:
		if save_point:
			self._run(self._connection(schema.MAIN), f'ROLLBACK TO "{_identifier(save_point)}"', ())
			self.value_cache = {}
			return
		self.before_commit.reset()
		self.after_commit.reset()
		self.before_rollback.run()
		self._end("ROLLBACK")
		self.after_rollback.run()

	def savepoint(self, save_point: str) -> None:
		self.take_write_lock()
		self._run(self._connection(schema.MAIN), f'SAVEPOINT "{_identifier(save_point)}"', ())

	def release_savepoint(self, save_point: str) -> None:
		self._run(self._connection(schema.MAIN), f'RELEASE "{_identifier(save_point)}"', ())

	def sql(
		self, query: str, values: Mapping[str, Any] | None = None, as_dict: bool = False, **unknown: Any
	) -> Any:
		"""Run a text that `frappe.qb` made, with its Parameters by name."""
		refuse("frappe.db.sql", unknown)
		return query_of(query).run_with(values or {}, as_dict=as_dict)

	def columns(self, doctype: str) -> dict[str, Column]:
		"""The columns of a DocType's table, by fieldname."""
		if doctype not in self._columns:
			is_plain = doctype == "Series"  # a table without a DocType
			self._columns[doctype] = (
				schema.SERIES if is_plain else schema.columns_of(frappe.get_meta(doctype))
			)
		return self._columns[doctype]

	def execute(self, statement: str, values: Sequence[Any] = (), *, table: str = "") -> sqlite3.Cursor:
		"""Run one of the stand-in's own statements; anything that is no SELECT begins a transaction.

		`table` decides which file it goes to: tables without transactions live in one of their own.
		"""
		outside = self._is_outside(table)
		if not outside and not statement.lstrip().startswith("SELECT"):
			self._refuse_in_read_only()
			self.take_write_lock()
		return self._run(self._connection(schema.OUTSIDE if outside else schema.MAIN), statement, values)

	def select(self, statement: str, values: Sequence[Any] = (), *, table: str = "") -> list[_dict]:
		cursor = self.execute(statement, values, table=table)
		names = [description[0] for description in cursor.description]
		return [_dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

	def updatedb(self, doctype: str, meta: Any = None) -> None:
		"""Bring the table of a DocType up to its fields. Commits, as DDL does on MariaDB."""
		self.commit()
		meta = meta or frappe.get_meta(doctype)
		self._columns.pop(doctype, None)
		outside = self._is_outside(f"tab{doctype}")
		schema.sync_table(self._connection(schema.OUTSIDE if outside else schema.MAIN), meta)

	def add_index(self, doctype: str, fields: list[str], index_name: str | None = None) -> None:
		self.commit()
		table = f"tab{doctype}"
		connection = self._connection(schema.OUTSIDE if self._is_outside(table) else schema.MAIN)
		plain = [re.sub(r"\(\d+\)$", "", field) for field in fields]
		try:
			schema.add_index(connection, table, plain, index_name)
		except sqlite3.Error as error:
			raise errors.translate(error) from error

	def _is_outside(self, table: str) -> bool:
		doctype = self.site.doctypes.get(table[3:]) if table.startswith("tab") else None
		return bool(doctype) and doctype.get("engine") == "MyISAM"

	def _connection(self, file: str) -> sqlite3.Connection:
		if file not in self._connections:
			wait = float(self.site.conf.lock_wait_seconds or 20)
			self._connections[file] = schema.connect(self.site.path, file, wait)
		return self._connections[file]

	def _run(self, connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
		self.check_transaction_status(statement)
		try:
			return connection.execute(statement, values)
		except sqlite3.Error as error:
			raise errors.translate(error) from error

	def _end(self, statement: str) -> None:
		connection = self._connections.get(schema.MAIN)
		if connection and connection.in_transaction:
			self._run(connection, statement, ())
		self.value_cache = {}

	def _refuse_in_read_only(self) -> None:
		if frappe.flags.read_only:
			frappe.throw(
				"Site is running in read only mode for maintenance or site update.", frappe.InReadOnlyMode
			)

	@staticmethod
	def is_deadlocked(error: Exception) -> bool:
		return error.args[:1] == (errors.DEADLOCK,)

	@staticmethod
	def is_timedout(error: Exception) -> bool:
		return error.args[:1] == (errors.LOCK_WAIT_TIMEOUT,)

	@staticmethod
	def is_duplicate_entry(error: Exception) -> bool:
		return error.args[:1] == (errors.DUPLICATE_ENTRY,)

	@classmethod
	def is_primary_key_violation(cls, error: Exception) -> bool:
		return cls.is_duplicate_entry(error) and "PRIMARY" in str(error.args[1])

	@classmethod
	def is_unique_key_violation(cls, error: Exception) -> bool:
		return cls.is_duplicate_entry(error) and "Duplicate" in str(error.args[1])


def _identifier(name: str) -> str:
	if not _IDENTIFIER.fullmatch(name):
		raise errors.ProgrammingError(1064, f"You have an error in your SQL syntax near '{name}'")
	return name
