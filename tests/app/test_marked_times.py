"""Day Repair knows the punches that are held TIME_MARKED."""

from datetime import date, datetime

import frappe

from navari_cams_biometric.cams_biometric.day_repair import days
from navari_cams_biometric.cams_biometric.punches import touches
from tests.app.inside import checkins_of, punches_of
from tests.app.test_touches import EIGHT, Person


def test_the_check_in_moves_where_it_is_when_the_attendance_is_cancelled(new_employee, new_device):
	person = Person(new_employee(), new_device())
	person.touch(EIGHT)
	person.mark()
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	held, [checkin] = person.the("TIME_MARKED"), checkins_of(person.employee.name)
	assert held.state == "Held"
	[row] = [frappe._dict(name=checkin.name, attendance="HR-ATT-1")]
	assert days._moves([row])[checkin.name].time == datetime(2024, 9, 17, 5, 30)
	cancelled = frappe._dict(employee=person.employee.name, attendance_date=date(2024, 9, 17))
	touches.note_cancelled_attendance(cancelled)
	assert person.checkins() == [("08:00:00", "IN")]  # still linked to the attendance
	frappe.db.set_value("Employee Checkin", checkin.name, "attendance", None)
	touches.note_cancelled_attendance(cancelled)
	[moved] = checkins_of(person.employee.name)
	assert (moved.name, moved.time) == (checkin.name, datetime(2024, 9, 17, 5, 30))
	assert moved.custom_cams_punch == person.the("Recorded").name == held.name
	assert person.the("SAME_TOUCH").same_touch_as == held.name
	assert frappe.get_all("CAMS Checkin Change", filters={"employee": person.employee.name}) == []
	touches.requeue_unblocked()
	assert sorted(punch.state for punch in punches_of(person.user_id)) == ["Ignored", "Recorded"]


def test_the_day_of_such_a_punch_is_found_also_if_it_is_present(new_employee, new_device):
	person = Person(new_employee(), new_device())
	person.touch(EIGHT)
	day = {"employee": person.employee.name, "attendance_date": "2024-09-17", "status": "Present"}
	attendance = frappe.new_doc("Attendance", **day, company=person.employee.company).insert()
	frappe.db.set_value("Attendance", attendance.name, {"docstatus": 1, "shift": "Day"})
	[checkin] = checkins_of(person.employee.name)
	frappe.db.set_value("Employee Checkin", checkin.name, {"attendance": attendance.name, "shift": "Day"})
	frappe.db.commit()
	person.set_zone("Asia/Kolkata")
	person.touch(EIGHT)
	expected = [days.Key(person.employee.name, date(2024, 9, 17), "Day", attendance.name)]
	assert days.with_moves_by([person.the("TIME_MARKED").name]) == expected
	assert days.with_attendances(lambda table: table.name == attendance.name) == expected
	assert days.with_moves_by([person.the("Recorded").name]) == []
