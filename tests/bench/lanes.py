"""A site for the tests: a plugin of pytest, for `python -m tests.bench`.

Where pytest has several processes (`-n 2`) each is a lane: it takes one file of tests after the other, on a site of its
own. A simulated month goes to whichever lane is free.
"""

import os
from contextlib import ExitStack

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.bench.bench_site import BenchSite

MONTHS = "tests/bench/test_months.py::"
OPENED = pytest.StashKey[ExitStack]()


class Lanes(LoadFileScheduling):
	def _split_scope(self, nodeid: str) -> str:
		return nodeid if nodeid.startswith(MONTHS) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Lanes:
	return Lanes(config, log)


def pytest_configure(config: pytest.Config) -> None:
	"""In a lane, or where there are none."""
	if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
		return
	lane = os.environ.get("PYTEST_XDIST_WORKER", "")
	config.stash[OPENED] = ExitStack()
	site = config.stash[OPENED].enter_context(BenchSite(f"cams-test{lane and f'-{lane}'}.localhost"))
	os.environ.update(CAMS_HOST_URL=site.url, CAMS_HOST_KEY=site.key, CAMS_HOST_SITE=site.name)
	config.bench_site = site


def pytest_sessionfinish(session: pytest.Session) -> None:
	"""Afterwards a lane has ten seconds, and dropping a site takes longer."""
	if opened := session.config.stash.get(OPENED, None):
		opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
	"""What tests have to say of themselves, as the ledger of a month."""
	for outcome in ("passed", "failed"):
		for report in terminalreporter.stats.get(outcome, []):
			for _name, line in report.user_properties:
				terminalreporter.write_line(line)
