"""Clocks and licences of devices, and the worst of several problems."""

import sys
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import add_to_date, get_system_timezone, now_datetime, nowdate

from navari_cams_biometric.cams_biometric.command_queue import command_results, queue
from navari_cams_biometric.cams_biometric.controllers.punch_actions import accept_time, dismiss
from navari_cams_biometric.cams_biometric.devices import health
from navari_cams_biometric.cams_biometric.doctor import attendance_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from navari_cams_biometric.gateway.timestamp import format_timestamp
from standin import demo
from tests.app.health.devices import NOTIFICATION_LOG, device, form, set_device, state
from tests.app.inside import log_entries, store
from tests.contract.host import real_time


def punch(tag, ahead, user_id="EMP-0001"):
	"""Store a punch that arrives now and was made `ahead` seconds later, by the device's clock."""
	moment = add_to_date(now_datetime(), seconds=ahead).replace(tzinfo=ZoneInfo(get_system_timezone()))
	store(real_time(user_id, format_timestamp(moment), SerialNumber=tag, AuthToken=demo.AUTH_TOKEN))


@pytest.mark.parametrize(
	("ahead", "expected", "words"),
	[
		(7200, "Clock Drift", "2 hours ahead"),
		(-1500, "Clock Drift", "25 minutes behind"),
		(500, "Healthy", ""),
		(-500, "Healthy", ""),
	],
)
def test_a_clock_that_is_wrong_shows_in_the_punches(gateway, tags, ahead, expected, words):
	punch(tags[0], ahead)
	health.check_all()

	found = device(tags[0])
	assert -20 <= found.clock_skew - ahead <= 0
	assert found.clock_skew_at == frappe.db.get_value("CAMS Punch", {"service_tag": tags[0]}, "creation")
	assert (found.health, words in found.health_note) == (expected, True)
	assert state(tags[1]) == ("Healthy", "")


def dead_clock(tag, log_time="2000-01-01 00:04:00 GMT +0300"):
	store(real_time("EMP-0001", log_time, SerialNumber=tag, AuthToken=demo.AUTH_TOKEN))
	drain()
	return frappe.db.get_value("CAMS Punch", {"service_tag": tag, "original_time": log_time})


def test_a_clock_that_fell_back_shows_although_the_punches_before_were_right(gateway, tags, notices):
	punch(tags[0], -3)
	dead_clock(tags[0])
	health.check_all()

	assert state(tags[0]) == ("Clock Drift", "Clock Drift")
	assert "fell back to 01-01-2000" in device(tags[0]).health_note
	assert len(notices) == 1

	punch(tags[0], -2, user_id="EMP-0002")
	drain()
	health.check_all()
	assert state(tags[0]) == ("Healthy", "")


def test_a_clock_that_was_set_did_not_fall_back_any_more(gateway, tags):
	dead_clock(tags[0])
	finished = {"finished_at": add_to_date(now_datetime(), seconds=1), "state": "Done"}
	command = frappe.new_doc("CAMS Command", operation="SyncDeviceTime", service_tag=tags[0]).insert()
	frappe.db.set_value("CAMS Command", command.name, finished)
	health.check_all()

	assert state(tags[0]) == ("Healthy", "")


def test_an_old_time_that_a_person_accepted_is_no_clock_that_fell_back(gateway, tags):
	name = dead_clock(tags[0])
	accept_time([name])
	drain()
	punch(tags[0], -1, user_id="EMP-0003")
	frappe.db.set_value("CAMS Punch", name, "creation", add_to_date(now_datetime(), seconds=5))
	frappe.db.commit()
	health.check_all()

	assert state(tags[0]) == ("Healthy", "")


def test_the_doctor_names_devices_whose_clock_fell_back(gateway, tags):
	name = dead_clock(tags[0])
	[finding] = attendance_checks.clocks(SiteFacts())
	assert (finding.state, "Gate 1" in finding.sentence, finding.document) == ("warning", True, tags[0])
	dismiss([name])
	assert [finding.state for finding in attendance_checks.clocks(SiteFacts())] == ["ok"]


def test_a_clock_that_fell_back_moves_neither_last_punch_nor_complete_until(gateway, tags):
	dead_clock(tags[0])
	found = device(tags[0])
	assert (found.last_punch, found.complete_until) == (None, None)
	assert found.last_reported


def test_punches_that_came_late_do_not_count_beside_one_that_did_not(gateway, tags):
	for minutes in (-300, -200, -100):
		punch(tags[0], 60 * minutes)
	punch(tags[0], -3)
	health.check_all()

	assert -60 <= device(tags[0]).clock_skew <= -3


def test_of_the_last_twenty_punches_only(gateway, tags):
	punch(tags[0], 7200)
	frappe.db.set_value(
		"CAMS Punch",
		{"service_tag": tags[0]},
		"creation",
		add_to_date(now_datetime(), minutes=-5),
		update_modified=False,
	)
	for number in range(20):
		punch(tags[0], -30, user_id=f"{number:08}")
	health.check_all()

	assert -60 <= device(tags[0]).clock_skew <= -30


