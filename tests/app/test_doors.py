"""Doors: opened and locked by those who may, with a reason that stays, and asked how they stand."""

import uuid

import frappe
import pytest

from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.report.cams_access_events import cams_access_events


def device(tag):
	return frappe.get_doc("CAMS Device", tag)


@pytest.fixture
def become():
	"""Work as a new user of some roles."""

	def become(*roles):
		email = f"{uuid.uuid4().hex[:10]}@example.com"
		frappe.new_doc(
			"User", email=email, first_name="User", roles=[{"role": role} for role in roles]
		).insert()
		frappe.set_user(email)
		return email

	yield become
	frappe.set_user("Administrator")


def commands(tags):
	return frappe.get_all("CAMS Command", {"service_tag": ["in", tags]}, ["operation", "state"])


@pytest.mark.parametrize(
	("method", "operation", "state"),
	[("open_door", "OpenDoor", "Open"), ("lock_door", "LockDoor", "Locked")],
)
def test_a_door_operator_moves_a_door_and_the_reason_stays(
	gateway, tags, run_jobs, become, method, operation, state
):
	user = become("CAMS Door Operator")
	name = getattr(device(tags[0]), method)(2, "  A delivery \n")
	run_jobs()
	gateway.tick(15)

	assert gateway.world.devices[tags[0]].doors == {1: "Closed", 2: state}
	frappe.set_user("Administrator")
	command = frappe.get_doc("CAMS Command", name)
	assert (command.operation, command.asked_by, command.reason) == (operation, user, "A delivery")
	assert frappe.parse_json(command.arguments) == {"door": 2}


@pytest.mark.parametrize(
	"roles", [("System Manager",), ("HR Manager",), ("HR User",), ("HR Manager", "System Manager")]
)
@pytest.mark.parametrize("method", ["open_door", "lock_door"])
def test_without_the_role_no_door_moves(gateway, tags, run_jobs, become, roles, method):
	become(*roles)
	with pytest.raises(frappe.PermissionError):
		getattr(device(tags[0]), method)(1, "because")
	run_jobs()

	assert commands(tags) == []
	assert gateway.received == []


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize("method", ["open_door", "lock_door"])
def test_without_a_reason_no_door_moves(gateway, tags, become, method, reason):
	become("CAMS Door Operator")
	with pytest.raises(frappe.ValidationError, match="Enter a reason"):
		getattr(device(tags[0]), method)(1, reason)

	assert commands(tags) == []


def test_doors_count_from_one(gateway, tags):
	with pytest.raises(frappe.ValidationError, match="from 1"):
		device(tags[0]).open_door(0, "because")
	with pytest.raises(frappe.ValidationError, match="from 1"):
		device(tags[0]).door_status(0)


def test_a_device_that_is_not_here_has_no_doors(gateway, tags):
	with pytest.raises(frappe.DoesNotExistError):
		device("no such device").open_door(1, "because")


@pytest.mark.parametrize("role", ["CAMS Door Operator", "HR Manager", "System Manager"])
def test_how_a_door_stands(gateway, tags, become, role):
	gateway.world.devices[tags[0]].doors[2] = "Locked"
	become(role)

	assert device(tags[0]).door_status(2) == "Locked"
	assert device(tags[0]).door_status() == "Closed"


def test_who_may_not_ask_how_a_door_stands(gateway, tags, become):
	become("HR User")
	with pytest.raises(frappe.PermissionError):
		device(tags[0]).door_status()

	assert gateway.received == []


def test_the_doors_of_an_offline_device_cannot_be_told(gateway, tags):
	gateway.set_online(tags[0], False)
	with pytest.raises(frappe.ValidationError, match="Gate 1 is offline"):
		device(tags[0]).door_status()


def test_a_door_that_the_gateway_does_not_know_is_refused_with_its_words(gateway, tags):
	with pytest.raises(frappe.ValidationError, match="Door not found"):
		device(tags[0]).door_status(9)


def test_the_gateway_api_without_doors_says_so(gateway, tags):
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()

	with pytest.raises(frappe.ValidationError, match="not supported by Web API"):
		device(tags[0]).open_door(1, "because")
	with pytest.raises(frappe.ValidationError, match="not supported by Web API"):
		device(tags[0]).door_status()
	assert gateway.received == []


@pytest.fixture
def both(gateway, tags):
	"""The commands of a door and of a person on one device."""
	door = queue.add_command("OpenDoor", tags[0], reason="A delivery")
	person = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee")
	frappe.db.commit()
	return door, person


@pytest.mark.parametrize(
	("roles", "sees_people"),
	[
		(["CAMS Door Operator"], False),
		(["CAMS Door Operator", "HR User"], False),
		(["CAMS Door Operator", "HR Manager"], True),
		(["HR Manager"], True),
		(["System Manager"], True),
	],
)
def test_a_door_operator_sees_the_commands_of_doors_alone(both, tags, become, roles, sees_people):
	door, person = both
	become(*roles)
	listed = frappe.get_list("CAMS Command", filters={"service_tag": tags[0]}, pluck="name")

	assert (door in listed, person in listed) == (True, sees_people)
	assert frappe.get_doc("CAMS Command", door).has_permission("read")
	assert frappe.get_doc("CAMS Command", person).has_permission("read") is sees_people


def test_a_door_operator_does_not_see_whom_a_schedule_is_for(gateway, become):
	become("CAMS Door Operator")

	assert not frappe.has_permission("CAMS Access Schedule", "read")
	assert frappe.has_permission("CAMS Device", "read")


@pytest.mark.parametrize(
	("roles", "person"),
	[(["CAMS Door Operator"], ""), (["CAMS Door Operator", "HR Manager"], "Employee One")],
)
def test_the_report_names_nobody_to_a_door_operator(gateway, tags, become, roles, person):
	gateway.add_user(tags[0], "EMP-0001")
	gateway.punch(tags[0], "EMP-0001")
	today = gateway.world.now.astimezone(gateway.world.devices[tags[0]].zone).date()
	become(*roles)
	filters = {"device": tags[0], "from_date": today, "to_date": today}
	_columns, rows, _message = cams_access_events.execute(filters)

	assert [row["person"] for row in rows if row["source"] == "Gateway"] == [person]
