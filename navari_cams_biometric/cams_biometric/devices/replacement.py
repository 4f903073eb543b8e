"""Replace: another device takes the place of a broken one, with its name, its settings, its user IDs and its people.

The broken one is disabled, so that no shift waits for it. It names its successor, and what it still delivers counts as
before (punches.punch_rules).
"""

from typing import TYPE_CHECKING

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base import stored_values
from navari_cams_biometric.cams_biometric.base.states import DeviceUserState
from navari_cams_biometric.cams_biometric.base.stored_secrets import read_secret
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import enrolment

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

DEVICE = "CAMS Device"
TAKEN_OVER = (
	"label",
	"company",
	"branch",
	"direction",
	"ignore_repeat",
	"time_zone",
	"checkin_time",
	"latitude",
	"longitude",
	"licence_until",
)
NAMED_BY_DEVICE = ("CAMS Device ID", "CAMS Ignored ID")  # each row has a service_tag
COPY, ENROL = "CopyUsers", "AddUser"


def replace(old: "CAMSDevice", service_tag: str) -> frappe._dict:
	"""Put the device of this service tag in the place of `old`; it is created where there is none.

	Returns its `service_tag`, how many `people` go there, and the `operation` that brings them: with their templates
	where the gateway copies them, else by name from what is known here; empty where that is not possible.
	Throws where the other device is in use, or the old one was replaced.
	"""
	successor = _successor(old, service_tag)
	_take_settings(old, successor)
	_take_past(old.name, successor.name)
	for doctype in NAMED_BY_DEVICE:
		_copy_rows(doctype, old.name, successor.name)
	_retire(old, successor.name)
	people = _people_on(old.name)
	operation = _bring(people, old.name, successor.name) if people else ""
	return frappe._dict(service_tag=successor.name, people=len(people), operation=operation)


def _successor(old: "CAMSDevice", service_tag: str) -> "CAMSDevice":
	service_tag, title = service_tag.strip(), _("Replace")
	if old.replaced_by:
		frappe.throw(
			_("This device was replaced by {0}. If that one is broken, too, use Replace there.").format(
				old.replaced_by
			),
			title=title,
		)
	if service_tag == old.name:
		frappe.throw(_("Enter the Service Tag of the other device."), title=title)
	if not frappe.db.exists(DEVICE, service_tag):
		return frappe.new_doc(DEVICE, service_tag=service_tag)
	successor = frappe.get_doc(DEVICE, service_tag, for_update=True)
	if successor.last_punch and not successor.unconfirmed:
		frappe.throw(
			_("{0} is in use. Choose a device that has no punches yet, or that is unconfirmed.").format(
				service_tag
			),
			title=title,
		)
	return successor


def _take_settings(old: "CAMSDevice", successor: "CAMSDevice") -> None:
	"""The security key is the account's; the token is each device's own, or the account's."""
	successor.update({fieldname: old.get(fieldname) for fieldname in TAKEN_OVER})
	successor.set("shift_types", [{"shift_type": row.shift_type} for row in old.shift_types])
	if old.encryption != "Off" and successor.encryption in (None, "", "Off"):
		successor.update({"encryption": old.encryption, "security_key": read_secret(old, "security_key")})
	successor.update({"enabled": 1}).save()
	successor.db_set("unconfirmed", 0)
	successor.add_comment("Info", _("took the place of {0}").format(old.name))


def _take_past(old: str, successor: str) -> None:
	"""The days before are known from the old device: no shift waits for their history."""
	known = [frappe.db.get_value(DEVICE, name, "first_reported") for name in (old, successor)]
	if first := min((moment for moment in known if moment), default=None):
		stored_values.set_values(DEVICE, successor, {"first_reported": first})


def _copy_rows(doctype: str, old: str, successor: str) -> None:
	"""The old device's stay: it may still deliver."""
	for name in frappe.get_all(doctype, filters={"service_tag": old}, pluck="name", order_by="creation"):
		row = frappe.get_doc(doctype, name)
		values = {field.fieldname: row.get(field.fieldname) for field in row.meta.fields}
		frappe.new_doc(doctype, **{**values, "service_tag": successor}).insert()


def _retire(old: "CAMSDevice", successor: str) -> None:
	label = _("{0} (replaced)").format(old.label or old.name)
	old.update({"label": label, "enabled": 0, "replaced_by": successor}).save()
	old.add_comment("Info", _("was replaced by {0}").format(successor))


def _people_on(service_tag: str) -> list[frappe._dict]:
	there = {"service_tag": service_tag, "state": DeviceUserState.ON_DEVICE, "employee": ["is", "set"]}
	names = frappe.get_all(
		"CAMS Device User", filters=there, pluck="employee", distinct=True, order_by="employee"
	)
	return [person for person in enrolment.read_people(names) if person.status == "Active"]


def _bring(people: list[frappe._dict], old: str, successor: str) -> str:
	reason = _("Replaces {0}").format(old)
	if not queue.why_impossible(COPY):
		enrolment.copy(people, old, [successor], reason)
		return COPY
	if queue.why_impossible(ENROL):
		return ""
	if len(people) > enrolment.AT_ONCE:
		enrolment.request_in_background(ENROL, people, [successor], reason)
		return ENROL
	for person in people:
		enrolment.add_commands(ENROL, person, [successor], reason)
	return ENROL
