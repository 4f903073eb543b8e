"""Background jobs: `frappe.enqueue`, a queue in memory, and what a worker does with one job.

Two queues, as two workers: "long", and "short" with "default". A job has its own connection and transaction; it
commits at its end, and rolls back and writes an Error Log when it raises. What waits is lost with the process.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import uuid4

import frappe
from frappe.missing import missing, module_getattr, refuse

__getattr__ = module_getattr(__name__)

QUEUED, STARTED, FINISHED, FAILED = "queued", "started", "finished", "failed"
QUEUES = {"short": "default", "default": "default", "long": "long"}
MOST_RETRIES = 5
KEY = "rq:job:"  # RQ's, of a job in Redis


@dataclass
class Job:
	id: str
	site: str
	user: str
	method: str
	arguments: bytes
	lane: str
	status: str = QUEUED
	error: str = ""


@dataclass
class JobQueue:
	"""The jobs of one site."""

	waiting: dict[str, deque[Job]] = field(default_factory=lambda: {"default": deque(), "long": deque()})
	jobs: dict[str, Job] = field(default_factory=dict)
	changed: threading.Condition = field(default_factory=threading.Condition)

	def add(self, job: Job, at_front: bool = False) -> None:
		with self.changed:
			self.jobs[job.id] = job
			lane = self.waiting[job.lane]
			(lane.appendleft if at_front else lane.append)(job)
			self.changed.notify_all()

	def take(self, lane: str, wait_seconds: float = 0) -> Job | None:
		"""The next job of a lane, now started; None if there is none within `wait_seconds`."""
		with self.changed:
			if not self.waiting[lane]:
				self.changed.wait(wait_seconds)
			if not self.waiting[lane]:
				return None
			job = self.waiting[lane].popleft()
			job.status = STARTED
			return job

	def is_pending(self, job_id: str) -> bool:
		with self.changed:
			job = self.jobs.get(job_id)
			return bool(job) and job.status in (QUEUED, STARTED)

	def finish(self, job: Job, status: str, error: str = "") -> None:
		with self.changed:
			job.status, job.error = status, error
			if self.jobs.get(job.id) is job:
				del self.jobs[job.id]
			self.changed.notify_all()


def enqueue(
	method: str | Callable,
	queue: str = "default",
	timeout: int | None = None,
	event: Any = None,
	is_async: bool = True,
	job_name: str | None = None,
	now: bool = False,
	enqueue_after_commit: bool = False,
	*,
	on_success: Callable | None = None,
	on_failure: Callable | None = None,
	at_front: bool = False,
	job_id: str | None = None,
	deduplicate: bool = False,
	**kwargs: Any,
) -> Any:
	"""Run `method(**kwargs)` in a worker; with `deduplicate`, not while a job of the same `job_id` waits or runs."""
	refuse("frappe.enqueue", {k: v for k, v in (("on_success", on_success), ("on_failure", on_failure)) if v})
	if queue not in QUEUES:
		missing(f"queue {queue!r}")
	if deduplicate and not job_id:
		frappe.throw("`job_id` paramater is required for deduplication.")
	if deduplicate and is_job_enqueued(job_id):
		return None
	if now or not is_async:
		return frappe.call(method, **kwargs)
	job = Job(
		id=create_job_id(job_id),
		site=frappe.local.site,
		user=frappe.session.user,
		method=method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}",
		arguments=pickle.dumps(kwargs),
		lane=QUEUES[queue],
	)
	jobs = frappe.local.site_object.jobs
	if enqueue_after_commit:
		frappe.db.after_commit.add(lambda: jobs.add(job, at_front))
		return None
	jobs.add(job, at_front)
	return job


def create_job_id(job_id: str | None = None) -> str:
	return f"{frappe.local.site}::{job_id or uuid4()}"


def is_job_enqueued(job_id: str) -> bool:
	"""Whether a job of this id waits or runs."""
	return frappe.local.site_object.jobs.is_pending(create_job_id(job_id))


class JobStatuses:
	"""What Redis tells of RQ's jobs, as far as it is asked."""

	def hget(self, key: str, field: str) -> bytes | None:
		if not key.startswith(KEY) or field != "status":
			missing(f"{field!r} of {key!r} in the queue's Redis")
		job = frappe.local.site_object.jobs.jobs.get(key.removeprefix(KEY))
		return job.status.encode() if job else None


def get_redis_conn() -> JobStatuses:
	return JobStatuses()


def execute_job(job: Job, attempt: int = 0) -> None:
	"""Run one job from beginning to end in this thread. Never raises: the outcome is in its status."""
	frappe.init(site=job.site, force=True)
	frappe.connect()
	jobs = frappe.local.site_object.jobs
	frappe.set_user(job.user)
	frappe.local.job = frappe._dict(site=job.site, method=job.method, user=job.user)
	again = False
	try:
		for task in frappe.get_hooks("before_job"):
			frappe.call(task, method=job.method, kwargs=None, transaction_type="job")
		frappe.get_attr(job.method)(**pickle.loads(job.arguments))
		frappe.db.commit()
		jobs.finish(job, FINISHED)
	except Exception as error:
		again = _is_worth_retrying(error) and attempt < MOST_RETRIES
		frappe.db.rollback()
		if not again:
			frappe.log_error(title=job.method[:140])
			frappe.db.commit()
			jobs.finish(job, FAILED, str(error))
	finally:
		for task in frappe.get_hooks("after_job"):
			frappe.call(task, method=job.method, kwargs=None, result=None)
		frappe.destroy()
	if again:
		time.sleep(attempt + 1)
		execute_job(job, attempt + 1)


def get_workers(queue: Any = None) -> NoReturn:
	missing("frappe.utils.background_jobs.get_workers")


def _is_worth_retrying(error: Exception) -> bool:
	if isinstance(error, frappe.RetryBackgroundJobError):
		return True
	is_internal = isinstance(error, frappe.db.InternalError)
	return is_internal and (frappe.db.is_deadlocked(error) or frappe.db.is_timedout(error))
