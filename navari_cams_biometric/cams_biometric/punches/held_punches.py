"""Punches that a person has to resolve: held and failed ones by reason, unknown users by device and id, and the
outcome of those that were requeued. The number of queries does not grow with the punches.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.permissions import get_role_permissions
from frappe.query_builder import Order
from frappe.query_builder.functions import Cast_, Count, Max, Min, NullIf
from frappe.utils import getdate, now_datetime
from pypika.analytics import RowNumber
from pypika.terms import Criterion, Field

from navari_cams_biometric.cams_biometric.base.device_lookup import device_labels, find_devices
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.identities import (
	CODES,
	MAPPING,
	UNKNOWN,
	all_identities,
	identities_of,
)
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import BY_THE_APP
from navari_cams_biometric.cams_biometric.punches.held_filters import Filters, filtered
from navari_cams_biometric.cams_biometric.punches.reasons import (
	DEVICE,
	OTHER_ZONE,
	REASONS,
	REPEATED_HOUR,
	SETTINGS,
	TIME_MARKED,
)
from navari_cams_biometric.cams_biometric.punches.repeats import REPEATED
from navari_cams_biometric.cams_biometric.punches.suggestions import (
	HAS_IT,
	SURE,
	Candidate,
	Directory,
	Suggestion,
	likeliest,
)

WAITING = (PunchState.HELD, PunchState.FAILED)
# What a person can do here, besides opening the places in which the cause is fixed.
ACTIONS = {
	**dict.fromkeys(CODES, ("dismiss",)),
	"CLOCK_AHEAD": ("correct_time", "accept_time", "dismiss"),
	"CLOCK_BEHIND": ("correct_time", "accept_time", "dismiss"),
	"INPUT_TYPE": ("accept_input_type", "dismiss"),
	"MALFORMED": ("dismiss",),
	REPEATED_HOUR: ("dismiss",),
	OTHER_ZONE: ("dismiss",),
}
OTHER_ACTIONS = ("retry", "dismiss")
# Places besides Reason.requeued_by.
MORE_PLACES = {
	"CLOCK_AHEAD": (DEVICE,),
	"CLOCK_BEHIND": (DEVICE,),
	"TIME_UNREADABLE": ("Employee Checkin",),
	"MALFORMED": ("Employee Checkin",),
	"CHECKIN_DISAGREES": ("Employee Checkin",),
	"OUTSIDE_RADIUS": ("Shift Location",),
	"UNEXPECTED_ERROR": ("Error Log",),
	REPEATED_HOUR: ("Employee Checkin",),
	OTHER_ZONE: ("Employee Checkin",),
	TIME_MARKED: ("Attendance",),
}
SINGLES = (SETTINGS, "HR Settings")
MOST_PUNCHES = 20  # shown for one reason; the list has all
MOST_CANDIDATES = 5000
MOST_PLACES = 5
SLICE = 50  # check-ins taken back in one request
# How unknown users can be sorted. Numbers come before other texts, as numbers.
ORDERS: dict[str, Callable[[frappe._dict], tuple]] = {
	"count": lambda row: (-row.count,),
	"last_seen": lambda row: (row.last_seen is None, -row.last_seen.timestamp() if row.last_seen else 0),
	"user_id": lambda row: (),
	"device": lambda row: (row.device,),
}


def held_groups(rows: int, start: int = 0, filters: Filters | None = None, order: str = "count") -> dict:
	"""The held and failed punches that the filters leave: `unknown` with up to `rows` rows of (device, user id) from
	`start` on, and `groups`, one for each other reason.
	"""
	as_of = now_datetime()
	labels = device_labels()
	unknown = _unknown_users(labels, rows, start, filters or {}, ORDERS[order])
	groups = _groups(labels, filters or {})
	return {
		"as_of": str(as_of),
		"total": unknown["count"] + sum(group["count"] for group in groups),
		"unknown": unknown,
		"groups": groups,
	}


def actions_for(reason_code: str) -> tuple[str, ...]:
	"""What can be done with punches of a reason: retry, correct_time, accept_time, accept_input_type, dismiss; the remedy
	first."""
	return ACTIONS.get(reason_code, OTHER_ACTIONS)


def exact_links(filters: Filters) -> list[dict]:
	"""Of all unknown users that the filters leave, those with a suggestion that hardly needs a second look: user ID,
	device, count and the suggestion. Each user ID and each employee once; none where devices call a user ID
	differently."""
	rows = [row for row in _unknown_rows(device_labels(), filters) if row.reason_code == UNKNOWN]
	names, directory = _names_on_devices(rows), _directory() if rows else Directory([])
	by_user = defaultdict(list)
	for row in sorted(rows, key=_in_order(ORDERS["count"])):
		row.name_on_device = _name_on_device(names, row)
		by_user[row.user_id].append(row)
	links: dict[str, dict] = {}
	for user_id, own in by_user.items():
		found = [likeliest(directory.suggest(user_id, row.name_on_device), SURE) for row in own]
		best = found[0]
		if best and all(each == best for each in found) and best.employee not in links:
			links[best.employee] = {**own[0], "count": sum(row.count for row in own), **best._asdict()}
	return sorted(links.values(), key=lambda link: _in_order(ORDERS["user_id"])(frappe._dict(link)))


def names_in(
	reason_code: str,
	as_of: datetime,
	user_id: str | None,
	service_tag: str | None,
	limit: int,
	filters: Filters | None = None,
) -> list[str]:
	"""Punches of a reason that the filters leave and that were there at `as_of`: later ones were not on the page yet."""
	punch = frappe.qb.DocType("CAMS Punch")
	seen = punch.state.isin(WAITING) & (punch.reason_code == reason_code) & (punch.modified <= as_of)
	query = frappe.qb.from_(punch).select(punch.name).where(seen).orderby(punch.punch_time).limit(limit)
	if user_id is not None:
		query = query.where(is_text(punch.user_id, user_id))
	if service_tag is not None:
		query = query.where(punch.service_tag == service_tag if service_tag else punch.service_tag.isnull())
	return permitted(filtered(query, filters or {}), "CAMS Punch").run(pluck=True)


def is_waiting(user_id: str) -> bool:
	"""Whether the user sees punches of exactly this user id that nobody is known for."""
	punch = frappe.qb.DocType("CAMS Punch")
	waiting = (
		is_text(punch.user_id, user_id) & (punch.state == PunchState.HELD) & punch.reason_code.isin(CODES)
	)
	query = frappe.qb.from_(punch).select(punch.name).where(waiting).limit(1)
	return bool(permitted(query, "CAMS Punch").run())


def outcome_since(since: datetime, user_ids: list[str], names: Iterable[str]) -> dict:
	"""The outcome of punches that were here before `since` and requeued then: of user IDs, or named ones."""
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	chosen = (
		punch.user_id.isin(user_ids) & exactly(punch.user_id).isin(user_ids)
		if user_ids
		else punch.name.isin([*names, ""])
	)
	query = (
		frappe.qb.from_(punch)
		.left_join(checkin)
		.on(checkin.name == punch.employee_checkin)
		.select(punch.state, punch.reason_code, Count(punch.name).as_("count"))
		.select(Count(NullIf(checkin.attendance, "")).as_("with_attendance"))
		.where(chosen & (punch.creation < since) & (punch.modified >= since))
		.groupby(punch.state, punch.reason_code)
		.orderby(punch.state)
		.orderby(punch.reason_code)
	)
	rows = permitted(query, "CAMS Punch").run(as_dict=True)
	return {
		"total": sum(row.count for row in rows),
		"queued": sum(row.count for row in rows if row.state == PunchState.QUEUED),
		"checked_in": sum(row.count for row in rows if row.state == PunchState.RECORDED),
		"with_attendance": sum(row.with_attendance for row in rows),
		"others": [
			{**row, "sentence": _sentence(row.reason_code)}
			for row in rows
			if row.state not in (PunchState.QUEUED, PunchState.RECORDED)
		],
	}


def undo_link(user_id: str, employee: str, since: datetime, mapping: str = "") -> dict:
	"""Undo a link that was made since then, a slice at a time: its check-ins are deleted, and the punches are
	Held again. With `mapping` the link is that CAMS Device ID.

	Check-ins with attendance stay. `left` is how many are still to do, `kept` how many stay.
	"""
	if mapping:
		_delete_mapping(mapping, user_id, employee)
	else:
		_unlink(user_id, employee)
	made = _made_by_link(user_id, employee, since)
	open_ones = [row for row in made if not row.attendance]
	for row in open_ones[:SLICE]:
		if row.custom_cams_punch == row.punch:  # another's check-in was only linked
			frappe.delete_doc("Employee Checkin", row.checkin, flags={BY_THE_APP: True})
	hold_again = [row.punch for row in open_ones[:SLICE]]
	hold_again += _held_otherwise(user_id, employee, since)
	_hold_as_unknown(hold_again)
	return {
		"taken_back": len(open_ones[:SLICE]),
		"left": len(open_ones[SLICE:]),
		"kept": len(made) - len(open_ones),
	}


def exactly(field: Field) -> Cast_:
	"""A text as it is: the database ignores case, but user ids are texts in which it counts."""
	return Cast_(field, "BINARY")


def is_text(field: Field, text: str) -> Criterion:
	"""Equal to the letter; the first half finds it by the index."""
	return (field == text) & (exactly(field) == text)


def _unknown_users(
	labels: dict[str, str], limit: int, start: int, filters: Filters, order: Callable[[frappe._dict], tuple]
) -> dict:
	rows = sorted(_unknown_rows(labels, filters), key=_in_order(order))
	start = start if start < len(rows) else 0
	shown = rows[start : start + limit]
	names, directory = _names_on_devices(shown), _directory() if shown else Directory([])
	known, title = _holders(shown), _title_of(rows)
	tags = defaultdict(list)
	for row in rows:
		tags[row.user_id].append(row)
	for row in shown:
		row.also_on = [
			{"device": other.device, "count": other.count} for other in tags[row.user_id] if other is not row
		]
		row.name_on_device = _name_on_device(names, row)
		row.sentence = "" if row.reason_code == title else _sentence(row.reason_code)
		row.update(known.get(_key(row)) or _suggestions(directory, row))
	return {
		"sentence": _sentence(title),
		"remedy": _(str(REASONS[title].remedy)),
		"count": sum(row.count for row in rows),
		"users": len(rows),
		"start": start,
		"rows": shown,
	}


def _in_order(order: Callable[[frappe._dict], tuple]) -> Callable[[frappe._dict], tuple]:
	"""Equal ones by user ID, as numbers where they are."""

	def key(row: frappe._dict) -> tuple:
		is_number = row.user_id.isdecimal()
		number = int(row.user_id) if is_number else 0
		return (*order(row), not is_number, number, row.user_id, row.device)

	return key


def _title_of(rows: list[frappe._dict]) -> str:
	"""The reason that stands above all; a row of another one says its own."""
	codes = {row.reason_code for row in rows}
	return next((code for code in CODES if code in codes), UNKNOWN)


def _unknown_rows(labels: dict[str, str], filters: Filters) -> list[frappe._dict]:
	"""(device, user id, reason) with count, first and last seen, and what the device is called."""
	punch = frappe.qb.DocType("CAMS Punch")
	query = (
		frappe.qb.from_(punch)
		.select(
			Max(punch.user_id).as_("user_id"),
			punch.service_tag,
			Count(punch.name).as_("count"),
			Min(punch.punch_time).as_("first_seen"),
			Max(punch.punch_time).as_("last_seen"),
			punch.reason_code,
		)
		.where((punch.state == PunchState.HELD) & punch.reason_code.isin(CODES))
		.groupby(punch.service_tag, exactly(punch.user_id), punch.reason_code)
	)
	rows = permitted(filtered(query, filters), "CAMS Punch").run(as_dict=True)
	for row in rows:
		row.device = labels.get(row.service_tag, row.service_tag or "")
	return rows


def _names_on_devices(rows: list[frappe._dict]) -> dict[tuple[str | None, str], str]:
	"""By (service tag, user id), and by (None, user id) from any device."""
	user_ids = sorted({row.user_id for row in rows})
	users = frappe.get_list(
		"CAMS Device User",
		filters={"user_id": ["in", user_ids or [""]]},
		fields=["service_tag", "user_id", "first_name", "last_name"],
		order_by="last_updated asc",
		limit=0,
	)
	names: dict[tuple[str | None, str], str] = {}
	for user in users:
		name = f"{user.first_name or ''} {user.last_name or ''}".strip()
		if name:
			names[user.service_tag, user.user_id] = names[None, user.user_id] = name
	return names


def _name_on_device(names: dict[tuple[str | None, str], str], row: frappe._dict) -> str:
	return names.get((row.service_tag, row.user_id)) or names.get((None, row.user_id), "")


def _directory() -> Directory:
	"""The active employees, as far as this user may see them, with the IDs that they have."""
	if not frappe.has_permission("Employee", "read"):
		return Directory([])
	employees = frappe.get_list(
		"Employee",
		filters={"status": "Active"},
		fields=["name", "employee_name", "employee_number"],
		order_by="attendance_device_id asc, name asc",  # those without one first
		limit=MOST_CANDIDATES,
	)
	known = all_identities()
	return Directory(
		Candidate(
			each.name,
			each.employee_name or "",
			each.employee_number or "",
			tuple(claim.user_id for claim in known.claims_of(each.name)),
		)
		for each in employees
	)


def _key(row: frappe._dict) -> tuple[str, str, str]:
	return row.service_tag or "", row.user_id, row.reason_code


def _holders(rows: list[frappe._dict]) -> dict[tuple[str, str, str], dict]:
	"""For IDs that several have, or somebody of another company: those people, as far as this user may see them."""
	rows = [row for row in rows if row.reason_code != UNKNOWN]
	if not rows or not frappe.has_permission("Employee", "read"):
		return {}
	people = identities_of(row.user_id for row in rows)
	devices = find_devices(sorted({row.service_tag or "" for row in rows}))
	found = {
		_key(row): people.judge(row.user_id, devices.get(row.service_tag), getdate(row.last_seen)).candidates
		for row in rows
	}
	names = sorted({person.name for candidates in found.values() for person in candidates})
	visible = frappe.get_list("Employee", filters={"name": ["in", names or [""]]}, pluck="name", limit=0)
	return {key: _as_suggestions(candidates, visible) for key, candidates in found.items()}


def _as_suggestions(candidates: Iterable[frappe._dict], visible: list[str]) -> dict:
	shown = [
		Suggestion(person.name, person.employee_name or "", HAS_IT, 0)._asdict()
		for person in candidates
		if person.name in visible
	]
	return {"suggestions": shown, "suggested": None, "sure": False}


def _suggestions(directory: Directory, row: frappe._dict) -> dict:
	suggestions = directory.suggest(row.user_id, row.name_on_device)
	best = likeliest(suggestions)
	return {
		"suggestions": [suggestion._asdict() for suggestion in suggestions],
		"suggested": best.employee if best else None,
		"sure": bool(likeliest(suggestions, SURE)),
	}


def _groups(labels: dict[str, str], filters: Filters) -> list[dict]:
	"""One for each reason of a held or failed punch, except unknown users, in the order of the table of reasons."""
	causes = _causes(filters)
	punches = _first_punches(labels, filters) if causes else {}
	codes = [code for code in REASONS if any(cause.reason_code == code for cause in causes)]
	groups = [
		_group(
			code,
			[cause for cause in causes if cause.reason_code == code],
			punches.get(code, []),
			labels,
		)
		for code in codes
	]
	_name_employees(groups)
	return groups


def _group(
	code: str,
	causes: list[frappe._dict],
	punches: list[frappe._dict],
	labels: dict[str, str],
) -> dict:
	return {
		"code": code,
		"state": REASONS[code].state,
		"sentence": _sentence(code),
		"remedy": _(str(REASONS[code].remedy)),
		"count": sum(cause.count for cause in causes),
		"actions": actions_for(code),
		"places": _places(code, causes, labels),
		"punches": punches,
	}


def _causes(filters: Filters) -> list[frappe._dict]:
	punch = frappe.qb.DocType("CAMS Punch")
	query = (
		frappe.qb.from_(punch)
		.select(punch.reason_code, punch.service_tag, punch.employee, Count(punch.name).as_("count"))
		.where(punch.state.isin(WAITING) & punch.reason_code.notin(CODES))
		.groupby(punch.reason_code, punch.service_tag, punch.employee)
	)
	return permitted(filtered(query, filters), "CAMS Punch").run(as_dict=True)


def _places(code: str, causes: list[frappe._dict], labels: dict[str, str]) -> list[dict]:
	"""The documents in which the cause can be fixed, those that concern the most punches first."""
	counts: Counter[tuple[str, str]] = Counter()
	for doctype in (*MORE_PLACES.get(code, ()), *REASONS[code].requeued_by):
		field = {DEVICE: "service_tag", "Employee": "employee"}.get(doctype)
		for cause in causes if _may_read(doctype) else ():
			name = cause[field] if field else ""
			if name is not None:
				counts[doctype, name] += cause.count
	return [
		{"doctype": doctype, "route": _route(doctype, name), "label": labels.get(name, name) or _(doctype)}
		for (doctype, name), count in counts.most_common(MOST_PLACES)
	]


def _may_read(doctype: str) -> bool:
	"""By the user's roles: to ask Frappe 16 about a Single reads all of it."""
	return bool(get_role_permissions(frappe.get_meta(doctype)).get("read"))


