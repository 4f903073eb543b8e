"""The bytes of a callback and of its address: refused, cleaned, decrypted."""

import pytest

from navari_cams_biometric.gateway.body import EMPTY_BODY, INVALID_JSON
from navari_cams_biometric.gateway.callback import CallbackAddress, parse_address, parse_callback
from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.errors import CallbackError, GatewayError
from tests.gateway.bodies import (
	DOCUMENTED_BATCH,
	DOCUMENTED_REAL_TIME,
	KEY,
	OTHER_KEY,
	assert_clean,
	make_body,
	make_event_body,
	make_punch_log,
	refuse,
)

DEEP = 600


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
		make_body().decode().encode("utf-16"),
		b"\x00",
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
		(r"a\u0000b", "a\ufffdb"),
		(r"\u0000 a \u0000", "\ufffd a \ufffd"),
		(r"a\ud800b", "a\ufffdb"),
		(r"\udc00\ud800", "\ufffd\ufffd"),
		(r"\ud83d\u0000\ude00", "\ufffd\ufffd\ufffd"),
	],
)
def test_a_text_is_made_fit_to_be_stored(sent, text):
	body = make_body(LabelName="@").replace(b'"@"', f'"{sent}"'.encode())
	callback = parse_callback(body)

	assert callback.label == text
	assert_clean(callback)


def test_the_name_of_an_unknown_kind_is_made_fit_to_be_stored():
	body = make_event_body(kind={}).replace(b'"kind"', rb'"\ud800ki\u0000nd"')
	callback = parse_callback(body)

	assert callback.unread == ("\ufffdki\ufffdnd",)


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
		("stgid=ZHM11%00", "ZHM11\ufffd", ""),
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


def test_a_number_that_is_too_long_to_be_one_is_a_text():
	callback = parse_callback(
		make_body(PunchLog=make_punch_log(UserId=7)).replace(b": 7,", b": " + b"9" * 5000 + b",")
	)

	assert callback.punches[0].user_id == "9" * 5000


def test_what_is_nested_too_deep_to_be_read_is_named():
	body = make_body(Alarm="here").replace(b'"here"', b'{"PunchLog":' * 400 + b"1" + b"}" * 400)

	assert parse_callback(body).unread


@pytest.mark.parametrize("key", ["", KEY])
def test_letters_of_another_encoding_leave_marks_and_stop_no_queue(key):
	body = make_event_body(UserUpdated={"UserID": "8", "FirstName": "Jos?\x00"}).replace(
		b"?\\u0000", b"\xe9\t"
	)
	callback = parse_callback(encrypt(body, key) if key else body + b"\0\0", key)

	assert [(event.user_id, event.first_name) for event in callback.events] == [("8", "Jos\ufffd")]
