"""Bodies as the gateway posts them, and what to look for in what was read of them."""

import base64
import dataclasses
import json
from collections.abc import Iterator

import pytest

from navari_cams_biometric.gateway.callback import (
	Callback,
	CallbackAddress,
	parse_callback,
)
from navari_cams_biometric.gateway.errors import CallbackError
from navari_cams_biometric.gateway.punch import Punch

KEY = "0123456789abcdef0123456789ABCDEF"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
TOKEN = "t0ken-t0ken-t0ken-t0ken-t0ken-32"
SERIAL = "ZHM1100000001"


# Each of these is looked for in results and errors; none is part of another word of the bodies.
TEMPLATE_DATA = base64.b64encode(b"the ridges of a finger").decode()
PHOTO_DATA = base64.b64encode(b"the pixels of a face").decode()
CARD_NUMBER = "10283655"
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


def refuse(body: bytes, security_key: str = "") -> CallbackError:
	with pytest.raises(CallbackError) as refusal:
		parse_callback(body, security_key)
	return refusal.value


def all_texts(value: object) -> Iterator[str]:
	"""Every text in a result, but for the token and the secret, which are as sent."""
	if isinstance(value, str):
		yield value
	if isinstance(value, tuple):
		for item in value:
			yield from all_texts(item)
	if dataclasses.is_dataclass(value):
		for field in dataclasses.fields(value):
			if field.name not in ("token", "secret"):
				yield from all_texts(getattr(value, field.name))


def assert_clean(result: Callback | CallbackAddress) -> None:
	for text in all_texts(result):
		assert "\0" not in text
		assert text == text.strip()
		text.encode("utf-8")
