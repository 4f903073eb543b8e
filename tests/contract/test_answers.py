"""What the callback URL answers: HTTP 200 and one of the documented bodies, byte for byte, whatever comes."""

import json

import pytest

from tests.contract.host import (
	CALLBACK,
	DONE,
	EMPTY,
	INVALID_JSON,
	INVALID_TOKEN,
	SERVICE_TAG,
	SETTINGS,
	TOKEN,
	batch,
	real_time,
)

JSON = "application/json"


def assert_answer(response, body):
	assert (response.status_code, response.content) == (200, body)
	assert response.headers["Content-Type"].startswith("application/json")


def test_the_documented_real_time_punch_is_done(host):
	assert_answer(host.callback(real_time("EMP-0001"), Content_Type=JSON), DONE)
	[punch] = host.settled("EMP-0001")[:1]
	assert punch["state"] == "Recorded"


def test_the_documented_batch_is_done_with_a_token(host):
	body = batch(
		("CheckIn", "EMP-0001", "2024-09-17 08:00:00 GMT +0300"),
		("CheckOut", "EMP-0001", "2024-09-17 17:30:00 GMT +0300"),
		("CheckIn", "EMP-0002", "2024-09-17 08:15:00 GMT +0300"),
		AuthToken=TOKEN,
	)
	assert_answer(host.callback(body, Content_Type=JSON), DONE)
	host.settled("EMP-0002")
	assert [punch["punch_type"] for punch in host.settled("EMP-0001", 2)] == ["CheckIn", "CheckOut"]


def test_an_empty_body_is_told(host):
	assert_answer(host.callback(b""), EMPTY)
	assert_answer(host.callback(b"", Content_Type=JSON), EMPTY)
	assert_answer(host.callback(b" \n", Content_Type="text/plain"), EMPTY)


