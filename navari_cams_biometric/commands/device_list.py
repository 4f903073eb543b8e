"""`cams devices`"""

import click
import frappe

from navari_cams_biometric.cams_biometric.base.states import Health
from navari_cams_biometric.cams_biometric.devices import health
from navari_cams_biometric.commands.terminal import DONE, FAILED, as_json, on_site, show_rows

COLUMNS = {
	"service_tag": "Service Tag",
	"label": "Label",
	"online": "Online",
	"condition": "Health",
	"last_reported": "Last Reported",
	"last_punch": "Last Punch",
	"queue_depth": "Queue",
	"clock_skew": "Skew (s)",
}
FIELDS = [
	"name",
	"label",
	"enabled",
	"connection",
	"health",
	"problems",
	"health_note",
	"health_at",
	"last_reported",
	"last_punch",
	"last_seen",
	"queue_depth",
	"clock_skew",
	"clock_skew_at",
	"licence_until",
]


@click.command()
@click.option("--refresh", is_flag=True, help="Ask the gateway about the enabled devices first.")
@click.option("--fail-unhealthy", is_flag=True, help="End with 1 if an enabled device is not Well.")
@as_json
@on_site
def devices(refresh: bool, fail_unhealthy: bool, as_json: bool) -> int:
	"""List the devices and how they are. A clock's skew is in seconds, a minus means behind."""
	outage = health.check_all() if refresh else ""
	if outage:
		click.echo(outage, err=True)
	found = frappe.get_all("CAMS Device", fields=FIELDS, order_by="name")
	show_rows([_device_row(device) for device in found], COLUMNS, as_json, "There is no CAMS Device yet.")
	unhealthy = any(device.enabled and device.health != Health.HEALTHY for device in found)
	return FAILED if outage or (fail_unhealthy and unhealthy) else DONE


def _device_row(device: frappe._dict) -> dict:
	return {
		"service_tag": device.name,
		"label": device.label,
		"enabled": bool(device.enabled),
		"online": device.connection == "Online" if device.connection else None,
		"health": device.health or None,
		"condition": (device.health or "?") if device.enabled else "Disabled",
		"problems": [problem for problem in (device.problems or "").split(",") if problem],
		"note": device.health_note or "",
		"checked_at": device.health_at,
		"last_reported": device.last_reported,
		"last_punch": device.last_punch,
		"last_seen": device.last_seen,
		"queue_depth": device.queue_depth,
		"clock_skew": device.clock_skew if device.clock_skew_at else None,
		"licence_until": device.licence_until,
	}
