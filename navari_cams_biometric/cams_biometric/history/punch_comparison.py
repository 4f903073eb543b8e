"""Compare the punches of the gateway with those in ERPNext. Changes nothing.

A punch is the same on both sides if its name is the same (punches.punch_names). day_comparison compares days,
base.gateway_questions sends the requests, the reports show the result.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.query_builder import Criterion
from frappe.utils import cint, get_datetime, get_system_timezone, getdate

from navari_cams_biometric.cams_biometric.base import times
from navari_cams_biometric.cams_biometric.base.date_ranges import NoRangeError, range_of
from navari_cams_biometric.cams_biometric.base.device_lookup import find_devices
from navari_cams_biometric.cams_biometric.base.employees import names_of
from navari_cams_biometric.cams_biometric.base.gate_times import APART, on_site, zones_in_use
from navari_cams_biometric.cams_biometric.base.identities import identities_of, user_ids_of
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.base.translation import N_
from navari_cams_biometric.cams_biometric.punches import punch_names
from navari_cams_biometric.cams_biometric.punches.reasons import SAME_TOUCH
from navari_cams_biometric.gateway.client import DevicePunch

LONGEST_DAYS = 31
CHUNK = 1000  # names in one query

MISSING, NOT_AT_GATEWAY = N_("Only at Gateway"), N_("Only in ERPNext")

PUNCH_FIELDS = [
	"name",
	"creation",
	"punch_time",
	"time_shift",
	"user_id",
	"service_tag",
	"punch_type",
	"state",
	"reason",
	"reason_code",
	"same_touch_as",
	"employee",
	"employee_checkin",
]

Row = dict[str, object]


class NothingToCompareError(Exception):
	"""What was chosen cannot be compared; the text says why and what to choose."""


@dataclass(frozen=True)
class Scope:
	"""Whole days, aware, in the site's zone, and both included; of one device or one person where they are named."""

	start: datetime
	end: datetime
	service_tag: str = ""
	user_id: str = ""

	def holds(self, found: DevicePunch) -> bool:
		return found.service_tag == (self.service_tag or found.service_tag) and self.is_about(
			found.punch.user_id
		)

	def is_about(self, user_id: str) -> bool:
		return user_id == (self.user_id or user_id)

	@property
	def site_times(self) -> tuple[datetime, datetime]:
		"""As the database has them: naive, in the site's zone."""
		return self.start.replace(tzinfo=None), self.end.replace(tzinfo=None)


def scope_of(
	from_date: str | date | None,
	to_date: str | date | None,
	service_tag: str = "",
	employee: str = "",
	user_id: str = "",
) -> Scope:
	"""What to compare; an employee counts before a user id. Raises NothingToCompareError for days that are none or too many, or an employee without
	Attendance Device ID; PermissionError for an employee whom the user may not read."""
	try:
		first, last = range_of(from_date, to_date, LONGEST_DAYS)
	except NoRangeError as error:
		frappe.clear_last_message()
		raise NothingToCompareError(str(error)) from None
	zone = ZoneInfo(get_system_timezone())
	start = get_datetime(first).replace(tzinfo=zone)
	end = (get_datetime(last) + timedelta(days=1, seconds=-1)).replace(tzinfo=zone)
	return Scope(
		start, end, service_tag or "", _user_id_of(employee) if employee else (user_id or "").strip()
	)


def compare_punches(
	gateway_punches: Iterable[DevicePunch], scope: Scope, asked_at: datetime, is_all: bool
) -> list[Row]:
	"""A row for each punch of either side, those that differ first, then by time.

	`asked_at` is when the request was sent, naive in the site's zone. Punches that arrived here since then are
	left out; unless the gateway returned everything (`is_all`), so are all that it did not return. Keys: time
	(naive, site's zone, or None), employee, employee_name, user_id, service_tag, punch_type, at_gateway (Yes,
	No), on_site, difference (Only at Gateway, Only in ERPNext, Held, Failed or empty), cams_punch,
	employee_checkin.
	"""
	at_gateway = _gateway_rows(gateway_punches, scope)
	here = _rows_here(scope, at_gateway)
	rows = [{**row, **_here(here.get(name)), "at_gateway": "Yes"} for name, row in at_gateway.items()]
	touches_told = {here[name].get("same_touch_as") for name in at_gateway if name in here}
	for name in here if is_all else ():
		if name in at_gateway or name in touches_told or here[name].get("reason_code") == SAME_TOUCH:
			continue  # the gateway tells a touch once, in the words of one punch
		if scope.is_about(here[name].user_id) and here[name].creation <= asked_at:
			rows.append({**_own_row(here[name]), **_here(here[name]), "at_gateway": "No"})
	for row in rows:
		row["difference"] = _difference(row)
	add_people(rows)
	return sorted(rows, key=lambda row: (not row["difference"], row["time"] or datetime.min))


def _user_id_of(employee: str) -> str:
	document = frappe.get_doc("Employee", employee)
	document.check_permission("read")
	user_id = (document.attendance_device_id or "").strip() or next(iter(user_ids_of(employee)), "")
	if not user_id:
		raise NothingToCompareError(
			_("{0} has no Attendance Device ID. Set it on the employee.").format(document.employee_name)
		)
	return user_id


