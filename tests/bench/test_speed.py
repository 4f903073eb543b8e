"""Each page, report, list and form with 100,000 punches and 2,000 employees: how many queries it takes, and how long.

The number of queries is what holds on any machine; `opening` has the table. The second is one of an ordinary machine
that does nothing else: the time is the quickest of at most fifteen openings, and where more processes want to run than
there are processors, or the processors are slower, as much more is allowed.
"""

import json
import os
import re
import statistics
import time
import timeit
from pathlib import Path

import pytest

import navari_cams_biometric
from tests.bench.bench_site import frappe_major
from tests.bench.browser import make_desk_user
from tests.bench.opening import Desk, be_employee, large_site, places, rows_of

APP = Path(navari_cams_biometric.__file__).parent / "cams_biometric"
SECONDS = 1.0
ORDINARY_PACE = 0.015
ROUNDS = 3
MORE_ON_16 = 5  # for rights, of Frappe's own, whatever the site holds
TIME_LIMIT = re.compile(r"^\s*set\s+statement\s+\S+\s+for\s+", re.IGNORECASE)


@pytest.fixture(scope="module")
def desk(host, bench_site):
	with large_site(bench_site, host):
		user = make_desk_user(host, "HR Manager", "System Manager")
		be_employee(bench_site, host, user)
		yield Desk(host, user)


@pytest.mark.parametrize("place", places(), ids=lambda place: place.name)
def test_a_place_opens_within_a_second_by_a_number_of_queries_that_does_not_grow(desk, place):
	figures = desk.measure(place)
	print(f"\n{place.name}: {figures}", end="")
	assert figures.rows >= place.least
	assert figures.queries <= most_queries(place), "\n".join(desk.statements(place))
	assert figures.quickest < allowed() or quickest(desk, place) < allowed()


@pytest.fixture(scope="module")
def restricted_desk(host, desk):
	user = make_desk_user(host, "HR Manager", "System Manager")
	company = host.find("Company", {}, ["name"])[0]["name"]
	host.create("User Permission", user=user.email, allow="Company", for_value=company)
	return Desk(host, user)


@pytest.mark.parametrize(
	"place",
	[
		place
		for place in places()
		if " form" not in place.name and place.name not in ("CAMS Doctor", "My Punches")  # of other roles
	],
	ids=lambda place: place.name,
)
def test_who_may_see_one_company_alone_waits_no_longer(restricted_desk, place):
	figures = restricted_desk.measure(place)
	print(f"\n{place.name}: {figures}", end="")
	assert figures.queries <= most_queries(place) + 4, "\n".join(restricted_desk.statements(place))
	assert figures.quickest < allowed() or quickest(restricted_desk, place) < allowed()


def most_queries(place):
	return place.queries + (MORE_ON_16 if frappe_major() >= 16 else 0)


def allowed():
	"""Seconds, by the load of the last minute and the pace of the processors."""
	return SECONDS * max(1, os.getloadavg()[0] / os.cpu_count()) * max(1, pace() / ORDINARY_PACE)


def pace():
	"""Seconds of a processor, as it is now, for a million rounds of Python."""
	rounds = timeit.repeat("for _ in range(1_000_000): pass", number=1, repeat=5, timer=time.process_time)
	return statistics.median(rounds)


def quickest(desk, place):
	"""Once more, where the machine was busy with something else."""
	return min(desk.measure(place).quickest for _ in range(ROUNDS - 1))


@pytest.mark.parametrize("role", ["HR Manager", "System Manager"])
@pytest.mark.parametrize(
	"place", [place for place in places() if place.is_report], ids=lambda place: place.name
)
def test_a_report_with_rows_is_read_by_each_role_alone(host, desk, desk_user, place, role):
	"""Frappe refuses a report that links to what its reader may not read, but only where there are rows."""
	[answer] = Desk(host, desk_user(role)).open(place)
	assert rows_of(answer) >= place.least


@pytest.mark.parametrize(
	"place",
	[place for place in places() if " list" in place.name and "Device list" not in place.name],
	ids=lambda place: place.name,
)
def test_a_list_that_grows_is_read_by_an_index(bench_site, desk, place):
	asked = [statement for statement in desk.statements(place) if "`tabCAMS" in statement]
	assert len(asked) == len(place.asks)
	for statement in asked:
		plan = [row for row in explained(bench_site, statement) if not row[2].startswith("<")]
		assert plan
		assert "NULL" not in {row[5] for row in plan}, (statement, plan)


def explained(bench_site, statement):
	"""Frappe 16 puts a time limit before each count, and MariaDB explains no statement that begins with one."""
	return bench_site.sql(f"explain {TIME_LIMIT.sub('', statement)}")


def test_every_report_card_chart_and_page_is_in_the_table():
	known = {place.name for place in places()}
	found = {"Report": "", "Page": "", "Number Card": "Card ", "Dashboard Chart": "Chart "}
	for doctype, prefix in found.items():
		for path in APP.glob(f"{doctype.lower().replace(' ', '_')}/*/*.json"):
			document = json.loads(path.read_text(encoding="utf-8"))
			label = document.get("label") or document.get("title") or document["name"]
			assert known & {f"{prefix}{label}", f"{prefix}{document['name'].removeprefix('CAMS ')}", label}, (
				path
			)
