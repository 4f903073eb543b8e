"""A history load that is cancelled, gives way, loses its job or breaks."""

from datetime import datetime, timedelta, timezone

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.states import LoadState
from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.cams_biometric.punches import inbox
from simulator import Simulator
from tests.contract.host import TOKEN

NAIROBI = timezone(timedelta(hours=3))
DAYS = 60


@pytest.fixture
def gateway(site, new_user_id):
	"""A simulated gateway with one device of this site, and 120 punches of somebody nobody knows."""
	tag = f"HIS{new_user_id().upper()}"
	frappe.new_doc("CAMS Device", service_tag=tag).insert()
	settings = frappe.get_doc("CAMS Biometric Settings")
	with Simulator(token=TOKEN) as simulator:
		settings.update({"gateway_api": "REST v3 (form not published)", "base_url": simulator.rest_url})
		settings.save()
		frappe.db.commit()
		simulator.add_device(tag)
		for day in range(DAYS):
			for hour in (8, 17):
				moment = datetime(2024, 1, 1, hour, tzinfo=NAIROBI) + timedelta(days=day)
				simulator.punch(tag, tag, "CheckIn", moment)
		simulator.tag = tag
		yield simulator
	settings.reload()
	settings.update({"base_url": ""})
	settings.save()
	frappe.db.commit()


@pytest.fixture
def load(gateway):
	"""Queue a load of the 60 days; its job is run by the test."""
	name = loads.start("2024-01-01", "2024-02-29", gateway.tag)
	frappe.db.commit()
	return name


def outcome(name):
	document = frappe.get_doc("CAMS History Load", name)
	[row] = document.devices
	return document.state, row.state, row.received, row.new_punches


def stored(gateway):
	return frappe.db.count("CAMS Punch", {"service_tag": gateway.tag})


def test_a_load_that_runs_through_has_everything(gateway, load):
	loads.run(load)
	assert outcome(load) == ("Done", "Done", 120, 120)
	assert stored(gateway) == 120


def test_a_cancelled_load_stops_after_its_page_and_goes_on_there_when_resumed(monkeypatch, gateway, load):
	store = inbox.store

	def store_and_cancel(callback, device, history_load):
		store(callback, device, history_load)
		loads.set_state(load, LoadState.CANCELLED)

	with monkeypatch.context() as cancelling:
		cancelling.setattr(inbox, "store", store_and_cancel)
		loads.run(load)
	state, _, received, _ = outcome(load)
	assert (state, stored(gateway)) == ("Cancelled", received)
	assert 0 < received < 120
	loads.resume(load)
	loads.run(load)
	assert outcome(load) == ("Done", "Done", 120, 120)  # nothing was asked for twice


def test_a_load_gives_way_to_other_jobs_and_goes_on(monkeypatch, gateway, load):
	monkeypatch.setattr(loads, "SLICE_SECONDS", 0)
	slices = 0
	while frappe.db.get_value("CAMS History Load", load, "state") == "Queued":
		loads.run(load)
		slices += 1
	assert slices > 2
	assert outcome(load) == ("Done", "Done", 120, 120)


def test_a_device_that_answers_by_the_callback_is_asked_for_every_window(monkeypatch, gateway, load):
	monkeypatch.setattr(loads, "SLICE_SECONDS", 0)
	gateway.set_quirks(gateway.tag, history_by_callback=True)
	for _ in range(5):
		loads.run(load)
	assert outcome(load) == ("Done", "Sent to Callback", 0, 0)
	[row] = frappe.get_doc("CAMS History Load", load).devices
	assert row.asked == 2  # 60 days are two windows


def test_a_job_that_comes_for_a_load_that_is_not_queued_does_nothing(gateway, load):
	loads.set_state(load, LoadState.CANCELLED)
	loads.run(load)
	assert outcome(load) == ("Cancelled", "Waiting", 0, 0)
	assert gateway.received == []


def test_a_load_that_lost_its_job_is_found_by_the_scheduler(gateway, load):
	loads.set_state(load, LoadState.RUNNING)
	frappe.db.set_value("CAMS History Load", load, "modified", "2020-01-01", update_modified=False)
	loads.resume_stalled()
	assert frappe.db.get_value("CAMS History Load", load, "state") == "Queued"


def test_an_unexpected_error_ends_the_load_visibly(monkeypatch, gateway, load):
	def fail(callback, device, history_load):
		raise RuntimeError("nobody thought of this")

	monkeypatch.setattr(inbox, "store", fail)
	loads.run(load)
	assert frappe.db.get_value("CAMS History Load", load, "state") == "Failed"
	[entry] = frappe.get_all("Error Log", filters={"reference_name": load}, fields=["error"])
	assert "nobody thought of this" in entry.error
	assert TOKEN not in entry.error


def test_without_a_token_nothing_begins(gateway):
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"auth_token": "", "token_overlap": 0})
	settings.save()
	try:
		with pytest.raises(frappe.ValidationError, match="Auth Token"):
			loads.start("2024-01-01", "2024-01-02", gateway.tag)
	finally:
		settings.update({"auth_token": TOKEN, "token_overlap": 24})
		settings.save()
		frappe.db.commit()


def test_a_load_that_ended_long_ago_is_forgotten_and_one_under_way_is_not(gateway, load):
	under_way = loads.start("2024-01-01", "2024-01-01", gateway.tag)
	loads.run(load)
	for name in (load, under_way):
		frappe.db.set_value("CAMS History Load", name, "modified", "2023-01-01", update_modified=False)
	frappe.get_doc("CAMS History Load", load).clear_old_logs(365)
	assert not frappe.db.exists("CAMS History Load", load)
	assert frappe.get_all("CAMS History Load Device", filters={"parent": load}) == []
	assert frappe.db.exists("CAMS History Load", under_way)
	assert frappe.get_all("CAMS History Load Device", filters={"parent": under_way})
