"""Who writes, changes and deletes check-ins of devices over REST, by role, and where HR sees it."""

import json

import pytest

from tests.bench.attendance.world import CONTROLLERS
from tests.bench.users import new_user
from tests.contract.host import real_time

CHANGE = "CAMS Checkin Change"
SAID = ("custom_cams_punch", "custom_original_time", "custom_punch_type", "custom_input_type")
DAY = "2024-09-17"
HR = ["HR User", "HR Manager", "System Manager"]
WORDS = "cannot be changed or deleted"


@pytest.fixture
def employee(new_employee):
	return new_employee()


@pytest.fixture
def checkin(host, employee):
	"""The check-in of a device's punch."""
	host.callback(real_time(employee["attendance_device_id"]))
	host.settled(employee["attendance_device_id"], state="Recorded")
	[checkin] = host.checkins(employee["name"])
	return checkin


def user_of(host, employee):
	"""The key of a user who is this employee: ERPNext gives the role to nobody else."""
	user = new_user(host, "Employee")
	host.update("Employee", employee["name"], user_id=user.email)
	return user.key


@pytest.fixture
def key_for(host, keys, employee):
	"""The key of a role; that of an Employee is the employee's own."""
	return lambda role: user_of(host, employee) if role == "Employee" else keys[role]


def changes_of(host, checkin):
	return host.find(CHANGE, {"cams_punch": checkin["custom_cams_punch"]})


# Each is (method, path, body); {name} is the check-in, {doc} all of it with another direction, {text} that as JSON.
WRITES = {
	"direction": ("PUT", "resource/Employee Checkin/{name}", {"log_type": "OUT"}),
	"time": ("PUT", "resource/Employee Checkin/{name}", {"time": f"{DAY} 09:00:00"}),
	"skip": ("PUT", "resource/Employee Checkin/{name}", {"skip_auto_attendance": 1}),
	"attendance": ("PUT", "resource/Employee Checkin/{name}", {"attendance": "nothing"}),
	"flags": (
		"PUT",
		"resource/Employee Checkin/{name}",
		{"log_type": "OUT", "flags": {"ignore_permissions": 1, "cams_by_app": 1}},
	),
	"set_value": (
		"POST",
		"method/frappe.client.set_value",
		{"doctype": "Employee Checkin", "name": "{name}", "fieldname": "log_type", "value": "OUT"},
	),
	"client save": ("POST", "method/frappe.client.save", {"doc": "{doc}"}),
	"document save": ("POST", "method/run_doc_method", {"docs": "{doc}", "method": "save"}),
	"form save": ("POST", "method/frappe.desk.form.save.savedocs", {"doc": "{text}", "action": "Save"}),
	"bulk update": ("POST", "method/frappe.client.bulk_update", {"docs": "{texts}"}),
	"list update": (
		"POST",
		"method/frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
		{
			"doctype": "Employee Checkin",
			"docnames": "{names}",
			"action": "update",
			"data": '{"log_type": "OUT"}',
		},
	),
	"list delete": (
		"POST",
		"method/frappe.desk.reportview.delete_items",
		{"doctype": "Employee Checkin", "items": "{names}"},
	),
	"as new": ("PUT", "resource/Employee Checkin/{name}", {"__islocal": 1, "log_type": "OUT"}),
	"delete": ("DELETE", "resource/Employee Checkin/{name}", {}),
	"client delete": (
		"POST",
		"method/frappe.client.delete",
		{"doctype": "Employee Checkin", "name": "{name}"},
	),
}


# Frappe answers 200, and says what failed in a message; the last makes another check-in, which is no device's.
NOT_FOR_HR = {"attendance", "as new", "document save"}  # for nobody, or no change of what the device said
QUIET = {"bulk update", "list update", "list delete", "as new"}


def write(host, key, checkin, what):
	method, path, body = WRITES[what]
	doc = {**checkin, "doctype": "Employee Checkin", "docname": checkin["name"], "log_type": "OUT"}
	filling = {
		"{doc}": doc,
		"{text}": json.dumps(doc),
		"{texts}": json.dumps([doc]),
		"{name}": checkin["name"],
		"{names}": json.dumps([checkin["name"]]),
	}
	filled = {field: filling.get(str(value), value) for field, value in body.items()}
	return host.api(method, path.format(**checkin), key, json=filled)


@pytest.mark.parametrize("what", WRITES)
def test_an_employee_neither_changes_nor_deletes_a_check_in_of_a_device(host, key_for, checkin, what):
	response = write(host, key_for("Employee"), checkin, what)

	assert response.status_code in (403, 417) or what in QUIET, response.text
	assert host.get("Employee Checkin", checkin["name"]) == host_view(checkin)
	assert changes_of(host, checkin) == []


def host_view(checkin):
	"""As `get` shows it: without the fields of a list, or that are empty on Frappe 16."""

	class Like(dict):
		def __eq__(self, other):
			names = ("name", "employee", "time", "log_type", "skip_auto_attendance", "attendance", *SAID)
			return all((self.get(name) or None) == (other.get(name) or None) for name in names)

		__hash__ = None

	return Like(checkin)


@pytest.mark.parametrize("what", sorted(WRITES.keys() - NOT_FOR_HR))
def test_each_way_works_for_hr_and_is_kept(host, keys, checkin, what):
	"""So that the attacks above are real ones."""
	response = write(host, keys["HR Manager"], checkin, what)

	assert response.status_code in (200, 202), response.text
	changes = changes_of(host, checkin)
	assert len(changes) == 1, changes
	[change] = changes
	assert change["state"] == ("Deleted" if "delete" in what else "Changed")


