"""Check-ins that a batch makes together: the same as those made one by one, and one by one where that may differ."""

import functools

import frappe
import pytest
from frappe.model.document import Document
from hrms.hr.doctype.employee_checkin import employee_checkin
from hrms.hr.doctype.employee_checkin.employee_checkin import EmployeeCheckin

from navari_cams_biometric.cams_biometric.base.hrms_from_memory import Memory
from navari_cams_biometric.cams_biometric.base.settings import SETTINGS
from navari_cams_biometric.cams_biometric.doctor import OK, WARNING, site_checks
from navari_cams_biometric.cams_biometric.doctor.site_facts import SiteFacts
from navari_cams_biometric.cams_biometric.punches import batches, checkins, listeners
from navari_cams_biometric.cams_biometric.punches.checkin_evidence import CHECKIN
from tests.app.inside import checkins_of, log_entries, outcome, punch_at, punch_of, punches_of, store

RECORDED = ("Recorded", None)
MADE_ALIKE = {"name", "creation", "modified", "time", "employee", "employee_name"}


@pytest.fixture
def alone(monkeypatch):
	"""The user IDs of the punches that went one by one."""
	user_ids = []
	process = checkins._process

	def noted(punch, rules):
		user_ids.append(punch.user_id)
		process(punch, rules)

	monkeypatch.setattr(checkins, "_process", noted)
	return user_ids


@pytest.fixture
def people(new_employee):
	return [new_employee() for _ in range(batches.FEWEST + 1)]


@pytest.fixture(autouse=True)
def nothing_due(connected):
	frappe.db.delete("CAMS Punch", {"state": "Queued"})
	frappe.db.delete("Error Log")
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value(SETTINGS, "one_by_one", 0)
	frappe.db.commit()


def punch_all(people, **overrides):
	store(
		*(punch_at(each.attendance_device_id, f"08:00:{n:02}", **overrides) for n, each in enumerate(people))
	)


def outcomes(people):
	return [outcome(each.attendance_device_id) for each in people]


def ids_of(people):
	return [each.attendance_device_id for each in people]


def finding():
	[found] = site_checks.batches(SiteFacts())
	return found


def test_many_punches_become_check_ins_together(people, alone):
	punch_all(people)
	checkins.drain()
	assert (outcomes(people), alone) == ([RECORDED] * len(people), [])
	assert [len(checkins_of(each.name)) for each in people] == [1] * len(people)
	assert log_entries() == []


def test_they_are_what_one_alone_is(people, new_employee):
	other = new_employee()
	store(punch_at(other.attendance_device_id, "09:00:00"))
	checkins.drain()
	punch_all(people)
	checkins.drain()
	[made], [one] = checkins_of(people[0].name), checkins_of(other.name)
	differing = {field for field in one if made[field] != one[field]}
	assert differing <= MADE_ALIKE | {"custom_cams_punch", "custom_original_time"}
	assert made.employee_name == people[0].employee_name
	assert punch_of(people[0].attendance_device_id).employee_checkin == made.name


def test_their_names_go_on_where_others_were(people, new_employee):
	store(punch_at(new_employee().attendance_device_id))
	checkins.drain()
	last = frappe.get_all("Employee Checkin", pluck="name", order_by="name desc", limit=1)[0]
	punch_all(people)
	checkins.drain()
	names = sorted(checkin.name for each in people for checkin in checkins_of(each.name))
	assert [int(name[-6:]) - int(last[-6:]) for name in names] == list(range(1, len(people) + 1))
	later = new_employee()
	store(punch_at(later.attendance_device_id))
	checkins.drain()
	[checkin] = checkins_of(later.name)
	assert int(checkin.name[-6:]) == int(names[-1][-6:]) + 1


def test_a_counter_that_lies_behind_is_moved_on_and_nothing_is_lost(people, new_employee, alone):
	store(punch_at(new_employee().attendance_device_id))
	checkins.drain()
	alone.clear()
	series = frappe.qb.DocType("Series")
	frappe.qb.update(series).set(series.current, series.current - 1).where(
		series.name.like("EMP-CKIN%")
	).run()
	frappe.db.commit()
	punch_all(people)
	checkins.drain()
	assert outcomes(people) == [RECORDED] * len(people)
	assert alone == ids_of(people)


