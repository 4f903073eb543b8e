"""The callback: what the gateway posts, read without a loss and without the secrets in it."""

import base64
import dataclasses
import json
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.gateway.callback import (
	EMPTY_BODY,
	INVALID_JSON,
	Callback,
	CallbackAddress,
	DeviceStatus,
	UserEvent,
	parse_address,
	parse_callback,
)
from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.errors import CallbackError, GatewayError
from navari_cams_biometric.gateway.punch import Punch

REPEATABLE = settings(deadline=None, derandomize=True)

KEY = "0123456789abcdef0123456789ABCDEF"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
TOKEN = "t0ken-t0ken-t0ken-t0ken-t0ken-32"
SERIAL = "ZHM1100000001"
DEEP = 600

# Each of these is looked for in results and errors; none is part of another word of the bodies.
TEMPLATE_DATA = base64.b64encode(b"the ridges of a finger").decode()
PHOTO_DATA = base64.b64encode(b"the pixels of a face").decode()
CARD_NUMBER = "10283655"
PASSWORD = "90817263"
SECRETS = (TEMPLATE_DATA, PHOTO_DATA, CARD_NUMBER, PASSWORD)

DOCUMENTED_REAL_TIME = b"""{
  "RealTime": {
    "OperationID": "9nu1wak5616p",
    "LabelName": "Main Gate",
    "SerialNumber": "ZHM11xxxxxxxx",
    "PunchLog": {
      "Type": "CheckIn",
      "Temperature": "36.8",
      "FaceMask": false,
      "InputType": "Fingerprint",
      "UserId": "EMP-0001",
      "LogTime": "2024-09-17 08:00:00 GMT +0300"
    },
    "AuthToken": "your-32-char-auth-token-here",
    "Time": "2024-09-17 05:01:00 GMT +0000"
  }
}"""

DOCUMENTED_BATCH = b"""{
  "PunchLog": {
    "ReturnRowCount": "3",
    "Log": [
      { "Type": "CheckIn", "UserID": "EMP-0001", "LogTime": "2024-09-17 08:00:00 GMT +0300" },
      { "Type": "CheckOut", "UserID": "EMP-0001", "LogTime": "2024-09-17 17:30:00 GMT +0300" },
      { "Type": "CheckIn", "UserID": "EMP-0002", "LogTime": "2024-09-17 08:15:00 GMT +0300" }
    ]
  }
}"""


def make_punch_log(*without: str, **overrides) -> dict:
	punch_log = {
		"Type": "CheckIn",
		"Temperature": "36.8",
		"FaceMask": False,
		"InputType": "Fingerprint",
		"UserId": "EMP-0001",
		"LogTime": "2024-09-17 08:00:00 GMT +0300",
		**overrides,
	}
	return {key: value for key, value in punch_log.items() if key not in without}


def make_envelope(*without: str, **overrides) -> dict:
	envelope = {
		"OperationID": "9nu1wak5616p",
		"LabelName": "Main Gate",
		"SerialNumber": SERIAL,
		"AuthToken": TOKEN,
		"Time": "2024-09-17 05:01:00 GMT +0000",
		**overrides,
	}
	return {key: value for key, value in envelope.items() if key not in without}


def make_body(*without: str, **overrides) -> bytes:
	"""A real-time body; overrides are keys of the envelope, with a punch where none is given."""
	return encode({"RealTime": make_envelope(*without, **{"PunchLog": make_punch_log(), **overrides})})


def make_event_body(**event) -> bytes:
	return encode({"RealTime": make_envelope(**event)})


def make_template(**overrides) -> dict:
	return {
		"Type": "Fingerprint",
		"UserID": "2",
		"Size": "1176",
		"Index": "6",
		"Data": TEMPLATE_DATA,
		**overrides,
	}


def make_photo(**overrides) -> dict:
	return {"Type": "Base64", "UserID": "8", "Size": "49964", "Data": PHOTO_DATA, **overrides}


def encode(data: object) -> bytes:
	return json.dumps(data).encode()


def parse_punch(**overrides) -> Punch:
	(punch,) = parse_callback(make_body(PunchLog=make_punch_log(**overrides))).punches
	return punch


def parse_event(kind: str, event: object) -> UserEvent:
	(user_event,) = parse_callback(make_event_body(**{kind: event})).events
	return user_event


