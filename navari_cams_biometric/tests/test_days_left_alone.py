"""Days on which late punches change nothing: a person has decided, payroll is closed, leave, an attendance request."""

import itertools
import uuid

import frappe

from navari_cams_biometric.tests.late_days import (
	DAY,
	FULL_DAY,
	LateDaysCase,
	attendances,
	comments,
	punch,
	repair,
	settle,
	skipped,
	standing,
	the_day,
)


class TestDaysLeftAlone(LateDaysCase):
	def test_a_day_marked_by_hand_is_left_alone(self):
		"""By the same user as auto attendance, and with the shift, as the Employee Attendance Tool does."""
		self.repair_by_itself()
		for status, has_shift in itertools.product(("Absent", "Half Day"), (True, False)):
			with self.subTest(status=status, has_shift=has_shift):
				self.marked_by_hand(status, has_shift)

	def marked_by_hand(self, status, has_shift):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		values = {"shift": shift} if has_shift else {}
		name = self.create(
			"Attendance",
			employee=person["name"],
			attendance_date=DAY,
			status=status,
			company=self.company,
			docstatus=1,
			**values,
		)["name"]
		punch(self, person, *FULL_DAY)
		self.mark_attendance(shift)
		row = the_day(self, person)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "BY_HAND"))
		settle(self, person)
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual((standing(self, person)["name"], attendances(self, person)), (name, [(status, 1)]))
		self.assertEqual(skipped(self, person), [1, 1])
		self.assertEqual(comments(self, name), [])

	def test_an_automatic_day_that_a_person_cancelled_and_marked_again_is_left_alone(self):
		"""What was automatic before is not, although HRMS's check-ins and comments are all there."""
		shift = self.new_shift()
		absent = self.new_absent(shift)
		old = standing(self, absent)
		self.update("Attendance", old["name"], docstatus=2)
		amended = self.create(
			"Attendance",
			employee=absent["name"],
			attendance_date=DAY,
			status="Absent",
			shift=shift,
			company=self.company,
			amended_from=old["name"],
			docstatus=1,
		)
		punch(self, absent, *FULL_DAY)
		row = the_day(self, absent)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "BY_HAND"))
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual(standing(self, absent)["name"], amended["name"])

	def test_an_automatic_day_that_was_changed_since_is_left_alone(self):
		absent = self.new_absent()
		frappe.db.sql(f"update tabAttendance set modified_by = 'Guest' where employee = '{absent['name']}'")
		punch(self, absent, *FULL_DAY)
		row = the_day(self, absent)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "CHANGED"))
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual(attendances(self, absent), [("Absent", 1)])

	def test_a_day_of_a_salary_slip_is_left_alone(self):
		self.closed_by(salary_slip)

	def test_a_day_of_a_payroll_entry_is_left_alone(self):
		self.closed_by(payroll_entry)

	def test_a_day_of_a_closed_accounting_period_is_left_alone(self):
		self.closed_by(accounting_period)

	def closed_by(self, closing):
		self.repair_by_itself()
		shift = self.new_shift()
		absent = self.new_absent(shift)
		payroll = payroll_of(self)
		old = standing(self, absent)["name"]
		doctype, name = closing(self, absent, payroll)
		try:
			punch(self, absent, *FULL_DAY)
			self.mark_attendance(shift)
			row = the_day(self, absent)
			self.assertEqual(
				(row["state"], row["reason_code"], name in row["message"]), ("Skipped", "PAYROLL", True)
			)
			settle(self, absent)
			self.assertEqual(repair(self, row)["state"], "Skipped")
			self.assertEqual(
				(standing(self, absent)["name"], attendances(self, absent)), (old, [("Absent", 1)])
			)
			self.assertEqual(skipped(self, absent), [1, 1])
		finally:
			if doctype == "Accounting Period":
				self.delete(doctype, name)
		if doctype == "Accounting Period":
			self.assertEqual(repair(self, row)["state"], "Repaired")

	def test_a_period_that_closes_after_the_day_was_listed_counts_as_well(self):
		absent = self.new_absent()
		payroll = payroll_of(self)
		punch(self, absent, *FULL_DAY)
		self.assertEqual(the_day(self, absent)["state"], "Open")
		salary_slip(self, absent, payroll)
		self.assertEqual(repair(self, the_day(self, absent))["state"], "Skipped")
		self.assertEqual(attendances(self, absent), [("Absent", 1)])

	def test_a_day_with_half_a_day_of_leave_is_left_alone(self):
		self.repair_by_itself()
		shift = self.new_shift()
		absent = self.new_absent(shift)
		payroll = payroll_of(self)
		self.give_holidays(absent["name"], payroll["holidays"])
		leave_type = self.create("Leave Type", leave_type_name=f"Late {uuid.uuid4().hex[:8]}", is_lwp=1)
		leave = self.create(
			"Leave Application",
			employee=absent["name"],
			leave_type=leave_type["name"],
			from_date=DAY,
			to_date=DAY,
			half_day=1,
			half_day_date=DAY,
			status="Approved",
			leave_approver="Administrator",
			docstatus=1,
		)
		self.assertEqual(attendances(self, absent), [("Half Day", 1)])
		punch(self, absent, *FULL_DAY)
		self.mark_attendance(shift)
		row = the_day(self, absent)
		self.assertEqual(
			(row["state"], row["reason_code"], leave["name"] in row["message"]),
			(
				"Skipped",
				"LEAVE",
				True,
			),
		)
		settle(self, absent)
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual(attendances(self, absent), [("Half Day", 1)])

	def test_a_day_of_an_attendance_request_is_left_alone_even_where_it_changed_nothing(self):
		shift = self.new_shift()
		person = self.new_employee(default_shift=shift)
		payroll = payroll_of(self)
		punch(self, person, ("08:00:00", "CheckIn"), ("12:00:00", "CheckOut"), is_case=False)
		self.mark_attendance(shift)
		self.assertEqual(attendances(self, person), [("Half Day", 1)])
		self.give_holidays(person["name"], payroll["holidays"])
		try:
			request = self.create(
				"Attendance Request",
				employee=person["name"],
				company=self.company,
				from_date=DAY,
				to_date=DAY,
				half_day=1,
				half_day_date=DAY,
				reason="On Duty",
				docstatus=1,
			)
		except frappe.ValidationError as refusal:
			self.assertIn("attendance with the same status exists", str(refusal))
			return  # HRMS 16 refuses a request that changes nothing
		self.assertFalse(standing(self, person)["attendance_request"])
		punch(self, person, ("17:00:00", "CheckOut"))
		row = the_day(self, person)
		self.assertEqual((row["reason_code"], request["name"] in row["message"]), ("REQUEST", True))
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual(attendances(self, person), [("Half Day", 1)])

	def test_check_ins_that_a_person_set_aside_stay_so(self):
		self.repair_by_itself()
		shift = self.new_shift()
		absent = self.new_absent(shift)
		punch(self, absent, *FULL_DAY)
		for checkin in self.checkins(absent["name"]):
			self.update("Employee Checkin", checkin["name"], skip_auto_attendance=1)
		settle(self, absent)
		row = the_day(self, absent)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "SET_ASIDE"))
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual((skipped(self, absent), attendances(self, absent)), ([1, 1], [("Absent", 1)]))

	def test_an_attendance_that_somebody_cancelled_meanwhile_is_no_case_any_more(self):
		absent = self.new_absent()
		punch(self, absent, *FULL_DAY)
		self.update("Attendance", standing(self, absent)["name"], docstatus=2)
		self.sweep()
		row = the_day(self, absent)
		self.assertEqual((row["state"], row["reason_code"]), ("Skipped", "GONE"))
		self.assertEqual(repair(self, row)["state"], "Skipped")
		self.assertEqual(attendances(self, absent), [("Absent", 2)])


