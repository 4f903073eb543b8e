"""Where in the Desk each request operation of the gateway is asked for: docs/operations.md shows it, a test calls it."""

from dataclasses import dataclass

_CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"
_REPORTS = "navari_cams_biometric.cams_biometric.report"


@dataclass(frozen=True)
class Place:
	"""`where` is for the reader: DocType or report, then the button. `method` is what that calls, dotted."""

	where: str
	method: str


def _report(title: str) -> str:
	name = title.lower().replace(" ", "_")
	return f"{_REPORTS}.{name}.{name}.execute"


_PUNCHES = "CAMS Punch Comparison"
_DAYS = "CAMS Day Comparison"
_ACCESS = "CAMS Access Events"

PLACES = {
	"GetAttendanceByDate": Place(f"report {_PUNCHES}", _report(_PUNCHES)),
	"GetAttendanceByEmployee": Place(f"report {_PUNCHES}, with an employee", _report(_PUNCHES)),
	"GetAttendanceByDevice": Place(f"report {_PUNCHES}, with a device", _report(_PUNCHES)),
	"GetAttendanceSummary": Place(f"report {_DAYS}", _report(_DAYS)),
	"GetFirstInLastOut": Place(f"report {_DAYS}, First In and Last Out", _report(_DAYS)),
	"GetTodayAttendance": Place(f"report {_PUNCHES}, Today", _report(_PUNCHES)),
	"GetAttendancePhoto": Place("Employee Checkin > Attach Photo", f"{_CONTROLLERS}.attendance.attach_photo"),
	"ExportAttendance": Place(
		f"report {_PUNCHES} > Download the Gateway's Export", f"{_CONTROLLERS}.attendance.export_attendance"
	),
	"AddUser": Place("Employee > Devices > Enrol", f"{_CONTROLLERS}.people.enrol"),
	"UpdateUser": Place("Employee > Devices > Update", f"{_CONTROLLERS}.people.update"),
	"DeleteUser": Place("Employee > Devices > Remove", f"{_CONTROLLERS}.people.remove"),
	"FindUser": Place("Employee > Devices > Ask the Gateway", f"{_CONTROLLERS}.people.find"),
	"ListUsers": Place(
		"CAMS Device > Users > Read People from the Gateway", f"{_CONTROLLERS}.people.sync_users"
	),
	"ListUserDevices": Place("Employee > Devices > Ask the Gateway", f"{_CONTROLLERS}.people.where"),
	"EnrollFingerprint": Place(
		"Employee > Devices > Start Fingerprint", f"{_CONTROLLERS}.people.start_fingerprint"
	),
	"EnrollFace": Place("Employee > Devices > Start Face", f"{_CONTROLLERS}.people.start_face"),
	"EnrollCard": Place("Employee > Devices > Set Card", f"{_CONTROLLERS}.people.set_card"),
	"SetUserPassword": Place("Employee > Devices > Set PIN", f"{_CONTROLLERS}.people.set_pin"),
	"CopyUsers": Place("Employee > Devices > Copy to Devices", f"{_CONTROLLERS}.people.copy"),
	"ResendUser": Place("Employee > Devices > Resend", f"{_CONTROLLERS}.people.resend"),
	"OpenDoor": Place("CAMS Device > Doors > Open Door", f"{_CONTROLLERS}.doors.open_door"),
	"LockDoor": Place("CAMS Device > Doors > Lock Door", f"{_CONTROLLERS}.doors.lock_door"),
	"GetDoorStatus": Place("CAMS Device > Doors > Door Status", f"{_CONTROLLERS}.doors.door_status"),
	"SetAccessSchedule": Place(
		"CAMS Access Schedule > Send to Devices", f"{_CONTROLLERS}.schedules.send_to_devices"
	),
	"GetAccessEvents": Place(f"report {_ACCESS}", _report(_ACCESS)),
	"ListDevices": Place(
		"CAMS Biometric Settings > Gateway > Import Devices", f"{_CONTROLLERS}.devices.import_devices"
	),
	"GetDeviceInfo": Place(
		"CAMS Device > Device > Read Information", f"{_CONTROLLERS}.devices.read_information"
	),
	"CheckDeviceHealth": Place(
		"CAMS Device > Connection > Check Health", f"{_CONTROLLERS}.devices.check_health"
	),
	"PingConnection": Place("CAMS Device > Connection > Ping", f"{_CONTROLLERS}.devices.ping"),
	"SyncDeviceTime": Place("CAMS Device > Device > Set the Clock", f"{_CONTROLLERS}.devices.sync_time"),
	"RebootDevice": Place("CAMS Device > Device > Restart", f"{_CONTROLLERS}.devices.reboot"),
	"ResetDeviceQueue": Place("CAMS Device > Device > Reset Queue", f"{_CONTROLLERS}.devices.reset_queue"),
	"GetCommandStatus": Place("CAMS Command > Ask the Gateway Now", f"{_CONTROLLERS}.commands.check"),
	"RegisterCallback": Place(
		"CAMS Biometric Settings > Gateway > Register Callback", f"{_CONTROLLERS}.devices.register_callback"
	),
	"MigrationStatus": Place(
		"CAMS Biometric Settings > Gateway > Migration Status", f"{_CONTROLLERS}.devices.migration_status"
	),
}
