"""Run by benchmarks in a bench's Python, in its sites folder: `drain_ratio.py SITE`. Prints a line of JSON for each roster:
its name and the figures of each round, as punches per second of HRMS's own call and of the drain.

Both run in turns on the same people and days, so that what else the machine does slows both. HRMS's call is
`add_log_based_on_employee_field`, each committed.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import frappe
from hrms.hr.doctype.employee_checkin.employee_checkin import add_log_based_on_employee_field

from navari_cams_biometric.cams_biometric.base.stored_values import insert_rows, new_row
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.gateway.callback import Callback
from navari_cams_biometric.gateway.punch import Punch

DEVICE = "RATIO00000001"
FIRST = date(2023, 1, 2)
PEOPLE, WEEKS = 100, 20
ROUNDS = 5
CALLS, PUNCHES = 50, 1000  # in a round: as long as each other, roughly
SHIFTS = {  # from, to, and the minutes before and after in which a check-in belongs to it
	"Ratio Day": ("06:00:00", "14:00:00", 60, 60),
	"Ratio Late": ("14:00:00", "22:00:00", 60, 60),
	"Ratio Night": ("22:00:00", "06:00:00", 60, 60),
	"Ratio Office": ("08:00:00", "17:00:00", 90, 180),
}


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.set_user("Administrator")
	_make_shifts()
	if not frappe.db.exists("CAMS Device", DEVICE):
		frappe.new_doc("CAMS Device", service_tag=DEVICE).insert()
	rosters: dict[str, Callable[[list[str]], None]] = {
		"default shifts": _give_default_shifts,
		"rotating": _give_assignments,
	}
	for number, (roster, give) in enumerate(rosters.items()):
		people = _people(f"RATIO-{number}-")
		give(list(people))
		frappe.db.commit()
		print(json.dumps({"roster": roster, "rounds": _measured(list(people.values()))}))


def _measured(user_ids: list[str]) -> list[tuple[float, float]]:
	"""After a round that does not count."""
	frappe.db.delete("Employee Checkin", {"device_id": ["like", "RATIO%"]})
	frappe.db.delete("CAMS Punch")
	frappe.db.commit()
	moments = _moments(user_ids)
	rounds = []
	for _round in range(ROUNDS + 1):
		by_hrms = _rate([next(moments) for _ in range(CALLS)], _call_hrms)
		rounds.append((by_hrms, _rate([next(moments) for _ in range(PUNCHES)], _drain, _store)))
	return rounds[1:]


def _moments(user_ids: list[str]):
	"""In the order of time, everybody twice a day: another minute for each, so that none is there already."""
	offset = timedelta(seconds=frappe.db.count("Employee Checkin") % 3000)
	for day in range(7 * WEEKS):
		for hour in (7, 15):
			for number, user_id in enumerate(user_ids):
				start = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
				yield user_id, start + timedelta(hours=hour, seconds=30 * number) + offset
	raise RuntimeError("the roster is over")


def _rate(moments: list, work: Callable, before: Callable = lambda moments: None) -> float:
	before(moments)
	started = time.perf_counter()
	work(moments)
	return len(moments) / (time.perf_counter() - started)


def _call_hrms(moments: list[tuple[str, datetime]]) -> None:
	for user_id, moment in moments:
		add_log_based_on_employee_field(user_id, str(moment), device_id=DEVICE, log_type="IN")
		frappe.db.commit()


def _store(moments: list[tuple[str, datetime]]) -> None:
	device = frappe.get_doc("CAMS Device", DEVICE)
	punches = tuple(
		Punch(user_id=user_id, type="CheckIn", log_time=moment.strftime("%Y-%m-%d %H:%M:%S"))
		for user_id, moment in moments
	)
	inbox.store(Callback(punches=punches, service_tag=device.name, is_batch=True), device)
	frappe.db.after_commit.reset()
	frappe.db.commit()


def _drain(moments: list[tuple[str, datetime]]) -> None:
	checkins.drain(seconds=600)
	states = set(frappe.get_all("CAMS Punch", pluck="state"))
	if states != {"Recorded"}:
		raise RuntimeError(f"not all became check-ins: {states}")


def _make_shifts() -> None:
	for name, (start, end, before, after) in SHIFTS.items():
		if not frappe.db.exists("Shift Type", name):
			shift = frappe.new_doc("Shift Type", start_time=start, end_time=end)
			shift.begin_check_in_before_shift_start_time = before
			shift.allow_check_out_after_shift_end_time = after
			shift.insert(set_name=name)


def _people(prefix: str) -> dict[str, str]:
	"""User IDs by employee; made where they are not there yet."""
	for number in range(PEOPLE):
		user_id = f"{prefix}{number:03}"
		if not frappe.db.exists("Employee", {"attendance_device_id": user_id}):
			values = {"first_name": user_id, "attendance_device_id": user_id, "gender": "Female"}
			dates = {"date_of_birth": "1990-01-01", "date_of_joining": "2015-01-01"}
			frappe.new_doc("Employee", **values, **dates, company=_company()).insert()
	rows = frappe.get_all(
		"Employee",
		{"attendance_device_id": ["like", f"{prefix}%"]},
		["name", "attendance_device_id"],
		order_by="name",
	)
	return {row.name: row.attendance_device_id for row in rows}


def _company() -> str:
	return frappe.get_all("Company", pluck="name", limit=1)[0]


def _give_default_shifts(employees: list[str]) -> None:
	for number, employee in enumerate(employees):
		frappe.db.set_value("Employee", employee, "default_shift", list(SHIFTS)[number % len(SHIFTS)])


def _give_assignments(employees: list[str]) -> None:
	"""Each week another shift, which begins a day before the last one ends."""
	frappe.db.delete("Shift Assignment", {"employee": ["in", employees]})
	rows = []
	for number, employee in enumerate(employees):
		for week in range(WEEKS):
			start = FIRST + timedelta(days=7 * week)
			rows.append(
				new_row(
					f"RATIO-{number:03}-{week:02}",
					employee=employee,
					shift_type=list(SHIFTS)[(number + week) % len(SHIFTS)],
					start_date=start,
					end_date=start + timedelta(days=7),
					company=_company(),
					status="Active",
					docstatus=1,
				)
			)
	insert_rows("Shift Assignment", rows)


if __name__ == "__main__":
	main(sys.argv[1])
