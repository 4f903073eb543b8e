"""Live Board: the last punches, who is in by branch through a night shift, and the list for a muster."""

import json
import subprocess
import sys
import time
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.contract.host import DONE, SERVICE_TAG, real_time

BOARD = "navari_cams_biometric.cams_biometric.controllers.live_board_page"
NAIROBI = ZoneInfo("Africa/Nairobi")
# Prints how many channels are listened to, then each realtime event, a line each.
LISTEN = """
import json, redis, sys
listener = redis.Redis(port=int(sys.argv[1])).pubsub()
listener.subscribe("events")
for message in listener.listen():
    told = message["type"] == "message"
    print(json.dumps(json.loads(message["data"])) if told else message["data"], flush=True)
"""


@pytest.fixture
def call(host):
	def send(function, key=None, **arguments):
		response = host.api("POST", f"method/{BOARD}.{function}", key, json=arguments)
		assert response.status_code == 200, response.text
		return response.json()["message"]

	return send


@pytest.fixture
def new_branch(host):
	return lambda: host.create("Branch", branch=f"Branch {uuid.uuid4().hex[:6]}")["name"]


def now():
	return datetime.now(NAIROBI).replace(microsecond=0, tzinfo=None)


def check_in(host, employee, log_type, **ago):
	moment = str(now() - timedelta(**ago))
	host.create("Employee Checkin", employee=employee["name"], time=moment, log_type=log_type)
	return moment


def people_of(board):
	return {
		person["employee"]: {**person, "branch": group["branch"]}
		for group in board["branches"]
		for person in group["people"]
	}


