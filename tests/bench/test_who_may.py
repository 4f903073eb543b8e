"""Who may call what from outside: every whitelisted method, by every role, over HTTP.

To add a method, add a line to WHO_MAY. Its arguments must do no harm, and yet bring the call to the role check:
what looks a record up first needs one of `records`, in braces. A method of a document has its name before them.
"""

import ast
import json
import re
import time
import uuid

import pytest
import requests

from simulator import Simulator
from tests.app.test_structure import APP, WHITELISTED
from tests.bench.users import new_user
from tests.contract.conftest import EMPLOYEE as EMPLOYEE_VALUES
from tests.contract.host import SETTINGS, TOKEN, real_time

GUEST, EMPLOYEE, HR_USER = "Guest", "Employee", "HR User"
HR, SYSTEM, DOORS = "HR Manager", "System Manager", "CAMS Door Operator"
ROLES = (EMPLOYEE, HR_USER, HR, SYSTEM, DOORS)
ADMINISTRATOR = "Administrator"
EVERYBODY = {GUEST, *ROLES}

PREFIX = "cams_biometric/"
COMMAND_PY = "doctype/cams_command/cams_command.py"
DEVICE_PY = "doctype/cams_device/cams_device.py"
SCHEDULE_PY = "doctype/cams_access_schedule/cams_access_schedule.py"
SETTINGS_PY = "doctype/cams_biometric_settings/cams_biometric_settings.py"
NOBODY = {"employees": ["{unnumbered}"], "devices": ["{device}"]}  # without a device ID nothing is asked
# With System Manager alone ERPNext lets nobody see an Employee.
WHO_MAY = [
	("controllers/attendance_actions.py:unsupported", {}, {EMPLOYEE, HR_USER, HR, SYSTEM, DOORS}),
	("controllers/attendance_actions.py:attach_photo", {"checkin": "nothing"}, {HR}),
	(
		"controllers/attendance_actions.py:export_attendance",
		{"from_date": "2024-01-02", "to_date": "2024-01-01"},
		{HR, SYSTEM},
	),
	("controllers/audit_actions.py:fix", {"rows": []}, {HR, SYSTEM}),
	("controllers/checkin_actions.py:restore", {"names": []}, {HR, SYSTEM}),
	("controllers/cams_call.py:attendance", {}, EVERYBODY),
	("controllers/doctor_page.py:examine", {}, {SYSTEM}),
	("controllers/doctor_page.py:health", {}, EVERYBODY),
	("controllers/live_board_page.py:board", {}, {HR_USER, HR, SYSTEM}),
	("controllers/live_board_page.py:muster", {}, {HR_USER, HR, SYSTEM}),
	# ERPNext takes the role Employee from a user whom no Employee names, as here: see test_person_concerned.py.
	("controllers/my_punches_page.py:my_punches", {}, set()),
	("controllers/live_board_page.py:people_in_card", {}, {HR_USER, HR, SYSTEM}),
	(
		"controllers/held_punches_page.py:outcome_since",
		{"since": "2024-01-01 00:00:00"},
		{HR_USER, HR, SYSTEM},
	),
	("controllers/held_punches_page.py:held_groups", {}, {HR_USER, HR, SYSTEM}),
	("controllers/held_punches_page.py:exact_links", {}, {HR, SYSTEM}),
	("controllers/held_punches_page.py:link_many", {"links": []}, {HR, SYSTEM}),
	("controllers/held_punches_page.py:link", {"user_id": "nobody", "employee": "nobody"}, {HR, SYSTEM}),
	("controllers/held_punches_page.py:link_ways", {"user_id": "nobody", "employee": "nobody"}, {HR, SYSTEM}),
	(
		"controllers/held_punches_page.py:ignore_id",
		{"user_id": "nobody", "reason": "a test"},
		{HR, SYSTEM},
	),
	(
		"controllers/held_punches_page.py:resolve",
		{"action": "retry", "reason_code": "REFUSED", "as_of": "2024-01-01 00:00:00", "names": []},
		{HR, SYSTEM},
	),
	(
		"controllers/held_punches_page.py:undo_link",
		{"user_id": "nobody", "employee": "nobody", "since": "2024-01-01 00:00:00"},
		{HR},
	),
	(
		"controllers/enrolment_actions.py:copy",
		{"employees": ["{unnumbered}"], "source": "{device}", "targets": ["{device}"]},
		{HR},
	),
	("controllers/enrolment_actions.py:enrol", {**NOBODY, "reason": "a test"}, {HR}),
	("controllers/enrolment_actions.py:find", {"employee": "{unnumbered}"}, {HR}),
	("controllers/enrolment_actions.py:on_devices", {"employee": "{unnumbered}"}, {HR_USER, HR}),
	("controllers/enrolment_actions.py:remove", {**NOBODY, "reason": "a test"}, {HR}),
	(
		"controllers/enrolment_actions.py:remove_users",
		{"names": ["nothing"], "reason": "a test"},
		{HR, SYSTEM},
	),
	("controllers/enrolment_actions.py:resend", NOBODY, {HR}),
	("controllers/enrolment_actions.py:resend_users", {"names": ["nothing"]}, {HR, SYSTEM}),
	("controllers/enrolment_actions.py:set_card", {**NOBODY, "secret": "1"}, {HR}),
	("controllers/enrolment_actions.py:set_pin", {**NOBODY, "secret": "1"}, {HR}),
	("controllers/enrolment_actions.py:start_face", NOBODY, {HR}),
	("controllers/enrolment_actions.py:start_fingerprint", NOBODY, {HR}),
	("controllers/enrolment_actions.py:sync_users", {"service_tag": "{device}"}, {HR, SYSTEM}),
	("controllers/enrolment_actions.py:update", NOBODY, {HR}),
	("controllers/enrolment_actions.py:where", {"employee": "{unnumbered}"}, {HR}),
	(
		"controllers/personal_data_actions.py:erase",
		{"employee": "{unnumbered}", "reason": "a test", "confirmation": "nobody"},
		{HR},
	),
	("controllers/personal_data_actions.py:export_data", {"employee": "{unnumbered}"}, {HR}),
	("controllers/personal_data_actions.py:standing", {"employee": "{unnumbered}"}, {HR}),
	("controllers/punch_actions.py:accept_time", {"names": []}, {HR, SYSTEM}),
	("controllers/punch_actions.py:accept_input_type", {"names": []}, {HR, SYSTEM}),
	(
		"controllers/punch_actions.py:add_punch",
		{"employee": "{unnumbered}", "time": "2024-09-17 08:00:00", "log_type": "IN", "reason": " "},
		{HR_USER, HR},
	),
	("controllers/punch_actions.py:take_back", {"name": "nothing"}, {HR_USER, HR, SYSTEM}),
	("controllers/punch_actions.py:dismiss", {"names": []}, {HR, SYSTEM}),
	(
		"controllers/punch_actions.py:link_to_employee",
		{"name": "{unknown_punch}", "employee": "{to_link}"},
		{HR},
	),
	("controllers/punch_actions.py:retry", {"names": []}, {HR, SYSTEM}),
	("controllers/time_correction_actions.py:propose", {"names": []}, {HR, SYSTEM}),
	("controllers/time_correction_actions.py:correct", {"names": [], "seconds": 60}, {HR, SYSTEM}),
	("controllers/time_correction_actions.py:undo", {"names": []}, {HR, SYSTEM}),
	(
		"controllers/held_punches_page.py:propose_time",
		{"reason_code": "CLOCK_AHEAD", "as_of": "2024-01-01 00:00:00"},
		{HR, SYSTEM},
	),
	("controllers/unread_event_actions.py:dismiss", {"names": []}, {HR, SYSTEM}),
	("controllers/unread_event_actions.py:read_again", {"names": []}, {HR, SYSTEM}),
	("controllers/day_repair_actions.py:dismiss", {"names": [], "reason": "a test"}, {HR, SYSTEM}),
	("controllers/day_repair_actions.py:fetch_shift", {"names": []}, {HR_USER, HR, SYSTEM}),
	(
		"controllers/day_repair_actions.py:fetch_shifts",
		{"from_date": "2024-09-17", "to_date": "2024-09-17"},
		{HR_USER, HR, SYSTEM},
	),
	("controllers/shift_sync_actions.py:state_of", {"shift_type": "{shift}"}, {HR_USER, HR}),
	(
		"dashboard_chart_source/cams_held_by_reason/cams_held_by_reason.py:get_data",
		{},
		{HR_USER, HR, SYSTEM},
	),
	(
		"dashboard_chart_source/cams_punches_by_day/cams_punches_by_day.py:get_data",
		{},
		{HR_USER, HR, SYSTEM},
	),
	(
		"dashboard_chart_source/cams_punches_by_device/cams_punches_by_device.py:get_data",
		{},
		{HR_USER, HR, SYSTEM},
	),
	(
		"dashboard_chart_source/cams_punches_by_hour/cams_punches_by_hour.py:get_data",
		{},
		{HR_USER, HR, SYSTEM},
	),
	(f"{SETTINGS_PY}:confirm_live_site", (SETTINGS, {}), {SYSTEM}),
	(f"{SETTINGS_PY}:import_devices", (SETTINGS, {}), {SYSTEM}),
	(
		f"{SETTINGS_PY}:load_history",
		(SETTINGS, {"from_date": "2024-01-02", "to_date": "2024-01-01"}),
		{SYSTEM},
	),
	(f"{SETTINGS_PY}:migration_status", (SETTINGS, {}), {SYSTEM}),
	(f"{SETTINGS_PY}:preview_digest", (SETTINGS, {"digest": "nothing"}), {SYSTEM}),
	(f"{SETTINGS_PY}:register_callback", (SETTINGS, {}), {SYSTEM}),
	(f"{SETTINGS_PY}:renew_callback_secret", (SETTINGS, {}), {SYSTEM}),
	(f"{SETTINGS_PY}:setup_status", (SETTINGS, {}), {SYSTEM}),
	(f"{SCHEDULE_PY}:send_to_devices", ("{schedule_elsewhere}", {}), {HR, SYSTEM}),
	(f"{COMMAND_PY}:cancel_command", ("{device_command}", {}), {SYSTEM}),
	(f"{COMMAND_PY}:cancel_command", ("{door_command}", {}), {DOORS}),
	(f"{COMMAND_PY}:cancel_command", ("{people_command}", {}), {HR, SYSTEM}),
	(f"{COMMAND_PY}:check_now", ("{device_command}", {}), {SYSTEM}),
	(f"{COMMAND_PY}:check_now", ("{door_command}", {}), {DOORS}),
	(f"{COMMAND_PY}:check_now", ("{people_command}", {}), {HR, SYSTEM}),
	("doctype/cams_day_repair/cams_day_repair.py:repair", ("{day}", {}), {HR, SYSTEM}),
	(f"{DEVICE_PY}:check_health", ("{device}", {}), {HR, SYSTEM}),
	(f"{DEVICE_PY}:confirm", ("{device}", {}), {SYSTEM}),
	(f"{DEVICE_PY}:door_status", ("{device}", {"door": 0}), {HR, SYSTEM, DOORS}),
	(f"{DEVICE_PY}:expect_history", ("{device}", {}), {SYSTEM}),
	(f"{DEVICE_PY}:lock_door", ("{device}", {"door": 0, "reason": "a test"}), {DOORS}),
	(f"{DEVICE_PY}:open_door", ("{device}", {"door": 0, "reason": "a test"}), {DOORS}),
	(f"{DEVICE_PY}:preview_alternation", ("{device}", {"day": "2024-01-01"}), {HR, SYSTEM}),
	(f"{DEVICE_PY}:preview_checkin_time", ("{device}", {}), {SYSTEM}),
	(f"{DEVICE_PY}:ping", ("{device}", {}), {HR, SYSTEM}),
	(f"{DEVICE_PY}:read_information", ("{device}", {}), {SYSTEM}),
	(f"{DEVICE_PY}:reboot", ("{device}", {"reason": " "}), {SYSTEM}),
	(f"{DEVICE_PY}:replace", ("{device}", {"service_tag": " "}), {SYSTEM}),
	(f"{DEVICE_PY}:reset_queue", ("{device}", {"reason": " "}), {SYSTEM}),
	(f"{DEVICE_PY}:sync_time", ("{elsewhere}", {}), {SYSTEM}),
	("doctype/cams_history_load/cams_history_load.py:cancel_load", ("{load}", {}), {SYSTEM}),
	("doctype/cams_history_load/cams_history_load.py:resume_load", ("{load}", {}), {SYSTEM}),
]


