"""Run Frappe's `bench generate-pot-file` for a copy of this project: it wants the app as a folder below the bench, and
the tests' bench has a link. In the bench's `sites` folder, by its Python: make_pot.py SITE PROJECT COPY; prints the
path of the file."""

import shutil
import subprocess
import sys
from pathlib import Path

APP = "navari_cams_biometric"


def copy_of(project: Path, copy: Path) -> None:
	shutil.rmtree(copy, ignore_errors=True)
	listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
	names = subprocess.run(
		listed, cwd=project, check=True, capture_output=True, text=True
	).stdout.splitlines()
	for name in names:
		if (project / name).is_file():
			(copy / name).parent.mkdir(parents=True, exist_ok=True)
			shutil.copy(project / name, copy / name)
	subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)  # Frappe asks git what is ignored


def main(site: str, project: str, copy: str) -> None:
	copy_of(Path(project), Path(copy))
	sys.path.insert(0, copy)
	import frappe
	from frappe.gettext.translate import generate_pot, get_pot_path

	frappe.init(site=site)
	generate_pot(APP)
	print(get_pot_path(APP))


if __name__ == "__main__":
	main(*sys.argv[1:])
