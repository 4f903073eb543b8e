"""Held Punches: 40 punches of 3 unknown users, suggestions, undo, and who may do what."""

import random
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.contract.host import DONE, SERVICE_TAG, SETTINGS, TOKEN, real_time

MENDING = "navari_cams_biometric.cams_biometric.controllers.held_punches_page"
DAY = datetime(2024, 9, 17, 8)
AHEAD = "CLOCK_AHEAD"
FUTURE = datetime(2031, 1, 1, 8)


@pytest.fixture
def sweep(bench_site):
	"""What the scheduler does every two minutes, for punches that came just as a job was ending."""
	return lambda: bench_site.execute("navari_cams_biometric.cams_biometric.punches.checkins.sweep")


@pytest.fixture
def settled(host, sweep):
	"""Wait until a user's punches have left the queue, as Host.settled does."""

	def wait(user_id, count=1, **options):
		try:
			return host.settled(user_id, count, seconds=10, **options)
		except AssertionError:
			sweep()
			return host.settled(user_id, count, **options)

	return wait


@pytest.fixture
def hold(host, settled):
	"""Let punches of a user who is not known be held, an hour apart, that arrive in any order."""

	def punches(user_id, count=1, start=DAY, **overrides):
		punches = [(user_id, start + timedelta(hours=number), overrides) for number in range(count)]
		send(host, *random.Random(7).sample(punches, count))
		return settled(user_id, count, state="Held")

	return punches


@pytest.fixture
def outcome_since(call, sweep):
	"""Ask what came of it until the worker is through."""

	def outcome(since, **which):
		start = time.monotonic()
		while (found := call("outcome_since", since=since, **which))["queued"]:
			assert time.monotonic() - start < 60, found
			if time.monotonic() - start > 10:
				sweep()
			time.sleep(0.2)
		return found

	return outcome


@pytest.fixture
def link(call, outcome_since):
	"""Link a user to an employee; return when, and what came of it."""

	def linked(user_id, employee):
		since = call("link", user_id=user_id, employee=employee["name"])["since"]
		return since, outcome_since(since, user_ids=[user_id])

	return linked


@pytest.fixture
def call(host):
	"""Call a function of the page, as Administrator or with a key."""

	def send(function, key=None, **arguments):
		response = host.api("POST", f"method/{MENDING}.{function}", key, json=arguments)
		assert response.status_code == 200, response.text
		return response.json()["message"]

	return send


@pytest.fixture(autouse=True)
def _nothing_held(host, bench_site):
	"""What other tests left held would crowd the page."""
	bench_site.sql("delete from `tabCAMS Punch` where state in ('Held', 'Failed')")


@pytest.fixture
def unlinked(new_employee):
	"""Make active employees without a device id."""
	return lambda **values: new_employee(attendance_device_id="", **values)


def send(host, *punches):
	"""Punches as (user id, datetime, overrides), in the given order."""
	for user_id, moment, overrides in punches:
		answer = host.callback(real_time(user_id, f"{moment:%Y-%m-%d %H:%M:%S} GMT +0300", **overrides))
		assert answer.content == DONE


def rows_of(page, *user_ids):
	return [row for row in page["unknown"]["rows"] if row["user_id"] in user_ids]


def group_of(page, code):
	return next((group for group in page["groups"] if group["code"] == code), {"punches": [], "count": 0})


def device_id(host, employee):
	return host.get("Employee", employee["name"]).get("attendance_device_id")


def named_on_device(host, user_id, first_name, last_name, service_tag=SERVICE_TAG):
	"""The device tells whose id that is there."""
	event = {"UserID": user_id, "FirstName": first_name, "LastName": last_name, "UserType": "User"}
	event["OperationTime"] = "2024-09-17 12:48:28 GMT +0300"
	envelope = {"OperationID": "named", "SerialNumber": service_tag, "AuthToken": TOKEN, "UserUpdated": event}
	assert host.callback({"RealTime": {**envelope, "Time": "2024-09-17 09:48:28 GMT +0000"}}).content == DONE