@pytest.fixture(scope="module", autouse=True)
def gateway(host):
	with Simulator(token=TOKEN) as simulator:
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		simulator.add_device(f"WHO{uuid.uuid4().hex[:8].upper()}", "Gate")
		yield simulator
		host.update(SETTINGS, SETTINGS, base_url="")


@pytest.fixture(scope="module")
def users(host, records):
	"""After the records: each new user keeps the worker busy for seconds."""
	return {role: new_user(host, role) for role in ROLES}


@pytest.fixture(scope="module")
def records(host, bench_site, gateway):
	"""Names of records that calls may be about. The commands have ended: neither polled nor cancelled any more. The
	device elsewhere is unknown to the gateway, so that what is sent there comes to nothing."""
	[device] = gateway.world.devices
	elsewhere = f"ELS{uuid.uuid4().hex[:8].upper()}"
	host.create("CAMS Device", service_tag=device, label="Gate")
	host.create("CAMS Device", service_tag=elsewhere, label="Elsewhere")

	def schedule(device):
		created = host.create(
			"CAMS Access Schedule",
			schedule_name=f"Hours of {device}",
			everybody=1,
			windows=[{"day": "Monday", "start": "08:00:00", "end": "17:00:00"}],
			devices=[{"service_tag": device}],
		)
		return created["name"]

	def ended(operation, **values):
		command = {"operation": operation, "service_tag": device, "asked_by": ADMINISTRATOR, **values}
		return host.create("CAMS Command", state="Done", **command)["name"]

	user_id, unknown = (uuid.uuid4().hex[:8] for _ in range(2))
	bench_site.sql(f"insert into `tabCAMS Day Repair` (name, state) values ('{user_id}', 'Repaired')")
	days = {"from_date": "2024-01-01", "to_date": "2024-01-01"}
	for each in (user_id, unknown):
		host.callback(real_time(each))
	yield {
		"day": user_id,
		"device": device,
		"device_command": ended("SyncDeviceTime"),
		"door_command": ended("OpenDoor", reason="a test", arguments='{"door": 1}'),
		"device_user": host.create("CAMS Device User", service_tag=device, user_id=user_id)["name"],
		"elsewhere": elsewhere,
		"idle_load": host.create("CAMS History Load", state="Done", **days)["name"],
		"load": host.create("CAMS History Load", state="Done", **days)["name"],
		"people_command": ended("AddUser", user_id=user_id),
		"punch": host.settled(user_id, state="Held")[0]["name"],
		"unknown_punch": host.settled(unknown, state="Held")[0]["name"],
		"shift": host.create(
			"Shift Type", name=f"Shift {user_id}", start_time="08:00:00", end_time="17:00:00"
		)["name"],
		"to_link": host.create("Employee", first_name="To Link", **EMPLOYEE_VALUES)["name"],
		"unnumbered": host.create("Employee", first_name="Unnumbered", **EMPLOYEE_VALUES)["name"],
		"schedule": schedule(device),
		"schedule_elsewhere": schedule(elsewhere),
	}
	forget_commands(bench_site, device, elsewhere)


