"""Which roles may send which request to the gateway. Administrator has every role."""

import frappe

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
}


def ensure_may(operation: str) -> None:
	"""Throw PermissionError unless the user may ask for this operation."""
	frappe.only_for(ROLES.get(operation, PEOPLE), message=True)