def refuse(body: bytes, security_key: str = "") -> CallbackError:
	with pytest.raises(CallbackError) as refusal:
		parse_callback(body, security_key)
	return refusal.value


def all_texts(value: object) -> Iterator[str]:
	if isinstance(value, str):
		yield value
	if isinstance(value, tuple):
		for item in value:
			yield from all_texts(item)
	if dataclasses.is_dataclass(value):
		for field in dataclasses.fields(value):
			yield from all_texts(getattr(value, field.name))


def assert_clean(result: Callback | CallbackAddress) -> None:
	for text in all_texts(result):
		assert "\0" not in text
		assert text == text.strip()
		text.encode("utf-8")


def everything_said(error: BaseException) -> str:
	"""The error, its causes and what they carry along."""
	texts = traceback.format_exception(type(error), error, error.__traceback__)
	link: BaseException | None = error
	while link:
		texts += [str(link), repr(link), repr(vars(link)), repr(getattr(link, "object", ""))]
		link = link.__cause__ or link.__context__
	return "\n".join(texts)


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
	body = make_body(PunchLog={"UserId": "1", "UserID": "2"})

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


@pytest.mark.parametrize("sent", [None, []])
def test_a_punch_log_without_a_punch_is_no_punch(sent):
	assert parse_callback(make_body(PunchLog=sent)).punches == ()


@pytest.mark.parametrize("sent", [{}, "junk", 7, True, [None], ["junk"], [[]]])
def test_a_malformed_punch_is_handed_on_empty(sent):
	assert parse_callback(make_body(PunchLog=sent)).punches == (Punch(user_id="", type="", log_time=""),)


@pytest.mark.parametrize("value", [None, [], {}, {"a": 1}, True])
def test_a_text_that_is_no_text_is_empty(value):
	assert parse_punch(UserId=value).user_id == ""


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
	assert parse_callback(encode({"PunchLog": punch_log})) == Callback(is_batch=True)


def test_the_log_of_a_batch_may_be_one_object():
	body = encode({"PunchLog": {"ReturnRowCount": 1, "Log": make_punch_log()}})

	assert parse_callback(body).punches == (parse_punch(),)


def test_the_log_of_a_batch_may_be_the_batch_itself():
	body = encode({"PunchLog": [make_punch_log(), make_punch_log()]})

	assert parse_callback(body).punches == (parse_punch(), parse_punch())


@pytest.mark.parametrize("count", ["1", 1, "7", None, "junk"])
def test_the_row_count_is_not_trusted(count):
	body = encode({"PunchLog": {"ReturnRowCount": count, "Log": [make_punch_log(), make_punch_log()]}})

	assert len(parse_callback(body).punches) == 2


def test_the_punches_of_a_batch_keep_their_order():
	body = encode({"PunchLog": {"Log": [{"UserID": str(number)} for number in (3, 1, 2)]}})

	assert [punch.user_id for punch in parse_callback(body).punches] == ["3", "1", "2"]


def test_one_broken_row_does_not_cost_the_others():
	body = encode({"PunchLog": {"Log": [{"UserID": "1"}, "junk", None, {"UserID": "2"}]}})

	assert [punch.user_id for punch in parse_callback(body).punches] == ["1", "", "", "2"]


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


def test_a_changed_name_is_read():
	event = parse_event(
		"UserUpdated",
		{
			"UserID": "8",
			"FirstName": "A",
			"LastName": "B",
			"UserType": "User",
			"OperationTime": "2020-09-17 12:48:28 GMT +0530",
		},
	)

	assert event == UserEvent(
		kind="UserUpdated",
		user_id="8",
		first_name="A",
		last_name="B",
		user_type="User",
		operation_time="2020-09-17 12:48:28 GMT +0530",
	)


@pytest.mark.parametrize(
	("key", "attribute"), [("FirstName", "first_name"), ("LastName", "last_name"), ("UserType", "user_type")]
)
def test_a_name_that_was_emptied_is_not_one_that_was_not_told(key, attribute):
	told = parse_event("UserUpdated", {"UserID": "8", key: ""})
	not_told = parse_event("UserUpdated", {"UserID": "8"})

	assert getattr(told, attribute) == ""
	assert getattr(not_told, attribute) is None


def test_a_fingerprint_is_noted_without_its_data():
	event = parse_event("UserUpdated", {"OperationTime": "...", "Template": [make_template()]})

	assert event == UserEvent(
		kind="UserUpdated", user_id="2", operation_time="...", credentials=(("Fingerprint", "6"),)
	)