def test_40_punches_of_3_unknown_users_are_three_rows_one_link_each_and_40_check_ins_in_time_order(
	host, call, new_user_id, unlinked, settled, link
):
	counts = dict(zip((new_user_id() for _ in range(3)), (20, 13, 7), strict=True))
	punches = [
		(user_id, DAY + timedelta(hours=7 * number, minutes=minute), {})
		for minute, (user_id, count) in enumerate(counts.items())
		for number in range(count)
	]
	send(host, *random.Random(3).sample(punches, 40))
	for user_id, count in counts.items():
		settled(user_id, count, state="Held")

	page = call("held_groups", rows=500)
	rows = rows_of(page, *counts)
	assert {row["user_id"]: row["count"] for row in rows} == counts
	assert len(rows) == 3
	for row in rows:
		moments = [str(moment) for user_id, moment, _ in punches if user_id == row["user_id"]]
		assert (row["first_seen"], row["last_seen"]) == (moments[0], moments[-1])
		assert row["service_tag"] == SERVICE_TAG
	assert "Attendance Device ID" in page["unknown"]["sentence"]
	assert page["unknown"]["remedy"]

	for user_id, count in counts.items():
		employee = unlinked()
		_, outcome = link(user_id, employee)
		assert {key: outcome[key] for key in ("total", "checked_in", "others")} == {
			"total": count,
			"checked_in": count,
			"others": [],
		}
		assert device_id(host, employee) == user_id
		checkins = host.find("Employee Checkin", {"employee": employee["name"]}, order_by="name asc")
		expected = [str(moment) for each, moment, _ in punches if each == user_id]
		assert [checkin["time"][:19] for checkin in checkins] == expected
	assert rows_of(call("held_groups", rows=500), *counts) == []


def test_what_came_of_a_link_is_said_with_what_is_still_held(
	host, new_user_id, unlinked, hold, settled, link
):
	user_id, employee = new_user_id(), unlinked()
	hold(user_id, 2)
	send(host, (user_id, FUTURE, {}), (user_id, DAY, {"Type": "MealOut"}))
	settled(user_id, 4)
	_, outcome = link(user_id, employee)
	assert (outcome["checked_in"], outcome["total"]) == (2, 2)  # the others waited for nobody

	other, second = new_user_id(), unlinked()
	names = [punch["name"] for punch in hold(other, 3)]
	host.update("Employee", second["name"], status="Inactive")
	_, outcome = link(other, second)
	assert outcome["checked_in"] == 0
	[held] = outcome["others"]
	assert (held["state"], held["reason_code"], held["count"]) == ("Held", "EMPLOYEE_INACTIVE", 3)
	assert held["sentence"].startswith("The employee was not active")
	assert len(names) == 3


def test_one_id_on_two_devices_is_two_rows_and_linking_releases_both(
	host, call, new_user_id, new_device, unlinked, hold, settled, link
):
	user_id, employee = new_user_id(), unlinked()
	gate, dock = new_device(label="Gate"), new_device(label="Dock")
	hold(user_id, 3, SerialNumber=gate["name"])
	send(host, *[(user_id, DAY + timedelta(days=day), {"SerialNumber": dock["name"]}) for day in (1, 2)])
	settled(user_id, 5, state="Held")
	rows = {row["device"]: row for row in rows_of(call("held_groups", rows=500), user_id)}
	assert {device: row["count"] for device, row in rows.items()} == {"Gate": 3, "Dock": 2}
	assert rows["Gate"]["also_on"] == [{"device": "Dock", "count": 2}]
	assert rows["Dock"]["also_on"] == [{"device": "Gate", "count": 3}]
	_, outcome = link(user_id, employee)
	assert (outcome["total"], outcome["checked_in"]) == (5, 5)


def test_ids_in_which_only_the_case_differs_are_two_users(host, call, new_user_id, unlinked, settled, link):
	small = f"{new_user_id()[:6]}ab"
	large = small.upper()
	for user_id, start in ((small, DAY), (large, DAY + timedelta(days=1))):
		send(host, (user_id, start, {}))
	settled(small, 2, state="Held")
	rows = rows_of(call("held_groups", rows=500), small, large)
	assert sorted((row["user_id"], row["count"]) for row in rows) == sorted([(small, 1), (large, 1)])
	_, outcome = link(small, unlinked())
	assert (outcome["total"], outcome["checked_in"]) == (1, 1)
	assert [row["user_id"] for row in rows_of(call("held_groups", rows=500), small, large)] == [large]


