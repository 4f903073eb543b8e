"""Run by attendance.test_comparisons in a bench's Python, in its sites folder: `compare_many.py SITE SERVICE_TAG`.

Prints as JSON, for two numbers of gateway punches, the rows, the differences and the queries of a comparison.
"""

import json
import sys
import time
from collections import Counter
from datetime import datetime, timedelta

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.history.punch_comparison import compare_punches, scope_of
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.client import DevicePunch
from navari_cams_biometric.gateway.punch import Punch

START = datetime(2019, 3, 4)
PEOPLE = 200


def main(site: str, service_tag: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	print(json.dumps([_compare(service_tag, count) for count in (100, 10_000)]))
	frappe.db.rollback()


def _compare(service_tag: str, count: int) -> dict:
	"""Of the gateway's punches every second one is here, waiting in the inbox."""
	device = frappe.get_cached_doc("CAMS Device", service_tag)
	punches = [_punch(number) for number in range(count)]
	callback = Callback(punches=tuple(punches[::2]), service_tag=service_tag, is_batch=True)
	inbox.store(callback, device)
	told = [DevicePunch(service_tag, punch) for punch in punches]
	scope = scope_of(START.date(), (START + timedelta(days=9)).date(), service_tag)
	with _Counter() as counter:
		rows = compare_punches(told, scope, now_datetime(), is_all=True)
	differences = Counter(row["difference"] for row in rows)
	return {
		"rows": len(rows),
		"missing": differences["Only at Gateway"],
		"queries": counter.queries,
		"seconds": round(counter.seconds, 2),
	}


def _punch(number: int) -> Punch:
	moment = START + timedelta(seconds=77 * number)
	return Punch(f"M{number % PEOPLE:04}", "CheckIn", f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300")


class _Counter:
	"""Counts what goes to the database."""

	def __enter__(self) -> "_Counter":
		self.queries, self._sql, self._started = 0, frappe.db.sql, time.perf_counter()
		frappe.db.sql = self._count
		return self

	def __exit__(self, *_error: object) -> None:
		frappe.db.sql = self._sql
		self.seconds = time.perf_counter() - self._started

	def _count(self, *arguments: object, **keywords: object) -> object:
		self.queries += 1
		return self._sql(*arguments, **keywords)


if __name__ == "__main__":
	main(sys.argv[1], sys.argv[2])
