"""A copied and a restored site: only the live one asks the gateway, and what cannot be read is named."""

import json

import frappe
import pytest
from cryptography.fernet import Fernet
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric import doctor
from navari_cams_biometric.cams_biometric.base import gateway_questions, live_site
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import user_sync
from navari_cams_biometric.cams_biometric.devices import health
from navari_cams_biometric.cams_biometric.doctor import gateway_checks, site_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.history import loads, nightly
from navari_cams_biometric.gateway.errors import UnusableDeviceError
from navari_cams_biometric.patches.v0_2 import first_live_site as patch
from standin import demo
from tests.app.inside import punch_at, punches_of

SETTINGS = "CAMS Biometric Settings"
OWN_TOKEN = "device-auth-token-0123456789abcd"


def settings():
	return frappe.get_doc(SETTINGS)


def store_live_site(value):
	frappe.db.set_single_value(SETTINGS, "live_site", value)
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	frappe.db.commit()


@pytest.fixture
def live(gateway):
	"""Afterwards the site is itself again: the token is entered anew, with the key that it has then."""
	yield
	frappe.db.rollback()
	settings().update({"auth_token": demo.AUTH_TOKEN}).save()
	frappe.db.commit()


@pytest.fixture
def copied(live, site, monkeypatch):
	"""The database was restored on another site: the stored identity is that of the first."""
	store_live_site("live.example.com, _0123456789abcdef, https://live.example.com")


@pytest.fixture
def restored(live, site, monkeypatch):
	"""The site's configuration has another encryption key than the one that the secrets were stored with."""
	monkeypatch.setitem(site.inner.conf, "encryption_key", Fernet.generate_key().decode())


def finding(check):
	[found] = list(check(SiteFacts()))
	return found


def command(name):
	return frappe.get_doc("CAMS Command", name)


def test_the_site_on_which_the_token_is_entered_is_the_live_one(copied):
	settings().update({"auth_token": demo.AUTH_TOKEN}).save()

	assert settings().why_paused() == ""
	assert settings().live_site == live_site.identity()


def test_a_save_without_a_token_makes_no_copy_the_live_site(copied):
	settings().save()

	assert "not the live site" in settings().why_paused()


@pytest.mark.parametrize("changed", [{"db_name": "_another"}, {"host_name": "https://test.example.com"}])
def test_another_database_or_address_is_another_site(live, site, monkeypatch, changed):
	assert settings().why_paused() == ""
	for name, value in changed.items():
		monkeypatch.setitem(site.inner.conf, name, value)

	assert "not the live site" in settings().why_paused()


def test_the_address_is_compared_without_its_case_and_last_slash(site, monkeypatch):
	monkeypatch.setitem(site.inner.conf, "host_name", "https://Live.example.com/")
	one = live_site.identity()
	monkeypatch.setitem(site.inner.conf, "host_name", "https://live.example.com")

	assert live_site.identity() == one


def test_a_copy_sends_nothing(gateway, tags, copied, run_jobs):
	before = list(gateway.received)
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee", reason="new")
	run_jobs()
	queue.sweep()
	nightly.begin()
	health.check()
	user_sync.sync_in_background(tags[0])
	with pytest.raises(frappe.ValidationError, match="not the live site"):
		loads.start("2024-01-01", "2024-01-02", tags[0])
	with (
		pytest.raises(frappe.ValidationError, match="not the live site"),
		gateway_questions.gateway_client() as client,
	):
		client.list_devices()
	rows, sentence = gateway_questions.collect_answers(lambda client: client.list_devices())

	assert (rows, "not the live site" in sentence) == ([], True)
	assert list(gateway.received) == before
	assert (command(name).state, "not the live site" in command(name).outcome) == ("Queued", True)


def test_the_queue_that_came_with_the_copy_says_why_it_waits(gateway, tags, copied):
	name = queue.add_command("DeleteUser", tags[0], user_id="EMP-0001", reason="left")
	frappe.db.commit()
	queue.sweep()

	assert "not the live site" in command(name).outcome


def test_a_load_that_came_with_the_copy_waits_with_a_reason(gateway, tags, copied):
	load = frappe.new_doc("CAMS History Load", from_date="2024-01-01", to_date="2024-01-02", state="Queued")
	load.append("devices", {"service_tag": tags[0]})
	load.insert(ignore_permissions=True)
	frappe.db.commit()
	loads.run(load.name)

	load.reload()
	assert (load.state, load.devices[0].state) == ("Queued", "Waiting")
	assert "not the live site" in load.devices[0].message

	settings().confirm_live_site()
	frappe.db.commit()
	loads.run(load.name)
	load.reload()
	assert (load.state, load.devices[0].message or "") == ("Done", "")


def test_a_copy_takes_callbacks(copied, callback, new_user_id):
	user_id = new_user_id()

	assert callback(punch_at(user_id)).json == {"status": "done"}
	assert len(punches_of(user_id)) == 1


