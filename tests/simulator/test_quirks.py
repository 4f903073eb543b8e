"""Every quirk changes what is sent, and the ledger agrees with what is read of it."""

import dataclasses
import json
from datetime import timedelta

import pytest

from navari_cams_biometric.gateway.callback import parse_callback
from navari_cams_biometric.gateway.errors import CallbackError
from navari_cams_biometric.gateway.timestamp import parse_timestamp
from simulator import Quirks
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, NOW, SECURITY_KEY
from tests.simulator.conftest import user_ids, waiting

# A quirk, and what it does to the one request that a punch makes: (query, headers, body, envelope, punch).
SHAPES = {
	"user_id_in_capitals": lambda sent: sent.punch["UserID"] == "7" and "UserId" not in sent.punch,
	"integer_types": lambda sent: (sent.punch["Type"], sent.punch["InputType"]) == (0, 0),
	"stgid_twice": lambda sent: sent.query.endswith(f"?stgid={GATE}?stgid={GATE}"),
	"no_serial_number": lambda sent: "SerialNumber" not in sent.envelope,
	"no_label": lambda sent: "LabelName" not in sent.envelope,
	"no_temperature": lambda sent: "Temperature" not in sent.punch,
	"no_face_mask": lambda sent: "FaceMask" not in sent.punch,
	"odd_content_type": lambda sent: sent.headers["Content-Type"] == "text/plain; charset=x-odd",
	"no_content_type": lambda sent: not sent.headers.get("Content-Type"),
	"byte_order_mark": lambda sent: sent.body.startswith(b"\xef\xbb\xbf{"),
	"clock_two_hours_ahead": lambda sent: sent.punch["LogTime"] == "2024-09-17 20:00:00 GMT +0300",
	"clock_of_2000": lambda sent: sent.punch["LogTime"] == "2000-01-01 18:00:00 GMT +0300",
	"offset_plus_0530": lambda sent: sent.punch["LogTime"] == "2024-09-17 20:30:00 GMT +0530",
	"offset_zero": lambda sent: sent.punch["LogTime"] == "2024-09-17 15:00:00 GMT +0000",
	"offset_minus_0430": lambda sent: sent.punch["LogTime"] == "2024-09-17 10:30:00 GMT -0430",
	"no_offset": lambda sent: sent.punch["LogTime"] == "2024-09-17 18:00:00",
}
TESTED_ELSEWHERE = {
	"bursts",
	"duplicates",
	"encrypted",
	"history_by_callback",
	"lower_case_status",
	"mismatched_key",
	"new_operation_id",
	"no_user_id",
	"nul_padding",
	"numbers_as_numbers",
	"out_of_order",
	"stuck_offset",
	"three_day_dump",
	"unknown_kinds",
	"user_event_first",
}


class Sent:
	def __init__(self, query: str, headers: dict, body: bytes):
		self.query, self.headers, self.body = query, headers, body
		self.envelope = json.loads(body.decode("utf-8-sig"))["RealTime"]
		self.punch = self.envelope["PunchLog"]


def test_every_quirk_is_tested():
	assert set(SHAPES) | TESTED_ELSEWHERE == {switch.name for switch in dataclasses.fields(Quirks)}


@pytest.mark.parametrize("quirk", SHAPES)
def test_a_quirk_shapes_the_punch_and_the_ledger_agrees_with_what_is_read(gateway, receiver, quirk):
	gateway.set_quirks(GATE, **{quirk: True})
	entry = gateway.punch(GATE, "7")
	gateway.tick(0)

	(received,) = receiver.received
	assert SHAPES[quirk](Sent(*received))
	(punch,) = parse_callback(received[2]).punches
	assert (punch.user_id, punch.type, punch.log_time) == (entry.user_id, entry.type, entry.log_time)
	assert parse_timestamp(punch.log_time, NAIROBI) == entry.instant


def test_duplicates_are_one_punch_in_the_ledger(gateway, receiver):
	gateway.set_quirks(duplicates=True)
	gateway.punch(GATE, "7")
	gateway.tick(0)

	assert user_ids(receiver) == ["7", "7"]
	assert [entry.user_id for entry in gateway.ledger].count("7") == 1


