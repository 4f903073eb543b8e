"""Run `tests/contract`, `tests/attacks/bench` and `tests/bench` in two lanes, each on a site of its own, or the paths that
are given on one.

Options of pytest may follow. With KEEP_SITE=1 the sites stay for the next run. Where there is no usable bench this
fails, except in CI, where it says so and passes: a machine without a bench has nothing to test on.
"""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.bench.bench_site import AppOnBench, BenchUnusableError

SUITES = ["tests/contract", "tests/attacks/bench", "tests/bench"]
LANES = ["-n", "2", "--dist", "loadfile"]


def main(arguments: list[str]) -> int:
	signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then the bench is left as it was
	has_paths = any(Path(each.partition("::")[0]).exists() for each in arguments)
	try:
		with AppOnBench():
			return pytest.main(
				["-p", "tests.bench.lanes", *([] if has_paths else [*LANES, *SUITES]), *arguments]
			)
	except BenchUnusableError as error:
		print(f"\n!!! NOTHING WAS TESTED ON A BENCH: {error}\n", flush=True)
		return 0 if os.environ.get("CI") else 1


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
