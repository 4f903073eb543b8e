"""Correct Time: punches of a device whose clock was wrong, moved by what was measured, and moved back."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.contract.host import DONE, SETTINGS, TOKEN, batch, real_time

ACTIONS = "navari_cams_biometric.cams_biometric.controllers.time_correction_actions"
NAIROBI = timezone(timedelta(hours=3))
HOUR = 3600
FORMAT = "%Y-%m-%d %H:%M:%S"


@pytest.fixture
def call(host):
	def send(function, **arguments):
		response = respond(host, function, **arguments)
		assert response.status_code == 200, response.text
		return response.json()["message"]

	return send


@pytest.fixture
def device(new_device):
	return new_device(label="Side Door")["name"]


@pytest.fixture
def arrive(host):
	"""Let live punches of a user arrive now from a clock that is wrong by `wrong` (plus: ahead), a second apart."""

	def send(user_id, device, wrong, count=1, state="Held", **overrides):
		first = now() + wrong
		moments = [first - timedelta(seconds=number) for number in reversed(range(count))]
		for moment in moments:
			body = real_time(user_id, f"{moment:{FORMAT}} GMT +0300", SerialNumber=device, **overrides)
			assert host.callback(body).content == DONE
		host.settled(user_id, count, state=state)
		return [f"{moment:{FORMAT}}" for moment in moments]

	return send


def respond(host, function, **arguments):
	return host.api("POST", f"method/{ACTIONS}.{function}", json=arguments)


def now():
	return datetime.now(NAIROBI).replace(tzinfo=None, microsecond=0)


def names_of(host, user_id):
	return [punch["name"] for punch in host.punches(user_id)]


def times_of(records, field="punch_time"):
	return [record[field][:19] for record in records]


def later(moments, seconds):
	return [f"{datetime.strptime(each, FORMAT) + timedelta(seconds=seconds)}" for each in moments]


def test_punches_two_hours_ahead_become_check_ins_at_the_proposed_time(
	host, call, arrive, device, new_employee
):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	said = arrive(user_id, device, timedelta(hours=2), 3)
	names = names_of(host, user_id)
	proposal = call("propose", names=names)
	assert (proposal["seconds"], proposal["why"]) == (-2 * HOUR, "arrival")
	assert [row["before"][:19] for row in proposal["rows"]] == said
	assert [row["after"][:19] for row in proposal["rows"]] == later(said, -2 * HOUR)
	assert {row["employee_name"] for row in proposal["rows"]} == {employee["employee_name"]}
	assert proposal["devices"] == [{"service_tag": device, "label": "Side Door", "count": 3}]

	done = call("correct", names=names, seconds=-2 * HOUR, as_of=proposal["as_of"])
	assert (sorted(done["names"]), done["left"]) == (sorted(names), {})
	punches = host.settled(user_id, 3, state="Recorded")
	right = later(said, -2 * HOUR)
	assert times_of(punches) == times_of(host.checkins(employee["name"]), "time") == right
	for punch, moment in zip(punches, said, strict=True):
		assert punch["original_time"] == f"{moment} GMT +0300"
		assert (punch["time_shift"], punch["time_corrected_by"]) == (-2 * HOUR, "Administrator")
		assert punch["time_corrected_on"]


def test_a_correction_is_undone_to_what_the_clock_rules_say(host, call, arrive, device, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	said = arrive(user_id, device, timedelta(hours=2), 2)
	names = names_of(host, user_id)
	call("correct", names=names, seconds=-2 * HOUR)
	host.settled(user_id, 2, state="Recorded")
	assert sorted(call("undo", names=names)["names"]) == sorted(names)
	punches = host.settled(user_id, 2, state="Held")
	assert {punch["reason_code"] for punch in punches} == {"CLOCK_AHEAD"}
	assert times_of(punches) == said
	assert {
		(punch["time_shift"], punch["time_corrected_by"], punch["time_accepted"]) for punch in punches
	} == {(0, None, 0)}
	assert host.checkins(employee["name"]) == []
	refused = respond(host, "undo", names=names)
	assert (refused.status_code, "was not corrected" in refused.text) == (417, True)


def test_check_ins_at_the_wrong_time_move_and_come_back(host, call, arrive, device, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	said = arrive(user_id, device, timedelta(hours=-2), 2, state="Recorded")
	proposal = call("propose", names=names_of(host, user_id))
	assert proposal["seconds"] == 2 * HOUR
	call("correct", names=proposal["names"], seconds=proposal["seconds"])
	host.settled(user_id, 2, state="Recorded")
	assert times_of(host.checkins(employee["name"]), "time") == later(said, 2 * HOUR)
	assert host.find("CAMS Checkin Change", {"employee": employee["name"]}) == []

	call("undo", names=proposal["names"])
	host.settled(user_id, 2, state="Recorded")
	assert times_of(host.checkins(employee["name"]), "time") == said


def test_retry_keeps_a_correction_and_a_second_one_adds_to_it(host, call, arrive, device, new_employee):
	employee = new_employee(status="Inactive")
	user_id = employee["attendance_device_id"]
	[said] = arrive(user_id, device, timedelta(days=-9000))
	names = names_of(host, user_id)
	call("correct", names=names, seconds=9000 * 24 * HOUR)
	host.settled(user_id, state="Held")
	assert host.call("retry", names=names) == 1
	[punch] = host.settled(user_id, state="Held")
	assert (punch["reason_code"], punch["time_shift"]) == ("EMPLOYEE_INACTIVE", 9000 * 24 * HOUR)
	call("correct", names=names, seconds=-HOUR)
	host.settled(user_id, state="Held")
	host.update("Employee", employee["name"], status="Active")
	[punch] = host.settled(user_id, state="Recorded")
	total = 9000 * 24 * HOUR - HOUR
	assert (punch["time_shift"], times_of([punch])) == (total, later([said], total))
	assert times_of(host.checkins(employee["name"]), "time") == later([said], total)
	call("correct", names=names, seconds=-total)  # as undo: held for its clock again
	[punch] = host.settled(user_id, state="Held")
	assert (punch["time_shift"], punch["time_corrected_by"], times_of([punch])) == (0, None, [said])


def test_a_clock_that_fell_back_counts_once_it_is_corrected(host, call, device, new_employee):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	body = real_time(user_id, "2000-01-01 00:04:00 GMT +0300", SerialNumber=device)
	host.update(SETTINGS, SETTINGS, oldest_live_punch=45)
	try:
		assert host.callback(body).content == DONE
		host.settled(user_id, state="Held")
		proposal = call("propose", names=names_of(host, user_id))
		call("correct", names=proposal["names"], seconds=proposal["seconds"] - 60 * 24 * HOUR)
		host.settled(user_id, state="Recorded")  # older than live punches may be, but a person said so
	finally:
		host.update(SETTINGS, SETTINGS, oldest_live_punch=0)


def test_only_one_device_at_a_time(host, call, arrive, new_device, new_employee):
	users = [new_employee()["attendance_device_id"] for _ in range(2)]
	doors = [new_device(label=label)["name"] for label in ("<b>Back</b>", "Front")]
	for user_id, door in zip(users, doors, strict=True):
		arrive(user_id, door, timedelta(hours=2))
	names = [name for user_id in users for name in names_of(host, user_id)]
	proposal = call("propose", names=names)
	assert [each["service_tag"] for each in proposal["devices"]] == doors
	assert "seconds" not in proposal
	assert call("propose", names=names, service_tag=doors[1])["names"] == names_of(host, users[1])
	refused = respond(host, "correct", names=names, seconds=-2 * HOUR)
	assert (refused.status_code, "several devices" in refused.text) == (417, True)
	for user_id in users:
		assert host.settled(user_id, state="Held")[0]["time_shift"] == 0


def test_times_after_the_arrival_are_refused_before_anything_changes(
	host, call, arrive, device, new_employee
):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	said = arrive(user_id, device, timedelta(hours=-2), 2, state="Recorded")
	names = names_of(host, user_id)
	refused = respond(host, "correct", names=names, seconds=3 * HOUR)
	assert (refused.status_code, "later than the moment" in refused.text) == (417, True)
	assert times_of(host.checkins(employee["name"]), "time") == said
	assert {punch["time_shift"] for punch in host.settled(user_id, 2, state="Recorded")} == {0}
	assert call("propose", names=names)["latest"] < 3 * HOUR


def test_what_changed_since_it_was_shown_is_not_moved_twice(host, call, arrive, device, new_employee):
	user_id = new_employee()["attendance_device_id"]
	arrive(user_id, device, timedelta(hours=2))
	proposal = call("propose", names=names_of(host, user_id))
	question = {key: proposal[key] for key in ("names", "seconds", "as_of")}
	call("correct", **question)
	host.settled(user_id, state="Recorded")
	refused = respond(host, "correct", **question)
	assert (refused.status_code, "in the meantime" in refused.text) == (417, True)
	assert host.punches(user_id)[0]["time_shift"] == -2 * HOUR


def test_history_of_a_clock_that_was_ahead_is_measured_by_its_arrival(host, call, device, new_employee):
	user_id = new_employee()["attendance_device_id"]
	ahead = [now() + timedelta(hours=3, minutes=-minute) for minute in (40, 20, 0)]
	entries = [("CheckIn", user_id, f"{moment:{FORMAT}} GMT +0300") for moment in ahead]
	assert host.callback(batch(*entries, SerialNumber=device, AuthToken=TOKEN)).content == DONE
	host.settled(user_id, 3, state="Held")
	proposal = call("propose", names=names_of(host, user_id))
	assert (proposal["why"], proposal["seconds"]) == ("arrival", -3 * HOUR)


def test_nothing_to_correct_is_said(host, new_user_id):
	for arguments in ({"names": [], "seconds": 60}, {"names": [], "seconds": 0}):
		assert respond(host, "correct", **arguments).status_code == 417
	assert respond(host, "undo", names=[new_user_id()]).status_code == 417