def test_every_template_is_noted():
	templates = [make_template(Index=index) for index in ("0", "6")] + [make_template(Type="Face", Index=0)]
	event = parse_event("UserUpdated", {"Template": templates})

	assert event.credentials == (("Fingerprint", "0"), ("Fingerprint", "6"), ("Face", "0"))


def test_a_template_may_be_one_object():
	assert parse_event("UserUpdated", {"Template": make_template()}).credentials == (("Fingerprint", "6"),)


@pytest.mark.parametrize("templates", [None, [], {}, "", [None], [{}]])
def test_no_template_is_no_credential(templates):
	assert parse_event("UserUpdated", {"UserID": "8", "Template": templates}).credentials == ()


@pytest.mark.parametrize("templates", [TEMPLATE_DATA, [TEMPLATE_DATA], 7, [7], [[TEMPLATE_DATA]]])
def test_a_template_that_is_no_object_is_no_credential(templates):
	assert parse_event("UserUpdated", {"UserID": "8", "Template": templates}).credentials == ()


def test_a_card_is_noted_without_its_number():
	event = parse_event(
		"UserUpdated",
		{
			"UserID": "8",
			"OperationTime": "...",
			"Template": [{"Type": "Card", "UserID": "8", "Data": CARD_NUMBER}],
		},
	)

	assert event == UserEvent(
		kind="UserUpdated", user_id="8", operation_time="...", credentials=(("Card", ""),)
	)


def test_a_photo_is_noted_without_its_data():
	event = parse_event("UserUpdated", {"UserID": "8", "Photo": make_photo()})

	assert event == UserEvent(kind="UserUpdated", user_id="8", has_photo=True)


@pytest.mark.parametrize("photo", [None, {}, ""])
def test_no_photo_is_no_photo(photo):
	assert not parse_event("UserUpdated", {"UserID": "8", "Photo": photo}).has_photo


@pytest.mark.parametrize(
	("event", "user_id"),
	[
		({"UserID": "1", "Template": [make_template(UserID="2")], "Photo": {"UserId": "3"}}, "1"),
		({"Template": [make_template(UserID="2")], "Photo": {"UserId": "3"}}, "2"),
		({"UserID": "", "Template": [make_template(UserID="2")], "Photo": {"UserId": "3"}}, "2"),
		({"UserID": None, "Template": [make_template(UserID="2")]}, "2"),
		({"Template": [make_template(UserID=""), make_template(UserID="2")]}, "2"),
		({"Template": [], "Photo": {"UserId": "3"}}, "3"),
		({"Photo": {"UserId": "3", "Data": PHOTO_DATA}}, "3"),
		({"Photo": {"UserID": 3, "Data": PHOTO_DATA}}, "3"),
		({"FirstName": "A"}, ""),
	],
)
def test_the_user_id_is_of_the_event_else_of_its_template_else_of_its_photo(event, user_id):
	assert parse_event("UserUpdated", event).user_id == user_id


def test_a_deleted_user_is_read():
	event = parse_event("UserDeleted", {"UserID": "12", "OperationTime": "2020-09-17 12:48:28 GMT +0530"})

	assert event == UserEvent(
		kind="UserDeleted", user_id="12", operation_time="2020-09-17 12:48:28 GMT +0530"
	)


@pytest.mark.parametrize("kind", ["UserUpdated", "UserDeleted"])
@pytest.mark.parametrize("event", [None, "junk", 7, [], {}])
def test_a_malformed_event_is_handed_on_empty(kind, event):
	assert parse_event(kind, event) == UserEvent(kind=kind, user_id="")


def test_the_kind_is_named_one_way_whatever_the_case():
	(event,) = parse_callback(make_event_body(userdeleted={"userid": "12"})).events

	assert event == UserEvent(kind="UserDeleted", user_id="12")


def test_a_user_event_is_no_punch_and_has_its_envelope():
	callback = parse_callback(make_event_body(UserDeleted={"UserID": "12"}))

	assert callback.punches == ()
	assert (callback.token, callback.service_tag, callback.is_batch) == (TOKEN, SERIAL, False)