def punch(host, user_id, moment, **overrides):
	answer = host.callback(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", **overrides))
	assert answer.content == DONE


def test_who_is_in_is_told_by_branch_with_time_and_device(host, call, new_branch, new_employee, new_device):
	branch, other = new_branch(), new_branch()
	device = new_device(label="East Gate")
	here, there, nowhere = (new_employee(branch=name) for name in (branch, other, ""))
	for employee in (here, there, nowhere):
		punch(host, employee["attendance_device_id"], now(), SerialNumber=device["name"])
		host.settled(employee["attendance_device_id"], state="Recorded")
	board = call("board")
	people = people_of(board)
	for employee, name in ((here, branch), (there, other), (nowhere, "")):
		person = people[employee["name"]]
		assert (person["branch"], person["device"], person["sure"]) == (name, "East Gate", True)
		assert person["employee_name"] == employee["employee_name"]
	assert [group["branch"] for group in board["branches"]][-1] == ""  # those without a branch come last
	assert board["count"] == sum(len(group["people"]) for group in board["branches"])


@pytest.mark.parametrize(
	("checkins", "is_in"),
	[
		([("IN", 1)], True),
		([("IN", 3), ("OUT", 1)], False),
		([("IN", 5), ("OUT", 3), ("IN", 1)], True),
		([("IN", 10)], True),  # a night shift
		([("IN", 15), ("OUT", 1)], False),
		([("IN", 17)], False),  # forgot to punch out yesterday
		([("OUT", 1)], False),
		([("IN", -30)], False),  # a time that cannot be
		([], False),
	],
)
def test_the_last_check_in_decides_for_sixteen_hours(host, call, new_employee, checkins, is_in):
	employee = new_employee()
	for log_type, hours in checkins:
		check_in(host, employee, log_type, hours=hours)
	assert (employee["name"] in people_of(call("board"))) is is_in


def test_check_ins_that_were_entered_out_of_order_are_read_in_order(host, call, new_employee):
	employee = new_employee()
	check_in(host, employee, "OUT", hours=1)
	check_in(host, employee, "IN", hours=8)
	assert employee["name"] not in people_of(call("board"))


def test_who_left_the_company_is_not_in(host, call, new_employee):
	employee = new_employee()
	check_in(host, employee, "IN", hours=1)
	host.update("Employee", employee["name"], status="Inactive")
	assert employee["name"] not in people_of(call("board"))


def test_without_direction_somebody_may_be_in_and_is_listed_as_such(host, call, new_branch, new_employee):
	branch = new_branch()
	employee, sure = new_employee(branch=branch), new_employee(branch=branch)
	check_in(host, employee, "", hours=1)
	check_in(host, sure, "IN", hours=1)
	board = call("muster", branch=branch)
	people = people_of(board)
	assert {name: person["sure"] for name, person in people.items()} == {
		employee["name"]: False,
		sure["name"]: True,
	}
	assert (board["count"], board["unsure"]) == (2, 1)


def test_a_muster_is_of_one_branch_of_those_without_or_of_all(host, call, new_branch, new_employee):
	branch = new_branch()
	own, other = new_employee(branch=branch), new_employee(branch="")
	moment = check_in(host, own, "IN", minutes=5)
	check_in(host, other, "IN", minutes=5)
	one = call("muster", branch=branch)
	assert [group["branch"] for group in one["branches"]] == [branch]
	[person] = one["branches"][0]["people"]
	assert (person["employee"], person["time"][:19], one["count"]) == (own["name"], moment, 1)
	without = call("muster", branch="")
	assert {group["branch"] for group in without["branches"]} == {""}
	assert other["name"] in people_of(without)
	everybody = people_of(call("muster"))
	assert {own["name"], other["name"]} <= set(everybody)
	assert abs(datetime.fromisoformat(one["now"]) - now()) < timedelta(minutes=2)


def without(board, *user_ids):
	return {row["user_id"]: row for row in board["without_checkin"] if row["user_id"] in user_ids}


def test_a_muster_lists_who_is_there_without_a_check_in(host, call, new_employee, new_device, new_user_id):
	door = new_device(label="Server Room", direction="Not Attendance")
	gate = new_device(label="North Gate")
	unknown, visitor = new_user_id(), new_user_id()
	host.create("CAMS Ignored ID", user_id=visitor, reason="A visitor")
	inactive, at_door, ahead = new_employee(status="Inactive"), new_employee(), new_employee()
	before = call("muster")
	for user_id, tag in (
		(unknown, gate),
		(visitor, gate),
		(inactive["attendance_device_id"], gate),
		(at_door["attendance_device_id"], door),
	):
		punch(host, user_id, now(), SerialNumber=tag["name"])
	wrong = ahead["attendance_device_id"]
	punch(host, wrong, now() + timedelta(days=3), SerialNumber=gate["name"])
	ids = (unknown, visitor, inactive["attendance_device_id"], at_door["attendance_device_id"], wrong)
	for user_id in ids:
		host.settled(user_id)
	board = call("muster")
	found = without(board, *ids)
	assert set(found) == set(ids)
	assert {user_id: row["device"] for user_id, row in found.items()} == {
		**dict.fromkeys(ids, "North Gate"),
		at_door["attendance_device_id"]: "Server Room",
	}
	assert found[unknown]["employee_name"] == ""
	assert found[wrong]["employee_name"] == ahead["employee_name"]
	assert abs(datetime.fromisoformat(found[wrong]["time"][:19]) - now()) < timedelta(minutes=2)
	assert board["count"] == before["count"]  # they are counted apart
	assert len(board["without_checkin"]) == len(before["without_checkin"]) + len(ids)
	assert without(call("board"), *ids).keys() == set(ids)


def test_who_left_or_is_listed_by_a_check_in_is_not_without_one(
	host, call, new_employee, new_device, new_user_id
):
	door = new_device(direction="Not Attendance")
	gone, listed, home, back = new_user_id(), new_employee(), new_employee(), new_employee()
	punch(host, gone, now() - timedelta(minutes=9))
	punch(host, gone, now() - timedelta(minutes=5), Type="CheckOut")
	for employee, log_type in ((listed, "IN"), (home, "OUT"), (back, "OUT")):
		check_in(host, employee, log_type, minutes=7)
	for employee, minutes in ((listed, 5), (home, 8), (back, 5)):
		moment = now() - timedelta(minutes=minutes)
		punch(host, employee["attendance_device_id"], moment, SerialNumber=door["name"])
	host.settled(gone, 2, state="Held")
	ids = [employee["attendance_device_id"] for employee in (listed, home, back)]
	for user_id in ids:
		host.settled(user_id)
	board = call("muster")
	assert set(without(board, gone, *ids)) == {back["attendance_device_id"]}
	assert listed["name"] in people_of(board)


def test_a_muster_of_one_branch_has_its_devices_strangers(host, call, new_branch, new_device, new_user_id):
	branch, other = new_branch(), new_branch()
	own, elsewhere = new_user_id(), new_user_id()
	for user_id, place in ((own, branch), (elsewhere, other)):
		punch(host, user_id, now(), SerialNumber=new_device(branch=place)["name"])
		host.settled(user_id, state="Held")
	assert set(without(call("muster", branch=branch), own, elsewhere)) == {own}


def test_the_last_punches_are_the_latest_whatever_became_of_them(host, call, new_employee, new_user_id):
	employee, unknown = new_employee(), new_user_id()
	punch(host, employee["attendance_device_id"], now() - timedelta(seconds=2))
	punch(host, employee["attendance_device_id"], now() - timedelta(seconds=1), Type="MealOut")
	punch(host, unknown, now())
	punch(host, unknown, now() - timedelta(days=400))  # old history does not push the board aside
	punch(host, unknown, now() + timedelta(hours=5))  # nor does a clock that is ahead stay on top of it
	host.settled(employee["attendance_device_id"], 2)
	host.settled(unknown, 3, state="Held")
	board = call("board")
	mine = (employee["attendance_device_id"], unknown)
	punches = [row for row in board["punches"] if row["user_id"] in mine][:3]
	assert [(row["user_id"], row["state"], row["reason_code"]) for row in punches] == [
		(unknown, "Held", "UNKNOWN_USER"),
		(employee["attendance_device_id"], "Ignored", "NOT_ATTENDANCE"),
		(employee["attendance_device_id"], "Recorded", None),
	]
	assert punches[2]["employee_name"] == employee["employee_name"]
	assert punches[0]["service_tag"] == SERVICE_TAG
	assert len(board["punches"]) <= 30
	times = [row["punch_time"] for row in board["punches"]]
	assert times == sorted(times, reverse=True)


def test_the_worker_says_that_there_is_something_new_without_saying_what(host, bench_site, new_employee):
	employee = new_employee()
	command = [sys.executable, "-c", LISTEN, str(bench_site.redis_port)]
	with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
		try:
			assert listener.stdout.readline().strip() == "1"  # it listens
			punch(host, employee["attendance_device_id"], now())
			deadline = time.monotonic() + 120
			event = {}
			while event.get("event") != "cams_punches":
				assert time.monotonic() < deadline
				event = json.loads(listener.stdout.readline())
		finally:
			listener.kill()
	assert event["room"] == "doctype:CAMS Punch"  # only who may read punches is let into it
	assert event["namespace"] == bench_site.name
	assert not event["message"]


@pytest.mark.parametrize(
	("role", "status"), [("HR User", 200), ("HR Manager", 200), ("System Manager", 200), ("Employee", 403)]
)
def test_who_may_look(host, desk_user, role, status):
	key = desk_user(role).key
	for function in ("board", "muster"):
		assert host.api("POST", f"method/{BOARD}.{function}", key, json={}).status_code == status


def test_a_guest_sees_nothing(host):
	for function in ("board", "muster"):
		answer = host.session.post(f"{host.url}/api/method/{BOARD}.{function}", json={}, timeout=30)
		assert answer.status_code == 403


def test_user_permissions_hide_the_people_of_other_branches(
	host, call, new_branch, new_employee, new_desk_user
):
	own, other = new_branch(), new_branch()
	seen, hidden = new_employee(branch=own), new_employee(branch=other)
	for employee in (seen, hidden):
		check_in(host, employee, "IN", minutes=1)
	user = new_desk_user("HR User")
	host.create("User Permission", user=user.email, allow="Branch", for_value=own, apply_to_all_doctypes=1)
	people = people_of(call("board", user.key))
	assert seen["name"] in people
	assert hidden["name"] not in people
	assert {seen["name"], hidden["name"]} <= set(people_of(call("board")))
