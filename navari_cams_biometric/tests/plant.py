"""A plant whose gates tell of simulated days of the recent past: its shifts, its people, and where HRMS is with them."""

import uuid
from datetime import date, timedelta
from typing import Any

import frappe

from navari_cams_biometric.tests.site_case import APP, SiteTestCase, event, log_time, real_time

FIRST_DAY = date.today() - timedelta(days=5)
ADVANCE = f"{APP}.attendance.sync.watermark.advance"


def at(day: int, clock: str) -> str:
	"""A moment on one of the simulated days, the first of which is 0."""
	return f"{FIRST_DAY + timedelta(days=day)} {clock}:00"


class PlantCase(SiteTestCase):
	"""A gate that is offline keeps its punches, and hands them over when it is back."""

	def setUp(self) -> None:
		super().setUp()
		frappe.db.set_value("CAMS Device", {"enabled": 1}, "enabled", 0)  # they would feed every shift
		self.now = at(0, "00:00")
		self.offline: dict[str, list[dict]] = {}

	def shift(self, start: str = "08:00:00", end: str = "17:00:00", **values: Any) -> str:
		name = f"Sync {uuid.uuid4().hex[:8]}"
		margins = {"begin_check_in_before_shift_start_time": 60, "allow_check_out_after_shift_end_time": 60}
		shift = {"start_time": start, "end_time": end, "enable_auto_attendance": 1, **margins}
		shift["process_attendance_after"] = str(FIRST_DAY)
		return self.create("Shift Type", name=name, __newname=name, **{**shift, **values})["name"]

	def device(self, label: str, *shifts: str, **values: Any) -> str:
		tag = f"SYN{uuid.uuid4().hex[:10].upper()}"
		rows = [{"shift_type": shift} for shift in shifts]
		return self.create("CAMS Device", service_tag=tag, label=label, shift_types=rows, **values)["name"]

	def go(self, day: int, clock: str) -> None:
		self.now = at(day, clock)

	def punch(self, tag: str, person: dict, kind: str = "CheckIn", moment: str = "") -> None:
		body = real_time(person["attendance_device_id"], moment or self.now, kind, tag)
		if tag in self.offline:
			self.offline[tag].append(body)
			return
		self.callback(body)

	def go_offline(self, tag: str) -> None:
		self.tell(tag, "Offline")
		self.offline[tag] = []

	def come_back(self, tag: str) -> None:
		self.tell(tag, "Online")
		for body in self.offline.pop(tag):
			self.callback(body)

	def tell(self, tag: str, status: str) -> None:
		"""The gateway tells, unasked, how a device is; nothing waits for it."""
		told = {"Status": status, "QueueDepth": "0", "OperationTime": log_time(self.now)}
		self.callback(event(tag, {"DeviceStatus": told}))

	def advance(self, *shifts: str) -> list[str | None]:
		"""What the scheduler does; then where the shifts stand."""
		self.run_job(ADVANCE)
		return [self.synced_until(shift) for shift in shifts]

	def synced_until(self, shift: str) -> str | None:
		moment = frappe.db.get_value("Shift Type", shift, "last_sync_of_checkin")
		return str(moment) if moment else None

	def attendance(self, *people: dict) -> dict[tuple[int, int], tuple]:
		"""By person and day: status, in, out, hours."""
		names = [person["name"] for person in people]
		return {
			(names.index(row["employee"]), _day_of(row)): (
				row["status"],
				row["in_time"],
				row["out_time"],
				row["working_hours"],
			)
			for row in self.find("Attendance", {"employee": ["in", names], "docstatus": 1})
		}

	def shifts_of(self, person: dict) -> dict[int, str]:
		rows = self.find("Attendance", {"employee": person["name"], "docstatus": 1})
		return {_day_of(row): row["shift"] for row in rows}

	def state_of(self, shift: str) -> str:
		return self.call("watermark.state_of", shift_type=shift)["sentence"]


def _day_of(attendance: dict) -> int:
	return (date.fromisoformat(attendance["attendance_date"]) - FIRST_DAY).days
