"""A large site, made and taken away again: run in a bench's Python, in its sites folder, as
`large_site.py SITE make [PUNCHES]` or `large_site.py SITE forget`.

100,000 punches of 2,000 employees at ten devices, in and out of each of the last 25 days, counted back from now so
that the hour of the test does not matter. Four fifths are check-ins with their attendance; the others are held, half
of them for 400 unknown users. With more punches the days go further back, and what is held stays the same.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone, now_datetime

from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches.reasons import REASONS
from navari_cams_biometric.gateway.punch import Punch
from navari_cams_biometric.gateway.timestamp import format_timestamp

PUNCHES = 100_000
EMPLOYEES = 2_000
DEVICES = 10
BRANCHES = 5
SHIFTS = 10
DAYS = PUNCHES // EMPLOYEES // 2  # of what waits, and of commands
UNKNOWN = 400
REPAIRS = 2_000
DEVICE_IDS = 5_000
COMMANDS = 10_000
CHUNK = 5_000  # rows in a statement
OWNER = "large-site@example.com"
WAITING = [code for code, reason in REASONS.items() if reason.state in (PunchState.HELD, PunchState.FAILED)]
FIRST_NAMES = ("Amani", "Baraka", "Chebet", "Dalila", "Enzi", "Faraja", "Ghani", "Hamisi", "Imani", "Jabari")
LAST_NAMES = ("Mosi", "Pili", "Tatu", "Nne", "Tano", "Sita", "Saba", "Nane", "Tisa", "Kumi")
Row = dict[str, object]


def main(site: str, wanted: str, size: str = str(PUNCHES)) -> None:
	frappe.init(site=site)
	frappe.connect()
	forget()
	if wanted == "make":
		make(int(size))


def make(size: int) -> None:
	for doctype, rows in TABLES.items():
		insert(doctype, rows())
	for doctype, rows_of_size in GROWING.items():
		insert(doctype, rows_of_size(size))
	frappe.db.commit()
	frappe.clear_cache()


def insert(doctype: str, rows: Iterator[Row]) -> None:
	"""By the driver, which takes half as long as `frappe.db.bulk_insert`."""
	while chunk := [{**meta(), **row} for row in islice(rows, CHUNK)]:
		columns, places = ", ".join(f"`{name}`" for name in chunk[0]), ", ".join(["%s"] * len(chunk[0]))
		statement = f"insert into `tab{doctype}` ({columns}) values ({places})"
		frappe.db._cursor.executemany(statement, [list(row.values()) for row in chunk])


def forget() -> None:
	for doctype in (*TABLES, *GROWING):
		frappe.db.delete(doctype, {"owner": OWNER})
	frappe.db.commit()
	frappe.clear_cache()


@cache
def now() -> datetime:
	"""When this site was made, in its zone."""
	return now_datetime().replace(microsecond=0)


@cache
def zone() -> ZoneInfo:
	return ZoneInfo(get_system_timezone())


def meta() -> Row:
	return {"owner": OWNER, "modified_by": OWNER, "creation": now(), "modified": now()}


def branches() -> Iterator[Row]:
	for number in range(BRANCHES):
		yield {"name": f"Large {number}", "branch": f"Large {number}"}


def shift_types() -> Iterator[Row]:
	"""Each synced to another moment, as where devices feed shifts of their own."""
	for number in range(SHIFTS):
		yield {
			"name": shift_of(number),
			"start_time": "08:00:00",
			"end_time": "17:00:00",
			"enable_auto_attendance": 1,
			"process_attendance_after": now() - timedelta(days=90),
			"last_sync_of_checkin": now() - timedelta(hours=number + 1),
		}


def devices() -> Iterator[Row]:
	for number in range(DEVICES):
		yield {
			"name": tag_of(number),
			"service_tag": tag_of(number),
			"label": f"Gate {number}",
			"enabled": 1,
			"branch": f"Large {number % BRANCHES}",
			"health": "Not Reporting" if number == DEVICES - 1 else "Healthy",
			"last_reported": now(),
			"complete_until": now() - timedelta(minutes=number),
		}


def employees() -> Iterator[Row]:
	"""Every fifth has no Attendance Device ID: these are who the unknown users could be."""
	company = frappe.get_all("Company", pluck="name", order_by="creation")[0]
	for number in range(EMPLOYEES):
		yield {
			"name": employee_of(number),
			"employee": employee_of(number),
			"employee_name": name_of(number),
			"first_name": name_of(number).split()[0],
			"last_name": name_of(number).split()[1],
			"company": company,
			"branch": f"Large {number % BRANCHES}",
			"status": "Active",
			"date_of_joining": "2020-01-01",
			"default_shift": shift_of(number),
			"attendance_device_id": user_of(number) if number % 5 else None,
		}


def device_ids() -> Iterator[Row]:
	"""Further IDs: of a device, of a branch, everywhere, in turn."""
	for number in range(DEVICE_IDS):
		yield {
			"name": f"large-id-{number}",
			"employee": employee_of(number),
			"employee_name": name_of(number % EMPLOYEES),
			"user_id": f"{user_of(number)}-{number}",
			"service_tag": tag_of(number % DEVICES) if number % 3 == 0 else None,
			"branch": f"Large {number % BRANCHES}" if number % 3 == 1 else None,
			"until_date": now().date() - timedelta(days=30) if number % 2 else None,
		}


def name_of(number: int) -> str:
	"""2,000 names of two words, no two alike."""
	first, last = FIRST_NAMES[number % 10], LAST_NAMES[number // 10 % 10]
	return f"{first}{chr(97 + number // 100)} {last}"


def employee_of(number: int) -> str:
	return f"LARGE-{number % EMPLOYEES:05}"


def user_of(number: int) -> str:
	return f"L{number % EMPLOYEES}"


def shift_of(number: int) -> str:
	return f"Large Shift {number % SHIFTS}"


def tag_of(number: int) -> str:
	return f"LRG{number % DEVICES}"


def moment_of(number: int) -> tuple[datetime, str]:
	"""When the punch was made, and which kind it is: everybody has just come in, and left an hour after coming in on
	each day before."""
	turn = number // EMPLOYEES
	came = now() - timedelta(days=(turn + 1) // 2, seconds=number % EMPLOYEES * 1800 // EMPLOYEES)
	return (came + timedelta(hours=1), "CheckOut") if turn % 2 else (came, "CheckIn")


def code_of(number: int) -> str:
	"""Why a punch waits; empty where it became a check-in."""
	if number % 5 or number >= PUNCHES:
		return ""
	return "UNKNOWN_USER" if number % 2 else WAITING[number // 10 % len(WAITING)]


def punches(size: int) -> Iterator[Row]:
	for number in range(size):
		moment, kind = moment_of(number)
		code = code_of(number)
		punch, instant = sent(number)
		yield {
			"name": punch.identity(tag_of(number // 10), instant),
			"user_id": punch.user_id,
			"punch_time": moment,
			"original_time": punch.log_time,
			"punch_type": kind,
			"service_tag": tag_of(number // 10),
			"state": REASONS[code].state if code else PunchState.RECORDED,
			"reason_code": code or None,
			"reason": str(REASONS[code].sentence) if code else None,
			"remedy": str(REASONS[code].remedy) if code else None,
			"employee": None if code == "UNKNOWN_USER" else employee_of(number),
			"employee_checkin": None if code else f"LARGE-{number}",
			"source": "Real Time",
			"creation": moment + timedelta(seconds=number % 40),
			"modified": moment + timedelta(seconds=number % 40),
		}


def sent(number: int) -> tuple[Punch, datetime]:
	"""As the device sent it, and the moment."""
	moment, kind = moment_of(number)
	instant = moment.replace(tzinfo=zone())
	unknown = code_of(number) == "UNKNOWN_USER"
	user_id = f"{5000 + number // 10 % UNKNOWN}" if unknown else user_of(number)
	return Punch(user_id, kind, format_timestamp(instant)), instant


def checkins(size: int) -> Iterator[Row]:
	for number in range(size):
		if code_of(number):
			continue
		moment, kind = moment_of(number)
		punch, instant = sent(number)
		start = moment - timedelta(hours=1) if kind == "CheckOut" else moment
		yield {
			"name": f"LARGE-{number}",
			"employee": employee_of(number),
			"employee_name": name_of(number % EMPLOYEES),
			"time": moment,
			"log_type": "OUT" if kind == "CheckOut" else "IN",
			"device_id": tag_of(number // 10),
			"shift": shift_of(number),
			"shift_start": start,
			"shift_end": start + timedelta(hours=9),
			"custom_cams_punch": punch.identity(tag_of(number // 10), instant),
			"custom_original_time": punch.log_time,
			"custom_punch_type": kind,
			"creation": moment,
			"modified": moment,
		}


def attendances(size: int) -> Iterator[Row]:
	for number in range(size // 2):
		yield {
			"name": f"LARGE-{number}",
			"employee": employee_of(number),
			"employee_name": name_of(number % EMPLOYEES),
			"attendance_date": day_of(number),
			"status": "Present" if number % 5 else "Absent",
			"shift": shift_of(number),
			"docstatus": 1,
		}


def day_of(number: int) -> date:
	return now().date() - timedelta(days=1 + number // EMPLOYEES)


def repairs() -> Iterator[Row]:
	states = ("Open", "Repaired", "Skipped", "Dismissed")
	for number in range(0, REPAIRS * 5, 5):
		yield {
			"name": f"{day_of(number)} {employee_of(number)} {shift_of(number)}",
			"attendance_date": day_of(number),
			"employee": employee_of(number),
			"employee_name": name_of(number % EMPLOYEES),
			"shift": shift_of(number),
			"state": states[number // 5 % 4],
			"attendance": f"LARGE-{number}",
			"before_status": "Absent",
			"after_status": "Present",
			"late_count": 2,
			"late_times": "08:00 IN, 17:00 OUT",
			"checkins": "[]",
		}


def device_users() -> Iterator[Row]:
	"""Every employee with an Attendance Device ID is on every device; each of the others on one, under an id of the
	device's own."""
	for number in range(EMPLOYEES * DEVICES):
		if number % 5:
			yield device_user(user_of(number), tag_of(number // EMPLOYEES), name_of(number % EMPLOYEES))
	for number in range(UNKNOWN):
		yield device_user(f"{5000 + number}", tag_of(number), name_of(number * 5))


def device_user(user_id: str, service_tag: str, name: str) -> Row:
	return {
		"name": f"{service_tag}-{user_id}",
		"user_id": user_id,
		"service_tag": service_tag,
		"employee": f"LARGE-{int(user_id[1:]):05}" if user_id.startswith("L") else None,
		"first_name": name.split()[0],
		"last_name": name.split()[1],
		"state": "On Device",
	}


def commands() -> Iterator[Row]:
	"""Of the last 25 days; every fiftieth failed, and a hundred doors were opened today."""
	for number in range(COMMANDS):
		moment = now() - timedelta(seconds=number * DAYS * 86400 // COMMANDS)
		opens = number % 100 == 0
		yield {
			"name": f"large{number}",
			"operation": "OpenDoor" if opens else "AddUser",
			"service_tag": tag_of(number // 100 if opens else number),
			"user_id": None if opens else user_of(number),
			"employee": None if opens else employee_of(number),
			"state": "Failed" if number % 50 == 7 else "Done",
			"asked_by": "Administrator",
			"arguments": "{}",
			"finished_at": moment,
			"creation": moment,
			"modified": moment,
		}


TABLES: dict[str, Callable[[], Iterator[Row]]] = {
	"Branch": branches,
	"Shift Type": shift_types,
	"CAMS Device": devices,
	"Employee": employees,
	"CAMS Device ID": device_ids,
	"CAMS Device User": device_users,
	"CAMS Day Repair": repairs,
	"CAMS Command": commands,
}
GROWING: dict[str, Callable[[int], Iterator[Row]]] = {
	"CAMS Punch": punches,
	"Employee Checkin": checkins,
	"Attendance": attendances,
}


if __name__ == "__main__":
	main(*sys.argv[1:])
