"""From when on a device is known: since it first reported, or since the first of the days whose history was loaded."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import getdate

from navari_cams_biometric.cams_biometric.base.states import LoadDeviceState

Days = tuple[date, date]


def known_since(devices: list[frappe._dict], begins: Iterable[date | None]) -> dict[str, datetime]:
	"""By service tag, for devices that first reported later than some shift begins. Devices that reported before this was
	noted are known since ever."""
	first = min((day for day in begins if day), default=None)
	late = [
		device
		for device in devices
		if first and device.first_reported and device.first_reported.date() > first
	]
	if not late:
		return {}
	loaded = _loaded([device.name for device in late])
	return {device.name: _extended(device, loaded.get(device.name, [])) for device in late}


def _extended(device: frappe._dict, loaded: list[Days]) -> datetime:
	spans = [*loaded]
	if device.history_complete and device.history_from and device.history_to:
		spans.append((getdate(device.history_from), getdate(device.history_to)))
	since = device.first_reported
	for first, last in sorted(spans, key=lambda span: span[1], reverse=True):
		if first < since.date() <= last + timedelta(days=int(since.time() == time.min)):
			since = datetime.combine(first, time.min)
	return since


def _loaded(service_tags: list[str]) -> dict[str, list[Days]]:
	load, row = frappe.qb.DocType("CAMS History Load"), frappe.qb.DocType("CAMS History Load Device")
	rows = (
		frappe.qb.from_(row)
		.join(load)
		.on(load.name == row.parent)
		.select(row.service_tag, load.from_date, load.to_date)
		.where(row.service_tag.isin(service_tags) & (row.state == LoadDeviceState.DONE))
		.run(as_dict=True)
	)
	found: dict[str, list[Days]] = {}
	for each in rows:
		found.setdefault(each.service_tag, []).append((getdate(each.from_date), getdate(each.to_date)))
	return found
