"""When the app's own due jobs are asked for. Dormancy itself is Frappe's, and tests/bench/test_dormant_site.py's."""

from types import SimpleNamespace

import pytest

from navari_cams_biometric.cams_biometric.base import dormant_site
from navari_cams_biometric.cams_biometric.punches import checkins


@pytest.fixture
def asked(monkeypatch):
	"""What is asked for, on a site with a job that is due and one that is not."""
	requested = []
	due = {"sweep": True, "begin": False}

	def job_type(_doctype, name):
		return SimpleNamespace(is_event_due=lambda: due[name], rq_job_id=f"scheduled_job::{name}")

	monkeypatch.setattr(dormant_site, "is_dormant", lambda: True)
	monkeypatch.setattr(dormant_site, "is_scheduler_inactive", lambda verbose: False)
	monkeypatch.setattr(dormant_site.frappe, "get_all", lambda *_args, **_options: list(due))
	monkeypatch.setattr(dormant_site.frappe, "get_doc", job_type)
	monkeypatch.setattr(
		dormant_site.jobs,
		"request_job",
		lambda method, job_id, **options: requested.append((job_id, options)),
	)
	return requested


def test_what_is_due_is_asked_for_under_the_schedulers_own_id(asked):
	dormant_site.request_due_jobs()
	assert asked == [("scheduled_job::sweep", {"job_type": "sweep"})]


def test_a_site_that_is_awake_is_left_to_the_scheduler(asked, monkeypatch):
	monkeypatch.setattr(dormant_site, "is_dormant", lambda: False)
	dormant_site.request_due_jobs()
	assert asked == []


def test_a_scheduler_that_is_switched_off_stays_off(asked, monkeypatch):
	monkeypatch.setattr(dormant_site, "is_scheduler_inactive", lambda verbose: True)
	dormant_site.request_due_jobs()
	assert asked == []


@pytest.mark.parametrize("more", [True, False], ids=["time is over", "nothing more is due"])
def test_each_drain_asks_at_its_end(monkeypatch, more):
	order = []
	monkeypatch.setattr(checkins.frappe, "set_user", lambda user: None)
	monkeypatch.setattr(checkins, "_drain_batch", lambda: order.append("batch") or False)
	monkeypatch.setattr(checkins.inbox, "request_drain", lambda turn: order.append(f"turn {turn}"))
	monkeypatch.setattr(checkins.dormant_site, "request_due_jobs", lambda: order.append("due jobs"))
	checkins.drain(seconds=0 if more else 60)
	assert order == [*(["turn 1"] if more else ["batch"]), "due jobs"]


@pytest.fixture
def run(monkeypatch):
	"""Run a queued job in these circumstances; the order of what happened."""

	def job(stopped=0, is_due=True, is_off=False):
		order = []
		scheduled = SimpleNamespace(
			stopped=stopped,
			method="the.method",
			is_event_due=lambda: is_due,
			db_set=lambda field, _value, **_options: order.append(field),
		)
		monkeypatch.setattr(dormant_site, "is_scheduler_inactive", lambda verbose: is_off)
		monkeypatch.setattr(
			dormant_site.frappe,
			"get_doc",
			lambda *_names, for_update: order.append("lock" if for_update else "read") or scheduled,
		)
		monkeypatch.setattr(dormant_site.frappe.db, "commit", lambda: order.append("commit"), raising=False)
		monkeypatch.setattr(
			dormant_site.frappe, "get_attr", lambda method: lambda: order.append(f"run {method}")
		)
		dormant_site.run_due_job("sweep")
		return order

	return job


def test_a_job_is_noted_as_done_before_it_runs(run):
	assert run() == ["lock", "last_execution", "commit", "run the.method"]


@pytest.mark.parametrize("change", [{"stopped": 1}, {"is_due": False}, {"is_off": True}], ids=str)
def test_a_job_that_was_done_or_stopped_since_does_not_run(run, change):
	assert run(**change) == ["lock"]
