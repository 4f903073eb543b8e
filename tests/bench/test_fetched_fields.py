"""A check-in of the app equals one that is inserted the plain way, in every field that it has; and the patch that
brings earlier ones there."""

import uuid

import pytest

from navari_cams_biometric.custom_fields import CUSTOM_FIELDS
from tests.contract.host import DONE, SERVICE_TAG, real_time

OWN = {field["fieldname"] for field in CUSTOM_FIELDS["Employee Checkin"]}
OF_THE_ROW = {"name", "creation", "modified", "owner", "modified_by"}
PATCH = "navari_cams_biometric.patches.v0_2.fill_fetched_fields"


@pytest.fixture(scope="module")
def fetched(host):
	"""Fields of another app that are fetched from the employee: a text, a date and a tick. {field: source}"""
	fields = {
		"custom_test_gender": ("Data", "gender"),
		"custom_test_joined": ("Date", "date_of_joining"),
		"custom_test_ticked": ("Check", "unsubscribed"),
	}
	names = [
		host.create(
			"Custom Field",
			dt="Employee Checkin",
			fieldname=fieldname,
			label=fieldname,
			fieldtype=fieldtype,
			fetch_from=f"employee.{source}",
		)["name"]
		for fieldname, (fieldtype, source) in fields.items()
	]
	yield {"employee_name": "employee_name", **{name: source for name, (_, source) in fields.items()}}
	for name in names:
		host.delete("Custom Field", name)


@pytest.fixture
def shift(host):
	return host.create(
		"Shift Type", name=f"Day {uuid.uuid4().hex[:6]}", start_time="08:00:00", end_time="17:00:00"
	)["name"]


@pytest.fixture
def checkin(host, new_employee, shift, fetched):
	"""One that the app made."""
	employee = new_employee(default_shift=shift, unsubscribed=1)
	user_id = employee["attendance_device_id"]
	assert host.callback(real_time(user_id)).content == DONE
	host.settled(user_id, state="Recorded")
	[found] = host.checkins(employee["name"])
	return host.get("Employee Checkin", found["name"])


def test_a_check_in_equals_one_that_is_inserted_the_plain_way(host, checkin, fetched, shift):
	host.delete("Employee Checkin", checkin["name"])
	given = {field: checkin[field] for field in ("employee", "time", "log_type")}
	plain = host.create("Employee Checkin", device_id=SERVICE_TAG, **given)
	plain = host.get("Employee Checkin", plain["name"])
	compared = (set(checkin) | set(plain)) - OWN - OF_THE_ROW
	assert {*fetched, "shift", "shift_start", "latitude", "skip_auto_attendance"} <= compared
	assert {field: checkin.get(field) for field in compared} == {
		field: plain.get(field) for field in compared
	}
	assert plain["shift"] == shift
	assert all(plain[field] for field in fetched)


def test_the_patch_fills_what_is_empty_and_nothing_else(bench_site, host, checkin, fetched, new_employee):
	other = host.create(
		"Employee Checkin", employee=checkin["employee"], time="2024-09-17 09:00:00", log_type="OUT"
	)
	names = f"'{checkin['name']}', '{other['name']}'"
	empty = "employee_name = '', custom_test_gender = null, custom_test_joined = null, custom_test_ticked = 0"
	bench_site.sql(f"update `tabEmployee Checkin` set {empty} where name in ({names})")
	bench_site.sql(
		f"update `tabEmployee Checkin` set custom_test_gender = 'Kept' where name = '{checkin['name']}'"
	)
	for _ in range(2):
		bench_site.execute("frappe.modules.patch_handler.run_single", patchmodule=PATCH, force=1)
		assert host.get("Employee Checkin", checkin["name"]) == {**checkin, "custom_test_gender": "Kept"}
	assert host.get("Employee Checkin", other["name"])["employee_name"] in (None, "")
