"""`cams doctor`"""

import click

from navari_cams_biometric.cams_biometric import doctor as examination
from navari_cams_biometric.commands.terminal import DONE, FAILED, as_json, on_site, show_rows

COLUMNS = {"state": "State", "check": "Check", "sentence": "What Was Found", "remedy": "What to Do"}


@click.command()
@click.option("--fail-warning", is_flag=True, help="End with 1 on a warning too.")
@as_json
@on_site
def doctor(fail_warning: bool, as_json: bool) -> int:
	"""Examine the whole chain, from the gateway to attendance. Ends with 1 where something must be fixed."""
	findings = examination.examine()
	show_rows([finding.as_dict() for finding in findings], COLUMNS, as_json, "Nothing was examined.")
	bad = (examination.ERROR, examination.WARNING) if fail_warning else (examination.ERROR,)
	return FAILED if examination.worst(findings) in bad else DONE
