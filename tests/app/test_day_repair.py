"""Which days may be touched, and how HRMS 15 and 16 are asked: decisions that need no database."""

import json
from datetime import date, datetime, timedelta

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.gate_times import CheckinTime
from navari_cams_biometric.cams_biometric.day_repair import days, exclusions, hrms_decision, late_days
from navari_cams_biometric.cams_biometric.day_repair.days import Day, Key
from navari_cams_biometric.cams_biometric.day_repair.exclusions import EXCLUSIONS

DATE = date(2024, 9, 17)
MADE = datetime(2024, 9, 18, 1, 0)


def checkin(number=1, attendance=None, set_aside=False):
	return frappe._dict(
		name=f"EMP-CKIN-{number}",
		employee="HR-EMP-00001",
		time=datetime(2024, 9, 17, 8 + number),
		log_type="IN",
		attendance=attendance,
		set_aside=set_aside,
	)


def attendance(**changes):
	return frappe._dict(
		{
			"name": "HR-ATT-1",
			"employee": "HR-EMP-00001",
			"company": "Demo Company",
			"status": "Absent",
			"shift": "Day",
			"owner": "Administrator",
			"creation": MADE,
			"modified": MADE + timedelta(seconds=2),
			"modified_by": "Administrator",
			**changes,
		}
	)


def day(checkins=None, said=True, leave="", request="", payroll="", **changes):
	key = Key("HR-EMP-00001", DATE, "Day", "HR-ATT-1")
	return Day(key, attendance(**changes), checkins or [checkin()], said, leave, request, payroll)


def code(a_day):
	return exclusions.reason(a_day)[0]


@pytest.mark.parametrize(
	"automatic",
	[
		day(),  # HRMS said that it found no check-ins
		day([checkin(1, "HR-ATT-1"), checkin(2)], said=False, status="Half Day"),
		day([checkin(1), checkin(2, set_aside=True)]),
	],
)
def test_an_automatic_day_may_be_touched(automatic):
	assert exclusions.reason(automatic) == ("", "")


@pytest.mark.parametrize(
	("left", "expected"),
	[
		(day(said=False), "BY_HAND"),
		(day(shift=""), "BY_HAND"),
		(day(amended_from="HR-ATT-0"), "BY_HAND"),
		(day([checkin(1, "HR-ATT-1"), checkin(2)], amended_from="HR-ATT-0"), "BY_HAND"),
		(day(modified_by="hr@example.com"), "CHANGED"),
		(day(modified=MADE + timedelta(minutes=2)), "CHANGED"),
		(day(leave="HR-LAP-1"), "LEAVE"),
		(day(leave_application="HR-LAP-1"), "LEAVE"),
		(day(leave_type="Casual Leave"), "LEAVE"),
		(day(request="HR-ARQ-1"), "REQUEST"),
		(day(attendance_request="HR-ARQ-1"), "REQUEST"),
		(day(shift="Night"), "OTHER_SHIFT"),
		(day(payroll="Sal Slip/1"), "PAYROLL"),
		(day([checkin(set_aside=True)]), "SET_ASIDE"),
	],
)
def test_a_day_that_is_left_alone(left, expected):
	assert code(left) == expected


def test_what_a_person_decided_goes_before_all_else():
	assert code(day(said=False, payroll="Sal Slip/1", checkins=[checkin(set_aside=True)])) == "BY_HAND"


@pytest.mark.parametrize("reason", EXCLUSIONS)
def test_every_reason_is_a_sentence_and_takes_what_it_names(reason):
	message = late_days.state_fields(reason, "HR-LAP-1")["message"]
	assert message.endswith(".")
	assert "{" not in message


def test_the_check_ins_that_count_are_those_of_the_attendance_and_the_late_ones():
	all_kinds = day([checkin(1, "HR-ATT-1"), checkin(2), checkin(3, set_aside=True)])
	assert [each.name for each in all_kinds.late] == ["EMP-CKIN-2"]
	assert [each.name for each in all_kinds.counting] == ["EMP-CKIN-1", "EMP-CKIN-2"]


