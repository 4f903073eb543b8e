"""Last Sync of Checkin over HTTP: history loads, releases, who may, and an HRMS that advances it by itself.

Simulated days of the recent past; each test has shifts, devices and people of its own. What HRMS makes of it is tested
in `navari_cams_biometric/tests`.
"""

import time
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from simulator import Simulator
from tests.contract.host import CALLBACK, DONE, SETTINGS, TOKEN, batch

ZONE = ZoneInfo("Africa/Nairobi")
FIRST_DAY = date.today() - timedelta(days=5)
ADVANCE = "navari_cams_biometric.cams_biometric.shift_sync.watermark.advance"
CONTROLLERS = "navari_cams_biometric.cams_biometric.controllers"


@pytest.fixture
def plant(host, bench_site, new_employee):
	"""Devices of other tests feed every shift, and would hold these."""
	bench_site.sql("update `tabCAMS Punch` set state = 'Held' where state in ('Queued', 'Failed')")
	gateway = Simulator(TOKEN, host.url + CALLBACK, now=at(0, "00:00"))
	with bench_site.other_devices_resting(), gateway:
		yield Plant(host, bench_site, gateway, new_employee)


def at(day, clock):
	"""An aware moment on one of the simulated days, the first of which is 0."""
	return datetime.fromisoformat(f"{FIRST_DAY + timedelta(days=day)} {clock}").replace(tzinfo=ZONE)


def text(moment):
	return moment.strftime("%Y-%m-%d %H:%M:%S")


class Plant:
	"""A site with a simulated gateway."""

	def __init__(self, host, bench_site, gateway, new_employee):
		self.host, self.bench_site, self.gateway = host, bench_site, gateway
		self.new_employee = new_employee

	def shift(self, start="08:00:00", end="17:00:00", **values):
		name = f"Sync {uuid.uuid4().hex[:8]}"
		margins = {"begin_check_in_before_shift_start_time": 60, "allow_check_out_after_shift_end_time": 60}
		shift = {"start_time": start, "end_time": end, "enable_auto_attendance": 1, **margins}
		self.host.create(
			"Shift Type",
			name=name,
			__newname=name,
			process_attendance_after=str(FIRST_DAY),
			**{**shift, **values},
		)
		return name

	def device(self, label, *shifts, **values):
		tag = f"SYN{uuid.uuid4().hex[:10].upper()}"
		rows = [{"shift_type": shift} for shift in shifts]
		self.host.create("CAMS Device", service_tag=tag, label=label, shift_types=rows, **values)
		self.gateway.add_device(tag, label)
		headers = self.gateway.world.queues[tag].session.headers
		headers["X-Frappe-Site-Name"] = self.bench_site.name
		return tag

	def go(self, day, clock):
		self.gateway.tick((at(day, clock) - self.gateway.world.now).total_seconds())

	def punch(self, tag, person, type="CheckIn"):
		self.gateway.punch(tag, person["attendance_device_id"], type)

	def settle(self):
		"""Have everything delivered and turned into check-ins."""
		assert self.gateway.deliver() == 0
		tags = ", ".join(f"'{tag}'" for tag in self.gateway.world.devices)
		waiting = f"select name from `tabCAMS Punch` where service_tag in ({tags}) and state = 'Queued'"
		deadline = time.monotonic() + 180
		while self.bench_site.sql(waiting):
			assert time.monotonic() < deadline, "punches still wait"
			time.sleep(0.1)

	def advance(self, *shifts):
		"""What the scheduler does; then where the shifts stand."""
		self.bench_site.execute(ADVANCE)
		return [self.synced_until(shift) for shift in shifts]

	def synced_until(self, shift):
		return self.host.get("Shift Type", shift).get("last_sync_of_checkin")

	def mark_attendance(self, *shifts):
		"""What HRMS does once an hour."""
		for shift in shifts:
			self.host.call_document("Shift Type", shift, "process_auto_attendance")

	def attendance(self, *people):
		"""By person and day: shift, status, in, out, hours."""
		fields = ["employee", "attendance_date", "shift", "status", "in_time", "out_time", "working_hours"]
		names = [person["name"] for person in people]
		rows = self.host.find("Attendance", {"employee": ["in", names], "docstatus": 1}, fields)
		return {
			(names.index(row["employee"]), (date.fromisoformat(row["attendance_date"]) - FIRST_DAY).days): (
				row["status"],
				row["in_time"],
				row["out_time"],
				row["working_hours"],
			)
			for row in rows
		}

	def state_of(self, shift):
		response = self.host.api(
			"POST", f"method/{CONTROLLERS}.shift_sync_actions.state_of", json={"shift_type": shift}
		)
		assert response.status_code == 200, response.text
		return response.json()["message"]["sentence"]

	def run_page(self, key):
		parameters = {"report_name": "CAMS Shift Sync", "ignore_prepared_report": "true"}
		return self.host.api("GET", "method/frappe.desk.query_report.run", key, params=parameters)

	def page(self, key):
		"""The page's rows by shift."""
		return {row["shift_type"]: row for row in self.run_page(key).json()["message"]["result"]}


