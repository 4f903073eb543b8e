"""Columns: from a DocField's type to what the database keeps, with MariaDB's strictness.

A text that is too long, a number out of range or a datetime with an offset is an error. INSERT IGNORE turns the
first two into truncation and clamping, as MariaDB does; a bad datetime stays an error here, because what
MariaDB makes of it (0000-00-00) no test should ever build on.
"""

from __future__ import annotations

import datetime
import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from frappe.database import collation
from frappe.database.errors import (
	DATA_TOO_LONG,
	INCORRECT_VALUE,
	OUT_OF_RANGE,
	DataError,
	OperationalError,
)
from frappe.missing import missing

VARCHAR = 140
TEXT_BYTES = 65_535
INT = 2_147_483_647
BIGINT = 9_223_372_036_854_775_807

NO_VALUE = frozenset(
	"Section Break,Column Break,Tab Break,HTML,Table,Table MultiSelect,Button,Image,Fold,Heading".split(",")
)
TABLES = ("Table", "Table MultiSelect")
_KINDS = {
	"varchar": "Data,Link,Dynamic Link,Select,Read Only,Color,Icon,Autocomplete,Phone",
	"text": "Small Text,Text,Attach,Attach Image,Password",
	"longtext": "Long Text,Code,Text Editor,Markdown Editor,HTML Editor,JSON,Geolocation,Barcode,Signature",
	"int": "Int,Check",
	"bigint": "Long Int",
	"decimal": "Float,Currency,Percent,Rating,Duration",
	"datetime": "Datetime",
	"date": "Date",
	"time": "Time",
}
KIND_OF = {fieldtype: kind for kind, fieldtypes in _KINDS.items() for fieldtype in fieldtypes.split(",")}
_SQL_TYPES = {
	"int": "INTEGER",
	"bigint": "INTEGER",
	"decimal": "REAL",
	"datetime": f"standin_datetime COLLATE {collation.DATETIME}",
	"date": f"standin_date COLLATE {collation.DATETIME}",
	"time": "standin_time",
}
_DATETIME = re.compile(
	r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?)?"
)
_TIME = re.compile(r"(-?)(\d{1,3}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?")


@dataclass(frozen=True)
class Column:
	name: str
	kind: str
	length: int = VARCHAR
	not_null: bool = False
	default: str | None = None
	unique: bool = False
	index: bool = False

	@property
	def declaration(self) -> str:
		parts = [f'"{self.name}"', _SQL_TYPES.get(self.kind, f"TEXT COLLATE {collation.TEXT}")]
		if self.not_null:
			parts.append("NOT NULL DEFAULT 0")
		if self.default is not None:
			quoted = self.default.replace("'", "''")
			parts.append(f"DEFAULT '{quoted}'")
		return " ".join(parts)

	def store(self, value: Any, *, ignore: bool = False) -> Any:
		"""`value` as this column keeps it; `ignore` is the leniency of INSERT IGNORE."""
		if value is None:
			return 0 if self.not_null and ignore else None
		if self.kind in ("varchar", "text", "longtext"):
			return self._store_text(value, ignore)
		if self.kind in ("int", "bigint", "decimal"):
			return self._store_number(value, ignore)
		try:
			return {"datetime": datetime_text, "date": date_text, "time": time_text}[self.kind](value)
		except ValueError:
			raise self._incorrect(value) from None

	def _store_text(self, value: Any, ignore: bool) -> str:
		if isinstance(value, dict | list):
			raise ProgrammingValueError(self.name, value)
		text = plain_text(value)
		if self.kind == "varchar" and len(text) > self.length:
			if not ignore:
				raise DataError(DATA_TOO_LONG, f"Data too long for column '{self.name}' at row 1")
			return text[: self.length]
		if self.kind == "text" and len(text.encode("utf-8", "surrogatepass")) > TEXT_BYTES:
			if not ignore:
				raise DataError(DATA_TOO_LONG, f"Data too long for column '{self.name}' at row 1")
			return text.encode()[:TEXT_BYTES].decode(errors="ignore")
		return text

	def _store_number(self, value: Any, ignore: bool) -> int | float:
		try:
			number = float(value) if self.kind == "decimal" else int(value)
		except (TypeError, ValueError):
			raise self._incorrect(value) from None
		limit = {"int": INT, "bigint": BIGINT, "decimal": 10**12}[self.kind]
		if abs(number) > limit:
			if not ignore:
				raise DataError(OUT_OF_RANGE, f"Out of range value for column '{self.name}' at row 1")
			return limit if number > 0 else -limit
		return round(number, 9) if self.kind == "decimal" else number

	def _incorrect(self, value: Any) -> OperationalError:
		return OperationalError(
			INCORRECT_VALUE, f"Incorrect {self.kind} value: '{value}' for column '{self.name}' at row 1"
		)


