"""`cams load-punchlog`"""

import click
import frappe

from navari_cams_biometric.cams_biometric.base.states import LoadState
from navari_cams_biometric.cams_biometric.history import loads
from navari_cams_biometric.commands.terminal import DONE, FAILED, on_site


@click.command("load-punchlog")
@click.option("--from", "from_date", required=True, help="First day, YYYY-MM-DD, in the site's time zone.")
@click.option("--to", "to_date", required=True, help="Last day, included.")
@click.option("--device", help="Service tag; all enabled devices without it.")
@on_site
def load_punchlog(from_date: str, to_date: str, device: str | None) -> int:
	"""Load old punches from the gateway, and say for each device what came."""
	name = loads.start(from_date, to_date, device)
	frappe.db.commit()  # nosemgrep: frappe-manual-commit -- run() reads the load that is stored
	while frappe.db.get_value("CAMS History Load", name, "state") == LoadState.QUEUED:
		loads.run(name)
	load = frappe.get_doc("CAMS History Load", name)
	click.echo(f"{name}: {load.state}")
	for row in load.devices:
		click.echo(
			f"{row.service_tag}: {row.state}, asked {row.asked}, received {row.received}, new {row.new_punches},"
			f" already here {row.already_here}, held {row.held}. {row.message or ''}"
		)
	return DONE if load.state == LoadState.DONE else FAILED
