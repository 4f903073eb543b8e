"""What goes wrong at the gateway: which error, with what words, after how many attempts, and without secrets."""

import io
import logging
import time
import traceback
from contextlib import redirect_stdout
from datetime import timedelta

import pytest

from navari_cams_biometric.gateway.client import GatewayClient
from navari_cams_biometric.gateway.client.status_codes import STATUS_CODES
from navari_cams_biometric.gateway.client.transport import read_retry_after
from navari_cams_biometric.gateway.errors import (
	AnswerPendingError,
	AuthenticationError,
	GatewayError,
	NotFoundError,
	NotSupportedError,
	RateLimitedError,
	RequestRefusedError,
	TimedOutError,
	UnavailableError,
	UnreadableReplyError,
)
from navari_cams_biometric.gateway.operations import REQUESTS
from simulator import Fault, FaultKind
from simulator.faults import Faults, json_answer
from tests.gateway.conftest import GATE, SECURITY_KEY, TOKEN, at

WRONG_TOKEN = "demo-wrong-token-0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
APIS = ["REST v3 (form not published)", "Web API 3.0"]
ATTEMPTS = 4


def everything_said(error: BaseException) -> str:
	"""The error, its causes and what they carry along."""
	texts = traceback.format_exception(type(error), error, error.__traceback__)
	link: BaseException | None = error
	while link:
		texts += [str(link), repr(link), repr(vars(link)), repr(getattr(link, "request", ""))]
		texts.append(repr(getattr(getattr(link, "request", None), "headers", "")))
		link = link.__cause__ or link.__context__
	return "\n".join(texts)


def refuse(act, *arguments, **named) -> RequestRefusedError:
	with pytest.raises(RequestRefusedError) as refusal:
		act(*arguments, **named)
	return refusal.value


# fault, its options, error, code, words, attempts; what is safe to repeat is asked four times where it may help
FAULTS = [
	("rate_limited", {}, RateLimitedError, 429, "Too many requests", ATTEMPTS),
	("server_error", {}, UnavailableError, 500, "Internal error", ATTEMPTS),
	("stall", {"seconds": 0.5}, TimedOutError, None, "timed out after 0.15 seconds", ATTEMPTS),
	("drop", {}, UnavailableError, None, "the connection failed (ConnectionError)", ATTEMPTS),
	("html", {}, UnreadableReplyError, 200, "the answer is no JSON object", 1),
]


@pytest.mark.parametrize(("kind", "options", "error", "code", "words", "attempts"), FAULTS)
def test_faults_of_rest_v3(simulator, make_client, naps, kind, options, error, code, words, attempts):
	simulator.fail_next(kind, times=9, **options)
	client = make_client(timeout=0.15 if kind == "stall" else 5)

	refusal = refuse(client.get_device_info, GATE)

	assert type(refusal) is error
	assert (refusal.operation, refusal.code, refusal.words) == ("GetDeviceInfo", code, words)
	outcome = "got no answer" if code is None else f"was refused with {code}"
	assert str(refusal) == f"GetDeviceInfo {outcome}: {words}. {refusal.remedy}"
	assert (len(simulator.received), len(naps)) == (attempts, attempts - 1)


@pytest.mark.parametrize(("kind", "options", "error", "code", "words", "attempts"), FAULTS)
def test_faults_of_web_api_3(simulator, make_client, naps, kind, options, error, code, words, attempts):
	simulator.fail_next(kind, times=9, **options)
	client = make_client("Web API 3.0", timeout=0.15 if kind == "stall" else 5)

	refusal = refuse(client.get_device_info, GATE)

	assert type(refusal) is error
	assert (refusal.operation, refusal.code) == ("GetDeviceInfo", code)
	assert (len(simulator.received), len(naps)) == (attempts, attempts - 1)


@pytest.mark.parametrize(("kind", "options", "error", "code", "words", "attempts"), FAULTS)
def test_a_door_is_never_opened_twice(
	simulator, make_client, naps, kind, options, error, code, words, attempts
):
	simulator.fail_next(kind, times=9, **options)
	client = make_client(timeout=0.15 if kind == "stall" else 5)

	refusal = refuse(client.open_door, GATE)

	assert type(refusal) is error
	assert (len(simulator.received), naps) == (1, [])


