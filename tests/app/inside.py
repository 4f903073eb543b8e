"""A site seen from inside: what tests/contract/host.py is over HTTP."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.punches import inbox, looks_due
from navari_cams_biometric.gateway.callback import parse_callback
from tests.contract.host import real_time

DAY = "2024-09-17"


@contextmanager
def other_devices_resting(tags: Iterable[str] = ()) -> Iterator[None]:
	"""Disable the devices that other tests made, but for `tags`, and enable them again afterwards."""
	others = frappe.get_all("CAMS Device", {"name": ["not in", [*tags, ""]], "enabled": 1}, pluck="name")

	def enable(value: int) -> None:
		frappe.db.set_value("CAMS Device", {"name": ["in", [*others, ""]]}, "enabled", value)
		frappe.db.commit()

	enable(0)
	yield
	frappe.db.rollback()
	enable(1)


def a_minute_later() -> None:
	"""For what is still to be looked at again: whoever was at it is dead."""
	before = add_to_date(now_datetime(), minutes=-2)
	frappe.db.set_value(looks_due.DOCTYPE, {"name": ["is", "set"]}, "modified", before, update_modified=False)
	frappe.db.commit()


def store(*bodies: dict) -> None:
	"""Put the punches of genuine callbacks into the inbox and commit; draining is left to the test."""
	for body in bodies:
		callback = parse_callback(json.dumps(body).encode())
		inbox.store(callback, find_device(callback.service_tag))
	frappe.db.commit()


def punch_at(user_id: str, clock: str = "08:00:00", **overrides: object) -> dict:
	"""The body of a real-time punch on a day long past."""
	return real_time(user_id, f"{DAY} {clock} GMT +0300", **overrides)


def punches_of(user_id: str) -> list[frappe._dict]:
	return frappe.get_all("CAMS Punch", filters={"user_id": user_id}, fields=["*"], order_by="punch_time asc")


def punch_of(user_id: str) -> frappe._dict:
	[punch] = punches_of(user_id)
	return punch


def outcome(user_id: str) -> tuple[str, str | None]:
	"""State and reason code of a user's only punch."""
	punch = punch_of(user_id)
	return punch.state, punch.reason_code


def checkins_of(employee: str) -> list[frappe._dict]:
	return frappe.get_all(
		"Employee Checkin", filters={"employee": employee}, fields=["*"], order_by="time asc"
	)


def log_entries(**filters: object) -> list[frappe._dict]:
	return frappe.get_all("Error Log", filters=filters, fields=["*"])


def hold(user_id: str, code: str, clock: str = "08:00:00", **overrides: object) -> str:
	"""Store a punch and hold it for `code` as the worker would have; return its name."""
	store(punch_at(user_id, clock, **overrides))
	[name] = [punch.name for punch in punches_of(user_id) if str(punch.punch_time).endswith(clock)]
	inbox.update_punches([name], state="Held", reason_code=code, reason="For the test")
	frappe.db.commit()
	return name
