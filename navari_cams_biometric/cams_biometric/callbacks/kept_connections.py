"""Database connections that stay open from one callback to the next: to open one takes a fifth of a callback's time.

Only callbacks use them, so that no other request has left anything in one. It is handed on between two transactions, so
that whatever is read next is of its own moment. It is handed on at once, and not for long, or it is closed: the database
may have been restarted since, or have moved.

ref: docs/decisions/0037-a-callback-is-answered-at-once.md
"""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import frappe

if TYPE_CHECKING:
	from frappe.database.database import Database

AT_ONCE = 0.5  # seconds; no database is restarted so fast
OPEN_FOR = 60  # seconds; after that its host may name another machine
MOST = 8  # in a process: more callbacks at once are served as well, and leave nothing
# The last statement where a transaction has ended; the next one begins with the next statement.
ENDS = {"COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"}


class Kept(NamedTuple):
	"""`place` is the site's, as it was configured then; the moments are of the monotonic clock."""

	database: "Database"
	place: int
	opened: float
	left: float


_kept: list[Kept] = []
_lock = threading.Lock()


def take() -> None:
	"""Let this request use a connection that an earlier callback left, unless it has connected already."""
	own = frappe.local.db
	if own._conn or not _is_ordinary(own):
		return
	place, now = _place(), time.monotonic()
	with _lock:
		late = [kept for kept in _kept if now - kept.left > AT_ONCE or now - kept.opened > OPEN_FOR]
		taken = [kept for kept in _kept if kept.place == place and kept not in late][-1:]
		_kept[:] = [kept for kept in _kept if kept not in late and kept not in taken]
	_close(kept.database for kept in late)
	for kept in taken:
		frappe.local.db, frappe.flags.cams_unused_database = kept.database, own
	frappe.flags.cams_connection = (place, taken[0].opened if taken else now)
	_note_statements(frappe.local.db)


def keep() -> None:
	"""Leave this request's connection to the next callback. The rest of the request opens another where it needs one."""
	database = frappe.local.db
	if not frappe.flags.cams_connection or not database._conn or not _is_ordinary(database):
		return
	try:
		if not _is_between_transactions(database):
			database.rollback()
	except Exception:
		drop()
		return
	database.value_cache.clear()
	_leave_unused_database()
	with _lock:
		_kept.append(Kept(database, *frappe.flags.cams_connection, time.monotonic()))
		surplus, _kept[:] = _kept[:-MOST], _kept[-MOST:]
	_close(kept.database for kept in surplus)


def drop() -> None:
	"""Close this request's connection, over which something failed: Frappe would end its transaction, and fail as well."""
	database = frappe.local.db
	if frappe.flags.cams_connection:
		_leave_unused_database()
		_close([database])


def _leave_unused_database() -> None:
	unused = frappe.flags.pop("cams_unused_database", None)
	if unused:
		frappe.local.db = unused
	else:
		frappe.connect(set_admin_as_user=False)
	frappe.local.db.rollback = _rollback


def _rollback(**options: object) -> None:
	"""As the request's database does it, unless it is not connected: it would connect for this alone."""
	database = frappe.local.db
	if database._conn:
		type(database).rollback(database, **options)


def _close(databases: Iterable["Database"]) -> None:
	for database in databases:
		with suppress(Exception):  # of one that the database has closed already
			database.close()


def _place() -> int:
	"""A number, because the password is part of it."""
	database = sorted((key, str(value)) for key, value in frappe.conf.items() if key.startswith("db_"))
	return hash((frappe.local.site, *database))


def _is_ordinary(database: "Database") -> bool:
	"""Whether neither Frappe's recorder has replaced its `sql` nor the site may only be read."""
	return "sql" not in vars(database) and not frappe.flags.read_only


def _note_statements(database: "Database") -> None:
	"""And run none to begin a transaction: one begins with the first statement, because autocommit is off."""
	database.check_transaction_status = _note
	database.begin = lambda **_options: None


def _note(statement: str, *kind: str) -> None:
	"""Frappe checks a statement before it runs it, so that one that fails is noted as well."""
	database = frappe.local.db
	database.cams_last_statement = statement
	type(database).check_transaction_status(database, statement, *kind)


def _is_between_transactions(database: "Database") -> bool:
	return database.cams_last_statement.strip().upper() in ENDS
