"""Employees on devices, as HR asks for them."""

import base64

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers import enrolment_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from tests.app.people.records import carry_out, known, put, recorded, sent, the_command


def test_an_employee_is_enrolled_on_the_devices_of_the_branch(gateway, tags, employee, new_device, run_jobs):
	elsewhere = new_device(label="Elsewhere")
	assert enrolment_actions.enrol(employee.name, reason="new") == {"commands": 2, "in_background": False}
	carry_out(gateway, run_jobs)

	for tag in tags:
		user = gateway.world.devices[tag].users[employee.attendance_device_id]
		assert (user.first_name, user.last_name, user.user_type) == ("Employee", "One", "User")
		assert known(tag, user.user_id).state == "On Device"
		done = the_command(service_tag=tag)
		assert (done.employee, done.reason, done.asked_by) == (employee.name, "new", "Administrator")
	assert recorded([elsewhere.name]) == []


def test_a_disabled_device_of_the_branch_is_left_out(tags, employee):
	frappe.db.set_value("CAMS Device", tags[0], "enabled", 0)
	enrolment_actions.enrol([employee.name])
	assert recorded(tags) == [("AddUser", tags[1], employee.attendance_device_id)]


def test_chosen_devices_count_instead_of_the_branch(tags, employee, new_device):
	elsewhere = new_device()
	enrolment_actions.enrol(frappe.as_json([employee.name]), devices=frappe.as_json([elsewhere.name]))
	assert recorded([*tags, elsewhere.name]) == [("AddUser", elsewhere.name, employee.attendance_device_id)]


def test_somebody_without_a_device_id_is_named_and_nothing_is_recorded(tags, employee, new_person):
	nobody = new_person(attendance_device_id="", first_name="Unnumbered")
	with pytest.raises(frappe.ValidationError, match=f"Attendance Device ID.*Unnumbered.*{nobody.name}"):
		enrolment_actions.enrol([employee.name, nobody.name])
	assert recorded(tags) == []


@pytest.mark.parametrize("values", [{"branch": None}, {}])
def test_without_a_device_to_enrol_on_somebody_must_choose(tags, new_person, new_branch, values):
	person = new_person(**{"branch": new_branch(), **values})
	with pytest.raises(frappe.ValidationError, match=f"Choose devices.*{person.name}"):
		enrolment_actions.enrol(person.name)


@pytest.mark.parametrize("function", [enrolment_actions.update, enrolment_actions.resend])
def test_who_is_on_no_device_is_neither_updated_nor_resent(tags, employee, function):
	with pytest.raises(frappe.ValidationError, match="Enrol them first"):
		function(employee.name)


def test_a_name_is_updated_where_the_person_is_and_an_administrator_stays_one(
	gateway, tags, employee, run_jobs
):
	user_id = employee.attendance_device_id
	gateway.add_user(tags[0], user_id, first_name="Old", user_type="Admin")
	put(tags[0], employee, user_type="Admin")
	enrolment_actions.update(employee.name)
	carry_out(gateway, run_jobs)

	assert recorded(tags) == [("UpdateUser", tags[0], user_id)]
	user = gateway.world.devices[tags[0]].users[user_id]
	assert (user.first_name, user.user_type) == ("Employee", "Admin")


def test_who_is_on_the_way_counts_as_there_and_who_is_being_removed_does_not(tags, employee):
	put(tags[1], employee)
	enrolment_actions.enrol(employee.name, devices=[tags[0]])
	enrolment_actions.remove(employee.name, "gone", devices=[tags[1]])
	enrolment_actions.update(employee.name)
	assert recorded(tags, operation="UpdateUser") == [("UpdateUser", tags[0], employee.attendance_device_id)]


def test_a_removal_goes_everywhere_unless_devices_are_chosen(gateway, tags, employee, new_device, run_jobs):
	disabled = new_device(enabled=0)
	gateway.add_user(tags[0], employee.attendance_device_id)
	enrolment_actions.remove(employee.name, "left")
	carry_out(gateway, run_jobs)

	assert gateway.world.devices[tags[0]].users == {}
	for tag in (*tags, disabled.name):
		done = the_command(service_tag=tag)
		assert (done.operation, done.state, done.reason) == ("DeleteUser", "Done", "left")


