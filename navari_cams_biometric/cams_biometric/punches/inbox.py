"""The inbox: punches are stored on arrival, found by the worker, and queued again on request.

Storing is one statement for a hundred punches of a request. The name of a CAMS Punch is the punch's identity, so an
existing one is not changed, whoever stored it and however many requests do so at once. punches.checkins decides what a
punch means.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Min
from frappe.utils import now_datetime
from pypika import Table
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base import jobs, stored_values
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.punches.punch_names import identities_of_punches, names_of, times_of
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS, SAME_TOUCH
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

DRAIN = "navari_cams_biometric.cams_biometric.punches.checkins.drain"
QUEUE_AGAIN = f"{__name__}.queue_again_later"
DRAIN_JOBS = (
	"cams_biometric_drain",
	"cams_biometric_drain_again",
)  # two: none can queue itself while it runs
LIVE_FOR = timedelta(hours=12)  # however long the worker was away
SOON = timedelta(hours=1)  # from a punch to its arrival: later ones are what a device stored
SHIFT = timedelta(hours=36)
MOST_LOOKED_AT = 500
DRAIN_TIMEOUT = 25 * 60  # seconds: a slice, and the slowest of batches


def store(callback: Callback, device: "CAMSDevice | None", history_load: str | None = None) -> None:
	"""Store the callback's punches, and drain the inbox once the transaction is committed.

	After the caller's commit they are safe, even if the job is lost. `history_load` is the CAMS History Load that
	brings them: punches that were missing here keep it.
	"""
	if not callback.punches:
		return
	identities = identities_of_punches(callback.punches, device)
	rows = [
		{**_punch_row(name, punch, callback, device), "history_load": history_load}
		for punch, name in zip(callback.punches, identities, strict=True)
	]
	if stored_values.insert_rows("CAMS Punch", rows) < len(rows):
		_store_known_again(rows, names_of(callback.punches, device))
	drain_after_commit()


def _store_known_again(rows: list[dict[str, object]], names: list[str]) -> None:
	"""Of rows whose identities are all here, keep those that tell the time otherwise, under their second `names`."""
	named = [{**row, "name": name} for row, name in zip(rows, names, strict=True)]
	if others := [again for row, again in zip(rows, named, strict=True) if again["name"] != row["name"]]:
		stored_values.insert_rows("CAMS Punch", others)
	_queue_readings_again([row["name"] for row in named if not row["has_offset"]])


def count_by_reason(*states: str) -> list[frappe._dict]:
	"""`reason_code`, `count` and `oldest` (naive, in the site's zone) of the punches in these states that the user may
	see, the most frequent reason first."""
	punch = frappe.qb.DocType("CAMS Punch")
	query = (
		frappe.qb.from_(punch)
		.select(punch.reason_code, Count(punch.name).as_("count"), Min(punch.punch_time).as_("oldest"))
		.where(punch.state.isin(states))
		.groupby(punch.reason_code)
	)
	rows = permitted(query, "CAMS Punch").run(as_dict=True)
	return sorted(rows, key=lambda row: (-row.count, row.reason_code or ""))


def count_known(punches: Iterable[Punch], device: "CAMSDevice | None") -> int:
	"""How many of the punches are here already, or are named twice."""
	punches = list(punches)
	names = set(names_of(punches, device))
	return len(punches) - len(names) + frappe.db.count("CAMS Punch", {"name": ["in", sorted(names)]})


def _queue_readings_again(names: list[str]) -> None:
	"""A text without an offset that came again and is known as it is read now, but lost to a punch of another instant: the
	device had another zone in between, in which they were one touch."""
	if not names:
		return
	punch, other = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("CAMS Punch").as_("other")
	lost = (punch.state == PunchState.IGNORED) & (punch.reason_code == SAME_TOUCH) & (punch.has_offset == 0)
	elsewhen = other.punched_at_utc != punch.punched_at_utc
	query = frappe.qb.from_(punch).join(other).on(other.name == punch.same_touch_as).select(punch.name)
	if again := query.where(punch.name.isin(names) & lost & elsewhen).run(pluck=True):
		queue_again(again)


def drain_after_commit() -> None:
	frappe.db.after_commit.add(_request_the_next_drain)


def _request_the_next_drain() -> None:
	"""Unless one waits. A running job may have looked for the last time, or its worker is dead: then the other turn is
	requested."""
	status = jobs.status_of(DRAIN_JOBS[0])
	if status == "queued" or (status == "started" and jobs.status_of(DRAIN_JOBS[1]) == "queued"):
		return
	request_drain(1 if status == "started" else 0)


def request_drain(turn: int) -> None:
	"""One job for all: it is not queued again while it is queued or running.

	`turn` 1 is the job that continues after turn 0, and the reverse.
	"""
	jobs.request_job(DRAIN, DRAIN_JOBS[turn], queue="long", timeout=DRAIN_TIMEOUT, turn=turn)


def due(limit: int, only_live: bool = False) -> list[str]:
	"""The names of up to `limit` due punches. Live ones go before history, each with what the same user ID punched shortly
	before; then the earliest."""
	return _live_names(limit) or ([] if only_live else _due_names(limit))


def lock(names: list[str]) -> list[frappe._dict]:
	"""Lock and return those of these punches that are still queued, in time order; those that another worker holds are left
	out. By primary key: a lock on the range would make callbacks wait.
	"""
	if not names:
		return []
	punch = frappe.qb.DocType("CAMS Punch")
	queued = (
		frappe.qb.from_(punch)
		.select("*")
		.where(punch.name.isin(Among(names)) & (punch.state == PunchState.QUEUED))
	)
	return queued.orderby(punch.punch_time).for_update(skip_locked=True).run(as_dict=True)


def _is_due(punch: Table) -> Criterion:
	is_not_postponed = punch.retry_after.isnull() | (punch.retry_after <= now_datetime())
	return (punch.state == PunchState.QUEUED) & is_not_postponed


def _due_names(limit: int) -> list[str]:
	punch = frappe.qb.DocType("CAMS Punch")
	query = frappe.qb.from_(punch).select(punch.name).where(_is_due(punch))
	return query.orderby(punch.punch_time).limit(limit).run(pluck=True)


def _live_names(limit: int) -> list[str]:
	"""Real-time punches that arrived soon after they were made, not what a device stored for days."""
	punch = frappe.qb.DocType("CAMS Punch")
	recent = (punch.source == "Real Time") & (punch.punch_time >= now_datetime() - LIVE_FOR)
	latest = (
		frappe.qb.from_(punch)
		.select(punch.name, punch.user_id, punch.punch_time, punch.creation)
		.where(_is_due(punch) & recent)
		.orderby(punch.punch_time, order=Order.desc)
		.limit(MOST_LOOKED_AT)
		.run(as_dict=True)
	)
	live = [each for each in reversed(latest) if each.creation - each.punch_time <= SOON][:limit]
	before = _before(live)
	chosen: dict[str, None] = {}
	for each in live:
		group = [*before.get(each.user_id, ()), each]
		names = [row.name for row in group if row.punch_time <= each.punch_time and row.name not in chosen]
		if chosen and len(chosen) + len(names) > limit:
			break
		chosen.update(dict.fromkeys(names[:limit]))
	return list(chosen)


def _before(live: list[frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""By user ID what else of them is due, from the longest of shifts before: a person's punches keep their order."""
	user_ids = sorted({each.user_id for each in live if each.user_id})
	if not user_ids:
		return {}
	punch = frappe.qb.DocType("CAMS Punch")
	theirs = punch.user_id.isin(user_ids) & (punch.punch_time >= live[0].punch_time - SHIFT)
	rows = (
		frappe.qb.from_(punch)
		.select(punch.name, punch.user_id, punch.punch_time)
		.where(_is_due(punch) & theirs)
		.orderby(punch.punch_time)
		.run(as_dict=True)
	)
	found: dict[str, list[frappe._dict]] = {}
	for row in rows:
		found.setdefault(row.user_id, []).append(row)
	return found


def update_punches(names: Iterable[str], **values: object) -> None:
	"""Set fields of punches. `modified` moves along: Log Settings count from it. With a state they hold shifts, or no
	longer, as the reason says."""
	names = list(names)
	if not names:
		return
	punch = frappe.qb.DocType("CAMS Punch")
	query = frappe.qb.update(punch).where(punch.name.isin(names)).set(punch.modified, now_datetime())
	for fieldname, value in values.items():
		query = query.set(punch[fieldname], value)
	if "state" in values:
		reason = REASONS.get(values.get("reason_code")) if values["state"] == PunchState.HELD else None
		holds_from = punch[reason.holds_from] if reason and reason.holds_from else None
		query = query.set(punch.holds_from, holds_from)
	query.run()


def queue_again(names: Iterable[str], **values: object) -> None:
	"""Set punches to Queued, as if they had just arrived."""
	cleared = {
		"reason_code": None,
		"reason": None,
		"remedy": None,
		"retry_after": None,
		"attempts": 0,
		"fault": None,
	}
	update_punches(names, **{**cleared, "state": PunchState.QUEUED, **values})
	drain_after_commit()


def queue_again_where(filters: dict[str, object]) -> None:
	"""Queue the punches again that these filters find: now, and where some are being decided, once more after the commit."""
	about = {field: filters[field] for field in ("user_id", "service_tag") if field in filters}
	if frappe.db.exists("CAMS Punch", {**about, "state": PunchState.QUEUED}):
		jobs.after_commit(QUEUE_AGAIN, queue="short", filters=filters)
	_queue_found(filters)


def queue_again_later(filters: dict[str, object]) -> None:
	"""Background job: those that a worker decided in the meantime."""
	frappe.set_user("Administrator")
	_queue_found(filters)


def _queue_found(filters: dict[str, object]) -> None:
	if names := frappe.get_all("CAMS Punch", filters=filters, pluck="name"):
		queue_again(names)


def _punch_row(name: str, punch: Punch, callback: Callback, device: "CAMSDevice | None") -> dict[str, object]:
	"""A CAMS Punch as the database takes it."""
	service_tag = device.name if device else ""
	texts = {
		"user_id": punch.user_id,
		"original_time": punch.log_time,
		"punch_type": punch.type,
		"input_type": punch.input_type,
		"temperature": punch.temperature,
		"operation_id": callback.operation_id,
		"sent_at": callback.sent_at,
	}
	label = stored_values.words_from_outside(callback.label) or (device.label if device else "")
	return stored_values.new_row(
		name,
		state=PunchState.QUEUED,
		service_tag=service_tag or None,
		arrived_at_utc=datetime.now(timezone.utc).replace(tzinfo=None),
		**times_of(punch.log_time, device),
		face_mask={True: "Yes", False: "No", None: ""}[punch.face_mask],
		source="Batch" if callback.is_batch else "Real Time",
		device_label=label or "",
		**{fieldname: stored_values.from_outside(text) for fieldname, text in texts.items()},
	)