def _gateway_rows(gateway_punches: Iterable[DevicePunch], scope: Scope) -> dict[str, Row]:
	"""By the name that the CAMS Punch has if it is here; a punch that is returned twice counts once."""
	tagged = [DevicePunch(found.service_tag or scope.service_tag, found.punch) for found in gateway_punches]
	within = [found for found in tagged if scope.holds(found)]
	known = find_devices(sorted({found.service_tag or "" for found in within}))
	devices = {name.lower(): device for name, device in known.items()}
	pairs = [(found.punch, devices.get((found.service_tag or "").lower())) for found in within]
	names = punch_names.names_of_several(pairs)
	return {
		name: {
			"time": times.log_time_on_site(punch.log_time, device),
			"user_id": punch.user_id,
			"service_tag": device.name if device else found.service_tag,
			"punch_type": punch.type,
		}
		for name, found, (punch, device) in zip(names, within, pairs, strict=True)
	}


def _rows_here(scope: Scope, names: Iterable[str]) -> dict[str, frappe._dict]:
	"""The punches of the scope, and those with these names whatever their time, by name. A punch that was deleted
	after its retention is read from its check-in.
	"""
	filters: dict[str, object] = {"punch_time": ["between", scope.site_times]}
	if scope.service_tag:
		filters["service_tag"] = scope.service_tag
	if scope.user_id:
		filters["user_id"] = scope.user_id
	found = {row.name: row for row in _site_punches(filters) if _said_within(row, scope)}
	for chunk in _chunks(set(names) - found.keys()):
		found.update({row.name: row for row in _site_punches({"name": ["in", chunk]})})
	checkin = frappe.qb.DocType("Employee Checkin")
	first, last = scope.site_times
	around = APART if zones_in_use() else timedelta(0)
	within = checkin.time[first - around : last + around]
	expired = _expired(within & (checkin.device_id == scope.service_tag) if scope.service_tag else within)
	expired = [row for row in expired if first <= row.punch_time <= last]
	for chunk in _chunks(set(names) - found.keys()):
		expired += _expired(checkin.custom_cams_punch.isin(chunk))
	return {**{row.name: row for row in expired}, **found}


def _said_within(punch: frappe._dict, scope: Scope) -> bool:
	"""The gateway has a punch whose time was corrected here at the time that its device said."""
	start, end = scope.site_times
	said = get_datetime(punch.punch_time) - timedelta(seconds=cint(punch.time_shift))
	return not punch.time_shift or start <= said <= end


def _site_punches(filters: dict[str, object]) -> list[frappe._dict]:
	return frappe.get_all("CAMS Punch", filters=filters, fields=PUNCH_FIELDS, order_by="punch_time")


def _expired(condition: Criterion) -> list[frappe._dict]:
	"""Check-ins whose punch Log Settings have cleared, in the shape of a punch."""
	checkin, punch = frappe.qb.DocType("Employee Checkin"), frappe.qb.DocType("CAMS Punch")
	employee = frappe.qb.DocType("Employee")
	rows = (
		frappe.qb.from_(checkin)
		.left_join(punch)
		.on(punch.name == checkin.custom_cams_punch)
		.left_join(employee)
		.on(employee.name == checkin.employee)
		.select(
			checkin.custom_cams_punch.as_("name"),
			checkin.creation,
			checkin.time.as_("punch_time"),
			checkin.custom_time_zone,
			employee.attendance_device_id.as_("user_id"),
			checkin.device_id.as_("service_tag"),
			checkin.custom_punch_type.as_("punch_type"),
			checkin.employee,
			checkin.name.as_("employee_checkin"),
		)
		.where(checkin.custom_cams_punch.isnotnull() & punch.name.isnull() & condition)
		.orderby(checkin.time)
		.run(as_dict=True)
	)
	for row in rows:
		row.punch_time = on_site(row.punch_time, row.custom_time_zone)
		row.update({"state": PunchState.RECORDED, "user_id": (row.user_id or "").strip(), "is_expired": True})
	return rows


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
	ordered = sorted(names)
	for first in range(0, len(ordered), CHUNK):
		yield ordered[first : first + CHUNK]


def _own_row(punch: frappe._dict) -> Row:
	return {
		"time": punch.punch_time,
		"user_id": punch.user_id,
		"service_tag": punch.service_tag,
		"punch_type": punch.punch_type,
	}


def _here(punch: frappe._dict | None) -> Row:
	if not punch:
		return dict.fromkeys(("state", "on_site", "employee", "cams_punch", "employee_checkin"))
	return {
		"state": punch.state,
		"on_site": f"{_(punch.state)}: {_(punch.reason)}" if punch.reason else _(punch.state),
		"employee": punch.employee,
		"cams_punch": None if punch.get("is_expired") else punch.name,
		"employee_checkin": punch.employee_checkin,
	}


def _difference(row: Row) -> str:
	state = row.pop("state")
	if not state:
		row["on_site"] = _("Missing")
		return MISSING
	if row["at_gateway"] == "No":
		return NOT_AT_GATEWAY
	return state if state in (PunchState.HELD, PunchState.FAILED) else ""


def add_people(rows: list[Row]) -> None:
	"""Who it was: as the punch says, or else whose user ID it was on that device and day."""
	unsaid = [row for row in rows if not row["employee"]]
	people = identities_of(row["user_id"] for row in unsaid)
	devices = find_devices(sorted({row.get("service_tag") or "" for row in unsaid}))
	for row in unsaid:
		day = getdate(row.get("time") or row.get("date"))
		person = people.who(row["user_id"], devices.get(row.get("service_tag")), day)
		row["employee"] = person.name if person else None
	employee_names = names_of(row["employee"] for row in rows if row["employee"])
	for row in rows:
		row["employee_name"] = employee_names.get(row["employee"])
