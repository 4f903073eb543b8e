"""The scheduler's switch: there is none here, the server runs all scheduled methods. So it is never dormant."""

from typing import Any, NoReturn

from frappe.missing import missing


def is_dormant(check_time: Any = None) -> bool:
	return False


def is_scheduler_inactive(verbose: bool = True) -> NoReturn:
	missing("frappe.utils.scheduler.is_scheduler_inactive")
