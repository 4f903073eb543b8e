"""HRMS's own rules, as HRMS applies them: shifts, strict log types, locations, employees; and the watch over logs."""

import pytest

from tests.contract.host import real_time


@pytest.fixture
def new_shift(host):
	def create(name, **values):
		if host.find("Shift Type", {"name": name}, ["name"]):
			return host.update("Shift Type", name, **values)
		times = {
			"start_time": "08:00:00",
			"end_time": "17:00:00",
			"begin_check_in_before_shift_start_time": 60,
		}
		return host.create("Shift Type", name=name, __newname=name, **times, **values)

	return create


def test_the_shift_is_looked_up(host, new_shift, new_employee):
	shift = new_shift("Test Day")
	employee = new_employee(default_shift=shift["name"])
	host.callback(real_time(employee["attendance_device_id"]))
	host.settled(employee["attendance_device_id"], state="Recorded")
	[checkin] = host.checkins(employee["name"])
	assert (checkin["shift"], checkin["shift_start"][:19]) == (shift["name"], "2024-09-17 08:00:00")


def test_a_strict_shift_holds_a_punch_without_direction_until_the_device_has_one(
	host, new_shift, new_employee, new_device
):
	strict = "Strictly based on Log Type in Employee Checkin"
	shift = new_shift("Test Strict", determine_check_in_and_check_out=strict)
	employee = new_employee(default_shift=shift["name"])
	user_id = employee["attendance_device_id"]
	device = new_device(direction="No Direction")
	host.callback(real_time(user_id, SerialNumber=device["name"]))
	[punch] = host.settled(user_id, state="Held")
	assert (punch["reason_code"], shift["name"] in punch["reason"]) == ("LOG_TYPE_REQUIRED", True)
	host.update("CAMS Device", device["name"], direction="IN")
	host.settled(user_id, state="Recorded")


def test_a_loosened_shift_type_releases_as_well(host, new_shift, new_employee, new_device):
	strict = "Strictly based on Log Type in Employee Checkin"
	shift = new_shift("Test Loosened", determine_check_in_and_check_out=strict)
	employee = new_employee(default_shift=shift["name"])
	user_id = employee["attendance_device_id"]
	device = new_device(direction="No Direction")
	host.callback(real_time(user_id, SerialNumber=device["name"]))
	host.settled(user_id, state="Held")
	loose = "Alternating entries as IN and OUT during the same shift"
	host.update("Shift Type", shift["name"], determine_check_in_and_check_out=loose)
	host.settled(user_id, state="Recorded")


SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"


def test_a_demand_of_the_site_is_no_punchs_fault_and_is_released_when_it_is_gone(
	host, bench_site, new_employee
):
	"""A required custom field is the usual case: Employee Checkin demands what no device can send. Twice, because a long
	process may put former metadata back into the cache."""
	for _round in range(2):
		_demand_and_relent(host, bench_site, new_employee)


def _demand_and_relent(host, bench_site, new_employee):
	field = host.create(
		"Custom Field",
		dt="Employee Checkin",
		fieldname="custom_demand",
		label="Demand",
		fieldtype="Data",
		reqd=1,
	)
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	try:
		host.callback(real_time(user_id))
		[punch] = host.settled(user_id, state="Failed")
		assert (punch["reason_code"], "custom_demand" in punch["reason"]) == ("UNEXPECTED_ERROR", True)
	finally:
		host.delete("Custom Field", field["name"])
	bench_site.sql(f"update `tabCAMS Punch` set retry_after = null where name = '{punch['name']}'")
	bench_site.execute(SWEEP)
	host.settled(user_id, state="Recorded")


def test_a_naming_counter_that_was_restored_is_moved_on(host, bench_site, new_employee):
	employees = [new_employee() for _ in range(3)]
	for employee in employees[:2]:
		host.callback(real_time(employee["attendance_device_id"]))
		host.settled(employee["attendance_device_id"], state="Recorded")
	before = int(host.checkins(employees[0]["name"])[0]["name"].rpartition("-")[2]) - 1
	bench_site.sql(f"update tabSeries set current = {before} where name like 'EMP-CKIN-%'")
	host.callback(real_time(employees[2]["attendance_device_id"]))
	host.settled(employees[2]["attendance_device_id"], state="Recorded")
	entries = host.find("Error Log", {"method": ["like", "%naming counter%"]}, ["error"])
	names = bench_site.sql("select name, creation from `tabEmployee Checkin` order by creation desc limit 5")
	assert entries, (before, names)
	assert "lay behind what exists" in entries[0]["error"]