def test_a_question_about_all_devices_says_which_of_them_was_refused(simulator, make_client):
	simulator.fail_next("status_code", status_code=35)
	client = make_client("Web API 3.0", attempts=1)

	assert refuse(client.get_attendance_summary, at(0), at(18)).words.startswith(f"{GATE}: ")
	simulator.fail_next("status_code", status_code=35)
	assert GATE not in refuse(list, client.get_attendance_by_device(GATE, at(0), at(18))).words


@pytest.mark.parametrize("api", APIS)
def test_an_answer_of_many_pages_ends_with_the_patience(simulator, make_client, api):
	for number in range(20_000):
		simulator.world.remember(GATE, "EMP-0001", "CheckIn", at(11) + timedelta(seconds=number))
	client = make_client(api, patience=0.4)
	told = []

	with pytest.raises(TimedOutError, match="fewer days"):
		told.extend(client.get_attendance_by_date(at(0), at(18)))

	assert 50 <= len(told) < 20_000


def test_no_single_request_waits_longer_than_the_patience(simulator, make_client):
	simulator.fail_next("stall", seconds=5)
	started = time.monotonic()

	refusal = refuse(make_client(patience=0.2, attempts=1).get_device_info, GATE)

	assert type(refusal) is TimedOutError
	assert time.monotonic() - started < 2


@pytest.mark.parametrize("name", [name for name, known in REQUESTS.items() if not known.safe_to_repeat])
def test_what_could_do_harm_is_sent_once(simulator, rest, name):
	simulator.fail_next("server_error", times=9)
	arguments = {known.name: known.example for known in REQUESTS[name].parameters}

	refuse(getattr(rest, REQUESTS[name].method), **arguments)

	assert len(simulator.received) == 1


@pytest.mark.parametrize("api", APIS)
def test_a_wrong_token_is_refused_once_with_its_remedy(simulator, make_client, api):
	refusal = refuse(make_client(api, token=WRONG_TOKEN).get_device_info, GATE)

	assert type(refusal) is AuthenticationError
	assert refusal.code == (401 if api == "REST v3 (form not published)" else 7)
	assert refusal.words == (
		"Invalid or missing AuthToken"
		if api == "REST v3 (form not published)"
		else "API_RESPONSE_INVALID_AUTH_TOKEN"
	)
	assert "AuthToken in the settings" in str(refusal)
	assert len(simulator.received) == 1


@pytest.mark.parametrize("api", APIS)
def test_an_unknown_device_is_not_found(simulator, make_client, api):
	refusal = refuse(make_client(api).get_device_info, "ZHM1100000099")

	assert type(refusal) is NotFoundError
	assert refusal.code == (404 if api == "REST v3 (form not published)" else 2)
	assert "service tag" in str(refusal)
	assert len(simulator.received) == 1


def test_an_unknown_person_is_not_found(simulator, rest):
	refusal = refuse(rest.delete_user, GATE, "EMP-0099")

	assert (type(refusal), refusal.words) == (NotFoundError, "User not found")


def test_409_to_a_question_is_pending_and_not_repeated(simulator, rest, naps):
	simulator.set_online(GATE, False)

	refusal = refuse(rest.get_device_info, GATE)

	assert (type(refusal), refusal.code, len(simulator.received), naps) == (AnswerPendingError, 409, 1, [])
	assert refusal.operation_id


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "drop"])
def test_what_passes_later_passes(simulator, make_client, naps, api, kind):
	simulator.fail_next(kind, times=2)

	assert make_client(api).ping_connection(GATE) is True
	assert (len(simulator.received), len(naps)) == (3, 2)


@pytest.mark.parametrize("api", APIS)
def test_retry_after_is_honoured(simulator, make_client, naps, api):
	simulator.fail_next("rate_limited", times=2, retry_after=30)

	make_client(api).ping_connection(GATE)

	assert 30 <= naps[0] <= 31
	assert 30 <= naps[1] <= 32


def test_a_gateway_that_wants_to_be_left_alone_for_long_is(simulator, rest, naps):
	simulator.fail_next("rate_limited", retry_after=3600)

	refusal = refuse(rest.ping_connection, GATE)

	assert (refusal.retry_after, len(simulator.received), naps) == (3600, 1, [])


