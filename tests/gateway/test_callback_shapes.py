"""Bodies of other shapes than the documented ones: read where their meaning is plain, named where it is not."""

import json
import time
from urllib.parse import urlencode

import pytest

from navari_cams_biometric.gateway.callback import parse_callback
from navari_cams_biometric.gateway.punch import Punch
from tests.gateway.bodies import SERIAL, TOKEN, encode, make_body, make_punch_log

FIRST = {"Type": "CheckIn", "UserId": "EMP-0001", "LogTime": "2024-09-17 08:00:00 GMT +0300"}
SECOND = {"Type": "CheckOut", "UserId": "EMP-0002", "LogTime": "2024-09-17 17:00:00 GMT +0300"}
ENVELOPE = {"SerialNumber": SERIAL, "AuthToken": TOKEN}


def found(body):
	callback = parse_callback(body if isinstance(body, bytes) else encode(body))
	assert (callback.token, callback.service_tag) == (TOKEN, SERIAL)
	assert callback.unread == ()
	return [(punch.user_id, punch.type, punch.log_time) for punch in callback.punches]


def expected(*punches):
	return [(punch["UserId"], punch["Type"], punch["LogTime"]) for punch in punches]


ONE_PUNCH = [
	{**ENVELOPE, "PunchLog": FIRST},
	{"RealTime": {**ENVELOPE, "PunchLogs": [FIRST]}},
	{"RealTime": {**ENVELOPE, "AttendanceLog": FIRST}},
	{**ENVELOPE, "PunchLog": {"Logs": [FIRST]}},
	{**ENVELOPE, "Load": {"PunchLog": {"Log": [FIRST]}}},
	{**ENVELOPE, "Load": {"PunchLog": FIRST}},
	{**ENVELOPE, "trans": [FIRST]},
	{**ENVELOPE, "PunchLog": json.dumps({"Log": [FIRST]})},
	{**ENVELOPE, "PunchLog": {"Log": json.dumps([FIRST])}},
	{**ENVELOPE, "PunchLog": {"Log": {"0": FIRST}}},
	{**ENVELOPE, "PunchLog": {"Log": [json.dumps(FIRST)]}},
	{**ENVELOPE, **FIRST},
	{"RealTime": {**ENVELOPE, **FIRST}},
	{"RealTime": {**ENVELOPE, "PunchLog": [{"PunchLog": FIRST}]}},
	{"RealTime": json.dumps({**ENVELOPE, "PunchLog": FIRST})},
	{"ServiceTagId": SERIAL, "AuthToken": TOKEN, "PunchLog": {"Log": [FIRST]}},
]


@pytest.mark.parametrize("body", ONE_PUNCH, ids=lambda body: json.dumps(body)[:60])
def test_one_punch_wherever_it_stands(body):
	assert found(body) == expected(FIRST)


TWO_PUNCHES = [
	{"RealTime": {**ENVELOPE, "PunchLog": FIRST}, "PunchLog": {"Log": [SECOND]}},
	{**ENVELOPE, "PunchLog": {"Log": {"a": FIRST, "b": SECOND}}},
	{**ENVELOPE, "PunchLog": [FIRST, SECOND]},
	{"RealTime": {**ENVELOPE, "PunchLog": FIRST, "Log": [SECOND]}},
	{**ENVELOPE, "PunchLog": {**FIRST, "Log": [SECOND]}},
	{**ENVELOPE, "PunchLog": {**FIRST, "AttendanceLog": SECOND}},
]


@pytest.mark.parametrize("body", TWO_PUNCHES, ids=lambda body: json.dumps(body)[:60])
def test_all_of_several_punches(body):
	assert found(body) == expected(FIRST, SECOND)


@pytest.mark.parametrize("key", ["EmployeeCode", "employee_id", "Emp Code", "USERID", "UserCode"])
def test_a_person_under_another_name(key):
	entry = {key: "EMP-0001", "Type": "CheckIn", "LogTime": FIRST["LogTime"]}
	assert found({**ENVELOPE, "PunchLog": {"Log": [entry]}}) == expected(FIRST)


