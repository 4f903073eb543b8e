"""Days that HRMS's auto attendance has decided, and punches that come for them afterwards."""

import uuid
from typing import Any

import frappe

from navari_cams_biometric.tests.site_case import APP, SETTINGS, SiteTestCase, real_time

SWEEP = f"{APP}.day_repair.repair.sweep"
REPAIR = "CAMS Day Repair"
DAY = "2024-09-17"
FULL_DAY = (("08:01:00", "CheckIn"), ("17:03:00", "CheckOut"))


class LateDaysCase(SiteTestCase):
	def setUp(self) -> None:
		super().setUp()
		frappe.db.delete(REPAIR)
		self.update(SETTINGS, SETTINGS, repair_late_punches="Manual")

	def repair_by_itself(self) -> None:
		self.update(SETTINGS, SETTINGS, repair_late_punches="Automatic")

	def sweep(self) -> None:
		self.run_job(SWEEP)

	def new_shift(self, **values: Any) -> str:
		"""A shift type in which 2 hours are Absent, 6 are Half Day, and the 17th and 18th are decided."""
		name = f"Late {uuid.uuid4().hex[:8]}"
		decided = {"process_attendance_after": DAY, "last_sync_of_checkin": "2024-09-19 12:00:00"}
		return self.create(
			"Shift Type",
			name=name,
			__newname=name,
			**{
				"start_time": "08:00:00",
				"end_time": "17:00:00",
				"begin_check_in_before_shift_start_time": 60,
				"allow_check_out_after_shift_end_time": 60,
				"determine_check_in_and_check_out": "Alternating entries as IN and OUT during the same shift",
				"working_hours_calculation_based_on": "First Check-in and Last Check-out",
				"working_hours_threshold_for_absent": 2,
				"working_hours_threshold_for_half_day": 6,
				"enable_auto_attendance": 1,
				**decided,
				**values,
			},
		)["name"]

	def new_absent(self, shift: str | None = None) -> dict:
		"""An employee whom auto attendance has marked Absent for want of check-ins."""
		shift = shift or self.new_shift()
		person = self.new_employee(default_shift=shift)
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, person), [("Absent", 1)])
		return person


def punch(site, person, *punches, day=DAY, is_case=True):
	"""Punches as a device sends them; they become check-ins, which are on the list of days if they are a case."""
	user_id = person["attendance_device_id"]
	known = {each["name"] for each in site.punches(user_id)}
	for clock, kind in punches:
		site.callback(real_time(user_id, f"{day} {clock}", kind))
	site.drain()
	for each in site.punches(user_id):
		site.assertEqual(each["state"], "Recorded")
		if each["name"] not in known:
			checkin = {"employee": person["name"], "checkins": ["like", f"%{each['employee_checkin']}%"]}
			site.assertEqual(bool(site.find(REPAIR, checkin)), is_case)


def attendances(site, person, day=DAY):
	filters = {"employee": person["name"], "attendance_date": day}
	return [
		(each["status"], each["docstatus"])
		for each in site.find("Attendance", filters, order_by="creation asc, name asc")
	]


def standing(site, person, day=DAY):
	filters = {"employee": person["name"], "attendance_date": day, "docstatus": 1}
	[attendance] = site.find("Attendance", filters)
	return attendance


def skipped(site, person):
	return [checkin["skip_auto_attendance"] for checkin in site.checkins(person["name"])]


def linked(site, person):
	return [checkin["attendance"] for checkin in site.checkins(person["name"])]


def listed(site, person):
	return site.find(REPAIR, {"employee": person["name"]})


def the_day(site, person):
	[row] = listed(site, person)
	return row


def settle(site, person):
	"""The sweep, some quiet minutes after the last punch."""
	frappe.db.sql(
		f"update `tabCAMS Day Repair` set modified = '2024-10-01' where employee = '{person['name']}'"
	)
	site.sweep()


def repair(site, row, user="Administrator"):
	return site.call_document(REPAIR, row["name"], "repair", user)


def comments(site, attendance):
	filters = {"reference_doctype": "Attendance", "reference_name": attendance, "comment_type": "Comment"}
	return [comment["content"] for comment in site.find("Comment", filters)]
