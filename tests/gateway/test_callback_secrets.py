"""No secret of a callback is in a result, an error or a text of either."""

import json
import traceback

import pytest

from navari_cams_biometric.gateway.callback import (
	parse_callback,
)
from navari_cams_biometric.gateway.encryption import encrypt
from tests.gateway.bodies import (
	CARD_NUMBER,
	KEY,
	OTHER_KEY,
	PHOTO_DATA,
	TEMPLATE_DATA,
	TOKEN,
	all_texts,
	encode,
	make_body,
	make_event_body,
	make_photo,
	make_template,
	refuse,
)

PASSWORD = "90817263"
SECRETS = (TEMPLATE_DATA, PHOTO_DATA, CARD_NUMBER, PASSWORD)


def everything_said(error: BaseException) -> str:
	"""The error, its causes and what they carry along."""
	texts = traceback.format_exception(type(error), error, error.__traceback__)
	link: BaseException | None = error
	while link:
		texts += [str(link), repr(link), repr(vars(link)), repr(getattr(link, "object", ""))]
		link = link.__cause__ or link.__context__
	return "\n".join(texts)


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
		lambda body: encrypt(body[:-1], KEY),
		lambda body: encrypt(body, OTHER_KEY),
	],
)
@pytest.mark.parametrize("security_key", ["", KEY])
def test_no_secret_is_in_an_error(event, spoil, security_key):
	body = spoil(make_event_body(UserUpdated=event))
	said = everything_said(refuse(body, security_key))

	assert not [secret for secret in (*SECRETS, TOKEN, KEY) if secret in said]


@pytest.mark.parametrize("key", ["UserId", "LogTime", "Type", "InputType", "FirstName", "Status", "Template"])
@pytest.mark.parametrize("kind", ["PunchLog", "UserUpdated", "DeviceStatus", "AttendanceLog"])
def test_no_secret_in_json_that_stands_for_a_plain_text_is_in_the_result(kind, key):
	secret = json.dumps({"Type": {"Data": TEMPLATE_DATA}, "Data": TEMPLATE_DATA, "Password": PASSWORD})
	callback = parse_callback(make_event_body(**{kind: {"UserID": "2", key: secret}}))

	assert not [secret for secret in SECRETS if secret in repr(callback)]


def test_a_token_is_not_shown():
	for body in (make_body(), encode({"AuthToken": TOKEN, "PunchLog": {"Log": []}})):
		callback = parse_callback(body)
		assert callback.token == TOKEN
		assert TOKEN not in repr(callback)