def test_whoever_is_held_goes_alone_and_costs_the_others_nothing(people, new_employee, alone):
	gone = new_employee(status="Inactive")
	punch_all([*people, gone])
	checkins.drain()
	assert (outcomes(people), alone) == ([RECORDED] * len(people), [gone.attendance_device_id])
	assert outcome(gone.attendance_device_id) == ("Held", "EMPLOYEE_INACTIVE")


def test_all_punches_of_somebody_go_alone_where_one_may_have_to_do_with_another(people, new_device, alone):
	user_id = people[0].attendance_device_id
	store(*(punch_at(user_id, "07:00:00", SerialNumber=new_device().name) for _ in range(2)))
	punch_all(people)
	checkins.drain()
	assert alone == [user_id] * 3
	assert [checkin.time.hour for checkin in checkins_of(people[0].name)] == [7, 8]


def test_an_equal_check_in_is_not_made_again(people, new_device, alone):
	frappe.new_doc(
		"Employee Checkin", employee=people[0].name, time="2024-09-17 08:00:00", log_type="IN"
	).insert()
	frappe.db.commit()
	punch_all(people)
	checkins.drain()
	assert alone == [people[0].attendance_device_id]
	assert outcome(people[0].attendance_device_id) == ("Recorded", "EQUAL_CHECKIN")
	assert len(checkins_of(people[0].name)) == 1


def test_two_devices_that_say_the_same_make_one_check_in(people, new_device):
	punch_all(people)
	store(punch_at(people[0].attendance_device_id, "08:00:00", SerialNumber=new_device().name))
	checkins.drain()
	assert len(checkins_of(people[0].name)) == 1


@pytest.mark.parametrize(
	"event",
	[
		"before_insert",
		"before_naming",
		"before_validate",
		"validate",
		"before_save",
		"after_insert",
		"on_update",
	],
)
def test_a_hook_of_another_app_is_heard(foreign_hook, people, alone, event):
	heard = []
	foreign_hook(event, lambda checkin, _method: heard.append(checkin.employee))
	punch_all(people)
	checkins.drain()
	assert heard == [each.name for each in people]
	assert alone == ids_of(people)
	assert (finding().state, "foreign_hook" in finding().sentence) == (OK, True)


def test_a_method_that_hrms_adds_to_its_class_is_heard(monkeypatch, people, alone):
	heard = []
	monkeypatch.setattr(
		EmployeeCheckin, "after_insert", lambda self: heard.append(self.employee), raising=False
	)
	punch_all(people)
	checkins.drain()
	assert heard == [each.name for each in people]


def test_a_class_of_another_app_is_heard(monkeypatch, people, alone):
	other = type("OtherCheckin", (EmployeeCheckin,), {"__module__": "other.app"})
	monkeypatch.setattr(listeners, "get_controller", lambda doctype: other)
	punch_all(people)
	checkins.drain()
	assert alone == ids_of(people)
	assert "other.app.OtherCheckin" in finding().sentence


def test_a_function_that_another_app_put_in_the_place_of_hrmss_is_called(monkeypatch, people, alone):
	asked = []
	monkeypatch.setattr(
		employee_checkin,
		"get_actual_start_end_datetime_of_shift",
		lambda employee, moment, default: asked.append(employee),
	)
	punch_all(people)
	checkins.drain()
	assert alone == []
	assert set(asked) == {each.name for each in people}


def test_a_method_that_another_app_wraps_is_called_for_each_check_in(monkeypatch, people):
	heard, validate = [], EmployeeCheckin.validate

	@functools.wraps(validate)
	def theirs(checkin):
		validate(checkin)
		heard.append(checkin.employee)

	monkeypatch.setattr(EmployeeCheckin, "validate", theirs)
	punch_all(people)
	checkins.drain()
	assert set(heard) == {each.name for each in people}


