"""Everybody on a device, as the gateway lists them, brought into CAMS Device User."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from navari_cams_biometric.cams_biometric.attendance import inbox
from navari_cams_biometric.cams_biometric.devices import mirror
from navari_cams_biometric.gateway.client import GatewayApi, User


def sync(service_tag: str) -> int:
	"""Ask the gateway who is on the device and note it; return how many are.

	Whoever is not listed is no longer there. Throws where the gateway API has no list: the client would read
	this site's own. Raises GatewayError where the gateway does not tell.
	"""
	settings = frappe.get_cached_doc("CAMS Biometric Settings")
	if settings.gateway_api != GatewayApi.REST_V3.value:
		words = _("{0} has no list of the people on a device. What is known of them comes from its events.")
		frappe.throw(words.format(settings.gateway_api), title=_("Not Supported"))
	began_at = now_datetime()
	with settings.client() as client:
		listed = [user for user in client.list_users(service_tag) if user.user_id]
	for user in listed:
		mirror.put(service_tag, user.user_id, **_values(user))
	_remove_others(service_tag, {inbox.cut(user.user_id) for user in listed}, began_at)
	mirror.set_values("CAMS Device", service_tag, {"users_synced_at": began_at})
	return len(listed)


def _values(user: User) -> dict[str, object]:
	values = {
		"first_name": inbox.cut(user.first_name),
		"last_name": inbox.cut(user.last_name),
		"user_type": inbox.cut(user.user_type),
	}
	if user.credentials is None:
		return values
	counts = mirror.counts(user.credentials)
	return {**values, **{name: count for name, count in counts.items() if name != "has_photo"}}


def _remove_others(service_tag: str, user_ids: set[str], began_at: object) -> None:
	"""Whoever a device told of while the list was read stays."""
	known = {"service_tag": service_tag, "state": mirror.ON_DEVICE, "told_at": ["<", began_at]}
	for user_id in frappe.get_all("CAMS Device User", filters=known, pluck="user_id", order_by="user_id"):
		if user_id not in user_ids:
			mirror.remove(service_tag, user_id)
