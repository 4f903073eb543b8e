"""Devices by their service tag, as the database has them at this moment.

What decides on belief or on a check-in is read here. The document cache is neither read nor written: a long job whose
transaction began before a save would put the former document back into it, where it stays.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import frappe
from frappe.model.base_document import get_controller
from pypika.queries import QueryBuilder

from navari_cams_biometric.cams_biometric.base.prepared import Prepared, given

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

DEVICE = "CAMS Device"
NOT_ATTENDANCE = "Not Attendance"  # a Direction, of a device or a punch type: kept, and no check-in
ALTERNATE = "Alternate Within Shift"  # a Direction of a device: by the order of the day, see direction_order
# What a callback with a token needs. Each column costs it some ten microseconds with the driver of Frappe 15.
RECEIVING = (
	"name",
	"label",
	"time_zone",
	"auth_token_digest",
	"previous_token_digest",
	"previous_token_valid_until",
	"encryption",
	"security_key",
	"callback_secret_sent",
)
# What a punch is judged by, besides the time zone.
JUDGING = (
	"enabled",
	"replaced_by",
	"company",
	"branch",
	"direction",
	"ignore_repeat",
	"checkin_time",
)
# What belief and check-ins are decided by: the half of the columns that people enter.
DECIDING = (
	*RECEIVING,
	*JUDGING,
	"unconfirmed",
	"latitude",
	"longitude",
	"auth_token",
	"history_expected_until",
	"history_from",
	"history_to",
	"history_rows",
	"history_complete",
)
SERVICE_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


def is_service_tag(text: str) -> bool:
	"""Letters, digits and `._:-`, at most 64: what a device may be named by."""
	return bool(SERVICE_TAG.fullmatch(text))


def find_device(service_tag: str | None, fields: tuple[str, ...] = DECIDING) -> "CAMSDevice | None":
	"""These fields of the device with this service tag, in one query; not to be saved. None without one."""
	rows = _device_with(fields).run({"service_tag": service_tag or ""}, as_dict=True)
	return device_of(rows[0]) if rows else None


def find_devices(service_tags: list[str]) -> "dict[str, CAMSDevice]":
	"""The DECIDING fields of several, by the names that the devices have here."""
	table = frappe.qb.DocType(DEVICE)
	query = frappe.qb.from_(table).select(*DECIDING).where(table.name.isin(service_tags or [""]))
	return {device.name: device for device in _read(query)}


@cache
def _device_with(fields: tuple[str, ...]) -> Prepared:
	table = frappe.qb.DocType(DEVICE)
	return Prepared(frappe.qb.from_(table).select(*fields).where(table.name == given("service_tag")))


def all_devices() -> "list[CAMSDevice]":
	"""Every device without its tables, in one query, by name; not to be saved."""
	table = frappe.qb.DocType(DEVICE)
	return _read(frappe.qb.from_(table).select("*").orderby(table.name))


def _read(query: QueryBuilder) -> "list[CAMSDevice]":
	return [device_of(row) for row in query.run(as_dict=True)]


def device_of(row: Iterable) -> "CAMSDevice":
	"""The document of a row, given as a mapping or as pairs of field and value; not to be saved. As Frappe begins one, but
	without a look at its metadata, which costs as much as a query."""
	controller = get_controller(DEVICE)
	device = controller.__new__(controller)
	vars(device).update(row, doctype=DEVICE, flags=frappe._dict())
	return device


def label_and_name(device: frappe._dict) -> str:
	"""`Main Gate (ZHM1100000001)`, or the service tag alone. Plain text."""
	return f"{device.label} ({device.name})" if device.label else device.name


def device_labels() -> dict[str, str]:
	"""What people call each device, by service tag."""
	devices = frappe.get_all(DEVICE, fields=["name", "label"], order_by="name asc")
	return {device.name: device.label or device.name for device in devices}
