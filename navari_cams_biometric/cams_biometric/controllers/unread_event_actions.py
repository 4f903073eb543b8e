"""What HR does with events that were not wholly understood: read them again, or dismiss them."""

import frappe

from navari_cams_biometric.cams_biometric.base.states import UnreadState
from navari_cams_biometric.cams_biometric.callbacks import reception, unread_events

MOST_EVENTS = 500  # in one press of a button


@frappe.whitelist(methods=["POST"])
def read_again(names: list[str] | str | None = None) -> dict[str, int]:
	"""Read unread events anew: the named ones, or all that this user may see. At most 500 at once.

	Returns how many are `read` by now, and how many stay `unread`.
	"""
	chosen = _chosen(names)
	read = sum(reception.read_again(name) for name in chosen)
	return {"read": read, "unread": len(chosen) - read}


@frappe.whitelist(methods=["POST"])
def dismiss(names: list[str] | str) -> int:
	"""Dismiss unread events: they matter to nobody. `modified_by` records who did it. Returns how many."""
	chosen = _chosen(names)
	for name in chosen:
		unread_events.settle(name, UnreadState.DISMISSED)
	return len(chosen)


def _chosen(names: list[str] | str | None) -> list[str]:
	frappe.has_permission(unread_events.DOCTYPE, "write", throw=True)
	names = frappe.parse_json(names) if isinstance(names, str) else names
	filters: dict[str, object] = {"state": UnreadState.UNREAD}
	if names is not None:
		filters["name"] = ["in", names]
	return frappe.get_list(
		unread_events.DOCTYPE, filters=filters, pluck="name", order_by="creation asc", limit=MOST_EVENTS
	)