def test_waits_grow_and_have_some_chance_in_them(simulator, make_client, naps):
	simulator.fail_next("server_error", times=9)
	refuse(make_client(attempts=6).ping_connection, GATE)

	assert all(2**number <= nap <= 2 ** (number + 1) for number, nap in enumerate(naps))
	assert len(naps) == 5


@pytest.mark.parametrize(
	("told", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)]
)
def test_retry_after_is_seconds_or_a_date(told, seconds):
	assert read_retry_after(told) == seconds


@pytest.mark.parametrize("api", APIS)
def test_an_unknown_field_is_ignored(simulator, make_client, api):
	simulator.fail_next("unknown_field", times=1)

	assert len(list(make_client(api).get_attendance_by_device(GATE, at(0), at(23)))) == 4


@pytest.mark.parametrize("code", [*STATUS_CODES, 41])
def test_every_status_code_is_an_error_with_its_remedy(simulator, web, naps, code):
	simulator.fail_next("status_code", times=9, status_code=code)

	refusal = refuse(web.get_device_info, GATE)

	known = STATUS_CODES.get(code)
	assert type(refusal) is (known.error if known else RequestRefusedError)
	assert refusal.code == code
	assert f"was refused with {code}" in str(refusal)
	assert "API_RESPONSE_UNKNOWN_ERROR" in refusal.words
	assert not known or known.remedy in str(refusal)
	assert len(simulator.received) == (ATTEMPTS if code in (37, 999) else 1)


def test_an_unknown_status_code_is_named(simulator, web):
	simulator.fail_next("status_code", status_code=41)

	assert refuse(web.add_user, GATE, "EMP-0006").words == "unknown StatusCode 41, API_RESPONSE_UNKNOWN_ERROR"


@pytest.mark.parametrize(
	("codes", "word"),
	[
		((4, 13, 19), "encryption"),
		((7,), "AuthToken"),
		((33, 35, 38), "portal"),
		((37,), "Wait"),
		((3,), "address"),
	],
)
def test_the_remedy_names_the_setting(codes, word):
	assert all(word in STATUS_CODES[code].remedy for code in codes)


def test_a_busy_device_group_is_asked_again_after_a_minute(simulator, web, naps):
	simulator.fail_next("status_code", status_code=37)

	assert web.ping_connection(GATE) is True
	assert [60 <= nap <= 62 for nap in naps] == [True]


@pytest.mark.parametrize(
	("at_the_gateway", "here"),
	[
		({"encrypted": True}, {}),
		({}, {GATE: SECURITY_KEY}),
		({"encrypted": True, "mismatched_key": True}, {GATE: SECURITY_KEY}),
		({"encrypted": True}, {GATE: OTHER_KEY}),
	],
)
def test_another_encryption_on_either_side_is_named(simulator, make_client, at_the_gateway, here):
	simulator.set_quirks(GATE, **at_the_gateway)

	refusal = refuse(make_client("Web API 3.0", security_keys=here).get_device_info, GATE)

	assert refusal.code == 19
	assert "Security Key" in refusal.remedy
	assert len(simulator.received) == 1


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", [302, 400, 403, 418, 503])
def test_any_other_code_is_a_refusal(simulator, make_client, monkeypatch, api, code):
	answer = json_answer({"Message": "so it is"}, code, {"Location": "http://127.0.0.1:9/elsewhere"})
	monkeypatch.setattr(Faults, "answer", lambda self, fault, request: answer)
	simulator.fail_next("html", times=9)

	refusal = refuse(make_client(api).get_device_info, GATE)

	assert type(refusal) is (UnavailableError if code == 503 else RequestRefusedError)
	assert refusal.code == code


def test_a_gateway_that_is_not_there_is_unavailable(naps):
	with GatewayClient(TOKEN, base_url="http://127.0.0.1:9/v3/", sleep=naps.append) as client:
		refusal = refuse(client.list_devices)

	assert type(refusal) is UnavailableError
	assert len(naps) == ATTEMPTS - 1


SECRETS = (TOKEN, WRONG_TOKEN, SECURITY_KEY, "10283655", "90817263", "cmlkZ2Vz", "ridges")


def repeat_what_was_sent(faults, fault, request):
	words = f"{request.headers.get('AuthToken')} {request.get_data(as_text=True)}"
	return json_answer({"Message": words, "Status": words, "StatusCode": 999}, 500)


