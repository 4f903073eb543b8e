"""The only devices of a site, a clock that can be moved, and the notices that were sent."""

import sys
from datetime import timedelta
from types import ModuleType

import frappe
import pytest

from navari_cams_biometric.cams_biometric.devices import device_fields, health
from tests.app.health.devices import NOTIFICATION_LOG, SETTINGS, Clock
from tests.app.inside import other_devices_resting


@pytest.fixture
def clock(monkeypatch):
	clock = Clock()
	for module in (health, device_fields):
		monkeypatch.setattr(module, "now_datetime", clock)
	return clock


@pytest.fixture
def later(gateway, clock):
	"""Let time pass, here and at the gateway."""

	def pass_by(**span):
		clock.now += timedelta(**span)
		gateway.tick(timedelta(**span).total_seconds())

	return pass_by


@pytest.fixture(autouse=True)
def only_these(gateway, tags):
	"""Devices of other tests are not looked after."""
	with other_devices_resting(tags):
		yield


@pytest.fixture
def notices(monkeypatch):
	"""The notices that were written, each as (subject, users' addresses, message)."""
	written = []

	def make_notification_logs(doc, users):
		assert (doc.type, doc.document_type) == ("", "CAMS Device")
		written.append((doc.subject, users, doc.email_content))

	parts = NOTIFICATION_LOG.split(".")
	for length in range(2, len(parts) + 1):
		monkeypatch.setitem(sys.modules, ".".join(parts[:length]), ModuleType(parts[length - 1]))
	sys.modules[NOTIFICATION_LOG].make_notification_logs = make_notification_logs
	settings = frappe.get_doc(SETTINGS)
	settings.append("health_recipients", {"user": "Administrator"})
	settings.save()
	frappe.db.commit()
	yield written
	frappe.db.rollback()
	settings.reload()
	settings.set("health_recipients", [])
	settings.save()
	frappe.db.commit()


@pytest.fixture
def configure():
	"""Change Settings for this test."""
	before = {}

	def change(**values):
		settings = frappe.get_doc(SETTINGS)
		before.update({name: settings.get(name) for name in values if name not in before})
		settings.update(values).save()
		frappe.db.commit()

	yield change
	if before:
		frappe.db.rollback()
		frappe.get_doc(SETTINGS).update(before).save()
		frappe.db.commit()
