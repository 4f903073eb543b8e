"""Scripts of this folder in a bench's own Python, as a worker has it."""

import subprocess
import sys
from pathlib import Path

from tests.bench.bench_site import BenchSite


def run_inside(site: BenchSite, script: str, *arguments: str) -> str:
	"""What it printed. Raises RuntimeError where it failed."""
	done = _run(site, script, arguments, stdout=subprocess.PIPE)
	return done.stdout


def show_inside(site: BenchSite, script: str, *arguments: str) -> None:
	"""The same, and what it prints is seen at once."""
	sys.stdout.flush()
	_run(site, script, arguments, stdout=None)


def _run(
	site: BenchSite, script: str, arguments: tuple[str, ...], stdout: int | None
) -> subprocess.CompletedProcess[str]:
	command = [site.python, "-u", str(Path(__file__).with_name(script)), site.name, *arguments]
	done = subprocess.run(
		command,
		cwd=site.path / "sites",
		env=site.environment,
		stdout=stdout,
		stderr=subprocess.PIPE,
		text=True,
	)
	if done.returncode:
		raise RuntimeError(done.stderr[-4000:])
	return done