def forget_commands(bench_site, *devices):
	"""Otherwise they are sent again, to whatever gateway there is then."""
	tags = ", ".join(f"'{tag}'" for tag in devices)
	bench_site.sql(f"delete from `tabCAMS Command` where service_tag in ({tags})")


@pytest.fixture(scope="module")
def caller(host, users):
	"""Send a request as a role, as Administrator, or as nobody."""

	def send(role, verb, path, body=None):
		if role == GUEST:
			headers = {"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]}
			return requests.request(verb, f"{host.url}/api/{path}", json=body, headers=headers, timeout=60)
		return host.api(verb, path, users[role].key if role in users else None, json=body)

	return send


def filled(value, records):
	if isinstance(value, dict):
		return {name: filled(each, records) for name, each in value.items()}
	if isinstance(value, list):
		return [filled(each, records) for each in value]
	return value.format_map(records) if isinstance(value, str) else value


def verb_of(function):
	"""The first of its `methods`; POST where it names none."""
	calls = [each for each in function.decorator_list if isinstance(each, ast.Call)]
	named = [word.value for call in calls for word in call.keywords if word.arg == "methods"]
	return ast.literal_eval(named[0])[0] if named else "POST"


def request_of(method, arguments):
	"""Verb, path and body. A method of a document is called as its form does."""
	source, _, function = method.partition(":")
	verb = verb_of(WHITELISTED[PREFIX + method])
	if not source.startswith("doctype/"):
		dotted = source.removesuffix(".py").replace("/", ".")
		return verb, f"method/navari_cams_biometric.cams_biometric.{dotted}.{function}", arguments
	definition = (APP / PREFIX / source).with_suffix(".json")
	doctype = json.loads(definition.read_text())["name"]
	name, arguments = arguments
	return verb, "method/run_doc_method", {"dt": doctype, "dn": name, "method": function, "args": arguments}


def test_every_method_has_its_line_and_every_line_its_method():
	assert {PREFIX + method for method, _arguments, _roles in WHO_MAY} == set(WHITELISTED)


@pytest.mark.parametrize(
	("method", "arguments", "roles"), WHO_MAY, ids=[f"{line[0].rpartition('/')[2]}" for line in WHO_MAY]
)
def test_who_may_call(caller, records, method, arguments, roles):
	verb, path, body = request_of(method, arguments)
	body = filled(body, records)
	answers = {role: caller(role, verb, path, body).status_code for role in (*EVERYBODY, ADMINISTRATOR)}
	passed = {role for role, status in answers.items() if status not in (401, 403)}
	assert passed == {*roles, ADMINISTRATOR}, answers


DOCTYPES = {
	"CAMS Access Schedule": ("schedule", {"everybody": 0}),
	"CAMS Command": ("door_command", {"state": "Queued"}),
	"CAMS Device": ("device", {"enabled": 0}),
	"CAMS Device User": ("device_user", {"state": "Deleted"}),
	"CAMS History Load": ("idle_load", {"state": "Queued"}),
	"CAMS Punch": ("punch", {"state": "Ignored"}),
}


NAMING = {"CAMS Access Schedule": ["schedule_name"], "CAMS Device": ["service_tag"]}


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("role", [GUEST, EMPLOYEE, HR_USER, DOORS])
def test_who_only_reads_writes_nothing(host, caller, records, doctype, role):
	record, change = DOCTYPES[doctype]
	before = host.get(doctype, records[record])
	new = {key: value for key, value in before.items() if key != "name"}
	new.update({fieldname: "another" for fieldname in NAMING.get(doctype, ())})
	path = f"resource/{doctype}"

	answers = [
		caller(role, "POST", path, new),
		caller(role, "PUT", f"{path}/{records[record]}", change),
		caller(role, "DELETE", f"{path}/{records[record]}"),
	]
	assert [answer.status_code for answer in answers] == [403, 403, 403]
	assert host.get(doctype, records[record]) == before


@pytest.mark.parametrize("role", [HR, SYSTEM])
def test_not_even_a_manager_writes_a_command(host, caller, records, role):
	name = records["door_command"]
	before = host.get("CAMS Command", name)
	answers = [
		caller(role, "POST", "resource/CAMS Command", {"operation": "AddUser"}),
		caller(role, "PUT", f"resource/CAMS Command/{name}", {"state": "Queued"}),
		caller(role, "DELETE", f"resource/CAMS Command/{name}"),
	]
	assert [answer.status_code for answer in answers] == [403, 403, 403]
	assert host.get("CAMS Command", name) == before


APP_PATH = "navari_cams_biometric.cams_biometric"
NEW_COMMAND = {
	"doctype": "CAMS Command",
	"operation": "OpenDoor",
	"service_tag": "{device}",
	"state": "Queued",
	"due_at": "2024-01-01 00:00:00",
	"asked_by": ADMINISTRATOR,
}


def door_body(method):
	arguments = {"door": 1, "reason": "x"}
	return {"dt": "CAMS Device", "dn": "{device}", "method": method, "args": arguments}


WAYS_TO_A_DOOR = {
	"open": ("method/run_doc_method", door_body("open_door")),
	"lock": ("method/run_doc_method", door_body("lock_door")),
	"ask": (
		f"method/{APP_PATH}.command_queue.queue.add_command",
		{"operation": "OpenDoor", "service_tag": "{device}"},
	),
	"send": (f"method/{APP_PATH}.command_queue.queue.send_due", {"service_tag": "{device}"}),
	"command by cmd": (
		"method/ping",
		{"cmd": f"{APP_PATH}.command_queue.queue.add_command", "operation": "OpenDoor"},
	),
	"resource": ("resource/CAMS Command", NEW_COMMAND),
	"resource of version 2": ("v2/document/CAMS Command", NEW_COMMAND),
	"insert": ("method/frappe.client.insert", {"doc": NEW_COMMAND}),
	"insert many": ("method/frappe.client.insert_many", {"docs": [NEW_COMMAND]}),
	"save": ("method/frappe.client.save", {"doc": "{forged_command}"}),
	"set value": (
		"method/frappe.client.set_value",
		{"doctype": "CAMS Command", "name": "{door_command}", "fieldname": "state", "value": "Queued"},
	),
	"the form": ("method/frappe.desk.form.save.savedocs", {"doc": "{new_command}", "action": "Save"}),
	"document save": ("method/run_doc_method", {"docs": "{forged_command}", "method": "save"}),
	"document db_update": ("method/run_doc_method", {"docs": "{forged_command}", "method": "db_update"}),
	"document db_set": (
		"method/run_doc_method",
		{"dt": "CAMS Command", "dn": "{door_command}", "method": "db_set", "args": {"fieldname": "state"}},
	),
}


@pytest.fixture
def known(host, bench_site, records):
	"""With documents as a form would send them: a new command, and one that has ended as if it had not."""
	forget_commands(bench_site, records["elsewhere"])
	old = host.get("CAMS Command", records["door_command"])
	documents = {"new_command": filled(NEW_COMMAND, records), "forged_command": {**old, "state": "Queued"}}
	return {**records, **{name: json.dumps(document) for name, document in documents.items()}}


@pytest.mark.parametrize("role", [GUEST, EMPLOYEE, HR_USER, HR, SYSTEM])
def test_without_the_role_nobody_opens_a_door(host, bench_site, gateway, caller, known, role):
	before = host.find("CAMS Command", {"service_tag": known["device"]})
	received = len(gateway.received)
	answers = {
		way: caller(role, "POST", path, filled(body, known)).status_code
		for way, (path, body) in WAYS_TO_A_DOOR.items()
	}

	assert {way: status for way, status in answers.items() if status not in (401, 403)} == {}
	bench_site.execute(f"{APP_PATH}.command_queue.queue.sweep")
	time.sleep(1)  # for the worker, if it had anything to send
	assert host.find("CAMS Command", {"service_tag": known["device"]}) == before
	assert [request for request in gateway.received[received:] if request.method != "GET"] == []


@pytest.mark.parametrize("way", [way for way in WAYS_TO_A_DOOR if way not in ("open", "lock")])
def test_with_the_role_there_is_no_way_around_the_reason(host, caller, known, way):
	before = host.find("CAMS Command", {"service_tag": known["device"]})
	path, body = WAYS_TO_A_DOOR[way]

	assert caller(DOORS, "POST", path, filled(body, known)).status_code == 403
	assert host.find("CAMS Command", {"service_tag": known["device"]}) == before


@pytest.fixture(scope="module")
def restricted(host, records):
	"""By role, users who see the devices of one branch alone; that branch, and a device of it."""
	[branch, other] = [host.create("Branch", branch=uuid.uuid4().hex[:8])["name"] for _number in range(2)]
	tag = host.create("CAMS Device", service_tag=f"OWN{uuid.uuid4().hex[:8].upper()}", branch=branch)["name"]
	for device in ("device", "elsewhere"):
		host.update("CAMS Device", records[device], branch=other)
	users = {role: new_user(host, role) for role in (HR, DOORS)}
	for user in users.values():
		host.create("User Permission", user=user.email, allow="Branch", for_value=branch)
	return users, branch, tag


@pytest.mark.parametrize("method", ["open_door", "lock_door", "door_status", "ping", "check_health"])
@pytest.mark.parametrize("role", [HR, DOORS])
def test_a_forged_document_gives_no_right_to_the_device(host, gateway, records, restricted, method, role):
	users, branch, tag = restricted
	theirs = host.get("CAMS Device", records["device"])
	forged = [
		{**theirs, "branch": branch},
		{**theirs, "branch": branch, "service_tag": tag},
		{**theirs, "branch": branch, "service_tag": tag, "__islocal": 1},
		{"doctype": "CAMS Device", "name": records["device"], "branch": branch, "__islocal": 1},
	]
	reason = uuid.uuid4().hex
	arguments = {"door": 1} if method == "door_status" else {"door": 1, "reason": reason}
	received = len(gateway.received)
	for document in forged:
		body = {"docs": json.dumps(document), "method": method, "args": arguments}
		answer = host.api("POST", "method/run_doc_method", users[role].key, json=body)
		assert answer.status_code == 403, (document, answer.text)
	assert host.find("CAMS Command", {"reason": reason}) == []
	assert gateway.received[received:] == []


def test_the_document_that_comes_back_keeps_what_is_above_the_users_level(host, records, users):
	host.update("CAMS Device", records["elsewhere"], auth_token="own-auth-token-0123456789abcdefg")
	for role in (HR, DOORS):
		answer = host.document_response(
			"CAMS Device", records["elsewhere"], "door_status", users[role].key, door=0
		)
		assert answer.status_code == 417
	answer = host.document_response("CAMS Device", records["elsewhere"], "sync_time", users[SYSTEM].key)
	[document] = answer.json()["docs"]
	assert document["label"] == "Elsewhere"
	assert not document.get("auth_token_digest")


def test_a_door_operator_reads_nothing_of_people(host, users, records):
	key = users[DOORS].key
	ways = {
		"list": ("GET", "resource/CAMS Command?limit_page_length=0", None),
		"report view": (
			"POST",
			"method/frappe.desk.reportview.get",
			{"doctype": "CAMS Command", "fields": '["name", "operation", "user_id"]', "page_length": 500},
		),
		"link field": (
			"POST",
			"method/frappe.desk.search.search_link",
			{"doctype": "CAMS Command", "txt": "", "page_length": 500},
		),
		"by name": ("GET", f"resource/CAMS Command/{records['people_command']}", None),
		"form": (
			"GET",
			f"method/frappe.desk.form.load.getdoc?doctype=CAMS Command&name={records['people_command']}",
			None,
		),
		"value": (
			"POST",
			"method/frappe.client.get_value",
			{"doctype": "CAMS Command", "fieldname": "user_id", "filters": records["people_command"]},
		),
	}
	answers = {way: host.api(verb, path, key, json=body) for way, (verb, path, body) in ways.items()}
	assert answers["by name"].status_code == answers["form"].status_code == 403
	for way, answer in answers.items():
		assert records["people_command"] not in answer.text or answer.status_code == 403, way
	assert records["door_command"] in answers["list"].text
	assert records["door_command"] in answers["report view"].text
	for doctype in (
		"CAMS Access Schedule",
		"CAMS Punch",
		"CAMS Device User",
		"Employee",
	):
		assert host.api("GET", f"resource/{doctype}", key).status_code == 403, doctype


def test_a_restricted_manager_is_told_nothing_of_an_employee_out_of_sight(host, users, records, gateway):
	"""Neither the Attendance Device ID nor whether there is such an employee."""
	own = host.create("Employee", first_name="Own", **EMPLOYEE_VALUES)["name"]
	secret_id = uuid.uuid4().hex[:8]
	hidden = host.create(
		"Employee", first_name="Out Of Sight", attendance_device_id=secret_id, **EMPLOYEE_VALUES
	)["name"]
	user_id = uuid.uuid4().hex[:8]
	host.callback(real_time(user_id))
	punch = host.settled(user_id, state="Held")[0]["name"]
	manager = new_user(host, HR)
	host.create("User Permission", user=manager.email, allow="Employee", for_value=own)
	answers = []
	for employee in (hidden, "no such employee"):
		page = f"method/{APP_PATH}.controllers.held_punches_page.link"
		form = f"method/{APP_PATH}.controllers.punch_actions.link_to_employee"
		answers.append(
			[
				host.api("POST", page, manager.key, json={"user_id": user_id, "employee": employee}),
				host.api("POST", form, manager.key, json={"name": punch, "employee": employee}),
			]
		)
		for answer in answers[-1]:
			assert answer.status_code in (403, 417)  # the punch itself is out of sight, too
			assert secret_id not in answer.text
			assert "Out Of Sight" not in answer.text
	told = [
		[json.loads(message)["message"] for message in json.loads(answer.json()["_server_messages"])]
		for pair in answers
		for answer in pair
	]
	assert told[:2] == told[2:]
	groups = host.api(
		"POST", f"method/{APP_PATH}.controllers.held_punches_page.held_groups", manager.key, json={}
	)
	assert hidden not in groups.text
	assert secret_id not in groups.text


DIGESTS = ("auth_token_digest", "previous_token_digest")


def ways_to_a_digest(field, device):
	listed = {"doctype": "CAMS Device", "fields": json.dumps(["name", field])}
	one = {"doctype": "CAMS Device", "fieldname": field, "filters": device}
	of_settings = {"doctype": SETTINGS, "fieldname": field}
	yield "GET", f'resource/CAMS Device?fields=["{field}"]', None
	yield "GET", f"resource/CAMS Device/{device}", None
	yield "GET", f"resource/{SETTINGS}/{SETTINGS}", None
	yield "GET", f"method/frappe.desk.form.load.getdoc?doctype=CAMS Device&name={device}", None
	yield "GET", f"method/frappe.desk.form.load.getdoc?doctype={SETTINGS}&name={SETTINGS}", None
	yield "POST", "method/frappe.client.get", {"doctype": "CAMS Device", "name": device}
	yield "POST", "method/frappe.client.get_list", {"doctype": "CAMS Device", "fields": ["name", field]}
	yield "POST", "method/frappe.client.get_value", one
	yield "POST", "method/frappe.client.get_value", {**one, "fieldname": json.dumps([field])}
	yield "POST", "method/frappe.client.get_value", of_settings
	yield (
		"POST",
		"method/frappe.client.get_value",
		{**of_settings, "fieldname": json.dumps(["base_url", field])},
	)
	yield "POST", "method/frappe.client.get_value", {**of_settings, "fieldname": json.dumps([field.upper()])}
	yield (
		"POST",
		"method/frappe.client.get_value",
		{**of_settings, "fieldname": "base_url", "filters": '{"name": "x"}'},
	)
	yield (
		"POST",
		"method/frappe.client.get_value",
		{**of_settings, "fieldname": "base_url", "filters": json.dumps({"name": SETTINGS})},
	)
	yield "POST", "method/frappe.client.get_single_value", {"doctype": SETTINGS, "field": field}
	yield "GET", f"method/frappe.client.get_single_value?doctype={SETTINGS}&field={field}", None
	yield (
		"POST",
		"method/frappe.client.validate_link",
		{"doctype": SETTINGS, "docname": SETTINGS, "fields": f'["{field}"]'},
	)
	yield "POST", "method/frappe.desk.reportview.get", listed
	yield (
		"POST",
		"method/frappe.desk.reportview.export_query",
		{**listed, "file_format_type": "CSV", "title": "x"},
	)
	yield (
		"POST",
		"method/ping",
		{"cmd": "frappe.client.get_single_value", "doctype": SETTINGS, "field": field},
	)
	yield "GET", 'resource/Version?limit_page_length=0&fields=["data"]', None


@pytest.mark.parametrize("field", DIGESTS)
@pytest.mark.parametrize("role", [HR_USER, HR, SYSTEM, DOORS])
def test_21_ways_to_read_the_digest_of_a_token_lead_nowhere(host, bench_site, users, records, role, field):
	token = "own-auth-token-" + uuid.uuid4().hex[:17]
	for value in (token, token[::-1]):
		host.update("CAMS Device", records["elsewhere"], auth_token=value)
	host.update(SETTINGS, SETTINGS, auth_token=token)
	host.update(SETTINGS, SETTINGS, auth_token=TOKEN)
	[[of_device]] = bench_site.sql(
		f"select {field} from `tabCAMS Device` where name = '{records['elsewhere']}'"
	)
	[[of_account]] = bench_site.sql(
		f"select value from tabSingles where doctype = '{SETTINGS}' and field = '{field}'"
	)
	assert (set(of_device), set(of_account)) == ({"*"}, {"*"})
	ways = list(ways_to_a_digest(field, records["elsewhere"]))
	answers = [host.api(verb, path, users[role].key, json=body) for verb, path, body in ways]

	leaks = [
		way for way, answer in zip(ways, answers, strict=True) if re.search(r"\b[0-9a-f]{64}\b", answer.text)
	]
	assert (leaks, len(ways)) == ([], 21)


@pytest.mark.parametrize("field", DIGESTS)
@pytest.mark.parametrize("role", [HR_USER, HR, SYSTEM, DOORS])
def test_a_digest_is_not_guessed_by_filters_either(host, bench_site, users, records, role, field):
	token = "own-auth-token-" + uuid.uuid4().hex[:17]
	for value in (token, token[::-1]):
		host.update("CAMS Device", records["elsewhere"], auth_token=value)
	told = []
	for beginning in "0123456789abcdef":
		filters = json.dumps([["CAMS Device", field, "like", f"{beginning}%"]])
		listed = host.api("GET", f"resource/CAMS Device?filters={filters}", users[role].key)
		counted = host.api(
			"POST",
			"method/frappe.desk.reportview.get_count",
			users[role].key,
			json={"doctype": "CAMS Device", "filters": filters},
		)
		told.append([listed.json().get("data"), counted.json().get("message")])
	assert [each for each in told if each != told[0]] == []
