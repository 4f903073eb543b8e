"""The health of devices on a real site: told once by Frappe's own notices, and who may ask; the audit as a report."""

import uuid
from datetime import date, datetime, timedelta, timezone

import pytest

from simulator import Simulator
from tests.contract.host import DONE, SETTINGS, TOKEN, real_time

APP = "navari_cams_biometric.cams_biometric"
CHECK = f"{APP}.devices.health.check"
NAIROBI = timezone(timedelta(hours=3))


@pytest.fixture
def gateway(host, bench_site):
	"""A gateway with two devices that are the only enabled ones here, and whose clock began two hours ago."""
	simulator = Simulator(token=TOKEN, now=datetime.now(timezone.utc) - timedelta(hours=2))
	with bench_site.other_devices_resting(), simulator:
		host.update(
			SETTINGS,
			SETTINGS,
			gateway_api="REST v3 (form not published)",
			base_url=simulator.rest_url,
			check_health=1,
			not_reporting_after=60,
		)
		# A job that began before may have put the former Settings into the cache.
		bench_site.execute("frappe.clear_document_cache", doctype=SETTINGS, name=SETTINGS)
		for number in (1, 2):
			tag = f"HLT{uuid.uuid4().hex[:8].upper()}"
			simulator.add_device(tag, f"Gate {number}")
			host.create("CAMS Device", service_tag=tag, label=f"Gate {number}")
		yield simulator
	host.update(SETTINGS, SETTINGS, base_url="", health_recipients=[])


@pytest.fixture
def tags(gateway):
	return list(gateway.world.devices)


@pytest.fixture
def check(bench_site):
	"""What the scheduler runs, each time in a process of its own; `later` moves what is known into the past."""

	def run(later=0):
		moved = ("creation", "last_reported", "last_seen", "connection_since", "health_at")
		changes = ", ".join(f"{name} = {name} - interval {later} minute" for name in moved)
		bench_site.sql(f"update `tabCAMS Device` set {changes} where enabled = 1")
		bench_site.execute(CHECK)

	return run


@pytest.fixture
def recipient(host, new_user):
	name = new_user("HR Manager")[0]
	host.update(SETTINGS, SETTINGS, health_recipients=[{"user": name}])
	return name


@pytest.fixture
def new_user(host):
	"""Make a user of one role; return name and key."""

	def create(role):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		user = host.create(
			"User",
			email=f"{key}@example.com",
			first_name=role,
			send_welcome_email=0,
			api_key=key,
			api_secret=secret,
			roles=[{"role": role}],
		)
		return user["name"], f"{key}:{secret}"

	return create


def notices(host, tag):
	return host.find("Notification Log", {"document_name": tag})


def state(host, tag):
	device = host.get("CAMS Device", tag)
	return device.get("health") or "", device.get("problems") or ""


def call(host, function, key=None, **arguments):
	return host.api("POST", f"method/{APP}.controllers.{function}", key, json=arguments)


def call_device(host, tag, method, key=None):
	return host.document_response("CAMS Device", tag, method, key)


def test_a_silent_device_is_told_once_and_once_when_it_is_well_again(host, gateway, tags, check, recipient):
	check()
	assert state(host, tags[0]) == ("Healthy", "")
	gateway.set_online(tags[0], False)
	check(later=61)
	check(later=10)

	assert state(host, tags[0]) == ("Not Reporting", "Not Reporting")
	[notice] = notices(host, tags[0])
	assert (notice["for_user"], notice["document_type"]) == (recipient, "CAMS Device")
	assert notice["subject"] == f"<b>Gate 1 ({tags[0]})</b> needs attention: Not Reporting"
	assert "Check its power" in notice["email_content"]

	gateway.set_online(tags[0], True)
	check(later=10)
	check(later=10)
	assert state(host, tags[0]) == ("Healthy", "")
	assert [each["subject"].partition("</b> ")[2] for each in notices(host, tags[0])] == [
		"needs attention: Not Reporting",
		"has recovered",
	]
	assert notices(host, tags[1]) == []


