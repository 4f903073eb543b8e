"""Any callback at all is read or refused, and what is read is clean."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from navari_cams_biometric.gateway.callback import (
	parse_address,
	parse_callback,
)
from navari_cams_biometric.gateway.encryption import encrypt
from navari_cams_biometric.gateway.errors import CallbackError
from navari_cams_biometric.gateway.keys import KNOWN_AROUND, fold_key
from tests.gateway.bodies import KEY, TEMPLATE_DATA, assert_clean, encode, make_event_body

REPEATABLE = settings(deadline=None, derandomize=True)


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
		assert {event.kind for event in callback.events} <= {kind}
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
	callback = parse_callback(encode({"PunchLog": {"Log": rows}}))

	assert len(callback.punches) == len(rows) or callback.unread


@REPEATABLE
@given(json_values | json_objects, st.sampled_from(["Log", "PunchLog", "Alarm", "UserUpdated", "trans"]))
def test_whatever_says_something_is_kept_or_named(value, name):
	callback = parse_callback(encode({"RealTime": {name: value}}))

	assert callback.punches or callback.events or callback.unread or not says_something(value)


def says_something(value):
	"""Apart from what surrounds punches."""
	if isinstance(value, list):
		return any(says_something(item) for item in value)
	if isinstance(value, dict):
		return any(says_something(item) for key, item in value.items() if fold_key(key) not in KNOWN_AROUND)
	if isinstance(value, str):
		return value.strip().lower() not in ("", "none", "null")
	return bool(value) and not isinstance(value, bool)  # a log of 0 is a count: there is none
