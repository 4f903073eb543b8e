"""Why a punch is no check-in, or an existing one was linked: a table of codes with state, sentence and remedy.

`requeued_by` names the DocTypes in which the cause can be fixed: saving one there sets the punches concerned to
Queued again (punches.requeue). `is_retried` is for faults of the site: punches.site_faults tries them again.
`holds_from` is the field of a held punch from whose time on it holds shifts (shift_sync): its arrival where its own time
is wrong; empty where it holds none.
"""

from typing import NamedTuple

from frappe import _lt

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.base.stored_values import words_from_outside

SETTINGS = "CAMS Biometric Settings"
DEVICE = "CAMS Device"
IGNORED_ID = "CAMS Ignored ID"
DEVICE_ID = "CAMS Device ID"

REPEATED = "REPEATED"
SAME_TOUCH, TIME_CHANGED, TIME_MARKED = "SAME_TOUCH", "TIME_CHANGED", "TIME_MARKED"
REPEATED_HOUR, OTHER_ZONE = "REPEATED_HOUR", "OTHER_ZONE"
PUNCH_TIME, ARRIVAL = "punch_time", "creation"
LONGEST = 280  # characters of what a punch shows as its reason


class Reason(NamedTuple):
	state: str
	sentence: str
	remedy: str
	requeued_by: tuple[str, ...] = ()
	is_retried: bool = False
	holds_from: str = ""

	def told(self, detail: str = "") -> str:
		"""The sentence, with what it is about: one line, never longer than LONGEST."""
		return words_from_outside(f"{self.sentence} ({detail})" if detail else str(self.sentence), LONGEST)


