"""Random rosters and punches, each drained twice: in batches and one by one, which is HRMS's own way. Run in a bench's
Python, in its sites folder, as `random_rosters.py SITE FIRST LAST ROSTERS PUNCHES SEED`, for the rosters FIRST to LAST - 1 of
them; prints a line of JSON.

Every field of the check-ins and of the punches is compared, but for names and for when they were written.
"""

import json
import random
import sys
from collections import Counter
from datetime import date, datetime, time, timedelta

import frappe

from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.base.stored_values import insert_rows, new_row
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

PEOPLE = 12
DAYS = 12
BASE = date(2023, 3, 1)
STRICT = "Strictly based on Log Type in Employee Checkin"
LOOSE = "Alternating entries as IN and OUT during the same shift"
ITS_OWN = ("name", "creation", "modified", "employee_checkin")
MOST_SHOWN = 5
DEVICES = {
	"DIFF-PLACED": {"latitude": -1.28, "longitude": 36.82},
	"DIFF-PLAIN": {},
	"DIFF-SILENT": {"direction": "No Direction", "latitude": -1.2801, "longitude": 36.8201},
	"DIFF-ABROAD": {"time_zone": "Europe/London", "latitude": -1.29, "longitude": 36.83},
	"DIFF-TURNING": {"latitude": -1.28, "longitude": 36.82},
}


def main(site: str, first: int, last: int, rosters: int, punches: int, seed: int) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	counts, differences = Counter(), []
	_make_devices()
	kept = {field: frappe.db.get_single_value(*field) for field in SINGLES}
	try:
		for number in range(first, last):
			roster = Roster(random.Random(f"{seed}-{number}"), f"{seed}-{number}")
			share = punches // rosters + (number < punches % rosters)
			found, outcomes, together = roster.compared(share)
			counts.update(outcomes)
			counts["together"] += together
			differences += [f"roster {number}: {each}" for each in found]
	finally:
		frappe.db.rollback()
		for field, value in kept.items():
			frappe.db.set_single_value(*field, value)
		_rest_devices()
		frappe.db.commit()
	print(
		json.dumps(
			{"outcomes": counts, "differing": len(differences), "differences": differences[:MOST_SHOWN]}
		)
	)


SINGLES = [
	("HR Settings", "allow_geolocation_tracking"),
	(SETTINGS, "ignore_repeat"),
	(SETTINGS, "one_by_one"),
]


def _make_devices() -> None:
	for name, values in DEVICES.items():
		if not frappe.db.exists("CAMS Device", name):
			frappe.new_doc("CAMS Device", service_tag=name, **values).insert()
		frappe.db.set_value("CAMS Device", name, "enabled", 1)


def _rest_devices() -> None:
	"""As plain ones that other tests do not see."""
	plain = {"enabled": 0, "checkin_time": "Site's Time Zone"}
	frappe.db.set_value("CAMS Device", {"name": ["in", list(DEVICES)]}, plain)
	frappe.db.set_value("CAMS Device", "DIFF-TURNING", "direction", "From Punch Type")