def test_saving_an_old_form_does_not_tell_it_again(host, gateway, tags, check, recipient):
	check()
	opened = host.get("CAMS Device", tags[0])
	licence_until = date.today() + timedelta(days=3)
	gateway.world.devices[tags[0]].licence_until = licence_until
	call_device(host, tags[0], "read_information")
	check()
	assert state(host, tags[0]) == ("Licence Expiring", "Licence Expiring")
	host.update(
		"CAMS Device", tags[0], **{name: opened[name] for name in ("health", "problems", "health_note")}
	)
	check()

	assert state(host, tags[0]) == ("Licence Expiring", "Licence Expiring")
	assert len(notices(host, tags[0])) == 1
	assert f"{licence_until:%d-%m-%Y}" in host.get("CAMS Device", tags[0])["health_note"]


def test_a_clock_that_is_ahead_shows_in_a_punch_and_is_forgotten_once_it_is_set(
	host, bench_site, gateway, tags, check
):
	moment = datetime.now(NAIROBI) + timedelta(hours=2)
	log_time = f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300"
	assert host.callback(real_time("EMP-0001", log_time, SerialNumber=tags[0])).content == DONE
	check()
	device = host.get("CAMS Device", tags[0])
	assert abs(device["clock_skew"] - 7200) < 10
	assert device["health"] == "Clock Drift"
	assert "2 hours ahead" in device["health_note"]

	name = call_device(host, tags[0], "sync_time").json()["message"]
	wait_until(host, name, "Sent")
	gateway.tick(20)
	assert host.call_document("CAMS Command", name, "check_now") == "Done"
	check()
	device = host.get("CAMS Device", tags[0])
	assert (device["clock_skew"], device.get("clock_skew_at"), device["health"]) == (0, None, "Healthy")


def wait_until(host, name, state, seconds=180):
	deadline = datetime.now() + timedelta(seconds=seconds)
	while (command := host.get("CAMS Command", name))["state"] != state or not command.get("answered_at"):
		assert datetime.now() < deadline, command  # a command is Sent a moment before the gateway has it


def test_a_queue_that_does_not_move_is_stuck(host, gateway, tags, check):
	gateway.world.command("AddUser", tags[0], {"UserID": "EMP-0001"})
	check()
	check(later=10)

	assert state(host, tags[0]) == ("Queue Stuck", "Queue Stuck")
	assert "Reset its queue" in host.get("CAMS Device", tags[0])["health_note"]
	assert state(host, tags[1]) == ("Healthy", "")


def test_a_gateway_that_is_down_is_told_to_administrators_and_judges_nobody(
	host, bench_site, gateway, tags, check, recipient
):
	bench_site.sql("delete from `tabError Log` where method like 'The CAMS gateway%'")
	check()
	gateway.stop()
	check(later=10)
	check(later=10)

	assert state(host, tags[0]) == ("Healthy", "")
	note = host.get("CAMS Device", tags[0])["health_note"]
	assert note.startswith("The gateway cannot be reached")
	[entry] = host.find("Error Log", {"method": "The CAMS gateway cannot be reached"})
	assert TOKEN not in entry["error"]
	assert notices(host, tags[0]) == []

	check(later=61)
	assert state(host, tags[0]) == ("Not Reporting", "Not Reporting")
	assert len(notices(host, tags[0])) == 1


def test_the_check_is_scheduled_every_ten_minutes(bench_site):
	found = bench_site.sql(
		f"select cron_format, stopped from `tabScheduled Job Type` where method = '{CHECK}'"
	)
	assert found == [["*/10 * * * *", "0"]]


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_look_after_a_device_now(host, gateway, tags, new_user, role, status):
	assert call_device(host, tags[0], "check_health", new_user(role)[1]).status_code == status
	assert state(host, tags[0])[0] == ("Healthy" if status == 200 else "")


def test_a_look_says_what_the_gateway_said(host, gateway, tags):
	gateway.fail_next("server_error")
	response = call_device(host, tags[0], "check_health")

	assert response.status_code == 417
	assert "refused with 500" in response.text


