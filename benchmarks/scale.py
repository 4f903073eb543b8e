"""Run by benchmarks in a bench's Python, in its sites folder: `scale.py SITE PUNCHES...`.

What one punch costs, stored and drained, on a site with so many punches and check-ins already. They are copies of real
ones, made by the database: the same people, further and further back in time. A name keeps its first characters, so
that the copies are written in the order in which they are read; the indexes are made afterwards.
"""

import re
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

import frappe

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

START = datetime(2024, 1, 1, 8)
MEASURED = 1000
ROUNDS = 3
STEP = timedelta(seconds=20)
PUNCH, CHECKIN = "CAMS Punch", "Employee Checkin"
SPAN = MEASURED * ROUNDS * STEP
MOVED = ("punch_time", "wall_clock", "punched_at_utc", "arrived_at_utc", "time")
MOVED += ("shift_start", "shift_end", "shift_actual_start", "shift_actual_end")
KEPT = {  # first characters of names: of a hash, of a series
	PUNCH: {"name": 4, "employee_checkin": 23},
	CHECKIN: {"name": 23, "custom_cams_punch": 4},
}
INDEX = re.compile(r"^ *((?:UNIQUE )?KEY (`\w+`) .*?),?$", re.MULTILINE)


def main(site: str, *sizes: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.db.delete(PUNCH)
	frappe.db.delete(CHECKIN, {"custom_cams_punch": ["is", "set"]})
	frappe.db.commit()
	users = frappe.get_all(
		"Employee", {"attendance_device_id": ["like", "BENCH-%"]}, pluck="attendance_device_id"
	)
	_measure(users, START - SPAN)  # of these the copies are made
	for number, size in enumerate(sizes):
		_grow(int(size))
		stored, drained = _measure(users, START + SPAN * number)
		print(
			f"{frappe.db.count(PUNCH):>10,} punches, {frappe.db.count(CHECKIN):>10,} check-ins: a punch is stored in"
			f" {stored * 1000:.2f} ms and drained in {drained * 1000:.2f} ms"
		)


def _measure(user_ids: list[str], start: datetime) -> tuple[float, float]:
	"""Seconds for a punch: stored alone and committed, and drained with others. The best of the rounds."""
	device = find_device("ZHM1100000001")
	figures = []
	for number in range(ROUNDS):
		began = time.perf_counter()
		for place in range(MEASURED):
			moment = start + STEP * (MEASURED * number + place)
			punch = Punch(user_ids[place % len(user_ids)], "CheckIn", f"{moment} GMT +0300")
			inbox.store(Callback(punches=(punch,), service_tag=device.name, is_batch=True), device)
			frappe.db.after_commit.reset()
			frappe.db.commit()
		stored = time.perf_counter()
		checkins.drain(seconds=600)
		figures.append((stored - began, time.perf_counter() - stored))
	if states := set(frappe.get_all(PUNCH, {"state": ["!=", "Recorded"]}, pluck="state", limit=5)):
		raise RuntimeError(f"not all became check-ins: {states}")
	return tuple(min(figure) / MEASURED for figure in zip(*figures, strict=True))


def _grow(size: int) -> None:
	"""Double both tables until there are so many punches."""
	if frappe.db.count(PUNCH) >= size:
		return
	indexes = {doctype: INDEX.findall(_table(doctype)) for doctype in KEPT}
	for doctype in KEPT:
		_alter(doctype, (f"drop key {name}" for _, name in indexes[doctype]))
	while (count := frappe.db.count(PUNCH)) < size:
		back = SPAN * max(1, count // (MEASURED * ROUNDS))
		for doctype in KEPT:
			_copy(doctype, back, min(count, size - count))
		print(f"{count:>10,} are there", flush=True)
	for doctype in KEPT:
		_alter(doctype, (f"add {definition}" for definition, _ in indexes[doctype]))
		frappe.db.sql_ddl(f"analyze table `tab{doctype}`")


def _table(doctype: str) -> str:
	return frappe.db.sql(f"show create table `tab{doctype}`")[0][1]


def _alter(doctype: str, changes: Iterable[str]) -> None:
	frappe.db.sql_ddl(f"alter table `tab{doctype}` {', '.join(changes)}")


def _copy(doctype: str, back: timedelta, most: int) -> None:
	columns = frappe.db.get_table_columns(doctype)
	seconds = int(back.total_seconds())

	def copied(column: str) -> str:
		if kept := KEPT[doctype].get(column):
			return f"concat(left(`{column}`, {kept}), left(md5(concat(`{column}`, {seconds})), 28))"
		return f"`{column}` - interval {seconds} second" if column in MOVED else f"`{column}`"

	values = ", ".join(map(copied, columns))
	names = ", ".join(f"`{column}`" for column in columns)
	own = "where custom_cams_punch is not null" if doctype == CHECKIN else ""
	frappe.db.sql(
		f"insert into `tab{doctype}` ({names}) select {values} from `tab{doctype}` {own} limit {most}"
	)
	frappe.db.commit()


if __name__ == "__main__":
	main(*sys.argv[1:])
