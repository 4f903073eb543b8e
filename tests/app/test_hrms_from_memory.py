"""What HRMS asks of shift assignments is answered from memory as the database would, and by the database beyond it."""

from datetime import date, datetime

import frappe
import pytest
from pypika import Criterion

from navari_cams_biometric.cams_biometric.base import hrms_from_memory
from navari_cams_biometric.cams_biometric.base.hrms_from_memory import ASSIGNMENT, Memory, _Frappe
from navari_cams_biometric.cams_biometric.base.stored_values import insert_rows, new_row

AT = datetime(2024, 9, 17, 8)
PERIODS = {
	"long ago": (date(2023, 1, 1), date(2023, 1, 31)),
	"until the day before": (date(2024, 9, 1), date(2024, 9, 16)),
	"that day": (date(2024, 9, 17), date(2024, 9, 17)),
	"from then on": (date(2024, 9, 10), None),
}


@pytest.fixture
def employee(new_employee):
	employee = new_employee().name
	insert_rows(
		ASSIGNMENT,
		[
			new_row(
				f"{employee} {name}",
				employee=employee,
				start_date=start,
				end_date=end,
				docstatus=1,
				status="Active",
			)
			for name, (start, end) in PERIODS.items()
		],
	)
	return employee


@pytest.fixture(params=["all of a person's", "those around"])
def asked(request, monkeypatch, employee):
	"""`frappe` as HRMS sees it, and the statements that reach the database."""
	if request.param == "those around":
		monkeypatch.setattr(hrms_from_memory, "FEW", 0)
	return _Frappe(Memory([(employee, AT)], set())), employee


def names_on(frappe_like, employee, day):
	"""As get_shifts_for_date of HRMS asks."""
	assignment = frappe_like.qb.DocType(ASSIGNMENT)
	ends = [assignment.end_date.isnull(), assignment.end_date.isnotnull() & (day <= assignment.end_date)]
	query = (
		frappe_like.qb.from_(assignment)
		.select(assignment.name, assignment.start_date)
		.where(
			(assignment.employee == employee)
			& (assignment.docstatus == 1)
			& (assignment.start_date <= day)
			& Criterion.any(ends)
		)
	)
	rows = query.run(as_dict=True)
	return sorted(row.name.removeprefix(f"{employee} ") for row in rows)


@pytest.mark.parametrize("day", [date(2024, 9, 16), date(2024, 9, 17), date(2024, 9, 18), date(2023, 1, 15)])
def test_the_answer_is_the_databases(asked, day):
	from_memory, employee = asked
	assert names_on(from_memory, employee, day) == names_on(frappe, employee, day) != []


def test_another_persons_are_asked_of_the_database(asked, new_employee):
	from_memory, _employee = asked
	assert names_on(from_memory, new_employee().name, date(2024, 9, 17)) == []


def test_around_a_batch_the_database_is_not_asked(asked, monkeypatch):
	from_memory, employee = asked
	monkeypatch.setattr(frappe.db, "execute", None)
	assert names_on(from_memory, employee, date(2024, 9, 17)) == ["from then on", "that day"]


def test_the_days_before_and_after_are_in_their_order(asked):
	from_memory, employee = asked
	filters = {"employee": employee, "docstatus": 1, "status": "Active"}
	for operator, order in (("<", "desc"), (">", "asc")):
		wanted = {**filters, "start_date": (operator, date(2024, 9, 10))}
		options = {"as_list": True, "limit": 366, "order_by": f"start_date {order}"}
		here = from_memory.get_all(ASSIGNMENT, ["start_date", "end_date"], wanted, **options)
		there = frappe.get_all(ASSIGNMENT, wanted, ["start_date", "end_date"], **options)
		assert [tuple(row) for row in here] == [tuple(row) for row in there] != []
