"""Rows that wait in the cache until the next flush: how Frappe logs an error of a request that has no session."""

from __future__ import annotations

import json
from typing import Any

import frappe

queue_prefix = "insert_queue_for_"


def deferred_insert(doctype: str, records: list | dict | str) -> None:
	frappe.cache.rpush(
		f"{queue_prefix}{doctype}", records if isinstance(records, str) else json.dumps(records, default=str)
	)


def save_to_db() -> None:
	"""Make rows of everything that waits; what cannot be inserted is dropped with a line in the log."""
	for key in frappe.cache.get_keys(queue_prefix):
		queue_key = key.decode().split("|", 1)[1]
		while entry := frappe.cache.lpop(queue_key):
			records = json.loads(entry)
			for record in records if isinstance(records, list) else [records]:
				insert_record(record, queue_key.removeprefix(queue_prefix))


def insert_record(record: dict[str, Any], doctype: str) -> None:
	try:
		frappe.get_doc({**record, "doctype": doctype}).insert()
	except Exception as error:
		frappe.logger().error(f"Error while inserting deferred {doctype} record: {error}")
