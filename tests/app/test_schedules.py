"""Access schedules: what may be saved, what devices are told, and what each line says of its device."""

import frappe
import pytest

from navari_cams_biometric.cams_biometric.base.states import COMMANDS_UNDER_WAY
from navari_cams_biometric.cams_biometric.command_queue import command_results, queue
from navari_cams_biometric.cams_biometric.device_users import access_schedules

MORNING = {"day": "Monday", "start": "08:00:00", "end": "12:00:00"}
AFTERNOON = {"day": "Monday", "start": "12:00:00", "end": "17:30:00"}


@pytest.fixture
def new_schedule(tags, new_user_id):
	"""Make schedules for both devices and for everybody; they are removed again."""
	made = []

	def create(**values):
		values = {
			"schedule_name": f"Hours {new_user_id()}",
			"everybody": 1,
			"windows": [MORNING, AFTERNOON],
			"devices": [{"service_tag": tag} for tag in tags],
			**values,
		}
		made.append(frappe.new_doc("CAMS Access Schedule", **values).insert().name)
		frappe.db.commit()
		return frappe.get_doc("CAMS Access Schedule", made[-1])

	yield create
	frappe.db.rollback()
	for name in made:
		frappe.delete_doc("CAMS Access Schedule", name)
	frappe.db.commit()


@pytest.fixture
def put_in_force(gateway, run_jobs):
	def put(schedule):
		schedule.send_to_devices()
		settle(gateway, run_jobs)
		assert states(schedule) == ["Applied", "Applied"]

	return put


def settle(gateway, run_jobs):
	"""Let the worker send, the device do it and the scheduler ask after it."""
	run_jobs()
	gateway.tick(15)
	frappe.db.set_value("CAMS Command", {"state": ["in", COMMANDS_UNDER_WAY]}, "due_at", "2020-01-01")
	frappe.db.commit()
	queue.sweep()


def stored(schedule):
	return frappe.get_doc("CAMS Access Schedule", schedule.name)


def states(schedule):
	return [line.state for line in stored(schedule).devices]


def on_device(gateway, tag, schedule):
	return gateway.world.devices[tag].schedules.get(schedule.name)


def sent(gateway):
	return [request.arguments for request in gateway.received if request.operation == "SetAccessSchedule"]


def test_a_schedule_is_sent_to_each_device_and_in_force(gateway, tags, new_schedule, run_jobs):
	schedule = new_schedule()
	assert (stored(schedule).state, states(schedule)) == ("Not Sent", ["Not Sent", "Not Sent"])

	assert schedule.send_to_devices() == 2
	assert (stored(schedule).state, states(schedule)) == ("Waiting", ["Waiting", "Waiting"])
	settle(gateway, run_jobs)

	assert (stored(schedule).state, states(schedule)) == ("Applied", ["Applied", "Applied"])
	assert all(line.taken_at for line in stored(schedule).devices)
	windows = [
		{"Day": "Monday", "Start": "08:00", "End": "12:00"},
		{"Day": "Monday", "Start": "12:00", "End": "17:30"},
	]
	assert [on_device(gateway, tag, schedule) for tag in tags] == [{"Windows": windows, "UserIDs": []}] * 2
	assert all("UserIDs" not in arguments for arguments in sent(gateway))


def test_only_the_people_named_are_sent_by_their_device_ids(
	gateway, tags, new_schedule, new_employee, run_jobs
):
	people = [new_employee(), new_employee()]
	schedule = new_schedule(everybody=0, employees=[{"employee": each.name} for each in people])
	schedule.send_to_devices()
	settle(gateway, run_jobs)

	expected = [each.attendance_device_id for each in people]
	assert [on_device(gateway, tag, schedule)["UserIDs"] for tag in tags] == [expected] * 2


def test_windows_are_sent_in_the_order_of_the_week(gateway, new_schedule, run_jobs):
	sunday = {"day": "Sunday", "start": "00:00:00", "end": "23:59:00"}
	schedule = new_schedule(windows=[sunday, AFTERNOON, MORNING])
	schedule.send_to_devices()
	run_jobs()

	assert [(each["Day"], each["Start"]) for each in sent(gateway)[0]["Windows"]] == [
		("Monday", "08:00"),
		("Monday", "12:00"),
		("Sunday", "00:00"),
	]


