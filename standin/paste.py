"""What `make serve` prints: lines for a shell that do what a gateway does, and what HR does in the Desk."""

import json
import shlex
from collections.abc import Iterator
from datetime import datetime, timezone
from urllib.parse import quote

from navari_cams_biometric.gateway.punch import Punch
from navari_cams_biometric.gateway.timestamp import parse_timestamp
from standin import demo

CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"
KEY = f"-H 'Authorization: token {demo.API_KEY}:{demo.API_SECRET}'"
JSON = "-H 'Content-Type: application/json'"
RIGHT_TIME = datetime.fromisoformat("2024-09-18 08:30:00+03:00")  # of the punch whose clock began again


def lines_to_paste(url: str, callback: str) -> Iterator[tuple[str, str]]:
	"""What a line does, and the line; in this order. On a connected site, served at `url`."""
	import frappe  # not above: server.py is imported before there is a site

	def send(body: dict) -> str:
		return f"curl {url}{callback} {JSON} -d {shlex.quote(json.dumps(body))}"

	def records(doctype: str, order: str, *fields: str) -> str:
		asked = f"--data-urlencode 'fields={json.dumps(fields)}' --data-urlencode 'order_by={order} asc'"
		return f"curl -G {url}/api/resource/{quote(doctype)} {KEY} {asked}"

	def call(method: str, **arguments: object) -> str:
		target = f"{url}/api/method/{CONTROLLERS}.{method}"
		return f"curl {target} {KEY} {JSON} -d {shlex.quote(json.dumps(arguments))}"

	unknown, visitor, fell_back = map(_stored, demo.HELD["PunchLog"]["Log"])
	employee = frappe.db.get_value("Employee", {"attendance_device_id": "EMP-0005"})
	late_by = int((RIGHT_TIME - _instant(demo.HELD["PunchLog"]["Log"][2])).total_seconds())

	yield "The gateway sends a punch of Employee One.", send(demo.REAL_TIME)
	yield "It sends a batch of old punches; one of them is the punch above.", send(demo.BATCH)
	yield (
		"The check-ins: three, a moment later. The punch that came twice counts once.",
		records(
			"Employee Checkin",
			"time",
			"employee",
			"employee_name",
			"time",
			"log_type",
			"custom_original_time",
		),
	)
	yield (
		"The gateway sends three that are held: of somebody unknown, of a visitor, and of a clock that fell back to 2000.",
		send(demo.HELD),
	)
	yield (
		"The punches, with state and reason. Paste it again after each of the next lines.",
		records("CAMS Punch", "punch_time", "user_id", "punch_time", "state", "reason", "employee_checkin"),
	)
	yield (
		"Link to Employee: EMP-0099 is Employee Five, too.",
		call("punch_actions.link_to_employee", name=unknown, employee=employee),
	)
	yield (
		f"Correct Time: Employee Three really came at {RIGHT_TIME:%H:%M}.",
		call("time_correction_actions.correct", names=[fell_back], seconds=late_by),
	)
	yield "Dismiss: the visitor is nobody's attendance.", call("punch_actions.dismiss", names=[visitor])
	yield (
		"Retry: that was a mistake; the punch is looked at again.",
		call("punch_actions.retry", names=[visitor]),
	)


def _stored(row: dict) -> str:
	"""The name of the CAMS Punch that it becomes."""
	return Punch(row["UserID"], row["Type"], row["LogTime"]).identity(demo.SERVICE_TAG, _instant(row))


def _instant(row: dict) -> datetime:
	return parse_timestamp(row["LogTime"], timezone.utc)
