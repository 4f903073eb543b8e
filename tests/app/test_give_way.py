"""One worker may serve everybody: a long drain gives way to other jobs, and goes on."""

import contextvars
import itertools
from types import SimpleNamespace

import frappe
import pytest

from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from navari_cams_biometric.cams_biometric.punches.checkins import drain
from tests.app.inside import checkins_of, punch_at, punches_of, store


@pytest.fixture
def one_punch_a_slice(monkeypatch, site):
	"""Batches of one, and a clock on which a batch takes more than half of a slice. All clear, also of
	what others left for a sweep."""
	checkins.sweep()
	contextvars.Context().run(site.run_jobs)
	monkeypatch.setattr(checkins, "BATCH", 1)
	ticks = itertools.count(step=checkins.SLICE_SECONDS // 2 + 1)
	monkeypatch.setattr(checkins, "time", SimpleNamespace(monotonic=ticks.__next__))


def run_jobs(site):
	"""What the jobs did that ran, in that order: the last parts of their methods."""
	return [job.method.rpartition(".")[2] for job in contextvars.Context().run(site.run_jobs)]


def store_three(employee):
	store(*(punch_at(employee.attendance_device_id, f"08:0{minute}:00") for minute in range(3)))


def waiting(employee):
	return sum(punch.state == "Queued" for punch in punches_of(employee.attendance_device_id))


@pytest.mark.usefixtures("one_punch_a_slice")
def test_a_drain_gives_way_to_jobs_that_came_meanwhile_and_goes_on(site, new_employee):
	employee = new_employee()
	store_three(employee)
	frappe.enqueue(loads.resume_stalled, queue="long")
	assert run_jobs(site) == ["drain", "resume_stalled", "drain", "drain", "drain"]
	assert waiting(employee) == 0
	assert len(checkins_of(employee.name)) == 3


@pytest.mark.usefixtures("one_punch_a_slice")
def test_a_drain_that_has_given_way_waits_in_the_queue_once(site, new_employee):
	employee = new_employee()
	drain(seconds=0)
	drain(seconds=0)
	store_three(employee)  # asks for the job of the other turn
	assert run_jobs(site) == ["drain"] * 4
	assert waiting(employee) == 0


@pytest.mark.usefixtures("one_punch_a_slice")
def test_what_a_sweep_has_no_time_for_is_drained_by_the_job_that_callbacks_ask_for(site, new_employee):
	employee = new_employee()
	store_three(employee)
	checkins.sweep()
	assert waiting(employee) == 2
	assert run_jobs(site) == ["drain"] * 3
	assert waiting(employee) == 0


def test_a_punch_that_comes_while_a_drain_ends_has_a_job_of_its_own(site, new_employee):
	"""The running job may have looked for the last time: its id is taken, and another one asked for."""
	contextvars.Context().run(site.run_jobs)
	frappe.enqueue(drain, queue="long", job_id=inbox.DRAIN_JOBS[0])
	ending = site.inner.jobs.take("long")
	employee = new_employee()
	store_three(employee)
	frappe.db.commit()
	site.inner.jobs.finish(ending, "finished")

	assert run_jobs(site) == ["drain"]
	assert waiting(employee) == 0
