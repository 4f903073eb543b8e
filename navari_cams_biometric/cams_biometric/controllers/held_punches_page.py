"""The calls of the page Held Punches. HR User may read; HR Manager and System Manager may fix."""

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Count
from frappe.utils import add_days, cint, escape_html, get_datetime, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.patterns import as_like
from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, READERS
from navari_cams_biometric.cams_biometric.base.states import UnreadState
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.controllers import punch_actions
from navari_cams_biometric.cams_biometric.punches import held_filters, held_punches, linking, time_proposals
from navari_cams_biometric.cams_biometric.punches.reasons import IGNORED_ID, REASONS

UNDOERS = ("HR Manager",)
ACTIONS = {
	"retry": punch_actions.retry,
	"accept_time": punch_actions.accept_time,
	"accept_input_type": punch_actions.accept_input_type,
	"dismiss": punch_actions.dismiss,
}
MOST_ROWS = 500
MOST_NAMES = 2000  # in one press of a button
MOST_LINKS = 50  # in one request


@frappe.whitelist(methods=["POST"])
def held_groups(
	rows: int = 50, start: int = 0, filters: dict | str | None = None, order: str = "count"
) -> dict:
	"""All held and failed punches and all unread events that the filters leave (held_filters.FILTERS), and what this
	user may do about them. `start` and `order` (held_punches.ORDERS) are of the unknown users."""
	frappe.only_for(READERS, message=True)
	frappe.has_permission("CAMS Punch", "read", throw=True)
	may_resolve = bool(frappe.has_permission("CAMS Punch", "write"))
	chosen = _filters(filters)
	order = order if order in held_punches.ORDERS else "count"
	groups = held_punches.held_groups(min(cint(rows), MOST_ROWS), max(cint(start), 0), chosen, order)
	unread = _unread_events(chosen)
	return {
		**groups,
		"total": groups["total"] + unread["count"],
		"unread": unread,
		"may_resolve": may_resolve,
		"may_link": may_resolve and bool(frappe.has_permission("Employee", "write")),
		"may_undo": _has_role(UNDOERS),
	}


@frappe.whitelist(methods=["POST"])
def link_ways(user_id: str, employee: str, service_tag: str | None = None) -> list[dict[str, str]]:
	"""How an unknown user's ID on a device can become an employee's: `way` and `label`, what fits best first."""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	_ensure_waiting(user_id, _("Link"))
	return linking.ways_for(user_id, employee, service_tag or "")


@frappe.whitelist(methods=["POST"])
def link(
	user_id: str,
	employee: str,
	way: str = "",
	service_tag: str | None = None,
	from_date: str | None = None,
	until_date: str | None = None,
) -> dict:
	"""Make an unknown user's ID an employee's: as Attendance Device ID, or as a CAMS Device ID where and when it says.

	Without a `way` what fits best, see link_ways. Returns `since`: `outcome_since` takes it to show the result, and
	`undo_link` with `mapping`, the CAMS Device ID that was made if any, to undo the link.
	"""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	_ensure_waiting(user_id, _("Link"))
	since = now_datetime()
	made = linking.link(user_id, employee, way, service_tag or "", from_date, until_date)
	return {
		"since": str(since),
		"user_id": user_id,
		"employee": made.employee.name,
		"employee_name": made.employee.employee_name,
		"mapping": made.mapping,
	}


@frappe.whitelist(methods=["POST"])
def exact_links(filters: dict | str | None = None) -> list[dict]:
	"""The unknown users whose suggestion hardly needs a second look, see held_punches.exact_links: for link_many."""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	return held_punches.exact_links(_filters(filters))


@frappe.whitelist(methods=["POST"])
def link_many(links: list[dict] | str) -> dict:
	"""`link` for several, each `user_id`, `employee` and `service_tag`; at most 50. One that is refused stops no other.

	Returns `since` and the `links` that were made, as `link` does, and who is `left`: `user_id` and `why`.
	"""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	since, made, left = now_datetime(), [], []
	for each in frappe.parse_json(links)[:MOST_LINKS]:
		user_id, tag = str(each["user_id"]), str(each.get("service_tag") or "")
		frappe.db.savepoint("link")
		try:
			made.append(link(user_id, str(each["employee"]), service_tag=tag))
		except frappe.ValidationError as error:  # whom the user may not change is an error of the whole
			frappe.db.rollback(save_point="link")
			frappe.clear_messages()
			left.append({"user_id": user_id, "why": frappe.utils.strip_html(str(error))})
	return {"since": str(since), "links": made, "left": left}


@frappe.whitelist(methods=["POST"])
def ignore_id(user_id: str, reason: str, service_tag: str | None = None) -> dict:
	"""Ignore an unknown user's id from now on, on a device or (without one) everywhere, and its pending punches.

	Returns `since` for `outcome_since`, and the `name` of the CAMS Ignored ID: deleting that undoes it.
	"""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	_ensure_waiting(user_id, _("Ignore This ID"))
	since = now_datetime()
	values = {"user_id": user_id, "service_tag": service_tag or None, "reason": reason}
	ignored = frappe.new_doc(IGNORED_ID, **values).insert()
	return {"since": str(since), "user_id": user_id, "name": ignored.name}


