"""The punches that employees see of themselves: whose they are, and what they are told."""

import uuid
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.presence.own_punches import own_punches
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import store
from tests.contract.host import real_time

SETTINGS = "CAMS Biometric Settings"


@pytest.fixture(autouse=True)
def switched_on():
	frappe.db.set_single_value(SETTINGS, "show_own_punches", 1)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value(SETTINGS, "show_own_punches", 0)
	frappe.db.commit()


@pytest.fixture
def new_person(new_employee):
	"""An employee with a user account."""

	def create(**values):
		email = f"{uuid.uuid4().hex[:8]}@example.com"
		frappe.get_doc({"doctype": "User", "email": email, "first_name": "Employee"}).insert()
		person = new_employee(user_id=email, **values)
		frappe.db.commit()
		return person

	return create


def punch(user_id, days=0, minutes=5, **values):
	moment = now_datetime() - timedelta(days=days, minutes=minutes)
	store(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", **values))


def seen(person):
	return [(row["state"], row["reason_code"]) for row in own_punches(person.user_id)["punches"]]


def test_everybody_sees_their_own_and_nobody_elses(new_person):
	one, two = new_person(), new_person()
	punch(one.attendance_device_id, minutes=9)
	punch(two.attendance_device_id, minutes=7)
	punch(one.attendance_device_id, minutes=1, Type="CheckOut")
	drain()
	assert [row["log_type"] for row in own_punches(one.user_id)["punches"]] == ["OUT", "IN"]
	assert [row["log_type"] for row in own_punches(two.user_id)["punches"]] == ["IN"]


def test_one_that_was_not_taken_says_why(new_person):
	one = new_person()
	punch(one.attendance_device_id, minutes=-120)
	drain()
	[row] = own_punches(one.user_id)["punches"]
	assert (row["state"], row["reason_code"]) == ("Held", "CLOCK_AHEAD")
	assert "the device's clock" in row["reason"]


def test_a_clock_that_fell_back_hides_nothing(new_person):
	one = new_person()
	store(real_time(one.attendance_device_id, "2000-01-01 00:00:00 GMT +0300"))
	drain()
	assert seen(one) == [("Held", "CLOCK_BEHIND")]


def test_one_of_which_nobody_is_known_yet_is_by_its_id_theirs(new_person):
	one = new_person()
	user_id = f"L{uuid.uuid4().hex[:7]}"
	punch(user_id)
	drain()
	assert seen(one) == []
	frappe.db.set_value("Employee", one.name, "attendance_device_id", user_id)  # nothing was released yet
	assert seen(one) == [("Held", "UNKNOWN_USER")]


def test_ids_differ_by_case(new_person):
	one = new_person(attendance_device_id=f"x{uuid.uuid4().hex[:7]}")
	punch(one.attendance_device_id.upper())
	drain()
	assert seen(one) == []


def test_where_several_have_an_id_nobody_is_shown_whose_touches_these_are(new_person, new_employee):
	one, other = new_person(), new_employee()
	shared = f"S{uuid.uuid4().hex[:7]}"
	for person in (one, other):
		frappe.get_doc({"doctype": "CAMS Device ID", "employee": person.name, "user_id": shared}).insert()
	punch(shared)
	drain()
	answer = own_punches(one.user_id)
	assert (answer["punches"], answer["shared"]) == ([], 1)
	assert other.employee_name not in frappe.as_json(answer)


def test_no_name_of_somebody_else_is_told(new_person, new_employee):
	one, other = new_person(), new_employee(first_name="Somebody Else")
	shared = f"S{uuid.uuid4().hex[:7]}"
	theirs = frappe.get_doc({"doctype": "CAMS Device ID", "employee": other.name, "user_id": shared}).insert()
	frappe.get_doc({"doctype": "CAMS Device ID", "employee": one.name, "user_id": shared}).insert()
	punch(shared)
	drain()
	frappe.db.delete("CAMS Device ID", {"name": theirs.name})  # the stored reason still has the name
	[row] = own_punches(one.user_id)["punches"]
	assert row["reason_code"] == "AMBIGUOUS_USER"
	assert "Somebody" not in frappe.as_json(row)


def test_nothing_biometric_and_nothing_of_anybodys_identity_is_told(new_person):
	one = new_person()
	punch(one.attendance_device_id)
	drain()
	[row] = own_punches(one.user_id)["punches"]
	assert set(row) == {
		"punch_time",
		"original_time",
		"punch_type",
		"log_type",
		"state",
		"reason_code",
		"reason",
		"device",
	}


def test_only_the_last_month(new_person):
	one = new_person()
	punch(one.attendance_device_id, days=32)
	punch(one.attendance_device_id, days=30)
	drain()
	assert seen(one) == [("Recorded", None)]


@pytest.mark.parametrize("status", ["Inactive", "Suspended", "Left"])
def test_who_is_no_active_employee_sees_nothing(new_person, status):
	one = new_person()
	punch(one.attendance_device_id)
	drain()
	frappe.db.set_value("Employee", one.name, "status", status)
	answer = own_punches(one.user_id)
	assert (answer["has_employee"], answer["punches"]) == (False, [])


def test_a_disabled_user_sees_nothing(new_person):
	one = new_person()
	punch(one.attendance_device_id)
	drain()
	frappe.db.set_value("User", one.user_id, "enabled", 0)
	assert own_punches(one.user_id)["punches"] == []


@pytest.mark.parametrize("user", ["Guest", "", "Administrator", "nobody@example.com"])
def test_a_user_without_an_employee_sees_nothing(new_employee, user):
	punch(new_employee().attendance_device_id)
	drain()
	assert own_punches(user)["punches"] == []


def test_off_unless_switched_on(new_person):
	one = new_person()
	punch(one.attendance_device_id)
	drain()
	frappe.db.set_single_value(SETTINGS, "show_own_punches", 0)
	answer = own_punches(one.user_id)
	assert (answer["is_on"], answer["punches"]) == (False, [])
