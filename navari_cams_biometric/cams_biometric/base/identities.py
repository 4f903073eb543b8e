"""Who is who: whose user ID it is, on a device and a day.

An employee has user IDs by claims: the Attendance Device ID on Employee, and any number of CAMS Device IDs, each for
all devices, a company's, a branch's or one device, from a day and until one. Of the claims that fit a device and a day
the nearest counts: device before branch before company before all devices before Attendance Device ID. Who was
employed on that day comes before who was not. Whoever asks whose ID it is, asks here.

User IDs are texts: trimmed and exact, while the database ignores case; capitals and leading zeros count.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import Trim
from frappe.utils import getdate
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base.prepared import Among

MAPPING = "CAMS Device ID"
UNKNOWN, AMBIGUOUS, OTHER_COMPANY = "UNKNOWN_USER", "AMBIGUOUS_USER", "OTHER_COMPANY"
CODES = (UNKNOWN, AMBIGUOUS, OTHER_COMPANY)  # why nobody is known for a punch
EMPLOYEE_FIELDS = (
	"name",
	"employee_name",
	"first_name",
	"last_name",
	"status",
	"date_of_joining",
	"relieving_date",
	"company",
	"branch",
)
PLACES = ("service_tag", "branch", "company")
OPEN_END = (date.min, date.max)


class Claim(NamedTuple):
	"""That an employee has a user ID. `mapping` is the CAMS Device ID; empty for the Attendance Device ID."""

	user_id: str
	employee: frappe._dict  # EMPLOYEE_FIELDS
	mapping: str = ""
	service_tag: str = ""
	branch: str = ""
	company: str = ""
	first: date = date.min
	last: date = date.max

	@property
	def nearness(self) -> tuple[bool, ...]:
		return bool(self.service_tag), bool(self.branch), bool(self.company), bool(self.mapping)

	def is_for(self, device: frappe._dict | None, day: date) -> bool:
		"""Whether it holds on this device (None: one that is not known) and day."""
		places = device or {}
		return (
			self.first <= day <= self.last
			and self.service_tag in ("", places.get("name"))
			and self.branch in ("", places.get("branch"))
			and self.company in ("", places.get("company"))
		)

	def is_of_other_company(self, device: frappe._dict | None) -> bool:
		"""An Attendance Device ID says nothing of where: a device with a company has that company's."""
		company = device.get("company") if device else None
		return bool(company and not self.mapping and self.employee.company != company)


class Answer(NamedTuple):
	"""Whose ID it is; without a `person`, why nobody's (one of CODES), and whom it may be."""

	person: frappe._dict | None
	code: str = ""
	candidates: tuple[frappe._dict, ...] = ()


class Identities:
	"""Claims, read at one moment, and what follows from them."""

	def __init__(self, claims: Iterable[Claim]):
		self._by_user_id: dict[str, list[Claim]] = defaultdict(list)
		self._by_employee: dict[str, list[Claim]] = defaultdict(list)
		for claim in claims:
			self._by_user_id[claim.user_id].append(claim)
			self._by_employee[claim.employee.name].append(claim)

	@property
	def claims(self) -> dict[str, list[Claim]]:
		"""By user ID."""
		return self._by_user_id

	def claims_on(self, user_id: str) -> list[Claim]:
		return self._by_user_id.get(user_id, [])

	def claims_of(self, employee: str) -> list[Claim]:
		return self._by_employee.get(employee, [])

	def user_ids(self) -> list[str]:
		return sorted(self._by_user_id)

	def employees(self) -> list[frappe._dict]:
		return [claims[0].employee for claims in self._by_employee.values()]

	def judge(self, user_id: str, device: frappe._dict | None, day: date | None = None) -> Answer:
		"""Whose ID it is on a device (None: one that is not known), on a day (None: today)."""
		day = day or getdate()
		fitting = [claim for claim in self.claims_on(user_id) if claim.is_for(device, day)]
		here = [claim for claim in fitting if not claim.is_of_other_company(device)]
		if not here:
			others = _people(fitting)
			return Answer(None, OTHER_COMPANY if others else UNKNOWN, others)
		if len(here) == 1:
			return Answer(here[0].employee)
		nearest = max(claim.nearness for claim in here)
		people = _people(claim for claim in here if claim.nearness == nearest)
		employed = tuple(person for person in people if was_employed(person, day)) or people
		return Answer(employed[0]) if len(employed) == 1 else Answer(None, AMBIGUOUS, employed)

	def who(self, user_id: str, device: frappe._dict | None, day: date | None = None) -> frappe._dict | None:
		return self.judge(user_id, device, day).person

	def user_id_on(self, employee: str, device: frappe._dict, day: date | None = None) -> str:
		"""Which ID the person is to have on a device: of those that are the person's there the nearest; empty for none."""
		day = day or getdate()
		own = [claim for claim in self.claims_of(employee) if claim.is_for(device, day)]
		for claim in sorted(own, key=lambda claim: claim.nearness, reverse=True):
			person = self.who(claim.user_id, device, day)
			if person and person.name == employee:
				return claim.user_id
		return ""

	def clashes(self) -> Iterator[tuple[Claim, Claim]]:
		"""Two people who have one ID in the same place at the same time, today or later."""
		for claims in self._by_user_id.values():
			for place, first in enumerate(claims):
				for second in claims[place + 1 :]:
					if _clash(first, second):
						yield first, second


