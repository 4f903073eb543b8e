"""What HR does in the Desk with employees on devices.

Up to `enrolment.AT_ONCE` employees are asked for within the request, more by a background job with progress. What
holds a secret (a PIN, a card number, a template) is for one employee and never goes into a job. An `employees`
or `devices` argument is a list, a list as JSON, or one name.
"""

from collections import Counter
from typing import TYPE_CHECKING

import frappe
from frappe import _

from navari_cams_biometric.cams_biometric.base import device_lookup
from navari_cams_biometric.cams_biometric.base.gateway_questions import gateway_client
from navari_cams_biometric.cams_biometric.base.identities import user_ids_of
from navari_cams_biometric.cams_biometric.base.permissions import PEOPLE, ensure_may
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY, CommandState
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import device_user_store, enrolment, user_sync
from navari_cams_biometric.cams_biometric.device_users.device_user_store import CREDENTIAL_COUNTS
from navari_cams_biometric.gateway.client import GatewayApi
from navari_cams_biometric.gateway.errors import NotFoundError

if TYPE_CHECKING:
	from navari_cams_biometric.cams_biometric.doctype.cams_biometric_settings.cams_biometric_settings import (
		CAMSBiometricSettings,
	)


Names = list[str] | str
Asked = dict[str, int | bool]
LAST_COMMANDS = 5
OPERATIONS = (
	"AddUser",
	"UpdateUser",
	"DeleteUser",
	"ResendUser",
	"EnrollCard",
	"SetUserPassword",
	"EnrollFingerprint",
	"EnrollFace",
	"CopyUsers",
	"FindUser",
	"ListUserDevices",
)


@frappe.whitelist(methods=["POST"])
def enrol(employees: Names, devices: Names | None = None, reason: str = "") -> Asked:
	"""Put employees on devices; without a choice on the enabled ones of each one's branch.

	Returns, as all that send commands do, `commands` (how many), and `in_background` if a job records them.
	"""
	return _request_for_employees("AddUser", employees, devices, reason)


@frappe.whitelist(methods=["POST"])
def update(employees: Names, devices: Names | None = None, reason: str = "") -> Asked:
	"""Send the names again; without a choice to the devices that the person is on."""
	return _request_for_employees("UpdateUser", employees, devices, reason)


@frappe.whitelist(methods=["POST"])
def remove(employees: Names, reason: str, devices: Names | None = None) -> Asked:
	"""Take employees off devices; without a choice off all, whatever is known here."""
	return _request_for_employees("DeleteUser", employees, devices, queue.required_reason(reason))


@frappe.whitelist(methods=["POST"])
def resend(employees: Names, devices: Names | None = None, reason: str = "") -> Asked:
	"""Let the gateway deliver a person's data to the device once more."""
	return _request_for_employees("ResendUser", employees, devices, reason)


@frappe.whitelist(methods=["POST"])
def set_card(employees: Names, secret: str, devices: Names | None = None, reason: str = "") -> Asked:
	"""Give an employee a card. `secret` is its number."""
	if not secret.strip():
		frappe.throw(_("Enter the number of the card."), title=_("Card"))
	return _request_for_employees("EnrollCard", employees, devices, reason, secret.strip())


@frappe.whitelist(methods=["POST"])
def set_pin(employees: Names, secret: str, devices: Names | None = None, reason: str = "") -> Asked:
	"""Set the PIN that an employee types in on the device."""
	if not (secret.isascii() and secret.isdigit()):
		frappe.throw(_("Enter a PIN of digits only."), title=_("PIN"))
	return _request_for_employees("SetUserPassword", employees, devices, reason, secret)


@frappe.whitelist(methods=["POST"])
def start_fingerprint(
	employees: Names,
	devices: Names,
	index: int = 0,
	secret: str = "",
	reason: str = "",
) -> Asked:
	"""Let the device ask the person for a finger, 0 to 9; or put a template there, `secret` in base64."""
	if int(index) not in enrolment.FINGERS:
		frappe.throw(_("Choose a finger from 0 to 9."), title=_("Fingerprint"))
	if not secret:
		_ensure_device_can_ask(_("a template"))
	return _request_for_employees(
		"EnrollFingerprint", employees, devices, reason, enrolment.as_template(secret), index=int(index)
	)


