"""The round of the scheduler, and a gateway that does not answer."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date

from navari_cams_biometric.cams_biometric.devices import health
from standin import demo
from tests.app.health.devices import SETTINGS, asked, device, set_device, state
from tests.app.inside import log_entries


@pytest.fixture
def no_outage_yet():
	frappe.db.delete("Error Log", {"method": ["like", "The CAMS gateway%"]})
	frappe.db.delete("Error Log", {"method": ["like", "The health of CAMS%"]})
	frappe.db.commit()


def test_while_the_gateway_is_down_callbacks_alone_judge_silence(
	gateway, tags, later, clock, notices, no_outage_yet
):
	health.check_all()
	gateway.stop()
	later(minutes=61)
	set_device(tags[0], last_reported=add_to_date(clock.now, minutes=-5))
	assert "connection failed" in health.check_all()
	health.check_all()

	assert state(tags[0]) == ("Healthy", "")
	assert "The gateway cannot be reached" in device(tags[0]).health_note
	assert state(tags[1]) == ("Not Reporting", "Not Reporting")
	assert [told[0] for told in notices] == [f"<b>Gate 2 ({tags[1]})</b> needs attention: Not Reporting"]
	[entry] = log_entries(method="The CAMS gateway cannot be reached")
	assert "CheckDeviceHealth got no answer" in entry.error
	assert demo.AUTH_TOKEN not in entry.error


def test_what_only_the_gateway_can_tell_stays_while_it_is_down(gateway, tags, clock, notices):
	gateway.world.command("AddUser", tags[0], {"UserID": "EMP-0001"})
	health.check_all()
	clock.now += timedelta(minutes=10)
	health.check_all()
	gateway.fail_next("server_error", times=2)
	health.check_all()

	assert state(tags[0]) == ("Queue Stuck", "Queue Stuck")
	assert device(tags[0]).connection == "Online"
	assert len(notices) == 1


def test_a_gateway_that_answers_nothing_is_not_asked_about_every_device(
	gateway, tags, new_device, no_outage_yet
):
	more = [new_device().name for _number in range(3)]
	gateway.fail_next("server_error", times=99)
	health.check_all()
	frappe.db.set_value("CAMS Device", {"name": ["in", more]}, "enabled", 0)
	frappe.db.commit()

	assert len(gateway.received) == 3
	assert all(device(tag).health_at for tag in (*tags, *more))
	assert len(log_entries(method="The CAMS gateway cannot be reached")) == 1


def test_one_device_that_hangs_is_no_outage(gateway, tags, monkeypatch, no_outage_yet):
	monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.3)
	gateway.fail_next("stall", operation="CheckDeviceHealth", seconds=2)
	assert health.check_all() == ""

	hanging, other = sorted(tags)
	assert "The gateway gave no information on it" in device(hanging).health_note
	assert "timed out" in device(hanging).health_note
	assert state(other) == ("Healthy", "")
	assert log_entries(method="The CAMS gateway cannot be reached") == []
	assert len(log_entries(method="The CAMS gateway said nothing of a device", reference_name=hanging)) == 1


def test_a_device_that_the_gateway_does_not_know_says_so(gateway, tags, no_outage_yet):
	del gateway.world.devices[tags[0]]
	gateway.world.devices[tags[1]].online = True
	try:
		assert health.check_all() == ""
		assert "Verify the service tag" in device(tags[0]).health_note
		assert device(tags[0]).connection in (None, "")
		assert state(tags[1]) == ("Healthy", "")
	finally:
		gateway.add_device(tags[0])


def test_a_round_ends_in_time_and_the_next_begins_with_the_rest(
	gateway, tags, clock, monkeypatch, no_outage_yet
):
	moments = iter([0.0, 1.0, 1000.0])
	monkeypatch.setattr(health, "monotonic", lambda: next(moments, 1000.0))
	health.check_all()
	first, second = sorted(tags)
	assert device(first).health_at
	assert device(second).health_at is None
	[entry] = log_entries(method="The health of CAMS devices could not be asked for in time")
	assert entry.error.startswith("1 of 2 devices")

	moments = iter([0.0, 1.0, 1000.0])
	health.check_all()
	assert device(second).health_at
	assert len(asked(gateway, "CheckDeviceHealth", first)) == 1


def test_a_gateway_that_limits_the_rate_is_left_alone(gateway, tags):
	gateway.fail_next("rate_limited", times=5)
	assert health.check_all() == ""

	assert len(gateway.received) == 1
	assert not any(device(tag).health_at for tag in tags)


@pytest.mark.parametrize("values", [{"check_health": 0}, {"check_health": 1, "auth_token_digest": ""}])
def test_the_scheduler_asks_only_if_settings_say_so(gateway, tags, monkeypatch, values):
	settings = frappe.get_cached_doc(SETTINGS)
	for fieldname, value in values.items():
		monkeypatch.setattr(settings, fieldname, value)
	monkeypatch.setattr(frappe, "get_cached_doc", lambda *_arguments: settings)
	health.check()

	assert gateway.received == []


def test_the_scheduler_looks_after_enabled_devices(gateway, tags, configure):
	configure(check_health=1)
	set_device(tags[1], enabled=0)
	health.check()

	assert state(tags[0]) == ("Healthy", "")
	assert device(tags[1]).health_at is None