REASONS = {
	"EQUAL_CHECKIN": Reason(PunchState.RECORDED, _lt("An equal check-in already existed and is linked."), ""),
	"NOT_ATTENDANCE": Reason(
		PunchState.IGNORED,
		_lt("Punches of this type, or of this device, are kept as a record and do not count as attendance."),
		_lt(
			"To let them count, change the punch type in CAMS Biometric Settings, or the device's Direction, and retry."
		),
	),
	REPEATED: Reason(
		PunchState.IGNORED,
		_lt("The same person touched again in the same direction within seconds: the first touch counts."),
		_lt("Retry lets this one count, too."),
	),
	SAME_TOUCH: Reason(
		PunchState.IGNORED,
		_lt("The same touch as another punch, which decides."),
		_lt("Retry lets this one count instead."),
	),
	"IGNORED_ID": Reason(
		PunchState.IGNORED,
		_lt("This user ID is ignored, and no employee has it."),
		_lt("To let its punches count, delete the CAMS Ignored ID."),
	),
	"DISMISSED": Reason(PunchState.IGNORED, _lt("Dismissed by a person."), _lt("Retry processes it again.")),
	"TAKEN_BACK": Reason(
		PunchState.IGNORED, _lt("Added by a person and taken back."), _lt("Retry creates its check-in again.")
	),
	"CHECKIN_DELETED": Reason(
		PunchState.IGNORED, _lt("Its check-in was deleted."), _lt("Retry creates it again.")
	),
	"CHECKIN_DISAGREES": Reason(
		PunchState.HELD,
		_lt("The check-in that names this punch is of another person or another time."),
		_lt("Find out who made it. Delete it if it is wrong, then retry; else dismiss this punch."),
		holds_from=PUNCH_TIME,
	),
	"UNKNOWN_USER": Reason(
		PunchState.HELD,
		_lt("No employee has this user ID as Attendance Device ID."),
		_lt("Use Link to Employee, or set Attendance Device ID on the employee."),
		("Employee", DEVICE_ID, IGNORED_ID),
		holds_from=PUNCH_TIME,
	),
	"AMBIGUOUS_USER": Reason(
		PunchState.HELD,
		_lt("More than one employee has this user ID."),
		_lt("Use Link to Employee to say whose it is, or correct the Attendance Device ID of the others."),
		("Employee", DEVICE_ID),
		holds_from=PUNCH_TIME,
	),
	"OTHER_COMPANY": Reason(
		PunchState.HELD,
		_lt("The user ID is an employee's of another company than the device's."),
		_lt("Use Link to Employee to say whose it is on this device, or correct the Company of the device."),
		("Employee", DEVICE_ID, IGNORED_ID),
		holds_from=PUNCH_TIME,
	),
	"EMPLOYEE_INACTIVE": Reason(
		PunchState.HELD,
		_lt("The employee was not active at that time."),
		_lt("If the punch is genuine, set the employee to Active or correct the Relieving Date."),
		("Employee", DEVICE_ID),
	),
	"BEFORE_JOINING": Reason(
		PunchState.HELD,
		_lt("The punch is from before the employee's Date of Joining."),
		_lt(
			"Correct the Date of Joining if it is wrong; else it is somebody's who had this user ID before: add a CAMS Device ID for them, until the day they left, or dismiss it."
		),
		("Employee", DEVICE_ID),
	),
	"UNKNOWN_PUNCH_TYPE": Reason(
		PunchState.HELD,
		_lt("The punch type is not in the table of punch types."),
		_lt(
			"Add it in CAMS Biometric Settings, or give the device a fixed direction or Alternate Within Shift."
		),
		(SETTINGS, DEVICE),
		holds_from=PUNCH_TIME,
	),
	"CLOCK_AHEAD": Reason(
		PunchState.HELD,
		_lt("The time is later than the moment the punch arrived: the device's clock or time zone is wrong."),
		_lt("Set the device's clock. Then use Correct Time, or Accept Time if the time is right after all."),
		(SETTINGS,),
		holds_from=ARRIVAL,
	),
	"CLOCK_BEHIND": Reason(
		PunchState.HELD,
		_lt("The time is long before the moment the punch arrived: the device's clock fell back."),
		_lt("Set the device's clock. Then use Correct Time, or Accept Time if the time is right after all."),
		(SETTINGS,),
		holds_from=ARRIVAL,
	),
	TIME_CHANGED: Reason(
		PunchState.HELD,
		_lt("The device sent the same time of day with two different offsets, and the other one counts."),
		_lt("Find out which one is right. Retry lets this one count instead, Dismiss keeps the other."),
		holds_from=PUNCH_TIME,
	),
	TIME_MARKED: Reason(
		PunchState.HELD,
		_lt("The same touch already counts with another time, and attendance is marked by it."),
		_lt(
			"Repair the day in Day Repairs, or cancel the attendance: the check-in then moves, and HRMS marks the day again. Or dismiss this punch."
		),
	),
	REPEATED_HOUR: Reason(
		PunchState.HELD,
		_lt(
			"Clocks showed this time twice when summer time ended. The other punch has the check-in, and HRMS cannot tell"
			" the two apart."
		),
		_lt("Dismiss this punch, and enter a check-in manually where the day needs one."),
		holds_from=PUNCH_TIME,
	),
	OTHER_ZONE: Reason(
		PunchState.HELD,
		_lt(
			"A check-in of another time zone has the same time on the clock and the same direction, and HRMS cannot tell"
			" the two apart."
		),
		_lt("Dismiss this punch, and enter a check-in manually where the day needs one."),
		holds_from=PUNCH_TIME,
	),
	"INPUT_TYPE": Reason(
		PunchState.HELD,
		_lt("Punches of this input type are held for a person to look at."),
		_lt("Find out whether it was the employee. Then use Accept Input Type, or Dismiss."),
		(SETTINGS,),
		holds_from=PUNCH_TIME,
	),
	"TIME_UNREADABLE": Reason(
		PunchState.HELD,
		_lt("The time cannot be read."),
		_lt("Enter the check-in manually, dismiss this punch, and report the Original Time to support."),
		holds_from=ARRIVAL,
	),
	"MALFORMED": Reason(
		PunchState.HELD,
		_lt("The device sent no user ID."),
		_lt("Find out at the device who it was, enter the check-in manually and dismiss this punch."),
	),
	"DEVICE_DISABLED": Reason(
		PunchState.HELD,
		_lt("The device is disabled."),
		_lt("Enable the device, or dismiss its punches."),
		(DEVICE,),
	),
	"LOG_TYPE_REQUIRED": Reason(
		PunchState.HELD,
		_lt("The shift is strictly based on log type, and this punch has no direction."),
		_lt(
			"Give the device a fixed direction or Alternate Within Shift, or change the punch type in Settings or the shift type."
		),
		(SETTINGS, DEVICE, "Shift Type"),
		holds_from=PUNCH_TIME,
	),
	"LOCATION_REQUIRED": Reason(
		PunchState.HELD,
		_lt("HR Settings require a location for check-ins, and the device has none."),
		_lt("Set latitude and longitude of the device."),
		(DEVICE, "HR Settings"),
		holds_from=PUNCH_TIME,
	),
	"OUTSIDE_RADIUS": Reason(
		PunchState.HELD,
		_lt("The device is outside the radius of the employee's shift location."),
		_lt("Correct the device's location, the Shift Location or the Shift Assignment, then retry."),
		(DEVICE, "HR Settings"),
		holds_from=PUNCH_TIME,
	),
	"REFUSED": Reason(
		PunchState.HELD,
		_lt("Employee Checkin did not accept it."),
		_lt("Correct what it says, then retry."),
		holds_from=PUNCH_TIME,
	),
	"DATABASE_BUSY": Reason(
		PunchState.FAILED,
		_lt("The database was busy each time it was tried."),
		_lt("It is tried again automatically. Retry when the load is over."),
		is_retried=True,
	),
	"UNEXPECTED_ERROR": Reason(
		PunchState.FAILED,
		_lt("An error of this site stopped it, not the punch itself."),
		_lt("See the Error Log and fix the cause. It is tried again automatically, or by Retry."),
		is_retried=True,
	),
}


def codes_retried() -> list[str]:
	return [code for code, reason in REASONS.items() if reason.is_retried]


def codes_requeued_by(doctype: str) -> list[str]:
	"""The codes of punches that saving a document of `doctype` may requeue."""
	return [code for code, reason in REASONS.items() if doctype in reason.requeued_by]
