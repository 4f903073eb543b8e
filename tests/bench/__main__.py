"""Run `tests/contract`, `tests/attacks/bench` and `tests/bench` on a site of their own, or the paths that are given.

Options of pytest may follow. With KEEP_SITE=1 the site stays for the next run. Where there is no usable bench this
fails, except in CI, where it says so and passes: a machine without a bench has nothing to test on.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.bench import month
from tests.bench.bench_site import BenchSite, BenchUnusableError

MONTHS, FIRST_SEED = 3, 1
SUITES = ["tests/contract", "tests/attacks/bench", "tests/bench"]


def main(arguments: list[str]) -> int:
	try:
		with BenchSite(keep=bool(os.environ.get("KEEP_SITE"))) as site:
			os.environ.update(CAMS_HOST_URL=site.url, CAMS_HOST_KEY=site.key, CAMS_HOST_SITE=site.name)
			chosen = [] if any(Path(each.partition("::")[0]).exists() for each in arguments) else SUITES
			return pytest.main([*arguments, *chosen], plugins=[SitePlugin(site)])
	except BenchUnusableError as error:
		print(f"\n!!! NOTHING WAS TESTED ON A BENCH: {error}\n", flush=True)
		return 0 if os.environ.get("CI") else 1


class SitePlugin:
	"""Hands the running site to the fixture in tests/bench, and plays months beside the tests if one asks for them."""

	def __init__(self, site: BenchSite):
		self.site = site

	def pytest_configure(self, config: pytest.Config) -> None:
		config.bench_site = self.site

	@pytest.hookimpl(trylast=True)
	def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
		"""Which of them ask for months is known now. They come last."""
		items.sort(key=lambda item: "months_beside" in item.fixturenames)
		if items and "months_beside" in items[-1].fixturenames:
			config.months_beside = month.Beside(MONTHS, FIRST_SEED)

	def pytest_unconfigure(self, config: pytest.Config) -> None:
		if beside := getattr(config, "months_beside", None):
			beside.stop()


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
