"""Who may do what: System Manager configures, HR Manager fixes, HR User reads, a guest calls back."""

import json
import uuid

import pytest

from tests.contract.host import DESK_CALLS, DONE, SETTINGS, TOKEN, real_time

HELD = "CAMS Punch"


@pytest.fixture(scope="module")
def key_of(host):
	"""Make a user of one role; return its key for REST."""

	def create(role):
		key, secret = uuid.uuid4().hex[:15], uuid.uuid4().hex[:15]
		host.create(
			"User",
			email=f"{key}@example.com",
			first_name=role,
			send_welcome_email=0,
			api_key=key,
			api_secret=secret,
			roles=[{"role": role}],
		)
		return f"{key}:{secret}"

	return {role: create(role) for role in ("System Manager", "HR Manager", "HR User", "Employee")}


@pytest.fixture
def held(host, new_user_id):
	user_id = new_user_id()
	host.callback(real_time(user_id))
	return host.settled(user_id, state="Held")[0]["name"]


def retry(host, key, name):
	return host.api("POST", f"method/{DESK_CALLS}.retry", key, json={"names": [name]}).status_code


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_retry(host, key_of, held, role, status):
	assert retry(host, key_of[role], held) == status


@pytest.mark.parametrize("function", ["retry", "dismiss", "accept_time"])
def test_a_guest_may_mend_nothing(host, held, function):
	response = host.session.post(
		f"{host.url}/api/method/{DESK_CALLS}.{function}", json={"names": [held]}, timeout=30
	)
	assert response.status_code == 403
	assert host.get(HELD, held)["state"] == "Held"


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 200), ("HR User", 200), ("Employee", 403)]
)
def test_who_may_read_punches(host, key_of, held, role, status):
	assert host.api("GET", f"resource/{HELD}/{held}", key_of[role]).status_code == status


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 403), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_configure(host, key_of, role, status):
	response = host.api("PUT", f"resource/{SETTINGS}/{SETTINGS}", key_of[role], json={"clock_tolerance": 10})
	assert response.status_code == status


@pytest.mark.parametrize(
	("role", "status"), [("System Manager", 200), ("HR Manager", 403), ("HR User", 403), ("Employee", 403)]
)
def test_who_sees_the_callback_url(host, key_of, role, status):
	arguments = {"dt": SETTINGS, "dn": SETTINGS, "method": "setup_status"}
	assert host.api("POST", "method/run_doc_method", key_of[role], json=arguments).status_code == status


def test_what_is_missing_is_told_of_the_stored_settings(host, key_of):
	"""The form of a System Manager has no digest of the token, and so nothing to tell by whether there is one."""
	key = key_of["System Manager"]
	form = host.api("GET", f"resource/{SETTINGS}/{SETTINGS}", key).json()["data"]
	body = {"docs": json.dumps({"doctype": SETTINGS, **form}), "method": "setup_status"}
	response = host.api("POST", "method/run_doc_method", key, json=body)
	assert response.status_code == 200, response.text
	answer = response.json()
	assert [step for step in answer["message"]["missing"] if step.startswith("Auth Token")] == []
	assert not answer["docs"][0].get("auth_token_digest")


@pytest.mark.parametrize("role", ["System Manager", "HR Manager"])
def test_nobody_writes_a_punch(host, key_of, role, new_user_id):
	values = {"user_id": new_user_id(), "state": "Queued"}
	assert host.api("POST", f"resource/{HELD}", key_of[role], json=values).status_code == 403


@pytest.mark.parametrize("role", ["System Manager", "HR Manager"])
def test_nobody_edits_a_punch(host, key_of, held, role):
	values = {"user_id": "EMP-0001", "state": "Queued"}
	assert host.api("PUT", f"resource/{HELD}/{held}", key_of[role], json=values).status_code == 417
	assert host.get(HELD, held)["state"] == "Held"


@pytest.mark.parametrize("role", ["System Manager", "HR Manager", "HR User"])
def test_not_even_a_digest_of_a_token_is_read(host, key_of, role):
	settings = host.api("GET", f"resource/{SETTINGS}/{SETTINGS}", key_of[role]).json()["data"]
	assert not settings.get("auth_token_digest")


def test_a_token_is_changed_by_a_system_manager(host, key_of, new_employee):
	"""Saving as a user, not as Administrator: the digest's permission level must not be in the way."""
	user_id = new_employee()["attendance_device_id"]
	path = f"resource/{SETTINGS}/{SETTINGS}"
	other = "other-auth-token-0123456789abcde"
	assert host.api("PUT", path, key_of["System Manager"], json={"auth_token": other}).status_code == 200
	try:
		assert host.callback(real_time(user_id, AuthToken=other)).content == DONE
		assert host.callback(real_time(user_id, AuthToken=TOKEN)).content == DONE  # within its overlap
	finally:
		host.api("PUT", path, key_of["System Manager"], json={"auth_token": TOKEN})


@pytest.mark.parametrize("role", ["HR Manager", "HR User", "Employee"])
def test_only_a_system_manager_loads_history(host, key_of, role):
	days = {"from_date": "2024-01-01", "to_date": "2024-01-02"}
	response = host.document_response(SETTINGS, SETTINGS, "load_history", key_of[role], **days)
	assert response.status_code == 403
