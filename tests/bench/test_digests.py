"""The morning digests on a real site: who gets one, what stands in it, and that a morning has but one."""

import email
import re
import time
import uuid
from datetime import datetime, timedelta, timezone
from email import policy
from html import unescape

import pytest

from tests.bench.holidays import give_holidays
from tests.bench.users import new_user
from tests.contract.host import DONE, SERVICE_TAG, SETTINGS, batch, real_time

APP = "navari_cams_biometric.cams_biometric"
SEND = f"{APP}.digests.send"
LISTS = {"hr_digest_recipients": [], "device_digest_recipients": []}
NAIROBI = timezone(timedelta(hours=3))


@pytest.fixture(autouse=True)
def quiet(host, bench_site):
	"""A site on which nothing is to be told, nobody listed, and mails that go no further than the queue."""
	bench_site.bench("set-config", "auto_email_id", "site@example.com")
	bench_site.bench("set-config", "mail_server", "127.0.0.1")
	now = datetime.now(NAIROBI)
	bench_site.sql(
		"update `tabCAMS Punch` set state = 'Ignored', attempts = 77 where state in ('Held', 'Failed');"
		"update `tabCAMS Unread Event` set state = 'Dismissed' where state = 'Unread';"
		f"update `tabCAMS Device` set latitude = 77 where enabled = 1 and name != '{SERVICE_TAG}';"
		"update `tabCAMS Device` set enabled = 0 where latitude = 77;"
		"update `tabCAMS Device` set health = '';"
		f"update `tabCAMS Device` set complete_until = '{now:%Y-%m-%d %H:%M:%S}' where name = '{SERVICE_TAG}';"
		f"delete from `tabEmployee Checkin` where time > '{now - timedelta(days=3):%Y-%m-%d}';"
		"update `tabCAMS Day Repair` set state = 'Dismissed' where state = 'Open';"
		"update `tabCAMS Day Repair` set settled_at = '2020-01-01' where state = 'Repaired';"
		"update `tabCAMS Command` set finished_at = '2020-01-01' where state = 'Failed';"
		"update `tabCAMS History Load` set modified = '2020-01-01' where state = 'Failed';"
		"update `tabEmployee` set default_shift = null where status = 'Active';"
		"update `tabShift Assignment` set status = 'Inactive' where status = 'Active';"
		"delete from `tabEmail Queue`; delete from `tabEmail Queue Recipient`"
	)
	another_morning(host, bench_site)
	yield
	host.update(SETTINGS, SETTINGS, **LISTS)
	bench_site.sql("update `tabCAMS Device` set enabled = 1, latitude = 0 where latitude = 77")
	bench_site.sql("update `tabCAMS Device` set enabled = 0 where name like 'DIG%'")
	bench_site.bench("set-config", "mail_server", "")


def another_morning(host, site):
	site.sql("delete from tabSingles where doctype = 'CAMS Biometric Settings' and field like '%_digest_at'")
	host.update(SETTINGS, SETTINGS)


@pytest.fixture(scope="module")
def hr(host):
	return new_user(host, "HR User")


@pytest.fixture(scope="module")
def administrator(host):
	return new_user(host, "System Manager")


@pytest.fixture
def hold(host, new_user_id):
	"""Make punches that are held, of as many unknown people."""

	def punches(count=1):
		user_ids = [new_user_id() for _ in range(count)]
		entries = [("CheckIn", user_id, "2024-09-17 08:00:00 GMT +0300") for user_id in user_ids]
		assert host.callback(real_time(user_ids[0])).content == DONE
		if count > 1:
			host.update(SETTINGS, SETTINGS)
			secret = host.call_document(SETTINGS, SETTINGS, "setup_status")["callback_url"].partition("?")[2]
			assert host.callback(batch(*entries[1:]), f"?{secret}").content == DONE
		host.settled(user_ids[-1], state="Held")
		waiting = {"user_id": ["in", user_ids], "state": "Queued"}
		while host.find("CAMS Punch", waiting, ["name"]):  # the last one is not always the last to be drained
			time.sleep(0.1)
		return user_ids

	return punches


@pytest.fixture
def ill_device(host, bench_site):
	"""An enabled device that is not well."""

	def create(label):
		tag = f"DIG{uuid.uuid4().hex[:8].upper()}"
		host.create("CAMS Device", service_tag=tag)
		bench_site.sql(
			"update `tabCAMS Device` set health = 'Not Reporting', health_note = 'Nothing was heard of it.',"
			f" label = '{label}' where name = '{tag}'"  # past the form, which would clean it
		)
		return tag

	return create


