"""Days of late punches over HTTP: several people at once, and who may. The rest is in `navari_cams_biometric/tests`."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.host import real_time

CONTROLLER = "method/navari_cams_biometric.cams_biometric.controllers.day_repair_actions"
REPAIR = "CAMS Day Repair"
DAY = "2024-09-17"
FULL_DAY = (("08:01:00", "CheckIn"), ("17:03:00", "CheckOut"))


@pytest.fixture(scope="module")
def shift(host):
	name = f"Late {uuid.uuid4().hex[:8]}"
	return host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="08:00:00",
		end_time="17:00:00",
		begin_check_in_before_shift_start_time=60,
		allow_check_out_after_shift_end_time=60,
		enable_auto_attendance=1,
		process_attendance_after=DAY,
		last_sync_of_checkin="2024-09-19 12:00:00",
	)["name"]


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


def decide(host, shift):
	"""HRMS's auto attendance, as the button on the Shift Type runs it and the scheduler does."""
	host.call_document("Shift Type", shift, "process_auto_attendance")


def punch(host, person, *punches):
	"""Punches as a device sends them; wait until they are check-ins, and known on the list of days."""
	user_id = person["attendance_device_id"]
	for clock, kind in punches:
		host.callback(real_time(user_id, f"{DAY} {clock} GMT +0300", Type=kind))
	for each in host.settled(user_id, len(punches), state="Recorded", seconds=120):
		wait_for_day(host, person, each["employee_checkin"])


def wait_for_day(host, person, checkin):
	deadline = time.monotonic() + 90
	while not host.find(REPAIR, {"employee": person["name"], "checkins": ["like", f"%{checkin}%"]}):
		assert time.monotonic() < deadline, f"{checkin} is on no day"
		time.sleep(0.2)


def attendances(host, person):
	filters = {"employee": person["name"], "attendance_date": DAY}
	return [
		(each["status"], each["docstatus"])
		for each in host.find("Attendance", filters, order_by="creation asc, name asc")
	]


def standing(host, person):
	filters = {"employee": person["name"], "attendance_date": DAY, "docstatus": 1}
	[attendance] = host.find("Attendance", filters)
	return attendance


def listed(host, person):
	return host.find(REPAIR, {"employee": person["name"]})


def the_day(host, person):
	[row] = listed(host, person)
	return row


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


def test_two_who_repair_at_once_repair_it_once(host, absent):
	punch(host, absent, *FULL_DAY)
	row = the_day(host, absent)
	with ThreadPoolExecutor(4) as people:
		answers = list(people.map(lambda _number: repair(host, row), range(4)))
	assert [answer["state"] for answer in answers] == ["Repaired"] * 4
	assert attendances(host, absent) == [("Absent", 2), ("Present", 1)]
	assert len(comments(host, standing(host, absent)["name"])) == 1


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
