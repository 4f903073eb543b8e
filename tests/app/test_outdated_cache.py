"""A document cache that holds what was there before a save, as a job that began before it leaves it: callbacks and
the drain go by the database."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.tokens import digest
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import checkins_of, outcome, punch_at, store
from tests.contract.host import DONE, INVALID_TOKEN, SETTINGS, TOKEN, real_time

OLD = "device-auth-token-0123456789abcd"
NEW = "another-auth-token-0123456789abc"


def change_and_cache_the_former(doctype, name, **values):
	former = frappe.get_doc(doctype, name)
	if doctype == SETTINGS:
		frappe.db.set_single_value(SETTINGS, values)
	else:
		frappe.db.set_value(doctype, name, values)
	frappe.db.commit()
	frappe.cache.set_value(f"document_cache::{doctype}::{name}", former)


@pytest.fixture
def settings_restored():
	"""Settings are everybody's here."""
	fields = ("auth_token_digest", "clock_tolerance")
	before = {field: frappe.db.get_single_value(SETTINGS, field) for field in fields}
	yield
	frappe.db.set_single_value(SETTINGS, before)
	frappe.db.commit()


def answers(callback, service_tag, *tokens):
	return [
		callback(real_time("nobody", SerialNumber=service_tag, AuthToken=token)).get_data()
		for token in tokens
	]


def test_the_former_token_of_a_device_is_refused_and_the_new_one_believed(callback, new_device):
	device = new_device(auth_token=OLD)
	change_and_cache_the_former("CAMS Device", device.name, auth_token_digest=digest(NEW))
	assert answers(callback, device.name, OLD, NEW) == [INVALID_TOKEN, DONE]


def test_the_former_token_of_the_account_is_refused_and_the_new_one_believed(
	callback, new_device, settings_restored
):
	device = new_device()
	change_and_cache_the_former(SETTINGS, SETTINGS, auth_token_digest=digest(NEW))
	assert answers(callback, device.name, TOKEN, NEW) == [INVALID_TOKEN, DONE]


def test_a_device_that_is_disabled_makes_no_check_ins(new_device, new_employee):
	device, employee = new_device(), new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=device.name))
	change_and_cache_the_former("CAMS Device", device.name, enabled=0)
	drain()
	assert outcome(employee.attendance_device_id) == ("Held", "DEVICE_DISABLED")
	assert checkins_of(employee.name) == []


def test_the_direction_of_a_device_is_the_one_that_was_saved(new_device, new_employee):
	device, employee = new_device(direction="IN"), new_employee()
	store(punch_at(employee.attendance_device_id, SerialNumber=device.name))
	change_and_cache_the_former("CAMS Device", device.name, direction="OUT")
	drain()
	assert [checkin.log_type for checkin in checkins_of(employee.name)] == ["OUT"]


def test_the_clock_tolerance_is_the_one_that_was_saved(new_employee, settings_restored):
	employee = new_employee()
	ahead = frappe.utils.add_to_date(frappe.utils.now_datetime(), minutes=60)
	store(real_time(employee.attendance_device_id, f"{ahead:%Y-%m-%d %H:%M:%S} GMT +0300"))
	change_and_cache_the_former(SETTINGS, SETTINGS, clock_tolerance=120)
	drain()
	assert outcome(employee.attendance_device_id) == ("Recorded", None)
