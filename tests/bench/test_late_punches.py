"""Late punches and the repair of their days, with HRMS's real auto attendance."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.conftest import EMPLOYEE
from tests.contract.host import SETTINGS, real_time

CONTROLLER = "method/navari_cams_biometric.cams_biometric.controllers.day_repair_actions"
SWEEP = "navari_cams_biometric.cams_biometric.day_repair.repair.sweep"
REPAIR = "CAMS Day Repair"
DAY = "2024-09-17"
FULL_DAY = (("08:01:00", "CheckIn"), ("17:03:00", "CheckOut"))


@pytest.fixture(scope="module")
def new_shift(host):
	"""Make shift types in which 2 hours are Absent, 6 are Half Day, and the 17th and 18th are decided."""

	def create(**values):
		name = f"Late {uuid.uuid4().hex[:8]}"
		return host.create(
			"Shift Type",
			name=name,
			__newname=name,
			**{
				"start_time": "08:00:00",
				"end_time": "17:00:00",
				"begin_check_in_before_shift_start_time": 60,
				"allow_check_out_after_shift_end_time": 60,
				"determine_check_in_and_check_out": "Alternating entries as IN and OUT during the same shift",
				"working_hours_calculation_based_on": "First Check-in and Last Check-out",
				"working_hours_threshold_for_absent": 2,
				"working_hours_threshold_for_half_day": 6,
				"enable_auto_attendance": 1,
				"process_attendance_after": DAY,
				"last_sync_of_checkin": "2024-09-19 12:00:00",
				**values,
			},
		)["name"]

	return create


@pytest.fixture(scope="module")
def shift(new_shift):
	return new_shift()


@pytest.fixture
def person(new_employee, shift):
	return new_employee(default_shift=shift)


@pytest.fixture(scope="module")
def key_of(host):
	"""Make a user of one role; return its key for REST."""

	def create(role):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		email = f"{key}@example.com"
		names = {"first_name": role, "send_welcome_email": 0, "api_key": key, "api_secret": secret}
		host.create("User", email=email, roles=[{"role": role}], **names)
		return f"{key}:{secret}"

	return {role: create(role) for role in ("System Manager", "HR Manager", "HR User", "Employee")}


@pytest.fixture
def by_itself(host):
	host.update(SETTINGS, SETTINGS, repair_late_punches="Automatic")
	yield
	host.update(SETTINGS, SETTINGS, repair_late_punches="Manual")


def decide(host, shift):
	"""HRMS's auto attendance, as the button on the Shift Type runs it and the scheduler does."""
	host.call_document("Shift Type", shift, "process_auto_attendance")


def punch(host, person, *punches, day=DAY, is_case=True):
	"""Punches as a device sends them; wait until they are check-ins, and known on the list of days."""
	user_id = person["attendance_device_id"]
	known = {each["name"] for each in host.punches(user_id)}
	for clock, kind in punches:
		host.callback(real_time(user_id, f"{day} {clock} GMT +0300", Type=kind))
	settled = host.settled(user_id, len(known) + len(punches), state="Recorded", seconds=120)
	for each in settled:
		if is_case and each["name"] not in known:
			wait_for_day(host, person, each["employee_checkin"])


def wait_for_day(host, person, checkin):
	deadline = time.monotonic() + 30
	while not host.find(REPAIR, {"employee": person["name"], "checkins": ["like", f"%{checkin}%"]}):
		assert time.monotonic() < deadline, f"{checkin} is on no day"
		time.sleep(0.2)


def attendances(host, person, day=DAY):
	filters = {"employee": person["name"], "attendance_date": day}
	return [
		(each["status"], each["docstatus"])
		for each in host.find("Attendance", filters, order_by="creation asc, name asc")
	]


def standing(host, person, day=DAY):
	filters = {"employee": person["name"], "attendance_date": day, "docstatus": 1}
	[attendance] = host.find("Attendance", filters)
	return attendance


def skipped(host, person):
	return [checkin["skip_auto_attendance"] for checkin in host.checkins(person["name"])]


def linked(host, person):
	return [checkin["attendance"] for checkin in host.checkins(person["name"])]


def listed(host, person):
	return host.find(REPAIR, {"employee": person["name"]})


def the_day(host, person):
	[row] = listed(host, person)
	return row