def test_a_flat_body_of_a_clone():
	body = {
		"DeviceSN": SERIAL,
		"AuthToken": TOKEN,
		"EmployeeCode": "EMP-0001",
		"AttendanceLog": FIRST["LogTime"],
		"Direction": "IN",
	}
	assert found(body) == expected(FIRST)


@pytest.mark.parametrize("key", ["AttendanceType", "PunchType", "Direction"])
def test_a_type_under_another_name(key):
	entry = {key: "CheckOut", "UserId": "EMP-0002", "LogTime": SECOND["LogTime"]}
	assert found({"RealTime": {**ENVELOPE, "PunchLog": entry}}) == expected(SECOND)


def test_a_type_and_a_way_of_recognition_that_are_exchanged():
	body = make_body(PunchLog=make_punch_log(Type="Face", InputType="In"))
	[punch] = parse_callback(body).punches

	assert (punch.type, punch.input_type) == ("CheckIn", "Face")


def test_of_a_key_in_two_spellings_one_may_be_empty():
	assert found({**ENVELOPE, "PunchLog": {}, "punchlog": {"USERID": "", **FIRST}}) == expected(FIRST)


@pytest.mark.parametrize("key", ["Log", "PunchLog", "trans"])
@pytest.mark.parametrize("last", ["", ',"%s":""', ',"%s":null'])
def test_logs_under_a_repeated_key_are_put_together(key, last):
	logs = f'"{key}":{json.dumps(FIRST)},"{key}":[{json.dumps(SECOND)}]{last and last % key}'
	assert found(f"{{{json.dumps(ENVELOPE)[1:-1]},{logs}}}".encode()) == expected(FIRST, SECOND)


def test_another_part_under_a_repeated_key_is_named():
	parts = [json.dumps({**ENVELOPE, "PunchLog": punch}) for punch in (FIRST, SECOND)]
	callback = parse_callback(f'{{"RealTime":{parts[0]},"RealTime":{parts[1]}}}'.encode())

	assert [punch.user_id for punch in callback.punches] == ["EMP-0002"]
	assert callback.unread == ("realtimeagain",)


def test_an_empty_list_says_nothing_as_a_text_either():
	entry = {"UserId": "1", "LogTime": "x"}
	for extra in ([], "[]"):
		assert found({**ENVELOPE, "PunchLog": {**entry, "Extra": extra}}) == [("1", "", "x")]


def test_an_envelope_may_say_something_twice():
	assert found({**ENVELOPE, "serial_number": "7", "Token": "x", "PunchLog": FIRST}) == expected(FIRST)
	assert parse_callback(encode({"SerialNumber": "1", "serial_number": "2"})).unread == ()


def test_a_name_may_look_like_a_list():
	body = make_body(LabelName="[1]", PunchLog=make_punch_log(UserId="[2]"))
	callback = parse_callback(body)

	assert (callback.label, callback.punches[0].user_id, callback.unread) == ("[1]", "[2]", ())


OLD = {
	"ServiceTagId": SERIAL,
	"AuthToken": TOKEN,
	"Operation": "Attendance",
	"OperationTime": FIRST["LogTime"],
	"OperationData": {"AttendanceType": "CheckIn", "InputType": "Face", "UserId": "EMP-0001"},
}


FORMER_APIS = [
	{key: OLD[key] for key in ("ServiceTagId", "AuthToken")}
	| {"ApiRequestInfo": {key: OLD[key] for key in ("Operation", "OperationTime", "OperationData")}},
	{"ServiceTagId": SERIAL, "ApiRequestInfo": OLD},
	OLD,
]


@pytest.mark.parametrize("body", FORMER_APIS, ids=["beside", "within", "flat"])
@pytest.mark.parametrize("form", [False, True])
def test_the_former_web_apis(body, form):
	sent = urlencode({"request_data": json.dumps(body)}).encode() if form else encode(body)
	callback = parse_callback(sent)

	assert callback.punches == (Punch("EMP-0001", "CheckIn", FIRST["LogTime"], input_type="Face"),)
	assert (callback.token, callback.service_tag, callback.is_batch) == (TOKEN, SERIAL, False)
	assert callback.unread == ()