def test_the_name_of_a_day_fits_its_column():
	assert Key("HR-EMP-00001", DATE, "Day").name == "2024-09-17 HR-EMP-00001 Day"
	assert len(Key("E" * 140, DATE, "S" * 140).name) == 140


def loose(skipped, shift="Day"):
	row = {"attendance_date": DATE, "employee": "HR-EMP-00001", "shift": shift}
	return frappe._dict(row, skip_auto_attendance=skipped)


def marked(shift, name="HR-ATT-1", **changes):
	row = {"attendance_date": DATE, "employee": "HR-EMP-00001", "shift": shift, "name": name}
	return frappe._dict({**row, **changes})


@pytest.mark.parametrize(
	("checkins", "attendances", "expected"),
	[
		([loose(0)], [marked("Day")], ["HR-ATT-1"]),
		([loose(0)], [marked(None)], ["HR-ATT-1"]),
		([loose(1)], [marked("Night")], ["HR-ATT-1"]),  # HRMS refused the check-in because of that shift
		([loose(0)], [marked("Night")], []),  # two shifts on one day
		([loose(1)], [marked("Night"), marked("Day", "HR-ATT-2")], ["HR-ATT-2"]),
		([loose(0), loose(1)], [marked("Day")], ["HR-ATT-1"]),
		([loose(0), loose(0, "Late")], [marked("Day"), marked("Late", "HR-ATT-2")], ["HR-ATT-1", "HR-ATT-2"]),
		([loose(1)], [marked("Day", employee="HR-EMP-00002")], []),
		([loose(1)], [marked("Day", attendance_date=DATE + timedelta(days=1))], []),
	],
)
def test_each_day_has_one_attendance_that_of_its_own_shift_first(checkins, attendances, expected):
	assert [key.attendance for key in days._matched(checkins, attendances)] == expected


def listed(state, known, **changes):
	row = {"state": state, "reason_code": None, "attendance": "HR-ATT-1"}
	return frappe._dict({**row, "checkins": late_days._checkins_json(known), **changes})


ONE, TWO = day([checkin(1)]), day([checkin(1), checkin(2)])
HELD_BACK = day([checkin(1)], payroll="Sal Slip/1")


@pytest.mark.parametrize(
	("now", "row", "is_news"),
	[
		(ONE, listed("Open", ONE), False),  # also where HRMS did not decide: its words stay
		(TWO, listed("Open", ONE), True),
		(HELD_BACK, listed("Open", ONE), True),
		(HELD_BACK, listed("Skipped", ONE, reason_code="PAYROLL"), False),
		(ONE, listed("Skipped", ONE, reason_code="PAYROLL"), True),
		(ONE, listed("Dismissed", ONE), False),
		(HELD_BACK, listed("Dismissed", ONE), False),
		(ONE, listed("Dismissed", TWO), False),  # one was deleted
		(TWO, listed("Dismissed", ONE), True),
		(day([checkin(2)]), listed("Dismissed", ONE), True),
		(TWO, listed("Repaired", ONE, attendance="HR-ATT-0"), True),
	],
)
def test_what_is_news_about_a_day_that_is_listed(now, row, is_news):
	assert late_days._is_news(now, row) == is_news


def test_the_check_ins_are_kept_for_the_form():
	[row] = json.loads(late_days._checkins_json(ONE))
	assert row == {
		"name": "EMP-CKIN-1",
		"time": "2024-09-17 09:00:00",
		"log_type": "IN",
		"device_id": "",
		"late": True,
		"set_aside": False,
	}


class Shift15:
	"""A Shift Type as far as HRMS 15 asks it."""

	name = "Day"
	working_hours_threshold_for_absent = 4
	working_hours_threshold_for_half_day = 6

	def get_attendance(self, logs):
		return "Present", 8, False, False, logs[0].time, None