def test_a_user_event_and_a_punch_may_come_together():
	callback = parse_callback(make_body(UserUpdated={"UserID": "1"}, UserDeleted={"UserID": "2"}))

	assert [(event.kind, event.user_id) for event in callback.events] == [
		("UserUpdated", "1"),
		("UserDeleted", "2"),
	]
	assert callback.punches == (parse_punch(),)


def test_a_device_tells_how_it_is():
	body = make_event_body(DeviceStatus={"Status": "Online", "LastSeen": "x", "QueueDepth": "3"})
	assert parse_callback(body).device_status == DeviceStatus("Online", last_seen="x", queue_depth=3)


@pytest.mark.parametrize("depth", ["many", "-1", "1" * 30, "٣", None, 2.5, {}])
def test_a_queue_depth_that_is_no_number_is_none(depth):
	body = make_event_body(DeviceStatus={"Status": "Online", "QueueDepth": depth})
	assert parse_callback(body).device_status.queue_depth is None


@pytest.mark.parametrize("content", ["online", None, [], 7, {}])
def test_a_device_status_that_is_no_object_is_none(content):
	assert parse_callback(make_event_body(DeviceStatus=content)).device_status is None


@pytest.mark.parametrize("kind", ["DoorOpened", "device.status", "Tür"])
@pytest.mark.parametrize("content", [{"State": "online"}, "online", None, [], 7])
def test_an_unknown_kind_is_named(kind, content):
	callback = parse_callback(make_event_body(**{kind: content}))

	assert [name.casefold() for name in callback.unknown_kinds] == [kind.casefold()]
	assert (callback.punches, callback.events) == ((), ())
	assert callback.token == TOKEN


def test_an_unknown_kind_does_not_cost_the_punch_beside_it():
	callback = parse_callback(make_body(DoorOpened={"Door": "1"}))

	assert callback.punches == (parse_punch(),)
	assert len(callback.unknown_kinds) == 1


@pytest.mark.parametrize("data", [{"Alarm": {}}, {"Alarm": {}, "AuthToken": TOKEN, "Time": "now"}])
def test_an_unknown_kind_outside_an_envelope_is_named(data):
	callback = parse_callback(encode(data))

	assert [name.casefold() for name in callback.unknown_kinds] == ["alarm"]
	assert callback.punches == ()


def test_a_known_body_has_no_unknown_kinds():
	assert parse_callback(make_body(UserUpdated={}, UserDeleted={})).unknown_kinds == ()
	assert parse_callback(DOCUMENTED_BATCH).unknown_kinds == ()


def test_an_object_with_nothing_in_it_is_a_callback_with_nothing_in_it():
	assert parse_callback(b"{}") == Callback(is_batch=True)
	assert parse_callback(b'{"RealTime":{}}') == Callback()


@pytest.mark.parametrize("content", [None, [], "junk", 7, True])
def test_an_envelope_that_is_no_object_has_no_token(content):
	assert parse_callback(encode({"RealTime": content})) == Callback()


SECRET_EVENTS = [
	{"UserID": "2", "Template": [make_template()]},
	{"UserID": "2", "Template": make_template()},
	{"UserID": "2", "Template": TEMPLATE_DATA},
	{"UserID": "2", "Template": [TEMPLATE_DATA]},
	{"UserID": "2", "Template": [make_template(Type="Card", Data=CARD_NUMBER)]},
	{"UserID": "2", "Template": [make_template(Type="Card", Data=int(CARD_NUMBER))]},
	{"UserID": "2", "Template": [make_template(Type="Password", Data=PASSWORD)]},
	{"UserID": "2", "Photo": make_photo()},
	{"UserID": "2", "Photo": PHOTO_DATA},
	{"UserID": "2", "Data": TEMPLATE_DATA, "Password": PASSWORD, "Card": CARD_NUMBER},
	{"UserID": "2", "Template": {"Template": [make_template()]}, "Photo": {"Photo": make_photo()}},
]


@pytest.mark.parametrize("kind", ["UserUpdated", "UserDeleted", "PunchLog", "EnrollmentUpdate"])
@pytest.mark.parametrize("event", SECRET_EVENTS)
def test_no_secret_is_in_the_result(kind, event):
	callback = parse_callback(make_event_body(**{kind: event}))

	assert not [secret for secret in SECRETS if secret in repr(callback)]
	assert not [secret for secret in SECRETS for text in all_texts(callback) if secret in text]


