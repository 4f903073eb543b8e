"""The nightly reconciliation: when it begins, what it marks, and that it is told once, and only where there is news."""

import json
import sys
from datetime import datetime, time, timedelta, timezone
from types import ModuleType

import frappe
import pytest
from frappe.utils import add_days, add_to_date, format_date, getdate, now_datetime

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.history import loads, nightly
from navari_cams_biometric.cams_biometric.history.reconciliation import by_device_and_person
from navari_cams_biometric.cams_biometric.punches import inbox
from navari_cams_biometric.gateway.callback import parse_callback
from navari_cams_biometric.install import after_migrate
from tests.app.inside import other_devices_resting
from tests.contract.host import DONE, SETTINGS, TOKEN, batch

NAIROBI = timezone(timedelta(hours=3))
LOAD = "CAMS History Load"
NOTIFICATION_LOG = "frappe.desk.doctype.notification_log.notification_log"


@pytest.fixture(autouse=True)
def only_these(gateway, tags):
	"""The gateway's two devices are the only enabled ones, and no load of another test is under way."""
	frappe.db.delete(LOAD, {"kind": "Nightly"})
	with other_devices_resting(tags):
		configure(reconcile_days=3)
		yield
		frappe.db.rollback()
		configure(reconcile_days=0)


@pytest.fixture(autouse=True)
def notices(monkeypatch):
	"""The notices that were written, each as (name, subject, message, users' addresses)."""
	written = []

	def make_notification_logs(doc, users):
		assert (doc.type, doc.document_type) == ("", LOAD)
		written.append((doc.document_name, doc.subject, doc.email_content, users))

	parts = NOTIFICATION_LOG.split(".")
	for length in range(2, len(parts) + 1):
		monkeypatch.setitem(sys.modules, ".".join(parts[:length]), ModuleType(parts[length - 1]))
	sys.modules[NOTIFICATION_LOG].make_notification_logs = make_notification_logs
	return written


@pytest.fixture
def manager():
	"""An HR Manager's address."""
	name = f"{frappe.generate_hash(length=8)}@example.com"
	user = frappe.new_doc("User", email=name, first_name="Manager", enabled=1)
	user.append("roles", {"role": "HR Manager"})
	user.insert()
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	frappe.db.set_value("User", name, "enabled", 0)
	frappe.db.commit()


@pytest.fixture
def missed(gateway):
	"""A punch that the gateway has and never sent, so many days ago."""

	def remember(tag, user_id, hour=8, days=1):
		moment = datetime.combine(add_days(getdate(), -days), time(hour), NAIROBI)
		return gateway.world.remember(tag, user_id, "CheckIn", moment)

	return remember


@pytest.fixture
def night(run_jobs):
	"""A night: what the scheduler begins, the workers do, and the scheduler tells minutes later. Returns the load."""

	def pass_by():
		nightly.begin()
		run_jobs()
		hours_pass()
		nightly.notify()
		return frappe.get_last_doc(LOAD, filters={"kind": "Nightly"})

	return pass_by


def hours_pass(hours=1):
	"""What has arrived did so that long ago."""
	for punch in frappe.get_all("CAMS Punch", {"history_load": ["is", "set"]}, ["name", "creation"]):
		earlier = add_to_date(punch.creation, hours=-hours)
		frappe.db.set_value("CAMS Punch", punch.name, "creation", earlier, update_modified=False)
	frappe.db.commit()


def configure(**values):
	frappe.get_doc(SETTINGS).update(values).save()
	frappe.db.commit()


def nightly_loads():
	return frappe.get_all(LOAD, {"kind": "Nightly"}, ["name", "from_date", "to_date", "state"])


def brought_by(load):
	rows = frappe.get_all("CAMS Punch", {"history_load": load.name}, ["service_tag", "user_id", "punch_time"])
	return {(row.service_tag, row.user_id, row.punch_time.hour) for row in rows}