class Roster:
	"""Some people, shifts, assignments and settings."""

	def __init__(self, chance: random.Random, key: str):
		self.chance, self.key = chance, key
		self.start = BASE + timedelta(days=chance.randrange(0, 600))
		self.company = frappe.get_all("Company", pluck="name", limit=1)[0]
		self.shifts = self._make_shifts()
		self.locations = self._make_locations()
		self.people = self._make_people()
		self._make_assignments()
		self._set_up()
		frappe.db.commit()
		frappe.clear_cache(doctype="Shift Type")

	def compared(self, punches: int) -> tuple[list[str], Counter, int]:
		"""The differences, how many punches ended how, and how many check-ins were made together."""
		self._store(punches)
		queued = self._rows("CAMS Punch")
		frappe.db.set_single_value(SETTINGS, "one_by_one", 0)
		together = _drain()
		in_batches = self._results()
		stopped = frappe.db.get_single_value(SETTINGS, "one_by_one")
		self._forget_results()
		insert_rows("CAMS Punch", queued)
		frappe.db.set_single_value(SETTINGS, "one_by_one", 1)
		_drain()
		alone = self._results()
		self._forget_results()
		differences = ["the self-check found a difference"] if stopped else []
		differences += [
			f"{table} {name}: {field} {one.get(field)!r} in a batch, {other.get(field)!r} alone"
			for table in in_batches
			for name in sorted({*in_batches[table], *alone[table]})
			for one, other in [(in_batches[table].get(name, {}), alone[table].get(name, {}))]
			for field in sorted({*one, *other} - {*ITS_OWN})
			if one.get(field) != other.get(field)
		]
		outcomes = Counter(
			f"{row.state} {row.reason_code or ''}".strip() for row in alone["punches"].values()
		)
		return differences, outcomes, together

	def _make_shifts(self) -> list[str]:
		rows = []
		for number in range(4):
			start = self.chance.randrange(0, 48) * 30
			length = self.chance.choice([240, 480, 540, 600, 720, 900])
			rows.append(
				new_row(
					f"DIFF {self.key} {number}",
					start_time=_clock(start),
					end_time=_clock(start + length),
					begin_check_in_before_shift_start_time=self.chance.choice([0, 30, 60, 60, 120, 240]),
					allow_check_out_after_shift_end_time=self.chance.choice([0, 30, 60, 60, 180, 360]),
					determine_check_in_and_check_out=self.chance.choice([STRICT, LOOSE, LOOSE]),
				)
			)
		insert_rows("Shift Type", rows)
		return [row["name"] for row in rows]

	def _make_locations(self) -> list[str]:
		rows = [
			new_row(
				f"DIFF {self.key} {radius}",
				location_name=f"DIFF {self.key} {radius}",
				checkin_radius=radius,
				latitude=-1.28,
				longitude=36.82,
			)
			for radius in (0, 50, 5000)
		]
		insert_rows("Shift Location", rows)
		return [row["name"] for row in rows]

	def _make_people(self) -> list[frappe._dict]:
		rows = []
		for number in range(PEOPLE):
			status = self.chance.choices(["Active", "Inactive", "Left", "Suspended"], [20, 1, 2, 1])[0]
			joined = self.start + timedelta(days=self.chance.choice([-900, -900, -900, 3]))
			left = self.start + timedelta(days=self.chance.randrange(2, 10))
			rows.append(
				new_row(
					f"DIFF-{self.key}-{number:02}",
					employee_name=f"Person {number} of {self.key}",
					first_name=f"Person {number}",
					attendance_device_id=f"D{self.key}-{number}",
					status=status,
					date_of_joining=joined,
					relieving_date=left if status == "Left" else None,
					company=self.company,
					default_shift=self.chance.choice([None, *self.shifts]),
				)
			)
		insert_rows("Employee", rows)
		return [frappe._dict(row) for row in rows]

	def _make_assignments(self) -> None:
		rows = []
		for person in self.people:
			for first, last in self.chance.choice(
				[self._none, self._weeks, self._days, self._any, self._any]
			)():
				rows.append(self._assignment(f"DIFF-{self.key}-{len(rows):04}", person.name, first, last))
		if rows:
			insert_rows("Shift Assignment", rows)

	def _assignment(self, name: str, employee: str, first: date, last: date | None) -> dict[str, object]:
		return new_row(
			name,
			employee=employee,
			company=self.company,
			shift_type=self.chance.choice(self.shifts),
			start_date=first,
			end_date=last,
			docstatus=self.chance.choices([1, 2, 0], [16, 1, 1])[0],
			status=self.chance.choices(["Active", "Inactive"], [12, 1])[0],
			shift_location=self.chance.choice([None, None, *self.locations]),
		)

	def _none(self) -> list:
		return []

	def _weeks(self) -> list[tuple[date, date]]:
		"""One after the other, some of which overlap the next or leave days free."""
		first = self.start - timedelta(days=70)
		starts = [first + timedelta(days=7 * week) for week in range(20)]
		return [(each, each + timedelta(days=self.chance.choice([4, 6, 6, 7, 8]))) for each in starts]

	def _days(self) -> list[tuple[date, date]]:
		"""One for each day, and some days two: more than are read of a person at once."""
		days = [self.start + timedelta(days=day) for day in range(-40, 40)]
		days += self.chance.sample(days, 10)
		return [(each, each) for each in sorted(days) if self.chance.random() < 0.9]

	def _any(self) -> list[tuple[date, date | None]]:
		found: list[tuple[date, date | None]] = []
		for _each in range(self.chance.randrange(1, 6)):
			first = self.start + timedelta(days=self.chance.randrange(-20, 15))
			last = first + timedelta(days=self.chance.randrange(0, 20))
			found.append((first, None if self.chance.random() < 0.25 else last))
		return found

	def _set_up(self) -> None:
		frappe.db.set_single_value("HR Settings", "allow_geolocation_tracking", self.chance.choice([0, 0, 1]))
		frappe.db.set_single_value(SETTINGS, "ignore_repeat", self.chance.choice([0, 0, 60]))
		abroad = self.chance.choice(["Site's Time Zone", "Site's Time Zone", "Device's Time Zone"])
		frappe.db.set_value("CAMS Device", "DIFF-ABROAD", "checkin_time", abroad)
		turning = self.chance.choice(["From Punch Type", "From Punch Type", "Alternate Within Shift"])
		frappe.db.set_value("CAMS Device", "DIFF-TURNING", "direction", turning)

	def _store(self, count: int) -> None:
		by_device: dict[str, list[Punch]] = {}
		moments: list[tuple[str, datetime]] = []
		for _each in range(count):
			person = self.chance.choice(self.people)
			moment = datetime.combine(self.start, time()) + timedelta(
				days=self.chance.randrange(0, DAYS), seconds=self.chance.randrange(0, 86400)
			)
			user_id = person.attendance_device_id
			if moments and self.chance.random() < 0.04:  # the same moment again, or a moment later
				user_id, moment = self.chance.choice(moments)
				moment += timedelta(seconds=self.chance.choice([0, 0, 7, 45]))
			moments.append((user_id, moment))
			device = self.chance.choices(list(DEVICES), [8, 4, 2, 2, 1])[0]
			kind = self.chance.choice(["CheckIn", "CheckIn", "CheckOut", "CheckOut", "BreakOut", ""])
			log_time = f"{moment:%Y-%m-%d %H:%M:%S}"
			if self.chance.random() < 0.5:
				log_time += " GMT +0300"
			by_device.setdefault(device, []).append(Punch(user_id=user_id, type=kind, log_time=log_time))
		for name, punches in by_device.items():
			device = frappe.get_doc("CAMS Device", name)
			inbox.store(Callback(punches=tuple(punches), service_tag=name, is_batch=True), device)
		frappe.db.after_commit.reset()
		frappe.db.commit()

	def _rows(self, doctype: str) -> list[frappe._dict]:
		table = frappe.qb.DocType(doctype)
		known = [person.attendance_device_id for person in self.people]
		owned = (
			table.user_id.isin(known)
			if doctype == "CAMS Punch"
			else table.employee.isin([person.name for person in self.people])
		)
		return frappe.qb.from_(table).select("*").where(owned).orderby(table.name).run(as_dict=True)

	def _results(self) -> dict[str, dict[str, frappe._dict]]:
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- a new snapshot
		found = self._rows("Employee Checkin")
		made_of = {row.name: row.custom_cams_punch for row in found}
		punches = self._rows("CAMS Punch")
		for row in punches:
			row.check_in_of = made_of.get(row.employee_checkin)
		return {
			"check-ins": {row.custom_cams_punch: row for row in found},
			"punches": {row.name: row for row in punches},
		}

	def _forget_results(self) -> None:
		frappe.db.delete("Employee Checkin", {"employee": ["in", [person.name for person in self.people]]})
		ids = [person.attendance_device_id for person in self.people]
		frappe.db.delete("CAMS Punch", {"user_id": ["in", ids]})
		frappe.db.commit()


def _drain() -> int:
	"""How many check-ins were made together."""
	frappe.db.commit()
	together = 0
	record = checkins.batches.record

	def counted(punches, rules):
		nonlocal together
		made = record(punches, rules)
		together += len(made)
		return made

	checkins.batches.record = counted
	try:
		checkins.drain(seconds=3600)
	finally:
		checkins.batches.record = record
	return together


def _clock(minutes: int) -> str:
	return f"{minutes // 60 % 24:02}:{minutes % 60:02}:00"


if __name__ == "__main__":
	main(sys.argv[1], *map(int, sys.argv[2:]))