def test_a_history_load_moves_nothing_back_and_nothing_on(plant):
	shift = plant.shift()
	gate, person = plant.device("Gate 1", shift), plant.new_employee(default_shift=shift)
	plant.go(2, "08:00")
	plant.punch(gate, person)
	plant.settle()
	assert plant.advance(shift) == [None]  # nothing is known of the two days before
	user_id = person["attendance_device_id"]
	for day, clock in ((0, "08:00"), (1, "08:00"), (2, "07:00"), (3, "08:00")):
		plant.gateway.world.remember(gate, user_id, "CheckIn", at(day, clock))
	plant.host.update(
		SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=plant.gateway.rest_url
	)
	try:
		body = {"service_tag": gate, "from_date": str(FIRST_DAY), "to_date": str(at(3, "08:00").date())}
		name = plant.host.call_document(SETTINGS, SETTINGS, "load_history", **body)
		deadline = time.monotonic() + 180
		while plant.host.get("CAMS History Load", name)["state"] in ("Queued", "Running"):
			assert time.monotonic() < deadline
			time.sleep(0.2)
	finally:
		plant.host.update(SETTINGS, SETTINGS, base_url="")
	late = batch(("CheckOut", user_id, f"{at(3, '17:00').date()} 17:00:00 GMT +0300"), SerialNumber=gate)
	late["AuthToken"] = TOKEN
	assert plant.host.callback(late).content == DONE
	plant.settle()
	assert len(plant.host.checkins(person["name"])) == 6
	assert plant.advance(shift) == [text(at(2, "08:00"))]
	assert plant.host.get("CAMS Device", gate)["complete_until"] == text(at(2, "08:00"))


def test_hrms_that_advances_the_field_by_itself_is_left_to_it(plant):
	shift = plant.shift()
	gate = plant.device("Gate 1", shift)
	known = plant.bench_site.sql("select name from tabDocField where fieldname = 'auto_update_last_sync'")
	values = {"dt": "Shift Type", "fieldname": "auto_update_last_sync", "label": "Own", "fieldtype": "Check"}
	field = None if known else plant.host.create("Custom Field", **values)
	try:
		plant.host.update("Shift Type", shift, auto_update_last_sync=1)
		plant.go(0, "08:00")
		plant.punch(gate, plant.new_employee())
		plant.settle()
		assert plant.advance(shift) == [None]
		assert plant.state_of(shift) == "HRMS advances it itself; this app does not touch it"
		plant.host.update("Shift Type", shift, auto_update_last_sync=0)
		assert plant.advance(shift) == [text(at(0, "08:00"))]
	finally:
		if field:
			plant.host.delete("Custom Field", field["name"])


@pytest.fixture(scope="module")
def key_of(host):
	"""Make a user of one role; return its name and its key for REST."""

	def create(role):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		user = {"email": f"{key}@example.com", "api_key": key, "api_secret": secret}
		host.create("User", first_name=role, send_welcome_email=0, roles=[{"role": role}], **user)
		return user["email"], f"{key}:{secret}"

	return {role: create(role) for role in ("System Manager", "HR Manager", "HR User", "Employee")}


def release(plant, key, **values):
	doc = {"doctype": "CAMS Shift Release", **values}
	return plant.host.api("POST", "method/frappe.client.insert", key, json={"doc": doc})