@pytest.mark.parametrize(
	("path", "body"),
	[
		("run_doc_method", {"dt": SETTINGS, "dn": SETTINGS, "method": "import_devices"}),
		("run_doc_method", {"dt": "CAMS Device", "dn": "{tag}", "method": "ping"}),
		(f"{APP}.controllers.audit_actions.fix", {"rows": []}),
	],
)
def test_a_guest_reaches_nothing(host, gateway, tags, path, body):
	body = {**body, "dn": tags[0]} if body.get("dn") == "{tag}" else body
	assert host.session.post(f"{host.url}/api/method/{path}", json=body, timeout=30).status_code == 403
	assert gateway.received == []


def test_missing_devices_are_brought_in(host, gateway, tags):
	tag = f"HLT{uuid.uuid4().hex[:8].upper()}"
	gateway.add_device(tag, "Gate 3")

	assert host.call_document(SETTINGS, SETTINGS, "import_devices") == [tag]
	device = host.get("CAMS Device", tag)
	assert (device["label"], device["connection"]) == ("Gate 3", "Online")


def audit(host, key=None, **filters):
	body = {"report_name": "CAMS Enrolment Audit", "filters": filters}
	return host.api("POST", "method/frappe.desk.query_report.run", key, json=body)


def rows_of(response):
	return response.json()["message"]["result"]


@pytest.fixture
def mismatch(host, gateway, tags, bench_site):
	"""Somebody on the first device whom nobody knows."""
	user_id = uuid.uuid4().hex[:8]
	gateway.add_user(tags[0], user_id, first_name="Employee", last_name="Gone")
	bench_site.bench("cams", "sync-users", "--device", tags[0])
	return user_id


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_see_the_audit(host, gateway, new_user, role, status):
	assert audit(host, new_user(role)[1]).status_code == status


def test_a_ghost_is_found_and_taken_off_by_an_hr_manager(host, gateway, tags, mismatch, new_user):
	key = new_user("HR Manager")[1]
	[row] = rows_of(audit(host, key, device=tags[0], kind="On a device, but not an active employee"))
	assert (row["user_id"], row["device_name"], row["fix"]) == (
		mismatch,
		"Employee Gone",
		"Remove from Device",
	)

	told = {name: row[name] for name in ("kind", "service_tag", "user_id")}
	result = call(host, "audit_actions.fix", key, rows=[told, {**told, "user_id": "nobody"}]).json()[
		"message"
	]
	[name] = result["asked"]
	assert [each["user_id"] for each in result["left"]] == ["nobody"]
	wait_until(host, name, "Sent")
	gateway.tick(20)
	host.document_response("CAMS Command", name, "check_now", key)

	assert mismatch not in gateway.world.devices[tags[0]].users
	assert rows_of(audit(host, key, device=tags[0])) == []


def test_an_hr_manager_of_one_branch_mends_nothing_elsewhere(host, gateway, tags, mismatch, new_user):
	user, key = new_user("HR Manager")
	host.create("User Permission", user=user, allow="CAMS Device", for_value=tags[1])
	row = {"kind": "On a device, but not an active employee", "service_tag": tags[0], "user_id": mismatch}
	result = call(host, "audit_actions.fix", key, rows=[row]).json()["message"]

	assert result["asked"] == []
	assert "may not see" in result["left"][0]["why"]
	assert rows_of(audit(host, key)) == []
	assert call_device(host, tags[0], "ping", key).status_code == 403


def test_an_hr_manager_mends_nothing_for_an_employee_whom_others_see(
	host, gateway, tags, bench_site, new_user, new_employee
):
	employee, other = new_employee(status="Left", relieving_date="2024-05-31"), new_employee()
	user_id = employee["attendance_device_id"]
	gateway.add_user(tags[0], user_id)
	bench_site.bench("cams", "sync-users", "--device", tags[0])
	user, key = new_user("HR Manager")
	host.create("User Permission", user=user, allow="Employee", for_value=other["name"])
	row = {"kind": "On a device, but not an active employee", "service_tag": tags[0], "user_id": user_id}

	assert (
		"may not see" in call(host, "audit_actions.fix", key, rows=[row]).json()["message"]["left"][0]["why"]
	)
	assert rows_of(audit(host, key)) == []
	assert [each["employee"] for each in rows_of(audit(host))] == [employee["name"]]