def test_seconds_are_dropped_where_they_can_be_seen(new_schedule):
	schedule = new_schedule(windows=[{"day": "Monday", "start": "08:00:29", "end": "17:00:59"}])

	[window] = stored(schedule).windows
	assert (str(window.start), str(window.end)) == ("8:00:00", "17:00:00")


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"windows": [{**MORNING, "start": "12:00:00"}]}, "start before it ends"),
		({"windows": [{**MORNING, "start": "22:00:00", "end": "06:00:00"}]}, "start before it ends"),
		({"windows": [MORNING, {**AFTERNOON, "start": "11:59:00"}]}, "Two windows of Monday overlap"),
		({"windows": [AFTERNOON, MORNING, MORNING]}, "Two windows of Monday overlap"),
		({"everybody": 0}, "Choose for whom"),
	],
)
def test_what_makes_no_sense_is_refused(new_schedule, values, words):
	with pytest.raises(frappe.ValidationError, match=words):
		new_schedule(**values)


@pytest.mark.parametrize(
	"values",
	[
		{"windows": []},
		{"devices": []},
		{"windows": [{"day": "Monday", "start": "08:00:00"}]},
		{"everybody": 0, "employees": [{"employee": None}]},
	],
)
def test_what_is_missing_is_named(new_schedule, values):
	with pytest.raises(frappe.MandatoryError):
		new_schedule(**values)


def test_equal_hours_on_other_days_do_not_overlap(new_schedule):
	assert new_schedule(windows=[MORNING, {**MORNING, "day": "Tuesday"}]).name


def test_a_device_is_listed_once(new_schedule, tags):
	with pytest.raises(frappe.ValidationError, match=f"{tags[0]} is listed twice"):
		new_schedule(devices=[{"service_tag": tags[0]}, {"service_tag": tags[0]}])


def test_an_employee_is_listed_once(new_schedule, new_employee):
	name = new_employee().name
	with pytest.raises(frappe.ValidationError, match=f"{name} is listed twice"):
		new_schedule(everybody=0, employees=[{"employee": name}, {"employee": name}])


def test_an_employee_without_a_device_id_is_refused_by_name(new_schedule, new_employee):
	employee = new_employee(attendance_device_id=None, first_name="Employee Nine")
	with pytest.raises(frappe.ValidationError, match="Employee Nine"):
		new_schedule(everybody=0, employees=[{"employee": employee.name}])


def test_for_everybody_names_nobody(new_schedule, new_employee):
	assert stored(new_schedule(employees=[{"employee": new_employee().name}])).employees == []


def test_a_device_id_that_is_gone_is_told_before_anything_is_sent(new_schedule, new_employee, tags):
	employee = new_employee()
	schedule = new_schedule(everybody=0, employees=[{"employee": employee.name}])
	frappe.db.set_value("Employee", employee.name, "attendance_device_id", None)

	with pytest.raises(frappe.ValidationError, match="Attendance Device ID"):
		schedule.send_to_devices()
	assert not frappe.db.exists("CAMS Command", {"service_tag": ["in", tags]})


def test_a_refusal_shows_and_is_sent_again_alone(gateway, tags, new_schedule, run_jobs):
	gateway.fail_next("html", operation="SetAccessSchedule")
	schedule = new_schedule()
	schedule.send_to_devices()
	settle(gateway, run_jobs)
	assert (stored(schedule).state, sorted(states(schedule))) == ("Partially Applied", ["Applied", "Failed"])

	assert schedule.send_to_devices() == 1
	settle(gateway, run_jobs)
	assert stored(schedule).state == "Applied"
	assert len(sent(gateway)) == 3


def test_what_is_in_force_everywhere_is_sent_to_all_again(gateway, new_schedule, put_in_force, run_jobs):
	schedule = new_schedule()
	put_in_force(schedule)

	assert schedule.send_to_devices() == 2
	run_jobs()
	assert len(sent(gateway)) == 4


