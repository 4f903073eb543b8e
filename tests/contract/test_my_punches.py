"""My Punches over HTTP: everybody gets their own, whatever is asked for."""

import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests

from tests.contract.host import DONE, SETTINGS, real_time

MINE = "method/navari_cams_biometric.cams_biometric.controllers.my_punches_page.my_punches"
NAIROBI = timezone(timedelta(hours=3))


@pytest.fixture
def switched_on(host):
	host.update(SETTINGS, SETTINGS, show_own_punches=1)
	yield
	host.update(SETTINGS, SETTINGS, show_own_punches=0)


@pytest.fixture
def new_person(host, new_employee):
	"""An employee with a user account; `key` is the user's."""

	def create():
		name, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		email = f"{name}@example.com"
		user = {"email": email, "first_name": "Employee", "send_welcome_email": 0}
		host.create("User", **user, api_key=name, api_secret=secret, roles=[{"role": "Employee"}])
		person = new_employee(user_id=email)
		if "Employee" not in {row["role"] for row in host.get("User", email)["roles"]}:
			host.update("User", email, roles=[{"role": "Employee"}])
		return {**person, "key": f"{name}:{secret}"}

	return create


def touch(host, person, minutes):
	user_id = person["attendance_device_id"]
	moment = datetime.now(NAIROBI) - timedelta(minutes=minutes)
	assert host.callback(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300")).content == DONE
	host.settled(user_id)
	return f"{moment:%Y-%m-%d %H:%M:%S}"


def mine(host, person, **arguments):
	response = host.api("POST", MINE, person["key"], json=arguments)
	assert response.status_code == 200, response.text
	return response.json()["message"]


@pytest.mark.usefixtures("switched_on")
def test_everybody_gets_their_own_whatever_is_asked_for(host, new_person):
	one, two = new_person(), new_person()
	moments = {person["name"]: touch(host, person, minutes) for person, minutes in ((one, 9), (two, 5))}
	for person, other in ((one, two), (two, one)):
		asked = {"employee": other["name"], "user": other["user_id"], "filters": {"employee": other["name"]}}
		for arguments in ({}, asked):
			[row] = mine(host, person, **arguments)["punches"]
			assert (row["punch_time"], row["state"]) == (moments[person["name"]], "Recorded")


def test_off_unless_switched_on(host, new_person):
	one = new_person()
	touch(host, one, 5)
	assert mine(host, one)["punches"] == []


@pytest.mark.usefixtures("switched_on")
def test_a_guest_gets_none(host):
	site = {name: value for name, value in host.session.headers.items() if name == "X-Frappe-Site-Name"}
	assert requests.post(f"{host.url}/api/{MINE}", headers=site, timeout=30).status_code == 403
