"""What waits at a device for a person or for the gateway: the first thing that its form shows."""

import frappe
from frappe.query_builder.functions import Count

from navari_cams_biometric.cams_biometric.base.states import (
	COMMANDS_UNDER_WAY,
	CommandState,
	DeviceUserState,
	PunchState,
	UnreadState,
)
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted

STATES = {
	"CAMS Punch": (PunchState.HELD, PunchState.FAILED),
	"CAMS Command": (CommandState.QUEUED, *COMMANDS_UNDER_WAY),
	"CAMS Unread Event": (UnreadState.UNREAD,),
	"CAMS Device User": (DeviceUserState.ON_DEVICE,),
}


def pending_at(service_tag: str) -> dict[str, int]:
	"""By DocType how many of the device are in one of STATES, of those that the user may see."""
	return {doctype: _count(doctype, service_tag) for doctype in STATES if frappe.has_permission(doctype)}


def _count(doctype: str, service_tag: str) -> int:
	table = frappe.qb.DocType(doctype)
	mine = (table.service_tag == service_tag) & table.state.isin(STATES[doctype])
	query = frappe.qb.from_(table).select(Count(table.name)).where(mine)
	return permitted(query, doctype).run()[0][0]