def _route(doctype: str, name: str) -> list[str]:
	if name or doctype in SINGLES:
		return ["Form", doctype, name or doctype]
	return ["List", doctype]


def _name_employees(groups: list[dict]) -> None:
	"""Employees among the places are labelled by their names."""
	places = [place for group in groups for place in group["places"] if place["doctype"] == "Employee"]
	names = names_of(place["label"] for place in places)
	for place in places:
		place["label"] = names.get(place["label"]) or place["label"]


def _first_punches(labels: dict[str, str], filters: Filters) -> dict[str, list[frappe._dict]]:
	"""The earliest of each reason, by reason code."""
	punch, employee = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee")
	place = RowNumber().over(punch.reason_code).orderby(punch.punch_time, punch.name).as_("place")
	waiting = punch.state.isin(WAITING) & punch.reason_code.notin(CODES)
	numbered = frappe.qb.from_(punch).select(punch.name, place).where(waiting)
	numbered = permitted(filtered(numbered, filters), "CAMS Punch")
	rows = (
		frappe.qb.from_(numbered)
		.join(punch)
		.on(punch.name == numbered.name)
		.left_join(employee)
		.on(employee.name == punch.employee)
		.select(punch.name, punch.user_id, punch.punch_time, punch.original_time, punch.punch_type)
		.select(punch.service_tag, punch.employee, punch.reason_code, punch.reason, employee.employee_name)
		.where(numbered.place <= MOST_PUNCHES)
		.orderby(punch.reason_code)
		.orderby(numbered.place)
		.run(as_dict=True)
	)
	punches: dict[str, list[frappe._dict]] = defaultdict(list)
	for row in rows:
		row.device = labels.get(row.service_tag, row.service_tag or "")
		row.detail = _detail(row)
		punches[row.reason_code].append(row)
	return punches


