"""The picture that is kept of a body: readable, and without what is secret."""

import json

import pytest

from navari_cams_biometric.gateway.callback import envelope_of, read_callback, read_envelope
from navari_cams_biometric.gateway.redaction import redact, restore, substance
from tests.gateway.bodies import CARD_NUMBER, PHOTO_DATA, TEMPLATE_DATA, TOKEN


def test_keys_and_short_values_stay():
	content = {
		"RealTime": {"Alarm": {"Door": 1, "State": "open", "On": True}, "At": None},
		"SerialNumber": "A-SERIAL-OF-MORE-THAN-16",
		"Row": "EMP-0001,2024-09-17 08:00:00,CheckIn",
	}
	assert redact(content) == content


@pytest.mark.parametrize(
	("content", "secret"),
	[
		({"AuthToken": TOKEN}, TOKEN),
		({"RealTime": {"auth_token": TOKEN}}, TOKEN),
		({"Template": [{"Type": "Card", "Data": CARD_NUMBER}]}, CARD_NUMBER),
		({"CardNumber": int(CARD_NUMBER)}, CARD_NUMBER),
		({"Data": TEMPLATE_DATA}, TEMPLATE_DATA),
		({"FacePhoto": {"Anything": [PHOTO_DATA]}}, PHOTO_DATA),
		({"UserPassword": 4711}, "4711"),
		({"pin": "4711"}, "4711"),
		({"Text": "x" * 65}, "xxxx"),
		({"Log": [["y" * 300]]}, "yyyy"),
		({"Text": json.dumps({"Password": "4711", "UserId": "1"})}, "4711"),
		({"z" * 65: 1}, "zzzz"),
		({"PunchLog": [TEMPLATE_DATA[:20]]}, TEMPLATE_DATA[:20]),
		({"Whatever": TOKEN}, TOKEN),
		({"Number": 10**80}, "0000"),
		({"Message": f"token: {TOKEN}!"}, TOKEN),
		({TOKEN: 1}, TOKEN),
		({"Face": [0.1 * number for number in range(20)]}, "0.1, 0.2"),
		({"Anything": {"Type": "Card", "Number": "0012345678"}}, "0012345678"),
		({"Anything": {"Type": "Password", "Value": "4711"}}, "4711"),
		({"UserPass": "4711", "PinCode": "4711", "RFID": "4711", "Authorization": "4711"}, "4711"),
	],
	ids=str,
)
def test_what_is_secret_or_long_becomes_a_note(content, secret):
	picture = json.dumps(redact(content))
	assert secret not in picture
	assert "characters removed]" in picture


def test_json_in_a_text_is_written_as_what_it_says():
	assert redact({"PunchLog": json.dumps({"UserId": "1"})}) == {"PunchLog": {"UserId": "1"}}


def test_what_was_removed_says_something_and_is_no_text():
	picture = redact({"UserId": "1", "AuthToken": TOKEN, "Note": "n" * 100, "Log": [{"Data": "x"}]})
	assert restore(picture) == {"UserId": "1", "AuthToken": True, "Note": True, "Log": [{"Data": True}]}


def test_a_body_of_many_levels_is_cut():
	content = {}
	for _level in range(900):
		content = {"a": content}
	assert len(json.dumps(redact(content))) < 300
	assert substance(content)


def test_the_substance_is_the_same_for_an_event_that_is_sent_again():
	def body(token, at):
		return {"RealTime": {"AuthToken": token, "Time": at, "OperationID": at, "Alarm": {"Time": "8"}}}

	assert substance(body("a", "1")) == substance(body("b", "2"))
	assert substance(body("a", "1")) != substance({"RealTime": {"Alarm": {"Time": "9"}}})


@pytest.mark.parametrize("content", [{"Template": [{"Data": "x"}]}, {"AuthToken": {"Value": TOKEN}}])
def test_parts_that_were_removed_are_still_not_understood(content):
	assert read_callback(envelope_of(content)).unread
	assert read_callback(envelope_of(restore(redact(content)))).unread


def test_a_picture_is_json():
	assert json.dumps(redact({"Alarm": float("inf")}), allow_nan=False) == '{"Alarm": "inf"}'


def test_what_came_a_second_time_under_a_secret_key_is_secret():
	content = read_envelope('{"RealTime":{"Data":{"a":"x1"},"Data":{"a":"y2"}}}').content
	picture = json.dumps(redact(content))
	assert "Dataagain" in picture
	assert "x1" not in picture


def test_a_picture_has_no_halves_of_characters():
	assert redact({"\ud800k": ["a\udfff", "b\0"]}) == {"\ufffdk": ["a\ufffd", "b\ufffd"]}


@pytest.mark.parametrize(
	"row",
	[
		{"UserId": "1" * 70, "Log": {"LogTime": "8"}},
		{"UserId": "1", "Next": {"UserId": "2", "Type": "CheckIn", "LogTime": "8" * 70}},
	],
)
def test_a_row_whose_long_texts_were_removed_is_still_not_understood(row):
	content = {"Log": [row]}
	parts = read_callback(envelope_of(content)).unread
	assert parts
	assert read_callback(envelope_of(restore(redact(content)))).unread


def test_a_log_whose_rows_were_removed_is_still_not_understood():
	picture = redact({"PunchLog": {"Log": ["r" * 80, "s" * 80]}})
	assert read_callback(envelope_of(restore(picture))).unread == ("log",)


def test_a_name_that_was_removed_is_read_as_not_sent():
	event = {"UserID": "8", "FirstName": "Abdulrahman_bin_Abdulaziz", "LastName": "x" * 70}
	picture = redact({"RealTime": {"UserUpdated": event}})
	[read] = read_callback(envelope_of(restore(picture))).events

	assert (read.user_id, read.first_name, read.last_name) == ("8", None, None)


def test_a_time_beside_a_person_is_part_of_the_substance():
	def body(time):
		return {"DeviceSN": "D", "AuthToken": TOKEN, "EmployeeCode": "E1", "Direction": "In", "Time": time}

	assert substance(body("2026-09-17 08:00:00")) != substance(body("2026-09-18 08:00:00"))


def test_the_substance_of_many_levels_is_found():
	content = {}
	for _level in range(700):
		content = {"load": content}
	assert substance(content)