@pytest.mark.parametrize(("source", "hours"), [("Batch", 0), ("Real Time", -25)])
def test_neither_history_nor_what_is_older_than_a_day_tells_of_a_clock(gateway, tags, source, hours):
	punch(tags[0], 7200)
	told = {"source": source, "creation": add_to_date(now_datetime(), hours=hours)}
	frappe.db.set_value("CAMS Punch", {"service_tag": tags[0]}, told, update_modified=False)
	health.check_all()

	assert device(tags[0]).clock_skew_at is None
	assert state(tags[0]) == ("Healthy", "")


def test_a_clock_that_was_set_is_learned_anew(gateway, tags, run_jobs, notices):
	punch(tags[0], 7200)
	health.check_all()
	name = form(tags[0]).sync_time()
	run_jobs()
	gateway.tick(20)
	frappe.db.set_value("CAMS Command", name, "due_at", add_to_date(now_datetime(), minutes=-1))
	queue.sweep()
	assert frappe.db.get_value("CAMS Command", name, "state") == "Done"
	assert (device(tags[0]).clock_skew, device(tags[0]).clock_skew_at) == (0, None)

	health.check_all()
	assert state(tags[0]) == ("Healthy", "")
	assert device(tags[0]).clock_skew_at is None
	assert [told[0].partition("</b> ")[2] for told in notices] == [
		"needs attention: Clock Drift",
		"has recovered",
	]

	punch(tags[0], 4000)
	health.check_all()
	assert state(tags[0]) == ("Clock Drift", "Clock Drift")


def test_another_command_leaves_the_clock_alone(gateway, tags, run_jobs):
	punch(tags[0], 7200)
	health.check_all()
	command_results.finish(frappe.get_doc("CAMS Command", queue.add_command("RebootDevice", tags[0])), "Done")
	command_results.fail(
		frappe.get_doc("CAMS Command", queue.add_command("SyncDeviceTime", tags[0])), "refused"
	)

	assert device(tags[0]).clock_skew > 7000


@pytest.mark.parametrize(
	("days", "expected", "words"),
	[(31, "Healthy", ""), (30, "Licence Expiring", "ends on"), (-1, "Licence Expiring", "ended on")],
)
def test_a_licence_near_its_end_is_told(gateway, tags, days, expected, words):
	until = frappe.utils.getdate(frappe.utils.add_days(nowdate(), days))
	gateway.world.devices[tags[0]].licence_until = until
	health.check_all()

	found = device(tags[0])
	assert (found.licence_until, found.health) == (until, expected)
	assert words in found.health_note
	assert (frappe.utils.format_date(until) in found.health_note) == bool(words)


def test_a_licence_that_was_set_here_stays_where_the_device_tells_none(gateway, tags):
	set_device(tags[0], licence_until=nowdate())
	health.check_all()

	assert device(tags[0]).licence_until == frappe.utils.getdate(nowdate())
	assert state(tags[0]) == ("Licence Expiring", "Licence Expiring")


def test_of_several_problems_the_worst_counts_and_the_note_has_all(gateway, tags, later, clock):
	punch(tags[0], 7200)
	set_device(tags[0], licence_until=nowdate())
	gateway.set_online(tags[0], False)
	later(minutes=61)
	set_device(tags[0], creation="2020-01-01", last_reported=add_to_date(clock.now, hours=-2))
	gateway.world.devices[tags[0]].last_seen = None
	health.check_all()

	assert state(tags[0]) == ("Not Reporting", "Not Reporting,Clock Drift,Licence Expiring")
	lines = device(tags[0]).health_note.split("\n")
	assert [line.split()[0] for line in lines] == ["It", "Its", "Its"]
	assert len(lines) == 3


def test_what_gets_worse_is_told_and_what_gets_better_is_not(gateway, tags, later, notices):
	set_device(tags[0], licence_until=nowdate())
	health.check_all()
	punch(tags[0], 7200)
	health.check_all()
	assert [told[0].partition("</b> ")[2] for told in notices] == [
		"needs attention: Licence Expiring",
		"needs attention: Clock Drift, Licence Expiring",
	]

	set_device(tags[0], licence_until="2099-01-01")
	health.check_all()
	assert state(tags[0]) == ("Clock Drift", "Clock Drift")
	assert len(notices) == 2


def test_a_form_that_was_opened_before_does_not_undo_what_was_told(gateway, tags, notices):
	opened = frappe.get_doc("CAMS Device", tags[0])
	set_device(tags[0], licence_until=nowdate())
	health.check_all()
	opened.reload()
	opened.update({"health": "Healthy", "problems": "", "health_note": "", "label": "Gate One"}).save()
	health.check_all()

	assert state(tags[0]) == ("Licence Expiring", "Licence Expiring")
	assert device(tags[0]).label == "Gate One"
	assert len(notices) == 1


def test_without_recipients_the_record_tells_alone(gateway, tags, notices, configure):
	configure(health_recipients=[])
	set_device(tags[0], licence_until=nowdate())
	health.check_all()

	assert state(tags[0]) == ("Licence Expiring", "Licence Expiring")
	assert notices == []


def test_a_notice_that_fails_leaves_the_record(gateway, tags, notices):
	def explode(doc, users):
		raise RuntimeError("no mail")

	sys.modules[NOTIFICATION_LOG].make_notification_logs = explode
	set_device(tags[0], licence_until=nowdate())
	health.check_all()

	assert state(tags[0]) == ("Licence Expiring", "Licence Expiring")
	assert "no mail" in log_entries(reference_name=tags[0])[0].error