CHANGES = {
	"hours": lambda schedule, employee: schedule.windows[0].update({"end": "11:00:00"}),
	"a day less": lambda schedule, employee: schedule.set("windows", schedule.windows[:1]),
	"everybody": lambda schedule, employee: schedule.update({"everybody": 1}),
	"one more": lambda schedule, employee: schedule.append("employees", {"employee": employee.name}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_shows_until_it_is_sent(
	gateway, tags, new_schedule, new_employee, put_in_force, run_jobs, change
):
	schedule = new_schedule(everybody=0, employees=[{"employee": new_employee().name}])
	put_in_force(schedule)
	old = on_device(gateway, tags[0], schedule)

	changed = stored(schedule)
	change(changed, new_employee())
	changed.save()
	assert (stored(schedule).state, states(schedule)) == ("Outdated", ["Outdated"] * 2)
	assert on_device(gateway, tags[0], schedule) == old

	assert schedule.send_to_devices() == 2
	settle(gateway, run_jobs)
	assert stored(schedule).state == "Applied"
	assert on_device(gateway, tags[0], schedule) != old


def test_what_changes_nothing_for_a_device_leaves_it_in_force(new_schedule, put_in_force):
	schedule = new_schedule()
	put_in_force(schedule)
	same = stored(schedule)
	same.set("windows", [AFTERNOON, MORNING])
	same.save()

	assert states(schedule) == ["Applied", "Applied"]


def test_another_device_id_of_somebody_named_is_a_change(
	new_schedule, new_employee, new_user_id, put_in_force
):
	employee = new_employee()
	schedule = new_schedule(everybody=0, employees=[{"employee": employee.name}])
	put_in_force(schedule)
	employee.reload().update({"last_name": "Married"}).save()
	assert stored(schedule).state == "Applied"

	employee.reload().update({"attendance_device_id": new_user_id()}).save()
	assert (stored(schedule).state, states(schedule)) == ("Outdated", ["Outdated"] * 2)


def test_a_new_device_is_not_sent_while_the_others_stay_in_force(
	gateway, tags, new_schedule, put_in_force, new_device
):
	schedule = new_schedule()
	put_in_force(schedule)
	more = stored(schedule)
	more.append("devices", {"service_tag": new_device().name})
	more.save()

	assert (stored(schedule).state, states(schedule)) == (
		"Partially Applied",
		["Applied", "Applied", "Not Sent"],
	)


def test_an_older_outcome_does_not_mark_what_was_changed_since(gateway, tags, new_schedule, run_jobs):
	schedule = new_schedule()
	schedule.send_to_devices()
	run_jobs()
	changed = stored(schedule)
	changed.windows[0].end = "11:00:00"
	changed.save()
	settle(gateway, run_jobs)

	assert states(schedule) == ["Outdated", "Outdated"]
	assert all(line.taken_at for line in stored(schedule).devices)


def test_an_older_outcome_does_not_mark_what_was_sent_again_since(gateway, tags, new_schedule, run_jobs):
	gateway.set_online(tags[0], False)
	schedule = new_schedule()
	schedule.send_to_devices()
	run_jobs()
	older = stored(schedule).devices[0].command
	changed = stored(schedule)
	changed.windows[0].end = "11:00:00"
	changed.save()
	schedule.send_to_devices()
	command_results.finish(frappe.get_doc("CAMS Command", older), "Done")

	assert stored(schedule).devices[0].command != older
	assert (stored(schedule).devices[0].state, stored(schedule).devices[0].taken_at) == ("Waiting", None)


@pytest.mark.parametrize(("was_taken", "state"), [(False, "Not Sent"), (True, "Outdated")])
def test_a_command_that_is_taken_back_leaves_what_the_device_has(
	new_schedule, put_in_force, was_taken, state
):
	schedule = new_schedule()
	if was_taken:
		put_in_force(schedule)
	schedule.send_to_devices()
	frappe.db.commit()
	for line in stored(schedule).devices:
		assert queue.cancel_command(line.command)

	assert states(schedule) == [state, state]


def test_nobody_claims_by_the_form_what_a_device_has(new_schedule, tags):
	claimed = [{"service_tag": tag, "state": "Applied", "command": "made up"} for tag in tags]
	schedule = new_schedule(devices=claimed, state="Applied")
	assert (stored(schedule).state, states(schedule)) == ("Not Sent", ["Not Sent", "Not Sent"])

	again = stored(schedule)
	again.update({"state": "Applied", "devices": claimed})
	again.save()
	assert (stored(schedule).state, states(schedule)) == ("Not Sent", ["Not Sent", "Not Sent"])
	assert [line.command for line in stored(schedule).devices] == [None, None]


def test_a_form_that_is_older_than_an_outcome_does_not_undo_it(gateway, new_schedule, run_jobs):
	schedule = new_schedule()
	schedule.send_to_devices()
	opened = stored(schedule)
	settle(gateway, run_jobs)
	opened.save()

	assert states(schedule) == ["Applied", "Applied"]


def messages():
	return [message["message"] for message in frappe.get_message_log()]


def notes(tag):
	filters = {"reference_doctype": "CAMS Device", "reference_name": tag, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content")


def test_a_device_that_is_taken_off_keeps_its_schedule_and_the_site_says_so(
	gateway, tags, new_schedule, put_in_force
):
	schedule = new_schedule()
	put_in_force(schedule)
	frappe.clear_messages()
	less = stored(schedule)
	less.set("devices", less.devices[1:])
	less.save()

	assert ["Gate 1 may still have" in message for message in messages()] == [True]
	assert schedule.name in notes(tags[0])[0]
	assert notes(tags[1]) == []
	assert on_device(gateway, tags[0], schedule)


def test_a_deleted_schedule_stays_on_its_devices_and_the_site_says_so(
	gateway, tags, new_schedule, put_in_force
):
	schedule = new_schedule()
	put_in_force(schedule)
	frappe.clear_messages()
	frappe.delete_doc("CAMS Access Schedule", schedule.name)

	assert ["Gate 1, Gate 2 may still have" in message for message in messages()] == [True]
	assert [len(notes(tag)) for tag in tags] == [1, 1]


def test_what_was_never_sent_goes_in_silence(new_schedule, tags):
	schedule = new_schedule()
	frappe.clear_messages()
	frappe.delete_doc("CAMS Access Schedule", schedule.name)

	assert messages() == []
	assert notes(tags[0]) == []


def test_an_outcome_after_the_schedule_is_gone_harms_nothing(gateway, new_schedule, run_jobs):
	schedule = new_schedule()
	schedule.send_to_devices()
	names = [line.command for line in stored(schedule).devices]
	frappe.delete_doc("CAMS Access Schedule", schedule.name)
	settle(gateway, run_jobs)

	assert [frappe.db.get_value("CAMS Command", name, "state") for name in names] == ["Done", "Done"]


def test_a_schedule_outlives_the_commands_that_sent_it(new_schedule, put_in_force):
	schedule = new_schedule()
	put_in_force(schedule)
	frappe.db.delete("CAMS Command", {"operation": "SetAccessSchedule"})
	stored(schedule).save()

	assert states(schedule) == ["Applied", "Applied"]


def test_the_gateway_api_without_schedules_says_so(gateway, new_schedule):
	schedule = new_schedule()
	settings = frappe.get_doc("CAMS Biometric Settings")
	settings.update({"gateway_api": "Web API 3.0", "base_url": gateway.web_api_url}).save()

	with pytest.raises(frappe.ValidationError, match="not supported by Web API"):
		schedule.send_to_devices()
	assert states(schedule) == ["Not Sent", "Not Sent"]


@pytest.mark.parametrize(
	("each", "together"),
	[
		(["Waiting", "Waiting"], "Waiting"),
		(["Applied", "Failed", "Waiting"], "Partially Applied"),
		(["Waiting", "Failed", "Outdated"], "Failed"),
		(["Not Sent", "Outdated"], "Outdated"),
		(["Waiting", "Not Sent"], "Not Sent"),
	],
)
def test_what_several_devices_come_to(each, together):
	assert access_schedules.state_of_all(each) == together
