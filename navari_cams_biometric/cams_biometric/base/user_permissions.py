"""Which employees, devices and punches a user may see. Everything that tells of people asks here.

Frappe applies User Permissions to the links that a document has itself; a punch has none to a company. Here it is its
employee's, as Frappe would let the user see that employee. Where nobody is known, it is the company's (and branch's)
of its device; a device without a company is the only company's that there is, and otherwise nobody's who is restricted.
Who may see certain people only, by Employee or Department, sees no unknown ones. All is told in SQL, so that the number
of queries does not grow with the people.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.model.document import Document
from frappe.permissions import get_user_permissions
from pypika.queries import QueryBuilder
from pypika.terms import LiteralValue

EMPLOYEE, DEVICE = "Employee", "CAMS Device"
PLACES = ("company", "branch")  # of an employee and of a device alike
ONLY_COMPANY = "(select count(*) from `tabCompany`) = 1"


class Sight(NamedTuple):
	"""What a user may see, as conditions in SQL; an empty one is no restriction."""

	employees: str = ""  # on `tabEmployee`
	devices: str = ""  # on `tabCAMS Device`
	unknown: str = ""  # on `tabCAMS Device`: where the user sees those whom nobody knows
	named: tuple[str, ...] = ()  # the devices, where User Permissions name some

	@property
	def is_restricted(self) -> bool:
		return bool(self.employees or self.devices)


class Subject(NamedTuple):
	"""Whom a record is about: its fields of an employee, of a device, and of a user ID where there may be none."""

	employee: str = ""
	device: str = ""
	user_id: str = ""  # where it is empty too, the record is about the device alone


SUBJECTS = {
	"CAMS Checkin Change": Subject("employee", "service_tag"),
	"CAMS Checkin Photo": Subject("employee"),
	"CAMS Command": Subject("employee", "service_tag", "user_id"),
	"CAMS Day Repair": Subject("employee"),
	"CAMS Device ID": Subject("employee"),
	"CAMS Device User": Subject("employee", "service_tag"),
	"CAMS Ignored ID": Subject(device="service_tag"),
	"CAMS Punch": Subject("employee", "service_tag"),
	"CAMS Second Look": Subject("employee", "service_tag"),
	"CAMS Shift Release": Subject(device="device"),
	"CAMS Unread Event": Subject(device="service_tag"),
}
# About those in their tables: all of them are to be seen.
LISTS = {
	"CAMS Access Schedule": (
		("CAMS Access Schedule Employee", "employee"),
		("CAMS Access Schedule Device", "service_tag"),
	),
	"CAMS History Load": (("CAMS History Load Device", "service_tag"),),
}


def sight(user: str | None = None) -> Sight:
	"""What this user may see, by default the session's. One look into the cache."""
	user = user or frappe.session.user
	if not get_user_permissions(user):
		return Sight()
	of_people, of_devices = _restrictions(EMPLOYEE, user), _restrictions(DEVICE, user)
	return Sight(
		_as_condition(EMPLOYEE, of_people),
		_as_condition(DEVICE, of_devices),
		" and ".join(_of_place(field, names) for field, names in of_people),
		tuple(dict(of_devices).get("name", ())),
	)


def sees_everybody() -> bool:
	return not sight().is_restricted


def ensure_sees_everybody(title: str) -> None:
	"""Throw PermissionError for what tells of everybody and cannot be told in part."""
	if not sees_everybody():
		frappe.throw(
			_(
				"This tells of all companies, and User Permissions let you see some only: ask somebody who may see all."
			),
			frappe.PermissionError,
			title=title,
		)


def permitted(query: QueryBuilder, doctype: str) -> QueryBuilder:
	"""Leave out what this user may not see, as a list would. For Employee and CAMS Device the roles are not asked."""
	if doctype in (EMPLOYEE, DEVICE):
		seen = sight()
		condition = _percent(seen.employees if doctype == EMPLOYEE else seen.devices)
	else:
		condition = build_match_conditions(doctype)
	return query.where(LiteralValue(f"({condition})")) if condition else query


def seen_among(
	rows: Iterable, employee: Callable[[object], str | None], device: Callable[[object], str | None]
) -> list:
	"""Those of these rows that the user may see, by the employee and the service tag of each. At most two queries."""
	seen = sight()
	if not seen.is_restricted:
		return list(rows)
	people, places = _names(EMPLOYEE, seen.employees), _names(DEVICE, seen.unknown or seen.devices)
	named = {*seen.named, None, ""}
	return [
		row
		for row in rows
		if (employee(row) in people if employee(row) else device(row) in places)
		and (not seen.named or device(row) in named)
	]


def names_seen(people: Iterable[frappe._dict]) -> list[str]:
	"""What these employees are called, as far as the user may see them."""
	shown = seen_among(people, lambda person: person.name, lambda person: None)
	return [person.employee_name for person in shown]


def get_permission_query_conditions(user: str | None = None, doctype: str = "") -> str:
	"""For lists, counts, reports, cards and link fields."""
	seen = sight(user)
	return f"({_condition(doctype, seen)})" if seen.is_restricted else ""


def has_permission(doc: Document, ptype: str = "read", user: str | None = None) -> bool:
	"""Whether it is seen as it is stored, and also as it is to become."""
	seen = sight(user)
	if not seen.is_restricted:
		return True
	stored = doc.name and frappe.db.exists(doc.doctype, doc.name)
	if stored and not _is_seen(doc.doctype, doc.name, _condition(doc.doctype, seen)):
		return False
	return all(_is_seen(doctype, name, condition) for doctype, name, condition in _asked_of(doc, seen))


