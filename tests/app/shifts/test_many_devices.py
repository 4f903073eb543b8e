"""Shift Sync where a shift has more devices than a cell can name."""

from datetime import datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.report.cams_shift_sync.cams_shift_sync import row_of
from navari_cams_biometric.cams_biometric.shift_sync.holds import Feed, ShiftState

NOW = datetime(2024, 9, 17, 12)


def row(connected, *complete_until):
	feeds = tuple(
		Feed(f"TAG{number}", f"Gate {number}", until) for number, until in enumerate(complete_until)
	)
	return row_of(ShiftState("Day", None, NOW, feeds))["devices"]


@pytest.fixture(autouse=True)
def _in_english(connected):
	frappe.local.lang = "en"


def test_the_devices_that_lag_most_come_first_and_the_others_are_counted(connected):
	lags = [NOW - timedelta(minutes=minutes) for minutes in range(193)]
	names = row(connected, *lags).split(", ")
	assert names[:5] == [f"Gate {number} {lags[number]:%H:%M}" for number in (192, 191, 190, 189, 188)]
	assert names[5:] == ["188 more", "at least until 08:53"]


def test_one_that_never_reported_comes_before_all(connected):
	assert row(connected, NOW, None).startswith("Gate 1 never, Gate 0 12:00")


def test_of_many_that_never_reported_the_others_are_counted_alone(connected):
	assert row(connected, *[None] * 8).endswith("Gate 4 never, 3 more")
