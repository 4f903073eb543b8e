"""Last Sync of Checkin and what HRMS makes of it: devices that are away, nights, rotations, punches that wait."""

from datetime import timedelta

import frappe
from frappe.utils import format_date, get_datetime, now_datetime

from navari_cams_biometric.tests.plant import PlantCase, at
from navari_cams_biometric.tests.site_case import real_time


class TestAwayDevice(PlantCase):
	"""Four people at two gates; the second is offline from the second morning to the third, if it is away at all.

	Person 0 uses Gate 1, 1 uses Gate 2, 2 comes by Gate 1 and leaves by Gate 2, 3 misses the second day.
	"""

	def days(self, away, watermark):
		"""Return the attendance as it was before Gate 2 came back, and at the end."""
		self.watermark = watermark
		self.worked = self.shift()
		self.gates = [self.device(f"Gate {number}", self.worked) for number in (1, 2)]
		self.people = [self.new_employee(default_shift=self.worked) for _ in range(4)]
		self.come(0)
		self.leave(0)
		self.go(1, "06:00")
		if away:
			self.go_offline(self.gates[1])
		self.come(1)
		self.leave(1)
		self.mark()
		self.come(2)
		self.mark()
		before = self.attendance(*self.people)
		self.go(2, "09:00")
		if away:
			self.come_back(self.gates[1])
		self.mark()
		self.leave(2)
		self.mark()
		self.come(3)
		self.mark()
		return before, self.attendance(*self.people)

	def come(self, day):
		self.pass_gates(day, "07:5", (0, 1, 0, 0), "CheckIn")

	def leave(self, day):
		self.pass_gates(day, "17:0", (0, 1, 1, 0), "CheckOut")

	def pass_gates(self, day, clock, gates, kind):
		for number, gate in enumerate(gates):
			self.go(day, f"{clock}{number}")
			if (number, day) != (3, 1):
				self.punch(self.gates[gate], self.people[number], kind)

	def mark(self):
		self.drain()
		if self.watermark:
			self.advance()
		else:
			self.follow_the_last_punch()
		self.mark_attendance(self.worked)

	def follow_the_last_punch(self):
		"""The rule without a watermark: the time of the last punch that came."""
		punches = frappe.get_all(
			"CAMS Punch", {"service_tag": ["in", self.gates]}, pluck="punch_time", order_by="punch_time"
		)
		self.update("Shift Type", self.worked, last_sync_of_checkin=str(punches[-1]))

	def test_a_device_that_was_away_for_a_day_makes_nobody_absent(self):
		_, undisturbed = self.days(away=False, watermark=True)
		before, after = self.days(away=True, watermark=True)
		second_day = {key: row[0] for key, row in undisturbed.items() if key[1] == 1}
		self.assertEqual(
			second_day, {(0, 1): "Present", (1, 1): "Present", (2, 1): "Present", (3, 1): "Absent"}
		)
		self.assertLessEqual({day for _, day in before}, {0})
		self.assertEqual(after, undisturbed)

	def test_without_the_watermark_the_same_days_make_people_absent(self):
		before, _ = self.days(away=True, watermark=False)
		self.assertEqual(before[1, 1][0], "Absent")  # was there, at Gate 2
		self.assertEqual(before[2, 1][2:], (None, 0))  # left by Gate 2


