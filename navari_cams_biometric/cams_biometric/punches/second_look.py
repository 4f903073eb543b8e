"""What two workers decide at the same time, neither sees of the other: two check-ins of one touch, a repeat, two INs in a
row; or HR changes whose an ID is while a batch is decided. So whoever has committed looks again; the one that commits
last sees both.

What is still to be looked at stands in the database (looks_due) from the commit on that makes it due: a batch of
punches, a place where a check-in was changed or went, a device whose check-ins move to another clock. A worker that
dies in between, or a database that is full, leaves it to the sweep.
"""

import json
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import gate_times, stored_values
from navari_cams_biometric.cams_biometric.base.direction_order import alternating_devices
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.jobs import BUSY
from navari_cams_biometric.cams_biometric.day_repair import late_days
from navari_cams_biometric.cams_biometric.punches import (
	alternation,
	checkin_moves,
	meanwhile,
	repeats,
	touches,
)
from navari_cams_biometric.cams_biometric.punches.looks_due import DOCTYPE
from navari_cams_biometric.cams_biometric.punches.punch_rules import Rules

LEFT_AFTER = timedelta(minutes=1)  # nobody is at it any more
MOST = 200  # notes that one sweep takes


def take(name: str, punches: list[frappe._dict], rules: Rules | None = None) -> None:
	"""After the commit: look again at the punches of a note, which were decided by these rules, and remove it. Commits. An
	error is logged once a day, and the note stays for the sweep."""
	names = [punch.name for punch in punches]

	def look() -> None:
		meanwhile.look_again(punches, rules)
		touches.look_again(punches)
		repeats.look_again(names)
		alternation.look_again(names)
		late_days.note_punches(names)

	_take(name, look)


def take_places() -> None:
	"""Background job: all notes of places."""
	frappe.set_user("Administrator")
	for row in frappe.get_all(
		DOCTYPE, filters={"employee": ["is", "set"]}, fields=["*"], order_by="modified", limit=MOST
	):
		_take_place(row)


def take_left() -> None:
	"""Scheduled: the notes of workers that died before their second look, or failed at it."""
	left = {"modified": ["<", now_datetime() - LEFT_AFTER]}
	for row in frappe.get_all(DOCTYPE, filters=left, fields=["*"], order_by="modified", limit=MOST):
		if row.employee:
			_take_place(row)
		elif row.service_tag:
			_take(row.name, partial(checkin_moves.move, row.service_tag), forgets=False)  # it does so itself
		else:
			names = {"name": ["in", json.loads(row.punches)]}
			take(row.name, frappe.get_all("CAMS Punch", filters=names, fields=["*"], order_by="punch_time"))


def _take_place(row: frappe._dict) -> None:
	def look() -> None:
		moment = gate_times.on_site(row.moment, row.time_zone)
		meanwhile.queue_orphans_around(row.employee, moment)
		if row.taken_back:
			repeats.look_again_at(row.employee, moment)
		if alternating_devices():
			alternation.look_again_patiently(row.employee, row.moment, row.time_zone or None)

	_take(row.name, look)


def _take(name: str, look: Callable[[], None], forgets: bool = True) -> None:
	try:
		look()
		if forgets:
			frappe.db.delete(DOCTYPE, {"name": name})
	except Exception as error:
		frappe.db.rollback()
		_postpone(name, error)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what was set right lasts, however long the drain goes on


def _postpone(name: str, error: Exception) -> None:
	"""Behind the others that are left."""
	stored_values.set_values(DOCTYPE, name, {"modified": now_datetime()})
	if isinstance(error, BUSY):  # another worker was at the same check-ins
		return
	title = "CAMS: a second look failed; it is tried again every two minutes"
	log_once_a_day(title, "".join(traceback.format_exception(error)), ("second look", type(error).__name__))
