"""Employees on devices: asked for by HR, read from the gateway, and following an employee's working life."""

import base64
import uuid

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.controllers import enrolment_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store, user_sync
from navari_cams_biometric.cams_biometric.device_users import enrolment as devices_people
from tests.app.inside import log_entries

SETTINGS = "CAMS Biometric Settings"
SWITCHES = ("enrol_employees", "update_employees", "remove_employees")


@pytest.fixture
def new_branch():
	def create():
		return frappe.new_doc("Branch", branch=f"Branch {uuid.uuid4().hex[:8]}").insert().name

	return create


@pytest.fixture
def branch(new_branch, tags):
	"""Where both of the gateway's devices stand."""
	name = new_branch()
	for tag in tags:
		frappe.db.set_value("CAMS Device", tag, "branch", name)
	frappe.db.commit()
	return name


@pytest.fixture
def new_person(new_employee, branch):
	"""Make active employees of the branch."""

	def create(**values):
		names = {"first_name": "Employee", "last_name": "One"}
		return new_employee(**{"branch": branch, **names, **values})

	return create


@pytest.fixture
def employee(new_person):
	return new_person()


@pytest.fixture
def as_role():
	"""Go on as a user with these roles."""

	def change(*roles):
		email = f"{uuid.uuid4().hex[:10]}@example.com"
		user = frappe.new_doc("User", email=email, first_name=roles[0], send_welcome_email=0)
		for role in roles:
			user.append("roles", {"role": role})
		user.insert()
		frappe.db.commit()
		frappe.set_user(user.name)
		return user.name

	yield change
	frappe.set_user("Administrator")


@pytest.fixture
def switch(gateway):
	"""Switch what Settings do by themselves; off again at the end."""

	def turn(*names):
		values = {name: int(name in names) for name in SWITCHES}
		frappe.get_doc(SETTINGS).update(values).save()
		frappe.db.commit()

	yield turn
	frappe.db.rollback()
	turn()


@pytest.fixture
def web_api(gateway):
	settings = frappe.get_doc(SETTINGS)
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()
	frappe.db.commit()


def recorded(tags, **filters):
	"""(operation, device, user id) of the commands, oldest first."""
	rows = frappe.get_all(
		"CAMS Command",
		filters={"service_tag": ["in", tags], **filters},
		fields=["operation", "service_tag", "user_id"],
		order_by="creation asc, name asc",
	)
	return [(row.operation, row.service_tag, row.user_id) for row in rows]


def the_command(**filters):
	[name] = frappe.get_all("CAMS Command", filters=filters, pluck="name")
	return frappe.get_doc("CAMS Command", name)


def sent(gateway, operation):
	return [request.arguments for request in gateway.received if request.operation == operation]


def carry_out(gateway, run_jobs):
	"""Let the workers send, the devices do, and the scheduler learn of it."""
	run_jobs()
	gateway.tick(15)
	for name in frappe.get_all(
		"CAMS Command", filters={"service_tag": ["in", list(gateway.world.devices)]}, pluck="name"
	):
		make_due(name)
	queue.sweep()
	run_jobs()


def make_due(name):
	state = frappe.db.get_value("CAMS Command", name, "state")
	if state in ("Queued", "Sent", "Waiting for Device"):
		frappe.db.set_value("CAMS Command", name, "due_at", add_to_date(now_datetime(), minutes=-1))
	frappe.db.commit()


def known(tag, user_id):
	fields = ["state", "first_name", "user_type", "fingerprints", "cards", "employee"]
	return frappe.db.get_value(
		"CAMS Device User", device_user_store.row_name(tag, user_id), fields, as_dict=True
	)


def put(tag, employee, **values):
	device_user_store.mark_on_device(tag, employee.attendance_device_id, **values)
	frappe.db.commit()


# Asked for by HR


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


