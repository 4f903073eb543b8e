"""Commands and people on devices, as the site has them."""

import frappe
from frappe.utils import add_to_date, now_datetime

from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.cams_biometric.device_users import device_user_store

SETTINGS = "CAMS Biometric Settings"


def recorded(tags, **filters):
	"""(operation, device, user id) of the commands, oldest first."""
	rows = frappe.get_all(
		"CAMS Command",
		filters={"service_tag": ["in", tags], **filters},
		fields=["operation", "service_tag", "user_id"],
		order_by="creation asc, name asc",
	)
	return [(row.operation, row.service_tag, row.user_id) for row in rows]


def the_command(**filters):
	[name] = frappe.get_all("CAMS Command", filters=filters, pluck="name")
	return frappe.get_doc("CAMS Command", name)


def sent(gateway, operation):
	return [request.arguments for request in gateway.received if request.operation == operation]


def carry_out(gateway, run_jobs):
	"""Let the workers send, the devices do, and the scheduler learn of it."""
	run_jobs()
	gateway.tick(15)
	for name in frappe.get_all(
		"CAMS Command", filters={"service_tag": ["in", list(gateway.world.devices)]}, pluck="name"
	):
		make_due(name)
	queue.sweep()
	run_jobs()


def make_due(name):
	state = frappe.db.get_value("CAMS Command", name, "state")
	if state in ("Queued", "Sent", "Waiting for Device"):
		frappe.db.set_value("CAMS Command", name, "due_at", add_to_date(now_datetime(), minutes=-1))
	frappe.db.commit()


def known(tag, user_id):
	fields = ["state", "first_name", "user_type", "fingerprints", "cards", "employee"]
	return frappe.db.get_value(
		"CAMS Device User", device_user_store.row_name(tag, user_id), fields, as_dict=True
	)


def put(tag, employee, **values):
	device_user_store.mark_on_device(tag, employee.attendance_device_id, **values)
	frappe.db.commit()