def test_an_administrator_confirms_the_live_site_and_the_queue_goes_on(gateway, tags, copied, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee", reason="new")
	run_jobs()
	settings().confirm_live_site()
	queue.sweep()
	run_jobs()

	assert command(name).state == "Sent"
	assert "live site" not in (command(name).outcome or "")


def test_doctor_and_settings_say_that_a_copy_sends_nothing(copied):
	found = finding(site_checks.live)
	assert (found.state, "live.example.com" in found.sentence) == (doctor.ERROR, True)
	assert "This Is the Live Site" in found.remedy
	status = settings().setup_status()
	assert (status["is_live"], any("not the live site" in step for step in status["missing"])) == (
		False,
		True,
	)
	assert "not the live site" in finding(gateway_checks.gateway).sentence


def test_a_live_site_says_so(live):
	assert finding(site_checks.live).state == doctor.OK
	assert finding(site_checks.secrets).state == doctor.OK
	assert settings().setup_status()["is_live"]


def test_a_site_that_is_upgraded_is_taken_for_the_live_one_once(live):
	store_live_site("")
	patch.execute()
	assert settings().live_site == live_site.identity()

	store_live_site("another")
	patch.execute()
	assert settings().live_site == "another"


def test_a_restored_site_says_which_secrets_cannot_be_read(gateway, tags, live, site, monkeypatch):
	frappe.get_doc("CAMS Device", tags[0]).update({"auth_token": OWN_TOKEN}).save()
	key = {"encryption": "AES-256", "security_key": "0" * 32}
	frappe.get_doc("CAMS Device", tags[1]).update(key).save()
	frappe.db.commit()
	monkeypatch.setitem(site.inner.conf, "encryption_key", Fernet.generate_key().decode())

	found = list(site_checks.secrets(SiteFacts()))
	assert {each.state for each in found} == {doctor.ERROR}
	words = " ".join(each.sentence for each in found)
	for named in ("Auth Token", "Callback Secret", f"{tags[0]}", f"{tags[1]}", "Security Key"):
		assert named in words
	assert "encryption_key" in found[0].remedy
	assert finding(gateway_checks.token).state == doctor.ERROR
	assert "cannot be read" in finding(gateway_checks.gateway).sentence
	missing = settings().setup_status()["missing"]
	assert any("cannot be read" in step and tags[0] in step for step in missing)


def test_a_restored_site_refuses_and_does_not_break(restored, callback, new_user_id):
	user_id = new_user_id()
	for body in (punch_at(user_id), {"PunchLog": {"Log": [{"UserID": user_id, "Type": "CheckIn"}]}}):
		answer = callback(body, f"?secret=nothing&stgid={demo.SERVICE_TAG}")
		assert json.loads(answer.get_data()) == {"status": "error", "message": "Invalid auth token"}


def test_a_restored_site_pauses_until_the_token_is_entered_again(gateway, tags, restored, run_jobs):
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001", first_name="Employee", reason="new")
	run_jobs()
	assert (command(name).state, "cannot be read" in command(name).outcome) == ("Queued", True)

	settings().update({"auth_token": demo.AUTH_TOKEN}).save()
	queue.sweep()
	run_jobs()
	assert command(name).state == "Sent"


def test_one_device_whose_token_cannot_be_read_stops_no_other(gateway, tags, live, site, monkeypatch):
	frappe.get_doc("CAMS Device", tags[0]).update({"auth_token": OWN_TOKEN}).save()
	frappe.db.commit()
	spoil(tags[0], "auth_token")
	before = len(gateway.received)

	with settings().client(attempts=1) as client:
		assert client.ping_connection(tags[1])
		with pytest.raises(UnusableDeviceError, match=tags[0]):
			client.ping_connection(tags[0])
	assert len(gateway.received) == before + 1
	assert tags[0] in finding(site_checks.secrets).sentence
	log = {"reference_name": tags[0], "creation": [">", now_datetime().date()]}
	assert frappe.get_all("Error Log", log)


def test_commands_of_a_device_whose_token_cannot_be_read_wait(gateway, tags, live, run_jobs):
	frappe.get_doc("CAMS Device", tags[0]).update({"auth_token": OWN_TOKEN}).save()
	frappe.db.commit()
	spoil(tags[0], "auth_token")
	names = [
		queue.add_command("AddUser", tag, user_id="EMP-0001", first_name="Employee", reason="new")
		for tag in tags
	]
	run_jobs()

	assert [command(name).state for name in names] == ["Queued", "Sent"]
	assert "cannot be read" in command(names[0]).outcome


def spoil(service_tag, fieldname):
	"""As if it had been stored with another key."""
	other = Fernet(Fernet.generate_key()).encrypt(b"secret").decode()
	frappe.db.execute(
		'UPDATE "__Auth" SET password = ? WHERE doctype = ? AND name = ? AND fieldname = ?',
		[other, "CAMS Device", service_tag, fieldname],
	)
	frappe.db.commit()
