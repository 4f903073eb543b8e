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
			frappe.new_doc("Employee", **_employee(device_id, first_name, last_name)).insert()
	settings = frappe.get_doc("CAMS Biometric Settings")
	if not settings.service_tag_id:
		no_gateway = {"check_health": 0, "reconcile_days": 0}
		settings.update({"service_tag_id": SERVICE_TAG, "auth_token": AUTH_TOKEN, **no_gateway}).save()
	frappe.db.commit()


def _employee(device_id: str, first_name: str, last_name: str) -> dict[str, str]:
	return {
		"first_name": first_name,
		"last_name": last_name,
		"gender": "Other",
		"date_of_birth": "1990-01-01",
		"date_of_joining": "2020-01-01",
		"company": COMPANY,
		"attendance_device_id": device_id,
	}
