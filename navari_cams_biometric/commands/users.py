"""`cams users` and `cams sync-users`"""

import click
import frappe

from navari_cams_biometric.cams_biometric.base.states import DeviceUserState
from navari_cams_biometric.cams_biometric.device_users import user_sync
from navari_cams_biometric.cams_biometric.device_users.device_user_store import CREDENTIAL_COUNTS
from navari_cams_biometric.commands.terminal import (
	DONE,
	FAILED,
	as_json,
	known_device,
	on_site,
	show_rows,
)
from navari_cams_biometric.gateway.errors import GatewayError

USER_COLUMNS = {
	"user_id": "User ID",
	"name": "Name",
	"user_type": "Type",
	**{fieldname: fieldname.capitalize() for fieldname in CREDENTIAL_COUNTS.values()},
	"photo": "Photo",
	"employee": "Employee",
	"employee_name": "Employee Name",
	"employee_status": "Status",
}
SYNC_COLUMNS = {"service_tag": "Service Tag", "people": "People", "error": "Error"}


@click.command()
@click.option("--device", required=True, help="Service tag.")
@click.option("--refresh", is_flag=True, help="Ask the gateway who is on it first.")
@as_json
@on_site
def users(device: str, refresh: bool, as_json: bool) -> int:
	"""List who is on a device, with how many credentials, and which employee that is."""
	service_tag = known_device(device)
	if refresh:
		user_sync.sync_now(service_tag)
	show_rows(_people(service_tag), USER_COLUMNS, as_json, "Nobody is known to be on this device.")
	return DONE


@click.command("sync-users")
@click.option("--device", help="Service tag; all enabled devices without it.")
@as_json
@on_site
def sync_users(device: str | None, as_json: bool) -> int:
	"""Ask the gateway who is on a device, and bring CAMS Device User up to date."""
	enabled = {"enabled": 1}
	tags = [known_device(device)] if device else frappe.get_all("CAMS Device", enabled, pluck="name")
	rows = [_sync(tag) for tag in sorted(tags)]
	show_rows(rows, SYNC_COLUMNS, as_json, "There is no enabled CAMS Device yet.")
	return FAILED if any(row["error"] for row in rows) else DONE


def _sync(service_tag: str) -> dict:
	"""One device that fails does not keep the others from it."""
	try:
		people = user_sync.sync_now(service_tag)
		frappe.db.commit()
	except GatewayError as error:
		frappe.db.rollback()
		return {"service_tag": service_tag, "people": None, "error": str(error)}
	return {"service_tag": service_tag, "people": people, "error": ""}


def _people(service_tag: str) -> list[dict]:
	rows = frappe.get_all(
		"CAMS Device User",
		filters={"service_tag": service_tag, "state": DeviceUserState.ON_DEVICE},
		fields=["*"],
		order_by="user_id",
	)
	names = sorted({row.employee for row in rows if row.employee})
	employees = {
		employee.name: employee
		for employee in frappe.get_all(
			"Employee",
			filters={"name": ["in", names or [""]]},
			fields=["name", "employee_name", "status"],
			order_by="name",
		)
	}
	return [_user_row(row, employees.get(row.employee) or frappe._dict()) for row in rows]


def _user_row(row: frappe._dict, employee: frappe._dict) -> dict:
	return {
		"user_id": row.user_id,
		"name": f"{row.first_name or ''} {row.last_name or ''}".strip(),
		"user_type": row.user_type or "",
		**{fieldname: row[fieldname] for fieldname in CREDENTIAL_COUNTS.values()},
		"photo": bool(row.has_photo),
		"employee": row.employee,
		"employee_name": employee.employee_name,
		"employee_status": employee.status,
		"last_updated": row.last_updated,
	}
