"""Doors: opened and locked by those who may, with a reason that stays, and asked how they stand."""

import uuid

import frappe
import pytest


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
