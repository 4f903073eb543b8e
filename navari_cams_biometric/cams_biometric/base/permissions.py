"""Which roles may send which request to the gateway, and for which document. Administrator has every role."""

import frappe
from frappe.model.document import Document

DOOR_OPERATOR = "CAMS Door Operator"
PEOPLE = ("HR Manager", "System Manager")
READERS = ("HR User", *PEOPLE)
DEVICES = ("System Manager",)
DOORS = (DOOR_OPERATOR,)
PHOTOS = ("HR Manager",)
ROLES = {
	"GetAttendancePhoto": PHOTOS,
	**dict.fromkeys(("OpenDoor", "LockDoor"), DOORS),
	**dict.fromkeys(("GetDoorStatus", "GetAccessEvents"), (*DOORS, *PEOPLE)),
	**dict.fromkeys(("SyncDeviceTime", "RebootDevice", "ResetDeviceQueue", "RegisterCallback"), DEVICES),
	**dict.fromkeys(("GetDeviceInfo", "ListDevices", "MigrationStatus"), DEVICES),
}


def ensure_may(operation: str) -> None:
	"""Throw PermissionError unless the user may ask for this operation."""
	frappe.only_for(ROLES.get(operation, PEOPLE), message=True)


def stored(document: Document, right: str = "read") -> Document:
	"""The document as the database has it, for a method that is called from outside. Throws unless the user has this
	right to it.

	Whoever calls the method may send a document of their own making, and Frappe asks for permission by that one. It
	also answers with the whole document, so what lies above the user's permission level is taken out of it here.
	"""
	document.apply_fieldlevel_read_permissions()
	found = frappe.get_doc(document.doctype, document.name)
	found.check_permission(right)
	return found
