"""A site on which nobody has logged in by browser for days, with Frappe's own scheduler: what is done while devices go
on sending, and what is not."""

import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests

from simulator import Simulator
from tests.bench.bench_site import PASSWORD
from tests.contract.host import CALLBACK, DONE, SETTINGS, TOKEN, real_time

NAIROBI = timezone(timedelta(hours=3))
APP = "navari_cams_biometric.cams_biometric"
OWN = "method like 'navari_cams_biometric.%'"
LOGS = f"select count(*) from `tabScheduled Job Log` where scheduled_job_type in (select name from `tabScheduled Job Type` where {OWN})"
LONG_AGO = datetime.now(NAIROBI) - timedelta(days=2)
EXAMINE = f"method/{APP}.controllers.doctor_page.examine"
ENQUEUE = "frappe.utils.scheduler.enqueue_events"


@pytest.fixture
def dormant(host, bench_site):
	"""A scheduler that is on and has nothing to do: nobody logged in for five days, and its own jobs ran an hour ago."""
	if "on_frappecloud" in (bench_site.path / "apps/frappe/frappe/utils/scheduler.py").read_text():
		pytest.skip("in this version of Frappe only sites on Frappe Cloud are dormant")
	bench_site.bench("enable-scheduler")
	past = datetime.now(NAIROBI) - timedelta(days=5)
	an_hour_ago = datetime.now(NAIROBI) - timedelta(hours=1)
	bench_site.sql(
		f"update `tabActivity Log` set modified = '{past:%Y-%m-%d %H:%M:%S}';"
		f"update `tabScheduled Job Type` set last_execution = '{an_hour_ago:%Y-%m-%d %H:%M:%S}' where not {OWN};"
		f"insert into `tabScheduled Job Log` (name, scheduled_job_type, creation, modified) values"
		f" ('{uuid.uuid4().hex[:10]}', 'another', '{an_hour_ago:%Y-%m-%d %H:%M:%S}', '{an_hour_ago:%Y-%m-%d %H:%M:%S}');"
	)
	fall_behind(bench_site)
	with bench_site.other_devices_resting():  # the app's due work asks the gateway for each
		yield
	bench_site.bench("disable-scheduler")
	bench_site.sql(f"update `tabScheduled Job Type` set stopped = 0 where {OWN}")
	log_in(host)


def fall_behind(bench_site):
	bench_site.sql(
		f"update `tabScheduled Job Type` set last_execution = '{LONG_AGO:%Y-%m-%d %H:%M:%S}' where {OWN}"
	)