def settle(host, bench_site, person):
	"""The sweep, some quiet minutes after the last punch."""
	bench_site.sql(
		f"update `tabCAMS Day Repair` set modified = '2024-10-01' where employee = '{person['name']}'"
	)
	bench_site.execute(SWEEP)


def repair(host, row, key=None):
	response = host.document_response(REPAIR, row["name"], "repair", key)
	assert response.status_code == 200, response.text
	return response.json()["message"]


def comments(host, attendance):
	filters = {"reference_doctype": "Attendance", "reference_name": attendance, "comment_type": "Comment"}
	return [comment["content"] for comment in host.find("Comment", filters)]


@pytest.fixture
def absent(host, shift, person):
	"""An employee whom auto attendance has marked Absent for want of check-ins."""
	decide(host, shift)
	assert attendances(host, person) == [("Absent", 1)]
	return person


def test_a_day_marked_absent_is_listed_with_before_and_after_and_repaired_through_the_list(
	host, shift, absent, key_of
):
	old = standing(host, absent)["name"]
	punch(host, absent, *FULL_DAY)
	decide(host, shift)
	assert skipped(host, absent) == [1, 1]  # what HRMS leaves it at
	row = the_day(host, absent)
	assert (row["state"], row["before_status"], row["after_status"]) == ("Open", "Absent", "Present")
	assert (row["attendance"], row["attendance_date"], row["shift"]) == (old, DAY, shift)
	assert (row["late_count"], row["late_times"]) == (2, "08:01 IN, 17:03 OUT")
	assert (row["before_hours"], row["after_hours"]) == (0, 9.03)

	assert repair(host, row, key_of["HR Manager"])["state"] == "Repaired"

	assert attendances(host, absent) == [("Absent", 2), ("Present", 1)]
	new = standing(host, absent)
	assert (new["in_time"][:19], new["out_time"][:19]) == (f"{DAY} 08:01:00", f"{DAY} 17:03:00")
	assert linked(host, absent) == [new["name"]] * 2
	assert skipped(host, absent) == [0, 0]
	row = the_day(host, absent)
	assert (row["state"], row["attendance"], row["new_attendance"]) == ("Repaired", old, new["name"])
	assert row["settled_by"] == new["owner"] != "Administrator"
	for attendance, other in ((old, new["name"]), (new["name"], old)):
		text = comments(host, attendance)[-1]
		assert all(part in text for part in ("08:01 IN, 17:03 OUT", "Absent", "Present", "HR Manager", other))
	decide(host, shift)
	assert attendances(host, absent) == [("Absent", 2), ("Present", 1)]


def test_with_the_setting_the_day_is_repaired_by_itself(host, bench_site, shift, absent, by_itself):
	punch(host, absent, *FULL_DAY)
	decide(host, shift)
	bench_site.execute(SWEEP)
	assert the_day(host, absent)["state"] == "Open"  # more punches may be on their way
	settle(host, bench_site, absent)
	assert the_day(host, absent)["state"] == "Repaired"
	assert attendances(host, absent) == [("Absent", 2), ("Present", 1)]
	assert linked(host, absent) == [standing(host, absent)["name"]] * 2
	assert "CAMS Biometric, automatically" in comments(host, standing(host, absent)["name"])[-1]


def test_without_the_setting_the_sweep_changes_nothing(host, bench_site, shift, absent):
	punch(host, absent, *FULL_DAY)
	decide(host, shift)
	settle(host, bench_site, absent)
	assert (the_day(host, absent)["state"], attendances(host, absent)) == ("Open", [("Absent", 1)])


@pytest.mark.parametrize("has_shift", [True, False])
@pytest.mark.parametrize("status", ["Absent", "Half Day"])
def test_a_day_marked_by_hand_is_left_alone(host, bench_site, shift, person, by_itself, status, has_shift):
	"""By the same user as auto attendance, and with the shift, as the Employee Attendance Tool does."""
	values = {"shift": shift} if has_shift else {}
	name = host.create(
		"Attendance",
		employee=person["name"],
		attendance_date=DAY,
		status=status,
		company=EMPLOYEE["company"],
		docstatus=1,
		**values,
	)["name"]
	punch(host, person, *FULL_DAY)
	decide(host, shift)
	row = the_day(host, person)
	assert (row["state"], row["reason_code"]) == ("Skipped", "BY_HAND")
	settle(host, bench_site, person)
	assert repair(host, row)["state"] == "Skipped"
	assert (standing(host, person)["name"], attendances(host, person)) == (name, [(status, 1)])
	assert skipped(host, person) == [1, 1]
	assert comments(host, name) == []