def test_an_employee_is_suggested_by_number_and_by_the_name_on_the_device(host, call, unlinked, hold, link):
	number = str(random.randrange(10**7, 10**8))
	word = "".join(random.choices("bcdfghjklmnpqrstvwxyz", k=9)).capitalize()
	same_number = unlinked(first_name="Numbered", employee_number=f"000{number}")
	similar = unlinked(first_name=word, last_name="Mwezi")
	unlinked(first_name=word, last_name="Mwezi", status="Inactive")
	other = str(random.randrange(10**7, 10**8))
	hold(number)
	hold(other)
	named_on_device(host, other, word[:4] + word[3:], "Mwezi")
	rows = {row["user_id"]: row for row in rows_of(call("held_groups", rows=500), number, other)}
	[suggestion] = rows[number]["suggestions"]
	assert (suggestion["employee"], suggestion["why"]) == (same_number["name"], "same number")
	assert rows[number]["suggested"] == same_number["name"]
	[suggestion] = rows[other]["suggestions"]
	assert (suggestion["employee"], suggestion["why"]) == (similar["name"], "similar name")
	assert rows[other]["name_on_device"] == f"{word[:4] + word[3:]} Mwezi"
	assert rows[other]["suggested"] == similar["name"]

	link(number, similar)  # against the suggestion: who has an id now is suggested no more
	[row] = rows_of(call("held_groups", rows=500), other)
	assert row["suggestions"] == []


def test_a_link_of_nobody_who_waits_or_in_a_way_that_does_not_fit_changes_nothing(
	host, new_user_id, new_employee, unlinked, hold
):
	user_id, taken, free = new_user_id(), new_employee(), unlinked()
	hold(user_id)
	for arguments in (
		{"user_id": user_id, "employee": taken["name"], "way": "own"},
		{"user_id": user_id, "employee": free["name"], "way": "branch", "service_tag": SERVICE_TAG},
		{"user_id": new_user_id(), "employee": free["name"]},
	):
		assert host.api("POST", f"method/{MENDING}.link", json=arguments).status_code == 417
	assert device_id(host, taken) == taken["attendance_device_id"]
	assert not device_id(host, free)
	assert [punch["state"] for punch in host.punches(user_id)] == ["Held"]


def test_a_further_id_is_linked_where_it_was_used_and_undone(
	host, call, new_user_id, new_employee, hold, settled
):
	user_id, employee = new_user_id(), new_employee()
	hold(user_id, 3)
	asked = {"user_id": user_id, "employee": employee["name"], "service_tag": SERVICE_TAG}
	assert [each["way"] for each in call("link_ways", **asked)] == ["all", "device"]
	linked = call("link", **asked, way="device")
	settled(user_id, 3, state="Recorded")
	assert device_id(host, employee) == employee["attendance_device_id"]
	assert host.get("CAMS Device ID", linked["mapping"])["service_tag"] == SERVICE_TAG
	undone = call(
		"undo_link",
		user_id=user_id,
		employee=employee["name"],
		since=linked["since"],
		mapping=linked["mapping"],
	)
	assert (undone["taken_back"], undone["left"], undone["kept"]) == (3, 0, 0)
	[reason] = {punch["reason_code"] for punch in settled(user_id, 3, state="Held")}
	assert (reason, host.checkins(employee["name"])) == ("UNKNOWN_USER", [])


def test_a_link_is_undone_as_far_as_no_attendance_hangs_on_it(
	host, bench_site, call, new_user_id, unlinked, hold, settled, outcome_since, link
):
	user_id, employee = new_user_id(), unlinked()
	hold(user_id, 5)
	since, outcome = link(user_id, employee)
	assert outcome["checked_in"] == 5
	send(host, (user_id, DAY + timedelta(days=1), {}))  # after the link, and as wrong as the others
	settled(user_id, 6, state="Recorded")
	attendance = host.create(
		"Attendance", employee=employee["name"], attendance_date=f"{DAY:%Y-%m-%d}", status="Present"
	)
	marked = host.checkins(employee["name"])[0]
	bench_site.sql(
		f"update `tabEmployee Checkin` set attendance = '{attendance['name']}' where name = '{marked['name']}'"
	)
	assert outcome_since(since, user_ids=[user_id])["with_attendance"] == 1

	done = call("undo_link", user_id=user_id, employee=employee["name"], since=since)
	assert done == {"taken_back": 5, "left": 0, "kept": 1}
	assert not device_id(host, employee)
	assert [checkin["name"] for checkin in host.checkins(employee["name"])] == [marked["name"]]
	states = Counter((punch["state"], punch["reason_code"]) for punch in host.punches(user_id))
	assert states == {("Held", "UNKNOWN_USER"): 5, ("Recorded", None): 1}
	held = [punch for punch in host.punches(user_id) if punch["state"] == "Held"]
	assert not any(punch["employee"] or punch["employee_checkin"] for punch in held)

	right = unlinked()
	_, outcome = link(user_id, right)
	assert (outcome["checked_in"], len(host.checkins(right["name"]))) == (5, 5)