def log_in(host):
	login = {"usr": "Administrator", "pwd": PASSWORD}
	site = {"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]}
	requests.post(f"{host.url}/api/method/login", data=login, headers=site, timeout=60).raise_for_status()


def behind(bench_site):
	"""The app's jobs that were not done since."""
	rows = bench_site.sql(
		f"select name from `tabScheduled Job Type` where {OWN} and last_execution < '{LONG_AGO + timedelta(hours=1):%Y-%m-%d %H:%M:%S}'"
	)
	return {name for (name,) in rows}


def punch(host, employee, minutes=0, **values):
	moment = datetime.now(NAIROBI) - timedelta(minutes=minutes)
	user_id = employee["attendance_device_id"]
	before = len(host.punches(user_id))
	assert (
		host.callback(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", **values)).content == DONE
	)
	host.settled(user_id, before + 1)


def wait(condition, seconds=240):
	deadline = time.monotonic() + seconds
	while not condition():
		assert time.monotonic() < deadline, "it did not happen"
		time.sleep(0.2)


def scheduler_queues(bench_site):
	"""What Frappe's scheduler queues at one of its ticks."""
	return set(re_lines(bench_site.execute(ENQUEUE, site=bench_site.name)))


def re_lines(printed):
	return [word.strip(' "[],') for word in printed.replace(",", "\n").splitlines() if "." in word]


def test_punches_that_arrive_get_the_apps_due_work_done(host, bench_site, dormant, new_employee):
	name = f"Dormant {uuid.uuid4().hex[:8]}"
	yesterday = str((datetime.now(NAIROBI) - timedelta(days=1)).date())
	host.create(
		"Shift Type",
		name=name,
		__newname=name,
		start_time="08:00:00",
		end_time="17:00:00",
		enable_auto_attendance=1,
		process_attendance_after=datetime.now(NAIROBI)
		.date()
		.isoformat(),  # the device is heard for the first time today
		last_sync_of_checkin=f"{yesterday} 00:00:00",
	)
	with (
		bench_site.other_devices_resting(),
		Simulator(TOKEN, host.url + CALLBACK) as gateway,
	):
		tag = f"DRM{uuid.uuid4().hex[:8].upper()}"
		host.create("CAMS Device", service_tag=tag, shift_types=[{"shift_type": name}])
		gateway.add_device(tag, "Gate")
		given = {"gateway_api": "REST v3 (form not published)", "base_url": gateway.rest_url}
		host.update(SETTINGS, SETTINGS, check_health=1, **given)
		try:
			assert scheduler_queues(bench_site) == set()
			[[logs]] = bench_site.sql(LOGS)
			person = new_employee()
			punch(host, person, minutes=2, SerialNumber=tag)
			wait(lambda: not behind(bench_site))
			wait(lambda: host.get("CAMS Device", tag)["health_at"])
			fall_behind(bench_site)
			punch(host, person, minutes=1, SerialNumber=tag, Type="CheckOut")
			wait(lambda: not behind(bench_site))
			wait(lambda: host.get("Shift Type", name)["last_sync_of_checkin"] > f"{yesterday} 23:59:59")
		finally:
			host.update(SETTINGS, SETTINGS, base_url="")
	assert bench_site.sql(LOGS) == [[logs]]  # Frappe would wait for a day from the last one

	log_in(host)  # the site wakes up
	time.sleep(1)
	own = {each for each in scheduler_queues(bench_site) if each.startswith("navari")}
	assert not own & {f"{APP}.history.nightly.begin", f"{APP}.digests.send", f"{APP}.day_repair.repair.sweep"}


def test_once_a_day_frappe_still_runs_all(bench_site, host, dormant, new_employee):
	punch(host, new_employee())
	wait(lambda: not behind(bench_site))
	bench_site.sql("update `tabScheduled Job Log` set modified = '2024-01-01'")
	bench_site.sql(f"update `tabScheduled Job Type` set last_execution = '2024-01-01' where not {OWN}")
	assert any(each.startswith("hrms.") for each in scheduler_queues(bench_site))
	bench_site.bench("purge-jobs", "--site", bench_site.name)  # a hundred of them, and one worker


def test_what_an_administrator_stopped_stays_stopped(bench_site, host, dormant, new_employee):
	bench_site.sql(f"update `tabScheduled Job Type` set stopped = 1 where method = '{APP}.digests.send'")
	punch(host, new_employee())
	wait(lambda: len(behind(bench_site)) == 1)
	time.sleep(2)
	assert behind(bench_site) == {"digests.send"}


@pytest.mark.parametrize("cause", ["switched off", "paused", "awake"])
def test_nothing_is_done_in_the_schedulers_place_where_it(bench_site, host, dormant, new_employee, cause):
	before = behind(bench_site)
	if cause == "switched off":
		bench_site.bench("disable-scheduler")
	if cause == "paused":
		bench_site.bench("set-config", "--parse", "pause_scheduler", "1")
	if cause == "awake":
		log_in(host)
	try:
		punch(host, new_employee())
		punch(host, new_employee())
		time.sleep(3)
		assert behind(bench_site) == before
	finally:
		bench_site.bench("set-config", "--parse", "pause_scheduler", "0")


def test_the_doctor_names_the_cause(bench_site, host, dormant, new_employee):
	def finding():
		[found] = [
			each for each in host.api("POST", EXAMINE).json()["message"] if each["check"] == "Scheduler"
		]
		return found

	asleep = finding()
	assert asleep["state"] == "error"
	assert "logged in by browser for 4 days" in asleep["sentence"]
	assert (asleep["doctype"], "Run Jobs only Daily" in asleep["remedy"]) == ("System Settings", True)
	assert "bench" not in asleep["remedy"]
	punch(host, new_employee())
	wait(lambda: not behind(bench_site))
	assert finding()["state"] == "warning"

	log_in(host)  # to look at the doctor
	assert finding()["state"] == "ok"
	fall_behind(bench_site)
	woken = finding()
	assert (woken["state"], "once a day" in woken["sentence"]) == ("warning", True)