@frappe.whitelist(methods=["POST"])
def outcome_since(
	since: str, user_ids: list[str] | str | None = None, names: list[str] | str | None = None
) -> dict:
	"""The outcome of the punches that were requeued at `since`: all of these user IDs, or the named ones."""
	frappe.only_for(READERS, message=True)
	frappe.has_permission("CAMS Punch", "read", throw=True)
	return held_punches.outcome_since(get_datetime(since), _as_list(user_ids), _as_list(names))


@frappe.whitelist(methods=["POST"])
def undo_link(user_id: str, employee: str, since: str, mapping: str = "") -> dict:
	"""Undo a link and up to 50 of its check-ins; call it again while `left` is not 0."""
	frappe.only_for(UNDOERS, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	return held_punches.undo_link(user_id, employee, get_datetime(since), mapping)


@frappe.whitelist(methods=["POST"])
def resolve(
	action: str,
	reason_code: str,
	as_of: str,
	names: list[str] | str | None = None,
	user_id: str | None = None,
	service_tag: str | None = None,
	filters: dict | str | None = None,
) -> dict:
	"""Retry, accept (the time or input type of), or dismiss punches that had a reason at `as_of`: all that the filters
	leave, or the named ones, or those of a user id on a device (an empty service tag is an unknown device).

	At most 2,000 at once. Returns their `names`, and `since` for `outcome_since`.
	"""
	frappe.only_for(PEOPLE, message=True)
	if reason_code not in REASONS or action not in {*ACTIONS}.intersection(
		held_punches.actions_for(reason_code)
	):
		frappe.throw(_("There is no {0} for {1}.").format(action, reason_code))
	left = _filters(filters)
	seen = held_punches.names_in(reason_code, get_datetime(as_of), user_id, service_tag, MOST_NAMES, left)
	wanted = set(_as_list(names)) or set(seen)
	chosen = [name for name in seen if name in wanted]
	since = now_datetime()
	if chosen:
		ACTIONS[action](chosen)
	return {"since": str(since), "names": chosen}


@frappe.whitelist(methods=["POST"])
def propose_time(
	reason_code: str, as_of: str, service_tag: str | None = None, filters: dict | str | None = None
) -> dict:
	"""The correction to propose (time_proposals.propose) for all punches that had a reason at `as_of` and that the filters
	leave, at most 2,000."""
	frappe.only_for(PEOPLE, message=True)
	frappe.has_permission("CAMS Punch", "write", throw=True)
	left = _filters(filters)
	seen = held_punches.names_in(reason_code, get_datetime(as_of), None, service_tag, MOST_NAMES, left)
	return time_proposals.propose(seen, service_tag)


def _ensure_waiting(user_id: str, title: str) -> None:
	if not held_punches.is_waiting(user_id):
		frappe.throw(
			_("No punches of user ID {0} are pending any more.").format(escape_html(user_id)), title=title
		)


def _filters(filters: dict | str | None) -> held_filters.Filters:
	"""Those that are known and not empty."""
	given = frappe.parse_json(filters) if isinstance(filters, str) else filters or {}
	return {name: text for name in held_filters.FILTERS if (text := str(given.get(name) or "").strip())}


def _unread_events(filters: held_filters.Filters) -> dict:
	"""Those that this user may see and that the filters leave: their `count`, and the `rows` of the latest."""
	table, device = frappe.qb.DocType("CAMS Unread Event"), frappe.qb.DocType("CAMS Device")
	unread = frappe.qb.from_(table).left_join(device).on(device.name == table.service_tag)
	unread = unread.where(table.state == UnreadState.UNREAD)
	for field, column in (
		("service_tag", table.service_tag),
		("branch", device.branch),
		("company", device.company),
	):
		if field in filters:
			unread = unread.where(column == filters[field])
	if "from_date" in filters:
		unread = unread.where(table.last_received >= getdate(filters["from_date"]))
	if "to_date" in filters:
		unread = unread.where(table.last_received < getdate(add_days(filters["to_date"], 1)))
	if "text" in filters:
		like = f"%{as_like(filters['text'])}%"
		unread = unread.where(table.parts.like(like) | table.service_tag.like(like) | device.label.like(like))
	unread = permitted(unread, "CAMS Unread Event")
	fields = (table.name, table.service_tag, table.parts, table.times, table.last_received, device.label)
	latest = unread.select(*fields)
	most = held_punches.MOST_PUNCHES
	rows = latest.orderby(table.last_received, order=Order.desc).limit(most).run(as_dict=True)
	for row in rows:
		row.device = row.pop("label") or row.service_tag or ""
	is_all = len(rows) < most
	return {
		"count": len(rows) if is_all else unread.select(Count(table.name)).run(pluck=True)[0],
		"rows": rows,
		"sentence": _("A device sent something that this version does not wholly understand."),
		"remedy": _(
			"Open it, and enter a punch that is in it as a check-in manually. After an update of this app press Read"
			" Again. Dismiss it if it matters to nobody. Until then its shifts wait."
		),
	}


def _as_list(names: list[str] | str | None) -> list[str]:
	return frappe.parse_json(names) if isinstance(names, str) else names or []


def _has_role(roles: tuple[str, ...]) -> bool:
	return frappe.session.user == "Administrator" or not set(roles).isdisjoint(frappe.get_roles())