def test_an_automatic_day_that_a_person_cancelled_and_marked_again_is_left_alone(host, shift, absent):
	"""What was automatic before is not, although HRMS's check-ins and comments are all there."""
	old = standing(host, absent)
	host.update("Attendance", old["name"], docstatus=2)
	amended = host.create(
		"Attendance",
		employee=absent["name"],
		attendance_date=DAY,
		status="Absent",
		shift=shift,
		company=EMPLOYEE["company"],
		amended_from=old["name"],
		docstatus=1,
	)
	punch(host, absent, *FULL_DAY)
	row = the_day(host, absent)
	assert (row["state"], row["reason_code"]) == ("Skipped", "BY_HAND")
	assert repair(host, row)["state"] == "Skipped"
	assert standing(host, absent)["name"] == amended["name"]


def test_an_automatic_day_that_was_changed_since_is_left_alone(host, bench_site, absent):
	bench_site.sql(f"update tabAttendance set modified_by = 'Guest' where employee = '{absent['name']}'")
	punch(host, absent, *FULL_DAY)
	row = the_day(host, absent)
	assert (row["state"], row["reason_code"]) == ("Skipped", "CHANGED")
	assert repair(host, row)["state"] == "Skipped"
	assert attendances(host, absent) == [("Absent", 1)]


@pytest.fixture(scope="module")
def payroll(host):
	"""A salary structure, and the fiscal year and holidays that HRMS wants for it."""
	company = EMPLOYEE["company"]
	if not host.find("Fiscal Year", {"name": "2024"}):
		host.create("Fiscal Year", year="2024", year_start_date="2024-01-01", year_end_date="2024-12-31")
	name = f"Late {uuid.uuid4().hex[:8]}"
	holidays = host.create(
		"Holiday List", holiday_list_name=name, from_date="2024-01-01", to_date="2024-12-31"
	)
	host.create("Salary Component", salary_component=name, salary_component_abbr=name[-8:], type="Earning")
	structure = host.create(
		"Salary Structure",
		name=name,
		__newname=name,
		company=company,
		currency=host.get("Company", company)["default_currency"],
		payroll_frequency="Monthly",
		earnings=[{"salary_component": name, "amount": 30000}],
		docstatus=1,
	)
	return {"structure": structure["name"], "holidays": holidays["name"], "currency": structure["currency"]}


def salary(host, person, payroll):
	host.update("Employee", person["name"], holiday_list=payroll["holidays"])
	host.create(
		"Salary Structure Assignment",
		employee=person["name"],
		salary_structure=payroll["structure"],
		from_date="2024-09-01",
		company=EMPLOYEE["company"],
		currency=payroll["currency"],
		docstatus=1,
	)


def salary_slip(host, person, payroll):
	salary(host, person, payroll)
	slip = host.create(
		"Salary Slip",
		employee=person["name"],
		salary_structure=payroll["structure"],
		start_date="2024-09-01",
		end_date="2024-09-30",
		posting_date="2024-09-30",
		docstatus=1,
	)
	return "Salary Slip", slip["name"]


def payroll_entry(host, person, payroll):
	salary(host, person, payroll)
	company = EMPLOYEE["company"]
	[payable] = host.find("Account", {"company": company, "account_name": "Payroll Payable"}, ["name"])
	values = {
		"company": company,
		"posting_date": "2024-09-30",
		"start_date": "2024-09-01",
		"end_date": "2024-09-30",
		"payroll_frequency": "Monthly",
		"currency": payroll["currency"],
		"exchange_rate": 1,
		"payroll_payable_account": payable["name"],
		"cost_center": host.get("Company", company)["cost_center"],
		"employees": [{"employee": person["name"]}],
		"docstatus": 1,
	}
	answer = host.api("POST", "resource/Payroll Entry", json=values)
	if "Account type should be set" in answer.text:  # by HRMS 16; 15 refuses one that is set
		host.update("Account", payable["name"], account_type="Payable")
		answer = host.api("POST", "resource/Payroll Entry", json=values)
	return "Payroll Entry", answer.json()["data"]["name"]