def test_a_former_web_api_may_send_its_form_in_parts():
	part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}'
	fields = {"stgid": SERIAL, "request_data": json.dumps(OLD)}
	parts = "".join(f"--b0undary\r\n{part.format(name, value)}\r\n" for name, value in fields.items())
	callback = parse_callback(f"{parts}--b0undary--\r\n".encode())

	assert callback.punches == (Punch("EMP-0001", "CheckIn", FIRST["LogTime"], input_type="Face"),)
	assert (callback.token, callback.service_tag) == (TOKEN, SERIAL)


@pytest.mark.parametrize("body", [b"--", b"--b\r\n", b"--b\r\n\r\nrequest_data\r\n--b--", b"-- \xff\r\n"])
def test_parts_that_are_no_form_are_no_json(body):
	with pytest.raises(ValueError, match="Invalid JSON"):
		parse_callback(body)


@pytest.mark.parametrize(
	"body",
	[
		b"".join(b"--%d\nContent-Type:multipart/m;boundary=%d\n\n" % (n, n + 1) for n in range(1200)),
		b"--a\r\nContent-Disposition: form-data;" + b'";"' * 20_000 + b"\r\n\r\n{}\r\n--a--",
		b"--a\n\n" * 13_000,
	],
	ids=["parts_within_parts", "an_odd_header", "many_parts"],
)
def test_parts_of_a_stranger_are_refused_at_once(body):
	start = time.process_time()
	with pytest.raises(ValueError, match="Invalid JSON"):
		parse_callback(body)
	assert time.process_time() - start < 0.2


def test_a_former_web_api_may_count_seconds():
	[punch] = parse_callback(encode({**OLD, "OperationTime": 1726549200})).punches
	assert punch.log_time == "2024-09-17 05:00:00 GMT +0000"


NOT_UNDERSTOOD = [
	({"RealTime": {**ENVELOPE, "Alarm": {"Door": 1}}}, ("alarm",)),
	({"RealTime": {**ENVELOPE, "Heartbeat": "now"}}, ("heartbeat",)),
	({**ENVELOPE, "PunchLog": {"Log": ["EMP-0001,2024-09-17 08:00:00"]}}, ("log",)),
	({**ENVELOPE, "PunchLog": "EMP-0001 at eight"}, ("punchlog",)),
	({**ENVELOPE, "PunchLog": {"ReturnRowCount": 3, "Log": [FIRST, SECOND]}}, ("returnrowcount",)),
	({**ENVELOPE, "PunchLog": {"Entries": [FIRST]}}, ("entries",)),
	({"RealTime": {**ENVELOPE, "PunchLog": {"Who": "EMP-0001", "LogTime": FIRST["LogTime"]}}}, ("who",)),
	(
		{"RealTime": {**ENVELOPE, "PunchLog": {"UserId": "1", "When": "eight", "Type": "CheckIn"}}},
		("when",),
	),
	(
		{"RealTime": {**ENVELOPE, "PunchLog": {"UserId": "1", "LogTime": "x", "State": "0"}}},
		("state",),
	),
	({**ENVELOPE, "OperationData": {"UserId": "1", "FirstName": "A"}}, ("operationdata",)),
	({"RealTime": {**ENVELOPE, "UserUpdated": ["junk", {"UserID": "1"}]}}, ("UserUpdated",)),
	({"RealTime": {**ENVELOPE, "EmployeeCode": "1"}}, ("employeecode",)),
	({**ENVELOPE, "PunchLog": {"Log": [FIRST]}, "punch_log": {"Log": [SECOND]}}, ("punchlogagain",)),
	({"RealTime": {**ENVELOPE, "PunchLog": {"UserId": "1", "UserID": "2"}}}, ("useridagain",)),
	({**ENVELOPE, "PunchLog": {**FIRST, "Next": [{"Punch": SECOND}]}}, ("next",)),
]


@pytest.mark.parametrize(("body", "parts"), NOT_UNDERSTOOD, ids=lambda value: json.dumps(value)[:70])
def test_what_is_not_understood_is_named(body, parts):
	assert parse_callback(encode(body)).unread == parts