def test_without_a_token_every_button_says_why(tags, employee, monkeypatch):
	settings = frappe.get_cached_doc(SETTINGS)
	monkeypatch.setattr(settings, "auth_token_digest", "")
	cached = frappe.get_cached_doc
	monkeypatch.setattr(
		frappe,
		"get_cached_doc",
		lambda doctype, *names: settings if doctype == SETTINGS else cached(doctype, *names),
	)
	unavailable = enrolment_actions.on_devices(employee.name)["unavailable"]
	assert set(unavailable) == set(enrolment_actions.OPERATIONS)
	assert all("Auth Token" in reason for reason in unavailable.values())


def test_many_are_asked_for_by_a_job_with_progress(gateway, tags, new_person, run_jobs, monkeypatch, as_role):
	shown = []
	monkeypatch.setattr(
		frappe, "publish_progress", lambda percent, **told: shown.append((percent, frappe.session.user))
	)
	many = [new_person() for _ in range(60)]
	manager = as_role("HR Manager")
	asked = enrolment_actions.enrol([person.name for person in many], reason="new site")
	assert asked == {"commands": 0, "in_background": True}
	assert recorded(tags) == []
	run_jobs()

	ids = {person.attendance_device_id for person in many}
	for tag in tags:
		assert {user_id for _operation, _tag, user_id in recorded([tag])} == ids
		assert set(frappe.get_all("CAMS Command", {"service_tag": tag}, pluck="asked_by")) == {manager}
	assert [percent for percent, _user in shown] == pytest.approx([100 * 50 / 60, 100])
	assert {user for _percent, user in shown} == {manager}
	assert {request["UserID"] for request in sent(gateway, "AddUser")} == ids


def test_a_job_sends_a_device_once_for_each_transaction(gateway, tags, new_person, monkeypatch):
	queued = []
	monkeypatch.setattr(jobs, "request_job", lambda method, *_ids, **options: queued.append(options))
	for _ in range(3):
		enrolment_actions.enrol(new_person().name)
	frappe.db.commit()
	assert sorted(each["service_tag"] for each in queued) == sorted([*tags] * 3)
	queued.clear()
	enrolment_actions.enrol([new_person().name for _ in range(3)])
	frappe.db.commit()
	assert sorted(each["service_tag"] for each in queued) == sorted(tags)


def test_a_job_that_was_asked_for_in_vain_is_asked_for_again(monkeypatch):
	queued = []
	monkeypatch.setattr(jobs, "request_job", lambda method, *_ids, **options: queued.append(method))
	jobs.after_commit("a.job", service_tag="X")
	frappe.db.rollback()
	jobs.after_commit("a.job", service_tag="X")
	frappe.db.commit()
	assert queued == ["a.job"]


CALLS = {
	"enrol": {},
	"update": {},
	"remove": {"reason": "gone"},
	"resend": {},
	"set_card": {"secret": "10283655"},
	"set_pin": {"secret": "90817263"},
	"start_fingerprint": {},
	"start_face": {},
}


@pytest.mark.parametrize(
	"roles", [["HR User"], ["Employee"], ["CAMS Door Operator"], ["System Manager", "Employee"]]
)
@pytest.mark.parametrize("function", CALLS)
def test_who_may_not_change_employees_sends_nothing(tags, employee, as_role, function, roles):
	as_role(*roles)
	with pytest.raises(frappe.PermissionError):
		getattr(enrolment_actions, function)(employee.name, devices=tags, **CALLS[function])
	assert recorded(tags) == []


@pytest.mark.parametrize("function", CALLS)
def test_an_hr_manager_may_ask_for_all_of_it(tags, employee, as_role, function):
	as_role("HR Manager")
	assert (
		getattr(enrolment_actions, function)(employee.name, devices=[tags[0]], **CALLS[function])["commands"]
		== 1
	)