def test_the_last_days_up_to_yesterday_are_asked_for_of_all_enabled_devices(tags):
	nightly.begin()

	[load] = nightly_loads()
	assert (load.from_date, load.to_date) == (add_days(getdate(), -3), add_days(getdate(), -1))
	assert [row.service_tag for row in frappe.get_doc(LOAD, load.name).devices] == sorted(tags)


def test_never_two_at_once(run_jobs):
	nightly.begin()
	nightly.begin()
	assert len(nightly_loads()) == 1

	run_jobs()
	nightly.begin()
	assert sorted(load.state for load in nightly_loads()) == ["Done", "Queued"]


def test_a_load_by_hand_is_no_reason_to_wait(tags):
	yesterday = str(add_days(getdate(), -1))
	by_hand = frappe.get_doc("CAMS Biometric Settings").load_history(yesterday, yesterday, tags[0])
	nightly.begin()

	assert frappe.db.get_value(LOAD, by_hand, "kind") == "Manual"
	assert len(nightly_loads()) == 1


def test_with_0_days_nothing_begins():
	configure(reconcile_days=0)
	nightly.begin()
	assert nightly_loads() == []


@pytest.fixture
def updated_days_ago():
	"""The site was updated from the earlier version of the app so many days ago."""
	yield lambda days: configure(reconcile_from=add_days(getdate(), -days))
	configure(reconcile_from=None)


