"""Checks of the site itself: scheduler, workers, pending jobs, time, versions."""

from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, get_datetime, get_system_timezone, now_datetime
from frappe.utils.background_jobs import get_workers
from frappe.utils.scheduler import is_dormant, is_scheduler_inactive
from redis.exceptions import RedisError

from navari_cams_biometric.cams_biometric.base import live_site, stored_secrets, times
from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.base.states import PunchState
from navari_cams_biometric.cams_biometric.punches import listeners
from navari_cams_biometric.cams_biometric.punches.batches import BROKEN_TITLE

from .finding import ERROR, OK, WARNING, Finding, joined_names
from .site_facts import SiteFacts

SWEEP = "navari_cams_biometric.cams_biometric.punches.checkins.sweep"
SILENT_MINUTES = 20
LATE_MINUTES = 15
DORMANT_DAYS = 4  # where System Settings name none
QUEUES = ("default", "long")
SUPPORTED = (15, 16)


def live(facts: SiteFacts) -> Iterator[Finding]:
	"""A copy of the live site has its token and must not work on its devices."""
	title = _("Live Site")
	settings = facts.settings
	if live_site.is_live(settings) or not settings.auth_token_digest:
		yield Finding(
			title, OK, _("This is the site on which the Auth Token was entered, or there is none yet.")
		)
		return
	sentence = _(
		"Nothing is sent to the gateway: this site is {0}, and the live one is {1}. Callbacks are taken."
	)
	remedy = _("If this is the live site now, press This Is the Live Site in CAMS Biometric Settings.")
	named = sentence.format(live_site.identity(), settings.live_site or _("not known"))
	yield Finding(title, ERROR, named, remedy, SETTINGS, SETTINGS)


def secrets(facts: SiteFacts) -> Iterator[Finding]:
	"""After a restore without the old encryption key none can be read."""
	title = _("Tokens and Keys")
	sentences = stored_secrets.secret_sentences(facts.settings, facts.devices)
	remedy = _(
		"Put the former encryption_key back into site_config.json. Without it, enter these again; for the Callback Secret press Renew Callback Secret and paste the new URL at each device."
	)
	for sentence in sentences:
		yield Finding(title, ERROR, sentence, remedy, SETTINGS, SETTINGS)
	if not sentences:
		yield Finding(title, OK, _("All stored tokens and keys can be read."))


def scheduler(facts: SiteFacts) -> Iterator[Finding]:
	"""Whether it is on, and whether it really ran."""
	title = _("Scheduler")
	if is_scheduler_inactive(verbose=False):
		remedy = _("Run: bench --site {0} enable-scheduler").format(frappe.local.site)
		yield Finding(title, ERROR, _("The scheduler is switched off."), remedy)
		return
	last = frappe.db.get_value("Scheduled Job Type", {"method": SWEEP}, "last_execution")
	has_run = bool(last) and get_datetime(last) > add_to_date(now_datetime(), minutes=-SILENT_MINUTES)
	if is_dormant():
		yield _dormancy(title, WARNING if has_run else ERROR)
		return
	if has_run:
		yield Finding(title, OK, _("The scheduler is running."))
		return
	if _was_dormant():
		sentence = _("Nobody had logged in for days, so Frappe ran scheduled jobs once a day only.")
		yield Finding(title, WARNING, sentence, _("They run again from now on: look here in a few minutes."))
		return
	remedy = _("Check that bench schedule and the workers are running (supervisor or systemd).")
	sentence = _("The scheduler is on but has not run this app's jobs for {0} minutes.").format(
		SILENT_MINUTES
	)
	yield Finding(title, ERROR, sentence, remedy, "Scheduled Job Type")


def _dormancy(title: str, state: str) -> Finding:
	"""No fault of the bench or of its workers."""
	sentence = _(
		"Nobody has logged in by browser for {0} days, so Frappe runs scheduled jobs once a day only, HRMS's auto attendance among them. This app does its own due work when punches arrive."
	).format(_dormant_days())
	remedy = _(
		"Log in by browser, or set Run Jobs only Daily if Inactive For (Days) in System Settings to more days."
	)
	return Finding(title, state, sentence, remedy, "System Settings", "System Settings")


def _was_dormant() -> bool:
	"""Until somebody logged in a moment ago, perhaps to look at this."""
	if not is_dormant(check_time=add_to_date(now_datetime(), years=100)):
		return False  # no site of this kind ever is
	moment = add_to_date(now_datetime(), minutes=-SILENT_MINUTES)
	before = frappe.get_all(
		"Activity Log", {"modified": ["<", moment]}, pluck="modified", order_by="modified desc", limit=1
	)
	return bool(before) and before[0] < add_to_date(moment, days=-_dormant_days())


def _dormant_days() -> int:
	return cint(frappe.get_system_settings("dormant_days")) or DORMANT_DAYS