def test_undoing_a_link_holds_its_repeats_again(host, call, new_user_id, unlinked, settled, link):
	user_id, employee = new_user_id(), unlinked()
	send(host, *((user_id, DAY + timedelta(seconds=seconds), {}) for seconds in (0, 20)))
	settled(user_id, 2, state="Held")
	host.update(SETTINGS, SETTINGS, ignore_repeat=30)
	try:
		since, outcome = link(user_id, employee)
		assert outcome["checked_in"] == 1
		assert [other["reason_code"] for other in outcome["others"]] == ["REPEATED"]
		call("undo_link", user_id=user_id, employee=employee["name"], since=since)
	finally:
		host.update(SETTINGS, SETTINGS, ignore_repeat=0)
	found = {(punch["reason_code"], punch["employee"]) for punch in host.punches(user_id)}
	assert found == {("UNKNOWN_USER", None)}


def test_an_id_is_ignored_where_it_was_seen_with_a_reason(
	host, call, new_user_id, new_device, hold, settled, outcome_since
):
	user_id, gate, canteen = new_user_id(), new_device()["name"], new_device()["name"]
	hold(user_id, 2, SerialNumber=canteen)
	send(host, (user_id, DAY, {"SerialNumber": gate}))
	settled(user_id, 3, state="Held")
	values = {"user_id": user_id, "service_tag": canteen, "reason": "A visitor"}
	refused = host.api("POST", f"method/{MENDING}.ignore_id", json={**values, "reason": " "})
	assert refused.status_code == 417

	done = call("ignore_id", **values)
	outcome = outcome_since(done["since"], user_ids=[user_id])
	assert [(part["state"], part["reason_code"], part["count"]) for part in outcome["others"]] == [
		("Ignored", "IGNORED_ID", 2)
	]
	[row] = rows_of(call("held_groups", rows=500), user_id)
	assert (row["service_tag"], row["count"]) == (gate, 1)

	host.delete("CAMS Ignored ID", done["name"])
	settled(user_id, 3, state="Held")


def test_a_user_who_is_pending_no_longer_is_not_ignored(host, new_user_id):
	values = {"user_id": new_user_id(), "reason": "A visitor"}
	answer = host.api("POST", f"method/{MENDING}.ignore_id", json=values)
	assert (answer.status_code, "pending any more" in answer.text) == (417, True)


def test_a_large_link_is_undone_in_slices(host, call, new_user_id, unlinked, hold, link):
	user_id, employee = new_user_id(), unlinked()
	hold(user_id, 60)
	since, outcome = link(user_id, employee)
	assert outcome["checked_in"] == 60
	arguments = {"user_id": user_id, "employee": employee["name"], "since": since}
	assert call("undo_link", **arguments) == {"taken_back": 50, "left": 10, "kept": 0}
	assert call("undo_link", **arguments) == {"taken_back": 10, "left": 0, "kept": 0}
	assert host.checkins(employee["name"]) == []
	[row] = rows_of(call("held_groups", rows=500), user_id)
	assert row["count"] == 60


def test_undo_leaves_older_check_ins_and_a_newer_id_alone(
	host, call, new_user_id, new_employee, settled, link
):
	employee = new_employee()
	user_id = employee["attendance_device_id"]
	send(host, (user_id, DAY, {}))
	settled(user_id, state="Recorded")
	host.update("Employee", employee["name"], attendance_device_id="")
	send(host, (user_id, DAY + timedelta(days=1), {}))
	settled(user_id, 2)
	since, _ = link(user_id, employee)
	other = new_user_id()
	host.update("Employee", employee["name"], attendance_device_id=other)
	arguments = {"user_id": user_id, "employee": employee["name"], "since": since}
	assert host.api("POST", f"method/{MENDING}.undo_link", json=arguments).status_code == 417
	assert len(host.checkins(employee["name"])) == 2
	host.update("Employee", employee["name"], attendance_device_id=user_id)
	assert call("undo_link", **arguments)["taken_back"] == 1
	assert [checkin["time"][:19] for checkin in host.checkins(employee["name"])] == [str(DAY)]


