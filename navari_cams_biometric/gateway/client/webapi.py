"""Web API 3.0, which devices in the field use: one URL, one POST, nested keys name the operation.

This module builds the requests and derives the answers; `webapi_wire` sends them. What the API has no request for
comes from the caller's LocalRecords; an operation without a counterpart raises NotSupportedError before anything
is sent.

ref: PROTOCOL sections 5 and 6
"""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from ..errors import AnswerPendingError, NotFoundError, NotSupportedError
from ..operations import Operation
from .answers import CommandStatus, Device, DevicePunch, LocalRecords, read_punch
from .derived import export_csv, summarise
from .dialect import Arguments, Page, Row, encode
from .reading import fold
from .rows import device_row, summary_row, time_text, user_row
from .webapi_history import History, Span
from .webapi_wire import WebApiWire

TEMPLATE_TYPES = {
	"EnrollFingerprint": "Fingerprint",
	"EnrollFace": "Face",
	"EnrollCard": "Card",
	"SetUserPassword": "Password",
}
USER_KEYS = ("UserID", "FirstName", "LastName", "UserType")
# These need to know which devices there are, or who is on them.
NEED_RECORDS = {
	"GetAttendanceByDate",
	"GetAttendanceByEmployee",
	"GetAttendanceSummary",
	"GetFirstInLastOut",
	"GetTodayAttendance",
	"ExportAttendance",
	"FindUser",
	"ListUsers",
	"ListUserDevices",
	"ListDevices",
	"ResendUser",
}