@pytest.mark.parametrize(
	("quirk", "kind"), [("unknown_kinds", "BatteryLevel"), ("user_event_first", "UserUpdated")]
)
def test_another_event_is_ahead_of_the_punch(gateway, receiver, quirk, kind):
	gateway.set_quirks(**{quirk: True})
	gateway.punch(GATE, "7")

	assert waiting(gateway) == [kind, "PunchLog"]
	assert gateway.deliver() == 0


def test_a_user_event_may_have_its_user_id_in_the_template_only(gateway, receiver, rest):
	gateway.set_quirks(no_user_id=True)
	rest.enroll_fingerprint(GATE, "EMP-0001", b"ridges")
	gateway.tick(15)

	assert "UserID" not in json.loads(receiver.bodies[0])["RealTime"]["UserUpdated"]
	assert parse_callback(receiver.bodies[0]).events[0].user_id == "EMP-0001"


@pytest.mark.parametrize("renewed", [False, True])
def test_a_resend_keeps_its_operation_id_or_not(gateway, receiver, renewed):
	gateway.set_quirks(new_operation_id=renewed)
	receiver.answer = lambda body: (500, b"")
	gateway.punch(GATE, "7")
	gateway.tick(5)

	ids = {json.loads(body)["RealTime"]["OperationID"] for body in receiver.bodies}
	assert (len(receiver.bodies), len(ids)) == (2, 2 if renewed else 1)


def test_what_waited_on_a_device_may_come_in_any_order(gateway, receiver):
	gateway.set_quirks(out_of_order=True)
	gateway.set_online(GATE, False)
	for number in range(20):
		gateway.punch(GATE, f"{number:02}")
	gateway.set_online(GATE, True)
	gateway.tick(0)

	assert user_ids(receiver) != sorted(user_ids(receiver))
	assert sorted(user_ids(receiver)) == [f"{number:02}" for number in range(20)]


def test_a_burst_comes_from_all_devices_at_once_and_in_order_for_each(gateway, receiver):
	gateway.set_quirks(bursts=True)
	for number in range(20):
		gateway.punch(GATE, f"a{number:02}")
		gateway.punch(GATE_2, f"b{number:02}")
	gateway.tick(0)

	for letter in "ab":
		own = [user_id for user_id in user_ids(receiver) if user_id.startswith(letter)]
		assert own == [f"{letter}{number:02}" for number in range(20)]


def test_counts_of_a_batch_may_be_numbers(gateway, receiver):
	gateway.set_quirks(numbers_as_numbers=True)
	gateway.world.push_history(gateway.world.devices[GATE], [])
	gateway.tick(0)

	assert json.loads(receiver.bodies[0]) == {"PunchLog": {"ReturnRowCount": 0, "Log": []}}


def test_an_encrypted_callback_is_read_with_the_key_and_a_mismatched_one_is_not(gateway, receiver):
	gateway.set_quirks(GATE, encrypted=True)
	gateway.punch(GATE, "7")
	gateway.tick(0)
	gateway.set_quirks(GATE, mismatched_key=True)
	gateway.punch(GATE, "8")
	gateway.tick(0)

	assert parse_callback(receiver.bodies[0], SECURITY_KEY).punches[0].user_id == "7"
	with pytest.raises(CallbackError):
		parse_callback(receiver.bodies[1], SECURITY_KEY)


@pytest.mark.parametrize(
	("quirk", "wrong"),
	[
		("clock_two_hours_ahead", NOW + timedelta(hours=2)),
		("clock_of_2000", NOW.replace(year=2000, month=1, day=1)),
	],
)
def test_setting_the_time_sets_the_clock_right(simulator, rest, quirk, wrong):
	simulator.set_quirks(GATE, **{quirk: True})
	assert simulator.punch(GATE, "7").instant == wrong
	rest.sync_device_time(GATE)
	simulator.tick(15)

	assert simulator.punch(GATE, "7").instant == NOW + timedelta(seconds=15)


@pytest.mark.parametrize("switches", [{"telepathy": True}, {"duplicates": "yes"}])
def test_what_is_no_quirk_is_refused(simulator, switches):
	with pytest.raises(ValueError, match="no quirk"):
		simulator.set_quirks(**switches)