def test_hr_users_read_and_ask_the_gateway_nothing(gateway, tags, employee, as_role):
	put(tags[0], employee)
	user = frappe.db.get_value("CAMS Device User", {"service_tag": tags[0]}, "name")
	as_role("HR User")
	told = enrolment_actions.on_devices(employee.name)
	assert len(told["rows"]) == 1
	assert (told["may_send"], told["commands"]) == (False, [])
	for refused in (
		lambda: enrolment_actions.find(employee.name),
		lambda: enrolment_actions.where(employee.name),
		lambda: enrolment_actions.copy(employee.name, tags[0], [tags[1]]),
		lambda: enrolment_actions.sync_users(tags[0]),
		lambda: enrolment_actions.remove_users([user], "gone"),
		lambda: enrolment_actions.resend_users([user]),
	):
		with pytest.raises(frappe.PermissionError):
			refused()
	assert gateway.received == []


def test_an_unknown_employee_or_device_is_refused(tags, employee):
	with pytest.raises(frappe.PermissionError, match="employees"):
		enrolment_actions.enrol([employee.name, "HR-EMP-NONE"])
	with pytest.raises(frappe.PermissionError, match="devices"):
		enrolment_actions.enrol(employee.name, devices=["NONE"])
	assert recorded(tags) == []


def test_somebody_who_is_no_employee_can_be_removed_and_resent(gateway, tags, run_jobs):
	gateway.add_user(tags[0], "mismatch")
	device_user_store.mark_on_device(tags[0], "mismatch")
	names = [device_user_store.row_name(tags[0], "mismatch")]
	enrolment_actions.resend_users(names)
	enrolment_actions.remove_users(names, "nobody knows")
	carry_out(gateway, run_jobs)
	assert recorded(tags) == [("ResendUser", tags[0], "mismatch"), ("DeleteUser", tags[0], "mismatch")]
	assert gateway.world.devices[tags[0]].users == {}
	assert known(tags[0], "mismatch").state == "Deleted"


# What the gateway lists


def test_the_list_of_a_device_is_read(gateway, tags, employee, run_jobs):
	user_id = employee.attendance_device_id
	user = gateway.add_user(tags[0], user_id, first_name="Listed", user_type="Admin")
	user.credentials.update({("Fingerprint", "1"): "ridges", ("Card", ""): "10283655"})
	device_user_store.mark_on_device(tags[0], "gone", **device_user_store.credential_counts([("Face", "0")]))
	device_user_store.mark_on_device(tags[1], "elsewhere")
	assert enrolment_actions.sync_users(tags[0]) == 1
	run_jobs()

	row = known(tags[0], user_id)
	assert (row.state, row.first_name, row.user_type) == ("On Device", "Listed", "Admin")
	assert (row.fingerprints, row.cards, row.employee) == (1, 1, employee.name)
	assert known(tags[0], "gone").state == "Deleted"
	assert known(tags[1], "elsewhere").state == "On Device"
	assert frappe.db.get_value("CAMS Device", tags[0], "users_synced_at")
	assert not frappe.db.get_value("CAMS Device", tags[1], "users_synced_at")


def test_all_pages_of_the_list_are_read_and_a_photo_is_not_forgotten(gateway, tags):
	for number in range(120):
		gateway.add_user(tags[0], f"user-{number:03}")
	device_user_store.mark_on_device(tags[0], "user-007", has_photo=1)
	user_sync.sync_in_background(tags[0])
	there = {"service_tag": tags[0], "state": "On Device"}
	assert frappe.db.count("CAMS Device User", there) == 120
	assert (
		frappe.db.get_value("CAMS Device User", device_user_store.row_name(tags[0], "user-007"), "has_photo")
		== 1
	)


def test_without_a_device_all_enabled_ones_are_read(gateway, tags, run_jobs, monkeypatch):
	monkeypatch.setattr(
		enrolment_actions, "_enabled_devices", lambda: tags
	)  # others of this site have no gateway
	assert enrolment_actions.sync_users() == 2
	run_jobs()
	assert [request["ServiceTag"] for request in sent(gateway, "ListUsers")] == tags


