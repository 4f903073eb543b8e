"""Say whose an unknown user ID is: as Attendance Device ID, or as a CAMS Device ID for some devices and days.

What is offered fits what is there: somebody who has an Attendance Device ID keeps it, and what is another person's
elsewhere stays theirs there.
"""

from typing import TYPE_CHECKING, NamedTuple

import frappe
from frappe import _, _lt
from frappe.model.document import Document

from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.identities import MAPPING, identities_of

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_device.cams_device import CAMSDevice

OWN, EVERYWHERE, COMPANY, BRANCH, DEVICE = "own", "all", "company", "branch", "device"
LABELS = {
	OWN: _lt("As Attendance Device ID"),
	EVERYWHERE: _lt("As a further ID, on all devices"),
	COMPANY: _lt("Only on the devices of {0}"),
	BRANCH: _lt("Only on the devices of {0}"),
	DEVICE: _lt("Only on {0}"),
}


class Link(NamedTuple):
	"""`mapping` is the CAMS Device ID that was made; empty where it became the Attendance Device ID."""

	employee: Document
	mapping: str


def ways_for(user_id: str, employee: str, service_tag: str = "") -> list[dict[str, str]]:
	"""How this ID of a device can become the employee's: `way` and `label`, what fits best first."""
	return _ways(user_id, _employee(employee), find_device(service_tag))


def link(
	user_id: str,
	employee: str,
	way: str = "",
	service_tag: str = "",
	from_date: str | None = None,
	until_date: str | None = None,
) -> Link:
	"""Make a user ID the employee's. Saving that lets the punches go that were held for it.

	Without a `way` what fits best: see ways_for. A day makes it a CAMS Device ID. Throws where the way does not fit.
	Whom the user may not change is refused first, and like somebody who does not exist: nothing of that employee is told.
	"""
	doc, device = _employee(employee), find_device(service_tag)
	fitting = [each["way"] for each in _ways(user_id, doc, device)]
	if not way and (from_date or until_date):
		way = next(each for each in fitting if each != OWN)
	way = way or fitting[0]
	if way not in fitting or (way == OWN and (from_date or until_date)):
		frappe.throw(
			_("User ID {0} cannot become {1}'s in this way.").format(
				frappe.utils.escape_html(user_id), doc.employee_name
			),
			title=_("Link to Employee"),
		)
	if way == OWN:
		doc.attendance_device_id = user_id
		doc.save()
		return Link(doc, "")
	places = {
		"service_tag": device.name if device and way == DEVICE else None,
		"branch": device.branch if device and way == BRANCH else None,
		"company": device.company if device and way == COMPANY else None,
	}
	days = {"from_date": from_date or None, "until_date": until_date or None}
	return Link(
		doc, frappe.new_doc(MAPPING, employee=doc.name, user_id=user_id, **places, **days).insert().name
	)


def _ways(user_id: str, employee: Document, device: "CAMSDevice | None") -> list[dict[str, str]]:
	claims = identities_of([user_id]).claims_on(user_id)
	others = [claim for claim in claims if claim.employee.name != employee.name]
	current = (employee.attendance_device_id or "").strip()
	fits_company = not (device and device.company) or device.company == employee.company
	ways = []
	if current in ("", user_id) and fits_company and not any(not claim.mapping for claim in others):
		ways.append(OWN)
	places = {DEVICE: device and (device.label or device.name)}
	places |= {BRANCH: device and device.branch, COMPANY: device and device.company}
	narrow = [way for way, name in places.items() if name]
	ways += [*narrow, EVERYWHERE] if others or not fits_company else [EVERYWHERE, *narrow]
	return [{"way": way, "label": _(str(LABELS[way])).format(places.get(way) or "")} for way in ways]


def _employee(name: str) -> Document:
	if not (frappe.db.exists("Employee", name) and frappe.has_permission("Employee", "write", doc=name)):
		frappe.throw(
			_("Choose an employee that you are allowed to change."),
			frappe.PermissionError,
			title=_("Link to Employee"),
		)
	return frappe.get_doc("Employee", name)