@pytest.fixture
def morning(bench_site, host):
	"""What the scheduler runs; returns all mails in the queue, each as its recipients, subject and HTML."""

	def run():
		bench_site.execute(SEND)
		mails = []
		for row in host.find("Email Queue", {}, ["name", "message"]):
			queued = host.get("Email Queue", row["name"])
			message = email.message_from_string(row["message"], policy=policy.default)
			html = message.get_body(("html",)).get_content()
			recipients = {each["recipient"] for each in queued["recipients"]}
			mails.append((recipients, str(message["Subject"]), html))
		return mails

	return run


def listed(host, **users):
	host.update(SETTINGS, SETTINGS, **{field: [{"user": user.email}] for field, user in users.items()})


def preview(host, digest):
	return host.call_document(SETTINGS, SETTINGS, "preview_digest", digest=digest)


def test_off_by_default(host, hold, ill_device, morning):
	assert host.get(SETTINGS, SETTINGS)["hr_digest_recipients"] == []
	hold()
	ill_device("Gate")
	assert morning() == []


def test_hr_is_told_what_is_held_in_one_mail(host, hr, hold, morning):
	"""200 held punches, one mail, and nobody's ID in it."""
	user_ids = hold(200)
	listed(host, hr_digest_recipients=hr)

	[(recipients, subject, html)] = morning()
	assert recipients == {hr.email}
	assert "200 held" in subject
	assert "200 × No employee has this user ID" in html
	assert "The oldest is from 17-09-2024 08:00." in html
	assert "Use Link to Employee" in html
	assert "/cams-punch?state=Held&amp;reason_code=UNKNOWN_USER" in html
	assert [user_id for user_id in user_ids if user_id in html] == []


def test_a_morning_has_one_digest_however_often_the_job_runs(host, bench_site, hr, hold, morning):
	hold()
	listed(host, hr_digest_recipients=hr)
	assert len(morning()) == 1
	hold()
	assert len(morning()) == 1
	before = host.get(SETTINGS, SETTINGS)
	host.update(SETTINGS, SETTINGS, hr_digest_at=None)  # as a form would that was opened before
	assert host.get(SETTINGS, SETTINGS)["hr_digest_at"] == before["hr_digest_at"]
	assert len(morning()) == 1
	another_morning(host, bench_site)
	assert len(morning()) == 2


def test_nothing_to_tell_is_no_mail(host, hr, administrator, morning):
	listed(host, hr_digest_recipients=hr, device_digest_recipients=administrator)
	assert morning() == []
	assert preview(host, "attendance") == preview(host, "devices") == {"subject": "", "html": ""}


def test_who_lost_the_role_or_is_disabled_is_told_nothing(host, hr, hold, ill_device, morning):
	hold()
	ill_device("Gate")
	outsider, leaver = new_user(host, "Employee"), new_user(host, "HR User")
	host.update("User", leaver.email, enabled=0)
	users = [{"user": user.email} for user in (outsider, leaver)]
	# An HR User may read of punches, but is no administrator of devices.
	host.update(
		SETTINGS, SETTINGS, hr_digest_recipients=users, device_digest_recipients=[*users, {"user": hr.email}]
	)
	assert morning() == []


def test_a_label_is_text_and_no_html(host, administrator, ill_device, morning):
	label = "<script>alert(1)</script> & Gate"
	tag = ill_device(label)
	listed(host, device_digest_recipients=administrator)

	[(recipients, subject, html)] = morning()
	assert recipients == {administrator.email}
	assert "1 device needs attention" in subject
	assert ">Open Doctor</a>" in html
	assert "<script>" not in html
	assert f"{label} ({tag}): Not Reporting" in unescape(html)
	assert f"/cams-device/{tag}" in html
	assert "Nothing was heard of it." in html
	shown = preview(host, "devices")["html"]
	assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Gate" in shown


def test_administrators_are_told_what_failed(host, bench_site, administrator, ill_device, hold, morning):
	tag = ill_device("Gate")
	now = datetime.now(NAIROBI).strftime("%Y-%m-%d %H:%M:%S")
	old = "2024-01-01 00:00:00"
	for finished, outcome_unknown in ((now, 0), (now, 0), (now, 1), (old, 0)):
		values = {"operation": "RebootDevice", "service_tag": tag, "outcome_unknown": outcome_unknown}
		host.create("CAMS Command", state="Failed", asked_by="Administrator", finished_at=finished, **values)
	load = host.create("CAMS History Load", state="Failed", from_date="2024-01-01", to_date="2024-01-02")
	[user_id] = hold()
	bench_site.sql(
		f"update `tabCAMS Punch` set state='Failed', reason_code='DATABASE_BUSY' where user_id='{user_id}'"
	)
	listed(host, device_digest_recipients=administrator)

	[(_recipients, subject, html)] = morning()
	assert "3 commands failed, 1 load failed, 1 punch failed" in subject
	assert "2 × Restart" in html
	assert "1 × Restart" in html
	assert "state=Failed&amp;operation=RebootDevice&amp;outcome_unknown=1&amp;finished_at=" in html
	assert "01-01-2024 to 02-01-2024" in html
	assert f"/cams-history-load/{load['name']}" in html
	assert "/cams-punch?state=Failed&amp;reason_code=DATABASE_BUSY" in html