def test_what_became_known_while_the_list_was_on_its_way_counts_more(gateway, tags, monkeypatch):
	gateway.add_user(tags[0], "leaving")
	device_user_store.mark_on_device(tags[0], "arriving")
	client = type(frappe.get_cached_doc(SETTINGS).client())
	list_users = client.list_users

	def slow(self, device):
		users = list(list_users(self, device))
		device_user_store.mark_removed(tags[0], "leaving")
		device_user_store.mark_on_device(tags[0], "arriving")
		return users

	monkeypatch.setattr(client, "list_users", slow)
	user_sync.sync_in_background(tags[0])
	assert known(tags[0], "leaving").state == "Deleted"
	assert known(tags[0], "arriving").state == "On Device"


def test_web_api_3_has_no_list_and_nobody_is_marked(web_api, tags):
	device_user_store.mark_on_device(tags[0], "somebody")
	with pytest.raises(frappe.ValidationError, match="no list"):
		enrolment_actions.sync_users(tags[0])
	user_sync.sync_in_background(tags[0])
	assert known(tags[0], "somebody").state == "On Device"
	assert not frappe.db.get_value("CAMS Device", tags[0], "users_synced_at")


def test_a_list_that_cannot_be_read_changes_nothing_and_is_logged(gateway, tags, new_device):
	unknown = new_device().name
	device_user_store.mark_on_device(unknown, "somebody")
	frappe.db.commit()
	user_sync.sync_in_background(unknown, tell="Administrator")
	frappe.db.commit()
	assert known(unknown, "somebody").state == "On Device"
	[entry] = log_entries(reference_name=unknown)
	assert "Device not found" in entry.error
	_event, words, user, _doctype, _name = frappe.local.realtime_log[-1]
	assert (user, "Device not found" in words) == ("Administrator", True)


# The working life


def test_who_becomes_active_with_a_device_id_is_enrolled(switch, gateway, tags, new_person, run_jobs):
	switch("enrol_employees")
	employee = new_person()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert gateway.world.devices[tag].users[employee.attendance_device_id].first_name == "Employee"
	command = the_command(service_tag=tags[0])
	assert (command.employee, command.asked_by) == (employee.name, "Administrator")
	assert command.reason.startswith("Automatic")
	employee.reload().save()
	assert len(recorded(tags)) == 2


def test_a_device_id_that_comes_later_enrols(switch, tags, new_person, new_user_id):
	switch("enrol_employees")
	employee = new_person(attendance_device_id="")
	assert recorded(tags) == []
	user_id = new_user_id()
	employee.update({"attendance_device_id": user_id}).save()
	assert recorded(tags) == [("AddUser", tag, user_id) for tag in sorted(tags)]


@pytest.mark.parametrize("status", ["Inactive", "Suspended"])
def test_who_is_not_active_is_not_enrolled(switch, tags, new_person, status):
	switch("enrol_employees")
	new_person(status=status)
	assert recorded(tags) == []


@pytest.mark.parametrize("status", ["Left", "Inactive"])
def test_who_leaves_is_removed_everywhere_and_comes_back(
	switch, gateway, tags, new_person, new_device, run_jobs, status
):
	switch("enrol_employees", "remove_employees")
	disabled = new_device(enabled=0)
	employee = new_person()
	carry_out(gateway, run_jobs)
	employee.reload().update({"status": status, "relieving_date": "2024-01-01"}).save()
	carry_out(gateway, run_jobs)
	assert [gateway.world.devices[tag].users for tag in tags] == [{}, {}]
	gone = the_command(service_tag=disabled.name)
	assert (gone.operation, gone.state) == ("DeleteUser", "Done")

	employee.reload().update({"status": "Active", "relieving_date": None}).save()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert employee.attendance_device_id in gateway.world.devices[tag].users


def test_a_suspension_passes(switch, tags, employee):
	switch("remove_employees")
	employee.reload().update({"status": "Suspended"}).save()
	assert recorded(tags) == []


