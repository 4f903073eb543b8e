"""Check-ins that HRMS would never count: listed with the reason, and given their shift again."""

from typing import Any

import frappe

from navari_cams_biometric.tests.late_days import REPAIR, SWEEP, listed, repair, the_day
from navari_cams_biometric.tests.plant import FIRST_DAY, PlantCase, at
from navari_cams_biometric.tests.site_case import APP

FETCH = f"{APP}.day_repair.shift_fetch.fetch_in_background"
NOTE = f"{APP}.day_repair.shift_fetch.note_fetched"
STRICT = "Strictly based on Log Type in Employee Checkin"


class TestUncounted(PlantCase):
	def setUp(self) -> None:
		super().setUp()
		frappe.db.delete(REPAIR)
		self.gate = self.device("Gate")

	def decided(self, *times: str, **values: Any) -> str:
		"""A shift whose attendance is marked up to today."""
		return self.shift(
			*times, last_sync_of_checkin=at(5, "00:00"), working_hours_threshold_for_absent=2, **values
		)

	def comes_and_goes(self, person: dict, first: str = "08:01", last: str = "17:03", day: int = 1) -> None:
		self.punch(self.gate, person, "CheckIn", at(day, first))
		self.punch(self.gate, person, "CheckOut", at(day, last))
		self.drain()

	def assign(self, person: dict, shift: str, first: int = 0, **values: Any) -> dict:
		start = str(frappe.utils.add_days(FIRST_DAY, first))
		given = {"company": self.company, "start_date": start, "docstatus": 1, **values}
		return self.create("Shift Assignment", employee=person["name"], shift_type=shift, **given)

	def fetch(self, **span: str) -> None:
		"""The job that saving a document asks for."""
		frappe.get_attr(FETCH)(**span)

	def reasons(self, person: dict) -> list[tuple]:
		return [(row["attendance_date"], row["reason_code"], row["state"]) for row in listed(self, person)]

	def day(self, number: int) -> str:
		return at(number, "00:00")[:10]

	def test_a_shift_that_is_assigned_afterwards_reaches_the_check_ins_before_hrms_marks_the_day(self):
		shift, person = self.decided(), self.new_employee()
		self.comes_and_goes(person)
		self.run_job(SWEEP)
		self.assertEqual(self.reasons(person), [(self.day(1), "NO_SHIFT", "Open")])
		self.assertIn("none on that day", the_day(self, person)["message"])
		asked = self.assign(person, shift)
		self.fetch(employee=person["name"], first=asked["start_date"], last=self.day(5))
		self.assertEqual([each["shift"] for each in self.checkins(person["name"])], [shift] * 2)
		self.assertEqual(self.reasons(person), [(self.day(1), "NO_SHIFT", "Repaired")])
		self.mark_attendance(shift)
		self.assertEqual(self.attendance(person)[0, 1][0], "Present")

	def test_the_saving_of_an_assignment_a_default_shift_and_the_times_of_a_shift_asks_for_the_job(self):
		asked = []
		module = frappe.get_module(f"{APP}.day_repair.shift_fetch")
		whole, module._ask = module._ask, lambda **span: asked.append(span)
		self.addCleanup(setattr, module, "_ask", whole)
		shift, person = self.decided(), self.new_employee()
		assignment = self.assign(person, shift)
		self.assertEqual(asked.pop()["employee"], person["name"])
		self.update("Shift Assignment", assignment["name"], end_date=self.day(2))
		self.assertEqual(asked.pop()["first"], str(frappe.utils.add_days(FIRST_DAY, -1)))
		self.update("Shift Assignment", assignment["name"], status="Inactive")
		self.assertTrue(asked.pop())
		self.update("Shift Assignment", assignment["name"], docstatus=2)
		self.assertTrue(asked.pop())
		self.update("Employee", person["name"], default_shift=shift)
		self.assertEqual(asked.pop(), {"employee": person["name"]})
		self.update("Employee", person["name"], middle_name="M")
		self.update("Shift Type", shift, begin_check_in_before_shift_start_time=90)
		self.assertEqual(asked, [{"shift_type": shift}])
		self.update("Shift Type", shift, late_entry_grace_period=5)
		self.assertEqual(len(asked), 1)

	def test_a_check_in_before_the_window_counts_once_the_window_is_wider(self):
		shift = self.decided()
		person = self.new_employee(default_shift=shift)
		self.comes_and_goes(person, first="06:45")
		self.run_job(SWEEP)
		self.assertEqual(self.reasons(person), [(self.day(1), "OUTSIDE_SHIFT", "Open")])
		self.assertEqual(
			(the_day(self, person)["late_times"], the_day(self, person)["shift"]), ("06:45 IN", shift)
		)
		self.assertEqual(repair(self, the_day(self, person))["state"], "Open")  # nothing has changed
		self.update("Shift Type", shift, begin_check_in_before_shift_start_time=90)
		self.assertEqual(repair(self, the_day(self, person))["state"], "Repaired")
		self.mark_attendance(shift)
		self.assertEqual(self.attendance(person)[0, 1][1][11:16], "06:45")

	def test_a_check_in_that_keeps_a_former_shift_is_listed_and_fetched_from_its_form(self):
		first, second = self.decided(), self.decided("09:00:00", "18:00:00")
		person = self.new_employee(default_shift=first)
		self.comes_and_goes(person, first="09:01")
		self.update("Employee", person["name"], default_shift=second)
		self.run_job(SWEEP)
		self.assertEqual(self.reasons(person), [(self.day(1), "SHIFT_CHANGED", "Open")])
		names = [each["name"] for each in self.checkins(person["name"])]
		done = self.call("day_repair_actions.fetch_shift", self.new_user("HR Manager"), names=names)
		self.assertEqual((done["changed"], done["marked"]), (2, 0))
		frappe.get_attr(NOTE)(names)  # the job
		self.assertEqual([each["shift"] for each in self.checkins(person["name"])], [second] * 2)
		self.assertEqual(self.reasons(person), [(self.day(1), "SHIFT_CHANGED", "Repaired")])

	def move(self, person: dict, former: dict, shift: str) -> None:
		"""The former assignment ends with the first day, and another begins."""
		self.update("Shift Assignment", former["name"], end_date=self.day(0))
		self.assign(person, shift, 1)

	def test_what_is_marked_for_a_former_shift_changes_through_the_list_alone(self):
		first, second = self.decided(), self.decided("09:00:00", "18:00:00")
		person = self.new_employee()
		former = self.assign(person, first)
		self.comes_and_goes(person, first="09:01")
		self.mark_attendance(first)
		self.run_job(SWEEP)
		self.assertEqual(listed(self, person), [])
		self.move(person, former, second)
		self.fetch(employee=person["name"], first=self.day(0), last=self.day(5))
		self.assertEqual(self.shifts_of(person)[1], first)
		row = next(row for row in listed(self, person) if row["reason_code"] == "SHIFT_CHANGED")
		self.assertEqual((row["state"], row["before_status"]), ("Open", "Present"))
		self.assertEqual(repair(self, row, self.new_user("HR Manager"))["state"], "Repaired")
		self.assertEqual(self.shifts_of(person)[1], second)

	def test_a_default_shift_that_changes_says_nothing_of_days_that_are_marked(self):
		first, second = self.decided(), self.decided("09:00:00", "18:00:00")
		person = self.new_employee(default_shift=first)
		self.comes_and_goes(person, first="09:01")
		self.mark_attendance(first)
		self.update("Employee", person["name"], default_shift=second)
		self.update("Shift Type", first, start_time="07:30:00")
		self.fetch(employee=person["name"])
		self.run_job(SWEEP)
		self.assertEqual(listed(self, person), [])

	def test_an_absence_that_hrms_marked_for_the_new_shift_goes_with_the_repair(self):
		first, second = self.decided("06:00:00", "12:00:00"), self.decided("14:00:00", "22:00:00")
		person = self.new_employee(default_shift=first)
		self.comes_and_goes(person, first="14:01", last="21:58")
		self.update("Employee", person["name"], default_shift=second)
		self.mark_attendance(second)
		self.assertEqual(self.attendance(person)[0, 1][0], "Absent")
		self.fetch(employee=person["name"])
		row = next(row for row in listed(self, person) if not row.get("reason_code"))
		self.assertEqual((row["before_status"], row["after_status"]), ("Absent", "Present"))
		self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(self.attendance(person)[0, 1][0], "Present")

	def test_an_in_and_an_out_in_two_shifts_are_one_case(self):
		early = self.decided("06:00:00", "14:00:00", determine_check_in_and_check_out=STRICT)
		late = self.decided("14:00:00", "22:00:00", determine_check_in_and_check_out=STRICT)
		person = self.new_employee()
		frappe.db.set_single_value("HR Settings", "allow_multiple_shift_assignments", 1)
		self.assign(person, early)
		self.assign(person, late)
		self.comes_and_goes(person, first="06:01", last="21:58")
		frappe.db.set_value("Shift Type", early, "working_hours_threshold_for_absent", 0)
		frappe.db.set_value("Shift Type", late, "working_hours_threshold_for_absent", 0)
		frappe.clear_document_cache("Shift Type", early)
		self.mark_attendance(early, late)
		self.run_job(SWEEP)
		[row] = [row for row in listed(self, person) if row["reason_code"] == "SPLIT"]
		self.assertEqual((row["before_status"], row["before_hours"]), ("Present", 0))
		self.assertIn(f"{early} / {late}", row["message"])
		self.assertEqual(
			repair(self, row)["state"], "Open"
		)  # HRMS says the same again, and nothing is changed

	def test_directions_by_the_order_of_the_day_follow_the_shift_and_what_the_device_said_stays(self):
		night, person = self.decided("22:00:00", "06:00:00"), self.new_employee()
		gate = self.device("Turnstile", direction="Alternate Within Shift")
		self.punch(gate, person, moment=at(1, "21:58"))
		self.punch(gate, person, moment=at(2, "06:04"))
		self.drain()
		self.assertEqual([each["log_type"] for each in self.checkins(person["name"])], ["IN", "IN"])
		self.assign(person, night)
		self.fetch(employee=person["name"], first=self.day(0), last=self.day(5))
		self.assertEqual([each["log_type"] for each in self.checkins(person["name"])], ["IN", "OUT"])
		self.assertEqual(self.find("CAMS Checkin Change", {"employee": person["name"]}), [])
		self.mark_attendance(night)
		self.assertEqual(self.attendance(person)[0, 1][0], "Present")

	def test_check_ins_on_a_holiday_are_listed_unless_the_shift_marks_holidays(self):
		holidays = self.create(
			"Holiday List",
			holiday_list_name=frappe.generate_hash(length=8),
			from_date=str(FIRST_DAY),
			to_date=self.day(5),
			holidays=[{"holiday_date": self.day(1), "description": "Holiday"}],
		)["name"]
		quiet, busy = (
			self.decided(holiday_list=holidays, mark_auto_attendance_on_holidays=on) for on in (0, 1)
		)
		people = [self.new_employee(default_shift=shift) for shift in (quiet, busy)]
		for person in people:
			self.comes_and_goes(person)
		self.mark_attendance(quiet, busy)
		self.run_job(SWEEP)
		self.assertEqual(self.reasons(people[0]), [(self.day(1), "HOLIDAY", "Open")])
		self.assertEqual(self.reasons(people[1]), [])
		self.assertEqual(self.attendance(people[1])[0, 1][0], "Present")

	def test_an_absence_for_a_shift_that_the_person_no_longer_has_is_listed_and_cancelled(self):
		shift, other = self.decided(), self.decided("10:00:00", "19:00:00")
		person = self.new_employee()
		former = self.assign(person, shift)
		self.mark_attendance(shift)
		self.assertEqual({row[0] for row in self.attendance(person).values()}, {"Absent"})
		days = set(self.shifts_of(person))
		self.run_job(SWEEP)
		self.assertEqual(listed(self, person), [])
		self.move(person, former, other)
		self.run_job(SWEEP)
		self.assertEqual({row["reason_code"] for row in listed(self, person)}, {"UNASSIGNED"})
		self.assertEqual(
			{row["attendance_date"] for row in listed(self, person)}, {self.day(day) for day in days - {0}}
		)
		for row in listed(self, person):
			self.assertEqual(repair(self, row)["state"], "Repaired")
		self.assertEqual(set(self.shifts_of(person)), {0})

	def test_a_day_that_a_person_dismissed_stays_dismissed(self):
		person = self.new_employee()
		self.comes_and_goes(person)
		self.run_job(SWEEP)
		names = [row["name"] for row in listed(self, person)]
		self.call("day_repair_actions.dismiss", names=names, reason="A visit")
		self.run_job(SWEEP)
		self.assertEqual(self.reasons(person), [(self.day(1), None, "Dismissed")])

	def test_who_may_fetch_shifts(self):
		person = self.new_employee()
		self.comes_and_goes(person)
		[name, _other] = [each["name"] for each in self.checkins(person["name"])]
		span = {"from_date": self.day(0), "to_date": self.day(4), "employee": person["name"]}
		with self.assertRaises(frappe.PermissionError):
			self.call("day_repair_actions.fetch_shift", self.new_user("Employee"), names=[name])
		with self.assertRaises(frappe.PermissionError):
			self.call("day_repair_actions.fetch_shifts", self.new_user("Employee"), **span)
		self.assertEqual(self.call("day_repair_actions.fetch_shifts", self.new_user("HR User"), **span), 2)