def test_two_people_under_an_unknown_name_in_one_second_are_not_one_nobody():
	rows = [{"Badge": badge, "Type": "CheckIn", "LogTime": FIRST["LogTime"]} for badge in ("1", "2")]
	callback = parse_callback(encode({**ENVELOPE, "PunchLog": {"Log": rows}}))

	assert (callback.punches, callback.unread) == ((), ("badge",))


@pytest.mark.parametrize(
	"body", [b"a=1&b=2", b"request_data=", b"request_data=1", b"request_data=%7B", b"request_data"]
)
def test_a_form_without_a_request_is_no_json(body):
	with pytest.raises(ValueError, match="Invalid JSON"):
		parse_callback(body)


def test_a_form_of_many_fields_is_no_request():
	with pytest.raises(ValueError, match="Invalid JSON"):
		parse_callback(b"request_data=%7B%7D" + b"&a=1" * 1000)


@pytest.mark.parametrize(
	"body",
	[
		{
			**ENVELOPE,
			"PunchLog": {"Log": {"EMP-1": {"Type": "CheckIn", "LogTime": "8"}, "EMP-2": {"LogTime": "8"}}},
		},
		{**ENVELOPE, "EmployeeCode": "E1", "PunchLogs": [{"Type": "CheckIn", "LogTime": "8"}]},
		{"RealTime": {**ENVELOPE, "Type": "CheckOut", "PunchLog": {"UserId": "1", "LogTime": "8"}}},
		{"RealTime": {**ENVELOPE, "LogTime": "8", "PunchLog": {"UserId": "1", "Type": "CheckIn"}}},
		{**ENVELOPE, "PunchLog": {"Log": [{"UserID": ["A"], "Type": "CheckIn", "LogTime": "8"}]}},
		{
			"RealTime": {
				**ENVELOPE,
				"UserUpdated": {"UserID": "1", "Template": [{"UserID": "1"}, {"UserID": "2"}]},
			}
		},
		{"RealTime": {**ENVELOPE, "UserUpdated": {"UserID": "1", "PunchLog": FIRST}}},
		{"RealTime": {**ENVELOPE, "UserDeleted": {"UserID": "1", "Users": ["2", "3"]}}},
		{"RealTime": {**ENVELOPE, "DeviceStatus": {"Status": "Online", "PunchLog": FIRST}}},
	],
	ids=lambda body: json.dumps(body)[105:190],
)
def test_what_is_understood_in_part_is_named(body):
	assert parse_callback(encode(body)).unread


@pytest.mark.parametrize("word", ["checkin", "CHECKIN", "CheckIn", "In", "I"])
def test_a_type_is_the_documented_word_however_it_is_spelled(word):
	[punch] = parse_callback(make_body(PunchLog=make_punch_log(Type=word))).punches
	assert punch.type == "CheckIn"


def test_parts_beside_one_of_too_many_levels_are_read():
	deep = b'{"log":' * 400 + b"1" + b"}" * 400
	body = encode({"Deep": "here", **ENVELOPE, "PunchLog": FIRST}).replace(b'"here"', deep)
	assert found_all(parse_callback(body)) == expected(FIRST)


def found_all(callback):
	return [(punch.user_id, punch.type, punch.log_time) for punch in callback.punches]


@pytest.mark.parametrize(
	"body",
	[
		*({**ENVELOPE, "PunchLog": {"Log": log}} for log in ([{}], [[]], [" "], ["null"], "none", 0, False)),
		*({**ENVELOPE, "PunchLog": log} for log in ("none", 0, False, " ")),
		{**ENVELOPE, "PunchLog": {"ReturnRowCount": "0", "Message": "No Data"}},
		{**ENVELOPE, "StatusCode": 0, "Status": "done", "Message": "queued"},
		{"RealTime": {**ENVELOPE, "UserUpdated": {"OperationTime": "2024-09-17 08:00:00 GMT +0300"}}},
		{"RealTime": {**ENVELOPE, "UserUpdated": {"UserID": "8", "Template": []}}},
	],
	ids=lambda body: json.dumps(body)[95:170],
)
def test_what_says_that_there_is_nothing_is_not_called_unread(body):
	assert parse_callback(encode(body)).unread == ()
