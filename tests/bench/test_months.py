"""Simulated months: the attendance of every person and day is that of a run where everything arrived in time, or
the day stands in a list. `python -m tests.bench.month` plays others."""

from tests.bench.month import ledgers

MONTHS = 5  # one takes more than a minute
FIRST_SEED = 1


def test_what_differs_from_a_month_in_time_stands_in_a_list(bench_site, capsys):
	with capsys.disabled(), bench_site.other_devices_resting():
		found = list(ledgers(bench_site, FIRST_SEED, MONTHS))
	assert {ledger["seed"]: ledger["unlisted"] for ledger in found if ledger["unlisted"]} == {}
	assert all(ledger["days"] == 900 for ledger in found)
