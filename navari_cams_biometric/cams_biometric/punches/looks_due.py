"""What is still to be looked at again once everybody's commits are seen: each a CAMS Second Look, written in the
transaction that makes it due, so that no worker that dies and no Redis that is away loses it. `second_look` takes them.
"""

import json
from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs, stored_values
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import BY_THE_APP

DOCTYPE = "CAMS Second Look"
TAKE_PLACES = "navari_cams_biometric.cams_biometric.punches.second_look.take_places"
JOB_ID = "cams_biometric_second_look"


def note_punches(names: Iterable[str]) -> str:
	"""These punches were decided. Returns the note's name: whoever decided them takes it after the commit."""
	return _note(punches=json.dumps(sorted(names)))


def note_place(checkin: Document | frappe._dict, taken_back: bool = False) -> None:
	"""Where a check-in was changed or went (its employee and time, naive, in its custom_time_zone or else the site's):
	another transaction may count on it at this moment."""
	at = {"employee": checkin.employee, "moment": get_datetime(checkin.time)}
	_note(**at, time_zone=checkin.get("custom_time_zone") or "", taken_back=int(taken_back))
	jobs.after_commit(TAKE_PLACES, job_id=JOB_ID, queue="short")


def note_deleted_checkin(checkin: Document, method: str | None = None) -> None:
	"""After a check-in was deleted, by whomever."""
	note_place(checkin, taken_back=bool(checkin.flags.get(BY_THE_APP)))


def note_device(service_tag: str) -> None:
	"""The check-ins of this device are to move to another clock."""
	_note(service_tag=service_tag)


def still_at_device(service_tag: str) -> None:
	"""The sweep leaves it alone for a while."""
	notes = frappe.qb.DocType(DOCTYPE)
	frappe.qb.update(notes).set(notes.modified, now_datetime()).where(notes.service_tag == service_tag).run()


def forget_device(service_tag: str) -> None:
	frappe.db.delete(DOCTYPE, {"service_tag": service_tag})


def _note(**values: object) -> str:
	name = frappe.generate_hash(length=20)
	stored_values.insert_rows(DOCTYPE, [stored_values.new_row(name, **values)])
	return name