def test_a_removal_needs_a_reason(tags, employee):
	with pytest.raises(frappe.ValidationError, match="reason"):
		enrolment_actions.remove(employee.name, " ")
	assert recorded(tags) == []


def test_what_waits_already_is_not_asked_twice(tags, employee):
	for _ in range(2):
		enrolment_actions.enrol(employee.name, devices=[tags[0]])
	assert len(recorded(tags)) == 1
	enrolment_actions.remove(employee.name, "gone", devices=[tags[0]])
	enrolment_actions.enrol(employee.name, devices=[tags[0]])
	assert [operation for operation, _tag, _user in recorded(tags)] == ["AddUser", "DeleteUser", "AddUser"]


def test_a_name_that_changed_while_the_command_waits_is_sent_as_well(tags, employee):
	put(tags[0], employee)
	enrolment_actions.update(employee.name)
	employee.reload().update({"first_name": "Renamed"}).save()
	enrolment_actions.update(employee.name)
	names = frappe.get_all("CAMS Command", filters={"service_tag": tags[0]}, pluck="arguments")
	assert sorted(frappe.parse_json(each)["first_name"] for each in names) == ["Employee", "Renamed"]


@pytest.mark.parametrize(
	("function", "secret", "operation", "field", "kind"),
	[
		(enrolment_actions.set_card, "10283655", "EnrollCard", "CardNumber", "Card"),
		(enrolment_actions.set_pin, "90817263", "SetUserPassword", "Password", "Password"),
	],
)
def test_a_card_and_a_pin_are_set_and_forgotten(
	gateway, tags, employee, run_jobs, function, secret, operation, field, kind
):
	user_id = employee.attendance_device_id
	gateway.add_user(tags[0], user_id)
	put(tags[0], employee)
	function(employee.name, secret)
	carry_out(gateway, run_jobs)

	assert sent(gateway, operation)[0][field] == secret
	assert (kind, "") in gateway.world.devices[tags[0]].users[user_id].credentials
	done = the_command(service_tag=tags[0])
	assert done.state == "Done"
	assert secret not in str(done.as_dict())
	assert done.get_password("secret", raise_exception=False) is None


@pytest.mark.parametrize("pin", ["", "12a4", "-123", "１２"])
def test_a_pin_consists_of_digits(tags, employee, pin):
	with pytest.raises(frappe.ValidationError, match="digits"):
		enrolment_actions.set_pin(employee.name, pin, devices=tags)
	assert recorded(tags) == []


def test_a_secret_is_for_one_employee(tags, new_person):
	names = [new_person().name for _ in range(2)]
	with pytest.raises(frappe.ValidationError, match="one employee"):
		enrolment_actions.set_card(names, "10283655", devices=tags)
	assert recorded(tags) == []


def test_a_device_asks_for_a_finger_and_takes_a_face(gateway, tags, employee, run_jobs):
	user_id = employee.attendance_device_id
	enrolment_actions.start_fingerprint(employee.name, [tags[0]], index=6)
	enrolment_actions.start_face(employee.name, [tags[0]])
	carry_out(gateway, run_jobs)

	credentials = gateway.world.devices[tags[0]].users[user_id].credentials
	assert set(credentials) == {("Fingerprint", "6"), ("Face", "0")}
	assert "Template" not in sent(gateway, "EnrollFingerprint")[0]


def test_a_template_is_sent_as_it_came(gateway, tags, employee, run_jobs):
	template = base64.b64encode(b"ridges").decode()
	enrolment_actions.start_fingerprint(employee.name, [tags[0]], secret=template)
	carry_out(gateway, run_jobs)
	assert sent(gateway, "EnrollFingerprint")[0]["Template"] == template


