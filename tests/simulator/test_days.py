"""Days that can be repeated, and the history that the gateway has."""

import json
from datetime import date, timedelta

import pytest

from navari_cams_biometric.gateway.callback import parse_address, parse_callback
from navari_cams_biometric.gateway.errors import RequestRefusedError
from simulator import Quirks, Simulator
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, NOW, TOKEN, at
from tests.simulator.conftest import user_ids, waiting


def make_morning(seed: int = 1, people: int = 30) -> list:
	with Simulator(TOKEN, seed=seed, now=NOW) as simulator:
		day = simulator.day("morning", people=people, devices=4, date=date(2024, 9, 17))
		simulator.tick((day.end - day.start).total_seconds())
		assert len(simulator.ledger) == day.punches
		return simulator.ledger


def test_the_same_seed_gives_the_same_day():
	assert make_morning(1) == make_morning(1)
	assert make_morning(1) != make_morning(2)


def test_a_morning_with_200_people_and_an_outage_reaches_the_app_whole(receiver):
	with Simulator(TOKEN, receiver.url, now=NOW, seed=1) as simulator:
		day = simulator.day("morning", people=200, devices=4, date=date(2024, 9, 17))
		simulator.tick(timedelta(hours=1, minutes=39).total_seconds())
		during = [body for body in receiver.bodies if GATE_2.encode() in body]
		simulator.tick(timedelta(hours=5).total_seconds())
		ledger = simulator.ledger

	sent = [parse_callback(body) for body in receiver.bodies]
	arrived = [
		(callback.service_tag, punch.user_id, punch.log_time, punch.type)
		for callback in sent
		for punch in callback.punches
	]
	assert sorted(arrived) == sorted(
		(entry.service_tag, entry.user_id, entry.log_time, entry.type) for entry in ledger
	)
	assert (day.start, day.end, len(ledger)) == (at(7), at(13), day.punches)
	outage = [
		entry for entry in ledger if entry.service_tag == GATE_2 and at(7, 50) < entry.instant < at(8, 40)
	]
	assert len(outage) > 50
	times = {entry.log_time.encode() for entry in outage}
	assert not [body for body in during for time in times if time in body]


def test_three_days_may_come_at_once(receiver):
	with Simulator(TOKEN, receiver.url, now=NOW) as simulator:
		simulator.add_device(GATE)
		simulator.add_device(GATE_2, quirks=Quirks(three_day_dump=True))
		day = simulator.day("morning", people=5, devices=2, date=date(2024, 9, 17))
		simulator.tick((day.end - day.start).total_seconds())

		days = {entry.instant.astimezone(NAIROBI).day for entry in simulator.ledger}
		assert days == {14, 15, 16, 17}
		assert len(user_ids(receiver)) == len(simulator.ledger) == day.punches


def test_there_is_no_other_day_and_no_way_back(simulator):
	with pytest.raises(ValueError, match="morning"):
		simulator.day("evening")
	with pytest.raises(ValueError, match="past that day"):
		simulator.day("morning", people=1, devices=1, date=date(2024, 9, 16))


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_history_that_was_never_sent_is_loaded_whole(simulator, make_client, api):
	count = simulator.history(people=5, devices=2, days=40, until=date(2024, 9, 17))
	client = make_client(api)
	loaded = [
		(row.service_tag, row.punch.user_id, row.punch.log_time, row.punch.type)
		for tag in (GATE, GATE_2)
		for row in client.get_attendance_by_device(tag, at(0) - timedelta(days=40), at(0))
	]

	expected = [(e.service_tag, e.user_id, e.log_time, e.type) for e in simulator.ledger if e.instant < at(0)]
	assert count == len(expected) == 5 * 40 * 4
	assert sorted(loaded) == sorted(expected)
	assert waiting(simulator) == []


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_load_may_be_answered_by_batches_without_token_and_serial(gateway, receiver, make_client, api):
	for number in range(60):
		gateway.world.remember(GATE_2, str(number), "CheckIn", at(9) + timedelta(seconds=number))
	gateway.set_quirks(history_by_callback=True)
	with pytest.raises(RequestRefusedError):
		list(make_client(api).get_attendance_by_device(GATE_2, at(9), at(10)))
	gateway.tick(0)

	batches = [parse_callback(body) for body in receiver.bodies]
	assert [len(batch.punches) for batch in batches] == [50, 10]
	assert all(batch.is_batch and not batch.token and not batch.service_tag for batch in batches)
	assert json.loads(receiver.bodies[1])["PunchLog"]["ReturnRowCount"] == "10"
	assert TOKEN.encode() not in b"".join(receiver.bodies)
	assert parse_address(receiver.received[0][0]).service_tag == GATE_2
