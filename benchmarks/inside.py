"""Scripts of this folder in a bench's own Python, as a worker has it."""

import subprocess
from pathlib import Path

from tests.bench.bench_site import BenchSite


def run_inside(site: BenchSite, script: str, *arguments: str) -> str:
	"""What it printed. Raises RuntimeError where it failed."""
	path = Path(__file__).with_name(script)
	command = [site.python, str(path), site.name, *arguments]
	done = subprocess.run(
		command, cwd=site.path / "sites", env=site.environment, capture_output=True, text=True
	)
	if done.returncode:
		raise RuntimeError(done.stderr[-4000:])
	return done.stdout