@pytest.mark.parametrize("wrong", [{"index": 10}, {"index": -1}, {"secret": "no base64!"}])
def test_a_finger_that_is_none_and_a_template_that_is_none_are_refused(tags, employee, wrong):
	with pytest.raises(frappe.ValidationError, match=r"0 to 9|base64"):
		enrolment_actions.start_fingerprint(employee.name, tags, **wrong)
	assert recorded(tags) == []


def test_web_api_3_lets_no_device_ask(web_api, tags, employee):
	for function in (enrolment_actions.start_fingerprint, enrolment_actions.start_face):
		with pytest.raises(frappe.ValidationError, match="cannot ask"):
			function(employee.name, tags)
	with pytest.raises(frappe.ValidationError, match="not supported by Web API"):
		enrolment_actions.copy(employee.name, tags[0], [tags[1]])
	assert recorded(tags) == []
	assert enrolment_actions.on_devices(employee.name)["unavailable"].keys() == {"CopyUsers"}


@pytest.mark.parametrize("number", [1, 2])
def test_people_are_copied_and_the_target_is_read_by_itself(gateway, tags, new_person, run_jobs, number):
	chosen = [new_person() for _ in range(number)]
	for person in chosen:
		user = gateway.add_user(tags[0], person.attendance_device_id, first_name="Source")
		user.credentials["Fingerprint", "1"] = "ridges"
	gateway.add_user(tags[0], "other")
	assert enrolment_actions.copy([person.name for person in chosen], tags[0], tags)["commands"] == 1
	carry_out(gateway, run_jobs)

	ids = {person.attendance_device_id for person in chosen}
	assert set(gateway.world.devices[tags[1]].users) == ids
	assert {request["ServiceTag"] for request in sent(gateway, "ListUsers")} == {tags[1]}
	for person in chosen:
		row = known(tags[1], person.attendance_device_id)
		assert (row.state, row.fingerprints, row.employee) == ("On Device", 1, person.name)


def test_a_copy_needs_another_device(tags, employee):
	with pytest.raises(frappe.ValidationError, match="other than the source"):
		enrolment_actions.copy(employee.name, tags[0], [tags[0]])


def test_the_gateway_is_asked_who_and_where(gateway, tags, employee):
	user_id = employee.attendance_device_id
	for tag in tags:
		user = gateway.add_user(tag, user_id, first_name="Employee", last_name="One")
		user.credentials.update({("Fingerprint", "1"): "ridges", ("Fingerprint", "2"): "ridges"})
	found = enrolment_actions.find(employee.name)
	assert found == {
		"user_id": user_id,
		"name": "Employee One",
		"user_type": "User",
		"credentials": {"Fingerprint": 2},
	}
	assert enrolment_actions.where(employee.name) == [
		{"service_tag": tags[0], "label": "Gate 1"},
		{"service_tag": tags[1], "label": "Gate 2"},
	]


def test_nobody_is_no_error(gateway, employee):
	assert enrolment_actions.find(employee.name) is None
	assert enrolment_actions.where(employee.name) == []


def test_a_gateway_that_does_not_answer_says_so(gateway, employee):
	gateway.fail_next("server_error")
	with pytest.raises(frappe.ValidationError, match="500"):
		enrolment_actions.find(employee.name)


def test_the_form_is_told_what_is_known(gateway, tags, employee, run_jobs):
	put(
		tags[0],
		employee,
		**device_user_store.credential_counts([("Card", ""), ("Fingerprint", "1")], has_photo=True),
	)
	enrolment_actions.update(employee.name)
	told = enrolment_actions.on_devices(employee.name)

	[row] = told["rows"]
	assert (row["label"], row["state"], row["cards"], row["has_photo"]) == ("Gate 1", "On Device", 1, 1)
	[command] = told["commands"]
	assert (command.operation, command.state, command.label) == ("UpdateUser", "Queued", "Gate 1")
	assert told["unavailable"] == {}
	assert told["may_send"]
	assert told["device_asks"]
	assert {device.service_tag for device in told["devices"]} >= set(tags)