def workers(facts: SiteFacts) -> Iterator[Finding]:
	"""Whether somebody listens to each queue that this app uses."""
	title = _("Workers")
	try:
		listening = {name for worker in get_workers() for name in worker.queue_names()}
	except RedisError:
		yield Finding(title, ERROR, _("Redis cannot be reached."), _("Start the bench's Redis servers."))
		return
	missing = [name for name in QUEUES if not any(queue.endswith(f":{name}") for queue in listening)]
	if not missing:
		yield Finding(title, OK, _("Workers listen to every queue."))
		return
	remedy = _("Start the bench's workers (supervisor or systemd).")
	sentence = _("No worker listens to: {0}.").format(", ".join(missing))
	yield Finding(title, ERROR, sentence, remedy, "RQ Worker")


def waiting_punches(facts: SiteFacts) -> Iterator[Finding]:
	"""Punches that should have been processed long ago."""
	title = _("Pending Punches")
	late = {"state": PunchState.QUEUED, "creation": ["<", add_to_date(now_datetime(), minutes=-LATE_MINUTES)]}
	count = frappe.db.count("CAMS Punch", late)
	if not count:
		yield Finding(title, OK, _("No punch is pending for a worker."))
		return
	sentence = counted(
		count,
		_("1 punch has been pending for more than {1} minutes."),
		_("{0} punches have been pending for more than {1} minutes."),
		LATE_MINUTES,
	)
	remedy = _("Check the scheduler and the workers.")
	filters = {"state": PunchState.QUEUED.value}
	yield Finding(title, ERROR, sentence, remedy, "CAMS Punch", filters=filters)


def time_zone(facts: SiteFacts) -> Iterator[Finding]:
	"""The site's zone, and the server's clock against what the gateway says of its own."""
	title = _("Time")
	try:
		zone = ZoneInfo(get_system_timezone())
	except (ZoneInfoNotFoundError, ValueError):
		remedy = _("Choose the Time Zone in System Settings.")
		yield Finding(
			title, ERROR, _("The site has no time zone."), remedy, "System Settings", "System Settings"
		)
		return
	difference = _clock_difference()
	if difference is None or abs(difference) < timedelta(minutes=LATE_MINUTES):
		yield Finding(title, OK, _("The site's time zone is {0}.").format(zone.key))
		return
	sentence = _("The gateway's clock and the server's differ by {0} minutes.")
	minutes = round(difference.total_seconds() / 60)
	yield Finding(title, WARNING, sentence.format(minutes), _("Set the server's clock by NTP."))


def versions(facts: SiteFacts) -> Iterator[Finding]:
	"""Frappe, ERPNext and HRMS in versions that this app is made for."""
	title = _("Versions")
	found = {app: _version(app) for app in ("frappe", "erpnext", "hrms")}
	words = ", ".join(" ".join([app, known or _("missing")]) for app, known in found.items())
	if all(known.partition(".")[0] in {str(version) for version in SUPPORTED} for known in found.values()):
		yield Finding(title, OK, words)
		return
	yield Finding(title, WARNING, words, _("This app is made for versions {0} and {1}.").format(*SUPPORTED))


def batches(facts: SiteFacts) -> Iterator[Finding]:
	"""Whether check-ins are made in batches, and why not."""
	title = _("Check-ins in Batches")
	if facts.settings.one_by_one:
		sentence = _("Check-ins are made one by one, which is slower: Settings say so.")
		remedy = _(
			"If this app turned it on, the Error Log says how its check-ins differed from those of Frappe HR. When that is resolved, turn off Make Check-ins One by One."
		)
		yield Finding(title, WARNING, sentence, remedy, SETTINGS, SETTINGS)
		return
	if others := listeners.find():
		sentence = _("Check-ins are made one by one, which is slower, so that each of these takes part: {0}.")
		yield Finding(title, OK, sentence.format(joined_names(others)))
		return
	if frappe.db.exists(
		"Error Log", {"method": BROKEN_TITLE, "creation": [">", add_to_date(now_datetime(), days=-1)]}
	):
		sentence = _(
			"Since yesterday, batches failed: their check-ins were made one by one, which is slower."
		)
		remedy = _("None is lost. The Error Log says why: tell the maintainers of this app.")
		yield Finding(title, WARNING, sentence, remedy, "Error Log")
		return
	yield Finding(title, OK, _("Check-ins are made in batches: nothing else acts on each of them."))


CHECKS = (live, secrets, scheduler, workers, waiting_punches, batches, time_zone, versions)


def _clock_difference() -> timedelta | None:
	"""Arrival minus the gateway's own time of sending, of the punch that came last; None without one."""
	last = frappe.get_all(
		"CAMS Punch",
		filters={"source": "Real Time", "sent_at": ["is", "set"]},
		fields=["creation", "sent_at"],
		order_by="creation desc",
		limit=1,
	)
	sent_at = times.log_time_on_site(last[0].sent_at, None) if last else None
	return last[0].creation - sent_at if sent_at else None


def _version(app: str) -> str:
	try:
		return str(frappe.get_attr(f"{app}.__version__"))
	except (AttributeError, ImportError, frappe.AppNotInstalledError):
		pass
	try:
		return version(app)
	except PackageNotFoundError:
		return ""