@pytest.mark.parametrize("event", SECRET_EVENTS)
@pytest.mark.parametrize(
	"spoil",
	[
		lambda body: body[:-1],
		lambda body: body + b"}",
		lambda body: b"[" + body + b"]",
		lambda body: body[:-2] + b"\xff}}",
		lambda body: body[:-2] + b"," + b'"a":' + b"9" * 5000 + b"}}",
		lambda body: encrypt(body[:-1], KEY),
		lambda body: encrypt(body, OTHER_KEY),
	],
)
@pytest.mark.parametrize("security_key", ["", KEY])
def test_no_secret_is_in_an_error(event, spoil, security_key):
	body = spoil(make_event_body(UserUpdated=event))
	said = everything_said(refuse(body, security_key))

	assert not [secret for secret in (*SECRETS, TOKEN, KEY) if secret in said]


def test_a_token_is_not_shown():
	for body in (make_body(), encode({"AuthToken": TOKEN, "PunchLog": {"Log": []}})):
		callback = parse_callback(body)
		assert callback.token == TOKEN
		assert TOKEN not in repr(callback)


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t "])
@pytest.mark.parametrize("security_key", ["", KEY])
def test_an_empty_body_is_refused(body, security_key):
	assert str(refuse(body, security_key)) == EMPTY_BODY == "Empty request body"


@pytest.mark.parametrize(
	"body",
	[
		b"junk",
		b'{"RealTime":',
		b"{'RealTime':{}}",
		b"RealTime=%7B%7D",
		b"<xml/>",
		b"[]",
		b"[" + DOCUMENTED_REAL_TIME + b"]",
		b"null",
		b"true",
		b"7",
		b'"text"',
		b"NaN",
		b'{"RealTime":{}}{"RealTime":{}}',
		b"\xef\xbb\xbf",
		b'{"RealTime":{"LabelName":"\xff\xfe"}}',
		b'{"RealTime":{"LabelName":"\xed\xa0\x80"}}',
		make_body().decode().encode("utf-16"),
		b"\x00",
		b'{"a":' + b"9" * 5000 + b"}",
		b'{"a":' * 100_000,
		b"[" * 100_000 + b"]" * 100_000,
		b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
	],
	ids=lambda body: repr(body[:30]),
)
@pytest.mark.parametrize("security_key", ["", KEY, "short"])
def test_a_body_that_is_no_json_object_is_refused(body, security_key):
	assert str(refuse(body, security_key)) == INVALID_JSON == "Invalid JSON"


def test_the_error_is_one_of_the_package_and_a_value_error():
	assert issubclass(CallbackError, GatewayError)
	assert issubclass(CallbackError, ValueError)


def test_a_byte_order_mark_is_skipped():
	assert parse_callback(b"\xef\xbb\xbf" + make_body()) == parse_callback(make_body())


def test_white_space_around_the_body_is_skipped():
	assert parse_callback(b"\r\n " + make_body() + b"\r\n") == parse_callback(make_body())


@pytest.mark.parametrize(
	("sent", "text"),
	[
		(r"Za\u00efre \ud83d\ude00", "Zaïre 😀"),
		("Zaïre 😀", "Zaïre 😀"),
		(r"a\u0000b", "ab"),
		(r"\u0000 a \u0000", "a"),
		(r"a\ud800b", "a?b"),
		(r"\udc00\ud800", "??"),
		(r"\ud83d\u0000\ude00", "??"),
	],
)
def test_a_text_is_made_fit_to_be_stored(sent, text):
	body = make_body(LabelName="@").replace(b'"@"', f'"{sent}"'.encode())
	callback = parse_callback(body)

	assert callback.label == text
	assert_clean(callback)


def test_the_name_of_an_unknown_kind_is_made_fit_to_be_stored():
	body = make_body(kind={}).replace(b'"kind"', rb'"\ud800ki\u0000nd"')
	callback = parse_callback(body)

	assert callback.unknown_kinds == ("?kind",)


@pytest.mark.parametrize(
	"number",
	[
		"9" * 5000,
		"-" + "9" * 5000,
		"9" * 4300,
		"1e400",
		"-1e400",
		"1e308",
		"NaN",
		"Infinity",
		"0." + "9" * 5000,
	],
)
def test_an_odd_number_is_clean_text_or_refused(number):
	body = make_body(PunchLog=make_punch_log(UserId="@")).replace(b'"@"', number.encode())
	try:
		callback = parse_callback(body)
	except CallbackError:
		return
	assert_clean(callback)