def test_hr_is_told_what_is_missing_and_what_is_repaired(host, bench_site, hr, new_employee, morning):
	yesterday = datetime.now(NAIROBI).date() - timedelta(days=1)
	employee = new_employee()
	give_holidays(host, employee["name"], an_empty_list(host))
	host.create("Employee Checkin", employee=employee["name"], time=f"{yesterday} 08:00:00", log_type="IN")
	repairs = {"Open": "2024-01-02", "Repaired": "2024-01-03"}
	now = datetime.now(NAIROBI).strftime("%Y-%m-%d %H:%M:%S")
	for state, day in repairs.items():
		bench_site.sql(
			"insert into `tabCAMS Day Repair` (name, creation, modified, state, employee, attendance_date,"
			f" settled_at) values ('{uuid.uuid4().hex}', '{now}', '{now}', '{state}', '{employee['name']}',"
			f" '{day}', '{now}')"
		)
	listed(host, hr_digest_recipients=hr)

	[(_recipients, subject, html)] = morning()
	assert "1 missing, 1 to repair" in subject
	assert "1 × In without Out" in html
	report = (
		f"CAMS%20Missing%20Punches?from_date={yesterday}&amp;to_date={yesterday}&amp;kind=In%20without%20Out"
	)
	assert report in html
	assert "1 day to repair" in html
	assert "1 day repaired" in html
	a_day_ago = datetime.now(NAIROBI) - timedelta(days=1)
	assert f"{a_day_ago:%Y-%m-%d%%20%H}" in html  # the first digest looks back no further
	assert employee["employee_name"] in html
	bench_site.sql(f"delete from `tabCAMS Day Repair` where employee = '{employee['name']}'")


def test_without_a_mail_account_the_log_says_once_what_to_do(host, bench_site, hr, hold, morning):
	bench_site.bench("set-config", "mail_server", "")
	assert host.find("Email Account", {"enable_outgoing": 1}) == []
	bench_site.sql("delete from `tabError Log` where method like '%daily digest%'")
	hold()
	listed(host, hr_digest_recipients=hr)
	assert morning() == morning() == []
	[entry] = host.find("Error Log", {"method": ["like", "%daily digest%"]})
	assert "Email Account" in entry["error"]
	assert "Traceback" not in entry["error"]

	bench_site.bench("set-config", "mail_server", "127.0.0.1")  # fixed
	assert len(morning()) == 1


def test_the_preview_shows_it_and_sends_nothing(host, hold, morning):
	hold()
	shown = preview(host, "attendance")
	assert "1 held" in shown["subject"]
	assert "reason_code=UNKNOWN_USER" in shown["html"]
	assert host.find("Email Queue", {}, ["name"]) == []


def an_empty_list(host):
	name = f"No holidays {uuid.uuid4().hex[:6]}"
	host.create("Holiday List", holiday_list_name=name, from_date="2020-01-01", to_date="2030-12-31")
	return name


def test_each_recipient_is_told_of_what_that_one_may_see(host, morning, hr, new_device, new_user_id):
	branch = host.create("Branch", branch=uuid.uuid4().hex[:8])["name"]
	restricted, alike = new_user(host, "HR User"), new_user(host, "HR User")
	for user in (restricted, alike):
		host.create("User Permission", user=user.email, allow="Branch", for_value=branch)
	for tag in (new_device(branch=branch)["name"], SERVICE_TAG):
		user_id = new_user_id()
		assert host.callback(real_time(user_id, SerialNumber=tag)).content == DONE
		host.settled(user_id, state="Held")
	recipients = [{"user": user.email} for user in (hr, restricted, alike)]
	host.update(SETTINGS, SETTINGS, hr_digest_recipients=recipients)
	subjects = {frozenset(to): subject for to, subject, _html in morning()}
	assert {to: re.search(r"\d+ held", subject).group() for to, subject in subjects.items()} == {
		frozenset([hr.email]): "2 held",
		frozenset([restricted.email, alike.email]): "1 held",
	}
