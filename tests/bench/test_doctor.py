"""The doctor on a bench: one thing is broken at a time, and is found with its remedy."""

import json
import subprocess

import pytest
import requests

from tests.contract.host import SETTINGS, TOKEN

EXAMINE = "method/navari_cams_biometric.cams_biometric.controllers.doctor_page.examine"
HEALTH = "method/navari_cams_biometric.cams_biometric.controllers.doctor_page.health"
NOW = "utc_timestamp() + interval 3 hour"  # of the site, in Africa/Nairobi
SWEEP_JOB = "method = 'navari_cams_biometric.cams_biometric.punches.checkins.sweep'"


@pytest.fixture
def examine(host):
	"""The findings by check; those that are well are left out unless asked for."""

	def run(check, state=None):
		response = host.api("POST", EXAMINE)
		assert response.status_code == 200, response.text
		found = [finding for finding in response.json()["message"] if finding["check"] == check]
		assert found, f"nothing about {check}"
		return [finding for finding in found if state is None or finding["state"] == state]

	return run


@pytest.fixture
def scheduler_ran(bench_site):
	"""As a bench that runs: the scheduler is on and has just run."""
	bench_site.bench("enable-scheduler")
	bench_site.sql(f"update `tabScheduled Job Type` set last_execution = {NOW} where {SWEEP_JOB}")
	yield
	bench_site.bench("disable-scheduler")


@pytest.fixture
def shift_type(host):
	name = "Doctor's Shift"
	if not host.find("Shift Type", {"name": name}):
		host.create(
			"Shift Type",
			name=name,
			start_time="08:00:00",
			end_time="17:00:00",
			enable_auto_attendance=1,
			process_attendance_after="2024-01-01",
			last_sync_of_checkin="2024-01-01 00:00:00",
		)
	yield name
	host.delete("Shift Type", name)


def leads_to(finding, name):
	"""To its form, or to a list with it among others."""
	return name == finding["document"] or name in finding["filters"].get("name", ["in", []])[1]


def stop_for_good(bench_site):
	"""Stop the worker, and forget those that were killed before: Redis knows them for some minutes more."""
	bench_site.stop("worker")
	subprocess.run(
		["redis-cli", "-p", str(bench_site.redis_port), "flushall"], check=True, capture_output=True
	)


def test_nothing_breaks_while_it_examines(host):
	findings = host.api("POST", EXAMINE).json()["message"]
	assert not [finding for finding in findings if "could not be examined" in finding["sentence"]]
	assert len({finding["check"] for finding in findings}) >= 14


def test_a_missing_token_is_found(host, bench_site, examine):
	assert examine("Auth Token", "ok")
	bench_site.sql("update tabSingles set value = '' where field = 'auth_token_digest'")
	bench_site.bench("clear-cache")
	try:
		[finding] = examine("Auth Token", "error")
		assert "CAMS portal" in finding["remedy"]
	finally:
		host.update(SETTINGS, SETTINGS, auth_token="")
		host.update(SETTINGS, SETTINGS, auth_token=TOKEN)


def test_a_scheduler_that_is_off_or_does_not_run_is_found(bench_site, examine, scheduler_ran):
	assert examine("Scheduler", "ok")
	bench_site.sql(
		f"update `tabActivity Log` set modified = {NOW} - interval 1 hour"
	)  # the site's dump may be old
	bench_site.sql(f"update `tabScheduled Job Type` set last_execution = '2024-01-01' where {SWEEP_JOB}")
	assert "has not run" in examine("Scheduler", "error")[0]["sentence"]
	bench_site.bench("disable-scheduler")
	assert "enable-scheduler" in examine("Scheduler", "error")[0]["remedy"]


def test_missing_workers_are_found(bench_site, examine):
	assert examine("Workers", "ok")
	stop_for_good(bench_site)
	try:
		assert "default, long" in examine("Workers", "error")[0]["sentence"]
	finally:
		bench_site.start_worker()


def test_a_shift_type_that_auto_attendance_passes_over_is_found(host, bench_site, examine, shift_type):
	assert not [finding for finding in examine("Shift Types") if leads_to(finding, shift_type)]
	bench_site.sql(f'update `tabShift Type` set process_attendance_after = null where name = "{shift_type}"')
	[finding] = [each for each in examine("Shift Types", "error") if leads_to(each, shift_type)]
	assert "Process Attendance After" in finding["sentence"]


def test_a_strict_shift_type_with_a_device_without_direction_is_found(host, examine, shift_type, new_device):
	device = new_device(direction="No Direction")
	strict = "Strictly based on Log Type in Employee Checkin"
	host.update("Shift Type", shift_type, determine_check_in_and_check_out=strict)
	[finding] = [each for each in examine("Shift Types", "error") if leads_to(each, shift_type)]
	host.delete("CAMS Device", device["name"])
	assert "strictly" in finding["sentence"]


def test_devices_without_coordinates_are_found_where_they_are_demanded(host, examine, new_device):
	new_device()
	host.update("HR Settings", "HR Settings", allow_geolocation_tracking=1)
	try:
		assert "coordinates" in examine("Geolocation", "error")[0]["sentence"]
	finally:
		host.update("HR Settings", "HR Settings", allow_geolocation_tracking=0)


def test_a_callback_address_that_does_not_answer_is_found(examine):
	"""The test site's public name leads nowhere."""
	[finding] = examine("Callback", "error")
	assert "host_name" in finding["remedy"]


def test_a_stranger_learns_nothing_of_the_sites_health(host, bench_site):
	stop_for_good(bench_site)
	try:
		stranger = requests.get(
			f"{host.url}/api/{HEALTH}",
			headers={"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]},
			timeout=30,
		)
		known = host.api("GET", HEALTH)
	finally:
		bench_site.start_worker()
	assert (stranger.status_code, stranger.json()) == (200, {"message": {"status": "ok"}})
	assert known.status_code == 503
	assert "Workers" in known.json()["message"]["unhealthy"]


def test_a_stranger_may_not_examine(host):
	site = {"X-Frappe-Site-Name": host.session.headers["X-Frappe-Site-Name"]}
	assert requests.post(f"{host.url}/api/{EXAMINE}", headers=site, timeout=30).status_code == 403


def test_the_findings_show_no_secret(host):
	told = json.dumps(host.api("POST", EXAMINE).json())
	assert TOKEN not in told
	assert "secret=" not in told
