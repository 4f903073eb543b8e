"""Which roles may send which request to the gateway, and on which document. Administrator has every role."""

import frappe
from frappe.model.document import Document

DOOR_OPERATOR = "CAMS Door Operator"
PEOPLE = ("HR Manager", "System Manager")
READERS = ("HR User", *PEOPLE)
DEVICES = ("System Manager",)
DOORS = (DOOR_OPERATOR,)
DOOR_OPERATIONS = ("OpenDoor", "LockDoor")
PHOTOS = ("HR Manager",)
ROLES = {
	"GetAttendancePhoto": PHOTOS,
	**dict.fromkeys(DOOR_OPERATIONS, DOORS),
	**dict.fromkeys(("GetDoorStatus", "GetAccessEvents"), (*DOORS, *PEOPLE)),
	**dict.fromkeys(("SyncDeviceTime", "RebootDevice", "ResetDeviceQueue", "RegisterCallback"), DEVICES),
	**dict.fromkeys(("GetDeviceInfo", "ListDevices", "MigrationStatus"), DEVICES),
}


def may_open_app() -> bool:
	"""Whether the app stands among those that Frappe offers to the user: the roles of its workspace."""
	return not {*READERS, *DOORS}.isdisjoint(frappe.get_roles())


def sees_door_commands_only(user: str | None = None) -> bool:
	"""Whether the user reads CAMS Command as a door operator: commands about people are none of a door's business."""
	user = user or frappe.session.user
	roles = set(frappe.get_roles(user))
	if user == "Administrator" or DOOR_OPERATOR not in roles:
		return False
	readers = {
		row.role for row in frappe.get_meta("CAMS Command").permissions if row.read and not row.permlevel
	}
	return not roles & (readers - {DOOR_OPERATOR})


def ensure_may(operation: str) -> None:
	"""Throw PermissionError unless the user may ask for this operation."""
	frappe.only_for(ROLES.get(operation, PEOPLE), message=True)


def stored(document: Document, right: str = "read") -> Document:
	"""The stored document, for a method that the Desk calls. Throws unless the user has this right to it.

	A caller can send a made-up document instead of a name, and Frappe then checks the permission of that one. Frappe
	also returns the whole document, so fields above the user's permission level are removed from it here.
	"""
	document.apply_fieldlevel_read_permissions()
	found = frappe.get_doc(document.doctype, document.name)
	found.check_permission(right)
	return found