@pytest.mark.parametrize("content_type", [JSON, "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
	"body",
	[b"{", b"not json", b'{"RealTime": {"AuthToken": "' + TOKEN.encode(), b"\xff\xfe\x00", b"[" * 100_000],
	ids=["open brace", "words", "cut off", "no UTF-8", "too deep"],
)
def test_what_is_not_json_is_told(host, body, content_type):
	assert_answer(host.callback(body, Content_Type=content_type), INVALID_JSON)


@pytest.mark.parametrize("body", [b"[]", b"[1, 2]", b'"text"', b"5", b"null", b"true"])
@pytest.mark.parametrize("content_type", [JSON, "text/plain"])
def test_json_that_is_no_object_is_told(host, body, content_type):
	assert_answer(host.callback(body, Content_Type=content_type), INVALID_JSON)


@pytest.mark.parametrize(
	"body", [{}, {"RealTime": {}}, {"RealTime": []}, {"PunchLog": {}}, real_time("EMP-0001", AuthToken=None)]
)
def test_no_token_is_a_wrong_token(host, body):
	assert_answer(host.callback(body, Content_Type=JSON), INVALID_TOKEN)


def test_an_unknown_employee_is_done(host, new_user_id):
	assert_answer(host.callback(real_time(new_user_id()), Content_Type=JSON), DONE)


@pytest.mark.parametrize(
	"content_type", [JSON, "text/plain", "application/octet-stream", "x-www/odd; charset=none"]
)
def test_the_content_type_does_not_matter(host, new_employee, content_type):
	employee = new_employee()
	body = real_time(employee["attendance_device_id"])
	assert_answer(host.callback(body, Content_Type=content_type), DONE)
	host.settled(employee["attendance_device_id"], state="Recorded")


@pytest.mark.parametrize("content_type", [JSON, "text/plain"])
def test_a_byte_order_mark_is_no_obstacle(host, new_employee, content_type):
	employee = new_employee()
	body = b"\xef\xbb\xbf" + json.dumps(real_time(employee["attendance_device_id"])).encode()
	assert_answer(host.callback(body, Content_Type=content_type), DONE)
	host.settled(employee["attendance_device_id"], state="Recorded")


@pytest.mark.parametrize("key", ["cmd", "fn", "doctype", "args", "kwargs", "csrf_token"])
def test_a_key_that_means_something_to_frappe_diverts_nothing(host, new_employee, key):
	employee = new_employee()
	body = {key: "frappe.ping", **real_time(employee["attendance_device_id"])}
	assert_answer(host.callback(body, Content_Type=JSON), DONE)
	host.settled(employee["attendance_device_id"], state="Recorded")


def test_a_command_in_the_query_diverts_nothing(host, new_employee):
	employee = new_employee()
	body = real_time(employee["attendance_device_id"])
	assert_answer(host.callback(body, "?cmd=frappe.ping", Content_Type="text/plain"), DONE)
	host.settled(employee["attendance_device_id"], state="Recorded")


@pytest.mark.parametrize(
	"authorization", ["Bearer nothing", "token a:b", "Basic bm86", "Basic !", "Odd scheme"]
)
def test_an_authorization_header_that_frappe_refuses_is_no_obstacle(host, new_employee, authorization):
	employee = new_employee()
	body = real_time(employee["attendance_device_id"])
	assert_answer(host.callback(body, Content_Type=JSON, Authorization=authorization), DONE)
	host.settled(employee["attendance_device_id"], state="Recorded")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_verbs_are_answered_and_store_nothing(host, new_user_id, method):
	assert_answer(host.callback(b"", method=method), EMPTY)
	user_id = new_user_id()
	use_post = b'{"status": "error", "message": "Use POST"}'
	assert_answer(host.callback(real_time(user_id), method=method, Content_Type=JSON), use_post)
	assert host.punches(user_id) == []


def test_head_is_answered_200(host):
	assert host.callback(b"", method="HEAD").status_code == 200


def test_a_body_over_the_limit_gets_a_clear_answer(host):
	body = json.dumps(real_time("EMP-0001", Padding="x" * 9_000_000)).encode()
	assert_answer(host.callback(body), b'{"status": "error", "message": "Request body too large"}')
	assert_answer(
		host.callback(body, Content_Type=JSON), b'{"status": "error", "message": "Request body too large"}'
	)


def test_wrong_token_unknown_device_and_unconfigured_site_are_answered_alike(host, new_device):
	body = real_time("EMP-0003", "2024-09-19 08:00:00 GMT +0300")
	wrong = host.callback(real_time("EMP-0003", AuthToken="wrong-auth-token-0123456789abcde"))
	unknown = host.callback(real_time("EMP-0003", AuthToken="x" * 32, SerialNumber="NOSUCHDEVICE"))
	host.update(SETTINGS, SETTINGS, auth_token="", token_overlap=0)
	try:
		unconfigured = host.callback(body)
	finally:
		host.update(SETTINGS, SETTINGS, auth_token=TOKEN, token_overlap=24)
	answers = {(r.status_code, r.content, r.headers["Content-Type"]) for r in (wrong, unknown, unconfigured)}
	assert answers == {(200, INVALID_TOKEN, "application/json")}
	assert not [punch for punch in host.punches("EMP-0003") if "2024-09-19" in punch["original_time"]]
	assert host.find("CAMS Device", {"service_tag": "NOSUCHDEVICE"}) == []


def test_the_path_may_end_in_a_slash(host):
	response = host.session.post(host.url + CALLBACK + "/", data=b"", timeout=30)
	assert_answer(response, EMPTY)


def test_a_stranger_fills_neither_the_inbox_nor_the_error_log(host):
	def size() -> int:
		return len(host.find("Error Log", {}, ["name"])) + len(host.find("CAMS Punch", {}, ["name"]))

	host.callback(real_time("1", AuthToken="y" * 32, SerialNumber="FORGED"), "?stgid=FORGED")
	host.callback(b"{", Content_Type=JSON)
	before = size()
	for number in range(40):
		host.callback(
			real_time(str(number), AuthToken=f"{number:032}", SerialNumber=f"FORGED{number}"),
			f"?stgid=FORGED{number}",
			X_Forwarded_For=f"203.0.113.{number}",
		)
		host.callback(b"{broken" + str(number).encode(), Content_Type=JSON)
	assert size() == before


def test_a_service_tag_is_accepted_from_the_query_once_and_twice(host, new_employee):
	for query in (f"?stgid={SERVICE_TAG}", f"?stgid={SERVICE_TAG}?stgid={SERVICE_TAG}"):
		employee = new_employee()
		body = real_time(employee["attendance_device_id"], SerialNumber=None, LabelName=None)
		assert_answer(host.callback(body, query), DONE)
		[punch] = host.settled(employee["attendance_device_id"])
		assert punch["service_tag"] == SERVICE_TAG
