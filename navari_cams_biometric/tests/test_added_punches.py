"""Add Punch and Take Back, with HRMS's real auto attendance."""

from typing import Any

import frappe

from navari_cams_biometric.tests.late_days import (
	DAY,
	LateDaysCase,
	attendances,
	linked,
	punch,
	repair,
	standing,
	the_day,
)
from navari_cams_biometric.tests.site_case import APP, real_time

NOTE = f"{APP}.day_repair.late_days.note_punches"


class TestAddedPunches(LateDaysCase):
	def add(self, person: dict, clock: str = "17:03:00", user: str = "Administrator", **values: Any) -> dict:
		given = {
			"employee": person["name"],
			"time": f"{DAY} {clock}",
			"log_type": "OUT",
			"reason": "Forgot it",
		}
		added = self.call("punch_actions.add_punch", user, **{**given, **values})
		frappe.get_attr(NOTE)([added["punch"]])  # the job
		return added

	def take_back(self, added: dict, user: str = "Administrator") -> None:
		self.call("punch_actions.take_back", user, name=added["punch"])

	def morning(self, shift: str) -> dict:
		person = self.new_employee(default_shift=shift)
		punch(self, person, ("08:01:00", "CheckIn"), is_case=False)
		return person

	def test_an_added_punch_is_a_check_in_like_any_other_and_says_who_added_it_and_why(self):
		shift = self.new_shift()
		person, user = self.morning(shift), self.new_user("HR User")
		added = self.add(person, user=user)
		kept = self.get("CAMS Punch", added["punch"])
		self.assertEqual(
			(kept["source"], kept["added_by"], kept["added_reason"]), ("Manual", user, "Forgot it")
		)
		self.assertEqual(
			(kept["state"], kept["log_type"], kept.get("service_tag")), ("Recorded", "OUT", None)
		)
		checkin = self.checkins(person["name"])[-1]
		self.assertEqual((checkin["shift"], checkin["log_type"], checkin["owner"]), (shift, "OUT", user))
		self.assertEqual(
			(checkin["custom_cams_punch"], checkin["custom_input_type"]), (added["punch"], "Manual")
		)
		self.mark_attendance(shift)
		self.assertEqual(standing(self, person)["working_hours"], 9.03)

	def test_the_day_that_is_marked_is_listed_and_decided_again(self):
		shift = self.new_shift()
		person = self.morning(shift)
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, person), [("Absent", 1)])
		self.add(person)
		row = the_day(self, person)
		self.assertEqual(
			(row["state"], row["after_status"], row["late_times"]), ("Open", "Present", "17:03 OUT")
		)
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(attendances(self, person), [("Absent", 2), ("Present", 1)])
		self.assertEqual(linked(self, person), [standing(self, person)["name"]] * 2)

	def test_it_is_taken_back_before_and_after_the_day_is_marked(self):
		shift = self.new_shift()
		person = self.morning(shift)
		added = self.add(person)
		self.take_back(added)
		kept = self.get("CAMS Punch", added["punch"])
		self.assertEqual((kept["state"], kept["reason_code"]), ("Ignored", "TAKEN_BACK"))
		self.assertEqual(len(self.checkins(person["name"])), 1)
		self.assertEqual(self.add(person)["punch"], added["punch"])  # and may be added again
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, person), [("Present", 1)])
		self.take_back(added)
		self.assertEqual(attendances(self, person), [("Present", 2), ("Absent", 1)])
		self.assertEqual(
			[each["attendance"] for each in self.checkins(person["name"])], [standing(self, person)["name"]]
		)

	def test_what_counts_on_a_day_that_a_person_changed_is_not_taken_back(self):
		shift = self.new_shift()
		person = self.morning(shift)
		added = self.add(person)
		self.mark_attendance(shift)
		day = standing(self, person)
		frappe.db.set_value(
			"Attendance", day["name"], "modified_by", self.new_user("HR Manager"), update_modified=False
		)
		with self.assertRaises(frappe.ValidationError):
			self.take_back(added)
		self.assertEqual(len(self.checkins(person["name"])), 2)
		self.assertEqual(attendances(self, person), [("Present", 1)])

	def test_the_rules_of_the_door_hold_and_leave_nothing_behind(self):
		shift = self.new_shift()
		person = self.morning(shift)
		self.update("CAMS Biometric Settings", "CAMS Biometric Settings", ignore_repeat=60)
		self.add(person)
		refused = (
			{"clock": "17:03:20"},  # a double touch
			{"clock": "17:03:00"},  # twice
			{"clock": "08:01:00", "log_type": "IN"},  # the device's own
			{"time": "2099-01-01 08:00:00"},
			{"log_type": "BOTH"},
			{"reason": "  "},
		)
		for values in refused:
			with self.subTest(values), self.assertRaises(frappe.ValidationError):
				self.add(person, **values)
		self.assertEqual(len(self.checkins(person["name"])), 2)
		self.assertEqual(len(self.find("CAMS Punch", {"employee": person["name"]})), 2)

	def test_a_punch_of_a_device_that_comes_later_is_no_second_check_in(self):
		shift = self.new_shift()
		person = self.morning(shift)
		self.update("CAMS Biometric Settings", "CAMS Biometric Settings", ignore_repeat=60)
		added = self.add(person)
		user_id = person["attendance_device_id"]
		for clock in ("17:03:00", "17:03:30"):
			self.callback(real_time(user_id, f"{DAY} {clock}", "CheckOut"))
		self.drain()
		self.assertEqual(len(self.checkins(person["name"])), 2)
		self.assertEqual(self.get("CAMS Punch", added["punch"])["state"], "Recorded")

	def test_who_may(self):
		shift = self.new_shift()
		person, other = self.morning(shift), self.morning(shift)
		for user in (self.new_user("Employee"), "Guest"):
			with self.assertRaises(frappe.PermissionError):
				self.add(person, user=user)
		restricted = self.new_user("HR User")
		self.create("User Permission", user=restricted, allow="Employee", for_value=other["name"])
		with self.assertRaises(frappe.PermissionError):
			self.add(person, user=restricted)
		self.add(other, user=restricted)
		added = self.add(person)
		with self.assertRaises(frappe.PermissionError):
			self.take_back(added, user=restricted)
		with self.assertRaises(frappe.PermissionError):
			self.take_back(added, user=self.new_user("Employee"))

	def test_only_an_added_punch_is_taken_back(self):
		person = self.morning(self.new_shift())
		[own] = self.punches(person["attendance_device_id"])
		with self.assertRaises(frappe.ValidationError):
			self.take_back({"punch": own["name"]})
