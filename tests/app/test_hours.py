"""CAMS Hours by Punch Type: which day a punch belongs to."""

from datetime import date, datetime

import frappe

from navari_cams_biometric.cams_biometric.report.cams_hours_by_punch_type import (
	cams_hours_by_punch_type as hours,
)


def punch(moment, kind, shift_start=None, until=None):
	return frappe._dict(
		punch_time=datetime.fromisoformat(moment),
		punch_type=kind,
		shift_start=shift_start and datetime.fromisoformat(shift_start),
		shift_actual_start=None,
		shift_actual_end=until and datetime.fromisoformat(until),
	)


def worked(*rows):
	found = {}
	for (day, _start), moments in hours.stretches_of(list(rows)).items():
		found[day] = round(found.get(day, 0) + hours.measure(moments)["work"], 2)
	return found


NIGHT = "2024-03-05 22:00"


def test_a_night_is_of_the_day_on_which_its_shift_began():
	rows = punch("2024-03-05 21:58", "CheckIn", NIGHT), punch("2024-03-06 06:04", "CheckOut", NIGHT)
	assert worked(*rows) == {date(2024, 3, 5): 8.1}


def test_a_night_without_a_shift_is_one_day_too():
	assert worked(punch("2024-03-05 21:58", "CheckIn"), punch("2024-03-06 06:04", "CheckOut")) == {
		date(2024, 3, 5): 8.1
	}


def test_a_night_that_begins_after_midnight_by_its_punch_is_of_the_shift():
	rows = punch("2024-03-06 00:10", "CheckIn", NIGHT), punch("2024-03-06 06:10", "CheckOut", NIGHT)
	assert worked(*rows) == {date(2024, 3, 5): 6.0}


def test_a_forgotten_out_does_not_reach_into_the_next_day():
	rows = (
		punch("2024-03-05 08:00", "CheckIn"),
		punch("2024-03-06 08:00", "CheckIn"),
		punch("2024-03-06 17:00", "CheckOut"),
	)
	assert worked(*rows) == {date(2024, 3, 5): 0, date(2024, 3, 6): 9.0}


def test_an_in_of_one_shift_and_an_out_of_the_next_are_no_hours():
	rows = (
		punch("2024-03-05 08:00", "CheckIn", "2024-03-05 08:00"),
		punch("2024-03-05 20:00", "CheckOut", "2024-03-05 16:00"),
	)
	assert worked(*rows) == {date(2024, 3, 5): 0}


def test_a_meal_without_a_check_in_is_of_the_shift_in_whose_window_it_is():
	rows = (
		punch("2024-03-05 21:58", "CheckIn", NIGHT, "2024-03-06 07:00"),
		punch("2024-03-06 01:00", "MealIn"),
		punch("2024-03-06 06:04", "CheckOut", NIGHT, "2024-03-06 07:00"),
	)
	[(stretch, moments)] = hours.stretches_of(list(rows)).items()
	assert (stretch[0], len(moments)) == (date(2024, 3, 5), 3)
