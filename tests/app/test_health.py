"""The health of devices: what is asked, what is judged from it, and that each trouble is told once."""

import sys
from datetime import timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, get_system_timezone, now_datetime, nowdate

from navari_cams_biometric.cams_biometric.command_queue import command_results, queue
from navari_cams_biometric.cams_biometric.devices import device_fields, health
from navari_cams_biometric.gateway.timestamp import format_timestamp
from standin import demo
from tests.app.inside import log_entries, store
from tests.contract.host import real_time

SETTINGS = "CAMS Biometric Settings"
NOTIFICATION_LOG = "frappe.desk.doctype.notification_log.notification_log"


class Clock:
	"""What the health check takes for now."""

	def __init__(self):
		self.now = now_datetime()

	def __call__(self):
		return self.now


@pytest.fixture
def clock(monkeypatch):
	clock = Clock()
	for module in (health, device_fields):
		monkeypatch.setattr(module, "now_datetime", clock)
	return clock


@pytest.fixture
def later(gateway, clock):
	"""Let time pass, here and at the gateway."""

	def pass_by(**span):
		clock.now += timedelta(**span)
		gateway.tick(timedelta(**span).total_seconds())

	return pass_by


@pytest.fixture(autouse=True)
def only_these(gateway, tags):
	"""Devices of other tests are not looked after."""
	others = {"name": ["not in", tags], "enabled": 1}
	names = frappe.get_all("CAMS Device", filters=others, pluck="name")
	for enabled in (0, 1):
		if names:
			frappe.db.set_value("CAMS Device", {"name": ["in", names]}, "enabled", enabled)
			frappe.db.commit()
		if not enabled:
			yield


@pytest.fixture
def notices(monkeypatch):
	"""The notices that were written, each as (subject, users' addresses, message)."""
	written = []

	def make_notification_logs(doc, users):
		assert (doc.type, doc.document_type) == ("", "CAMS Device")
		written.append((doc.subject, users, doc.email_content))

	parts = NOTIFICATION_LOG.split(".")
	for length in range(2, len(parts) + 1):
		monkeypatch.setitem(sys.modules, ".".join(parts[:length]), ModuleType(parts[length - 1]))
	sys.modules[NOTIFICATION_LOG].make_notification_logs = make_notification_logs
	settings = frappe.get_doc(SETTINGS)
	settings.append("health_recipients", {"user": "Administrator"})
	settings.save()
	frappe.db.commit()
	yield written
	frappe.db.rollback()
	settings.reload()
	settings.set("health_recipients", [])
	settings.save()
	frappe.db.commit()


@pytest.fixture
def configure():
	"""Change Settings for this test."""
	before = {}

	def change(**values):
		settings = frappe.get_doc(SETTINGS)
		before.update({name: settings.get(name) for name in values if name not in before})
		settings.update(values).save()
		frappe.db.commit()

	yield change
	if before:
		frappe.db.rollback()
		frappe.get_doc(SETTINGS).update(before).save()
		frappe.db.commit()


def form(tag):
	"""What the buttons of the form call."""
	return frappe.get_doc("CAMS Device", tag)


def settings():
	return frappe.get_doc(SETTINGS)


def device(tag):
	return frappe.db.get_value("CAMS Device", tag, "*", as_dict=True)


def state(tag):
	"""(health, all problems)"""
	found = device(tag)
	return found.health, found.problems


def set_device(tag, **values):
	frappe.db.set_value("CAMS Device", tag, values)
	frappe.db.commit()


def asked(gateway, operation, tag=None):
	return [
		request
		for request in gateway.received
		if request.operation == operation and tag in (None, request.arguments.get("ServiceTag"))
	]


def punch(tag, ahead, user_id="EMP-0001"):
	"""Store a punch that arrives now and was made `ahead` seconds later, by the device's clock."""
	moment = add_to_date(now_datetime(), seconds=ahead).replace(tzinfo=ZoneInfo(get_system_timezone()))
	store(real_time(user_id, format_timestamp(moment), SerialNumber=tag, AuthToken=demo.AUTH_TOKEN))


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
	assert "1 commands are pending" in device(tags[0]).health_note
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
	assert (str(until) in found.health_note) == bool(words)


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


def test_a_look_on_demand_answers_with_what_is_known(gateway, tags):
	form(tags[0]).check_health()
	shown = device(tags[0])

	assert (shown.health, shown.connection, shown.model) == ("Healthy", "Online", "Simulated")
	assert state(tags[0]) == ("Healthy", "")


