"""Load Punchlog: asking a gateway (a simulated one, over HTTP) for what it has, through the button's own call."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from simulator import Simulator
from tests.contract.host import DONE, INVALID_TOKEN, SETTINGS, TOKEN, batch

NAIROBI = timezone(timedelta(hours=3))
ENDED = ("Done", "Failed", "Cancelled")


@pytest.fixture
def simulator():
	with Simulator(token=TOKEN) as running:
		yield running


@pytest.fixture(params=["REST v3 (form not published)", "Web API 3.0"])
def gateway(request, host, simulator, new_device):
	"""A simulated gateway with one device that this site knows, asked in each of the dialects."""
	url = {"REST v3 (form not published)": simulator.rest_url, "Web API 3.0": simulator.web_api_url}[
		request.param
	]
	host.update(SETTINGS, SETTINGS, gateway_api=request.param, base_url=url)
	simulator.tag = new_device()["name"]
	simulator.add_device(simulator.tag)
	yield simulator
	host.update(SETTINGS, SETTINGS, base_url="")


def load(host, device, first="2024-01-01", last="2024-03-31", seconds=60):
	response = host.document_response(
		SETTINGS, SETTINGS, "load_history", from_date=first, to_date=last, service_tag=device
	)
	assert response.status_code == 200, response.text
	name = response.json()["message"]
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		record = host.get("CAMS History Load", name)
		if record["state"] in ENDED:
			return record
		time.sleep(0.2)
	raise AssertionError(record)


def fill(gateway, user_id, days=80):
	"""Two punches a day from 1 January 2024, as the gateway has them and never sent them."""
	for day in range(days):
		for hour, kind in ((8, "CheckIn"), (17, "CheckOut")):
			gateway.punch(
				gateway.tag, user_id, kind, datetime(2024, 1, 1, hour, tzinfo=NAIROBI) + timedelta(days=day)
			)


def counts(record):
	[row] = record["devices"]
	return {name: row[name] for name in ("received", "new_punches", "already_here")}


def test_a_range_of_several_windows_and_pages_comes_whole(host, gateway, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	fill(gateway, user_id)
	record = load(host, gateway.tag)
	assert (record["state"], record["progress"], record["devices"][0]["state"]) == ("Done", 100, "Done")
	assert counts(record) == {"received": 160, "new_punches": 160, "already_here": 0}
	host.settled(user_id, 160, state="Recorded", seconds=90)
	found = {(checkin["time"][:19], checkin["log_type"]) for checkin in host.checkins(employee["name"])}
	directions = {"CheckIn": "IN", "CheckOut": "OUT"}
	assert found == {
		(entry.instant.astimezone(NAIROBI).strftime("%Y-%m-%d %H:%M:%S"), directions[entry.type])
		for entry in gateway.ledger
	}


def test_loading_again_doubles_nothing(host, gateway, new_employee):
	user_id = new_employee()["attendance_device_id"]
	fill(gateway, user_id, days=10)
	load(host, gateway.tag)
	assert counts(load(host, gateway.tag)) == {"received": 20, "new_punches": 0, "already_here": 20}
	assert len(host.settled(user_id, 20)) == 20


def test_only_the_days_that_were_asked_for_come(host, gateway, new_employee):
	user_id = new_employee()["attendance_device_id"]
	fill(gateway, user_id, days=10)
	assert counts(load(host, gateway.tag, "2024-01-03", "2024-01-03"))["received"] == 2
	assert {punch["punch_time"][:10] for punch in host.settled(user_id, 2)} == {"2024-01-03"}


def test_what_is_held_is_counted(host, gateway, new_user_id):
	user_id = new_user_id()
	fill(gateway, user_id, days=5)
	load(host, gateway.tag)
	host.settled(user_id, 10, state="Held")
	assert load(host, gateway.tag)["devices"][0]["held"] == 10


def test_a_load_whose_answer_comes_by_the_callback_opens_nothing(host, gateway, new_employee):
	user_id = new_employee()["attendance_device_id"]
	body = batch(("CheckIn", user_id, "2024-01-01 08:00:00 GMT +0300"))
	query = f"?stgid={gateway.tag}"
	assert host.callback(body, query).content == INVALID_TOKEN
	gateway.set_quirks(gateway.tag, history_by_callback=True)
	record = load(host, gateway.tag)
	assert (record["state"], record["devices"][0]["state"]) == ("Done", "Sent to Callback")
	assert host.callback(body, query).content == INVALID_TOKEN
	url = host.call_document(SETTINGS, SETTINGS, "setup_status")["callback_url"]
	assert host.callback(body, f"{url[url.index('?') :]}?stgid={gateway.tag}").content == DONE
	host.settled(user_id, state="Recorded")


def test_a_refusal_is_told_and_the_load_goes_on_from_there(host, gateway, new_employee):
	user_id = new_employee()["attendance_device_id"]
	fill(gateway, user_id, days=5)
	gateway.world.token = "another-token-0123456789abcdefgh"
	record = load(host, gateway.tag)
	[row] = record["devices"]
	assert (record["state"], row["state"], "AuthToken" in row["message"]) == ("Failed", "Failed", True)
	assert TOKEN not in str(record)
	gateway.world.token = TOKEN
	host.call_document("CAMS History Load", record["name"], "resume_load")
	host.settled(user_id, 10, state="Recorded")


def test_an_encrypted_device_is_asked_with_its_key(host, simulator, new_device, new_employee):
	key = "0123456789abcdef0123456789ABCDEF"
	device = new_device(encryption="AES-256", security_key=key)["name"]
	simulator.add_device(device, security_key=key)
	simulator.set_quirks(device, encrypted=True)
	simulator.tag = device
	host.update(SETTINGS, SETTINGS, gateway_api="Web API 3.0", base_url=simulator.web_api_url)
	try:
		user_id = new_employee()["attendance_device_id"]
		fill(simulator, user_id, days=2)
		assert counts(load(host, device))["new_punches"] == 4
		host.settled(user_id, 4, state="Recorded")
	finally:
		host.update(SETTINGS, SETTINGS, base_url="")


@pytest.mark.parametrize(
	("first", "last"),
	[("2024-02-01", "2024-01-01"), ("2099-01-01", "2099-01-02"), ("", "2024-01-01"), ("x", "y")],
)
def test_a_range_that_is_none_is_refused(host, first, last):
	assert (
		host.document_response(SETTINGS, SETTINGS, "load_history", from_date=first, to_date=last).status_code
		== 417
	)
