"""Simulated months: the attendance of every person and day is that of a run where everything arrived in time, or
the day stands in a list. They are played while the other tests run, and end with 1 if a day stands nowhere.
`python -m tests.bench.month` plays others."""

DAYS_OF_A_MONTH = 30 * 30  # of people


def test_what_differs_from_a_month_in_time_stands_in_a_list(months_beside, capsys):
	printed = months_beside.printed()
	with capsys.disabled():
		print(f"\n{printed}")
	assert months_beside.process.returncode == 0
	days = months_beside.months * DAYS_OF_A_MONTH
	assert printed.splitlines()[-1].startswith(f"{months_beside.months} months, {days} days compared, ")
