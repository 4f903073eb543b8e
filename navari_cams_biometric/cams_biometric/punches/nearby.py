"""What lies around some people's moments: check-ins, and punches that were ignored as repeats. Read at once for many."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import frappe
from pypika.terms import Criterion, Field

from navari_cams_biometric.cams_biometric.base.gate_times import APART, CHECKIN, on_site, zones_in_use
from navari_cams_biometric.cams_biometric.base.prepared import Among
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches.reasons import REPEATED

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.punches.repeats import Windows

GAP = timedelta(days=1)  # of the moments: what is in a longer one is not read
ROUNDED = timedelta(seconds=1)  # HRMS 16 keeps no fractions of a second
REPEATED_HOUR = timedelta(hours=1)  # where summer time ends, a time of another zone is two moments
IN_ORDER = timedelta(days=3)  # a shift, within which directions follow the order, lies within

Moment = tuple[str, datetime]  # employee, and when on the site's clock
Group = tuple[set[str], datetime, datetime]


class Nearby:
	"""`taken` are the check-ins that were read as HRMS compares them: by employee and time."""

	def __init__(self, moments: Iterable[Moment], windows: "Windows"):
		zones, groups = zones_in_use(), _groups(moments)
		self._near = timedelta(seconds=windows.longest) + ROUNDED + (REPEATED_HOUR if zones else timedelta(0))
		self.taken: set[Moment] = set()
		self._touches: dict[str, list[datetime]] = defaultdict(list)
		self._alternating: dict[str, list[datetime]] = defaultdict(list)
		around = (max(self._near, IN_ORDER) if windows.alternating else self._near) + (
			APART if zones else timedelta(0)
		)
		for row in _checkins(groups, around) if groups else ():
			moment = on_site(row.time, row.custom_time_zone)
			self.taken.add((row.employee, row.time))
			self._touches[row.employee].append(moment)
			if row.device_id in windows.alternating:
				self._alternating[row.employee].append(moment)
		for row in _repeats(groups, around) if groups and windows.longest else ():
			self._touches[row.employee].append(row.punch_time)

	def count(self, employee: str, moment: datetime) -> int:
		"""How many touches may repeat one at this moment, or be repeated by it."""
		return sum(abs(each - moment) <= self._near for each in self._touches[employee])

	def follows_order(self, employee: str, moment: datetime) -> bool:
		"""Whether the order of the day may turn a check-in around this moment."""
		return any(abs(each - moment) <= IN_ORDER for each in self._alternating[employee])

	def add(self, employee: str, moment: datetime) -> None:
		"""One that is about to be there."""
		self._touches[employee].append(moment)


def _groups(moments: Iterable[Moment]) -> list[Group]:
	"""People, and the first and the last of their moments, without long gaps between."""
	groups: list[Group] = []
	for employee, moment in sorted(moments, key=lambda each: each[1]):
		if groups and moment - groups[-1][2] <= GAP:
			employees, first, _last = groups.pop()
		else:
			employees, first = set(), moment
		employees.add(employee)
		groups.append((employees, first, moment))
	return groups


def _checkins(groups: list[Group], around: timedelta) -> list[frappe._dict]:
	checkin = frappe.qb.DocType(CHECKIN)
	query = frappe.qb.from_(checkin).select(
		checkin.employee, checkin.time, checkin.custom_time_zone, checkin.device_id
	)
	return query.where(_within(checkin.employee, checkin.time, groups, around)).run(as_dict=True)


def _repeats(groups: list[Group], around: timedelta) -> list[frappe._dict]:
	punch = frappe.qb.DocType("CAMS Punch")
	query = frappe.qb.from_(punch).select(punch.employee, punch.punch_time)
	repeated = (punch.state == PunchState.IGNORED) & (punch.reason_code == REPEATED)
	return query.where(repeated & _within(punch.employee, punch.punch_time, groups, around)).run(as_dict=True)


def _within(employee: Field, time: Field, groups: list[Group], around: timedelta) -> Criterion:
	return Criterion.any(
		employee.isin(Among([*sorted(employees), ""])) & time[first - around : last + around]
		for employees, first, last in groups
	)