@frappe.whitelist(methods=["POST"])
def start_face(employees: Names, devices: Names, with_picture: bool = False, reason: str = "") -> Asked:
	"""Let the device take the person's face, or send it the employee's picture."""
	if not with_picture:
		_ensure_device_can_ask(_("the employee's picture"))
		return _request_for_employees("EnrollFace", employees, devices, reason)
	enrolment.ensure_picture(_permitted_employees("EnrollFace", employees))
	return _request_for_employees("EnrollFace", employees, devices, reason, photo="employee")


@frappe.whitelist(methods=["POST"])
def copy(employees: Names, source: str, targets: Names, reason: str = "") -> Asked:
	"""Copy employees with their fingerprints, faces and cards from one device to others."""
	chosen = _permitted_employees("CopyUsers", employees)
	tags = [tag for tag in _permitted_devices(targets) if tag != source]
	if not (_permitted_devices(source) and tags):
		frappe.throw(_("Choose a target device other than the source."), title=_("No Device"))
	enrolment.ensure_device_ids(chosen)
	return _queued_result(enrolment.copy(chosen, source, tags, reason))


@frappe.whitelist(methods=["POST"])
def find(employee: str) -> dict[str, object] | None:
	"""Ask the gateway who has this employee's device id: names, type, counts of credentials. None: nobody."""
	[person] = _employee_in_question("FindUser", employee)
	with gateway_client() as client:
		try:
			user = client.find_user(enrolment.any_device_id(person), credentials=True)
		except NotFoundError:
			return None
	return {
		"user_id": user.user_id,
		"name": f"{user.first_name} {user.last_name}".strip(),
		"user_type": user.user_type,
		"credentials": dict(Counter(kind for kind, _index in user.credentials or ())),
	}


@frappe.whitelist(methods=["POST"])
def where(employee: str) -> list[dict[str, str]]:
	"""Ask the gateway which devices know this employee; their service tags and labels."""
	[person] = _employee_in_question("ListUserDevices", employee)
	with gateway_client() as client:
		try:
			tags = client.list_user_devices(enrolment.any_device_id(person))
		except NotFoundError:
			return []
	labels = device_lookup.device_labels()
	return [{"service_tag": tag, "label": labels.get(tag) or tag} for tag in tags]


@frappe.whitelist(methods=["POST"])
def on_devices(employee: str) -> dict[str, object]:
	"""What is known here of an employee on devices, for the form: nothing is sent.

	`rows` are the devices that know or knew the person, `commands` the last that are open or failed,
	`devices` those to choose from, `unavailable` maps an operation to the reason why it cannot be asked for.
	"""
	frappe.has_permission("CAMS Device User", "read", throw=True)
	doc = frappe.get_doc("Employee", employee)
	doc.check_permission("read")
	settings = read_settings()
	return {
		"user_id": enrolment.any_device_id(doc),
		"rows": _device_rows(employee),
		"commands": _recent_commands(employee),
		"devices": _device_choices(),
		"unavailable": _unavailable(settings),
		"device_asks": settings.gateway_api == GatewayApi.REST_V3.value,
		"may_send": bool(set(PEOPLE) & set(frappe.get_roles()) and doc.has_permission("write")),
	}


@frappe.whitelist(methods=["POST"])
def sync_users(service_tag: str | None = None) -> int:
	"""Read who is on a device, or on all enabled ones, from the gateway; returns how many devices are read."""
	ensure_may("ListUsers")
	user_sync.ensure_listable()
	tags = _permitted_devices(service_tag) if service_tag else _enabled_devices()
	for tag in tags:
		user_sync.request_sync(tag)
	return len(tags)


@frappe.whitelist(methods=["POST"])
def remove_users(names: Names, reason: str) -> Asked:
	"""Take the people of these CAMS Device Users off their devices, whether or not they are employees."""
	return _request_for_users("DeleteUser", names, queue.required_reason(reason))


@frappe.whitelist(methods=["POST"])
def resend_users(names: Names, reason: str = "") -> Asked:
	"""Let the gateway deliver these CAMS Device Users to their devices once more."""
	return _request_for_users("ResendUser", names, reason)


def _request_for_employees(
	operation: str,
	employees: Names,
	devices: Names | None,
	reason: str,
	secret: str = "",
	**arguments: object,
) -> Asked:
	chosen = _permitted_employees(operation, employees)
	tags = _permitted_devices(devices) if devices else []
	if secret and len(chosen) > 1:
		frappe.throw(
			_("Choose one employee: a card, a PIN or a template is for one."), title=_("One Employee")
		)
	enrolment.ensure_usable(operation, chosen, tags)
	if len(chosen) > enrolment.AT_ONCE:
		enrolment.request_in_background(operation, chosen, tags, reason, **arguments)
		return {"commands": 0, "in_background": True}
	asked = [
		enrolment.add_commands(
			operation, person, enrolment.devices_for(operation, person, tags), reason, secret, **arguments
		)
		for person in chosen
	]
	return _queued_result([name for names in asked for name in names])