class WebApi3:
	"""The dialect of the devices in the field. `zone` is where "today" is and of times without offset."""

	name = "Web API 3.0"

	def __init__(
		self,
		wire: WebApiWire,
		zone: tzinfo,
		clock: Callable[[], datetime],
		records: LocalRecords | None = None,
	):
		self._wire = wire
		self._history = History(wire, zone)
		self._zone = zone
		self._clock = clock
		self._records = records

	def require(self, operation: Operation) -> None:
		if operation.counterpart is None:
			raise NotSupportedError(
				self.name, operation.name, "Use REST v3 for it, if your account has that."
			)
		if operation.name in NEED_RECORDS and self._records is None:
			raise NotSupportedError(
				self.name, operation.name, "Give the client LocalRecords to read it from."
			)

	def ask(self, operation: Operation, arguments: Arguments) -> Row:
		self.require(operation)
		return ANSWERS[operation.name](self, operation, arguments)

	def pages(self, operation: Operation, arguments: Arguments, offset: str = "") -> Iterator[Page]:
		self.require(operation)
		encode(operation, arguments)  # what cannot be sent is refused now, not at the first page
		if operation.name == "ListUsers":
			return iter([self._user_page(arguments["device"])])
		devices = [arguments["device"]] if "device" in arguments else self._service_tags()
		return self._history.pages(operation, arguments, devices, self._span(arguments), offset)

	def _user_page(self, device: str) -> Page:
		users = self._known_records().users(device)
		rows = tuple(fold({**user_row(user), "Devices": [device]}) for user in users)
		return Page(rows, "", len(rows))

	def _span(self, arguments: Arguments) -> Span:
		"""From start to end; today so far where the operation has neither."""
		if "start" in arguments:
			return arguments["start"], arguments["end"]
		now = self._clock().astimezone(self._zone)
		return now.replace(hour=0, minute=0, second=0, microsecond=0), now

	def _punches(self, operation: Operation, arguments: Arguments) -> Iterator[DevicePunch]:
		for page in self.pages(operation, arguments):
			yield from (read_punch(row) for row in page.rows)

	def _add_user(self, operation: Operation, arguments: Arguments) -> Row:
		sent = encode(operation, arguments)
		if {"ValidFrom", "ValidUntil"} & set(sent):
			raise NotSupportedError(self.name, operation.name, "Leave the validity out, or use REST v3.")
		user = {key: sent[key] for key in USER_KEYS if key in sent}
		return self._command(operation, arguments, {"Add": {"User": user}})

	def _delete_user(self, operation: Operation, arguments: Arguments) -> Row:
		return self._command(operation, arguments, {"Delete": {"User": {"UserID": arguments["user_id"]}}})

	def _resend_user(self, operation: Operation, arguments: Arguments) -> Row:
		user = self._known_user(arguments["device"], arguments["user_id"])
		if not user:
			raise NotFoundError(operation.name, None, "the person is not among the local records")
		return self._command(operation, arguments, {"Add": {"User": user}})

	def _enrol(self, operation: Operation, arguments: Arguments) -> Row:
		"""A template, card or password together with the names that are known; a photo is sent alone."""
		sent = encode(operation, arguments)
		if not sent.keys() & {"Template", "CardNumber", "Password", "Photo"}:
			raise NotSupportedError(self.name, operation.name, "Give a template, or use REST v3.")
		user_id, reply = arguments["user_id"], {}
		data = next((sent[key] for key in ("Template", "CardNumber", "Password") if key in sent), None)
		if data is not None:
			user = self._known_user(arguments["device"], user_id) or {"UserID": user_id}
			template = {"Type": TEMPLATE_TYPES[operation.name], "UserID": user_id, "Data": data}
			if "Template" in sent:
				template |= {"Index": str(sent.get("Index", 0)), "Size": str(len(str(data)))}
			reply = self._command(operation, arguments, {"Add": {"User": user, "Template": [template]}})
		if "Photo" in sent:
			photo = {
				"Type": "Base64",
				"UserID": user_id,
				"Size": str(len(str(sent["Photo"]))),
				"Data": sent["Photo"],
			}
			reply = self._command(operation, arguments, {"Add": {"Photo": photo}})
		return reply

	def _information(self, operation: Operation, arguments: Arguments) -> Row:
		reply = self._load_information(operation, arguments)
		if "deviceinformation" not in reply:
			raise AnswerPendingError(operation.name, 0, "the device did not answer")
		return reply

	def _health(self, operation: Operation, arguments: Arguments) -> Row:
		online = "deviceinformation" in self._load_information(operation, arguments)
		device = self._known_device(arguments["device"])
		return {"health": {"Online": online, "LastSeen": time_text(device.last_seen if device else None)}}

	def _ping(self, operation: Operation, arguments: Arguments) -> Row:
		return {"reachable": "deviceinformation" in self._load_information(operation, arguments)}

	def _load_information(self, operation: Operation, arguments: Arguments) -> Row:
		return self._wire.send(operation, arguments["device"], {"Load": {"DeviceInformation": "All"}})

	def _command(self, operation: Operation, arguments: Arguments, body: Row) -> Row:
		"""StatusCode 0 means that the gateway took the command, not that the device has it."""
		reply = self._wire.send(operation, arguments["device"], body, arguments)
		return {**reply, "state": CommandStatus.SENT.value}

	def _list_devices(self, operation: Operation, arguments: Arguments) -> Row:
		return {"devices": [device_row(device) for device in self._known_records().devices()]}

	def _find_user(self, operation: Operation, arguments: Arguments) -> Row:
		found = [
			(device, user)
			for device in self._service_tags()
			for user in self._known_records().users(device)
			if user.user_id == arguments["user_id"]
		]
		if not found:
			raise NotFoundError(operation.name, None, "the person is not among the local records")
		return {"user": {**user_row(found[-1][1]), "Devices": [device for device, _user in found]}}

	def _list_user_devices(self, operation: Operation, arguments: Arguments) -> Row:
		return {"devices": self._find_user(operation, arguments)["user"]["Devices"]}

	def _summary(self, operation: Operation, arguments: Arguments) -> Row:
		days = summarise(self._punches(operation, arguments), self._zone)
		return {"summary": [summary_row(day) for day in days]}

	def _export(self, operation: Operation, arguments: Arguments) -> Row:
		return {"export": export_csv(self._punches(operation, arguments))}

	def _known_records(self) -> LocalRecords:
		if self._records is None:
			raise NotSupportedError(self.name, "LocalRecords", "Give the client LocalRecords.")
		return self._records

	def _service_tags(self) -> list[str]:
		return [device.service_tag for device in self._known_records().devices()]

	def _known_device(self, service_tag: str) -> Device | None:
		devices = self._records.devices() if self._records else ()
		return next((device for device in devices if device.service_tag == service_tag), None)

	def _known_user(self, service_tag: str, user_id: str) -> Row:
		"""The person as Add.User has it, so that enrolling does not empty the names; empty if unknown."""
		users = self._records.users(service_tag) if self._records else ()
		rows = (user_row(user) for user in users if user.user_id == user_id)
		return {key: value for key, value in next(rows, {}).items() if key in USER_KEYS and value}


ANSWERS: dict[str, Callable[[WebApi3, Operation, Arguments], Row]] = {
	"GetAttendanceSummary": WebApi3._summary,
	"GetFirstInLastOut": WebApi3._summary,
	"ExportAttendance": WebApi3._export,
	"AddUser": WebApi3._add_user,
	"UpdateUser": WebApi3._add_user,
	"DeleteUser": WebApi3._delete_user,
	"ResendUser": WebApi3._resend_user,
	**dict.fromkeys(TEMPLATE_TYPES, WebApi3._enrol),
	"FindUser": WebApi3._find_user,
	"ListUserDevices": WebApi3._list_user_devices,
	"ListDevices": WebApi3._list_devices,
	"GetDeviceInfo": WebApi3._information,
	"CheckDeviceHealth": WebApi3._health,
	"PingConnection": WebApi3._ping,
}
