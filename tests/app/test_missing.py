"""Missing punches: when the last one of a day is due. What needs HRMS is in tests/bench."""

from datetime import date, datetime

import frappe
import pytest

from navari_cams_biometric.cams_biometric.presence.missing_punches import end_of

MONDAY = date(2024, 1, 1)
NIGHT = {"start_time": "22:00:00", "end_time": "06:00:00", "allow_check_out_after_shift_end_time": 60}
DAY = {"start_time": "08:00:00", "end_time": "17:00:00", "allow_check_out_after_shift_end_time": 0}


@pytest.mark.parametrize(
	("shift", "end"),
	[
		(DAY, datetime(2024, 1, 1, 17)),
		(NIGHT, datetime(2024, 1, 2, 7)),
		(None, datetime(2024, 1, 2)),
	],
	ids=["day", "night", "none"],
)
def test_at_six_the_night_shift_is_not_over(shift, end):
	"""Its punches are missed the next morning, when the last of them is due."""
	assert end_of(MONDAY, frappe._dict(shift) if shift else None) == end
