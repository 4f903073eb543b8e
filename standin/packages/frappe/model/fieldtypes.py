"""Values as their field types say: what Document puts into a row and what a Single's text means."""

from __future__ import annotations

import datetime
import json
from typing import Any

from frappe.database.columns import KIND_OF
from frappe.utils.data import cint, cstr, flt, get_datetime, get_timedelta, getdate

NUMBERS = ("int", "bigint", "decimal")
TEMPORAL = ("datetime", "date", "time")


def cast(fieldtype: str, value: Any) -> Any:
	"""The text of tabSingles as a value of `fieldtype`."""
	kind = KIND_OF.get(fieldtype, "text")
	if kind in NUMBERS:
		return (flt if kind == "decimal" else cint)(value)
	if kind in TEMPORAL:
		if not value:
			return None
		return {"datetime": get_datetime, "date": getdate, "time": get_timedelta}[kind](value)
	return cstr(value) if value is not None or fieldtype == "Data" else None


def for_row(df: Any, value: Any) -> Any:
	"""A document's value as it goes to the database: numbers numeric, blanks of unique fields as None."""
	kind = KIND_OF.get(df.fieldtype)
	if isinstance(value, list):
		from frappe.messages import throw

		throw(f"Value for {df.label} cannot be a list")
	if df.fieldtype == "Check":
		return 1 if cint(value) else 0
	if kind in ("int", "bigint"):
		return value if isinstance(value, int) else cint(value)
	if kind == "decimal":
		return value if isinstance(value, float) else flt(value)
	if df.fieldtype == "JSON" and isinstance(value, dict):
		return json.dumps(value, separators=(",", ":"))
	if (kind in TEMPORAL and value == "") or (df.unique and cstr(value).strip() == ""):
		return None
	return value


def as_text(value: Any) -> Any:
	if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
		return str(value)
	return value