def misbehave(client) -> list[BaseException]:
	"""Every method that takes a secret, refused."""
	acts = [
		lambda: client.get_device_info(GATE),
		lambda: client.enroll_card(GATE, "EMP-0001", "10283655"),
		lambda: client.set_user_password(GATE, "EMP-0001", "90817263"),
		lambda: client.enroll_fingerprint(GATE, "EMP-0001", b"ridges"),
		lambda: client.enroll_face(GATE, "EMP-0001", b"ridges", b"ridges"),
	]
	errors = []
	for act in acts:
		with pytest.raises(GatewayError) as refusal:
			act()
		errors.append(refusal.value)
	return errors


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("token", [TOKEN, WRONG_TOKEN])
@pytest.mark.parametrize("kind", ["server_error", "drop", "html", "stall", "rate_limited", "echo"])
def test_no_secret_is_in_an_error_a_log_a_url_or_a_repr(
	simulator, make_client, monkeypatch, caplog, api, token, kind
):
	caplog.set_level(logging.DEBUG)
	if kind == "echo":
		monkeypatch.setattr(Faults, "answer", repeat_what_was_sent)
	simulator.fail_next(
		"html" if kind == "echo" else kind, times=99, **({"seconds": 0.1} if kind == "stall" else {})
	)
	slow = {"timeout": 0.02, "attempts": 1} if kind == "stall" else {}
	client = make_client(api, token=token, security_keys={GATE: SECURITY_KEY}, **slow)
	printed = io.StringIO()
	with redirect_stdout(printed):
		errors = misbehave(client)

	own = (token, SECURITY_KEY)
	taken = {1: "10283655", 2: "90817263", 3: "cmlkZ2Vz", 4: "cmlkZ2Vz"}
	for number, error in enumerate(errors):
		said = everything_said(error)
		assert not [secret for secret in own if secret in said]
		assert taken.get(number, token) not in str(error) + repr(error)
	record = (
		caplog.text + printed.getvalue() + repr(client) + repr(vars(client)) + repr(vars(client._dialect))
	)
	targets = " ".join(request.target for request in simulator.received)
	assert not [secret for secret in SECRETS if secret in record + targets]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("code", [200, 409])
def test_no_secret_is_in_the_words_of_a_command(simulator, make_client, monkeypatch, api, code):
	def accept(faults, fault, request):
		words = f"{TOKEN} {request.get_data(as_text=True)}"
		return json_answer({"Status": "done", "StatusCode": 0, "Message": words}, code)

	monkeypatch.setattr(Faults, "answer", accept)
	simulator.fail_next("html")
	client = make_client(api)
	if api == "Web API 3.0" and code == 409:
		assert refuse(client.enroll_card, GATE, "EMP-0001", "10283655").code == 409
		return
	command = client.enroll_card(GATE, "EMP-0001", "10283655")

	assert "[hidden]" in command.words
	assert not [secret for secret in SECRETS if secret in repr(command)]


def test_attempts_are_logged_without_what_was_sent(simulator, rest, caplog):
	caplog.set_level(logging.INFO)
	simulator.fail_next("server_error")
	rest.enroll_card(GATE, "EMP-0001", "10283655")

	(line,) = [record.getMessage() for record in caplog.records]
	assert line.startswith("attempt 1: EnrollCard was refused with 500: Internal error. ")


@pytest.mark.parametrize("words", ["x" * 5000, "a\r\nb\tc", "\x1b[31mred"])
def test_the_gateways_words_are_one_short_line(simulator, rest, monkeypatch, words):
	answer = json_answer({"Message": words}, 400)
	monkeypatch.setattr(Faults, "answer", lambda self, fault, request: answer)
	simulator.fail_next("html")

	said = refuse(rest.list_devices).words

	assert len(said) <= 200
	assert said.isprintable()


def test_the_errors_are_one_tree():
	kinds = [AuthenticationError, NotFoundError, RateLimitedError, UnavailableError, UnreadableReplyError]

	assert all(issubclass(kind, RequestRefusedError) for kind in [*kinds, AnswerPendingError])
	assert issubclass(TimedOutError, UnavailableError)
	assert issubclass(RequestRefusedError, GatewayError)
	assert issubclass(NotSupportedError, GatewayError)
	assert Fault(FaultKind.HTML).times == 1
