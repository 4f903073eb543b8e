"""Who may ask for people on devices, what many at once take, and what the Desk calls."""

import uuid

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base import jobs
from navari_cams_biometric.cams_biometric.controllers import enrolment_actions
from navari_cams_biometric.cams_biometric.device_users import device_user_store
from tests.app.people.records import SETTINGS, carry_out, known, put, recorded, sent


@pytest.fixture
def as_role():
	"""Go on as a user with these roles."""

	def change(*roles):
		email = f"{uuid.uuid4().hex[:10]}@example.com"
		user = frappe.new_doc("User", email=email, first_name=roles[0], send_welcome_email=0)
		for role in roles:
			user.append("roles", {"role": role})
		user.insert()
		frappe.db.commit()
		frappe.set_user(user.name)
		return user.name

	yield change
	frappe.set_user("Administrator")


def test_without_a_token_every_button_says_why(tags, employee):
	frappe.db.set_single_value(SETTINGS, "auth_token_digest", "")  # not committed
	unavailable = enrolment_actions.on_devices(employee.name)["unavailable"]
	assert set(unavailable) == set(enrolment_actions.OPERATIONS)
	assert all("Auth Token" in reason for reason in unavailable.values())


def test_many_are_asked_for_by_a_job_with_progress(gateway, tags, new_person, run_jobs, monkeypatch, as_role):
	shown = []
	monkeypatch.setattr(
		frappe, "publish_progress", lambda percent, **told: shown.append((percent, frappe.session.user))
	)
	many = [new_person() for _ in range(60)]
	manager = as_role("HR Manager")
	asked = enrolment_actions.enrol([person.name for person in many], reason="new site")
	assert asked == {"commands": 0, "in_background": True}
	assert recorded(tags) == []
	run_jobs()

	ids = {person.attendance_device_id for person in many}
	for tag in tags:
		assert {user_id for _operation, _tag, user_id in recorded([tag])} == ids
		assert set(frappe.get_all("CAMS Command", {"service_tag": tag}, pluck="asked_by")) == {manager}
	assert [percent for percent, _user in shown] == pytest.approx([100 * 50 / 60, 100])
	assert {user for _percent, user in shown} == {manager}
	assert {request["UserID"] for request in sent(gateway, "AddUser")} == ids


def test_a_job_sends_a_device_once_for_each_transaction(gateway, tags, new_person, monkeypatch):
	queued = []
	monkeypatch.setattr(jobs, "request_job", lambda method, *_ids, **options: queued.append(options))
	for _ in range(3):
		enrolment_actions.enrol(new_person().name)
	frappe.db.commit()
	assert sorted(each["service_tag"] for each in queued) == sorted([*tags] * 3)
	queued.clear()
	enrolment_actions.enrol([new_person().name for _ in range(3)])
	frappe.db.commit()
	assert sorted(each["service_tag"] for each in queued) == sorted(tags)


def test_a_job_that_was_asked_for_in_vain_is_asked_for_again(monkeypatch):
	queued = []
	monkeypatch.setattr(jobs, "request_job", lambda method, *_ids, **options: queued.append(method))
	jobs.after_commit("a.job", service_tag="X")
	frappe.db.rollback()
	jobs.after_commit("a.job", service_tag="X")
	frappe.db.commit()
	assert queued == ["a.job"]


CALLS = {
	"enrol": {},
	"update": {},
	"remove": {"reason": "gone"},
	"resend": {},
	"set_card": {"secret": "10283655"},
	"set_pin": {"secret": "90817263"},
	"start_fingerprint": {},
	"start_face": {},
}


@pytest.mark.parametrize(
	"roles", [["HR User"], ["Employee"], ["CAMS Door Operator"], ["System Manager", "Employee"]]
)
@pytest.mark.parametrize("function", CALLS)
def test_who_may_not_change_employees_sends_nothing(tags, employee, as_role, function, roles):
	as_role(*roles)
	with pytest.raises(frappe.PermissionError):
		getattr(enrolment_actions, function)(employee.name, devices=tags, **CALLS[function])
	assert recorded(tags) == []


@pytest.mark.parametrize("function", CALLS)
def test_an_hr_manager_may_ask_for_all_of_it(tags, employee, as_role, function):
	as_role("HR Manager")
	assert (
		getattr(enrolment_actions, function)(employee.name, devices=[tags[0]], **CALLS[function])["commands"]
		== 1
	)


def test_hr_users_read_and_ask_the_gateway_nothing(gateway, tags, employee, as_role):
	put(tags[0], employee)
	user = frappe.db.get_value("CAMS Device User", {"service_tag": tags[0]}, "name")
	as_role("HR User")
	told = enrolment_actions.on_devices(employee.name)
	assert len(told["rows"]) == 1
	assert (told["may_send"], told["commands"]) == (False, [])
	for refused in (
		lambda: enrolment_actions.find(employee.name),
		lambda: enrolment_actions.where(employee.name),
		lambda: enrolment_actions.copy(employee.name, tags[0], [tags[1]]),
		lambda: enrolment_actions.sync_users(tags[0]),
		lambda: enrolment_actions.remove_users([user], "gone"),
		lambda: enrolment_actions.resend_users([user]),
	):
		with pytest.raises(frappe.PermissionError):
			refused()
	assert gateway.received == []


def test_an_unknown_employee_or_device_is_refused(tags, employee):
	with pytest.raises(frappe.PermissionError, match="employees"):
		enrolment_actions.enrol([employee.name, "HR-EMP-NONE"])
	with pytest.raises(frappe.PermissionError, match="devices"):
		enrolment_actions.enrol(employee.name, devices=["NONE"])
	assert recorded(tags) == []


def test_somebody_who_is_no_employee_can_be_removed_and_resent(gateway, tags, run_jobs):
	gateway.add_user(tags[0], "mismatch")
	device_user_store.mark_on_device(tags[0], "mismatch")
	names = [device_user_store.row_name(tags[0], "mismatch")]
	enrolment_actions.resend_users(names)
	enrolment_actions.remove_users(names, "nobody knows")
	carry_out(gateway, run_jobs)
	assert recorded(tags) == [("ResendUser", tags[0], "mismatch"), ("DeleteUser", tags[0], "mismatch")]
	assert gateway.world.devices[tags[0]].users == {}
	assert known(tags[0], "mismatch").state == "Deleted"