def test_a_reason_shows_its_sentence_remedy_buttons_places_and_first_punches(
	host, call, new_employee, new_device, settled, outcome_since
):
	device, employee = new_device(label="Side Door"), new_employee()
	user_id = employee["attendance_device_id"]
	moments = [FUTURE + timedelta(minutes=minute) for minute in range(25)]
	send(host, *[(user_id, moment, {"SerialNumber": device["name"]}) for moment in moments])
	settled(user_id, 25, state="Held")
	group = group_of(call("held_groups"), AHEAD)
	assert (group["count"], len(group["punches"])) == (25, 20)
	assert group["sentence"].startswith("The time is later than")
	assert "Accept Time" in group["remedy"]
	assert group["actions"] == ["correct_time", "accept_time", "dismiss"]
	assert [place["route"] for place in group["places"]] == [
		["Form", "CAMS Device", device["name"]],
		["Form", "CAMS Biometric Settings", "CAMS Biometric Settings"],
	]
	assert [punch["punch_time"] for punch in group["punches"]] == [str(moment) for moment in moments[:20]]
	first = group["punches"][0]
	assert (first["device"], first["employee_name"]) == ("Side Door", employee["employee_name"])
	assert first["detail"].startswith("+")

	page = call("held_groups")
	chosen = [punch["name"] for punch in group["punches"][:2]]
	done = call("resolve", action="accept_time", reason_code=AHEAD, as_of=page["as_of"], names=chosen)
	assert sorted(done["names"]) == sorted(chosen)
	assert outcome_since(done["since"], names=done["names"])["checked_in"] == 2
	done = call("resolve", action="accept_time", reason_code=AHEAD, as_of=page["as_of"])
	assert outcome_since(done["since"], names=done["names"])["checked_in"] == 23
	assert group_of(call("held_groups"), AHEAD)["count"] == 0


def test_an_inactive_employee_can_be_opened_from_the_page(host, call, new_employee, settled):
	employee = new_employee(status="Inactive")
	send(host, (employee["attendance_device_id"], DAY, {}))
	settled(employee["attendance_device_id"], state="Held")
	group = group_of(call("held_groups"), "EMPLOYEE_INACTIVE")
	place = {"doctype": "Employee", "route": ["Form", "Employee", employee["name"]]}
	assert {**place, "label": employee["employee_name"]} in group["places"]


def test_dismissing_can_be_undone_and_spares_what_came_later(host, call, new_user_id, hold, settled):
	user_id = new_user_id()
	hold(user_id, 3)
	page = call("held_groups", rows=500)
	send(host, (user_id, DAY + timedelta(days=3), {}))
	settled(user_id, 4, state="Held")
	which = {"reason_code": "UNKNOWN_USER", "user_id": user_id, "service_tag": SERVICE_TAG}
	done = call("resolve", action="dismiss", as_of=page["as_of"], **which)
	assert len(done["names"]) == 3
	states = [punch["reason_code"] for punch in host.punches(user_id)]
	assert states == ["DISMISSED"] * 3 + ["UNKNOWN_USER"]
	host.call("retry", names=done["names"])
	settled(user_id, 4, state="Held")
	[row] = rows_of(call("held_groups", rows=500), user_id)
	assert row["count"] == 4


@pytest.mark.parametrize(
	("action", "code"),
	[
		("accept_time", "UNKNOWN_USER"),
		("retry", AHEAD),
		("correct_time", AHEAD),  # not without a proposal
		("delete", AHEAD),
		("retry", "NONE"),
	],
)
def test_what_a_reason_has_no_button_for_is_refused(host, new_user_id, call, action, code, hold):
	user_id = new_user_id()
	hold(user_id)
	arguments = {"action": action, "reason_code": code, "as_of": call("held_groups")["as_of"]}
	assert host.api("POST", f"method/{MENDING}.resolve", json=arguments).status_code == 417
	assert [punch["reason_code"] for punch in host.punches(user_id)] == ["UNKNOWN_USER"]


