"""Every request operation has a place in the Desk, and that place really asks the gateway for it."""

import json
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from navari_cams_biometric.gateway.operations import GET, REQUESTS
from simulator import Simulator
from tests.contract.host import DONE, SETTINGS, TOKEN, real_time
from tests.places import PLACES

GATE, OTHER = "PLC1100000001", "PLC1100000002"
REPORT = "method/frappe.desk.query_report.run"
NAIROBI = timezone(timedelta(hours=3))
TODAY = datetime.now(NAIROBI).date().isoformat()
RANGE = {"from_date": TODAY, "to_date": TODAY}


@pytest.fixture(scope="module")
def gateway(host, bench_site):
	with Simulator(token=TOKEN) as simulator:
		for tag in (GATE, OTHER):
			simulator.add_device(tag, tag)
			if not host.find("CAMS Device", {"name": tag}):
				host.create("CAMS Device", service_tag=tag, label=tag)
		bench_site.sql(f"delete from `tabCAMS Command` where service_tag in ('{GATE}', '{OTHER}')")
		host.update(
			SETTINGS, SETTINGS, gateway_api="REST v3 (form not published)", base_url=simulator.rest_url
		)
		yield simulator
		host.update(SETTINGS, SETTINGS, base_url="")


@pytest.fixture
def person(host, gateway, new_employee):
	"""An employee who is on the first device, here and there."""
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	gateway.add_user(GATE, user_id, first_name=user_id)
	event = {"UserUpdated": {"UserID": user_id, "FirstName": user_id}}
	body = {"RealTime": {"SerialNumber": GATE, "AuthToken": TOKEN, **event}}
	assert host.callback(body).content == DONE
	return employee


@pytest.fixture
def checkin(host, gateway, person):
	"""A check-in that came from the first device, which the gateway knows too."""
	entry = gateway.punch(GATE, person["attendance_device_id"])
	host.callback(real_time(person["attendance_device_id"], entry.log_time, SerialNumber=GATE))
	[punch] = host.settled(person["attendance_device_id"], state="Recorded")
	return punch["employee_checkin"]


@pytest.fixture
def schedule(host, person):
	created = host.create(
		"CAMS Access Schedule",
		schedule_name=f"Hours {uuid.uuid4().hex[:6]}",
		windows=[{"day": "Monday", "start": "08:00:00", "end": "17:00:00"}],
		devices=[{"service_tag": GATE}],
		employees=[{"employee": person["name"]}],
	)
	return created["name"]


@pytest.fixture
def waiting_command(host, gateway):
	gateway.set_online(GATE, False)
	name = host.call_document("CAMS Device", GATE, "sync_time")
	deadline = time.monotonic() + 90
	while host.get("CAMS Command", name)["state"] != "Waiting for Device":
		assert time.monotonic() < deadline, "the command was not sent"
		time.sleep(0.1)
	yield name
	gateway.set_online(GATE, True)


def of_person(**more):
	return lambda request: {"employees": [request("person")["name"]], "devices": [GATE], **more}


DEVICE = {"service_tag": GATE}
FILTERS = {
	"GetAttendanceByDate": lambda request: RANGE,
	"GetAttendanceByEmployee": lambda request: {**RANGE, "employee": request("person")["name"]},
	"GetAttendanceByDevice": lambda request: {**RANGE, "device": GATE},
	"GetTodayAttendance": lambda request: {**RANGE, "today": 1},
	"GetAttendanceSummary": lambda request: {**RANGE, "ask_for": "Summary"},
	"GetFirstInLastOut": lambda request: {**RANGE, "ask_for": "First In and Last Out"},
	"GetAccessEvents": lambda request: {**RANGE, "device": GATE},
}
ARGUMENTS = {
	"GetAttendancePhoto": lambda request: {"checkin": request("checkin")},
	"ExportAttendance": lambda request: RANGE,
	"AddUser": of_person(reason="test"),
	"UpdateUser": of_person(reason="test"),
	"DeleteUser": of_person(reason="test"),
	"ResendUser": of_person(reason="test"),
	"EnrollCard": of_person(secret="10283655"),
	"SetUserPassword": of_person(secret="90817263"),
	"EnrollFingerprint": of_person(),
	"EnrollFace": of_person(),
	"CopyUsers": lambda request: {
		"employees": [request("person")["name"]],
		"source": GATE,
		"targets": [OTHER],
	},
	"FindUser": lambda request: {"employee": request("person")["name"]},
	"ListUserDevices": lambda request: {"employee": request("person")["name"]},
	"ListUsers": lambda request: DEVICE,
	"OpenDoor": lambda request: {"door": 1, "reason": "test"},
	"LockDoor": lambda request: {"door": 1, "reason": "test"},
	"GetDoorStatus": lambda request: {"door": 1},
	"RebootDevice": lambda request: {"reason": "test"},
	"ResetDeviceQueue": lambda request: {"reason": "test"},
}
DOCUMENTS = {
	"CAMS Access Schedule": lambda request: request("schedule"),
	"CAMS Biometric Settings": lambda request: SETTINGS,
	"CAMS Command": lambda request: request("waiting_command"),
	"CAMS Device": lambda request: GATE,
}


def call(host, operation, request):
	"""Do what the button does, or run the report."""
	if operation in FILTERS:
		title = PLACES[operation].where.removeprefix("report ").partition(",")[0]
		asked = {"report_name": title, "filters": json.dumps(FILTERS[operation](request.getfixturevalue))}
		return host.api("POST", REPORT, json=asked)
	arguments = ARGUMENTS[operation](request.getfixturevalue) if operation in ARGUMENTS else {}
	place = PLACES[operation]
	if place.doctype:
		name = DOCUMENTS[place.doctype](request.getfixturevalue)
		return host.document_response(place.doctype, name, place.method, **arguments)
	path = f"method/{place.method}"
	if operation == "ExportAttendance":
		return host.api("GET", path, params=arguments)
	return host.api("POST", path, json=arguments)


def test_every_request_operation_has_a_place_that_is_called_here():
	of_documents = {operation for operation, place in PLACES.items() if place.doctype in DOCUMENTS}
	assert set(PLACES) == set(REQUESTS) == set(FILTERS) | set(ARGUMENTS) | of_documents


@pytest.mark.parametrize("operation", REQUESTS)
def test_the_place_asks_the_gateway_for_it(host, gateway, request, operation):
	before = len(gateway.received)
	response = call(host, operation, request)
	assert response.status_code == 200, response.text
	deadline = time.monotonic() + (30 if REQUESTS[operation].verb != GET or operation == "ListUsers" else 0)
	while not (asked := [each for each in gateway.received[before:] if each.operation == operation]):
		assert time.monotonic() < deadline, [each.operation for each in gateway.received[before:]]
		time.sleep(0.1)
	assert len(asked) == 1
	gateway.tick(60)