def accounting_period(host, person, payroll):
	period = host.create(
		"Accounting Period",
		period_name=f"Late {uuid.uuid4().hex[:8]}",
		company=EMPLOYEE["company"],
		start_date="2024-09-01",
		end_date="2024-09-30",
		closed_documents=[{"document_type": "Payroll Entry", "closed": 1}],
	)
	return "Accounting Period", period["name"]


@pytest.mark.parametrize("closing", [salary_slip, payroll_entry, accounting_period])
def test_a_closed_payroll_period_is_left_alone(host, bench_site, shift, absent, payroll, by_itself, closing):
	old = standing(host, absent)["name"]
	doctype, name = closing(host, absent, payroll)
	try:
		punch(host, absent, *FULL_DAY)
		decide(host, shift)
		row = the_day(host, absent)
		assert (row["state"], row["reason_code"], name in row["message"]) == ("Skipped", "PAYROLL", True)
		settle(host, bench_site, absent)
		assert repair(host, row)["state"] == "Skipped"
		assert (standing(host, absent)["name"], attendances(host, absent)) == (old, [("Absent", 1)])
		assert skipped(host, absent) == [1, 1]
	finally:
		if doctype == "Accounting Period":
			host.delete(doctype, name)
	if doctype == "Accounting Period":
		assert repair(host, row)["state"] == "Repaired"


def test_a_period_that_closes_after_the_day_was_listed_counts_as_well(host, absent, payroll):
	punch(host, absent, *FULL_DAY)
	assert the_day(host, absent)["state"] == "Open"
	salary_slip(host, absent, payroll)
	assert repair(host, the_day(host, absent))["state"] == "Skipped"
	assert attendances(host, absent) == [("Absent", 1)]


def test_a_half_day_is_decided_again_with_the_check_ins_it_was_made_of(host, shift, person):
	punch(host, person, ("08:00:00", "CheckIn"), ("12:00:00", "CheckOut"), is_case=False)
	decide(host, shift)
	assert attendances(host, person) == [("Half Day", 1)]
	punch(host, person, ("17:00:00", "CheckOut"))
	decide(host, shift)
	row = the_day(host, person)
	assert (row["before_status"], row["before_hours"]) == ("Half Day", 4)
	assert (row["after_status"], row["after_hours"], row["late_count"]) == ("Present", 9, 1)
	assert repair(host, row)["state"] == "Repaired"
	new = standing(host, person)
	assert (new["status"], new["working_hours"]) == ("Present", 9)
	assert linked(host, person) == [new["name"]] * 3


def test_the_morning_after_a_night_shift_belongs_to_the_evening_before(host, new_shift, new_employee):
	night = new_shift(start_time="22:00:00", end_time="06:00:00")
	person = new_employee(default_shift=night)
	decide(host, night)
	assert attendances(host, person) == [("Absent", 1)]
	punch(host, person, ("06:02:00", "CheckOut"), day="2024-09-18")
	punch(host, person, ("21:58:00", "CheckIn"))
	row = the_day(host, person)
	assert (row["attendance_date"], row["late_times"]) == (DAY, "21:58 IN, 06:02 OUT")
	assert repair(host, row)["state"] == "Repaired"
	new = standing(host, person)
	assert (new["status"], new["working_hours"]) == (
		"Present",
		pytest.approx(8.07, abs=0.05),
	)  # 16 rounds to 8.1
	assert attendances(host, person, "2024-09-18") == []


def test_late_punches_of_one_day_make_one_row_and_of_two_days_two(host, absent):
	punch(host, absent, FULL_DAY[0])
	assert [row["late_count"] for row in listed(host, absent)] == [1]
	punch(host, absent, FULL_DAY[1])
	assert [row["late_count"] for row in listed(host, absent)] == [2]
	punch(host, absent, *FULL_DAY, day="2024-09-18")
	assert sorted(row["attendance_date"] for row in listed(host, absent)) == [DAY, "2024-09-18"]


def test_repairing_twice_does_nothing_the_second_time(host, absent):
	punch(host, absent, *FULL_DAY)
	row = the_day(host, absent)
	assert repair(host, row)["state"] == "Repaired"
	after = (the_day(host, absent), standing(host, absent))
	assert repair(host, row)["state"] == "Repaired"
	assert (the_day(host, absent), standing(host, absent)) == after
	assert len(comments(host, after[1]["name"])) == 1


