"""User IDs that are nobody's attendance: a visitor, a contractor, a test. Each is a CAMS Ignored ID.

An ID that an employee has is not ignored: who gets it later counts from then on.
"""

from collections.abc import Iterable

import frappe

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.cams_biometric.punches.reasons import IGNORED_ID

Ignored = frozenset[tuple[str, str]]  # (user ID, service tag); an empty tag means every device


def read_ignored(user_ids: Iterable[str]) -> Ignored:
	"""Which of these are ignored, and where."""
	wanted = sorted({user_id for user_id in user_ids if user_id})
	rows = frappe.get_all(
		IGNORED_ID, filters={"user_id": ["in", wanted or [""]]}, fields=["user_id", "service_tag"]
	)
	return frozenset((row.user_id, row.service_tag or "") for row in rows)


def is_ignored(ignored: Ignored, user_id: str, service_tag: str | None) -> bool:
	return not ignored.isdisjoint({(user_id, ""), (user_id, service_tag or "")})


def queue_ignored_again(user_id: str, service_tag: str | None) -> None:
	"""The ID is no longer ignored (on the device, or anywhere without one): its punches are processed again."""
	filters = {"user_id": user_id, "state": PunchState.IGNORED, "reason_code": "IGNORED_ID"}
	if service_tag:
		filters["service_tag"] = service_tag
	inbox.queue_again_where(filters)
