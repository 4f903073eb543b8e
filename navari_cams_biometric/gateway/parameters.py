"""The parameters of the 38 operations: names, kinds, units and an example of each.

The names in REST v3 are ours; those within events and Web API 3.0 are the vendor's.

ref: PROTOCOL sections 2 and 6
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


@dataclass(frozen=True)
class Parameter:
	"""One argument of an operation. `name` is the client's, `wire` the one in REST v3.

	`kind` is `text`, `integer`, `boolean`, `time` (aware; sent as `2024-09-17 08:00:00 GMT +0300`), `bytes`
	(sent as base64), `texts`, `windows` or `templates`. A `secret` value never reaches an error or a log.
	"""

	name: str
	wire: str
	kind: str
	meaning: str
	example: object
	required: bool = True
	secret: bool = False


Parameters = tuple[Parameter, ...]

EXAMPLE_START = datetime(2024, 9, 17, 0, 0, tzinfo=timezone(timedelta(hours=3)))
EXAMPLE_END = EXAMPLE_START + timedelta(hours=23, minutes=59, seconds=59)
EXAMPLE_WINDOW = {"Day": "Monday", "Start": "08:00", "End": "17:00"}

DEVICE = Parameter("device", "ServiceTag", "text", "service tag of the device", "ZHM1100000001")
USER = Parameter(
	"user_id", "UserID", "text", "the person's number on the device, leading zeros count", "EMP-0001"
)
START = Parameter("start", "StartTime", "time", "first moment", EXAMPLE_START)
END = Parameter("end", "EndTime", "time", "last moment", EXAMPLE_END)
DOOR = Parameter("door", "Door", "integer", "number of the door, from 1", 1, required=False)
PROFILE = (
	Parameter("first_name", "FirstName", "text", "first name", "Employee", required=False),
	Parameter("last_name", "LastName", "text", "last name", "One", required=False),
	Parameter("user_type", "UserType", "text", "`User` or `Admin`", "User", required=False),
)
VALIDITY = (
	Parameter("valid_from", "ValidFrom", "time", "may enter from", EXAMPLE_START, required=False),
	Parameter("valid_until", "ValidUntil", "time", "may enter until", EXAMPLE_END, required=False),
)
FINGERPRINT = Parameter(
	"template",
	"Template",
	"bytes",
	"the template as a device gave it; without one the device asks the person for the finger",
	b"ridges",
	required=False,
	secret=True,
)
FACE = Parameter(
	"template",
	"Template",
	"bytes",
	"face template; with neither this nor a photo the device takes the face itself",
	b"face",
	required=False,
	secret=True,
)
PHOTO = Parameter(
	"photo", "Photo", "bytes", "a JPEG; may stand instead of the template", b"jpeg", False, True
)
INDEX = Parameter("index", "Index", "integer", "which finger, 0 to 9", 6, required=False)
CARD = Parameter("card_number", "CardNumber", "text", "number of the card", "10283655", secret=True)
PASSWORD = Parameter("password", "Password", "text", "digits", "90817263", secret=True)
LOG_TIME = Parameter("log_time", "LogTime", "time", "moment of the punch", EXAMPLE_START + timedelta(hours=8))

CREDENTIALS = Parameter(
	"credentials",
	"Credentials",
	"boolean",
	"tell also which credentials there are (never their data)",
	True,
	required=False,
)
SOURCE = Parameter("source", "SourceServiceTag", "text", "service tag to copy from", "ZHM1100000001")
TARGET = Parameter("target", "ServiceTag", "text", "service tag to copy to", "ZHM1100000002")
ONLY_USERS = Parameter(
	"user_ids", "UserIDs", "texts", "whom to copy; everybody where missing", ("EMP-0001",), required=False
)
SCHEDULE = Parameter("schedule", "Schedule", "text", "name of the schedule", "Office hours")
WINDOWS = Parameter(
	"windows",
	"Windows",
	"windows",
	"Day (English), Start and End (HH:MM, the device's own time)",
	(EXAMPLE_WINDOW,),
)
SCHEDULED_USERS = Parameter(
	"user_ids", "UserIDs", "texts", "for whom; for everybody where missing", ("EMP-0001",), required=False
)
COMMAND_ID = Parameter(
	"operation_id", "CommandID", "text", "the OperationID that the command's reply told", "9nu1wak5616p"
)
URL = Parameter(
	"url", "URL", "text", "where events are posted to", "https://erp.example.com/callback", secret=True
)
OPERATION_TIME = Parameter("operation_time", "OperationTime", "time", "when it happened", EXAMPLE_START)
PUNCH = (
	Parameter("user_id", "UserId", "text", "the person's number on the device", "EMP-0001"),
	Parameter("type", "Type", "text", "CheckIn, CheckOut, BreakIn, BreakOut, OverTimeIn ...", "CheckIn"),
	Parameter("log_time", "LogTime", "time", "by the device's clock and in its offset", EXAMPLE_START),
	Parameter("input_type", "InputType", "text", "Fingerprint, Face, Palm, Card ...", "Face", required=False),
	Parameter("temperature", "Temperature", "text", "of the body, degrees Celsius", "36.8", required=False),
	Parameter("face_mask", "FaceMask", "boolean", "whether one is worn", False, required=False),
)
STATUS = (
	Parameter("status", "Status", "text", "`Online` or `Offline`", "Offline"),
	Parameter(
		"last_seen", "LastSeen", "time", "when the device last reported", EXAMPLE_START, required=False
	),
	Parameter("queue_depth", "QueueDepth", "integer", "commands pending for it", 0, required=False),
	OPERATION_TIME,
)
ENROLMENT = (
	Parameter("user_id", "UserID", "text", "may stand in the template only", "EMP-0001", required=False),
	Parameter(
		"template", "Template", "templates", "list of Type, UserID, Index, Size, Data", (), secret=True
	),
	OPERATION_TIME,
)
