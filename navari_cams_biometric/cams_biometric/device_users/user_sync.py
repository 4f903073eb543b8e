"""Read the people whom the gateway lists on a device into CAMS Device User.

Only if the gateway keeps the list: that of Web API 3.0 comes from CAMS Device User itself.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, now_datetime

from navari_cams_biometric.cams_biometric.base import jobs, stored_values
from navari_cams_biometric.cams_biometric.base.device_lookup import find_device
from navari_cams_biometric.cams_biometric.base.error_log import log_once_a_day
from navari_cams_biometric.cams_biometric.base.identities import identities_of
from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.base.states import DeviceUserState
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from navari_cams_biometric.cams_biometric.device_users.device_user_store import USER_SYNC
from navari_cams_biometric.gateway.client import GatewayApi, User
from navari_cams_biometric.gateway.errors import GatewayError

READ = USER_SYNC
TIMEOUT = 30 * 60  # seconds
BATCH = 200  # people in one transaction


def ensure_listable() -> None:
	"""Throw where there is no list to read."""
	queue.ensure_possible("ListUsers")
	if not _has_list():
		words = _("{0} has no list of the people on a device. They become known from its events.")
		frappe.throw(words.format(GatewayApi.WEB_API_3.value), title=_("Not Supported"))


def request_sync(service_tag: str) -> None:
	"""Read the people of a device in the background; the user is notified of the result."""
	job_id = f"cams_people_{service_tag}"
	user = frappe.session.user
	jobs.request_job(READ, job_id, queue="long", timeout=TIMEOUT, service_tag=service_tag, tell=user)


def sync_now(service_tag: str) -> int:
	"""Read the people of a device now; return how many are on it. Commits in batches.

	Throws if the gateway API has no list; raises GatewayError if the gateway does not answer.
	"""
	ensure_listable()
	return _sync(service_tag)[0]


def sync_in_background(service_tag: str, tell: str = "") -> None:
	"""Background job: like `sync_now`, but does nothing if the gateway API has no list, and logs a refusal.

	`tell` is the user to notify of the result.
	"""
	if not _has_list():
		return
	if reason := read_settings().why_paused():
		_show_message(tell, reason)
		return
	try:
		listed, deleted = _sync(service_tag)
	except GatewayError as error:
		log_once_a_day("People of a device", str(error), (READ, service_tag), "CAMS Device", service_tag)
		_show_message(tell, error.sentence)
		return
	words = _("{0} was read. People on the device: {1}. Removed: {2}.")
	_show_message(tell, words.format(service_tag, listed, deleted))


def _sync(service_tag: str) -> tuple[int, int]:
	"""Who is listed is on the device, who is not listed any more is deleted; return how many of each.

	What became known of somebody while the list was on its way counts more than the list.
	"""
	asked_at = now_datetime()
	with read_settings().client() as client:
		users = {user.user_id: user for user in client.list_users(service_tag) if user.user_id}
	_apply(service_tag, users, asked_at)
	deleted = _delete_others(service_tag, users, asked_at)
	stored_values.set_values("CAMS Device", service_tag, {"users_synced_at": now_datetime()})
	frappe.get_doc("CAMS Device", service_tag).notify_update()
	return len(users), deleted


def _has_list() -> bool:
	return read_settings().gateway_api == GatewayApi.REST_V3.value


def _apply(service_tag: str, users: dict[str, User], asked_at: datetime) -> None:
	user_ids, device = sorted(users), find_device(service_tag)
	for first in range(0, len(user_ids), BATCH):
		batch = user_ids[first : first + BATCH]
		people = identities_of(batch)
		for user_id in batch:
			employee = people.who(user_id, device)
			_store_user(service_tag, users[user_id], employee.name if employee else None, asked_at)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit -- releases the locks of this batch of a long list


def _store_user(service_tag: str, user: User, employee: str | None, asked_at: datetime) -> None:
	name = device_user_store.lock_row(service_tag, user.user_id)
	known = frappe.db.get_value("CAMS Device User", name, ["last_updated", "has_photo"], as_dict=True)
	if _is_newer(known.last_updated, asked_at):
		return
	values = {
		"employee": employee,
		"last_updated": now_datetime(),
		"state": DeviceUserState.ON_DEVICE,
		**_sent_names(user),
	}
	if user.credentials is not None:
		values |= device_user_store.credential_counts(user.credentials, bool(known.has_photo))
	stored_values.set_values("CAMS Device User", name, values)


def _sent_names(user: User) -> dict[str, str]:
	"""Without empty names: those were not sent."""
	sent = {"first_name": user.first_name, "last_name": user.last_name, "user_type": user.user_type}
	return {fieldname: stored_values.words_from_outside(value) for fieldname, value in sent.items() if value}


def _delete_others(service_tag: str, users: dict[str, User], asked_at: datetime) -> int:
	rows = frappe.get_all(
		"CAMS Device User",
		filters={"service_tag": service_tag, "state": DeviceUserState.ON_DEVICE},
		fields=["name", "user_id", "last_updated"],
		order_by="user_id asc",
	)
	listed = {stored_values.from_outside(user_id) for user_id in users}
	gone = [row for row in rows if row.user_id not in listed and not _is_newer(row.last_updated, asked_at)]
	for row in gone:
		values = {
			"state": DeviceUserState.DELETED,
			"last_updated": now_datetime(),
			**device_user_store.credential_counts(()),
		}
		stored_values.set_values("CAMS Device User", row.name, values)
	return len(gone)


def _is_newer(last_updated: datetime | str | None, asked_at: datetime) -> bool:
	return bool(last_updated) and get_datetime(last_updated) >= asked_at


def _show_message(user: str, words: str) -> None:
	if user:
		frappe.publish_realtime("msgprint", escape_html(words), user=user)
