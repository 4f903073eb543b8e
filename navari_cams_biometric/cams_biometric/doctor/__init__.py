"""The doctor checks the whole chain from the gateway to attendance, and says how to fix what is wrong.

Each check is a function of the facts that yields findings; a check that raises an error is a finding, too.
"""

from collections.abc import Callable, Iterator

import frappe
from frappe import _

from . import attendance_checks, gateway_checks, site_checks
from .finding import ERROR, OK, WARNING, Finding
from .site_facts import SiteFacts

__all__ = ["ERROR", "OK", "WARNING", "Finding", "examine", "worst"]

CHECKS = (*gateway_checks.CHECKS, *site_checks.CHECKS, *attendance_checks.CHECKS)
WORST_FIRST = (ERROR, WARNING, OK)
LOCAL_CHECKS = (*site_checks.CHECKS, *attendance_checks.CHECKS)


def examine(local_only: bool = False) -> list[Finding]:
	"""Every finding, the worst first, else in the order of the chain. `local_only` leaves out what goes over the
	network."""
	facts = SiteFacts()
	checks = LOCAL_CHECKS if local_only else CHECKS
	findings = [finding for check in checks for finding in _findings_of(check, facts)]
	return sorted(findings, key=lambda finding: WORST_FIRST.index(finding.state))


def worst(findings: list[Finding]) -> str:
	"""`ok`, `warning` or `error`."""
	states = {finding.state for finding in findings}
	return next((state for state in WORST_FIRST if state in states), OK)


def _findings_of(check: Callable[[SiteFacts], Iterator[Finding]], facts: SiteFacts) -> list[Finding]:
	try:
		return list(check(facts))
	except Exception:
		frappe.log_error("CAMS doctor", frappe.get_traceback())
		title = check.__name__.replace("_", " ").capitalize()
		return [
			Finding(title, ERROR, _("This check could not be run."), _("See the Error Log."), "Error Log")
		]