def test_an_employee_is_told_why(host, key_for, checkin):
	key = key_for("Employee")
	for what in ("direction", "delete"):
		response = write(host, key, checkin, what)
		assert (response.status_code, WORDS in response.text) == (403, True)


def test_an_employee_still_enters_changes_and_deletes_an_own_check_in(host, key_for, employee):
	key = key_for("Employee")
	values = {"employee": employee["name"], "time": f"{DAY} 12:00:00", "log_type": "IN"}
	made = host.api("POST", "resource/Employee Checkin", key, json=values).json()["data"]

	for what in ("direction", "delete"):
		response = write(host, key, made, what)
		assert response.status_code in (200, 202), response.text


@pytest.mark.parametrize("role", ["Employee", *HR])
def test_nobody_enters_what_only_a_device_says(host, key_for, employee, role):
	values = {"employee": employee["name"], "time": f"{DAY} 12:00:00", "log_type": "IN"}
	forged = {**values, **dict.fromkeys(SAID, f"forged {role}"), "flags": {"cams_by_app": 1}}
	made = host.api("POST", "resource/Employee Checkin", key_for(role), json=forged).json()["data"]

	stored = host.get("Employee Checkin", made["name"])
	assert [stored.get(field) or None for field in SAID] == [None] * 4


def test_a_guessed_name_does_not_take_a_colleagues_punch(host, new_employee):
	"""The attacker knows the identity of a punch before it arrives: it is a digest of what is printed at the door."""
	victim, attacker = new_employee(), new_employee()
	host.callback(real_time(victim["attendance_device_id"]))
	[punch] = host.settled(victim["attendance_device_id"])
	host.delete("Employee Checkin", punch["employee_checkin"])
	values = {"employee": attacker["name"], "time": f"{DAY} 06:00:00", "log_type": "IN"}
	forged = {**values, "custom_cams_punch": punch["name"]}
	made = host.api("POST", "resource/Employee Checkin", user_of(host, attacker), json=forged)
	assert made.status_code == 200, made.text
	host.call("retry", names=[punch["name"]])
	host.settled(victim["attendance_device_id"], state="Recorded")

	[checkin] = host.checkins(victim["name"])
	assert checkin["custom_cams_punch"] == punch["name"]
	[own] = host.checkins(attacker["name"])
	assert not own.get("custom_cams_punch")


@pytest.mark.parametrize("role", HR)
def test_what_hr_changes_and_deletes_stands_in_punch_exceptions(host, keys, checkin, employee, role):
	assert write(host, keys[role], checkin, "direction").status_code == 200
	assert write(host, keys[role], checkin, "delete").status_code in (200, 202)

	rows = exceptions(host, employee)
	by = {row["state"]: row for row in rows}
	assert {"Changed", "Deleted"} <= set(by)
	assert by["Changed"]["before"] == "Log Type: IN"
	assert by["Changed"]["after"] == "Log Type: OUT"
	assert "Log Type: OUT" in by["Deleted"]["before"]
	assert by["Changed"]["changed_by"] == by["Deleted"]["changed_by"] != "Administrator"
	assert by["Changed"]["changed_at"]


def exceptions(host, employee):
	filters = {"from_date": DAY, "to_date": DAY, "employee": employee["name"]}
	return host.api(
		"GET",
		"method/frappe.desk.query_report.run",
		params={"report_name": "CAMS Punch Exceptions", "filters": json.dumps(filters)},
	).json()["message"]["result"]


@pytest.mark.parametrize(("role", "may"), [("Employee", 0), ("HR User", 0), ("HR Manager", 1)])
def test_who_restores(host, keys, key_for, checkin, role, may):
	write(host, keys["HR User"], checkin, "direction")
	names = [change["name"] for change in changes_of(host, checkin)]
	response = host.api(
		"POST", f"{CONTROLLERS}.checkin_actions.restore", key_for(role), json={"names": names}
	)

	assert response.status_code == (200 if may else 403), response.text
	assert host.get("Employee Checkin", checkin["name"])["log_type"] == ("IN" if may else "OUT")


@pytest.mark.parametrize("role", ["Employee", *HR])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nobody_writes_the_record_of_changes(host, keys, key_for, checkin, role, method):
	write(host, keys["HR User"], checkin, "direction")
	[change] = changes_of(host, checkin)
	name = "" if method == "POST" else f"/{change['name']}"
	response = host.api(method, f"resource/{CHANGE}{name}", key_for(role), json={"state": "Restored"})

	assert response.status_code == 403
	assert changes_of(host, checkin) == [change]


def test_auto_attendance_goes_on(host, keys, checkin, bench_site, employee):
	"""HRMS links its attendance past the document; what an employee's request causes there is no change either."""
	mark = {
		"doctype": "Attendance",
		"employee": employee["name"],
		"attendance_date": DAY,
		"status": "Present",
	}
	attendance = host.create(**mark)
	bench_site.execute(
		"hrms.hr.doctype.employee_checkin.employee_checkin.update_attendance_in_checkins",
		log_names=[checkin["name"]],
		attendance_id=attendance["name"],
	)

	assert host.get("Employee Checkin", checkin["name"])["attendance"] == attendance["name"]
	assert changes_of(host, checkin) == []