def test_a_look_on_demand_throws_the_gateways_words(gateway, tags):
	gateway.fail_next("server_error")

	with pytest.raises(frappe.ValidationError, match="refused with 500"):
		form(tags[0]).check_health()
	assert device(tags[0]).health_at is None


def test_a_device_is_pinged_and_read(gateway, tags):
	assert form(tags[0]).ping() is True
	form(tags[0]).read_information()
	assert device(tags[0]).firmware == "1.0"
	gateway.set_online(tags[0], False)

	assert form(tags[0]).ping() is False
	with pytest.raises(frappe.ValidationError, match="Device offline"):
		form(tags[0]).read_information()


def test_missing_devices_are_brought_in_and_known_ones_updated(gateway, tags):
	gateway.add_device("GWNEW0000001", "Gate <3>")
	gateway.world.devices[tags[0]].label = "North Gate"
	gateway.set_online(tags[0], False)
	try:
		assert settings().import_devices() == ["GWNEW0000001"]
		assert settings().import_devices() == []
		new = device("GWNEW0000001")
		assert (new.label, new.connection, new.enabled) == ("Gate <3>", "Online", 1)
		known = device(tags[0])
		assert (known.label, known.connection) == ("North Gate", "Offline")
		assert known.last_seen
	finally:
		frappe.db.rollback()


def test_web_api_has_no_devices_to_bring_in(gateway, tags, configure):
	configure(gateway_api="Web API 3.0", base_url=gateway.web_api_url)

	with pytest.raises(frappe.ValidationError, match="has no list of devices"):
		settings().import_devices()


@pytest.mark.parametrize(
	("ask", "operation", "reason"),
	[
		(lambda tag: form(tag).sync_time(), "SyncDeviceTime", ""),
		(lambda tag: form(tag).reboot(" frozen "), "RebootDevice", "frozen"),
		(lambda tag: form(tag).reset_queue("stuck"), "ResetDeviceQueue", "stuck"),
		(lambda tag: settings().register_callback(), "RegisterCallback", ""),
	],
)
def test_what_concerns_a_device_as_a_whole_is_a_command(gateway, tags, ask, operation, reason):
	command = frappe.get_doc("CAMS Command", ask(tags[0]))

	assert (command.operation, command.state, command.reason or "") == (operation, "Queued", reason)
	assert command.service_tag == (None if operation == "RegisterCallback" else tags[0])


@pytest.mark.parametrize("method", ["reboot", "reset_queue"])
def test_what_interrupts_a_device_needs_a_reason(gateway, tags, method):
	with pytest.raises(frappe.ValidationError, match="Enter a reason"):
		getattr(form(tags[0]), method)("  ")
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


def test_the_state_of_a_migration_is_told(gateway, tags):
	assert settings().migration_status() == {"state": "Done", "total": 2, "done": 2}


OF_DEVICE = {
	"check_health": (),
	"read_information": (),
	"ping": (),
	"sync_time": (),
	"reboot": ("frozen",),
	"reset_queue": ("stuck",),
}
OF_SETTINGS = ("import_devices", "register_callback", "migration_status")
FOR_HR_MANAGERS = {"check_health", "ping"}


@pytest.mark.parametrize("name", [*OF_DEVICE, *OF_SETTINGS])
@pytest.mark.parametrize("role", ["System Manager", "HR Manager", "HR User", "CAMS Door Operator"])
def test_who_may_do_what_with_a_device(gateway, tags, new_user, name, role):
	document = settings() if name in OF_SETTINGS else form(tags[0])
	allowed = role == "System Manager" or (role == "HR Manager" and name in FOR_HR_MANAGERS)
	frappe.set_user(new_user(role))
	try:
		if allowed:
			getattr(document, name)(*OF_DEVICE.get(name, ()))
			return
		with pytest.raises(frappe.PermissionError):
			getattr(document, name)(*OF_DEVICE.get(name, ()))
	finally:
		frappe.set_user("Administrator")
	assert gateway.received == []
	assert not frappe.db.exists("CAMS Command", {"service_tag": tags[0]})


@pytest.fixture
def new_user(new_user_id):
	def create(role):
		user = frappe.new_doc("User", email=f"{new_user_id()}@example.com", first_name=role)
		user.append("roles", {"role": role})
		return user.insert().name

	return create