def test_a_new_device_id_replaces_the_old_one(switch, gateway, tags, new_person, new_user_id, run_jobs):
	switch(*SWITCHES)
	employee = new_person()
	carry_out(gateway, run_jobs)
	old, new = employee.attendance_device_id, new_user_id()
	employee.reload().update({"attendance_device_id": new}).save()
	carry_out(gateway, run_jobs)
	for tag in tags:
		assert set(gateway.world.devices[tag].users) == {new}
		assert (known(tag, old).state, known(tag, old).employee) == ("Deleted", None)
		assert (known(tag, new).state, known(tag, new).employee) == ("On Device", employee.name)


def test_a_new_branch_adds_its_devices(switch, gateway, tags, new_person, new_branch, run_jobs):
	there, here = new_branch(), new_branch()
	for tag, name in zip(tags, (there, here), strict=True):
		frappe.db.set_value("CAMS Device", tag, "branch", name)
	switch(*SWITCHES)
	employee = new_person(branch=there)
	carry_out(gateway, run_jobs)
	employee.reload().update({"branch": here}).save()
	carry_out(gateway, run_jobs)
	assert recorded(tags) == [("AddUser", tag, employee.attendance_device_id) for tag in tags]
	assert all(employee.attendance_device_id in gateway.world.devices[tag].users for tag in tags)


def test_a_changed_name_follows_where_the_person_is(switch, gateway, tags, employee, run_jobs):
	switch("update_employees")
	gateway.add_user(tags[1], employee.attendance_device_id)
	put(tags[1], employee)
	employee.reload().update({"last_name": "Changed"}).save()
	assert recorded(tags) == [("UpdateUser", tags[1], employee.attendance_device_id)]
	carry_out(gateway, run_jobs)
	assert gateway.world.devices[tags[1]].users[employee.attendance_device_id].last_name == "Changed"


def test_a_name_that_changes_with_the_branch_is_sent_once(switch, tags, new_branch, new_person):
	employee = new_person(branch=new_branch())
	put(tags[0], employee)
	here = frappe.db.get_value("CAMS Device", tags[0], "branch")
	switch("enrol_employees", "update_employees")
	employee.reload().update({"last_name": "Changed", "branch": here}).save()
	assert [operation for operation, _tag, _user in recorded(tags)] == ["AddUser", "AddUser"]


def test_what_is_switched_off_does_nothing(switch, tags, new_person):
	switch()
	employee = new_person()
	put(tags[0], employee)
	employee.update({"last_name": "Changed"}).save()
	employee.update({"status": "Inactive"}).save()
	frappe.delete_doc("Employee", employee.name)
	assert recorded(tags) == []


def test_a_deleted_employee_is_removed_and_nothing_here_stands_in_the_way(
	switch, gateway, tags, employee, run_jobs
):
	switch("remove_employees")
	gateway.add_user(tags[0], employee.attendance_device_id)
	put(tags[0], employee)
	enrolment_actions.update(employee.name)
	frappe.delete_doc("Employee", employee.name)
	frappe.db.commit()
	carry_out(gateway, run_jobs)
	assert gateway.world.devices[tags[0]].users == {}
	assert known(tags[0], employee.attendance_device_id).employee is None
	assert not frappe.db.exists("CAMS Command", {"employee": employee.name})


def test_an_employee_can_be_deleted_even_if_no_command_can_be_recorded(switch, tags, employee, monkeypatch):
	switch("remove_employees")
	put(tags[0], employee)

	def fail(*_arguments, **_options):
		frappe.throw("no such luck")

	monkeypatch.setattr(queue, "add_command", fail)
	frappe.delete_doc("Employee", employee.name)
	assert not frappe.db.exists("Employee", employee.name)
	[entry] = log_entries(reference_name=employee.name)
	assert "no such luck" in entry.error


