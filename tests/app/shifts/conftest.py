"""Shifts, and no devices but those of a test."""

import uuid
from collections.abc import Callable

import frappe
import pytest

from tests.app.inside import other_devices_resting


@pytest.fixture(autouse=True)
def alone(site):
	"""Devices and shifts of other tests would hold the shifts of these, or be moved."""
	with other_devices_resting():
		yield
	for doctype in ("CAMS Shift Release", "CAMS Device Shift", "Shift Type"):
		frappe.db.delete(doctype)
	frappe.db.delete("CAMS Punch", {"state": ["in", ["Queued", "Failed"]]})
	frappe.db.commit()
	frappe.clear_document_cache("Shift Type")


@pytest.fixture
def new_shift() -> Callable[..., str]:
	def create(**values):
		name = f"Shift {uuid.uuid4().hex[:8]}"
		times = {"start_time": "08:00:00", "end_time": "17:00:00", "enable_auto_attendance": 1}
		frappe.new_doc("Shift Type", name=name, **{**times, **values}).insert()
		frappe.db.commit()
		return name

	return create
