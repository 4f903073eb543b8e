"""Check-ins that a batch makes together are those that HRMS makes, in every field, and the punches end the same."""

from tests.bench.differential import compared


def test_random_punches_over_random_rosters_end_the_same_in_batches_and_one_by_one(bench_site):
	found = compared(bench_site, rosters=10, punches=500, seed=14)
	assert found["differences"] == []
	assert found["outcomes"]["together"] > 150, found