def _request_for_users(operation: str, names: Names, reason: str) -> Asked:
	ensure_may(operation)
	wanted = {"name": ["in", _as_names(names)]}
	fields = ["user_id", "service_tag", "employee as name", "first_name", "last_name"]
	users = frappe.get_list(
		"CAMS Device User", filters=wanted, fields=fields, order_by="user_id asc", limit_page_length=0
	)
	queue.ensure_possible(operation)
	asked = [enrolment.add_commands(operation, user, [user.service_tag], reason) for user in users]
	return _queued_result([name for names in asked for name in names])


def _queued_result(names: list[str]) -> Asked:
	return {"commands": len(names), "in_background": False}


def _permitted_employees(operation: str, employees: Names) -> list[frappe._dict]:
	"""These employees, all of whom the user may change. Throws where that is not so."""
	ensure_may(operation)
	frappe.has_permission("Employee", "write", throw=True)
	names = _as_names(employees)
	found = frappe.get_list(
		"Employee",
		filters={"name": ["in", names]},
		fields=list(enrolment.FIELDS),
		order_by="name asc",
		limit_page_length=0,
	)
	if not names or len(found) < len(names):
		frappe.throw(
			_("Choose employees that you are allowed to change."), frappe.PermissionError, _("Employees")
		)
	return found


def _employee_in_question(operation: str, employee: str) -> list[frappe._dict]:
	chosen = _permitted_employees(operation, employee)
	enrolment.ensure_device_ids(chosen)
	return chosen


def _permitted_devices(given: Names) -> list[str]:
	"""These devices, all of which the user may see. Throws where that is not so."""
	tags = _as_names(given)
	found = frappe.get_list(
		"CAMS Device",
		filters={"name": ["in", tags]},
		pluck="name",
		order_by="name asc",
		limit_page_length=0,
	)
	if len(found) < len(tags):
		frappe.throw(_("Choose devices that you have access to."), frappe.PermissionError, _("Devices"))
	return found


def _enabled_devices() -> list[str]:
	return frappe.get_list(
		"CAMS Device", filters={"enabled": 1}, pluck="name", order_by="name asc", limit_page_length=0
	)


def _as_names(given: Names) -> list[str]:
	if isinstance(given, str):
		given = frappe.parse_json(given) if given.startswith("[") else [given]
	return list(dict.fromkeys(name for name in given if name))


def _ensure_device_can_ask(what: str) -> None:
	api = read_settings().gateway_api
	if api != GatewayApi.REST_V3.value:
		words = _("With {0} a device cannot ask for a finger or a face. Send {1} instead.")
		frappe.throw(words.format(api, what), title=_("Not Supported"))


def _device_rows(employee: str) -> list[dict[str, object]]:
	labels = device_lookup.device_labels()
	shown = ("service_tag", "state", "last_updated", "has_photo", *CREDENTIAL_COUNTS.values())
	return [
		{"label": labels.get(row.service_tag) or row.service_tag, **{name: row[name] for name in shown}}
		for row in device_user_store.rows_of(user_ids_of(employee), employee)
	]


def _recent_commands(employee: str) -> list[frappe._dict]:
	"""None for those who may not read commands."""
	if not frappe.has_permission("CAMS Command", "read"):
		return []
	labels = device_lookup.device_labels()
	found = frappe.get_all(
		"CAMS Command",
		filters={
			"employee": employee,
			"state": ["in", [CommandState.QUEUED, *COMMANDS_UNDER_WAY, CommandState.FAILED]],
		},
		fields=["name", "operation", "service_tag", "state", "outcome_unknown", "outcome", "creation"],
		order_by="creation desc, name desc",
		limit=LAST_COMMANDS,
	)
	return [row.update(label=labels.get(row.service_tag) or row.service_tag) for row in found]


def _device_choices() -> list[frappe._dict]:
	return frappe.get_list(
		"CAMS Device",
		fields=["name as service_tag", "label", "branch", "enabled"],
		order_by="label asc, name asc",
		limit_page_length=0,
	)


def _unavailable(settings: "CAMSBiometricSettings") -> dict[str, str]:
	reasons = {operation: queue.why_impossible(operation, settings) for operation in OPERATIONS}
	return {operation: reason for operation, reason in reasons.items() if reason}