def test_saving_never_fails_because_of_a_device(switch, tags, new_person, monkeypatch):
	switch(*SWITCHES)
	ask = queue.add_command

	def fails_at_the_second(operation, service_tag, **arguments):
		if service_tag == sorted(tags)[1]:
			frappe.throw("no such luck")
		return ask(operation, service_tag, **arguments)

	monkeypatch.setattr(queue, "add_command", fails_at_the_second)
	employee = new_person()
	assert frappe.db.exists("Employee", employee.name)
	assert recorded(tags) == []  # half of it is none of it
	[entry] = log_entries(reference_name=employee.name)
	assert "no such luck" in entry.error
	assert frappe.local.message_log == []


def test_a_deadlock_is_not_swallowed_with_the_save(switch, new_person, monkeypatch):
	switch(*SWITCHES)

	def deadlock(*_arguments, **_options):
		raise frappe.QueryDeadlockError

	monkeypatch.setattr(queue, "add_command", deadlock)
	with pytest.raises(frappe.QueryDeadlockError):
		new_person()


@pytest.mark.parametrize("flag", ["in_install", "in_migrate", "in_patch"])
def test_installing_and_migrating_send_nothing(switch, tags, new_person, flag):
	switch(*SWITCHES)
	frappe.flags[flag] = True
	try:
		new_person()
	finally:
		frappe.flags[flag] = False
	assert recorded(tags) == []


def test_a_data_import_enrols(switch, tags, new_person):
	switch("enrol_employees")
	frappe.flags.in_import = True
	try:
		new_person()
	finally:
		frappe.flags.in_import = False
	assert len(recorded(tags)) == 2


# What is on its way


def test_who_leaves_while_being_enrolled_on_an_offline_device_does_not_come_back(
	switch, gateway, tags, new_person, run_jobs
):
	switch("enrol_employees", "remove_employees")
	gateway.set_online(tags[0], False)
	employee = new_person()
	run_jobs()
	assert the_command(service_tag=tags[0]).state == "Waiting for Device"
	employee.reload().update({"status": "Inactive"}).save()
	carry_out(gateway, run_jobs)
	waiting = the_command(service_tag=tags[0], operation="DeleteUser")
	assert (waiting.state, "earlier command" in waiting.outcome) == ("Queued", True)

	gateway.set_online(tags[0], True)
	for _ in range(3):
		carry_out(gateway, run_jobs)
	assert the_command(service_tag=tags[0], operation="DeleteUser").state == "Done"
	assert [gateway.world.devices[tag].users for tag in tags] == [{}, {}]
	assert {known(tag, employee.attendance_device_id).state for tag in tags} == {"Deleted"}


def test_a_removal_that_is_known_done_first_is_not_undone_by_the_earlier_enrolment(gateway, tags, run_jobs):
	device_user_store.mark_on_device(tags[0], "somebody")
	added = queue.add_command("AddUser", tags[0], user_id="somebody")
	removed = queue.add_command("DeleteUser", tags[0], user_id="somebody")
	for name in (removed, added):
		command = frappe.get_doc("CAMS Command", name)
		frappe.db.set_value("CAMS Command", name, "state", "Done")
		device_user_store.note_finished_command(command.reload())
	assert known(tags[0], "somebody").state == "Deleted"


def test_the_removal_of_somebody_unknown_is_not_waited_for_long(web_api, tags, run_jobs):
	name = queue.add_command("DeleteUser", tags[0], user_id="nobody")
	run_jobs()
	assert frappe.db.get_value("CAMS Command", name, "state") == "Sent"
	for hours, state in ((23, "Sent"), (25, "Done")):
		answered_at = add_to_date(now_datetime(), hours=-hours)
		frappe.db.set_value("CAMS Command", name, "answered_at", answered_at)
		make_due(name)
		queue.sweep()
		assert frappe.db.get_value("CAMS Command", name, "state") == state


def test_what_runs_at_once_is_not_many():
	assert devices_people.AT_ONCE == 20
