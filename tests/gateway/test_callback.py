"""The punches of a callback: what the gateway posts, read without a loss."""

import dataclasses
import json

import pytest

from navari_cams_biometric.gateway.callback import (
	Callback,
	parse_callback,
)
from navari_cams_biometric.gateway.punch import Punch
from tests.gateway.bodies import (
	DOCUMENTED_BATCH,
	DOCUMENTED_REAL_TIME,
	SERIAL,
	TOKEN,
	encode,
	make_body,
	make_punch_log,
	parse_punch,
)


def test_the_documented_real_time_punch_is_read():
	assert parse_callback(DOCUMENTED_REAL_TIME) == Callback(
		token="your-32-char-auth-token-here",
		service_tag="ZHM11xxxxxxxx",
		label="Main Gate",
		operation_id="9nu1wak5616p",
		sent_at="2024-09-17 05:01:00 GMT +0000",
		punches=(
			Punch(
				user_id="EMP-0001",
				type="CheckIn",
				log_time="2024-09-17 08:00:00 GMT +0300",
				input_type="Fingerprint",
				temperature="36.8",
				face_mask=False,
			),
		),
	)


def test_the_documented_batch_is_read():
	assert parse_callback(DOCUMENTED_BATCH) == Callback(
		rows=3,
		is_batch=True,
		punches=(
			Punch(user_id="EMP-0001", type="CheckIn", log_time="2024-09-17 08:00:00 GMT +0300"),
			Punch(user_id="EMP-0001", type="CheckOut", log_time="2024-09-17 17:30:00 GMT +0300"),
			Punch(user_id="EMP-0002", type="CheckIn", log_time="2024-09-17 08:15:00 GMT +0300"),
		),
	)


@pytest.mark.parametrize("key", ["UserId", "UserID", "userid", "USERID", "userId", "Userid"])
def test_the_user_id_is_found_however_it_is_spelled(key):
	body = make_body(PunchLog={**make_punch_log("UserId"), key: "00012345"})

	assert parse_callback(body).punches[0].user_id == "00012345"


def test_every_key_may_come_in_another_case():
	def lower(data):
		return {key.lower(): lower(value) for key, value in data.items()} if isinstance(data, dict) else data

	body = encode(lower(json.loads(DOCUMENTED_REAL_TIME)))

	assert parse_callback(body) == parse_callback(DOCUMENTED_REAL_TIME)


def test_every_key_may_come_at_another_place():
	def turn(data):
		return {key: turn(data[key]) for key in reversed(data)} if isinstance(data, dict) else data

	body = encode(turn(json.loads(DOCUMENTED_REAL_TIME)))

	assert parse_callback(body) == parse_callback(DOCUMENTED_REAL_TIME)


def test_of_a_key_given_in_two_spellings_the_first_counts():
	body = make_body(PunchLog=make_punch_log(UserId="1", UserID="2"))

	assert parse_callback(body).punches[0].user_id == "1"


def test_the_integers_of_clones_are_read_as_texts():
	punch = parse_punch(UserId=17, Type=0, InputType=1, Temperature=36.5)

	assert (punch.user_id, punch.type, punch.input_type, punch.temperature) == ("17", "0", "1", "36.5")


@pytest.mark.parametrize(("number", "text"), [("8.0", "8"), ("1e3", "1000"), ("-0.0", "0"), ("-5", "-5")])
def test_a_whole_number_has_no_decimals(number, text):
	body = make_body(PunchLog=make_punch_log(UserId="@")).replace(b'"@"', number.encode())

	assert parse_callback(body).punches[0].user_id == text


def test_leading_zeros_are_kept():
	assert parse_punch(UserId="00000007").user_id == "00000007"


def test_texts_are_trimmed():
	punch = parse_punch(UserId=" 7 ", Type="CheckIn\r\n", LogTime="\t2024-09-17 08:00:00 ")

	assert (punch.user_id, punch.type, punch.log_time) == ("7", "CheckIn", "2024-09-17 08:00:00")