def payroll_of(site):
	"""A salary structure, and the fiscal year and holidays that HRMS wants for it."""
	company = site.company
	if not site.find("Fiscal Year", {"name": "2024"}):
		site.create("Fiscal Year", year="2024", year_start_date="2024-01-01", year_end_date="2024-12-31")
	name = f"Late {uuid.uuid4().hex[:8]}"
	holidays = site.create(
		"Holiday List", holiday_list_name=name, from_date="2024-01-01", to_date="2024-12-31"
	)
	site.create("Salary Component", salary_component=name, salary_component_abbr=name[-8:], type="Earning")
	structure = site.create(
		"Salary Structure",
		name=name,
		__newname=name,
		company=company,
		currency=site.get("Company", company)["default_currency"],
		payroll_frequency="Monthly",
		earnings=[{"salary_component": name, "amount": 30000}],
		docstatus=1,
	)
	return {"structure": structure["name"], "holidays": holidays["name"], "currency": structure["currency"]}


def salary(site, person, payroll):
	site.give_holidays(person["name"], payroll["holidays"])
	site.create(
		"Salary Structure Assignment",
		employee=person["name"],
		salary_structure=payroll["structure"],
		from_date="2024-09-01",
		company=site.company,
		currency=payroll["currency"],
		docstatus=1,
	)


def salary_slip(site, person, payroll):
	salary(site, person, payroll)
	slip = site.create(
		"Salary Slip",
		employee=person["name"],
		salary_structure=payroll["structure"],
		start_date="2024-09-01",
		end_date="2024-09-30",
		posting_date="2024-09-30",
		docstatus=1,
	)
	return "Salary Slip", slip["name"]


def payroll_entry(site, person, payroll):
	salary(site, person, payroll)
	company = site.company
	[payable] = site.find("Account", {"company": company, "account_name": "Payroll Payable"}, ["name"])
	values = {
		"company": company,
		"posting_date": "2024-09-30",
		"start_date": "2024-09-01",
		"end_date": "2024-09-30",
		"payroll_frequency": "Monthly",
		"currency": payroll["currency"],
		"exchange_rate": 1,
		"payroll_payable_account": payable["name"],
		"cost_center": site.get("Company", company)["cost_center"],
		"employees": [{"employee": person["name"]}],
		"docstatus": 1,
	}
	try:
		entry = site.create("Payroll Entry", **values)
	except frappe.ValidationError as refusal:  # of HRMS 16; 15 refuses an account of this type
		site.assertIn("Account type should be set", str(refusal))
		site.update("Account", payable["name"], account_type="Payable")
		entry = site.create("Payroll Entry", **values)
	return "Payroll Entry", entry["name"]


def accounting_period(site, person, payroll):
	period = site.create(
		"Accounting Period",
		period_name=f"Late {uuid.uuid4().hex[:8]}",
		company=site.company,
		start_date="2024-09-01",
		end_date="2024-09-30",
		closed_documents=[{"document_type": "Payroll Entry", "closed": 1}],
	)
	return "Accounting Period", period["name"]
