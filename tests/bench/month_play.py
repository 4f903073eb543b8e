"""One simulated month on a site: run in a bench's Python, in its sites folder, as `month_play.py SITE SEED`.

Two crews of 30 with the same rota, leave, holidays and touches. The punches of one crew come through the app, from four
devices of which three are offline for days, with shift assignments that are entered late and a naming counter that a
restore has set back. The check-ins of the other crew are made by HRMS's code, in time, with every assignment there from
the beginning; what HRMS reads of shift assignments is answered from memory, as test_differential shows to be the same.
HRMS's own auto attendance runs once a simulated night for the one, and once at the end for the other. Then
every person and day of the one is compared with the same of the other; what differs must stand in a list.

The clock is `now_datetime` of Frappe, replaced in every module that has imported it. Callbacks are taken by
`reception.take`, behind the door: authentication and HTTP are left to other tests. The app's background jobs run at the
next step, in this process and by this clock. Left out are late leave, changed shift times, unknown user IDs, wrong clocks
and holds by settings.
"""

import functools
import gc
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import frappe
import sqlparse
from erpnext.setup.doctype.transaction_deletion_record import transaction_deletion_record
from frappe.model.document import Document
from frappe.utils import data
from hrms.hr.doctype.shift_assignment import shift_assignment
from hrms.hr.doctype.shift_type import shift_type as shift_type_module

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.hrms_from_memory import Hrms, Memory
from navari_cams_biometric.cams_biometric.base.states import RepairState
from navari_cams_biometric.cams_biometric.callbacks import reception
from navari_cams_biometric.cams_biometric.day_repair import repair
from navari_cams_biometric.cams_biometric.presence.missing_punches import find_missing
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.shift_sync import holds, watermark
from navari_cams_biometric.gateway.callback import read_callback, read_envelope

PEOPLE, DAYS, DEVICES = 30, 30, 4
IN_TIME, LATE = "in time", "late"
SHIFTS = {"Day": ("08:00:00", 8, 9), "Evening": ("14:00:00", 14, 8), "Night": ("22:00:00", 22, 8)}
STEPS = (2, 10, 18)  # hours at which devices deliver and the scheduler runs; HRMS at the first
MORNING = 10  # when many are delivered
NIGHTS_AFTER = 3  # for what was held to be decided
SERIES = "EMP-CKIN-%"


@dataclass
class Person:
	number: int
	names: dict[str, str] = field(default_factory=dict)  # Employee, by crew
	rota: list[str] = field(default_factory=list)  # kind of shift, by day
	leave: set[int] = field(default_factory=set)

	@property
	def is_on_default(self) -> bool:
		return self.number < PEOPLE // 3


@dataclass
class Touch:
	person: Person
	device: int
	moment: datetime
	kind: str


class Clock:
	"""The site's time, for everything that asks Frappe for it."""

	def __init__(self) -> None:
		self.now = datetime.now()
		real = data.now_datetime
		for module in list(sys.modules.values()):
			if getattr(module, "now_datetime", None) is real:
				module.now_datetime = self.read

	def read(self) -> datetime:
		"""With a fraction, as a text of it in the database has one: Frappe compares such texts."""
		return self.now + timedelta(microseconds=1)


class Jobs:
	"""The app's background jobs, each once however often it is asked for. Those of others are left out, and so is the
	drain, which the scheduler does too."""

	OF_THE_QUEUE = (
		"queue",
		"timeout",
		"job_id",
		"job_name",
		"deduplicate",
		"enqueue_after_commit",
		"now",
		"at_front",
	)

	def __init__(self) -> None:
		self.waiting: dict[str, tuple[str, dict]] = {}
		frappe.enqueue = self.add

	def add(self, method: object, **options: object) -> None:
		if isinstance(method, str) and method.startswith("navari_cams_biometric.") and method != inbox.DRAIN:
			given = {name: value for name, value in options.items() if name not in self.OF_THE_QUEUE}
			self.waiting[f"{method} {sorted(given.items())}"] = method, given

	def run(self) -> None:
		"""Also those that the jobs ask for."""
		while self.waiting:
			method, given = self.waiting.pop(next(iter(self.waiting)))
			frappe.get_attr(method)(**given)
			frappe.db.commit()


