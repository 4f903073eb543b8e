"""What the page Held Punches can be narrowed to."""

import frappe
from frappe.query_builder.functions import Coalesce, Concat_ws
from frappe.utils import add_days, getdate
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion

from navari_cams_biometric.cams_biometric.base.patterns import as_like
from navari_cams_biometric.cams_biometric.base.user_permissions import permitted
from navari_cams_biometric.cams_biometric.punches.reasons import DEVICE

PLACES = ("branch", "company")
# `text` is looked for in user IDs and in the names of people and devices; days are texts, YYYY-MM-DD.
FILTERS = ("service_tag", *PLACES, "from_date", "to_date", "text")
Filters = dict[str, str]


def filtered(query: QueryBuilder, filters: Filters) -> QueryBuilder:
	"""Of a query on CAMS Punch what the filters leave. A punch whose time cannot be read counts for the day on which it
	arrived; its branch and company are its employee's, and its device's where nobody is known."""
	punch = frappe.qb.DocType("CAMS Punch")
	moment = Coalesce(punch.punch_time, punch.creation)
	if service_tag := filters.get("service_tag"):
		query = query.where(punch.service_tag == service_tag)
	for field in PLACES:
		if name := filters.get(field):
			query = query.where(_is_of(punch, field, name))
	if from_date := filters.get("from_date"):
		query = query.where(moment >= getdate(from_date))
	if to_date := filters.get("to_date"):
		query = query.where(moment < getdate(add_days(to_date, 1)))
	if text := filters.get("text"):
		query = query.where(_has_text(punch, text))
	return query


def _is_of(punch: Table, field: str, name: str) -> Criterion:
	employee, device = frappe.qb.DocType("Employee"), frappe.qb.DocType(DEVICE)
	people = frappe.qb.from_(employee).select(employee.name).where(employee[field] == name)
	devices = frappe.qb.from_(device).select(device.name).where(device[field] == name)
	nobody = punch.employee.isnull() | (punch.employee == "")
	return punch.employee.isin(people) | (nobody & punch.service_tag.isin(devices))


def _has_text(punch: Table, text: str) -> Criterion:
	"""In the user ID, in the employee's name, in what a device calls that user, or in what the device is called."""
	employee, device = frappe.qb.DocType("Employee"), frappe.qb.DocType(DEVICE)
	user = frappe.qb.DocType("CAMS Device User")
	like = f"%{as_like(text)}%"
	people = frappe.qb.from_(employee).select(employee.name).where(employee.employee_name.like(like))
	named = device.label.like(like) | device.name.like(like)
	devices = frappe.qb.from_(device).select(device.name).where(named)
	called = Concat_ws(" ", user.first_name, user.last_name).like(like)
	users = permitted(frappe.qb.from_(user).select(user.user_id).where(called), "CAMS Device User")
	return (
		punch.user_id.like(like)
		| punch.employee.isin(people)
		| punch.user_id.isin(users)
		| punch.service_tag.isin(devices)
	)