def test_two_who_repair_at_once_repair_it_once(host, absent):
	punch(host, absent, *FULL_DAY)
	row = the_day(host, absent)
	with ThreadPoolExecutor(4) as people:
		answers = list(people.map(lambda _number: repair(host, row), range(4)))
	assert [answer["state"] for answer in answers] == ["Repaired"] * 4
	assert attendances(host, absent) == [("Absent", 2), ("Present", 1)]
	assert len(comments(host, standing(host, absent)["name"])) == 1


def test_a_punch_that_comes_after_the_repair_opens_the_day_again(host, shift, absent):
	punch(host, absent, ("08:01:00", "CheckIn"), ("12:01:00", "CheckOut"))
	assert repair(host, the_day(host, absent))["state"] == "Repaired"
	assert standing(host, absent)["status"] == "Half Day"
	punch(host, absent, ("17:03:00", "CheckOut"))
	row = the_day(host, absent)
	assert (row["state"], row["before_status"], row["after_status"]) == ("Open", "Half Day", "Present")
	assert repair(host, row)["state"] == "Repaired"
	assert attendances(host, absent) == [("Absent", 2), ("Half Day", 2), ("Present", 1)]
	assert linked(host, absent) == [standing(host, absent)["name"]] * 3


@pytest.mark.parametrize("role", ["HR User", "Employee"])
def test_who_has_not_the_role_may_not(host, absent, key_of, role):
	punch(host, absent, *FULL_DAY)
	name = the_day(host, absent)["name"]
	answers = [
		host.document_response(REPAIR, name, "repair", key_of[role]),
		host.api("POST", f"{CONTROLLER}.dismiss", key_of[role], json={"names": [name], "reason": "Because"}),
		host.session.post(
			f"{host.url}/api/method/run_doc_method",
			json={"dt": REPAIR, "dn": name, "method": "repair"},
			timeout=30,
		),
		host.api("PUT", f"resource/{REPAIR}/{name}", key_of[role], json={"state": "Repaired"}),
	]
	assert [answer.status_code for answer in answers] == [403] * 4
	assert host.api("GET", f"resource/{REPAIR}/{name}", key_of[role]).ok == (role == "HR User")
	assert (the_day(host, absent)["state"], attendances(host, absent)) == ("Open", [("Absent", 1)])


def test_nobody_edits_a_day(host, absent, key_of):
	punch(host, absent, *FULL_DAY)
	path = f"resource/{REPAIR}/{the_day(host, absent)['name']}"
	assert host.api("PUT", path, key_of["System Manager"], json={"state": "Repaired"}).status_code == 417


def test_a_day_with_half_a_day_of_leave_is_left_alone(host, bench_site, shift, absent, payroll, by_itself):
	host.update("Employee", absent["name"], holiday_list=payroll["holidays"])
	leave_type = host.create("Leave Type", leave_type_name=f"Late {uuid.uuid4().hex[:8]}", is_lwp=1)
	leave = host.create(
		"Leave Application",
		employee=absent["name"],
		leave_type=leave_type["name"],
		from_date=DAY,
		to_date=DAY,
		half_day=1,
		half_day_date=DAY,
		status="Approved",
		leave_approver="Administrator",
		docstatus=1,
	)
	assert attendances(host, absent) == [("Half Day", 1)]
	punch(host, absent, *FULL_DAY)
	decide(host, shift)
	row = the_day(host, absent)
	assert (row["state"], row["reason_code"], leave["name"] in row["message"]) == (
		"Skipped",
		"LEAVE",
		True,
	)
	settle(host, bench_site, absent)
	assert repair(host, row)["state"] == "Skipped"
	assert attendances(host, absent) == [("Half Day", 1)]


