"""The database errors of the stand-in, shaped like MariaDB's: a number first, then a message."""

import sqlite3

from frappe.exceptions import QueryTimeoutError

DUPLICATE_ENTRY = 1062
DEADLOCK = 1213
LOCK_WAIT_TIMEOUT = 1205
NO_SUCH_TABLE = 1146
NO_SUCH_COLUMN = 1054
DATA_TOO_LONG = 1406
INCORRECT_VALUE = 1292
OUT_OF_RANGE = 1264
CANNOT_BE_NULL = 1048
NO_SUCH_SAVEPOINT = 1305


class DatabaseError(Exception):
	pass


class OperationalError(DatabaseError):
	pass


class InternalError(DatabaseError):
	pass


class ProgrammingError(DatabaseError):
	pass


class DataError(DatabaseError):
	pass


class IntegrityError(DatabaseError):
	pass


def translate(error: sqlite3.Error) -> Exception:
	"""What Frappe on MariaDB would have raised where SQLite raised `error`."""
	message = str(error)
	if isinstance(error, sqlite3.IntegrityError):
		return _integrity_error(message)
	if "locked" in message or "busy" in message:
		cause = OperationalError(LOCK_WAIT_TIMEOUT, "Lock wait timeout exceeded; try restarting transaction")
		return QueryTimeoutError(cause)
	if message.startswith("no such table"):
		return ProgrammingError(NO_SUCH_TABLE, message)
	if message.startswith(("no such column", "table ")) and "column" in message:
		return OperationalError(NO_SUCH_COLUMN, message.replace("no such column:", "Unknown column"))
	if message.startswith("no such savepoint"):
		return OperationalError(NO_SUCH_SAVEPOINT, message)
	return ProgrammingError(1064, message)


def _integrity_error(message: str) -> IntegrityError:
	kind, _colon, columns = message.partition(": ")
	fields = [column.rpartition(".")[2] for column in columns.split(", ")]
	if kind == "UNIQUE constraint failed":
		key = "PRIMARY" if fields == ["name"] else "_".join(fields)
		return IntegrityError(DUPLICATE_ENTRY, f"Duplicate entry for key '{key}'")
	if kind == "NOT NULL constraint failed":
		return IntegrityError(CANNOT_BE_NULL, f"Column '{fields[0]}' cannot be null")
	return IntegrityError(1451, message)