def test_a_type_this_version_does_not_know_is_kept():
	assert parse_punch(Type="MealStart").type == "MealStart"


def test_a_time_that_cannot_be_read_is_kept():
	assert parse_punch(LogTime="yesterday").log_time == "yesterday"


@pytest.mark.parametrize(
	("sent", "mask"),
	[
		(True, True),
		(False, False),
		("true", True),
		("False", False),
		("", None),
		(None, None),
		(1, None),
		({}, None),
	],
)
def test_a_face_mask_is_worn_not_worn_or_not_told(sent, mask):
	assert parse_punch(FaceMask=sent).face_mask is mask


@pytest.mark.parametrize(
	("key", "attribute", "empty"),
	[
		("Temperature", "temperature", ""),
		("FaceMask", "face_mask", None),
		("InputType", "input_type", ""),
		("Type", "type", ""),
		("UserId", "user_id", ""),
		("LogTime", "log_time", ""),
	],
)
def test_what_a_punch_does_not_tell_is_empty_and_the_rest_is_read(key, attribute, empty):
	(punch,) = parse_callback(make_body(PunchLog=make_punch_log(key))).punches

	assert punch == dataclasses.replace(parse_punch(), **{attribute: empty})


@pytest.mark.parametrize(
	("key", "attribute"),
	[
		("SerialNumber", "service_tag"),
		("LabelName", "label"),
		("OperationID", "operation_id"),
		("Time", "sent_at"),
		("AuthToken", "token"),
	],
)
@pytest.mark.parametrize("sent", ["missing", None, "", [], {}, True])
def test_what_an_envelope_does_not_tell_is_empty_and_the_rest_is_read(key, attribute, sent):
	body = make_body(key) if sent == "missing" else make_body(**{key: sent})

	assert parse_callback(body) == dataclasses.replace(parse_callback(make_body()), **{attribute: ""})


@pytest.mark.parametrize("sent", [None, [], {}, "", [None]])
def test_a_punch_log_without_a_punch_is_no_punch(sent):
	callback = parse_callback(make_body(PunchLog=sent))

	assert (callback.punches, callback.unread) == ((), ())


@pytest.mark.parametrize("sent", ["junk", 7, True, ["junk"], [[0]], [7, 7, 7], {"UserId": "", "LogTime": ""}])
def test_what_is_no_object_is_no_punch_and_is_named(sent):
	callback = parse_callback(make_body(PunchLog=sent))

	assert (callback.punches, callback.unread) == ((), ("punchlog",))


@pytest.mark.parametrize("value", [None, [], {}, False])
def test_a_text_that_is_no_text_is_empty(value):
	assert parse_punch(UserId=value).user_id == ""


@pytest.mark.parametrize("value", [{"a": 1}, ["A"], True])
@pytest.mark.parametrize("key", ["UserId", "LogTime", "Type"])
def test_a_punch_whose_person_time_or_type_stands_in_parts_is_named(key, value):
	callback = parse_callback(make_body(PunchLog=make_punch_log(**{key: value})))

	assert (callback.punches, callback.unread) == ((), (key.lower(),))


def test_a_real_time_event_may_carry_several_punches():
	body = make_body(PunchLog=[make_punch_log(UserId="1"), make_punch_log(UserId="2")])

	assert [punch.user_id for punch in parse_callback(body).punches] == ["1", "2"]


def test_a_batch_may_come_inside_a_real_time_envelope():
	body = make_body(PunchLog={"ReturnRowCount": "2", "Log": [{"UserID": "1"}, {"UserID": "2"}]})
	callback = parse_callback(body)

	assert [punch.user_id for punch in callback.punches] == ["1", "2"]
	assert callback.token == TOKEN
	assert not callback.is_batch


