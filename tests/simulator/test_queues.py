"""The queues of callbacks: in order, on hold after a refusal, and nothing is lost."""

import itertools
import json
import time
from datetime import timedelta, timezone

import pytest

from navari_cams_biometric.gateway.callback import parse_address
from navari_cams_biometric.gateway.timestamp import parse_timestamp
from tests.gateway.conftest import GATE, GATE_2, NOW, TOKEN
from tests.simulator.conftest import user_ids, waiting


def test_a_punch_is_sent_to_the_callback(gateway, receiver):
	gateway.punch(GATE, "EMP-0001")
	gateway.tick(0)

	((query, headers, body),) = receiver.received
	envelope = json.loads(body)["RealTime"]
	assert len(envelope.pop("OperationID")) == 12
	assert envelope == {
		"LabelName": "Main Gate",
		"SerialNumber": GATE,
		"PunchLog": {
			"Type": "CheckIn",
			"Temperature": "36.8",
			"FaceMask": False,
			"InputType": "Fingerprint",
			"UserId": "EMP-0001",
			"LogTime": "2024-09-17 18:00:00 GMT +0300",
		},
		"AuthToken": TOKEN,
		"Time": "2024-09-17 15:00:00 GMT +0000",
	}
	assert query == f"secret=s?stgid={GATE}"
	assert parse_address(query).service_tag == GATE
	assert headers["Content-Type"] == "application/json"


def test_events_of_a_device_come_in_their_order(gateway, receiver):
	for number in range(20):
		gateway.punch(GATE, str(number))
	gateway.tick(0)

	assert user_ids(receiver) == [str(number) for number in range(20)]
	assert gateway.deliver() == 0


@pytest.mark.parametrize(
	"answer",
	[
		(200, b'{"status":"error","message":"Invalid auth token"}'),
		(200, b'{"status":"Done"}'),
		(200, b'{"Status":"done"}'),
		(200, b"done"),
		(200, b'["done"]'),
		(200, b""),
		(201, b'{"status":"done"}'),
		(302, b'{"status":"done"}'),
		(500, b'{"status":"done"}'),
	],
)
def test_anything_but_200_with_done_puts_the_queue_on_hold(gateway, receiver, answer):
	receiver.answer = lambda body: answer
	gateway.punch(GATE, "1")
	gateway.punch(GATE, "2")
	gateway.tick(0)

	assert user_ids(receiver) == ["1"]
	assert waiting(gateway) == ["PunchLog", "PunchLog"]


def test_more_keys_beside_done_are_no_refusal(gateway, receiver):
	receiver.answer = lambda body: (200, b'{"status":"done","message":"thank you"}')
	gateway.punch(GATE, "1")

	assert gateway.deliver() == 0


def test_a_refused_event_holds_what_is_behind_it_and_not_the_other_devices(gateway, receiver):
	receiver.answer = lambda body: (
		200,
		b'{"status":"error"}' if b'"refused"' in body else b'{"status":"done"}',
	)
	for tag, user_id in ((GATE, "1"), (GATE, "refused"), (GATE, "2"), (GATE_2, "3")):
		gateway.punch(tag, user_id)
	gateway.tick(0)

	assert user_ids(receiver) == ["1", "refused", "3"]
	assert (len(waiting(gateway)), len(waiting(gateway, GATE_2))) == (2, 0)
	receiver.answer = lambda body: (200, b'{"status":"done"}')
	gateway.tick(60)
	assert user_ids(receiver) == ["1", "refused", "3", "refused", "2"]


def test_each_wait_is_longer_until_ten_minutes(gateway, receiver):
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "1")
	gateway.tick(3600)

	sent = [parse_timestamp(json.loads(body)["RealTime"]["Time"], timezone.utc) for body in receiver.bodies]
	waits = [(after - before).total_seconds() for before, after in itertools.pairwise(sent)]
	assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]


def test_after_an_acknowledgement_the_waits_begin_anew(gateway, receiver):
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "1")
	gateway.tick(600)
	receiver.answer = lambda body: (200, b'{"status":"done"}')
	gateway.deliver(force=True)

	assert gateway.world.queues[GATE].refusals == 0


def test_nothing_is_lost_while_nobody_listens(simulator, receiver):
	simulator.world.callback_url = "http://127.0.0.1:9/"
	for number in range(5):
		simulator.punch(GATE, str(number))
	simulator.tick(3600)
	assert len(waiting(simulator)) == 5
	simulator.world.callback_url = receiver.url
	simulator.tick(600)

	assert user_ids(receiver) == ["0", "1", "2", "3", "4"]


def test_without_a_callback_url_events_wait(simulator):
	simulator.punch(GATE, "1")
	simulator.tick(3600)

	assert waiting(simulator) == ["PunchLog"]


def test_a_callback_may_ask_the_gateway_while_it_is_served(gateway, receiver, rest):
	def ask(body):
		rest.list_devices()
		return 200, b'{"status":"done"}'

	receiver.answer = ask
	gateway.punch(GATE, "1")

	assert gateway.deliver() == 0


def test_an_offline_device_keeps_its_punches_and_hands_them_over_when_it_is_back(gateway, receiver, rest):
	gateway.set_online(GATE, False)
	gateway.punch(GATE, "1")
	gateway.tick(60)
	assert user_ids(receiver) == []
	assert list(rest.get_attendance_by_device(GATE, NOW, NOW + timedelta(hours=1))) == []
	assert gateway.ledger[-1].user_id == "1"
	gateway.set_online(GATE, True)
	gateway.tick(0)

	assert user_ids(receiver) == ["1"]
	assert len(list(rest.get_attendance_by_device(GATE, NOW, NOW + timedelta(hours=1)))) == 1


def test_a_device_that_goes_and_comes_says_so(gateway, receiver):
	gateway.set_online(GATE, False)
	gateway.set_online(GATE, False)
	gateway.set_online(GATE, True)
	gateway.tick(0)

	told = [json.loads(body)["RealTime"]["DeviceStatus"] for body in receiver.bodies]
	assert [status["Status"] for status in told] == ["Offline", "Online"]
	assert told[0]["LastSeen"] == told[0]["OperationTime"] == "2024-09-17 18:00:00 GMT +0300"
	assert told[0]["QueueDepth"] == "0"


def test_one_device_is_served_while_the_others_wait(gateway, receiver):
	for tag, user_id in ((GATE, "1"), (GATE_2, "2")):
		gateway.punch(tag, user_id)

	assert gateway.deliver(service_tag=GATE) == 0
	assert user_ids(receiver) == ["1"]
	assert waiting(gateway, GATE_2) == ["PunchLog"]


def test_an_answer_that_the_gateway_did_not_wait_for_is_none(gateway, receiver):
	def answer(body):
		time.sleep(0.3)
		return 200, b'{"status":"done"}'

	receiver.answer = answer
	gateway.world.queues[GATE].timeout = 0.1
	gateway.punch(GATE, "1")
	assert gateway.deliver() == 1

	gateway.world.queues[GATE].timeout = 5
	assert gateway.deliver(force=True) == 0
	assert user_ids(receiver) == ["1", "1"]
