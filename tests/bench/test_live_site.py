"""A copied and a restored site on a bench: by its configuration, as an administrator changes it."""

import json
import time
from contextlib import contextmanager

import pytest
import requests
from cryptography.fernet import Fernet

from simulator import Simulator
from tests.bench.bench_site import PASSWORD
from tests.bench.users import new_user
from tests.contract.host import DONE, INVALID_TOKEN, SETTINGS, TOKEN, real_time

EXAMINE = "method/navari_cams_biometric.cams_biometric.controllers.doctor_page.examine"
SWEEP = "navari_cams_biometric.cams_biometric.command_queue.queue.sweep"
LOAD = "navari_cams_biometric.cams_biometric.history.nightly.begin"
PATCH = "navari_cams_biometric.patches.v0_2.first_live_site.execute"
OWN_TOKEN = "device-auth-token-0123456789abcd"


@contextmanager
def configured(bench_site, **values):
	"""The site's configuration with other values, and as it was afterwards."""
	path = bench_site.path / "sites" / bench_site.name / "site_config.json"
	before = path.read_text()
	path.write_text(json.dumps({**json.loads(before), **values}))
	_restart_web(bench_site)
	try:
		yield
	finally:
		path.write_text(before)
		_restart_web(bench_site)


def _restart_web(bench_site):
	"""As after every change of a configuration: Frappe 16 keeps the former one in memory for a minute."""
	bench_site.stop("web")
	bench_site.start_web()


@pytest.fixture
def gateway(host, bench_site, new_device):
	"""A simulated gateway with one device, whose token is entered here."""
	with bench_site.other_devices_resting(), Simulator(token=TOKEN) as simulator:
		tag = new_device(label="Main Gate")["name"]
		simulator.add_device(tag, "Main Gate")
		api = {"gateway_api": "REST v3 (form not published)", "base_url": simulator.rest_url}
		host.update(SETTINGS, SETTINGS, auth_token=TOKEN, **api)
		simulator.tag = tag
		yield simulator
	host.update(SETTINGS, SETTINGS, auth_token=TOKEN, base_url="")


class SignedIn:
	"""The administrator with a password: API secrets cannot be read either without the old key."""

	def __init__(self, host):
		self.url = f"{host.url}/api"
		self.session = requests.Session()
		self.session.headers.update({**host.session.headers, "Accept": "application/json"})
		credentials = {"usr": "Administrator", "pwd": PASSWORD}
		self.session.post(f"{self.url}/method/login", data=credentials, timeout=60).raise_for_status()

	def api(self, method, path, **options):
		return self.session.request(method, f"{self.url}/{path}", timeout=60, **options)

	def document_response(self, doctype, name, function):
		body = {"dt": doctype, "dn": name, "method": function, "args": {}}
		return self.api("POST", "method/run_doc_method", json=body)


def findings(host, check):
	found = host.api("POST", EXAMINE).json()["message"]
	return [finding for finding in found if finding["check"] == check]


def wait_for_state(host, name, state, seconds=30):
	end = time.monotonic() + seconds
	while (found := host.get("CAMS Command", name))["state"] != state:
		assert time.monotonic() < end, found
		time.sleep(0.2)
	return found


def request_sync(host, gateway):
	return host.call_document("CAMS Device", gateway.tag, "sync_time")


def test_a_copy_sends_nothing_until_an_administrator_confirms_it(host, bench_site, gateway):
	with configured(bench_site, host_name="https://copy.example.com"):
		before = len(gateway.received)
		name = request_sync(host, gateway)
		bench_site.execute(SWEEP)
		bench_site.execute(LOAD)
		refused = host.document_response("CAMS Device", gateway.tag, "ping")
		assert (refused.status_code, "not the live site" in refused.text) == (417, True)
		load = {"from_date": "2024-01-01", "to_date": "2024-01-01"}
		refused = host.document_response(SETTINGS, SETTINGS, "load_history", **load)
		assert (refused.status_code, "not the live site" in refused.text) == (417, True)
		assert len(gateway.received) == before
		waiting = host.get("CAMS Command", name)
		assert (waiting["state"], "not the live site" in waiting["outcome"]) == ("Queued", True)
		[found] = findings(host, "Live Site")
		assert (found["state"], "https://copy.example.com" in found["sentence"]) == ("error", True)

		for role in ("HR Manager", "HR User"):
			key = new_user(host, role).key
			assert host.document_response(SETTINGS, SETTINGS, "confirm_live_site", key).status_code == 403
		host.call_document(SETTINGS, SETTINGS, "confirm_live_site")
		bench_site.execute(SWEEP)
		wait_for_state(host, name, "Sent")
		[found] = findings(host, "Live Site")
		assert found["state"] == "ok"


def test_a_copy_takes_callbacks(host, bench_site, gateway, new_employee):
	employee = new_employee()
	with configured(bench_site, host_name="https://copy.example.com"):
		body = real_time(employee["attendance_device_id"], SerialNumber=gateway.tag)
		assert host.callback(body).content == DONE
		host.settled(employee["attendance_device_id"], state="Recorded")


def test_nobody_names_the_live_site_by_rest(host, gateway):
	live = host.get(SETTINGS, SETTINGS)["live_site"]
	key = new_user(host, "System Manager").key
	host.api("PUT", f"resource/{SETTINGS}/{SETTINGS}", key, json={"live_site": "another"})

	assert host.get(SETTINGS, SETTINGS)["live_site"] == live


def test_the_upgrade_takes_the_present_site_for_the_live_one_once(host, bench_site, gateway):
	live = host.get(SETTINGS, SETTINGS)["live_site"]
	for stored, expected in (("", live), ("another", "another")):
		bench_site.execute(
			"frappe.db.set_single_value", doctype=SETTINGS, fieldname="live_site", value=stored
		)
		bench_site.execute(PATCH)
		[[now]] = bench_site.sql(
			f"select value from tabSingles where doctype = '{SETTINGS}' and field = 'live_site'"
		)
		assert now == expected


def test_a_site_restored_without_its_key_says_what_to_enter_again(host, bench_site, gateway, new_employee):
	user_id = new_employee()["attendance_device_id"]
	host.update("CAMS Device", gateway.tag, auth_token=OWN_TOKEN)
	body = real_time(user_id, SerialNumber=gateway.tag, AuthToken=OWN_TOKEN)
	with configured(bench_site, encryption_key=Fernet.generate_key().decode(), ignore_csrf=1):
		administrator = SignedIn(host)
		assert host.callback(body).content == INVALID_TOKEN
		assert (
			host.callback({"PunchLog": {"Log": []}}, f"?stgid={gateway.tag}&secret=x").content
			== INVALID_TOKEN
		)
		[token] = findings(administrator, "Auth Token")
		assert (token["state"], "encryption_key" in token["remedy"]) == ("error", True)
		words = " ".join(found["sentence"] for found in findings(administrator, "Tokens and Keys"))
		for named in ("Auth Token", "Callback Secret", f"Main Gate ({gateway.tag})"):
			assert named in words
		[asked] = findings(administrator, "Gateway")
		assert "cannot be read" in asked["sentence"]
		missing = administrator.document_response(SETTINGS, SETTINGS, "setup_status").json()["message"][
			"missing"
		]
		assert any(gateway.tag in step for step in missing)
		refused = administrator.document_response("CAMS Device", gateway.tag, "ping")
		assert (refused.status_code, "cannot be read" in refused.text) == (417, True)

	assert host.callback(body).content == DONE
	assert [found["state"] for found in findings(host, "Tokens and Keys")] == ["ok"]