class Month:
	def __init__(self, seed: int, clock: Clock, jobs: Jobs):
		self.seed, self.clock, self.jobs = seed, clock, jobs
		self.chance = random.Random(seed)
		self.first = date.today() - timedelta(days=DAYS + 10)
		self.key = f"M{seed}{frappe.generate_hash(length=5)}".upper()
		self.company = frappe.get_all("Company", pluck="name")[0]
		self.people = [Person(number) for number in range(PEOPLE)]
		self.assignments: dict[str, list[tuple[int, Person, int, int, str]]] = {IN_TIME: [], LATE: []}
		self.counter_falls_on = self.chance.randrange(5, DAYS - 5)

	def at(self, day: int, hour: int, minutes: int = 0) -> datetime:
		midnight = datetime.combine(self.first, datetime.min.time())
		return midnight + timedelta(days=day, hours=hour, minutes=minutes)

	def play(self) -> dict[str, object]:
		started = time.monotonic()
		self.clock.now = self.at(-1, 6)
		self.make_shifts()
		self.make_people()
		self.make_devices()
		self.plan()
		self.enter_leave()
		frappe.db.commit()
		for day in range(-1, DAYS + NIGHTS_AFTER):
			self.play_day(day)
		self.play_in_time()
		ledger = self.compare()
		self.rest()
		return {"seed": self.seed, "seconds": round(time.monotonic() - started, 1), **ledger}

	def shift(self, kind: str, crew: str) -> str:
		return f"{self.key} {kind} {crew}"

	def make_shifts(self) -> None:
		sundays = [self.first + timedelta(days=day) for day in range(-2, DAYS + NIGHTS_AFTER)]
		holidays = [each for each in sundays if each.weekday() == 6]
		holidays.append(self.first + timedelta(days=self.chance.randrange(3, DAYS - 3)))
		listed = [{"holiday_date": each, "description": "Holiday"} for each in sorted(set(holidays))]
		self.holidays = set(holidays)
		span = {"from_date": self.first - timedelta(days=5), "to_date": self.first + timedelta(days=DAYS + 9)}
		insert("Holiday List", holiday_list_name=self.key, holidays=listed, **span)
		for kind, (start, hour, hours) in SHIFTS.items():
			for crew in (IN_TIME, LATE):
				insert(
					"Shift Type",
					name=self.shift(kind, crew),
					start_time=start,
					end_time=f"{(hour + hours) % 24:02}:00:00",
					begin_check_in_before_shift_start_time=60,
					allow_check_out_after_shift_end_time=60,
					determine_check_in_and_check_out="Strictly based on Log Type in Employee Checkin",
					working_hours_calculation_based_on="First Check-in and Last Check-out",
					working_hours_threshold_for_half_day=5,
					working_hours_threshold_for_absent=2,
					enable_auto_attendance=1,
					enable_late_entry_marking=1,
					late_entry_grace_period=10,
					process_attendance_after=self.first,
					last_sync_of_checkin=self.at(0, 0),
					holiday_list=self.key,
				)

	def make_people(self) -> None:
		for person in self.people:
			for crew in (IN_TIME, LATE):
				employee = insert(
					"Employee",
					first_name=f"Employee {person.number}",
					company=self.company,
					gender="Female",
					date_of_birth="1990-01-01",
					date_of_joining="2020-01-01",
					status="Active",
					holiday_list=self.key,
					attendance_device_id=f"{self.key}{person.number}" if crew == LATE else None,
					default_shift=self.shift("Day", crew) if person.is_on_default else None,
				)
				person.names[crew] = employee.name
				if frappe.db.exists("DocType", "Holiday List Assignment"):  # HRMS 16
					given = {
						"applicable_for": "Employee",
						"assigned_to": employee.name,
						"holiday_list": self.key,
					}
					insert(
						"Holiday List Assignment", from_date=self.first - timedelta(days=5), **given
					).submit()

	def make_devices(self) -> None:
		fed = [{"shift_type": self.shift(kind, LATE)} for kind in SHIFTS]
		self.tags = [f"{self.key}D{number}" for number in range(DEVICES)]
		self.outages: dict[int, tuple[datetime, datetime]] = {}
		for number, tag in enumerate(self.tags):
			insert("CAMS Device", service_tag=tag, label=f"Gate {number}", enabled=1, shift_types=fed)
			if number:
				gone = self.at(self.chance.randrange(1, DAYS - 6), self.chance.randrange(24))
				self.outages[number] = (gone, gone + timedelta(hours=self.chance.randrange(10, 110)))

	def plan(self) -> None:
		"""Weekly rotas, leave and every touch of the month."""
		self.touches: list[Touch] = []
		kinds = list(SHIFTS)
		for person in self.people:
			for week in range(0, DAYS, 7):
				kind = "Day" if person.is_on_default else kinds[(person.number + week // 7) % 3]
				last = min(week + 5, DAYS - 1)
				person.rota += [kind] * (last - week + 1) + [""] * (min(week + 7, DAYS) - last - 1)
				if person.is_on_default:
					continue
				late = self.chance.choice((1, 2, 3)) if self.chance.random() < 0.15 else -1
				self.assignments[LATE].append((week + late, person, week, last, kind))
				self.assignments[IN_TIME].append((-1, person, week, last, kind))
			if self.chance.random() < 0.4:
				start = self.chance.randrange(2, DAYS - 3)
				person.leave = {start, start + 1}
			for day, kind in enumerate(person.rota):
				if kind and day not in person.leave:
					self.plan_day(person, day, kind)
		self.touches.sort(key=lambda touch: touch.moment)

	def plan_day(self, person: Person, day: int, kind: str) -> None:
		luck, (_start, hour, hours) = self.chance.random(), SHIFTS[kind]
		is_holiday = self.first + timedelta(days=day) in self.holidays
		if luck < (0.9 if is_holiday else 0.06):
			return
		came = self.at(day, hour) + timedelta(seconds=self.chance.randrange(-45 * 60, 25 * 60))
		left = self.at(day, hour + hours) + timedelta(seconds=self.chance.randrange(-20 * 60, 45 * 60))
		if self.chance.random() < 0.05:
			left -= timedelta(hours=5)
		if self.chance.random() > 0.02:
			self.touches.append(Touch(person, self.chance.randrange(DEVICES), came, "CheckIn"))
		if self.chance.random() > 0.02:
			self.touches.append(Touch(person, self.chance.randrange(DEVICES), left, "CheckOut"))

	def enter_leave(self) -> None:
		if not frappe.db.exists("Leave Type", "Month Leave"):
			insert("Leave Type", leave_type_name="Month Leave", is_lwp=1)
		for person in self.people:
			days = [self.first + timedelta(days=day) for day in sorted(person.leave)]
			days = [day for day in days if day not in self.holidays]
			for crew in (IN_TIME, LATE) if days else ():
				insert(
					"Leave Application",
					employee=person.names[crew],
					company=self.company,
					leave_type="Month Leave",
					from_date=days[0],
					to_date=days[-1],
					status="Approved",
					leave_approver="Administrator",
					posting_date=self.first,
				).submit()

	def play_day(self, day: int) -> None:
		for hour in STEPS:
			self.clock.now = self.at(day, hour)
			if hour == STEPS[0]:
				self.assign(LATE, day)
			if (day, hour) == (self.counter_falls_on, MORNING):
				fallen = "update tabSeries set current = greatest(current - 40, 0) where name like %s"
				frappe.db.sql(fallen, SERIES)
			self.deliver()
			self.run_scheduler(with_hrms=hour == STEPS[0])

	def assign(self, crew: str, day: int) -> None:
		"""Enter the shift assignments that are due by that day."""
		planned = self.assignments[crew]
		self.assignments[crew] = [each for each in planned if each[0] > day]
		for _entered, person, start, end, kind in [each for each in planned if each[0] <= day]:
			insert(
				"Shift Assignment",
				employee=person.names[crew],
				company=self.company,
				shift_type=self.shift(kind, crew),
				start_date=self.first + timedelta(days=start),
				end_date=self.first + timedelta(days=end),
				status="Active",
			).submit()

	def play_in_time(self) -> None:
		"""The whole month of the other crew. HRMS marks absences back to the last change of a person's shift, and those
		come weekly: so it runs on each free day between two weeks, and in the night after it, when it looks at the last
		night shift of the week."""
		self.assign(IN_TIME, DAYS)
		hrms = self.hrms(IN_TIME)
		rows = []
		for number, touch in enumerate(self.touches):
			checkin = hrms.checkin_class(
				{
					"doctype": "Employee Checkin",
					"name": f"{self.key}-{number}",  # past the counter, which nobody mends for this crew
					"employee": touch.person.names[IN_TIME],
					"time": touch.moment,
					"log_type": "IN" if touch.kind == "CheckIn" else "OUT",
				}
			)
			checkin.validate()
			rows.append(checkin.get_valid_dict())
		frappe.db.bulk_insert("Employee Checkin", list(rows[0]), [list(row.values()) for row in rows])
		for day in (*range(6, DAYS, 7), DAYS + NIGHTS_AFTER - 1):
			for moment in (self.at(day, 12), self.at(day + 1, STEPS[0])):
				self.run_hrms(IN_TIME, last_sync_of_checkin=moment)
		frappe.db.commit()

	def hrms(self, crew: str) -> Hrms:
		"""HRMS's own code, with what it reads of people and their shifts answered from memory."""
		ends = (self.at(0, 0), self.at(DAYS + NIGHTS_AFTER, 0))
		return Hrms(Memory([(person.names[crew], end) for person in self.people for end in ends], set()))

	def run_hrms(self, crew: str, **values: object) -> None:
		shift_type_module.get_employee_shift = self.hrms(crew).on_memory(shift_assignment.get_employee_shift)
		for kind in SHIFTS:
			shift_type = frappe.get_doc("Shift Type", self.shift(kind, crew))
			shift_type.update(values).process_auto_attendance()

	def is_away(self, device: int) -> bool:
		gone, back = self.outages.get(device, (self.clock.now, self.clock.now))
		return gone <= self.clock.now < back

	def deliver(self) -> None:
		here = [
			each for each in self.touches if each.moment <= self.clock.now and not self.is_away(each.device)
		]
		devices = find_devices(self.tags)
		for touch in [each for each in here if not getattr(each, "is_delivered", False)]:
			touch.is_delivered = True
			self.send(touch, devices[self.tags[touch.device]])
		frappe.db.commit()

	def send(self, touch: Touch, device: Document) -> None:
		log = {
			"Type": touch.kind,
			"InputType": "Fingerprint",
			"UserId": f"{self.key}{touch.person.number}",
			"LogTime": touch.moment.strftime("%Y-%m-%d %H:%M:%S GMT +0300"),
		}
		body = {
			"RealTime": {"SerialNumber": device.name, "PunchLog": log, "AuthToken": "x", "OperationID": "m"}
		}
		envelope = read_envelope(json.dumps(body))
		reception.take(envelope, read_callback(envelope), device)

	def run_scheduler(self, with_hrms: bool) -> None:
		checkins.sweep()
		self.jobs.run()
		for number, tag in enumerate(self.tags):
			if self.is_away(number):
				stored_values.set_values("CAMS Device", tag, {"connection": "Offline"})
				continue
			watermark.note_reported(tag, self.clock.now)
			stored_values.set_values("CAMS Device", tag, {"connection": "Online"})
		watermark.advance()
		frappe.db.commit()
		if with_hrms:
			self.run_hrms(LATE)
			repair.sweep()
			self.jobs.run()
			frappe.db.commit()

	def compare(self) -> dict[str, object]:
		listed, unlisted, found = Counter(), [], self.attendances()
		self.states = {kind: watermark.states(self.shift(kind, LATE))[0] for kind in SHIFTS}
		for person in self.people:
			for day in range(DAYS):
				when = self.first + timedelta(days=day)
				expected, got = (found.get((person.names[crew], when)) for crew in (IN_TIME, LATE))
				if expected == got:
					continue
				if place := self.place(person, day, when, is_marked=bool(got)):
					listed[place] += 1
				else:
					unlisted.append(
						f"person {person.number} day {day} {when}: {expected} in time, {got} here"
					)
		differing = sum(listed.values()) + len(unlisted)
		return {"days": PEOPLE * DAYS, "differing": differing, "listed": dict(listed), "unlisted": unlisted}

	def attendances(self) -> dict[tuple[str, date], tuple]:
		names = [name for person in self.people for name in person.names.values()]
		fields = ["employee", "attendance_date", "status", "shift", "working_hours", "in_time", "out_time"]
		rows = frappe.get_all(
			"Attendance", filters={"employee": ["in", names], "docstatus": 1}, fields=[*fields, "late_entry"]
		)
		return {
			(row.employee, row.attendance_date): (
				row.status,
				(row.shift or "")
				.removesuffix(f" {LATE}")
				.removesuffix(f" {IN_TIME}")
				.removeprefix(f"{self.key} "),
				round(row.working_hours or 0, 2),
				str(row.in_time or ""),
				str(row.out_time or ""),
				row.late_entry,
			)
			for row in rows
		}

	def place(self, person: Person, day: int, when: date, is_marked: bool) -> str:
		"""The list on which a person finds that day and its reason; empty if on none."""
		employee, kind = person.names[LATE], person.rota[day]
		open_states = ["not in", ["Dismissed", "Repaired"]]
		if frappe.db.exists(
			"CAMS Day Repair", {"employee": employee, "attendance_date": when, "state": open_states}
		):
			return "Day Repair"
		# HRMS marks no absence of a former week whose shift was another.
		if not is_marked and find_missing([when], name=employee):
			return "Missing Punches"
		if not kind:
			return ""
		_start, hour, hours = SHIFTS[kind]
		first, last = self.at(day, hour - 1), self.at(day, hour + hours + 1)
		on_its_way = {"employee": employee, "punch_time": ["between", [first, last]]}
		if frappe.db.exists("CAMS Punch", {**on_its_way, "state": ["in", ["Held", "Failed"]]}):
			return "Held Punches"
		state = self.states[kind]
		is_held = holds.color_of(state)[0] == holds.HELD and (not state.current or state.current < last)
		return "Shift Sync" if is_held else ""

	def rest(self) -> None:
		"""The next month has the site to itself."""
		for kind in SHIFTS:
			for crew in (IN_TIME, LATE):
				frappe.db.set_value("Shift Type", self.shift(kind, crew), "enable_auto_attendance", 0)
		for tag in self.tags:
			stored_values.set_values("CAMS Device", tag, {"enabled": 0})
		theirs = {
			"employee": ["in", [person.names[LATE] for person in self.people]],
			"state": RepairState.OPEN,
		}
		frappe.db.set_value("CAMS Day Repair", theirs, "state", RepairState.DISMISSED)
		frappe.db.commit()
		frappe.clear_cache()


def leave_aside() -> None:
	"""What takes a quarter of the time and decides nothing: the search for garbage, names of fields that Frappe parses again
	for each query, and ERPNext's look before each save whether it is deleting all transactions of the company."""
	gc.set_threshold(100_000, 50, 100)
	sqlparse.format = functools.cache(sqlparse.format)
	transaction_deletion_record.check_for_running_deletion_job = lambda doc, method=None: None


def insert(doctype: str, **values: object):
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def main(site: str, seed: int) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.flags.mute_emails = True
	leave_aside()
	insert("Activity Log", subject="Logged in")  # or the site is dormant and drains do the scheduler's work
	print(json.dumps(Month(seed, Clock(), Jobs()).play()))


if __name__ == "__main__":
	main(sys.argv[1], int(sys.argv[2]))
