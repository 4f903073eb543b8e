"""What decides on belief and on check-ins is what was saved last, while a worker runs whose reads are older."""

import itertools

import pytest

from tests.contract.host import DONE, INVALID_TOKEN, SETTINGS, TOKEN, batch, real_time

REPEATS = 50
AT_ONCE = 500  # check-ins that a drain makes together


@pytest.fixture
def tokens(host):
	"""Tokens of the account, each new one saved; the first one is put back."""
	yield (f"fresh-auth-token-{number:015}" for number in itertools.count())
	host.update(SETTINGS, SETTINGS, auth_token=TOKEN, token_overlap=24)


def test_a_new_account_token_counts_at_once_and_the_old_one_no_more(host, new_device, new_employee, tokens):
	device, user_id = new_device()["name"], new_employee()["attendance_device_id"]
	clock = itertools.count()

	def answer(token):
		minute = next(clock)
		log_time = f"2024-03-{1 + minute // 600:02} {8 + minute % 600 // 60:02}:{minute % 60:02}:00 GMT +0300"
		body = real_time(user_id, log_time, SerialNumber=device, AuthToken=token)
		return host.callback(body).content

	old = TOKEN
	wrong = []
	for number in range(REPEATS):
		assert answer(old) == DONE  # the worker begins to drain it now
		new = next(tokens)
		host.update(SETTINGS, SETTINGS, auth_token=new, token_overlap=0)
		answers = answer(new), answer(old)
		if answers != (DONE, INVALID_TOKEN):
			wrong.append((number, answers))
		old = new
	assert wrong == []
	host.settled(user_id, 2 * REPEATS, state="Recorded", seconds=120)


def test_a_device_that_is_disabled_makes_no_check_in_any_more(host, new_device, new_employee):
	wrong = []
	for number in range(20):
		device, employee = new_device()["name"], new_employee()
		user_id = employee["attendance_device_id"]
		rows = [
			("CheckIn", user_id, f"2024-04-01 {8 + n // 60:02}:{n % 60:02}:00 GMT +0300") for n in range(20)
		]
		assert host.callback(batch(*rows, AuthToken=TOKEN, SerialNumber=device)).content == DONE
		host.update("CAMS Device", device, enabled=0)
		late = real_time(user_id, "2024-04-02 08:00:00 GMT +0300", SerialNumber=device)
		assert host.callback(late).content == DONE
		host.settled(user_id, 21, seconds=180)
		if any(checkin["time"].startswith("2024-04-02") for checkin in host.checkins(employee["name"])):
			wrong.append(number)
	assert wrong == []


def test_a_long_drain_sees_a_change_within_a_batch(host, new_device, new_employee):
	device, employee = new_device(direction="IN")["name"], new_employee()
	user_id = employee["attendance_device_id"]
	rows = [
		("CheckIn", user_id, f"2024-05-{1 + n // 100:02} {8 + n % 100 // 10:02}:{n % 10:02}:00 GMT +0300")
		for n in range(2000)
	]
	assert host.callback(batch(*rows, AuthToken=TOKEN, SerialNumber=device)).content == DONE
	while not host.checkins(employee["name"]):
		pass
	host.update("CAMS Device", device, direction="OUT")
	made_by_then = len(host.checkins(employee["name"]))
	host.settled(user_id, 2000, state="Recorded")
	directions = [checkin["log_type"] for checkin in host.checkins(employee["name"])]
	assert made_by_then < 2000 - AT_ONCE, "the drain was over before the change"
	assert directions[0] == "IN"
	assert set(directions[made_by_then + AT_ONCE :]) == {"OUT"}
