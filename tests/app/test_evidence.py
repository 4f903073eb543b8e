"""A check-in of a device is evidence: who writes what the device said, and what is kept of a change."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.controllers import checkin_actions, punch_actions
from navari_cams_biometric.cams_biometric.punches import checkins, inbox
from tests.app.inside import DAY, checkins_of, outcome, punch_at, punch_of, store

CHANGE = "CAMS Checkin Change"
SAID = ("custom_cams_punch", "custom_original_time", "custom_punch_type", "custom_input_type")


@pytest.fixture
def employee(new_employee):
	return new_employee()


@pytest.fixture
def recorded(employee):
	"""The check-in of a device's punch."""
	store(punch_at(employee.attendance_device_id))
	checkins.drain()
	[checkin] = checkins_of(employee.name)
	return frappe.get_doc("Employee Checkin", checkin.name)


def enter(employee, clock="08:00:00", log_type="IN", **values):
	checkin = frappe.new_doc("Employee Checkin", employee=employee.name, time=f"{DAY} {clock}", **values)
	return checkin.update({"log_type": log_type}).insert()


def forge(checkin, punch_name):
	"""What stood in a database before the app guarded the field."""
	frappe.db.set_value("Employee Checkin", checkin.name, "custom_cams_punch", punch_name)
	frappe.db.commit()


def changes_of(name):
	return frappe.get_all(CHANGE, {"employee_checkin": name}, ["*"], order_by="creation asc, name asc")


def said_by(checkin):
	return {field: checkin.get(field) for field in ("employee", "time", "log_type", "device_id", *SAID)}


def test_a_new_check_in_keeps_nothing_of_what_only_a_device_says(employee):
	checkin = enter(employee, **dict.fromkeys(SAID, "forged"))

	assert [checkin.reload().get(field) or None for field in SAID] == [None] * 4


def test_what_the_device_said_is_not_rewritten_in_a_stored_check_in(recorded):
	before = said_by(recorded)
	recorded.update(dict.fromkeys(SAID, "forged")).save()

	assert said_by(recorded.reload()) == before


def test_a_punch_is_not_linked_to_a_check_in_of_another_person_or_moment(employee, new_employee):
	store(punch_at(employee.attendance_device_id))
	punch = punch_of(employee.attendance_device_id)
	forge(enter(new_employee(), "07:00:00"), punch.name)
	checkins.drain()

	assert outcome(employee.attendance_device_id) == ("Held", "CHECKIN_DISAGREES")
	assert checkins_of(employee.name) == []


def test_a_punch_is_linked_to_its_check_in_where_person_and_moment_agree(recorded, employee):
	frappe.db.delete("CAMS Punch", {"name": recorded.custom_cams_punch})
	store(punch_at(employee.attendance_device_id))
	checkins.drain()

	punch = punch_of(employee.attendance_device_id)
	assert (punch.state, punch.reason_code, punch.employee_checkin) == (
		"Recorded",
		"EQUAL_CHECKIN",
		recorded.name,
	)


@pytest.mark.parametrize("change", [{"time": f"{DAY} 09:30:00"}, {"log_type": "OUT"}])
def test_a_check_in_that_hr_changed_is_not_doubled_when_its_punch_comes_again(recorded, employee, change):
	recorded.update(change).save()
	inbox.queue_again([recorded.custom_cams_punch])
	frappe.db.commit()
	checkins.drain()

	punch = punch_of(employee.attendance_device_id)
	assert (punch.state, punch.employee_checkin) == ("Recorded", recorded.name)
	assert [checkin.name for checkin in checkins_of(employee.name)] == [recorded.name]


def test_a_change_is_kept_with_who_before_and_after(recorded):
	recorded.update({"log_type": "OUT", "skip_auto_attendance": 1}).save()

	[change] = changes_of(recorded.name)
	assert (change.owner, change.state, change.cams_punch) == (
		"Administrator",
		"Changed",
		recorded.custom_cams_punch,
	)
	assert frappe.parse_json(change.before) == {"log_type": "IN", "skip_auto_attendance": 0}
	assert frappe.parse_json(change.after) == {"log_type": "OUT", "skip_auto_attendance": 1}


