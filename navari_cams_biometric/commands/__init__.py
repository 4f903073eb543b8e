"""`bench --site SITE cams ...`

Exit codes: 0 done, 1 refused, failed or unwell, 2 wrong usage, 3 asked for and still under way.
"""

import click

from navari_cams_biometric.commands.asked import command
from navari_cams_biometric.commands.devices import devices
from navari_cams_biometric.commands.doctor import doctor
from navari_cams_biometric.commands.doors import door
from navari_cams_biometric.commands.history import load_punchlog
from navari_cams_biometric.commands.people import sync_users, users


@click.group()
def cams() -> None:
	"""CAMS biometric devices.

	Exit codes: 0 done, 1 refused, failed or unwell, 2 wrong usage, 3 asked for and still under way.
	"""


for each in (devices, users, sync_users, door, command, load_punchlog, doctor):
	cams.add_command(each)

commands = [cams]
