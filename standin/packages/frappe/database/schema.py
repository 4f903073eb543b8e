"""Tables: one per DocType, as its meta says, plus the few that Frappe keeps beside them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from frappe.database import collation
from frappe.database.columns import Column, column_of

if TYPE_CHECKING:
	from frappe.model.meta import Meta

MAIN = "site.sqlite"
OUTSIDE = "outside_transactions.sqlite"

STANDARD = (
	Column("name", "varchar"),
	Column("owner", "varchar"),
	Column("creation", "datetime"),
	Column("modified", "datetime", index=True),
	Column("modified_by", "varchar"),
	Column("docstatus", "int", not_null=True),
	Column("idx", "int", not_null=True),
)
CHILD = (
	Column("parent", "varchar", index=True),
	Column("parentfield", "varchar"),
	Column("parenttype", "varchar"),
)
SERIES = {"name": Column("name", "varchar"), "current": Column("current", "int")}
_OTHERS = f"""
CREATE TABLE IF NOT EXISTS "tabSingles" (doctype TEXT COLLATE {collation.TEXT}, field TEXT COLLATE
	{collation.TEXT}, value TEXT, PRIMARY KEY (doctype, field));
CREATE TABLE IF NOT EXISTS "tabSeries" (name TEXT COLLATE {collation.TEXT} PRIMARY KEY, current INTEGER);
CREATE TABLE IF NOT EXISTS "__Auth" (doctype TEXT COLLATE {collation.TEXT}, name TEXT COLLATE
	{collation.TEXT}, fieldname TEXT COLLATE {collation.TEXT}, password TEXT, encrypted INTEGER,
	PRIMARY KEY (doctype, name, fieldname));
"""


def connect(path: Path, file: str, lock_wait_seconds: float) -> sqlite3.Connection:
	"""A connection in autocommit mode; transactions are begun by hand, for writing only."""
	connection = sqlite3.connect(
		path / file,
		timeout=lock_wait_seconds,
		isolation_level=None,
		check_same_thread=False,  # each is used by one request at a time
		detect_types=sqlite3.PARSE_DECLTYPES,
	)
	collation.register(connection)
	return connection


def prepare(path: Path) -> None:
	"""Make both files of a site: the second stands for MariaDB's tables without transactions (MyISAM)."""
	for file in (MAIN, OUTSIDE):
		connection = connect(path, file, 30)
		connection.execute("PRAGMA journal_mode = WAL")
		connection.execute("PRAGMA synchronous = NORMAL")
		connection.executescript(_OTHERS)
		connection.close()


def columns_of(meta: Meta) -> dict[str, Column]:
	"""The columns of a DocType by fieldname; a Single has none."""
	columns = {column.name: column for column in STANDARD + (CHILD if meta.istable else ())}
	for df in meta.fields:
		if column := column_of(df):
			columns.setdefault(column.name, column)
	return columns


def sync_table(connection: sqlite3.Connection, meta: Meta) -> None:
	"""Create the table of a DocType, or add the columns and indexes that it does not have yet."""
	if meta.issingle or meta.is_virtual:
		return
	table = f"tab{meta.name}"
	columns = columns_of(meta)
	present = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
	if not present:
		body = ", ".join(
			f"{column.declaration} PRIMARY KEY NOT NULL" if column.name == "name" else column.declaration
			for column in columns.values()
		)
		connection.execute(f'CREATE TABLE "{table}" ({body})')
	for column in columns.values():
		if present and column.name not in present:
			connection.execute(f'ALTER TABLE "{table}" ADD COLUMN {column.declaration}')
		if column.unique:
			add_index(connection, table, [column.name], unique=True)
		elif column.index:
			add_index(connection, table, [column.name])


def add_index(
	connection: sqlite3.Connection,
	table: str,
	fields: list[str],
	index_name: str | None = None,
	unique: bool = False,
) -> None:
	kind = "UNIQUE INDEX" if unique else "INDEX"
	name = f"{table} {index_name or '_'.join(fields)}{' unique' if unique else ''}"
	columns = ", ".join(f'"{field}"' for field in fields)
	connection.execute(f'CREATE {kind} IF NOT EXISTS "{name}" ON "{table}" ({columns})')
