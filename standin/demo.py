"""The data that `make serve` and `make demo` start with. All names and keys are invented."""

from __future__ import annotations

SERVICE_TAG = "ZHM1100000001"
AUTH_TOKEN = "demo-auth-token-0123456789abcdef"
API_KEY = "demo-key"
API_SECRET = "demo-secret"
COMPANY = "Demo Company"
EMPLOYEES = {
	"EMP-0001": ("Employee", "One"),
	"EMP-0002": ("Employee", "Two"),
	"EMP-0003": ("Employee", "Three"),
	"EMP-0004": ("Employee", "Four"),
	"EMP-0005": ("Employee", "Five"),
}
# The bodies that the documentation of the callback shows, with the token and the serial of this demo.
REAL_TIME = {
	"RealTime": {
		"OperationID": "9nu1wak5616p",
		"LabelName": "Main Gate",
		"SerialNumber": SERVICE_TAG,
		"PunchLog": {
			"Type": "CheckIn",
			"Temperature": "36.8",
			"FaceMask": False,
			"InputType": "Fingerprint",
			"UserId": "EMP-0001",
			"LogTime": "2024-09-17 08:00:00 GMT +0300",
		},
		"AuthToken": AUTH_TOKEN,
		"Time": "2024-09-17 05:01:00 GMT +0000",
	}
}
BATCH = {
	"PunchLog": {
		"ReturnRowCount": "3",
		"Log": [
			{"Type": "CheckIn", "UserID": "EMP-0001", "LogTime": "2024-09-17 08:00:00 GMT +0300"},
			{"Type": "CheckOut", "UserID": "EMP-0001", "LogTime": "2024-09-17 17:30:00 GMT +0300"},
			{"Type": "CheckIn", "UserID": "EMP-0002", "LogTime": "2024-09-17 08:15:00 GMT +0300"},
		],
	}
}

# Held: somebody unknown, a visitor, and a clock that began again in 2000. With the token this batch needs no button.
HELD = {
	"AuthToken": AUTH_TOKEN,
	"PunchLog": {
		"Log": [
			{"Type": "CheckIn", "UserID": "EMP-0099", "LogTime": "2024-09-18 08:05:00 GMT +0300"},
			{"Type": "CheckIn", "UserID": "VISITOR", "LogTime": "2024-09-18 08:10:00 GMT +0300"},
			{"Type": "CheckIn", "UserID": "EMP-0003", "LogTime": "2000-01-01 00:02:00 GMT +0300"},
		],
	},
}


def load() -> None:
	"""Add what is not there yet: the administrator's key, a company, five employees, the account's token."""
	import frappe  # not above: the constants serve processes without a site too

	administrator = frappe.get_doc("User", "Administrator")
	if not administrator.api_key:
		administrator.update({"api_key": API_KEY, "api_secret": API_SECRET})
		administrator.save()
	if not frappe.db.exists("Company", COMPANY):
		frappe.new_doc(
			"Company", company_name=COMPANY, abbr="DC", default_currency="KES", country="Kenya"
		).insert()
	for device_id, (first_name, last_name) in EMPLOYEES.items():
		if not frappe.db.exists("Employee", {"attendance_device_id": device_id}):
			person = make_person(first_name, last_name, attendance_device_id=device_id)
			frappe.new_doc("Employee", **person).insert()
	settings = frappe.get_doc("CAMS Biometric Settings")
	if not settings.service_tag_id:
		no_gateway = {"check_health": 0, "reconcile_days": 0}
		old_examples = {"oldest_live_punch": 0}
		account = {"service_tag_id": SERVICE_TAG, "auth_token": AUTH_TOKEN}
		settings.update({**account, **no_gateway, **old_examples}).save()
	frappe.db.commit()


def confirm_live_site() -> None:
	"""Press This Is the Live Site, as after any change of the address: the gateway is asked by the live site only."""
	import frappe

	frappe.get_doc("CAMS Biometric Settings").confirm_live_site()


def expect_history() -> None:
	"""Press Expect History on the documented device: the documented batch carries no token."""
	import frappe

	if not frappe.db.exists("CAMS Device", SERVICE_TAG):
		frappe.new_doc("CAMS Device", service_tag=SERVICE_TAG, label="Main Gate").insert()
	frappe.get_doc("CAMS Device", SERVICE_TAG).expect_history()


def make_person(first_name: str, last_name: str, **values: str) -> dict[str, str]:
	"""The values of an Employee."""
	dates = {"date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01"}
	person = {"first_name": first_name, "last_name": last_name, "gender": "Other", "company": COMPANY}
	return {**person, **dates, **values}
