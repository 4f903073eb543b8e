"""The devices and people that are known here, for the gateway API that has no lists of its own."""

import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone

from navari_cams_biometric.cams_biometric.base.states import DeviceUserState
from navari_cams_biometric.gateway.client import Device, User


class KnownRecords:
	"""The client's LocalRecords, from CAMS Device and CAMS Device User."""

	def devices(self) -> Iterable[Device]:
		zone = ZoneInfo(get_system_timezone())
		for row in frappe.get_all(
			"CAMS Device", filters={"enabled": 1}, fields=["name", "label", "connection", "last_reported"]
		):
			yield Device(
				service_tag=row.name,
				label=row.label or "",
				online=row.connection == "Online" if row.connection else None,
				last_seen=get_datetime(row.last_reported).replace(tzinfo=zone) if row.last_reported else None,
			)

	def users(self, service_tag: str) -> Iterable[User]:
		for row in frappe.get_all(
			"CAMS Device User",
			filters={"service_tag": service_tag, "state": DeviceUserState.ON_DEVICE},
			fields=["user_id", "first_name", "last_name", "user_type", "credentials"],
		):
			yield User(
				user_id=row.user_id,
				first_name=row.first_name or "",
				last_name=row.last_name or "",
				user_type=row.user_type or "",
				credentials=tuple((kind, index) for kind, index in json.loads(row.credentials or "[]")),
			)