class Shift16(Shift15):
	def __init__(self, half_holiday):
		self.half_holiday = half_holiday

	def is_half_holiday(self, employee, attendance_date):
		return self.half_holiday

	def get_attendance(self, logs, working_hours_threshold_for_absent, working_hours_threshold_for_half_day):
		return working_hours_threshold_for_absent, working_hours_threshold_for_half_day


def test_both_versions_of_hrms_are_asked_in_their_own_way():
	assert hrms_decision._decision(Shift15(), [checkin()], DATE)[0] == "Present"
	assert hrms_decision._decision(Shift16(False), [checkin()], DATE) == (4, 6)
	assert hrms_decision._decision(Shift16(True), [checkin()], DATE) == (2, 3)


@pytest.mark.parametrize(
	("fields", "overtime"),
	[({}, ()), ({"overtime_type": "Weekend"}, ("Weekend",)), ({"overtime_type": None}, (None,))],
)
def test_hrms_16_is_told_the_overtime_type(monkeypatch, fields, overtime):
	given = []
	monkeypatch.setattr(
		hrms_decision,
		"mark_attendance_and_link_log",
		lambda *arguments: given.append(arguments) or "HR-ATT-2",
	)
	logs = [frappe._dict(checkin(), **fields)]
	assert hrms_decision._mark(Shift15(), logs, DATE) == "HR-ATT-2"
	assert given == [(logs, "Present", DATE, 8, False, False, logs[0].time, None, "Day", *overtime)]


def decided(before, after, checkins=None, **changes):
	fields = ("status", "working_hours", "in_time", "out_time")
	found = day(
		checkins or [checkin(1, "HR-ATT-1"), checkin(2)], said=False, **{"status": "Present", **changes}
	)
	found.before, found.after = (dict(zip(fields, values, strict=True)) for values in (before, after))
	return found


IN, OUT, LATER = datetime(2024, 9, 17, 8, 1), datetime(2024, 9, 17, 12, 30), datetime(2024, 9, 17, 17, 3)
MORNING = ("Present", 4.48, IN, OUT)


@pytest.mark.parametrize(
	("found", "expected"),
	[
		(decided(MORNING, ("Present", 9.03, IN, LATER)), True),
		(decided(MORNING, ("Half Day", 4.48, IN, OUT)), True),
		(decided(MORNING, ("Present", 4.48, IN, LATER)), True),
		(decided(MORNING, ("Present", 4.4849, IN.replace(second=30), OUT)), False),  # rounded otherwise
		(decided(MORNING, MORNING), False),
		(decided(MORNING, ("Absent", 0, IN, None), status="Absent"), True),
		(decided(("Absent", 0, IN, None), ("Absent", 0, IN, None), status="Absent"), False),
		(
			decided(MORNING, ("Present", 9.03, IN, LATER), [checkin()]),
			False,
		),  # a person marked it, not its hours
		(decided(MORNING, ("Half Day", 4.48, IN, OUT), [checkin()]), True),
		(decided(MORNING, MORNING, status="On Leave", leave_type="Sick Leave"), True),
		(
			decided(MORNING, ("Present", 9.03, IN, LATER), [checkin(1, "HR-ATT-1"), checkin(2, None, True)]),
			False,
		),
	],
)
def test_a_day_is_a_case_if_its_late_check_ins_change_it_or_can_never_count(found, expected):
	assert exclusions.is_case(found) == expected


def test_a_day_whose_check_in_is_to_move_may_be_touched_and_says_so():
	moved = day([checkin(1, "HR-ATT-1"), checkin(2, "HR-ATT-1")], said=False, status="Present")
	assert code(moved) == "SET_ASIDE"  # nothing is late
	moved.moves = {"EMP-CKIN-1": CheckinTime(datetime(2024, 9, 17, 6, 30), None)}
	assert exclusions.reason(moved) == ("", "")
	assert late_days.late_times(moved) == "09:00 → 06:30 IN"
	assert [moved.time_then(each).time.hour for each in moved.checkins] == [6, 10]
	rows = json.loads(late_days._checkins_json(moved))
	assert [row.get("time_then") for row in rows] == ["2024-09-17 06:30:00", None]