def test_a_day_of_an_attendance_request_is_left_alone_even_where_it_changed_nothing(
	host, shift, person, payroll
):
	punch(host, person, ("08:00:00", "CheckIn"), ("12:00:00", "CheckOut"), is_case=False)
	decide(host, shift)
	assert attendances(host, person) == [("Half Day", 1)]
	host.update("Employee", person["name"], holiday_list=payroll["holidays"])
	asked = dict(
		employee=person["name"],
		company=EMPLOYEE["company"],
		from_date=DAY,
		to_date=DAY,
		half_day=1,
		half_day_date=DAY,
		reason="On Duty",
		docstatus=1,
	)
	answer = host.api("POST", "resource/Attendance Request", json=asked)
	if answer.status_code == 417 and "attendance with the same status exists" in answer.text:
		return  # HRMS 16 refuses a request that changes nothing
	request = answer.json()["data"]
	assert not standing(host, person)["attendance_request"]
	punch(host, person, ("17:00:00", "CheckOut"))
	row = the_day(host, person)
	assert (row["reason_code"], request["name"] in row["message"]) == ("REQUEST", True)
	assert repair(host, row)["state"] == "Skipped"
	assert attendances(host, person) == [("Half Day", 1)]


def test_where_hrms_does_not_decide_nothing_is_lost(host, bench_site, new_shift, new_employee, by_itself):
	"""Its own refusal, after the attendance was cancelled: it marks nothing for who is Inactive."""
	shift = new_shift()
	person = new_employee(default_shift=shift)
	decide(host, shift)
	old = standing(host, person)
	punch(host, person, *FULL_DAY)
	decide(host, shift)
	remarks = comments(host, old["name"])
	bench_site.sql(f"update tabEmployee set status = 'Inactive' where name = '{person['name']}'")
	settle(host, bench_site, person)
	row = the_day(host, person)
	assert (row["state"], row["new_attendance"]) == ("Open", None)
	assert "nothing was changed" in row["message"]
	assert "Inactive" in row["message"]
	assert standing(host, person) == old
	assert skipped(host, person) == [1, 1]
	assert comments(host, old["name"]) == remarks
	tried_at = row["tried_at"]
	settle(host, bench_site, person)
	assert the_day(host, person)["tried_at"] == tried_at  # and is not tried again and again
	bench_site.sql(f"update tabEmployee set status = 'Active' where name = '{person['name']}'")
	assert repair(host, row)["state"] == "Repaired"
	assert attendances(host, person) == [("Absent", 2), ("Present", 1)]


@pytest.mark.parametrize(
	("change", "word"),
	[
		({"enable_auto_attendance": 0}, "switched off"),
		({"process_attendance_after": "2024-09-18"}, "Process Attendance After"),
		({"last_sync_of_checkin": "2024-09-17 12:00:00"}, "Last Sync"),
	],
)
def test_a_shift_that_decides_no_more_leaves_the_day_as_it_is(host, new_shift, new_employee, change, word):
	shift = new_shift()
	person = new_employee(default_shift=shift)
	decide(host, shift)
	punch(host, person, *FULL_DAY)
	host.update("Shift Type", shift, **change)
	answer = repair(host, the_day(host, person))
	assert (answer["state"], word in answer["message"]) == ("Open", True)
	assert attendances(host, person) == [("Absent", 1)]


def test_a_dismissed_day_stays_so_until_another_punch_comes(
	host, bench_site, shift, absent, key_of, by_itself
):
	punch(host, absent, FULL_DAY[0])
	name = the_day(host, absent)["name"]
	body = {"names": [name], "reason": "He had lent his card"}
	answer = host.api("POST", f"{CONTROLLER}.dismiss", key_of["HR Manager"], json=body)
	assert answer.json()["message"] == 1
	decide(host, shift)
	settle(host, bench_site, absent)
	row = the_day(host, absent)
	assert (row["state"], row["message"]) == ("Dismissed", "He had lent his card")
	assert attendances(host, absent) == [("Absent", 1)]
	punch(host, absent, FULL_DAY[1])
	assert the_day(host, absent)["state"] == "Open"


def test_check_ins_that_a_person_set_aside_stay_so(host, bench_site, shift, absent, by_itself):
	punch(host, absent, *FULL_DAY)
	for checkin in host.checkins(absent["name"]):
		host.update("Employee Checkin", checkin["name"], skip_auto_attendance=1)
	settle(host, bench_site, absent)
	row = the_day(host, absent)
	assert (row["state"], row["reason_code"]) == ("Skipped", "SET_ASIDE")
	assert repair(host, row)["state"] == "Skipped"
	assert (skipped(host, absent), attendances(host, absent)) == ([1, 1], [("Absent", 1)])


