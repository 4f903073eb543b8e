"""What two workers decide at the same time, neither sees of the other: two check-ins of one touch, a repeat, two INs in a
row. So whoever has committed looks again; the one that commits last sees both.

That a batch is still to be looked at stands in the database from its own commit on (CAMS Second Look), as does a place, a
person and a time, where a check-in was changed or went (alternation). A worker that dies in between, or a database that
is full, leaves it to the sweep.
"""

import json
import traceback
from collections.abc import Callable, Iterable
from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.day_repair import late_days
from navari_cams_biometric.cams_biometric.punches import alternation, repeats, touches

DOCTYPE = alternation.SECOND_LOOK
LEFT_AFTER = timedelta(minutes=1)  # nobody is at it any more
MOST = 200  # batches that one sweep looks at


def note(punch_names: Iterable[str]) -> str:
	"""In the transaction that decides of these punches: they are to be looked at again. Returns the note's name."""
	name = frappe.generate_hash(length=20)
	row = stored_values.new_row(name, punches=json.dumps(sorted(punch_names)))
	stored_values.insert_rows(DOCTYPE, [row])
	return name


def take(name: str, punches: list[frappe._dict]) -> None:
	"""After the commit: look again at the punches of a note, and remove it. Commits. An error is logged once a day, and the
	note stays for the sweep."""
	names = [punch.name for punch in punches]

	def look() -> None:
		touches.look_again(punches)
		repeats.look_again(names)
		alternation.look_again(names)
		late_days.note_punches(names)

	_take(name, look)


def take_place(name: str) -> None:
	"""The same for a note of a place, unless it was taken."""
	if place := frappe.db.get_value(DOCTYPE, name, ["employee", "moment"]):
		_take(name, lambda: alternation.look_again_patiently(*place))


def take_left() -> None:
	"""Scheduled: the notes of workers that died before their second look, or failed at it."""
	left = {"modified": ["<", now_datetime() - LEFT_AFTER]}
	fields = ["name", "punches", "employee"]
	for row in frappe.get_all(DOCTYPE, filters=left, fields=fields, order_by="modified", limit=MOST):
		if row.employee:
			take_place(row.name)
			continue
		names = {"name": ["in", json.loads(row.punches)]}
		take(row.name, frappe.get_all("CAMS Punch", filters=names, fields=["*"], order_by="punch_time"))


def _take(name: str, look: Callable[[], None]) -> None:
	try:
		look()
		frappe.db.delete(DOCTYPE, {"name": name})
	except Exception as error:
		frappe.db.rollback()
		_postpone(name, error)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- what was set right lasts, however long the drain goes on


def _postpone(name: str, error: Exception) -> None:
	"""Behind the others that are left."""
	stored_values.set_values(DOCTYPE, name, {"modified": now_datetime()})
	if isinstance(error, alternation.BUSY):  # another worker was at the same check-ins
		return
	title = "CAMS: a second look failed; it is tried again every two minutes"
	log_once_a_day(title, "".join(traceback.format_exception(error)), ("second look", type(error).__name__))
