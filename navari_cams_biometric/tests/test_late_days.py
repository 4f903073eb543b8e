"""Late punches and the repair of their days, with HRMS's real auto attendance."""

import uuid
from unittest.mock import patch

import frappe
from frappe.core.doctype.log_settings.log_settings import run_log_clean_up

from navari_cams_biometric.tests.late_days import (
	DAY,
	FULL_DAY,
	LateDaysCase,
	attendances,
	comments,
	linked,
	listed,
	punch,
	repair,
	settle,
	skipped,
	standing,
	the_day,
)


class TestLateDays(LateDaysCase):
	def test_a_day_marked_absent_is_listed_with_before_and_after_and_repaired_through_the_list(self):
		shift = self.new_shift()
		absent = self.new_absent(shift)
		old = standing(self, absent)["name"]
		punch(self, absent, *FULL_DAY)
		self.mark_attendance(shift)
		self.assertEqual(skipped(self, absent), [1, 1])  # what HRMS leaves it at
		row = the_day(self, absent)
		self.assertEqual(
			(row["state"], row["before_status"], row["after_status"]), ("Open", "Absent", "Present")
		)
		self.assertEqual((row["attendance"], row["attendance_date"], row["shift"]), (old, DAY, shift))
		self.assertEqual((row["late_count"], row["late_times"]), (2, "08:01 IN, 17:03 OUT"))
		self.assertEqual((row["before_hours"], row["after_hours"]), (0, 9.03))

		self.assertEqual(repair(self, row, self.new_user("HR Manager"))["state"], "Repaired")

		self.assertEqual(attendances(self, absent), [("Absent", 2), ("Present", 1)])
		new = standing(self, absent)
		self.assertEqual((new["in_time"][:19], new["out_time"][:19]), (f"{DAY} 08:01:00", f"{DAY} 17:03:00"))
		self.assertEqual(linked(self, absent), [new["name"]] * 2)
		self.assertEqual(skipped(self, absent), [0, 0])
		row = the_day(self, absent)
		self.assertEqual(
			(row["state"], row["attendance"], row["new_attendance"]), ("Repaired", old, new["name"])
		)
		self.assertTrue(row["settled_by"] == new["owner"] != "Administrator")
		for attendance, other in ((old, new["name"]), (new["name"], old)):
			text = comments(self, attendance)[-1]
			self.assertTrue(
				all(
					part in text for part in ("08:01 IN, 17:03 OUT", "Absent", "Present", "HR Manager", other)
				)
			)
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, absent), [("Absent", 2), ("Present", 1)])

	def test_with_the_setting_the_day_is_repaired_by_itself(self):
		self.repair_by_itself()
		shift = self.new_shift()
		absent = self.new_absent(shift)
		punch(self, absent, *FULL_DAY)
		self.mark_attendance(shift)
		self.sweep()
		self.assertEqual(the_day(self, absent)["state"], "Open")  # more punches may be on their way
		settle(self, absent)
		self.assertEqual(the_day(self, absent)["state"], "Repaired")
		self.assertEqual(attendances(self, absent), [("Absent", 2), ("Present", 1)])
		self.assertEqual(linked(self, absent), [standing(self, absent)["name"]] * 2)
		self.assertIn("CAMS Biometric, automatically", comments(self, standing(self, absent)["name"])[-1])

	def test_without_the_setting_the_sweep_changes_nothing(self):
		shift = self.new_shift()
		absent = self.new_absent(shift)
		punch(self, absent, *FULL_DAY)
		self.mark_attendance(shift)
		settle(self, absent)
		self.assertEqual(
			(the_day(self, absent)["state"], attendances(self, absent)), ("Open", [("Absent", 1)])
		)

	def test_a_half_day_is_decided_again_with_the_check_ins_it_was_made_of(self):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		punch(self, person, ("08:00:00", "CheckIn"), ("12:00:00", "CheckOut"), is_case=False)
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, person), [("Half Day", 1)])
		punch(self, person, ("17:00:00", "CheckOut"))
		self.mark_attendance(shift)
		row = the_day(self, person)
		self.assertEqual((row["before_status"], row["before_hours"]), ("Half Day", 4))
		self.assertEqual((row["after_status"], row["after_hours"], row["late_count"]), ("Present", 9, 1))
		self.assertEqual(repair(self, row)["state"], "Repaired")
		new = standing(self, person)
		self.assertEqual((new["status"], new["working_hours"]), ("Present", 9))
		self.assertEqual(linked(self, person), [new["name"]] * 3)

	def test_the_morning_after_a_night_shift_belongs_to_the_evening_before(self):
		night = self.new_shift(start_time="22:00:00", end_time="06:00:00")
		person = self.new_employee(default_shift=night)
		self.mark_attendance(night)
		self.assertEqual(attendances(self, person), [("Absent", 1)])
		punch(self, person, ("06:02:00", "CheckOut"), day="2024-09-18")
		punch(self, person, ("21:58:00", "CheckIn"))
		row = the_day(self, person)
		self.assertEqual((row["attendance_date"], row["late_times"]), (DAY, "21:58 IN, 06:02 OUT"))
		self.assertEqual(repair(self, row)["state"], "Repaired")
		new = standing(self, person)
		self.assertEqual(new["status"], "Present")
		self.assertAlmostEqual(new["working_hours"], 8.07, delta=0.05)  # 16 rounds to 8.1
		self.assertEqual(attendances(self, person, "2024-09-18"), [])

	def test_late_punches_of_one_day_make_one_row_and_of_two_days_two(self):
		absent = self.new_absent()
		punch(self, absent, FULL_DAY[0])
		self.assertEqual([row["late_count"] for row in listed(self, absent)], [1])
		punch(self, absent, FULL_DAY[1])
		self.assertEqual([row["late_count"] for row in listed(self, absent)], [2])
		punch(self, absent, *FULL_DAY, day="2024-09-18")
		self.assertEqual(sorted(row["attendance_date"] for row in listed(self, absent)), [DAY, "2024-09-18"])

	def test_repairing_twice_does_nothing_the_second_time(self):
		absent = self.new_absent()
		punch(self, absent, *FULL_DAY)
		row = the_day(self, absent)
		self.assertEqual(repair(self, row)["state"], "Repaired")
		after = (the_day(self, absent), standing(self, absent))
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual((the_day(self, absent), standing(self, absent)), after)
		self.assertEqual(len(comments(self, after[1]["name"])), 1)

	def test_a_punch_that_comes_after_the_repair_opens_the_day_again(self):
		shift = self.new_shift()
		absent = self.new_absent(shift)
		punch(self, absent, ("08:01:00", "CheckIn"), ("12:01:00", "CheckOut"))
		self.assertEqual(repair(self, the_day(self, absent))["state"], "Repaired")
		self.assertEqual(standing(self, absent)["status"], "Half Day")
		punch(self, absent, ("17:03:00", "CheckOut"))
		row = the_day(self, absent)
		self.assertEqual(
			(row["state"], row["before_status"], row["after_status"]), ("Open", "Half Day", "Present")
		)
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(attendances(self, absent), [("Absent", 2), ("Half Day", 2), ("Present", 1)])
		self.assertEqual(linked(self, absent), [standing(self, absent)["name"]] * 3)

	def test_where_hrms_does_not_decide_nothing_is_lost(self):
		"""Its own refusal, after the attendance was cancelled: it marks nothing for who is Inactive."""
		self.repair_by_itself()
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		self.mark_attendance(shift)
		old = standing(self, person)
		punch(self, person, *FULL_DAY)
		self.mark_attendance(shift)
		remarks = comments(self, old["name"])
		frappe.db.sql(f"update tabEmployee set status = 'Inactive' where name = '{person['name']}'")
		settle(self, person)
		row = the_day(self, person)
		self.assertEqual((row["state"], row["new_attendance"]), ("Open", None))
		self.assertIn("nothing was changed", row["message"])
		self.assertIn("Inactive", row["message"])
		self.assertEqual(standing(self, person), old)
		self.assertEqual(skipped(self, person), [1, 1])
		self.assertEqual(comments(self, old["name"]), remarks)
		tried_at = row["tried_at"]
		settle(self, person)
		self.assertEqual(the_day(self, person)["tried_at"], tried_at)  # and is not tried again and again
		frappe.db.sql(f"update tabEmployee set status = 'Active' where name = '{person['name']}'")
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(attendances(self, person), [("Absent", 2), ("Present", 1)])

	def test_a_shift_that_decides_no_more_leaves_the_day_as_it_is(self):
		changes = (
			({"enable_auto_attendance": 0}, "switched off"),
			({"process_attendance_after": "2024-09-18"}, "Process Attendance After"),
			({"last_sync_of_checkin": "2024-09-17 12:00:00"}, "Last Sync"),
		)
		for change, word in changes:
			with self.subTest(word):
				self.decides_no_more(change, word)

	def decides_no_more(self, change, word):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		self.mark_attendance(shift)
		punch(self, person, *FULL_DAY)
		self.update("Shift Type", shift, **change)
		answer = repair(self, the_day(self, person))
		self.assertEqual((answer["state"], word in answer["message"]), ("Open", True))
		self.assertEqual(attendances(self, person), [("Absent", 1)])

	def test_a_dismissed_day_stays_so_until_another_punch_comes(self):
		self.repair_by_itself()
		shift = self.new_shift()
		absent = self.new_absent(shift)
		punch(self, absent, FULL_DAY[0])
		name = the_day(self, absent)["name"]
		dismissed = self.call(
			"day_repair_actions.dismiss",
			self.new_user("HR Manager"),
			names=[name],
			reason="He had lent his card",
		)
		self.assertEqual(dismissed, 1)
		self.mark_attendance(shift)
		settle(self, absent)
		row = the_day(self, absent)
		self.assertEqual((row["state"], row["message"]), ("Dismissed", "He had lent his card"))
		self.assertEqual(attendances(self, absent), [("Absent", 1)])
		punch(self, absent, FULL_DAY[1])
		self.assertEqual(the_day(self, absent)["state"], "Open")

	def test_days_that_were_missed_are_found_by_the_sweep(self):
		"""One that may be repaired and one that is left alone, written down together."""
		shift = self.new_shift()
		absent = self.new_absent(shift)
		self.update("Attendance", standing(self, absent, "2024-09-18")["name"], docstatus=2)
		values = {"attendance_date": "2024-09-18", "status": "Absent", "shift": shift}
		self.create("Attendance", employee=absent["name"], company=self.company, docstatus=1, **values)
		punch(self, absent, *FULL_DAY)
		punch(self, absent, *FULL_DAY, day="2024-09-18")
		frappe.db.sql(f"delete from `tabCAMS Day Repair` where employee = '{absent['name']}'")
		self.mark_attendance(shift)
		self.sweep()
		found = {row["attendance_date"]: (row["state"], row["late_count"]) for row in listed(self, absent)}
		self.assertEqual(found, {DAY: ("Open", 2), "2024-09-18": ("Skipped", 2)})

	def test_hrms_is_understood_in_the_language_it_wrote_in(self):
		"""Whoever presses the button on the Shift Type has its comments in his own language."""
		texts = {
			"Employee was marked Absent due to missing Employee Checkins.": "Ohne Check-ins: abwesend.",
			"Reason for skipping auto attendance:": "Grund, warum nicht:",
		}
		for source, translated in texts.items():
			self.create("Translation", language="de", source_text=source, translated_text=translated)
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		with patch.object(frappe.local, "lang", "de"):
			self.mark_attendance(shift)
			punch(self, person, *FULL_DAY)
			self.mark_attendance(shift)
		self.assertEqual(comments(self, standing(self, person)["name"]), ["Ohne Check-ins: abwesend."])
		[remark, _other] = [
			self.find("Comment", {"reference_name": each["name"], "comment_type": "Comment"})[0]["content"]
			for each in self.checkins(person["name"])
		]
		self.assertIn("Grund, warum nicht:", remark)
		self.create("User", email=f"{uuid.uuid4().hex}@example.com", first_name="De", language="de")
		self.assertEqual(repair(self, the_day(self, person))["state"], "Repaired")

	def test_a_day_marked_present_is_listed_if_a_late_punch_changes_what_hrms_decides(self):
		shift = self.new_shift(working_hours_threshold_for_half_day=4)
		person = self.new_employee(default_shift=shift)
		punch(self, person, ("08:01:00", "CheckIn"), ("12:30:00", "CheckOut"), is_case=False)
		self.mark_attendance(shift)
		self.assertEqual(standing(self, person)["status"], "Present")
		punch(self, person, ("13:30:00", "CheckIn"), ("17:03:00", "CheckOut"))
		self.mark_attendance(shift)
		row = the_day(self, person)
		self.assertEqual(
			(row["state"], row["before_status"], row["after_status"]), ("Open", "Present", "Present")
		)
		self.assertAlmostEqual(row["before_hours"], 4.48, delta=0.05)  # 16 rounds
		self.assertAlmostEqual(row["after_hours"], 9.03, delta=0.05)
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(standing(self, person)["out_time"][11:19], "17:03:00")
		self.assertEqual(linked(self, person), [standing(self, person)["name"]] * 4)

	def test_a_late_punch_that_changes_nothing_of_a_present_day_is_no_case(self):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		punch(self, person, *FULL_DAY, is_case=False)
		self.mark_attendance(shift)
		punch(self, person, ("12:30:00", "CheckOut"), ("17:03:20", "CheckOut"), is_case=False)
		self.mark_attendance(shift)
		self.sweep()
		self.assertEqual(listed(self, person), [])

	def test_punches_on_a_day_of_leave_are_listed_with_the_leave(self):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		leave = {"attendance_date": DAY, "status": "On Leave", "leave_type": "Leave Without Pay"}
		self.create("Attendance", employee=person["name"], company=self.company, docstatus=1, **leave)
		punch(self, person, *FULL_DAY)
		self.mark_attendance(shift)
		self.sweep()
		row = the_day(self, person)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "LEAVE"))
		self.assertIn("Leave Without Pay", row["message"])

	def test_an_attendance_and_an_employee_can_be_deleted_although_a_day_names_them(self):
		absent = self.new_absent()
		punch(self, absent, *FULL_DAY)
		old = standing(self, absent)["name"]
		self.assertEqual(repair(self, the_day(self, absent))["state"], "Repaired")
		self.delete("Attendance", old)
		self.assertEqual(the_day(self, absent)["attendance"], old)

	def test_log_settings_forget_settled_days_only(self):
		shift = self.new_shift()
		settled, waiting = (self.new_employee(default_shift=shift) for _ in range(2))
		self.mark_attendance(shift)
		for person in (settled, waiting):
			punch(self, person, *FULL_DAY)
		repair(self, the_day(self, settled))
		names = ", ".join(f"'{person['name']}'" for person in (settled, waiting))
		frappe.db.sql(f"update `tabCAMS Day Repair` set modified = '2020-01-01' where employee in ({names})")
		run_log_clean_up()
		self.assertEqual(listed(self, settled), [])
		self.assertEqual(the_day(self, waiting)["state"], "Open")