def test_a_manager_releases_a_shift_and_it_is_marked_without_the_silent_gate(plant, key_of):
	shift = plant.shift()
	gate_1, gate_2 = plant.device("Gate 1", shift), plant.device("Gate 2", shift)
	here, away = (plant.new_employee(default_shift=shift) for _ in range(2))
	plant.go(0, "07:50")
	plant.punch(gate_2, away)
	for day in (0, 1, 2):
		plant.go(day, "07:55")
		plant.punch(gate_1, here)
		plant.go(day, "17:05")
		plant.punch(gate_1, here, "CheckOut")
	plant.settle()
	assert plant.advance(shift) == [text(at(0, "07:50"))]
	user, key = key_of["HR Manager"]
	values = {"shift_type": shift, "released_until": text(at(2, "12:00")), "reason": "Gate 2 burnt down"}
	for other in ("HR User", "Employee"):
		assert release(plant, key_of[other][1], **values, device=gate_2).status_code == 403
	assert release(plant, key, **{**values, "released_until": "2999-01-01 00:00:00"}).status_code == 417
	assert plant.synced_until(shift) == text(at(0, "07:50"))

	name = release(plant, key, **values, device=gate_2).json()["message"]["name"]
	assert plant.synced_until(shift) == text(at(2, "12:00"))
	assert plant.state_of(shift).endswith("Gate 2 not reporting (released until then)")
	assert f"(released until {at(2, '12:00'):%d-%m-%Y %H:%M})" in plant.page(key)[shift]["devices"]
	plant.mark_attendance(shift)
	statuses = {key: row[0] for key, row in plant.attendance(here, away).items()}
	assert statuses == {(0, 0): "Present", (0, 1): "Present", (1, 0): "Present", (1, 1): "Absent"}
	record = plant.host.get("CAMS Shift Release", name)
	assert (record["released_by"], record["reason"], record["device"]) == (user, "Gate 2 burnt down", gate_2)
	path = f"resource/CAMS Shift Release/{name}"
	assert plant.host.api("PUT", path, key, json={"reason": "Another"}).status_code == 403
	assert plant.host.api("PUT", path, json={"reason": "Another"}).status_code == 417
	assert plant.host.api("DELETE", path, key_of["System Manager"][1]).status_code == 403


def test_a_system_manager_without_hr_roles_may_release_too(plant, key_of):
	shift = plant.shift()
	gate = plant.device("Gate 1", shift)
	plant.go(0, "08:00")
	plant.punch(gate, plant.new_employee())
	plant.settle()
	plant.advance()
	values = {"shift_type": shift, "released_until": text(at(1, "12:00")), "reason": "Moved"}
	assert release(plant, key_of["System Manager"][1], **values).status_code == 200
	assert plant.synced_until(shift) == text(at(1, "12:00"))


def test_the_page_has_a_row_for_each_shift_and_a_release_for_managers_only(plant, key_of):
	shift, off = plant.shift(), plant.shift(enable_auto_attendance=0)
	gate_1, gate_2 = plant.device("Gate 1", shift), plant.device("Gate 2", shift)
	for tag, clock in ((gate_2, "06:10"), (gate_1, "08:00")):
		plant.go(0, clock)
		plant.punch(tag, plant.new_employee())
	plant.settle()
	plant.advance()

	rows = plant.page(key_of["HR Manager"][1])
	moments = [f"{at(0, clock):%d-%m-%Y %H:%M}" for clock in ("08:00", "06:10")]
	assert (rows[shift]["state"], rows[shift]["color"], rows[shift]["held_by"]) == ("Held", "red", gate_2)
	assert rows[shift]["what_holds_it"] == f"Held since {moments[1]}, Gate 2 not reporting"
	assert set(rows[shift]["devices"].split(", ")) == {f"Gate 1 {moments[0]}", f"Gate 2 {moments[1]}"}
	assert (rows[off]["state"], rows[off]["can_be_released"]) == ("Off", 0)
	columns = {
		role: [column["fieldname"] for column in plant.run_page(key).json()["message"]["columns"]]
		for role, (_, key) in key_of.items()
		if role != "Employee"
	}
	assert {role: "release" in names for role, names in columns.items()} == {
		"System Manager": True,
		"HR Manager": True,
		"HR User": False,
	}
	assert plant.run_page(key_of["Employee"][1]).status_code == 403