def test_a_link_that_is_refused_stops_no_other(host, call, new_user_id, unlinked, hold):
	users, people = [new_user_id(), new_user_id()], [unlinked(), unlinked()]
	hold(users[1])  # of the first there is none
	links = [
		{"user_id": user_id, "employee": person["name"]}
		for user_id, person in zip(users, people, strict=True)
	]
	done = call("link_many", links=links)
	assert [each["user_id"] for each in done["links"]] == users[1:]
	assert [each["user_id"] for each in done["left"]] == users[:1]
	assert "pending any more" in done["left"][0]["why"]
	assert (device_id(host, people[0]), device_id(host, people[1])) == (None, users[1])


def test_a_user_id_that_two_devices_call_differently_is_no_exact_suggestion(
	host, call, new_user_id, new_device, unlinked, hold
):
	user_id, gate = new_user_id(), new_device()["name"]
	person = unlinked(first_name=f"Only{user_id}", last_name="Exact")
	named_on_device(host, user_id, f"Only{user_id}", "Exact")
	hold(user_id)
	exact = [(each["user_id"], each["employee"]) for each in call("exact_links")]
	assert exact == [(user_id, person["name"])]
	named_on_device(host, user_id, "Somebody", "Else", gate)
	hold_elsewhere = real_time(user_id, "2024-09-18 08:00:00 GMT +0300", SerialNumber=gate)
	assert host.callback(hold_elsewhere).content == DONE
	host.settled(user_id, 2, state="Held")
	assert call("exact_links") == []


def test_who_may_look_mend_and_undo(host, call, desk_user, new_user_id, unlinked, hold):
	user_id, employee = new_user_id(), unlinked()
	hold(user_id)
	as_of = call("held_groups")["as_of"]
	since = "2024-01-01 00:00:00"
	calls = {
		"held_groups": {},
		"outcome_since": {"since": since, "user_ids": [user_id]},
		"exact_links": {},
		"resolve": {"action": "retry", "reason_code": "REFUSED", "as_of": as_of},
		"link": {"user_id": user_id, "employee": employee["name"]},
		"link_many": {"links": [{"user_id": user_id, "employee": employee["name"]}]},
		"undo_link": {"user_id": user_id, "employee": employee["name"], "since": since},
	}
	allowed = {
		"Employee": set(),
		"HR User": {"held_groups", "outcome_since"},
		"System Manager": {
			"held_groups",
			"outcome_since",
			"exact_links",
			"resolve",
		},  # is not in HR: no Employee can be changed
		"HR Manager": set(calls),
	}
	for role, functions in allowed.items():
		key = desk_user(role).key
		found = {
			function: host.api("POST", f"method/{MENDING}.{function}", key, json=arguments).status_code
			for function, arguments in calls.items()
		}
		assert found == {function: 200 if function in functions else 403 for function in calls}, role
	guest = {
		function: host.session.post(f"{host.url}/api/method/{MENDING}.{function}", json=arguments).status_code
		for function, arguments in calls.items()
	}
	assert set(guest.values()) == {403}


@pytest.mark.parametrize(
	("role", "rights"),
	[
		("HR User", (False, False, False)),
		("System Manager", (True, False, False)),
		("HR Manager", (True, True, True)),
	],
)
def test_the_page_knows_which_buttons_to_show(call, desk_user, role, rights):
	page = call("held_groups", desk_user(role).key)
	assert (page["may_resolve"], page["may_link"], page["may_undo"]) == rights


def test_user_permissions_hide_the_punches_of_others(host, call, new_desk_user, new_employee, settled):
	own, other = new_employee(status="Inactive"), new_employee(status="Inactive")
	for employee in (own, other):
		send(host, (employee["attendance_device_id"], DAY, {}))
		settled(employee["attendance_device_id"], state="Held")
	user = new_desk_user("HR User")
	host.create("User Permission", user=user.email, allow="Employee", for_value=own["name"])
	group = group_of(call("held_groups", user.key), "EMPLOYEE_INACTIVE")
	assert {punch["employee"] for punch in group["punches"]} == {own["name"]}
	assert group["count"] == 1
	names = {punch["employee"] for punch in group_of(call("held_groups"), "EMPLOYEE_INACTIVE")["punches"]}
	assert {own["name"], other["name"]} <= names
