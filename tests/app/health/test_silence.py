"""Devices that are silent or stuck, and that each trouble is told once."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.devices import health
from tests.app.health.devices import asked, device, set_device, state


def test_what_is_told_of_a_well_device_is_written(gateway, tags, later):
	gateway.add_user(tags[0], "EMP-0001")
	health.check_all()

	found = device(tags[0])
	assert (found.health, found.problems, found.health_note) == ("Healthy", "", "")
	assert (found.connection, found.queue_depth) == ("Online", 0)
	assert abs(get_datetime(found.last_seen) - now_datetime()) < timedelta(minutes=1)
	assert (found.model, found.firmware) == ("Simulated", "1.0")
	assert found.counters == "Users: 1 of 3000\nTemplates: 0\nPunchLogs: 0 of 100000"
	assert found.connection_since == found.health_at == found.information_at


def test_the_information_is_asked_for_once_a_day(gateway, tags, later):
	for _number in range(3):
		health.check_all()
		later(minutes=10)
	assert len(asked(gateway, "GetDeviceInfo", tags[0])) == 1

	later(hours=24)
	health.check_all()
	assert len(asked(gateway, "GetDeviceInfo", tags[0])) == 2
	assert len(asked(gateway, "CheckDeviceHealth", tags[0])) == 4


def test_a_silent_device_is_told_once_and_once_when_it_is_well(gateway, tags, later, notices):
	health.check_all()
	gateway.set_online(tags[0], False)
	later(minutes=50)
	health.check_all()
	assert state(tags[0]) == ("Healthy", "")

	for _number in range(3):
		later(minutes=11)
		health.check_all()
	assert state(tags[0]) == ("Not Reporting", "Not Reporting")
	note = device(tags[0]).health_note
	assert "It has not reported since" in note
	assert "Check its power" in note
	[(subject, addresses, message)] = notices
	assert subject == f"<b>Gate 1 ({tags[0]})</b> needs attention: Not Reporting"
	assert addresses == ["administrator@example.com"]
	assert message == note

	gateway.set_online(tags[0], True)
	for _number in range(2):
		later(minutes=10)
		health.check_all()
	assert state(tags[0]) == ("Healthy", "")
	assert [told[0] for told in notices[1:]] == [f"<b>Gate 1 ({tags[0]})</b> has recovered"]


def test_who_is_offline_and_heard_by_callback_is_not_silent(gateway, tags, later, clock):
	gateway.set_online(tags[0], False)
	later(hours=3)
	set_device(tags[0], last_reported=add_to_date(clock.now, minutes=-59), creation="2020-01-01")
	health.check_all()

	assert state(tags[0]) == ("Healthy", "")
	assert device(tags[0]).connection == "Offline"


def test_a_device_that_was_never_heard_is_neither_well_nor_at_once_silent(gateway, tags, later):
	gateway.stop()
	health.check_all()
	assert state(tags[0]) == ("", "")

	later(minutes=61)
	health.check_all()
	assert state(tags[0]) == ("Not Reporting", "Not Reporting")
	assert "It has never reported" in device(tags[0]).health_note


def test_a_queue_that_is_not_empty_twice_is_stuck(gateway, tags, clock, notices):
	gateway.world.command("AddUser", tags[0], {"UserID": "EMP-0001"})
	health.check_all()
	health.check_all()
	assert state(tags[0]) == ("Healthy", "")
	assert device(tags[0]).queue_depth == 1

	clock.now += timedelta(minutes=10)
	health.check_all()
	assert state(tags[0]) == ("Queue Stuck", "Queue Stuck")
	assert "1 command is pending" in device(tags[0]).health_note
	assert len(notices) == 1

	gateway.tick(20)
	clock.now += timedelta(minutes=10)
	health.check_all()
	assert state(tags[0]) == ("Healthy", "")
	assert len(notices) == 2


@pytest.fixture
def overdue(gateway, tags, run_jobs, monkeypatch):
	"""A command that was sent 31 minutes ago, of which the queue's depth says nothing."""
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	run_jobs()
	long_ago = add_to_date(now_datetime(), minutes=-31)
	frappe.db.set_value("CAMS Command", name, "sent_at", long_ago)
	frappe.db.commit()
	monkeypatch.setattr(gateway.world, "pending", lambda device: 0)
	return name


def test_a_command_that_is_not_carried_out_makes_its_device_stuck(gateway, tags, clock, overdue):
	health.check_all()
	assert state(tags[0]) == ("Healthy", "")
	clock.now += timedelta(minutes=10)
	health.check_all()

	assert state(tags[0]) == ("Queue Stuck", "Queue Stuck")
	assert state(tags[1]) == ("Healthy", "")


def test_the_gateway_is_asked_after_an_old_command_first(gateway, tags, clock, overdue):
	health.check_all()
	gateway.tick(20)
	clock.now += timedelta(minutes=10)
	health.check_all()

	assert state(tags[0]) == ("Healthy", "")
	assert frappe.db.get_value("CAMS Command", overdue, "state") == "Done"


def test_an_offline_device_may_keep_commands_waiting(gateway, tags, clock):
	gateway.set_online(tags[0], False)
	gateway.world.command("AddUser", tags[0], {"UserID": "EMP-0001"})
	for _number in range(3):
		health.check_all()
		clock.now += timedelta(minutes=10)

	assert device(tags[0]).queue_depth == 1
	assert state(tags[0]) == ("Healthy", "")


def test_a_gateway_api_that_cannot_tell_of_a_queue_makes_nobody_stuck(gateway, tags, clock, configure):
	configure(gateway_api="Web API 3.0", base_url=gateway.web_api_url)
	set_device(tags[0], queue_depth=3, connection="Online", connection_since=add_to_date(clock.now, hours=-1))
	for _number in range(2):
		health.check_all()
		clock.now += timedelta(minutes=10)

	assert state(tags[0]) == ("Healthy", "")


def test_where_nobody_can_be_asked_a_sent_command_is_not_stuck(gateway, tags, clock, configure, run_jobs):
	configure(gateway_api="Web API 3.0", base_url=gateway.web_api_url)
	name = queue.add_command("AddUser", tags[0], user_id="EMP-0001")
	run_jobs()
	frappe.db.set_value("CAMS Command", name, "sent_at", add_to_date(now_datetime(), hours=-5))
	for _number in range(2):
		health.check_all()
		clock.now += timedelta(minutes=10)

	assert state(tags[0]) == ("Healthy", "")
	assert (device(tags[0]).connection, device(tags[0]).model) == ("Online", "Simulated")
