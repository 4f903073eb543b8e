"""What a callback tells beside punches: people on devices, the state of a device, kinds that are not known."""

import json

import pytest

from navari_cams_biometric.gateway.callback import Callback, parse_callback
from navari_cams_biometric.gateway.device_events import DeviceStatus, UserEvent
from tests.gateway.bodies import (
	CARD_NUMBER,
	DOCUMENTED_BATCH,
	PHOTO_DATA,
	SERIAL,
	TEMPLATE_DATA,
	TOKEN,
	encode,
	make_body,
	make_event_body,
	make_photo,
	make_template,
	parse_punch,
)


def parse_event(kind: str, event: object) -> UserEvent:
	(user_event,) = parse_callback(make_event_body(**{kind: event})).events
	return user_event


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
@pytest.mark.parametrize(
	("event", "unread"),
	[(None, ()), ([], ()), ({}, ()), ("junk", True), (7, True), ([{}, 7], True), ({"FirstName": "A"}, True)],
)
def test_an_event_that_names_nobody_is_named_where_it_says_something(kind, event, unread):
	callback = parse_callback(make_event_body(**{kind: event}))

	assert callback.events == ()
	assert callback.unread == (unread and (kind,))


def test_several_events_of_a_kind_may_come_in_a_list_or_as_text():
	events = [{"UserID": "1"}, json.dumps({"UserID": "2"})]
	callback = parse_callback(make_event_body(UserUpdated=events, UserDeleted=json.dumps({"UserID": "3"})))

	assert [event.user_id for event in callback.events] == ["1", "2", "3"]
	assert callback.unread == ()


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

	assert [name.casefold() for name in callback.unread] == [kind.casefold()]
	assert (callback.punches, callback.events) == ((), ())
	assert callback.token == TOKEN


def test_the_reply_to_a_question_for_information_matters_to_nobody_here():
	reply = {"Status": "done", "StatusCode": 0, "OperationID": "1", "DeviceInformation": {"Model": "F 22"}}
	assert parse_callback(encode({**reply, "AuthToken": TOKEN})).unread == ()


def test_a_plain_value_beside_a_punch_is_not_called_unread():
	assert parse_callback(make_body(DownloadedAt="2024-09-17 05:01:00 GMT +0000")).unread == ()


def test_an_unknown_kind_does_not_cost_the_punch_beside_it():
	callback = parse_callback(make_body(DoorOpened={"Door": "1"}))

	assert callback.punches == (parse_punch(),)
	assert len(callback.unread) == 1


@pytest.mark.parametrize("data", [{"Alarm": {}}, {"Alarm": {}, "AuthToken": TOKEN, "Time": "now"}])
def test_an_unknown_kind_outside_an_envelope_is_named(data):
	callback = parse_callback(encode(data))

	assert [name.casefold() for name in callback.unread] == ["alarm"]
	assert callback.punches == ()


def test_a_known_body_has_no_unread():
	assert parse_callback(make_body(UserUpdated={}, UserDeleted={})).unread == ()
	assert parse_callback(DOCUMENTED_BATCH).unread == ()


def test_an_object_with_nothing_in_it_is_a_callback_with_nothing_in_it():
	assert parse_callback(b"{}") == Callback(is_batch=True)
	assert parse_callback(b'{"RealTime":{}}') == Callback()


@pytest.mark.parametrize("content", [None, [], "junk", 7, True])
def test_an_envelope_that_is_no_object_has_no_token(content):
	callback = parse_callback(encode({"RealTime": content}))

	assert (callback.token, callback.service_tag, callback.punches) == ("", "", ())
	assert callback.unread == (("realtime",) if content else ())