def _restrictions(doctype: str, user: str) -> list[tuple[str, list[str]]]:
	"""The fields of a DocType that User Permissions restrict, each with the names that may stand in it."""
	permissions = get_user_permissions(user)
	fields = [(field.fieldname, field.options) for field in _links_of(doctype)]
	found = []
	for fieldname, options in [*fields, ("name", doctype)]:
		rows = permissions.get(options) or []
		names = [row.get("doc") for row in rows if row.get("applicable_for") in (None, "", doctype)]
		if names:
			found.append((fieldname, names))
	return found


def _links_of(doctype: str) -> list:
	return [
		field for field in frappe.get_meta(doctype).get_link_fields() if not field.ignore_user_permissions
	]


def _as_condition(doctype: str, restrictions: list[tuple[str, list[str]]]) -> str:
	"""As Frappe does: an empty field is everybody's, unless System Settings are strict."""
	is_strict = frappe.get_system_settings("apply_strict_user_permissions")
	conditions = []
	for fieldname, names in restrictions:
		column = f"`tab{doctype}`.`{fieldname}`"
		empty = "" if is_strict else f"ifnull({column}, '') = '' or "
		conditions.append(f"({empty}{column} in ({_quoted(names)}))")
	return " and ".join(conditions)


def _of_place(fieldname: str, names: list[str]) -> str:
	if fieldname not in PLACES:
		return "1 = 0"
	column = f"`tab{DEVICE}`.`{fieldname}`"
	condition = f"{column} in ({_quoted(names)})"
	return (
		f"({condition} or (ifnull({column}, '') = '' and {ONLY_COMPANY}))"
		if fieldname == "company"
		else condition
	)


def _condition(doctype: str, seen: Sight) -> str:
	table = f"`tab{doctype}`"
	if doctype in LISTS:
		return " and ".join(
			_all_seen(table, child, _names_sql(*_of_field(field, seen)), field)
			for child, field in LISTS[doctype]
		)
	subject = SUBJECTS[doctype]
	either = []
	nobody = f"ifnull({table}.`{subject.employee}`, '') = ''" if subject.employee else "1 = 1"
	if subject.employee:
		either.append(f"{table}.`{subject.employee}` in ({_names_sql(EMPLOYEE, seen.employees)})")
	if subject.device:
		unknown = _names_sql(DEVICE, seen.unknown or seen.devices)
		either.append(f"({nobody} and {table}.`{subject.device}` in ({unknown}))")
	if subject.user_id:
		devices = _names_sql(DEVICE, seen.devices)
		about_device = f"{nobody} and ifnull({table}.`{subject.user_id}`, '') = ''"
		either.append(f"({about_device} and {table}.`{subject.device}` in ({devices}))")
	return "(" + " or ".join(either) + ")"


def _of_field(fieldname: str, seen: Sight) -> tuple[str, str]:
	return (EMPLOYEE, seen.employees) if fieldname == "employee" else (DEVICE, seen.devices)


def _all_seen(table: str, child: str, names: str, fieldname: str) -> str:
	return (
		f"not exists (select 1 from `tab{child}` where `tab{child}`.parent = {table}.name"
		f" and `tab{child}`.`{fieldname}` not in ({names}))"
	)


def _asked_of(doc: Document, seen: Sight) -> list[tuple[str, str, str]]:
	"""(DocType, name, condition) of what has to be seen for a document with these values."""
	if doc.doctype in LISTS:
		rows = [
			(row, field)
			for child, field in LISTS[doc.doctype]
			for row in doc.get_all_children()
			if row.doctype == child
		]
		return [_named(row.get(field), field, seen) for row, field in rows]
	subject = SUBJECTS[doc.doctype]
	person = doc.get(subject.employee) if subject.employee else None
	tag = doc.get(subject.device) if subject.device else None
	if person:
		asked = [(EMPLOYEE, person, seen.employees)]
		place = doc.get("service_tag") if doc.doctype == "CAMS Device ID" else None
		return [*asked, (DEVICE, place, seen.devices)] if place else asked
	is_about_device = subject.user_id and not doc.get(subject.user_id)
	return [(DEVICE, tag or "", seen.devices if is_about_device else seen.unknown or seen.devices)]


def _named(name: str | None, fieldname: str, seen: Sight) -> tuple[str, str, str]:
	doctype, condition = _of_field(fieldname, seen)
	return doctype, name or "", condition


def _is_seen(doctype: str, name: str, condition: str) -> bool:
	table = frappe.qb.DocType(doctype)
	named = frappe.qb.from_(table).select(table.name).where(table.name == name)
	return bool(_chosen_by(condition, named).run())


def _names(doctype: str, condition: str) -> set[str]:
	table = frappe.qb.DocType(doctype)
	return set(_chosen_by(condition, frappe.qb.from_(table).select(table.name)).run(pluck=True))


def _chosen_by(condition: str, query: QueryBuilder) -> QueryBuilder:
	"""Last of all conditions: pypika adds none to a text."""
	return query.where(LiteralValue(f"({_percent(condition)})")) if condition else query


def _names_sql(doctype: str, condition: str) -> str:
	return f"select `tab{doctype}`.name from `tab{doctype}`" + (f" where {condition}" if condition else "")


def _quoted(names: list[str]) -> str:
	return ", ".join(frappe.db.escape(name, percent=False) for name in names)


def _percent(condition: str) -> str:
	return condition.replace("%", "%%")
