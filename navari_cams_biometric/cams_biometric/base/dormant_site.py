"""The app's own scheduled jobs on a dormant site.

Where nobody has logged in by browser for some days (System Settings, Dormant Days), Frappe runs scheduled jobs once a
day, while devices go on sending. Punches that arrive then get the app's due jobs done. These jobs are the app's entries
of Scheduled Job Type, which come from `scheduler_events` in hooks.py; what an administrator stopped stays stopped. They
leave no Scheduled Job Log: Frappe counts its one day from the last of these, and would run nothing else any more.
"""

import frappe
from frappe.utils import now_datetime
from frappe.utils.scheduler import is_dormant, is_scheduler_inactive

from navari_cams_biometric.cams_biometric.base import jobs

JOB_TYPE = "Scheduled Job Type"
OWN_JOBS = {"method": ["like", "navari_cams_biometric.%"], "stopped": 0}
RUN_DUE_JOB = "navari_cams_biometric.cams_biometric.base.dormant_site.run_due_job"


def request_due_jobs() -> None:
	"""Queue the app's jobs that are due, if Frappe's scheduler does not: under the ids that it uses itself, so that a job
	which either of them has queued is not queued again."""
	if not is_dormant() or is_scheduler_inactive(verbose=False):
		return
	for name in frappe.get_all(JOB_TYPE, filters=OWN_JOBS, pluck="name", order_by="name"):
		job_type = frappe.get_doc(JOB_TYPE, name)
		if job_type.is_event_due():
			jobs.request_job(RUN_DUE_JOB, job_type.rq_job_id, job_type=name)


def run_due_job(job_type: str) -> None:
	"""A job: unless it was done, or stopped, since it was queued. The lock is against a second one of the same id."""
	scheduled = frappe.get_doc(JOB_TYPE, job_type, for_update=True)
	if scheduled.stopped or is_scheduler_inactive(verbose=False) or not scheduled.is_event_due():
		return
	scheduled.db_set("last_execution", now_datetime(), update_modified=False)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- the scheduler, which may wake up now, sees that it was done
	frappe.get_attr(scheduled.method)()