def identities_of(user_ids: Iterable[str]) -> Identities:
	"""All claims on these IDs, in two queries; an empty ID is nobody's."""
	wanted = sorted({user_id for user_id in user_ids if user_id})
	if not wanted:
		return Identities([])
	employee, mapping = frappe.qb.DocType("Employee"), frappe.qb.DocType(MAPPING)
	claims = _read_claims(
		Trim(employee.attendance_device_id).isin(Among(wanted)), mapping.user_id.isin(Among(wanted))
	)
	return Identities(claim for claim in claims if claim.user_id in wanted)


def identities_of_employees(employees: Iterable[str]) -> Identities:
	"""All claims on the IDs that these employees have, other people's too."""
	names = sorted(set(employees)) or [""]
	employee, mapping = frappe.qb.DocType("Employee"), frappe.qb.DocType(MAPPING)
	has_one = employee.attendance_device_id.isnotnull()
	own = _read_claims(employee.name.isin(names) & has_one, mapping.employee.isin(names))
	return identities_of(claim.user_id for claim in own)


def all_identities() -> Identities:
	"""Everybody's, in two queries."""
	employee, mapping = frappe.qb.DocType("Employee"), frappe.qb.DocType(MAPPING)
	return Identities(_read_claims(employee.attendance_device_id.isnotnull(), mapping.name.isnotnull()))


def user_ids_of(employee: str) -> list[str]:
	"""The IDs that somebody has, anywhere and on any day."""
	found = identities_of_employees([employee])
	return sorted({claim.user_id for claim in found.claims_of(employee)})


def rivals_of(mapping: str, identities: Identities) -> list[Claim]:
	"""Other people's claims that leave it open whose ID it is where this CAMS Device ID holds."""
	return [
		claim
		for pair in identities.clashes()
		if mapping in (pair[0].mapping, pair[1].mapping)
		for claim in pair
		if claim.mapping != mapping
	]


def was_employed(person: frappe._dict, day: date) -> bool:
	"""Who left was employed until the relieving date."""
	if person.date_of_joining and day < getdate(person.date_of_joining):
		return False
	if person.status == "Left":
		return bool(person.relieving_date) and day <= getdate(person.relieving_date)
	return person.status == "Active"


def _people(claims: Iterable[Claim]) -> tuple[frappe._dict, ...]:
	return tuple({claim.employee.name: claim.employee for claim in claims}.values())


def _clash(first: Claim, second: Claim) -> bool:
	is_elsewhere = any(getattr(first, place) != getattr(second, place) for place in PLACES)
	if first.employee.name == second.employee.name or is_elsewhere or first.nearness != second.nearness:
		return False
	since, until = max(first.first, second.first, getdate()), min(first.last, second.last)
	return since <= until and all(was_employed(claim.employee, since) for claim in (first, second))


def _read_claims(of_employees: Criterion, of_mappings: Criterion) -> list[Claim]:
	employee, mapping = frappe.qb.DocType("Employee"), frappe.qb.DocType(MAPPING)
	fields = [employee[field] for field in EMPLOYEE_FIELDS]
	by_field = (
		frappe.qb.from_(employee)
		.select(*fields, employee.attendance_device_id.as_("user_id"))
		.where(of_employees)
		.orderby(employee.name)
		.run(as_dict=True)
	)
	by_mapping = (
		frappe.qb.from_(mapping)
		.join(employee)
		.on(employee.name == mapping.employee)
		.select(*fields, mapping.user_id, mapping.name.as_("mapping"), mapping.service_tag)
		.select(mapping.branch.as_("of_branch"), mapping.company.as_("of_company"))
		.select(mapping.from_date, mapping.until_date)
		.where(of_mappings)
		.orderby(mapping.creation)
		.orderby(mapping.name)
		.run(as_dict=True)
	)
	return [_claim(row) for row in [*by_field, *by_mapping] if (row.user_id or "").strip()]


def _claim(row: frappe._dict) -> Claim:
	first, last = OPEN_END
	return Claim(
		user_id=row.user_id.strip(),
		employee=frappe._dict({field: row[field] for field in EMPLOYEE_FIELDS}),
		mapping=row.mapping or "",
		service_tag=row.service_tag or "",
		branch=row.of_branch or "",
		company=row.of_company or "",
		first=getdate(row.from_date) if row.from_date else first,
		last=getdate(row.until_date) if row.until_date else last,
	)