@pytest.mark.parametrize(
	("before", "after"),
	[
		(b'{"RealTime":{"PunchLog":' + b'{"Log":' * DEEP, b"}" * DEEP + b"}}"),
		(b'{"PunchLog":' + b'{"Log":' * DEEP, b"}" * DEEP + b"}"),
		(b'{"RealTime":{"PunchLog":' + b"[" * DEEP, b"]" * DEEP + b"}}"),
		(b'{"RealTime":' * DEEP, b"}" * DEEP),
		(b'{"RealTime":{"UserUpdated":{"Template":' + b"[" * DEEP, b"]" * DEEP + b"}}}"),
		(b'{"RealTime":{"UserUpdated":{"Photo":' + b'{"Photo":' * DEEP, b"}" * DEEP + b"}}}"),
		(b'{"RealTime":{"AuthToken":' + b"[" * DEEP, b"]" * DEEP + b"}}"),
	],
	ids=["log in real time", "log in a batch", "punch", "envelope", "template", "photo", "token"],
)
def test_a_body_nested_deeper_than_any_real_one_is_read_or_refused(before, after):
	try:
		callback = parse_callback(before + b"{}" + after)
	except CallbackError:
		return
	assert_clean(callback)


def test_an_encrypted_body_is_read():
	assert parse_callback(encrypt(make_body(), KEY), KEY) == parse_callback(make_body())


def test_an_encrypted_body_may_begin_with_a_byte_order_mark():
	body = encrypt(b"\xef\xbb\xbf" + make_body(), KEY)

	assert parse_callback(body, KEY) == parse_callback(make_body())


def test_an_encrypted_batch_is_read():
	assert parse_callback(encrypt(DOCUMENTED_BATCH, KEY), KEY) == parse_callback(DOCUMENTED_BATCH)


@pytest.mark.parametrize("security_key", [KEY, "short", "é" * 32])
def test_a_plain_body_is_read_though_a_key_is_given(security_key):
	assert parse_callback(make_body(), security_key) == parse_callback(make_body())


@pytest.mark.parametrize("security_key", ["", OTHER_KEY, "short", "é" * 32])
def test_an_encrypted_body_is_refused_without_its_key(security_key):
	assert str(refuse(encrypt(make_body(), KEY), security_key)) == INVALID_JSON


@pytest.mark.parametrize("plain", [b"", b"junk", b"[]", b"\0", b"\xff"])
def test_an_encrypted_body_that_is_no_json_object_is_refused(plain):
	assert str(refuse(encrypt(plain, KEY), KEY)) == INVALID_JSON


@pytest.mark.parametrize(
	("query_string", "service_tag", "secret"),
	[
		("", "", ""),
		("stgid=ZHM11", "ZHM11", ""),
		("?stgid=ZHM11", "ZHM11", ""),
		("STGID=ZHM11", "ZHM11", ""),
		("stgid=ZHM11?stgid=ZHM11", "ZHM11", ""),
		("stgid=ZHM11%3Fstgid%3DZHM11", "ZHM11", ""),
		("stgid=ZHM11&stgid=ZHM11", "ZHM11", ""),
		("secret=S&stgid=ZHM11", "ZHM11", "S"),
		("stgid=ZHM11&secret=S", "ZHM11", "S"),
		("?secret=S?stgid=ZHM11", "ZHM11", "S"),
		("secret=S?stgid=ZHM11", "ZHM11", "S"),
		("secret=S%3Fstgid=ZHM11", "ZHM11", "S"),
		("secret=S%3Fstgid%3DZHM11", "ZHM11", "S"),
		("secret=S%3fstgid%3dZHM11", "ZHM11", "S"),
		("secret=S&stgid=ZHM11?stgid=ZHM11", "ZHM11", "S"),
		("secret=S?stgid=ZHM11?stgid=ZHM11", "ZHM11", "S"),
		("secret=S", "", "S"),
		("stgid=", "", ""),
		("stgid", "", ""),
		("stgid=%20ZHM11%20", "ZHM11", ""),
		("stgid=ZHM11%00", "ZHM11", ""),
		("stgid=Haupt%20Tor", "Haupt Tor", ""),
		("stgid=Haupt+Tor", "Haupt Tor", ""),
		("stgid=T%C3%BCr", "Tür", ""),
		("other=1&stgid=ZHM11", "ZHM11", ""),
		("stgid=ZHM11&secret=a=b", "ZHM11", "a=b"),
		("stgid=ZHM11&secret=a%3Db", "ZHM11", "a=b"),
		("&&??==&stgid=ZHM11", "ZHM11", ""),
	],
)
def test_the_service_tag_and_the_secret_are_read_from_the_address(query_string, service_tag, secret):
	assert parse_address(query_string) == CallbackAddress(service_tag=service_tag, secret=secret)