def test_a_counter_of_a_naming_rule_is_moved_on_too(host, bench_site, new_employee):
	values = {"document_type": "Employee Checkin", "prefix": "RULED-", "prefix_digits": 5, "priority": 1}
	rule = host.create("Document Naming Rule", **values)
	try:
		employees = [new_employee() for _ in range(2)]
		host.callback(real_time(employees[0]["attendance_device_id"]))
		host.settled(employees[0]["attendance_device_id"], state="Recorded")
		bench_site.sql("update `tabDocument Naming Rule` set counter = 0")
		host.callback(real_time(employees[1]["attendance_device_id"]))
		host.settled(employees[1]["attendance_device_id"], state="Recorded")
		assert [each["name"] for each in host.checkins(employees[1]["name"])] == ["RULED-00002"]
	finally:
		host.delete("Document Naming Rule", rule["name"])


def test_a_notification_with_a_faulty_condition_fails_punches_in_a_sentence(host, bench_site, new_employee):
	values = {"document_type": "Employee Checkin", "event": "New", "condition": "doc.employee"}
	told = {"subject": "x", "message": "x", "channel": "System Notification", "recipients": []}
	notice = host.create("Notification", __newname="Faulty", name="Faulty", enabled=1, **values, **told)
	bench_site.sql("update tabNotification set `condition` = 'doc.foo.bar()' where name = 'Faulty'")
	user_id = new_employee()["attendance_device_id"]
	try:
		host.callback(real_time(user_id))
		[punch] = host.settled(user_id, state="Failed")
		assert len(punch["reason"]) <= 280
		assert "Traceback" not in punch["reason"]
		assert "\n" not in punch["reason"]
	finally:
		host.delete("Notification", notice["name"])
	bench_site.sql(f"update `tabCAMS Punch` set retry_after = null where name = '{punch['name']}'")
	bench_site.execute(SWEEP)
	host.settled(user_id, state="Recorded")


def test_a_device_outside_the_shift_location_is_held(host, new_shift, new_employee, new_device):
	shift = new_shift("Test Located")
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	location = host.create(
		"Shift Location", location_name=user_id, checkin_radius=100, latitude=-1.2921, longitude=36.8219
	)
	assignment = host.create(
		"Shift Assignment",
		employee=employee["name"],
		shift_type=shift["name"],
		start_date="2024-01-01",
		shift_location=location["name"],
		docstatus=1,
	)
	assert assignment["docstatus"] == 1
	device = new_device(latitude=-4.0435, longitude=39.6682)
	host.update("HR Settings", "HR Settings", allow_geolocation_tracking=1)
	try:
		host.callback(real_time(user_id, SerialNumber=device["name"]))
		[punch] = host.settled(user_id, state="Held")
		assert punch["reason_code"] == "OUTSIDE_RADIUS"
		host.update("CAMS Device", device["name"], latitude=-1.2921, longitude=36.8219)
		host.settled(user_id, state="Recorded")
	finally:
		host.update("HR Settings", "HR Settings", allow_geolocation_tracking=0)


def test_a_device_id_that_was_set_behind_frappes_back_is_found_by_the_sweep(
	host, bench_site, new_employee, new_user_id
):
	user_id = new_user_id()
	host.callback(real_time(user_id))
	host.settled(user_id, state="Held")
	employee = new_employee(attendance_device_id="")
	bench_site.sql(
		f"update tabEmployee set attendance_device_id = '{user_id}' where name = '{employee['name']}'"
	)
	bench_site.execute("navari_cams_biometric.cams_biometric.punches.checkins.sweep")
	host.settled(user_id, state="Recorded")


def test_log_settings_forget_finished_punches_only(host, bench_site, new_employee, new_user_id):
	employee = new_employee()
	finished, held = employee["attendance_device_id"], new_user_id()
	for user_id in (finished, held):
		host.callback(real_time(user_id))
		host.settled(user_id)
	bench_site.sql(
		f"update `tabCAMS Punch` set modified = '2020-01-01' where user_id in ('{finished}', '{held}')"
	)
	bench_site.execute("frappe.core.doctype.log_settings.log_settings.run_log_clean_up")
	cleared = host.get("Log Settings", "Log Settings")["logs_to_clear"]
	assert "CAMS Punch" in [row["ref_doctype"] for row in cleared]
	assert host.punches(finished) == []
	assert [punch["state"] for punch in host.punches(held)] == ["Held"]
	[checkin] = host.checkins(employee["name"])
	host.update("Employee Checkin", checkin["name"], skip_auto_attendance=1)  # still can be saved
	host.callback(real_time(finished))
	[punch] = host.settled(finished, state="Recorded")
	assert punch["reason_code"] == "EQUAL_CHECKIN"
	assert len(host.checkins(employee["name"])) == 1
