"""The enrolment audit: what counts as one, what fixes it, and that a row is judged anew before it is fixed."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.command_queue import command_results, queue
from navari_cams_biometric.cams_biometric.controllers import audit_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store, enrolment_audit
from navari_cams_biometric.cams_biometric.device_users.enrolment_audit import (
	NAMES,
	NOBODY,
	NOWHERE,
	UNCONFIRMED,
)
from tests.app.inside import other_devices_resting, punch_at, store


@pytest.fixture(autouse=True)
def only_these(gateway, tags):
	"""Devices of other tests are not audited."""
	with other_devices_resting(tags):
		yield


@pytest.fixture
def branch(tags):
	"""A branch that both devices stand in."""
	name = frappe.new_doc("Branch", branch=f"Branch {tags[0]}").insert().name
	for tag in tags:
		frappe.db.set_value("CAMS Device", tag, "branch", name)
	frappe.db.commit()
	return name


def found(kind="", **filters):
	return [
		(mismatch.service_tag, mismatch.user_id, mismatch.fix)
		for mismatch in enrolment_audit.find_mismatches(kind, **filters)
	]


def mismatch(kind):
	[only] = enrolment_audit.find_mismatches(kind)
	return only


def put(tag, user_id, first_name="", last_name="", **values):
	device_user_store.mark_on_device(tag, user_id, first_name=first_name, last_name=last_name, **values)


def id_of(employee):
	return employee.attendance_device_id


def age(name, **span):
	"""Make a command as old as `span` says."""
	moment = add_to_date(now_datetime(), **{unit: -count for unit, count in span.items()})
	frappe.db.set_value("CAMS Command", name, "creation", moment, update_modified=False)


def asked(tag, user_id, operation="AddUser", state="Sent", **values):
	name = queue.add_command(operation, tag, user_id=user_id, **values.pop("arguments", {}))
	frappe.db.set_value("CAMS Command", name, {"state": state, **values})
	return name


def test_who_is_on_a_device_and_is_no_active_employee(tags, new_employee):
	here, left, gone = new_employee(), new_employee(), new_employee()
	left.update({"status": "Left", "relieving_date": "2024-05-31"}).save()
	for user_id in (id_of(here), id_of(left), id_of(gone), "99999999"):
		put(tags[0], user_id, "Employee", "One")
	device_user_store.mark_removed(tags[0], id_of(gone))

	rows = {row.user_id: row for row in enrolment_audit.find_mismatches(NOBODY)}
	assert set(rows) == {id_of(left), "99999999"}
	assert (rows[id_of(left)].employee, rows[id_of(left)].words) == (left.name, "Left on 31-05-2024.")
	assert rows["99999999"].employee == ""
	assert "No employee has this ID" in rows["99999999"].words
	assert {(row.operation, row.fix, row.device_name) for row in rows.values()} == {
		("DeleteUser", "Remove from Device", "Employee One")
	}


def test_the_last_punch_on_that_device_is_told(tags, new_user_id):
	user_id = new_user_id()
	for tag in tags:
		put(tag, user_id)
	for clock in ("08:00:00", "17:00:00"):
		store(punch_at(user_id, clock, SerialNumber=tags[0]))

	moments = {row.service_tag: row.last_punch for row in enrolment_audit.find_mismatches(NOBODY)}
	assert str(moments[tags[0]]) == "2024-09-17 17:00:00"
	assert moments[tags[1]] is None


def test_an_administrator_of_the_device_is_named_as_such(tags, new_user_id):
	put(tags[0], new_user_id(), user_type="Admin")

	assert "An administrator of the device" in mismatch(NOBODY).words


def test_a_device_id_is_compared_exactly_and_without_spaces_around(tags, new_employee, new_user_id):
	user_id = "7" + new_user_id()
	new_employee(attendance_device_id=f" {user_id} ")
	put(tags[0], user_id)
	put(tags[1], f"0{user_id}")

	assert found(NOBODY) == [(tags[1], f"0{user_id}", "Remove from Device")]


def test_who_is_active_and_on_no_device_of_the_branch(tags, branch, new_employee):
	other_branch = frappe.new_doc("Branch", branch=f"{branch} 2").insert().name
	nowhere, here = new_employee(branch=branch), new_employee(branch=branch)
	new_employee()  # without a branch
	new_employee(branch=other_branch)  # whose branch has no device
	new_employee(branch=branch, status="Inactive")
	new_employee(branch=branch, attendance_device_id="")
	put(tags[1], id_of(here))

	assert found(NOWHERE) == [(tag, id_of(nowhere), "Enrol") for tag in sorted(tags)]
	assert {row.words for row in enrolment_audit.find_mismatches(NOWHERE)} == {"On no device."}
	row = enrolment_audit.find_mismatches(NOWHERE)[0]
	assert (row.operation, row.employee) == ("AddUser", nowhere.name)
	assert row.arguments == {"first_name": nowhere.first_name, "last_name": ""}


def test_who_is_on_a_device_of_another_branch_only(tags, branch, new_employee):
	frappe.db.set_value("CAMS Device", tags[1], "branch", None)
	employee = new_employee(branch=branch)
	put(tags[1], id_of(employee))

	row = mismatch(NOWHERE)
	assert (row.service_tag, row.user_id) == (tags[0], id_of(employee))
	assert row.words == f"On Gate 2, but on no device of the branch {branch}."


def test_a_disabled_device_counts_for_nobody(tags, branch, new_employee):
	employee = new_employee(branch=branch)
	put(tags[0], id_of(employee))
	frappe.db.set_value("CAMS Device", tags[0], "enabled", 0)

	assert found() == [(tags[1], id_of(employee), "Enrol")]


def test_who_is_on_the_way_is_no_ghost(tags, branch, new_employee):
	employee = new_employee(branch=branch)
	asked(tags[0], id_of(employee))

	assert found() == []


def test_one_id_with_different_names(tags, new_employee):
	employee = new_employee(first_name="Employee", last_name="One")
	put(tags[0], id_of(employee), "employee", " ONE")
	put(tags[1], id_of(employee), "Employee", "Two")

	row = mismatch(NAMES)
	assert (row.service_tag, row.device_name) == (tags[1], "Employee Two")
	assert row.words == "Also employee ONE on Gate 1."
	assert (row.fix, row.operation) == ("Send the Name", "UpdateUser")
	assert row.arguments == {"first_name": "Employee", "last_name": "One"}


@pytest.mark.parametrize(
	("here", "there"),
	[
		(("Employee", "One"), ("EMPLOYEE", "ONE")),
		(("Employee", "One"), ("EmployeeOne", "")),
		(("A", ""), ("", "")),
	],
)
def test_case_spaces_and_missing_names_make_no_difference(tags, new_employee, here, there):
	employee = new_employee()
	put(tags[0], id_of(employee), *here)
	put(tags[1], id_of(employee), *there)

	assert found(NAMES) == []


def test_different_names_of_nobody_are_for_a_person_to_find_out(tags, new_user_id):
	user_id = new_user_id()
	put(tags[0], user_id, "Employee", "One")
	put(tags[1], user_id, "Employee", "Two")

	assert found(NAMES) == [(tag, user_id, "") for tag in sorted(tags)]
	assert all("Find out whose ID it is" in row.words for row in enrolment_audit.find_mismatches(NAMES))


@pytest.mark.parametrize("state", ["Sent", "Failed"])
def test_what_was_asked_for_and_never_confirmed(tags, new_employee, state):
	employee = new_employee()
	arguments = {"first_name": "Employee"}
	name = asked(tags[0], id_of(employee), state=state, outcome="No answer came.", arguments=arguments)
	age(name, hours=25)

	row = mismatch(UNCONFIRMED)
	assert (row.fix, row.operation, row.arguments) == ("Send Again", "AddUser", arguments)
	assert row.words.startswith("Enrol was requested on ")
	assert row.words.endswith("No answer came.")


@pytest.mark.parametrize(
	("state", "hours", "counts"),
	[
		("Sent", 23, 0),
		("Waiting for Device", 25, 1),
		("Queued", 25, 1),
		("Queued", 23, 0),
		("Done", 25, 0),
		("Cancelled", 25, 0),
	],
)
def test_only_what_is_late_or_failed_is_unconfirmed(tags, new_employee, state, hours, counts):
	age(asked(tags[0], id_of(new_employee()), state=state), hours=hours)

	assert len(found(UNCONFIRMED)) == counts


@pytest.mark.parametrize("state", ["Waiting for Device", "Queued"])
def test_what_waits_by_itself_is_not_asked_again(tags, new_employee, state):
	age(asked(tags[0], id_of(new_employee()), state=state), hours=25)

	row = mismatch(UNCONFIRMED)
	assert row.fix == ""
	assert "It will be carried out when" in row.words


def test_who_is_on_the_device_has_arrived(tags, new_employee):
	employee = new_employee()
	asked(tags[0], id_of(employee), state="Failed")
	put(tags[0], id_of(employee))

	assert found(UNCONFIRMED) == []


@pytest.mark.parametrize(("operation", "counts"), [("DeleteUser", 0), ("AddUser", 0), ("UpdateUser", 1)])
def test_a_later_command_that_is_done_settles_it(tags, new_employee, operation, counts):
	employee = new_employee()
	age(asked(tags[0], id_of(employee), state="Failed"), hours=5)
	asked(tags[0], id_of(employee), operation, state="Done")

	assert len(found(UNCONFIRMED)) == counts


def test_an_earlier_command_settles_nothing(tags, new_employee):
	employee = new_employee()
	age(asked(tags[0], id_of(employee), "DeleteUser", state="Done"), hours=5)
	asked(tags[0], id_of(employee), state="Failed")

	assert len(found(UNCONFIRMED)) == 1


def test_who_was_asked_for_and_is_no_longer_active_is_not_asked_for_again(tags, new_user_id):
	asked(tags[0], new_user_id(), state="Failed")

	row = mismatch(UNCONFIRMED)
	assert row.fix == ""
	assert "No active employee has this ID" in row.words


@pytest.mark.parametrize(
	("operation", "arguments", "fix"),
	[
		("EnrollFace", {"photo": "employee"}, "Send Again"),
		("EnrollFace", {}, ""),
		("EnrollFingerprint", {"index": 1}, ""),
		("EnrollCard", {}, ""),
	],
)
def test_what_held_a_secret_cannot_be_asked_again(tags, new_employee, operation, arguments, fix):
	asked(tags[0], id_of(new_employee()), operation, state="Failed", arguments=arguments)

	row = mismatch(UNCONFIRMED)
	assert row.fix == fix
	assert ("Start it again" in row.words) == (not fix)


def test_what_failed_on_one_device_is_not_also_missing_there(tags, branch, new_employee):
	employee = new_employee(branch=branch)
	asked(tags[0], id_of(employee), state="Failed")

	assert found() == [
		(tags[1], id_of(employee), "Enrol"),
		(tags[0], id_of(employee), "Send Again"),
	]


def test_filters_choose_kind_device_and_branch(tags, branch, new_user_id):
	frappe.db.set_value("CAMS Device", tags[1], "branch", None)
	user_id = new_user_id()
	put(tags[0], user_id, "Employee", "One")
	put(tags[1], user_id, "Employee", "Two")

	assert {row.kind for row in enrolment_audit.find_mismatches()} == {NOBODY, NAMES}
	assert found(NOBODY, service_tag=tags[1]) == [(tags[1], user_id, "Remove from Device")]
	assert {row.service_tag for row in enrolment_audit.find_mismatches(branch=branch)} == {tags[0]}


def test_without_devices_there_is_no_ghost(tags, new_employee):
	new_employee()
	frappe.db.set_value("CAMS Device", {"name": ["in", tags]}, "enabled", 0)

	assert found() == []


def count_queries(monkeypatch, function):
	statements = []
	database = frappe.local.db
	execute = database.execute

	def count(*given, **named):
		statements.append(given)
		return execute(*given, **named)

	with monkeypatch.context() as patch:
		patch.setattr(database, "execute", count)
		function()
	return len(statements)


def test_the_number_of_queries_does_not_grow_with_the_rows(
	tags, branch, new_employee, new_user_id, monkeypatch
):
	def add():
		put(tags[0], new_user_id(), "Employee", "One")
		employee, other, third = new_employee(branch=branch), new_employee(branch=branch), new_employee()
		put(tags[0], id_of(other), "Employee", "One")
		put(tags[1], id_of(other), "Employee", "Two")
		asked(tags[0], id_of(third), state="Failed")
		return employee

	add()
	rows, queries = len(found()), count_queries(monkeypatch, found)
	for _number in range(5):
		add()

	assert len(found()) == 6 * rows
	assert count_queries(monkeypatch, found) == queries == 7


def row_of(each, **values):
	return {"kind": each.kind, "service_tag": each.service_tag, "user_id": each.user_id, **values}


def test_a_row_is_mended_by_its_command(tags, new_employee):
	employee = new_employee()
	employee.update({"status": "Left", "relieving_date": "2024-05-31"}).save()
	put(tags[0], id_of(employee))
	result = audit_actions.fix([row_of(mismatch(NOBODY))])

	[name] = result["asked"]
	command = frappe.get_doc("CAMS Command", name)
	assert (command.operation, command.service_tag, command.user_id) == (
		"DeleteUser",
		tags[0],
		id_of(employee),
	)
	assert (command.employee, command.reason) == (
		employee.name,
		"Enrolment audit: On a device, but not an active employee.",
	)
	assert result["left"] == []


def test_every_kind_is_mended_as_it_says(tags, branch, new_employee, run_jobs, gateway):
	nowhere = new_employee(branch=branch, first_name="Employee", last_name="Three")
	twice = new_employee(first_name="Employee", last_name="One")
	put(tags[0], id_of(twice), "Employee", "One")
	put(tags[1], id_of(twice), "Employee", "Two")
	gateway.add_user(tags[1], id_of(twice), first_name="Employee", last_name="Two")
	failed = new_employee()
	asked(tags[0], id_of(failed), state="Failed", arguments={"first_name": "Employee", "last_name": "Four"})
	result = audit_actions.fix(json.dumps([row_of(each) for each in enrolment_audit.find_mismatches()]))
	run_jobs()
	gateway.tick(20)

	assert (len(result["asked"]), result["left"]) == (4, [])
	users = [gateway.world.devices[tag].users for tag in tags]
	assert [people[id_of(nowhere)].last_name for people in users] == ["Three", "Three"]
	assert users[1][id_of(twice)].last_name == "One"
	assert users[0][id_of(failed)].last_name == "Four"


def test_what_is_on_its_way_is_not_asked_twice(tags, new_user_id):
	put(tags[0], new_user_id())
	stale = row_of(mismatch(NOBODY))
	audit_actions.fix([stale])

	assert mismatch(NOBODY).fix == ""
	result = audit_actions.fix([stale])
	assert result["asked"] == []
	assert "The removal is in progress" in result["left"][0]["why"]


def test_a_row_that_is_no_longer_so_is_left_alone_and_told(tags, new_user_id):
	user_id = new_user_id()
	put(tags[0], user_id)
	stale = row_of(mismatch(NOBODY))
	device_user_store.mark_removed(tags[0], user_id)

	assert audit_actions.fix([stale, stale]) == {
		"asked": [],
		"left": [{**stale, "why": "Already resolved."}],
	}
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


def test_what_the_row_says_beyond_its_key_counts_for_nothing(tags, new_employee):
	employee = new_employee()
	put(tags[0], id_of(employee))
	forged = {"kind": NOBODY, "service_tag": tags[0], "user_id": id_of(employee), "operation": "DeleteUser"}

	assert audit_actions.fix([forged])["asked"] == []


def test_a_row_is_mended_once_though_it_was_ticked_twice(tags, new_user_id):
	put(tags[0], new_user_id())
	row = row_of(mismatch(NOBODY))

	assert len(audit_actions.fix([row, row])["asked"]) == 1


def test_too_many_rows_are_refused(tags):
	with pytest.raises(frappe.ValidationError, match="at most 500"):
		audit_actions.fix([{}] * 501)


@pytest.mark.parametrize(
	("role", "allowed"),
	[("System Manager", True), ("HR Manager", True), ("HR User", False), ("CAMS Door Operator", False)],
)
def test_who_may_mend(tags, new_user_id, role, allowed):
	put(tags[0], new_user_id())
	row = row_of(mismatch(NOBODY))
	user = frappe.new_doc("User", email=f"{new_user_id()}@example.com", first_name=role)
	user.append("roles", {"role": role})
	frappe.set_user(user.insert().name)
	try:
		if allowed:
			[name] = audit_actions.fix([row])["asked"]
			assert frappe.db.get_value("CAMS Command", name, "asked_by") == user.name
			return
		for rows in ([], [row]):
			with pytest.raises(frappe.PermissionError):
				audit_actions.fix(rows)
	finally:
		frappe.set_user("Administrator")
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


def test_a_failed_command_ends_as_a_ghost(tags, new_employee):
	employee = new_employee()
	name = queue.add_command("AddUser", tags[0], user_id=id_of(employee))
	command_results.fail(frappe.get_doc("CAMS Command", name), "refused")

	assert found(UNCONFIRMED) == [(tags[0], id_of(employee), "Send Again")]