def test_what_the_site_works_out_is_no_change(recorded):
	"""Auto attendance, the shift and the place are not what the device said."""
	recorded.update({"latitude": 1.5, "shift": None}).save()
	recorded.save()

	assert changes_of(recorded.name) == []


def test_a_check_in_that_a_person_entered_is_theirs(employee):
	checkin = enter(employee)
	checkin.update({"log_type": "OUT"}).save()
	frappe.delete_doc("Employee Checkin", checkin.name)

	assert changes_of(checkin.name) == []


def test_a_check_in_that_was_entered_and_linked_to_a_punch_is_evidence_too(employee):
	checkin = enter(employee)
	store(punch_at(employee.attendance_device_id))
	checkins.drain()
	checkin.reload().update({"log_type": "OUT"}).save()

	[change] = changes_of(checkin.name)
	assert change.cams_punch == punch_of(employee.attendance_device_id).name


def test_restore_brings_back_what_the_device_said_after_several_changes(recorded):
	before = said_by(recorded)
	recorded.update({"log_type": "OUT"}).save()
	recorded.update({"time": f"{DAY} 09:00:00", "log_type": None}).save()
	last = changes_of(recorded.name)[-1]

	assert checkin_actions.restore([last.name]) == [recorded.name]
	assert said_by(recorded.reload()) == before
	assert {(change.state, change.restored_by) for change in changes_of(recorded.name)} == {
		("Restored", "Administrator")
	}


def test_a_deleted_check_in_is_kept_and_restored_with_its_name(recorded, employee):
	before = said_by(recorded)
	recorded.update({"log_type": "OUT"}).save()
	frappe.delete_doc("Employee Checkin", recorded.name)
	deletion = changes_of(recorded.name)[-1]
	assert (deletion.state, deletion.after) == ("Deleted", None)
	assert outcome(employee.attendance_device_id) == ("Ignored", "CHECKIN_DELETED")

	checkin_actions.restore([deletion.name])

	assert said_by(frappe.get_doc("Employee Checkin", recorded.name)) == before
	punch = punch_of(employee.attendance_device_id)
	assert (punch.state, punch.employee_checkin, punch.reason_code) == ("Recorded", recorded.name, None)


def test_restore_doubles_nothing_where_the_punch_was_tried_again(recorded, employee):
	frappe.delete_doc("Employee Checkin", recorded.name)
	punch_actions.retry([recorded.custom_cams_punch])
	frappe.db.commit()
	checkins.drain()
	[again] = checkins_of(employee.name)
	[deletion] = changes_of(recorded.name)

	assert checkin_actions.restore([deletion.name]) == [again.name]
	assert [checkin.name for checkin in checkins_of(employee.name)] == [again.name]


def test_a_name_that_is_given_again_is_another_check_in(recorded, employee, new_employee):
	"""Frappe counts back when the last of a series is deleted, and the next check-in has its name."""
	before = said_by(recorded)
	frappe.delete_doc("Employee Checkin", recorded.name)
	values = {"employee": new_employee().name, "time": f"{DAY} 10:00:00", "log_type": "IN"}
	other = frappe.new_doc("Employee Checkin", **values).insert(set_name=recorded.name)
	[deletion] = changes_of(recorded.name)

	[restored] = checkin_actions.restore([deletion.name])
	assert restored != other.name
	assert said_by(frappe.get_doc("Employee Checkin", restored)) == before
	assert other.reload().employee == values["employee"]
	assert punch_of(employee.attendance_device_id).employee_checkin == restored


def test_what_is_restored_is_not_restored_again(recorded):
	recorded.update({"log_type": "OUT"}).save()
	[change] = changes_of(recorded.name)
	checkin_actions.restore([change.name])
	recorded.reload().update({"log_type": "OUT"}).save()

	assert checkin_actions.restore([change.name]) == []
	assert recorded.reload().log_type == "OUT"


def test_a_kept_change_is_not_edited(recorded):
	recorded.update({"log_type": "OUT"}).save()
	[change] = changes_of(recorded.name)

	with pytest.raises(frappe.ValidationError, match="cannot be edited"):
		frappe.get_doc(CHANGE, change.name).update({"after": "{}"}).save()
