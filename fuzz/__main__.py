"""Fuzz parser, timestamps and gateway answers, one after the other: `make fuzz SECONDS=60`, for each target.

`python -m fuzz parser --seconds 600` is one target alone. Prints for each how many inputs it tried and what it found;
ends with 1 if there is a finding.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TARGETS = ("parser", "timestamps", "answers")
LONGEST_START = 120  # seconds, and for the last input
LONGEST_SHOWN = 400  # characters of an input
SHOWN_LINES = 12


def main() -> int:
	parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
	parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(TARGETS))
	parser.add_argument("--seconds", type=float, default=60, help="for each target")
	arguments = parser.parse_args()
	unknown = set(arguments.targets) - set(TARGETS)
	if unknown:
		parser.error(f"no such target: {', '.join(sorted(unknown))}")
	found = [fuzz(target, arguments.seconds) for target in arguments.targets or TARGETS]
	print(f"\n{sum(found)} findings" if any(found) else "\nno findings")
	return 1 if any(found) else 0


def fuzz(target: str, seconds: float) -> int:
	"""Print what one target gives; return the number of findings."""
	with tempfile.TemporaryDirectory() as name:
		result = run(target, seconds, Path(name))
	findings = result["findings"]
	print(
		f"{target}: {result['inputs']:,} inputs in {result['seconds']:.0f} s, {len(findings)} findings",
		flush=True,
	)
	for finding in findings:
		print(f"  {finding['failure']}\n    {finding['input'][:LONGEST_SHOWN]}", flush=True)
	return len(findings)


def run(target: str, seconds: float, folder: Path) -> dict[str, Any]:
	log = folder / "log"
	with log.open("w") as output:
		process = subprocess.Popen(
			[sys.executable, "-m", "fuzz.search", target, str(seconds), str(folder)],
			stdout=output,
			stderr=subprocess.STDOUT,
		)
		try:
			process.wait(seconds + LONGEST_START)
		except subprocess.TimeoutExpired:
			process.kill()
			process.wait()
	written = folder / "result.json"
	if process.returncode == 0 and written.exists():
		result: dict[str, Any] = json.loads(written.read_text())
		return result
	said = log.read_text(errors="replace")
	counts = re.findall(r"^#(\d+)\s", said, re.MULTILINE)
	inputs = int(counts[-1]) if counts else 0
	return {"inputs": inputs, "seconds": seconds, "findings": [end_of(process.returncode, said, folder)]}


def end_of(code: int, said: str, folder: Path) -> dict[str, str]:
	"""The finding that the process ended: by an input that takes too long or too much memory, or by another fault."""
	inputs = [path for kind in ("crash", "timeout", "oom") for path in folder.glob(f"{kind}-*")]
	lines = said.splitlines()
	last = [line for line in lines if "ERROR" in line or "SUMMARY" in line] or lines[-SHOWN_LINES:]
	failure = f"the process ended with {code}: {' | '.join(last)}"
	return {"failure": failure, "input": repr(inputs[0].read_bytes()) if inputs else "no input was left"}


if __name__ == "__main__":
	sys.exit(main())
