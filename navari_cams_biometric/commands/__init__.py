"""`bench --site SITE cams ...`

Exit codes: 0 done, 1 refused, failed or unhealthy, 2 wrong usage, 3 in progress.
"""

import click

from navari_cams_biometric.commands.command import command
from navari_cams_biometric.commands.device_list import devices
from navari_cams_biometric.commands.doctor_check import doctor
from navari_cams_biometric.commands.door import door
from navari_cams_biometric.commands.load_punchlog import load_punchlog
from navari_cams_biometric.commands.users import sync_users, users


@click.group()
def cams() -> None:
	"""CAMS biometric devices.

	Exit codes: 0 done, 1 refused, failed or unhealthy, 2 wrong usage, 3 in progress.
	"""


for each in (devices, users, sync_users, door, command, load_punchlog, doctor):
	cams.add_command(each)

commands = [cams]