class ProgrammingValueError(OperationalError):
	def __init__(self, fieldname: str, value: Any) -> None:
		super().__init__(1241, f"Operand should contain 1 column(s): {fieldname} = {json.dumps(value)[:60]}")


def column_of(df: dict) -> Column | None:
	"""The column of a DocField, or None where it has none (breaks, tables, virtual fields)."""
	fieldtype = df["fieldtype"]
	if fieldtype in NO_VALUE or df.get("is_virtual"):
		return None
	if fieldtype not in KIND_OF:
		missing(f"fieldtype {fieldtype}")
	kind = KIND_OF[fieldtype]
	numeric = kind in ("int", "bigint", "decimal")
	default = df.get("default")
	if numeric or kind not in ("varchar",) or str(default or "").startswith((":", "__")):
		default = None
	return Column(
		name=df["fieldname"],
		kind=kind,
		length=int(df.get("length") or 0) or VARCHAR,
		not_null=numeric,
		default=str(default) if default else None,
		unique=bool(df.get("unique")),
		index=bool(df.get("search_index")),
	)


def plain_text(value: Any) -> str:
	if isinstance(value, datetime.datetime):
		return datetime_text(value)
	if isinstance(value, bool):
		return str(int(value))
	return str(value)


def datetime_text(value: Any) -> str:
	"""YYYY-MM-DD HH:MM:SS.ffffff without an offset. Raises ValueError for all else."""
	if isinstance(value, datetime.datetime):
		if value.tzinfo is not None:
			raise ValueError(f"stand-in: an aware datetime for a Datetime field: {value}")
		return value.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
	if isinstance(value, datetime.date):
		return f"{value.isoformat()} 00:00:00.000000"
	match = _DATETIME.fullmatch(str(value).strip())
	if not match:
		raise ValueError(f"not a datetime: {value}")
	*parts, fraction = match.groups()
	moment = datetime.datetime(*(int(part or 0) for part in parts), int((fraction or "").ljust(6, "0")))
	return datetime_text(moment)


def date_text(value: Any) -> str:
	return datetime_text(value)[:10]


def time_text(value: Any) -> str:
	if isinstance(value, datetime.timedelta):
		microseconds = value // datetime.timedelta(microseconds=1)
		sign, microseconds = ("-", -microseconds) if microseconds < 0 else ("", microseconds)
		seconds, fraction = divmod(microseconds, 1_000_000)
		return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
	if isinstance(value, datetime.time):
		return value.strftime("%H:%M:%S.%f")
	return time_text(parse_time(str(value).strip()))


def parse_time(text: str) -> datetime.timedelta:
	match = _TIME.fullmatch(text)
	if not match:
		raise ValueError(f"not a time: {text}")
	sign, hours, minutes, seconds, fraction = match.groups()
	span = datetime.timedelta(
		hours=int(hours),
		minutes=int(minutes),
		seconds=int(seconds or 0),
		microseconds=int((fraction or "").ljust(6, "0")),
	)
	return -span if sign else span


def _register_converters() -> None:
	sqlite3.register_converter("standin_datetime", lambda raw: datetime.datetime.fromisoformat(raw.decode()))
	sqlite3.register_converter("standin_date", lambda raw: datetime.date.fromisoformat(raw.decode()[:10]))
	sqlite3.register_converter("standin_time", lambda raw: parse_time(raw.decode()))


_register_converters()