@pytest.mark.parametrize(("updated", "first"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_no_days_are_asked_for_that_were_before_the_update(updated_days_ago, updated, first):
	updated_days_ago(updated)
	nightly.begin()
	[load] = nightly_loads()
	assert (load.from_date, load.to_date) == (add_days(getdate(), -first), add_days(getdate(), -1))


@pytest.mark.parametrize("updated", [0, -1])
def test_the_first_night_after_the_update_asks_for_nothing(updated_days_ago, updated):
	updated_days_ago(updated)
	nightly.begin()
	assert nightly_loads() == []


def test_a_person_may_load_the_days_before_the_update(updated_days_ago):
	updated_days_ago(0)
	yesterday = str(add_days(getdate(), -1))
	assert frappe.get_doc("CAMS Biometric Settings").load_history(yesterday, yesterday)


def test_without_a_token_nothing_begins_and_nothing_fails():
	configure(auth_token="", token_overlap=0)
	try:
		nightly.begin()
	finally:
		configure(auth_token=TOKEN, token_overlap=24)
	assert nightly_loads() == []


def test_without_a_device_nothing_begins_and_nothing_fails(tags):
	frappe.db.set_value("CAMS Device", {"name": ["in", tags]}, "enabled", 0)
	nightly.begin()
	assert nightly_loads() == []


def test_what_was_missing_is_marked_and_what_was_here_is_not(tags, missed, new_user_id, night):
	known, unknown = new_user_id(), new_user_id()
	entry = missed(tags[0], known)
	body = {"RealTime": real_time_of(entry)}
	inbox.store(parse_callback(json.dumps(body).encode()), find_device(tags[0]))
	missed(tags[0], unknown, 9)
	missed(tags[1], unknown, 17, days=3)
	missed(tags[1], unknown, 17, days=4)  # before the days of this night
	load = night()

	assert brought_by(load) == {(tags[0], unknown, 9), (tags[1], unknown, 17)}
	assert frappe.db.get_value("CAMS Punch", {"user_id": known}, "history_load") is None
	assert frappe.db.count("CAMS Punch", {"user_id": ["in", [known, unknown]]}) == 3


def real_time_of(entry):
	punch = {"Type": entry.type, "UserID": entry.user_id, "LogTime": entry.log_time}
	return {"SerialNumber": entry.service_tag, "AuthToken": TOKEN, "PunchLog": punch}


def test_it_is_told_once_by_device_with_what_became_of_it(
	tags, missed, new_employee, new_user_id, night, notices, manager
):
	person, stranger = new_employee().attendance_device_id, new_user_id()
	missed(tags[0], person, 8)
	missed(tags[0], person, 17)
	missed(tags[1], stranger, 9)
	load = night()
	nightly.notify()

	[(name, subject, message, users)] = notices
	days = " to ".join(format_date(add_days(getdate(), -days)) for days in (3, 1))
	assert name == load.name
	assert manager in users
	assert frappe.db.get_value("User", "Administrator", "email") not in users
	assert "missing punches loaded: <b>3</b>" in subject
	assert days in subject
	assert message.split("<br>") == [
		f"<b>{title}</b>: {text}"
		for title, text in sorted(
			(
				(f"Gate 1 ({tags[0]})", "2 (Recorded: 2)"),
				(f"Gate 2 ({tags[1]})", "1 (Held: 1)"),
			),
			key=lambda line: line[0][8:],
		)
	]


def test_it_is_not_told_while_it_still_comes(tags, missed, new_user_id, run_jobs, notices, manager):
	missed(tags[0], new_user_id())
	nightly.begin()
	nightly.notify()
	run_jobs()
	nightly.notify()
	assert notices == []

	hours_pass()
	nightly.notify()
	assert len(notices) == 1


def test_where_nothing_is_missing_nothing_is_told(tags, missed, new_user_id, night, notices, manager):
	missed(tags[0], new_user_id())
	night()
	notices.clear()
	second = night()

	assert (second.state, brought_by(second), notices) == ("Done", set(), [])
	assert second.notified_at is None


def test_what_a_load_by_hand_brings_is_marked_and_not_told(
	tags, missed, new_user_id, run_jobs, notices, manager
):
	yesterday = str(add_days(getdate(), -1))
	user_id = new_user_id()
	missed(tags[0], user_id)
	load = frappe.get_doc("CAMS Biometric Settings").load_history(yesterday, yesterday, tags[0])
	run_jobs()
	hours_pass()
	nightly.notify()

	assert frappe.db.get_value("CAMS Punch", {"user_id": user_id}, "history_load") == load
	assert notices == []


def test_a_device_that_failed_is_named_and_the_next_night_makes_it_good(
	gateway, tags, missed, new_user_id, night, notices, manager
):
	user_id = new_user_id()
	missed(tags[1], user_id)
	gone = gateway.world.devices.pop(tags[1])
	first = night()
	nightly.notify()

	assert first.state == "Failed"
	[(_name, subject, message, _users)] = notices
	assert "not complete, missing punches loaded: <b>0</b>" in subject
	assert f"<b>Gate 2 ({tags[1]})</b> could not be loaded." in message
	assert "next nightly reconciliations" in message

	gateway.world.devices[tags[1]] = gone
	second = night()
	assert brought_by(second) == {(tags[1], user_id, 8)}
	assert len(notices) == 2


def test_a_load_that_broke_off_is_told(monkeypatch, tags, missed, new_user_id, night, notices, manager):
	missed(tags[0], new_user_id())

	def fail(callback, device, history_load):
		raise RuntimeError("nobody thought of this")

	monkeypatch.setattr(inbox, "store", fail)
	night()
	[(_name, _subject, message, _users)] = notices
	assert "Error Log" in message


def test_who_is_named_in_settings_is_told_too(tags, missed, new_user_id, night, notices, manager):
	configure(health_recipients=[{"user": "Administrator"}])
	try:
		missed(tags[0], new_user_id())
		night()
	finally:
		configure(health_recipients=[])
	[(_name, _subject, _message, users)] = notices
	administrator = frappe.db.get_value("User", "Administrator", "email")
	assert {administrator, manager} <= set(users)


def test_an_answer_by_the_callback_is_marked_and_told_when_it_comes(
	gateway, tags, new_user_id, night, callback, notices, manager
):
	gateway.set_quirks(history_by_callback=True)
	load = night()
	assert [row.state for row in load.devices] == ["Sent to Callback"] * 2
	assert notices == []

	user_id = new_user_id()
	log_times = [f"{add_days(getdate(), -days)} 08:00:00 GMT +0300" for days in (1, 3)]
	body = batch(*(("CheckIn", user_id, log_time) for log_time in log_times))
	secret = frappe.get_doc("CAMS Biometric Settings").get_password("callback_secret")
	query = f"?secret={secret}?stgid={tags[0]}"
	assert callback(body, query).get_data() == DONE
	too_old = batch(("CheckIn", user_id, f"{add_days(getdate(), -4)} 08:00:00 GMT +0300"))
	assert callback(too_old, query).get_data() == DONE
	hours_pass()
	nightly.notify()
	nightly.notify()

	assert brought_by(load) == {(tags[0], user_id, 8)}
	assert frappe.db.count("CAMS Punch", {"history_load": load.name}) == 2
	assert [subject.rpartition(": ")[2] for _name, subject, _message, _users in notices] == ["<b>2</b>"]


def test_a_batch_that_nobody_asked_for_belongs_to_no_load(tags, new_user_id, night):
	night()
	user_id = new_user_id()
	body = batch(("CheckIn", user_id, f"{add_days(getdate(), -1)} 08:00:00 GMT +0300"))
	callback = parse_callback(json.dumps(body).encode())

	assert loads.load_answered_by(callback, find_device(tags[0])) is None


def test_an_answer_is_awaited_for_a_day(gateway, tags, new_user_id, night):
	gateway.set_quirks(history_by_callback=True)
	load = night()
	body = batch(("CheckIn", new_user_id(), f"{add_days(getdate(), -1)} 08:00:00 GMT +0300"))
	callback, device = parse_callback(json.dumps(body).encode()), find_device(tags[0])
	assert loads.load_answered_by(callback, device) == load.name

	[row] = [row for row in load.devices if row.service_tag == tags[0]]
	row.db_set("modified", add_to_date(now_datetime(), hours=-25), update_modified=False)
	assert loads.load_answered_by(callback, device) is None


# The count for the report


def row(tag, user_id, difference="", at_gateway="Yes", name=None):
	return {
		"service_tag": tag,
		"user_id": user_id,
		"difference": difference,
		"at_gateway": at_gateway,
		"employee": name,
		"employee_name": name,
	}


def test_punches_are_counted_by_device_and_person_and_what_differs_comes_first(tags):
	first, second = tags
	counted = by_device_and_person(
		[
			row(first, "1", name="Employee One"),
			row(first, "1", "Only in ERPNext", "No", "Employee One"),
			row(second, "1", name="Employee One"),
			row(second, "9"),
			row(second, "9", "Held"),
			row(second, "2", "Only at Gateway", name="Employee Two"),
			row(second, "2", "Only at Gateway", name="Employee Two"),
			row(second, "3", name="Employee Three"),
		]
	)
	names = ("indent", "service_tag", "user_id", "at_gateway", "on_site", "missing", "held", "not_at_gateway")
	assert [tuple(each[name] for name in names) for each in counted] == [
		(0, second, None, 6, 4, 2, 1, 0),
		(1, second, "2", 2, 0, 2, 0, 0),
		(1, second, "9", 2, 2, 0, 1, 0),
		(1, second, "1", 1, 1, 0, 0, 0),
		(1, second, "3", 1, 1, 0, 0, 0),
		(0, first, None, 1, 2, 0, 0, 1),
		(1, first, "1", 1, 2, 0, 0, 1),
	]
	assert [each["device_label"] for each in counted if not each["indent"]] == ["Gate 2", "Gate 1"]


# Settings of a site that had the app before a field was added


def test_a_new_field_gets_its_default_and_what_a_site_has_set_stays():
	configure(check_health=0, not_reporting_after=0)
	stored = frappe.qb.DocType("Singles")
	fields = ("reconcile_days", "licence_warning")
	frappe.db.delete("Singles", (stored["doctype"] == SETTINGS) & stored["field"].isin(fields))
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	try:
		assert not frappe.get_doc(SETTINGS).reconcile_days
		after_migrate()
		settings = frappe.get_doc(SETTINGS)
		assert (settings.reconcile_days, settings.licence_warning) == (3, 30)
		assert (settings.check_health, settings.not_reporting_after) == (0, 0)
	finally:
		configure(not_reporting_after=60)
