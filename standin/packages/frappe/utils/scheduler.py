"""The scheduler's switch: there is none here, the server runs all scheduled methods."""

from typing import NoReturn

from frappe.missing import missing


def is_scheduler_inactive(verbose: bool = True) -> NoReturn:
	missing("frappe.utils.scheduler.is_scheduler_inactive")