class TestShiftSync(PlantCase):
	def test_a_night_shift_over_midnight_waits_for_both_of_its_gates(self):
		night = self.shift("22:00:00", "06:00:00")
		gate_1, gate_2 = self.device("Gate 1", night), self.device("Gate 2", night)
		one, two = (self.new_employee(default_shift=night) for _ in range(2))
		self.go(0, "21:55")
		self.punch(gate_1, one)
		self.punch(gate_2, two)
		self.go(1, "06:10")
		self.punch(gate_1, one, "CheckOut")
		self.go(1, "21:58")
		self.punch(gate_1, one)
		self.drain()
		self.assertEqual(self.advance(night), [at(0, "21:55")])
		self.assertEqual(
			self.state_of(night), f"Held since {format_date(at(0, '21:55'))} 21:55, Gate 2 not reporting"
		)
		self.mark_attendance(night)
		self.assertEqual(self.attendance(one, two), {})

		self.punch(gate_2, two, "CheckOut", at(1, "06:05"))
		self.drain()
		self.assertEqual(self.advance(night), [at(1, "06:05")])  # within the margin of the night
		self.mark_attendance(night)
		self.assertEqual(self.attendance(one, two), {})

		self.go(1, "22:01")
		self.punch(gate_2, two)
		self.drain()
		self.assertEqual(self.advance(night), [at(1, "21:58")])
		self.mark_attendance(night)
		attendance = self.attendance(one, two)
		self.assertEqual(
			{key: row[:3] for key, row in attendance.items()},
			{
				(0, 0): ("Present", at(0, "21:55"), at(1, "06:10")),
				(1, 0): ("Present", at(0, "21:55"), at(1, "06:05")),
			},
		)
		for key, hours in (((0, 0), 8.25), ((1, 0), 8.17)):
			self.assertAlmostEqual(attendance[key][3], hours, delta=0.051)  # 16 rounds to one digit

	def test_rotating_shifts_on_one_device_that_feeds_both_and_one_that_feeds_one(self):
		early, late = self.shift("06:00:00", "14:00:00"), self.shift("15:00:00", "23:00:00")
		both, only_late = self.device("Gate 1", early, late), self.device("Gate 2", late)
		person, visitor = self.new_employee(), self.new_employee()
		for day, shift in enumerate((early, late, early, late)):
			dates = {"start_date": at(day, "00:00")[:10], "end_date": at(day, "00:00")[:10]}
			assigned = {"employee": person["name"], "shift_type": shift, "company": self.company}
			self.create("Shift Assignment", docstatus=1, status="Active", **assigned, **dates)
		self.go(0, "05:55")
		self.punch(only_late, visitor)
		for day, clock, kind in (
			(0, "05:55", "CheckIn"),
			(0, "14:05", "CheckOut"),
			(1, "14:55", "CheckIn"),
			(1, "23:05", "CheckOut"),
			(2, "05:50", "CheckIn"),
			(2, "14:02", "CheckOut"),
			(3, "14:55", "CheckIn"),
		):
			self.go(day, clock)
			self.punch(both, person, kind)
		self.drain()
		self.assertEqual(self.advance(early, late), [at(3, "14:55"), at(0, "05:55")])
		self.mark_attendance(early, late)
		self.assertEqual(self.shifts_of(person), {0: early, 2: early})

		self.punch(only_late, visitor)
		self.drain()
		self.assertEqual(self.advance(early, late), [at(3, "14:55")] * 2)
		self.mark_attendance(early, late)
		self.assertEqual(self.shifts_of(person), {0: early, 1: late, 2: early})
		self.assertEqual({row[0] for row in self.attendance(person).values()}, {"Present"})

	def test_a_shift_without_devices_stays_and_a_disabled_device_holds_nothing(self):
		shift, lone, abandoned = self.shift(), self.shift(), self.shift()
		gate = self.device("Gate 1", shift)
		self.device("Gate 2", shift, enabled=0)
		self.device("Gate 3", abandoned, enabled=0)
		self.go(0, "08:00")
		self.punch(gate, self.new_employee())
		self.drain()
		self.assertEqual(self.advance(shift, lone, abandoned), [at(0, "08:00"), None, None])
		left = "No enabled device feeds it; this app does not touch it"
		self.assertEqual([self.state_of(lone), self.state_of(abandoned)], [left] * 2)

	def test_a_device_that_was_never_heard_holds_until_it_is(self):
		shift = self.shift()
		gate, new = self.device("Gate 1", shift), self.device("Gate 2")  # which feeds every shift
		self.go(0, "08:00")
		self.punch(gate, self.new_employee())
		self.drain()
		self.assertEqual(self.advance(shift), [None])
		self.assertEqual(self.state_of(shift), "Held, Gate 2 has never reported")
		self.go_offline(new)
		self.come_back(new)  # online and empty, but only just back
		self.assertEqual(self.advance(shift), [None])
		self.go(0, "08:30")
		self.tell(new, "Online")
		self.assertEqual(self.advance(shift), [at(0, "08:00")])

	def test_it_is_never_past_now(self):
		shift = self.shift()
		gate = self.device("Gate 1", shift)
		ahead = (now_datetime() + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S")
		self.callback(real_time("8", ahead, service_tag=gate))
		self.drain()
		[synced_until] = self.advance(shift)
		self.assertLess(now_datetime() - timedelta(minutes=5), get_datetime(synced_until))
		self.assertLessEqual(get_datetime(synced_until), now_datetime())

	def test_a_value_further_on_is_not_taken_back(self):
		shift = self.shift(last_sync_of_checkin=at(3, "12:00"))
		gate = self.device("Gate 1", shift)
		self.go(0, "08:00")
		self.punch(gate, self.new_employee())
		self.drain()
		self.assertEqual(self.advance(shift), [at(3, "12:00")])
		self.assertTrue(self.state_of(shift).startswith("Ahead of Gate 1"))

	def test_a_punch_that_waits_or_failed_holds_the_shift_and_a_held_one_does_not(self):
		shift = self.shift()
		gate, person = self.device("Gate 1", shift), self.new_employee(default_shift=shift)
		self.go(0, "07:00")
		self.punch(gate, person)
		self.drain()
		self.go(0, "08:00")
		self.punch(gate, person)
		self.go(0, "08:10")
		self.tell(gate, "Online")
		self.assertEqual(self.get("CAMS Device", gate)["complete_until"], at(0, "08:10"))
		self.assertEqual(self.advance(shift), [at(0, "08:00")])
		self.assertTrue(self.state_of(shift).endswith("a punch of Gate 1 is pending"))
		self.drain()
		[_first, second] = self.punches(person["attendance_device_id"])
		frappe.db.set_value("CAMS Punch", second["name"], "state", "Failed")
		self.go(0, "08:20")
		self.punch(gate, {"attendance_device_id": "nobody"})  # it will be held
		self.drain()
		self.assertEqual(self.advance(shift), [at(0, "08:00")])
		self.assertTrue(self.state_of(shift).endswith("a punch of Gate 1 failed"))
		self.call("punch_actions.retry", names=[second["name"]])
		self.drain()
		self.assertEqual(self.advance(shift), [at(0, "08:20")])


class TestHeldAndUnknown(PlantCase):
	"""Attendance on its way, and days of which nothing is known."""

	def come(self, gate, people, day, clock, kind):
		self.go(day, clock)
		for person in people:
			self.punch(gate, person, kind)

	def mark(self, shift):
		self.drain()
		self.advance(shift)
		self.mark_attendance(shift)

	def test_a_shift_made_strict_at_noon_makes_nobody_absent_before_hr_has_seen_it(self):
		loose = "Alternating entries as IN and OUT during the same shift"
		strict = "Strictly based on Log Type in Employee Checkin"
		shift = self.shift(determine_check_in_and_check_out=loose)
		gate = self.device("Gate 1", shift, direction="No Direction")
		people = [self.new_employee(default_shift=shift) for _ in range(40)]
		self.come(gate, people, 0, "07:55", "CheckIn")
		self.drain()
		self.update("Shift Type", shift, determine_check_in_and_check_out=strict)
		self.come(gate, people, 0, "17:05", "CheckOut")
		for day in (1, 2):
			self.mark(shift)
			self.come(gate, people, day, "07:55", "CheckIn")
			self.come(gate, people, day, "17:05", "CheckOut")
		self.mark(shift)
		self.assertEqual(self.attendance(*people), {})
		self.assertEqual(self.synced_until(shift), at(0, "17:05"))
		self.assertIn("a punch of Gate 1 is held", self.state_of(shift))

		self.update("Shift Type", shift, determine_check_in_and_check_out=loose)
		self.come(gate, people[:1], 3, "07:55", "CheckIn")
		self.mark(shift)
		statuses = {key: row[0] for key, row in self.attendance(*people).items()}
		self.assertEqual(statuses, {(n, day): "Present" for n in range(40) for day in (0, 1, 2)})

	def test_the_days_before_the_first_punch_ever_make_nobody_absent(self):
		shift = self.shift()
		gate, person = self.device("Gate 1", shift), self.new_employee(default_shift=shift)
		for day in (3, 4):
			self.come(gate, [person], day, "07:55", "CheckIn")
			self.come(gate, [person], day, "17:05", "CheckOut")
		self.mark(shift)
		self.assertEqual((self.synced_until(shift), self.attendance(person)), (None, {}))
		self.assertIn("Gate 1 first reported on", self.state_of(shift))

		released = {"shift_type": shift, "released_until": at(3, "00:00"), "reason": "The gate is new"}
		self.create("CAMS Shift Release", **released)
		self.mark(shift)
		self.assertEqual(self.attendance(person)[0, 3][0], "Present")

	def test_who_has_another_shift_is_marked_meanwhile(self):
		held, other = self.shift(), self.shift()
		gate = self.device("Gate 1")
		one, two = self.new_employee(default_shift=held), self.new_employee(default_shift=other)
		for day in (0, 1):
			self.come(gate, [two], day, "07:55", "CheckIn")
			self.come(gate, [one], day, "07:56", "Unheard Of")
			self.come(gate, [two], day, "17:05", "CheckOut")
		self.mark(other)
		self.mark(held)
		self.assertEqual(self.attendance(two)[0, 0][0], "Present")
		self.assertEqual((self.attendance(one), self.synced_until(held)), ({}, at(0, "07:56")))
