"""`bench --site SITE cams ...`"""

import click
import frappe
from frappe.commands import get_site, pass_context

from navari_cams_biometric.cams_biometric.attendance import history


@click.group()
def cams() -> None:
	"""CAMS biometric devices."""


@cams.command("load-punchlog")
@click.option("--from", "from_date", required=True, help="First day, YYYY-MM-DD, in the site's time zone.")
@click.option("--to", "to_date", required=True, help="Last day, included.")
@click.option("--device", help="Service tag; all enabled devices without it.")
@pass_context
def load_punchlog(context: object, from_date: str, to_date: str, device: str | None) -> None:
	"""Load old punches from the gateway, and say for each device what came."""
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		name = history.start(from_date, to_date, device)
		frappe.db.commit()
		while frappe.db.get_value("CAMS History Load", name, "state") == history.QUEUED:
			history.run(name)
		load = frappe.get_doc("CAMS History Load", name)
		click.echo(f"{name}: {load.state}")
		for row in load.devices:
			click.echo(
				f"{row.service_tag}: {row.state}, asked {row.asked}, received {row.received}, new {row.new_punches},"
				f" already here {row.already_here}, held {row.held}. {row.message or ''}"
			)
		if load.state != history.DONE:
			raise SystemExit(1)
	finally:
		frappe.destroy()


commands = [cams]