@pytest.mark.parametrize("method", ["insert", "db_insert", "run_post_save_methods"])
def test_a_method_of_all_documents_that_another_app_replaces_is_heard(monkeypatch, people, alone, method):
	heard, original = [], getattr(Document, method)

	def theirs(document, *arguments, **keywords):
		if document.doctype == CHECKIN:
			heard.append(document.employee)
		return original(document, *arguments, **keywords)

	monkeypatch.setattr(Document, method, theirs)
	punch_all(people)
	checkins.drain()
	assert set(heard) == {each.name for each in people}
	assert set(alone) == set(ids_of(people))
	assert f"Document.{method}" in listeners.find()


def test_nobody_listens_here(connected):
	assert (finding().state, finding().sentence[:30]) == (OK, "Check-ins are made in batches:")


def test_an_error_of_the_batch_costs_nobody_a_check_in(monkeypatch, people, alone):
	def broken(checkins):
		raise RuntimeError("nobody thought of this")

	monkeypatch.setattr(batches, "_insert", broken)
	punch_all(people)
	checkins.drain()
	assert (outcomes(people), alone) == ([RECORDED] * len(people), ids_of(people))
	[entry] = log_entries(method=["like", "%one by one%"])
	assert "nobody thought of this" in entry.error
	assert (finding().state, "Error Log" in finding().remedy) == (WARNING, True)


def test_what_the_database_takes_back_is_made_one_by_one(monkeypatch, people, alone):
	def busy(checkins):
		frappe.db.rollback()
		raise frappe.QueryDeadlockError("try again")

	monkeypatch.setattr(batches, "_insert", busy)
	punch_all(people)
	checkins.drain()
	assert (outcomes(people), alone) == ([RECORDED] * len(people), ids_of(people))
	assert {punch_of(user_id).attempts for user_id in ids_of(people)} == {0}


def test_a_difference_to_hrms_ends_the_batches_and_is_told(monkeypatch, people, new_employee, alone):
	"""As if what was read for the batch were not what HRMS reads."""
	read = Memory.__init__

	def read_wrongly(self, *arguments):
		read(self, *arguments)
		for employee in self.employees.values():
			employee.employee_name = "Somebody else"

	monkeypatch.setattr(Memory, "__init__", read_wrongly)
	punch_all(people)
	checkins.drain()
	assert (outcomes(people), alone) == ([RECORDED] * len(people), ids_of(people))
	assert checkins_of(people[0].name)[0].employee_name == people[0].employee_name
	[entry] = log_entries(method=["like", "%HRMS makes others%"])
	assert "Somebody else" in entry.error
	assert (finding().state, "Error Log" in finding().remedy) == (WARNING, True)
	assert not checkins.may_be_made_together()
	frappe.db.set_single_value(SETTINGS, "one_by_one", 0)
	assert checkins.may_be_made_together()


def test_what_hrms_alone_would_refuse_is_a_difference_too(monkeypatch, people, alone):
	"""As if somebody had become inactive, and the batch did not know."""
	read = Memory.__init__

	def read_wrongly(self, *arguments):
		read(self, *arguments)
		frappe.db.set_value("Employee", {"name": ["in", list(self.employees)]}, "status", "Inactive")

	monkeypatch.setattr(Memory, "__init__", read_wrongly)
	punch_all(people)
	checkins.drain()
	assert alone == ids_of(people)
	[entry] = log_entries(method=["like", "%HRMS makes others%"])
	assert "HRMS refuses it" in entry.error


def test_two_moments_with_one_time_in_two_zones_are_not_made_together(people, new_device, alone):
	user_id = people[0].attendance_device_id
	abroad = new_device(time_zone="Europe/London", checkin_time="Device's Time Zone").name
	punch_all(people)
	store(punch_at(user_id, "10:00:00", SerialNumber=abroad))
	checkins.drain()
	assert alone == [user_id] * 2
	assert sorted(punch.state for punch in punches_of(user_id)) == ["Held", "Recorded"]


def test_one_notice_for_lists_and_not_one_for_each(people):
	punch_all(people)
	frappe.local.realtime_log.clear()
	checkins.drain()
	lists = [entry for entry in frappe.local.realtime_log if entry[0] == "list_update"]
	assert [entry[3] for entry in lists] == ["Employee Checkin", "CAMS Punch"]
