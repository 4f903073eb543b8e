"""The export of the gateway's punches."""

import csv
from collections import Counter
from datetime import date

import pytest

from tests.bench.attendance.world import APIS, CONTROLLERS, DAY


@pytest.mark.parametrize("api", APIS)
def test_the_export_is_downloaded(morning, keys, api):
	morning.use(api)
	response = export(morning.host, keys["HR Manager"])

	assert response.status_code == 200
	assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
	assert f"cams-attendance-{DAY}-{DAY}.csv" in response.headers["Content-Disposition"]
	rows = list(csv.DictReader(response.text.splitlines()))
	assert Counter(row["UserID"] for row in rows) == {
		morning.user_id(0): 2,
		morning.user_id(1): 2,
		morning.user_id(2): 1,
	}
	assert f"{DAY} 17:10:00 GMT +0300" in {row["LogTime"] for row in rows}


def export(host, key, first=DAY, last=DAY):
	days = {"from_date": str(first), "to_date": str(last)}
	return host.api("GET", f"{CONTROLLERS}.attendance_actions.export_attendance", key, params=days)


@pytest.mark.parametrize(
	("role", "status"), [("HR Manager", 200), ("System Manager", 200), ("HR User", 403), ("Employee", 403)]
)
def test_who_may_export(world, keys, role, status):
	assert export(world.host, keys[role]).status_code == status
	assert bool(world.gateway.received) == (status == 200)


def test_an_export_that_cannot_be_had_says_why(world):
	long = export(world.host, None, date(2021, 1, 1))
	world.gateway.stop()
	down = export(world.host, None)

	assert (long.status_code, down.status_code) == (417, 417)
	assert "at most 31 days" in long.text
	assert "got no answer" in down.text
