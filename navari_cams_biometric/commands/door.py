"""`cams door`"""

from dataclasses import asdict

import click

from navari_cams_biometric.cams_biometric.base.settings import read_settings
from navari_cams_biometric.cams_biometric.command_queue import queue
from navari_cams_biometric.commands.command import follow, wait
from navari_cams_biometric.commands.terminal import DONE, as_json, known_device, on_site, show_record

PATIENCE_SECONDS = 20.0
OPERATIONS = {"open": "OpenDoor", "lock": "LockDoor"}


@click.command()
@click.argument("action", type=click.Choice(["open", "lock", "status"]))
@click.option("--device", required=True, help="Service tag.")
@click.option("--door", type=click.IntRange(min=1), default=1, show_default=True, help="Number of the door.")
@click.option("--reason", default="", help="Why; kept with the command. Needed to open or lock.")
@wait
@as_json
@on_site
def door(action: str, device: str, door: int, reason: str, wait: float, as_json: bool) -> int:
	"""Open or lock a door, or read its state."""
	if action in OPERATIONS and not reason.strip():
		raise click.UsageError("Say why: --reason TEXT")
	service_tag = known_device(device)
	if action == "status":
		show_record(_status(service_tag, door), as_json)
		return DONE
	told = f"From the command line: {reason.strip()}"
	name = queue.add_command(OPERATIONS[action], service_tag, reason=told, door=door)
	return follow(name, wait, as_json)


def _status(service_tag: str, door: int) -> dict:
	settings = read_settings()
	with settings.client(attempts=1, timeout=PATIENCE_SECONDS) as client:
		return asdict(client.get_door_status(service_tag, door))
