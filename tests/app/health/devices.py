"""Devices as the site knows them, and what the gateway was asked."""

import frappe
from frappe.utils import now_datetime

SETTINGS = "CAMS Biometric Settings"
NOTIFICATION_LOG = "frappe.desk.doctype.notification_log.notification_log"


class Clock:
	"""What the health check takes for now."""

	def __init__(self):
		self.now = now_datetime()

	def __call__(self):
		return self.now


def form(tag):
	"""What the buttons of the form call."""
	return frappe.get_doc("CAMS Device", tag)


def settings():
	return frappe.get_doc(SETTINGS)


def device(tag):
	return frappe.db.get_value("CAMS Device", tag, "*", as_dict=True)


def state(tag):
	"""(health, all problems)"""
	found = device(tag)
	return found.health, found.problems


def set_device(tag, **values):
	frappe.db.set_value("CAMS Device", tag, values)
	frappe.db.commit()


def asked(gateway, operation, tag=None):
	return [
		request
		for request in gateway.received
		if request.operation == operation and tag in (None, request.arguments.get("ServiceTag"))
	]