def test_an_attendance_that_somebody_cancelled_meanwhile_is_no_case_any_more(host, bench_site, absent):
	punch(host, absent, *FULL_DAY)
	host.update("Attendance", standing(host, absent)["name"], docstatus=2)
	bench_site.execute(SWEEP)
	row = the_day(host, absent)
	assert (row["state"], row["reason_code"]) == ("Skipped", "GONE")
	assert repair(host, row)["state"] == "Skipped"
	assert attendances(host, absent) == [("Absent", 2)]


def test_days_that_were_missed_are_found_by_the_sweep(host, bench_site, shift, absent):
	"""One that may be repaired and one that is left alone, written down together."""
	host.update("Attendance", standing(host, absent, "2024-09-18")["name"], docstatus=2)
	values = {"attendance_date": "2024-09-18", "status": "Absent", "shift": shift}
	host.create("Attendance", employee=absent["name"], company=EMPLOYEE["company"], docstatus=1, **values)
	punch(host, absent, *FULL_DAY)
	punch(host, absent, *FULL_DAY, day="2024-09-18")
	bench_site.sql(f"delete from `tabCAMS Day Repair` where employee = '{absent['name']}'")
	decide(host, shift)
	bench_site.execute(SWEEP)
	found = {row["attendance_date"]: (row["state"], row["late_count"]) for row in listed(host, absent)}
	assert found == {DAY: ("Open", 2), "2024-09-18": ("Skipped", 2)}


def test_hrms_is_understood_in_the_language_it_wrote_in(host, bench_site, new_shift, new_employee):
	"""Whoever presses the button on the Shift Type has its comments in his own language."""
	texts = {
		"Employee was marked Absent due to missing Employee Checkins.": "Ohne Check-ins: abwesend.",
		"Reason for skipping auto attendance:": "Grund, warum nicht:",
	}
	for source, translated in texts.items():
		if not host.find("Translation", {"translated_text": translated}):
			host.create("Translation", language="de", source_text=source, translated_text=translated)
	shift = new_shift()
	person = new_employee(default_shift=shift)
	host.session.headers["Accept-Language"] = "de"
	try:
		decide(host, shift)
		punch(host, person, *FULL_DAY)
		decide(host, shift)
	finally:
		del host.session.headers["Accept-Language"]
	assert comments(host, standing(host, person)["name"]) == ["Ohne Check-ins: abwesend."]
	[remark, _other] = [
		host.find("Comment", {"reference_name": each["name"], "comment_type": "Comment"})[0]["content"]
		for each in host.checkins(person["name"])
	]
	assert "Grund, warum nicht:" in remark
	host.create("User", email=f"{uuid.uuid4().hex}@example.com", first_name="De", language="de")
	assert repair(host, the_day(host, person))["state"] == "Repaired"


def test_a_punch_on_a_day_marked_present_or_on_no_day_is_no_case(host, shift, person):
	punch(host, person, *FULL_DAY, is_case=False)
	decide(host, shift)
	assert attendances(host, person) == [("Present", 1)]
	punch(host, person, ("17:10:00", "CheckOut"), is_case=False)
	punch(host, person, ("03:00:00", "CheckOut"), is_case=False)  # outside of any shift
	decide(host, shift)
	assert listed(host, person) == []


def test_an_attendance_and_an_employee_can_be_deleted_although_a_day_names_them(host, absent):
	punch(host, absent, *FULL_DAY)
	old = standing(host, absent)["name"]
	assert repair(host, the_day(host, absent))["state"] == "Repaired"
	host.delete("Attendance", old)
	assert the_day(host, absent)["attendance"] == old


def test_log_settings_forget_settled_days_only(host, bench_site, new_employee, shift):
	settled, waiting = (new_employee(default_shift=shift) for _ in range(2))
	decide(host, shift)
	for person in (settled, waiting):
		punch(host, person, *FULL_DAY)
	repair(host, the_day(host, settled))
	names = ", ".join(f"'{person['name']}'" for person in (settled, waiting))
	bench_site.sql(f"update `tabCAMS Day Repair` set modified = '2020-01-01' where employee in ({names})")
	bench_site.execute("frappe.core.doctype.log_settings.log_settings.run_log_clean_up")
	assert listed(host, settled) == []
	assert the_day(host, waiting)["state"] == "Open"
