"""Simulated months: the attendance of every person and day is that of a run where everything arrived in time, or
the day stands in a list. `python -m tests.bench.month` plays others."""

import pytest

from tests.bench import month

SEEDS = range(1, 21)
DAYS = 30 * 30  # of people


@pytest.fixture(scope="module")
def months_site(bench_site):
	with month.MonthSite(f"months-of-{bench_site.name}") as site:
		yield site


@pytest.mark.parametrize("seed", SEEDS)
def test_what_differs_from_a_month_in_time_stands_in_a_list(months_site, seed, record_property):
	ledger = month.play(months_site, seed)
	record_property("ledger", month.line_of(ledger))
	assert (ledger["days"], ledger["unlisted"]) == (DAYS, [])
