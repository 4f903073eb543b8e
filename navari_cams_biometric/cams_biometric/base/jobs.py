"""Background jobs that may get lost without harm: a scheduled sweep finds their work again."""

from functools import cache

import frappe
from frappe.utils.background_jobs import create_job_id, get_redis_conn
from redis import Redis
from redis.exceptions import RedisError

BUSY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)  # another worker is at the same rows


def request_job(method: str, job_id: str | None = None, **options: object) -> None:
	"""Queue a job now. With `job_id` it is not queued again while it is queued or running.

	Never raises because of Redis: the records are stored, and an error here must not undo that.
	"""
	for _ in range(3):
		try:
			frappe.enqueue(method, job_id=job_id, deduplicate=bool(job_id), **options)
			return
		except (RedisError, frappe.ValidationError):  # no Redis; or Frappe 16 finds the queue too long
			break
		except Exception:  # RQ 2, when another request removes the same finished job: ask again
			continue
	frappe.clear_messages()
	frappe.logger("cams_biometric").warning("No job could be queued: what was to be done waits for the sweep")


def status_of(job_id: str) -> str | None:
	"""Of a job, as RQ calls it ("queued", "started", ...) and as far as Redis knows. The one field, as RQ itself reads it
	again: its Job.fetch reads and parses all of them, which is a tenth of a callback."""
	try:
		status = _queues(frappe.conf.redis_queue).hget(f"rq:job:{create_job_id(job_id)}", "status")
	except RedisError:
		return None
	return status.decode() if status else None


@cache
def _queues(_address: str) -> Redis:
	"""The Redis of the queues. Frappe keeps it as well, but Frappe 16 reads the site's files before it hands it out."""
	return get_redis_conn()


def after_commit(method: str, job_id: str | None = None, **options: object) -> None:
	"""Queue a job once what was written is there to be found; once only, however often a transaction asks."""
	requested = frappe.flags.setdefault("cams_requested_jobs", set())
	job = frappe.as_json([method, job_id, options])
	if job in requested:
		return

	def request() -> None:
		requested.discard(job)
		request_job(method, job_id, **options)

	requested.add(job)
	frappe.db.after_commit.add(request)
	frappe.db.after_rollback.add(lambda: requested.discard(job))
