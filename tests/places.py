"""Where in the Desk each request operation of the gateway is asked for: docs/operations.md shows it, and
tests/bench/test_places.py calls it."""

from dataclasses import dataclass

CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"
REPORTS = "navari_cams_biometric.cams_biometric.report"


@dataclass(frozen=True)
class Place:
	"""`where` is for the reader: DocType or report, then the button. `method` is what that calls: dotted, or the name of
	a method of `doctype`."""

	where: str
	method: str
	doctype: str = ""


def _button(where: str, function: str) -> Place:
	return Place(where, f"{CONTROLLERS}.{function}")


def _form(buttons: str, method: str) -> Place:
	doctype, _, _rest = buttons.partition(" > ")
	return Place(buttons, method, doctype)


def _report(title: str, filters: str = "") -> Place:
	name = title.lower().replace(" ", "_")
	return Place(f"report {title}{filters}", f"{REPORTS}.{name}.{name}.execute")


_PUNCHES = "CAMS Punch Comparison"
_DAYS = "CAMS Day Comparison"

PLACES = {
	"GetAttendanceByDate": _report(_PUNCHES),
	"GetAttendanceByEmployee": _report(_PUNCHES, ", with an employee"),
	"GetAttendanceByDevice": _report(_PUNCHES, ", with a device"),
	"GetAttendanceSummary": _report(_DAYS),
	"GetFirstInLastOut": _report(_DAYS, ", First In and Last Out"),
	"GetTodayAttendance": _report(_PUNCHES, ", Today"),
	"GetAttendancePhoto": _button(
		"Employee Checkin > Device Punch > Attach Photo", "attendance_actions.attach_photo"
	),
	"ExportAttendance": _button(
		f"report {_PUNCHES} > Download the Gateway's Export", "attendance_actions.export_attendance"
	),
	"AddUser": _button("Employee > Devices > Enrol", "enrolment_actions.enrol"),
	"UpdateUser": _button("Employee > Devices > Update", "enrolment_actions.update"),
	"DeleteUser": _button("Employee > Devices > Remove", "enrolment_actions.remove"),
	"FindUser": _button("Employee > Devices > Ask the Gateway", "enrolment_actions.find"),
	"ListUsers": _button("CAMS Device > More > Read People from the Gateway", "enrolment_actions.sync_users"),
	"ListUserDevices": _button("Employee > Devices > Ask the Gateway", "enrolment_actions.where"),
	"EnrollFingerprint": _button(
		"Employee > Devices > Start Fingerprint", "enrolment_actions.start_fingerprint"
	),
	"EnrollFace": _button("Employee > Devices > Start Face", "enrolment_actions.start_face"),
	"EnrollCard": _button("Employee > Devices > Set Card", "enrolment_actions.set_card"),
	"SetUserPassword": _button("Employee > Devices > Set PIN", "enrolment_actions.set_pin"),
	"CopyUsers": _button("Employee > Devices > Copy to Devices", "enrolment_actions.copy"),
	"ResendUser": _button("Employee > Devices > Resend", "enrolment_actions.resend"),
	"OpenDoor": _form("CAMS Device > Open Door", "open_door"),
	"LockDoor": _form("CAMS Device > More > Lock Door", "lock_door"),
	"GetDoorStatus": _form("CAMS Device > More > Door Status", "door_status"),
	"SetAccessSchedule": _form("CAMS Access Schedule > Send to Devices", "send_to_devices"),
	"GetAccessEvents": _report("CAMS Access Events"),
	"ListDevices": _form("CAMS Biometric Settings > Gateway > Import Devices", "import_devices"),
	"GetDeviceInfo": _form("CAMS Device > More > Read Information", "read_information"),
	"CheckDeviceHealth": _form("CAMS Device > Check Health", "check_health"),
	"PingConnection": _form("CAMS Device > More > Ping", "ping"),
	"SyncDeviceTime": _form("CAMS Device > More > Set the Clock", "sync_time"),
	"RebootDevice": _form("CAMS Device > More > Restart", "reboot"),
	"ResetDeviceQueue": _form("CAMS Device > More > Reset Queue", "reset_queue"),
	"GetCommandStatus": _form("CAMS Command > Ask the Gateway Now", "check_now"),
	"RegisterCallback": _form("CAMS Biometric Settings > Gateway > Register Callback", "register_callback"),
	"MigrationStatus": _form("CAMS Biometric Settings > Gateway > Migration Status", "migration_status"),
}