def _detail(row: frappe._dict) -> str:
	"""What the reason says beyond its sentence."""
	reason, sentence = row.pop("reason") or "", str(REASONS[row.reason_code].sentence)
	if reason.startswith(sentence):
		reason = reason[len(sentence) :].strip().removeprefix("(").removesuffix(")")
	return reason


def _sentence(code: str | None) -> str:
	return _(str(REASONS[code].sentence)) if code in REASONS else ""


def _unlink(user_id: str, employee: str) -> None:
	doc = frappe.get_doc("Employee", employee)
	doc.check_permission("write")
	current = (doc.attendance_device_id or "").strip()
	if current and current != user_id:
		frappe.throw(
			_("{0} now has the Attendance Device ID {1}. Nothing was undone.").format(
				doc.employee_name, current
			),
			title=_("Undo Link"),
		)
	if current:
		doc.attendance_device_id = None
		doc.save()


def _delete_mapping(mapping: str, user_id: str, employee: str) -> None:
	"""Without letting its punches go: undo_link holds them."""
	link = {"name": mapping, "user_id": user_id, "employee": employee}
	if frappe.db.exists(MAPPING, link):
		frappe.delete_doc(MAPPING, mapping, flags={BY_THE_APP: True})


def _made_by_link(user_id: str, employee: str, since: datetime) -> list[frappe._dict]:
	"""The user's punches that became the employee's check-ins since then."""
	punch, checkin = frappe.qb.DocType("CAMS Punch"), frappe.qb.DocType("Employee Checkin")
	return (
		frappe.qb.from_(punch)
		.join(checkin)
		.on(checkin.name == punch.employee_checkin)
		.select(punch.name.as_("punch"), checkin.name.as_("checkin"))
		.select(checkin.attendance, checkin.custom_cams_punch)
		.where(is_text(punch.user_id, user_id) & (punch.employee == employee))
		.where((punch.state == PunchState.RECORDED) & (punch.modified >= since))
		.orderby(punch.punch_time, order=Order.desc)
		.run(as_dict=True)
	)


def _held_otherwise(user_id: str, employee: str, since: datetime) -> list[str]:
	"""Punches of the user that are held for another reason, such as the employee's status, or ignored as repeats."""
	theirs = {"user_id": user_id, "employee": employee, "modified": [">=", since]}
	held = frappe.get_all("CAMS Punch", filters={**theirs, "state": ["in", WAITING]}, pluck="name")
	return held + frappe.get_all("CAMS Punch", filters={**theirs, "reason_code": REPEATED}, pluck="name")


def _hold_as_unknown(names: list[str]) -> None:
	reason = REASONS[UNKNOWN]
	inbox.update_punches(
		names,
		state=PunchState.HELD,
		reason_code="UNKNOWN_USER",
		reason=str(reason.sentence),
		remedy=str(reason.remedy),
		employee=None,
		employee_checkin=None,
		modified_by=frappe.session.user,
	)
