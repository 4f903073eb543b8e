"""What people call the operations that commands ask for. The gateway's own names are for code, not for people.

public/js/cams_biometric.js has the same words for the Desk.
"""

from frappe import _lt

LABELS = {
	"AddUser": _lt("Enrol"),
	"UpdateUser": _lt("Update Person"),
	"DeleteUser": _lt("Remove from Device"),
	"EnrollFingerprint": _lt("Enrol Fingerprint"),
	"EnrollFace": _lt("Enrol Face"),
	"EnrollCard": _lt("Enrol Card"),
	"SetUserPassword": _lt("Set PIN"),
	"CopyUsers": _lt("Copy People"),
	"ResendUser": _lt("Resend Person"),
	"OpenDoor": _lt("Open Door"),
	"LockDoor": _lt("Lock Door"),
	"SetAccessSchedule": _lt("Set Access Schedule"),
	"SyncDeviceTime": _lt("Set the Clock"),
	"RebootDevice": _lt("Restart"),
	"ResetDeviceQueue": _lt("Reset Queue"),
	"RegisterCallback": _lt("Register Callback URL"),
}


def label_of(operation: str) -> str:
	"""In the user's language; the name itself where it is none of these."""
	return str(LABELS.get(operation, operation))