@pytest.mark.parametrize(
	"punch_log",
	[
		{"ReturnRowCount": "0"},
		{"ReturnRowCount": 0, "Log": []},
		{"Log": None},
		{"Log": {}},
		{"Log": ""},
		{},
		None,
		[],
	],
)
def test_a_batch_without_a_log_has_no_punches(punch_log):
	callback = parse_callback(encode({"PunchLog": punch_log}))

	assert dataclasses.replace(callback, rows=None) == Callback(is_batch=True)


def test_the_log_of_a_batch_may_be_one_object():
	body = encode({"PunchLog": {"ReturnRowCount": 1, "Log": make_punch_log()}})

	assert parse_callback(body).punches == (parse_punch(),)


def test_the_log_of_a_batch_may_be_the_batch_itself():
	body = encode({"PunchLog": [make_punch_log(), make_punch_log()]})

	assert parse_callback(body).punches == (parse_punch(), parse_punch())


@pytest.mark.parametrize(
	("count", "unread"), [("1", ()), (2, ()), (None, ()), ("junk", ()), ("3", ("returnrowcount",))]
)
def test_a_batch_that_announces_more_rows_than_it_has_is_not_wholly_understood(count, unread):
	body = encode({"PunchLog": {"ReturnRowCount": count, "Log": [make_punch_log(), make_punch_log()]}})
	callback = parse_callback(body)

	assert (len(callback.punches), callback.unread) == (2, unread)


@pytest.mark.parametrize(
	("counts", "rows"),
	[
		({}, None),
		({"ReturnRowCount": "1"}, 1),
		({"ReturnRowCount": 1, "ActualRowCount": "120", "OffSet": "50"}, 120),
		({"ReturnRowCount": 1, "OffSet": "50"}, None),
		({"ReturnRowCount": "0"}, 0),
	],
)
def test_the_rows_of_the_whole_answer_are_told_where_a_batch_says_so(counts, rows):
	assert parse_callback(encode({"PunchLog": {**counts, "Log": [make_punch_log()]}})).rows == rows


def test_the_punches_of_a_batch_keep_their_order():
	body = encode({"PunchLog": {"Log": [{"UserID": str(number)} for number in (3, 1, 2)]}})

	assert [punch.user_id for punch in parse_callback(body).punches] == ["3", "1", "2"]


def test_one_broken_row_does_not_cost_the_others():
	body = encode({"PunchLog": {"Log": [{"UserID": "1"}, "junk", None, {"UserID": "2"}]}})

	callback = parse_callback(body)

	assert [punch.user_id for punch in callback.punches] == ["1", "2"]
	assert callback.unread == ("log",)


@pytest.mark.parametrize(
	"data",
	[
		{"AuthToken": TOKEN, "SerialNumber": SERIAL, "PunchLog": {"Log": [make_punch_log()]}},
		{"PunchLog": {"AuthToken": TOKEN, "SerialNumber": SERIAL, "Log": [make_punch_log()]}},
		{"AuthToken": TOKEN, "PunchLog": {"SerialNumber": SERIAL, "Log": [make_punch_log()]}},
	],
)
def test_a_batch_may_carry_a_token_and_a_serial(data):
	assert parse_callback(encode(data)) == Callback(
		token=TOKEN, service_tag=SERIAL, is_batch=True, punches=(parse_punch(),)
	)


def test_the_token_beside_a_batch_counts_before_the_one_within():
	body = encode({"PunchLog": {"AuthToken": "within", "Log": []}, "AuthToken": "beside"})

	assert parse_callback(body).token == "beside"


def test_the_reply_to_a_load_request_is_read_as_a_batch():
	body = encode({"OperationID": "j95xfejt3vr1", "PunchLog": {"OffSet": "50", "Log": [make_punch_log()]}})
	callback = parse_callback(body)

	assert (callback.operation_id, callback.punches) == ("j95xfejt3vr1", (parse_punch(),))
