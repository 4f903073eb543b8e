"""Database connections that stay open from one callback to the next: to open one takes a fifth of a callback's time.

Only callbacks use them, so that nothing was said over one but what a callback says. One is handed on between two
transactions, so that whatever is read next is of its own moment; and at once, or it is closed: the database may have
been restarted since, or be elsewhere. A process keeps no more than it served callbacks at once.

ref: docs/decisions/0037-a-callback-is-answered-at-once.md
"""

import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import frappe

if TYPE_CHECKING:
	from frappe.database.database import Database

AT_ONCE = 0.5  # seconds; no database is restarted so fast
PLACE = ("db_socket", "db_host", "db_port", "db_name", "db_user", "db_password")  # in the site's config
# What was said last: each ends a transaction, and the next begins with the next statement.
BETWEEN_TRANSACTIONS = {"COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"}


class Kept(NamedTuple):
	"""`place` is the site's, as configured then; `since` is of the monotonic clock."""

	database: "Database"
	place: tuple[object, ...]
	since: float


_kept: list[Kept] = []
_lock = threading.Lock()


def take() -> None:
	"""Let this request, which has said nothing to the database yet, use a connection that an earlier callback left."""
	own = frappe.local.db
	if own._conn or not _is_ordinary(own):
		return
	place, earliest = _place(), time.monotonic() - AT_ONCE
	with _lock:
		late = [kept for kept in _kept if kept.since < earliest]
		taken = [kept for kept in _kept if kept.since >= earliest and kept.place == place][-1:]
		_kept[:] = [kept for kept in _kept if kept not in late and kept not in taken]
	for kept in late:
		with suppress(Exception):  # of one that the database has closed already
			kept.database.close()
	for kept in taken:
		frappe.local.db = kept.database
		frappe.flags.cams_unused_database = own
	frappe.flags.cams_place = place
	frappe.local.db.begin = _begin


def keep() -> None:
	"""Leave this request's connection to the next callback. The rest of the request opens another where it needs one.

	Raises what the database raises where it cannot end the transaction: then the connection is not kept.
	"""
	database, place = frappe.local.db, frappe.flags.cams_place
	if not place or not database._conn or not _is_ordinary(database):
		return
	if not _is_between_transactions(database):
		database.rollback()
	database.value_cache.clear()
	_leave_unused_database()
	with _lock:
		_kept.append(Kept(database, place, time.monotonic()))


def _leave_unused_database() -> None:
	unused = frappe.flags.pop("cams_unused_database", None)
	if unused:
		frappe.local.db = unused
	else:
		frappe.connect(set_admin_as_user=False)
	frappe.local.db.rollback = partial(_rollback, frappe.local.db)


def _begin(**_options: object) -> None:
	"""Nothing: the database begins a transaction with the first statement."""


def _rollback(database: "Database", **options: object) -> None:
	"""As the database does it, unless nothing was said to it: it would connect to say so."""
	if database._conn:
		type(database).rollback(database, **options)


def _place() -> tuple[object, ...]:
	return (frappe.local.site, *(frappe.conf.get(key) for key in PLACE))


def _is_ordinary(database: "Database") -> bool:
	"""Whether neither Frappe's recorder listens to it nor the site may only be read."""
	return "sql" not in vars(database) and not frappe.flags.read_only


def _is_between_transactions(database: "Database") -> bool:
	said = database.last_query
	text = said.decode() if isinstance(said, bytes) else str(said)
	return text.partition("/*")[0].strip().upper() in BETWEEN_TRANSACTIONS
