"""Run in a bench's Python, in its sites folder: `large_site.py SITE USER`. Prints, as JSON, how many queries and
seconds each page takes to open: `before`, on the site as it is, and `after` adding 100,000 punches and 2,000
employees, which are deleted at the end.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.attendance.reasons import FAILED, HELD, REASONS
from navari_cams_biometric.cams_biometric.controllers import live_board, mending

PUNCHES = 100_000
EMPLOYEES = 2_000
DEVICES = 5
OPENINGS = 10
OWNER = "large-site@example.com"
DOCTYPES = ("Employee", "CAMS Device", "CAMS Punch", "CAMS Device User", "Employee Checkin")
WAITING = [code for code, reason in REASONS.items() if reason.state in (HELD, FAILED)]
FIRST_NAMES = ("Amani", "Baraka", "Chebet", "Dalila", "Enzi", "Faraja", "Ghani", "Hamisi", "Imani", "Jabari")
LAST_NAMES = ("Mosi", "Pili", "Tatu", "Nne", "Tano", "Sita", "Saba", "Nane", "Tisa", "Kumi")
PAGES = {"Held Punches": mending.held_groups, "Live Board": live_board.board}


def main(site: str, user: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	forget()
	figures = {"before": measured(user)}
	try:
		fill()
		figures["after"] = measured(user)
	finally:
		forget()
	print(json.dumps(figures))


def measured(user: str) -> dict[str, dict]:
	frappe.set_user(user)
	try:
		return {page: opened(function) for page, function in PAGES.items()}
	finally:
		frappe.set_user("Administrator")


def opened(function: Callable[[], dict]) -> dict:
	"""Of several openings the quickest, and the most queries; after one that fills Frappe's own caches."""
	function()
	timings, counts, size = [], [], 0
	for _ in range(OPENINGS):
		with counted() as statements:
			started = time.perf_counter()
			size = len(frappe.as_json(function()))
			timings.append(time.perf_counter() - started)
		counts.append(len(statements))
	return {"queries": max(counts), "seconds": round(min(timings), 3), "kilobytes": size // 1024}


class counted:
	"""Collects the statements that reach the database."""

	statements: list[str]

	def __enter__(self) -> list[str]:
		self.sql = frappe.db.sql
		self.statements = []

		def sql(query: str, *arguments: object, **options: object) -> object:
			self.statements.append(str(query))
			return self.sql(query, *arguments, **options)

		frappe.db.sql = sql
		return self.statements

	def __exit__(self, *_) -> None:
		frappe.db.sql = self.sql


def fill() -> None:
	for doctype, rows in (
		("CAMS Device", devices()),
		("Employee", employees()),
		("CAMS Punch", punches()),
		("CAMS Device User", device_users()),
		("Employee Checkin", checkins()),
	):
		rows = [{**meta(), **row} for row in rows]
		frappe.db.bulk_insert(doctype, list(rows[0]), [list(row.values()) for row in rows])
	frappe.db.commit()
	frappe.clear_cache()


def forget() -> None:
	for doctype in DOCTYPES:
		frappe.db.delete(doctype, {"owner": OWNER})
	frappe.db.commit()


def meta() -> dict:
	now = now_datetime()
	return {"owner": OWNER, "modified_by": OWNER, "creation": now, "modified": now}


def devices() -> Iterator[dict]:
	for number in range(DEVICES):
		yield {"name": f"LRG{number}", "service_tag": f"LRG{number}", "label": f"Gate {number}", "enabled": 1}


def employees() -> Iterator[dict]:
	for number in range(EMPLOYEES):
		yield {
			"name": f"LARGE-{number:05}",
			"employee": f"LARGE-{number:05}",
			"employee_name": name(number),
			"first_name": name(number),
			"status": "Active",
			"attendance_device_id": f"L{number}" if number % 2 else None,
		}


def name(number: int) -> str:
	"""2,000 names of two words, no two alike."""
	first, last = FIRST_NAMES[number % 10], LAST_NAMES[number // 10 % 10]
	return f"{first}{chr(97 + number // 100)} {last}"


def punches() -> Iterator[dict]:
	"""Four fifths are finished; of the others half wait for unknown users, 400 of them, half for other reasons."""
	now = now_datetime()
	for number in range(PUNCHES):
		code = "" if number % 5 else ("UNKNOWN_USER" if number % 2 else WAITING[number // 10 % len(WAITING)])
		unknown = code == "UNKNOWN_USER"
		yield {
			"name": f"large{number:027}",
			"user_id": f"{5000 + number // 10 % 400}" if unknown else f"L{number % EMPLOYEES}",
			"punch_time": now - timedelta(seconds=number),
			"original_time": "as sent",
			"punch_type": "CheckIn",
			"service_tag": f"LRG{number // 10 % DEVICES}",
			"state": REASONS[code].state if code else "Checked In",
			"reason_code": code or None,
			"reason": str(REASONS[code].sentence) if code else None,
			"employee": None if unknown else f"LARGE-{number % EMPLOYEES:05}",
		}


def device_users() -> Iterator[dict]:
	for number in range(400):
		words = name(number * 2).split()
		yield {
			"name": f"large{number}",
			"user_id": f"{5000 + number}",
			"service_tag": f"LRG{number % DEVICES}",
			"first_name": words[0],
			"last_name": words[1],
			"state": "On Device",
		}


def checkins() -> Iterator[dict]:
	"""One for each punch: everybody is in, and has come fifty times before."""
	now = now_datetime()
	for number in range(PUNCHES):
		moment = now - timedelta(seconds=number % EMPLOYEES, days=number // EMPLOYEES)
		yield {
			"name": f"LARGE-{number}",
			"employee": f"LARGE-{number % EMPLOYEES:05}",
			"time": moment,
			"log_type": "IN",
			"device_id": f"LRG{number % DEVICES}",
			"creation": moment,
			"modified": moment,
		}


if __name__ == "__main__":
	main(sys.argv[1], sys.argv[2])