def test_of_a_name_given_twice_the_first_counts():
	assert parse_address("stgid=1&stgid=2&secret=a&secret=b") == CallbackAddress(service_tag="1", secret="a")


def test_an_encoded_ampersand_belongs_to_the_secret():
	assert parse_address("secret=a%26b&stgid=ZHM11") == CallbackAddress(service_tag="ZHM11", secret="a&b")


def test_a_secret_is_not_shown():
	assert "hunter2" not in repr(parse_address("secret=hunter2&stgid=ZHM11"))


@REPEATABLE
@given(st.text())
@example("stgid=\ud800%ff%00")
@example("%")
def test_any_address_is_read(query_string):
	assert_clean(parse_address(query_string))
	assert_clean(parse_address("stgid=" + query_string))
	assert_clean(parse_address("secret=" + query_string))


def check_body(body: bytes) -> None:
	for security_key in ("", KEY):
		try:
			callback = parse_callback(body, security_key)
		except CallbackError:
			continue
		assert_clean(callback)


names = st.sampled_from(
	[
		*("RealTime", "PunchLog", "Log", "UserUpdated", "UserDeleted", "Template", "Photo", "AuthToken"),
		*("SerialNumber", "OperationID", "LabelName", "Time", "UserId", "UserID", "userid", "Type", "Index"),
		*("LogTime", "InputType", "Temperature", "FaceMask", "FirstName", "OperationTime", "Data", "Door"),
	]
)
any_text = st.text(st.characters(), max_size=10)  # lone surrogates and NUL as well
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
json_values = st.recursive(
	scalars,
	lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | any_text, inner, max_size=6),
	max_leaves=12,
)
json_objects = st.dictionaries(names | any_text, json_values, max_size=6)


@REPEATABLE
@given(st.binary())
@example(b"\xef\xbb\xbf")
@example(b"{}")
def test_any_bytes_are_read_or_refused(body):
	check_body(body)


@REPEATABLE
@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused_after_decryption(plain):
	check_body(encrypt(plain, KEY))


@REPEATABLE
@given(json_values)
def test_any_json_is_read_or_refused(value):
	check_body(encode(value))


@REPEATABLE
@given(json_values | json_objects)
def test_any_json_in_an_envelope_is_read(value):
	assert_clean(parse_callback(encode({"RealTime": value})))
	check_body(encrypt(encode({"RealTime": value}), KEY))


@REPEATABLE
@given(json_values | json_objects)
def test_any_json_as_a_punch_is_read(value):
	assert_clean(parse_callback(encode({"RealTime": {"PunchLog": value}})))
	assert_clean(parse_callback(encode({"PunchLog": value})))
	assert_clean(parse_callback(encode({"PunchLog": {"Log": value}})))


@REPEATABLE
@given(json_values | json_objects)
def test_any_json_as_a_user_event_is_read(value):
	for kind in ("UserUpdated", "UserDeleted"):
		callback = parse_callback(encode({"RealTime": {kind: value}}))
		assert [event.kind for event in callback.events] == [kind]
		assert_clean(callback)


@REPEATABLE
@given(
	st.dictionaries(st.sampled_from(["Data", "Password", "Card", "Photo", "Extra"]), st.just(TEMPLATE_DATA)),
	names,
)
def test_no_secret_is_in_the_result_wherever_it_stands(secrets, kind):
	body = make_event_body(
		**{kind: {**secrets, "Template": [secrets, secrets], "Photo": secrets, "Log": secrets}}
	)

	assert TEMPLATE_DATA not in repr(parse_callback(body))


@REPEATABLE
@given(st.lists(st.fixed_dictionaries({"UserID": any_text, "LogTime": any_text}), max_size=6))
def test_no_row_of_a_batch_is_lost(rows):
	assert len(parse_callback(encode({"PunchLog": {"Log": rows}})).punches) == len(rows)
