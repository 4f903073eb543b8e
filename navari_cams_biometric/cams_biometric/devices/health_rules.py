"""Decides what is wrong with a device, from the facts on its record. Sends no request and writes nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cint, format_date, get_datetime, getdate

from navari_cams_biometric.cams_biometric.base.plurals import counted
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import Health
from navari_cams_biometric.cams_biometric.base.times import shown_time

ONLINE = "Online"

APART = timedelta(minutes=1)  # two looks at a queue that is on its way are one
HOUR, DAY = 60, 24 * 60  # minutes


@dataclass(frozen=True)
class Limits:
	"""When something is wrong: `not_reporting_after` and `clock_tolerance` in minutes, `licence_warning` in days."""

	not_reporting_after: int = 60
	clock_tolerance: int = 10
	licence_warning: int = 30

	@classmethod
	def of_settings(cls) -> "Limits":
		"""A site that had the app before these fields were added has no values for them."""
		settings = read_settings()
		warning = settings.licence_warning
		return cls(
			cint(settings.not_reporting_after) or cls.not_reporting_after,
			max(1, cint(settings.clock_tolerance)),
			cls.licence_warning if warning is None else cint(warning),
		)


@dataclass(frozen=True)
class Case:
	"""One device: its record `before` this check and `after` it, both with the fields of CAMS Device.

	`answered` means that the gateway answered about the device this time, `overdue` that a command has been
	pending too long, `fell_back_to` is what its clock shows after a power cut. Times are naive, in the site's zone.
	"""

	before: frappe._dict
	after: frappe._dict
	answered: bool
	overdue: bool
	now: datetime
	fell_back_to: datetime | None = None

	@property
	def had(self) -> set[str]:
		"""The problems that were notified already."""
		return {problem for problem in (self.before.problems or "").split(",") if problem}


def find_problems(case: Case, limits: Limits) -> dict[str, str]:
	"""The problems that hold, the worst first, each with a sentence that says what to do."""
	found = {
		Health.NOT_REPORTING: _not_reporting(case, limits),
		Health.QUEUE_STUCK: _queue_stuck(case),
		Health.CLOCK_DRIFT: _clock_drift(case, limits),
		Health.LICENCE_EXPIRING: _licence_expiring(case, limits),
	}
	return {problem: sentence for problem, sentence in found.items() if sentence}


def health_of(case: Case, problems: dict[str, str]) -> str:
	"""The worst problem, or Healthy; empty if nothing was ever received from the device."""
	known = any(case.after[fieldname] for fieldname in ("last_reported", "last_seen", "connection"))
	return next(iter(problems), Health.HEALTHY if known else "")


def advice_for_several(problem: str) -> str:
	"""What to do about devices that have the same problem."""
	if problem == Health.NOT_REPORTING:
		return _("Check power and network of their place, and their callback URL in the CAMS portal.")
	if problem == Health.QUEUE_STUCK:
		return _("Reset the queue of each; if that does not help, restart it.")
	if problem == Health.CLOCK_DRIFT:
		return _("Press Set the Clock on each.")
	return _("Renew the licences at CAMS, then set the new dates on the devices.")


def _not_reporting(case: Case, limits: Limits) -> str:
	alive_at = _alive_at(case)
	if case.now - (alive_at or get_datetime(case.after.creation)) <= timedelta(
		minutes=limits.not_reporting_after
	):
		return ""
	advice = _("Check its power and its network, and its callback URL in the CAMS portal.")
	if not alive_at:
		return _("It has never reported.") + " " + advice
	return _("It has not reported since {0}.").format(shown_time(alive_at)) + " " + advice


def _alive_at(case: Case) -> datetime | None:
	"""When it last reported, or was known to be online. A time in the future counts as now."""
	current = case.after
	known = [
		current.last_reported,
		current.last_seen,
		current.connection_since if current.connection == ONLINE else None,
	]
	return max((min(get_datetime(moment), case.now) for moment in known if moment), default=None)


def _queue_stuck(case: Case) -> str:
	"""Without an answer the problem stays as it was; an offline device has a reason for pending commands."""
	waits = _waits(case) if case.answered else Health.QUEUE_STUCK in case.had
	if not waits:
		return ""
	advice = _("Reset its queue; if that does not help, restart it.")
	if depth := case.after.queue_depth:
		pending = counted(
			depth,
			_("It is online, but 1 command is pending for it."),
			_("It is online, but {0} commands are pending for it."),
		)
		return f"{pending} {advice}"
	return _("It is online, but its commands are not carried out.") + " " + advice


def _waits(case: Case) -> bool:
	"""Online at both checks, with commands pending at both. A check shortly after another one does not count."""
	before, after = case.before, case.after
	if not (before.connection == after.connection == ONLINE):
		return False
	if Health.QUEUE_STUCK not in case.had and case.now - get_datetime(before.connection_since) < APART:
		return False
	return case.overdue or (before.queue_depth > 0 and after.queue_depth > 0)


def _clock_drift(case: Case, limits: Limits) -> str:
	if case.fell_back_to:
		return _(
			"Its clock fell back to {0}, as after a power cut, and its punches are held. Press Set the Clock, then Correct Time on Held Punches."
		).format(format_date(case.fell_back_to))
	skew = case.after.clock_skew
	if abs(skew) <= 60 * limits.clock_tolerance:
		return ""
	if skew > 0:
		return _("Its clock is {0} ahead. Press Set the Clock.").format(_rough_span(skew))
	return _("Its clock is {0} behind, or its punches arrived that late. Press Set the Clock.").format(
		_rough_span(-skew)
	)


def _licence_expiring(case: Case, limits: Limits) -> str:
	until = getdate(case.after.licence_until) if case.after.licence_until else None
	if not until or (until - case.now.date()).days > limits.licence_warning:
		return ""
	return _licence_text(until, case.now.date()) + " " + _("Renew it at CAMS, then set the new date here.")


def _licence_text(until: date, today: date) -> str:
	if until < today:
		return _("Its licence ended on {0}.").format(format_date(until))
	return _("Its licence ends on {0}.").format(format_date(until))


def _rough_span(seconds: int) -> str:
	"""In the largest unit of which there are two."""
	minutes = round(seconds / 60)
	if minutes >= 2 * DAY:
		return _("{0} days").format(round(minutes / DAY))
	if minutes >= 2 * HOUR:
		return _("{0} hours").format(round(minutes / HOUR))
	return _("{0} minutes").format(minutes)
