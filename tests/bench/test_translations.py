"""locale/main.pot, from which translations are made, has every text of the app and no other."""

import re
import shutil
import subprocess
from pathlib import Path

import navari_cams_biometric
from tests.bench import make_pot
from tests.bench.bench_site import PROJECT

POT = Path(navari_cams_biometric.__file__).parent / "locale" / "main.pot"
ENTRY = re.compile(r'^(?:msgctxt ((?:".*"\n)+))?msgid ((?:".*"\n)+)', re.MULTILINE)


def texts(pot):
	"""(context, text) of each entry; a text that is folded over several lines is one."""
	return {
		tuple("".join(re.findall(r'"(.*)"\n', part)) for part in entry)
		for entry in ENTRY.findall(pot.read_text(encoding="utf-8"))
	}


def test_the_file_is_as_frappes_own_command_makes_it(bench_site):
	copy = bench_site.path / "archived" / "cams-test-pot"
	try:
		command = [bench_site.python, make_pot.__file__, bench_site.name, str(PROJECT), str(copy)]
		done = subprocess.run(
			command, cwd=bench_site.path / "sites", env=bench_site.environment, capture_output=True, text=True
		)
		assert done.returncode == 0, done.stderr
		made, known = texts(Path(done.stdout.split()[-1])), texts(POT)
	finally:
		shutil.rmtree(copy, ignore_errors=True)
	assert len(known) > 500
	assert (sorted(made - known), sorted(known - made)) == ([], []), "run: bench generate-pot-file"
