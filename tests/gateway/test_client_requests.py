"""What the client sends and what it refuses to send: keys, tokens, times, templates, one call at a time."""

import doctest
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

import navari_cams_biometric.gateway.client as client_package
from navari_cams_biometric.gateway.client import (
	GatewayClient,
)
from navari_cams_biometric.gateway.client.rest import RestV3
from navari_cams_biometric.gateway.errors import (
	EncryptionError,
	NotFoundError,
	NotSupportedError,
	TimestampError,
)
from navari_cams_biometric.gateway.operations import OPERATIONS, REQUESTS
from tests.gateway.client_examples import ALL_PUNCHES, REST, WEB
from tests.gateway.conftest import GATE, GATE_2, NAIROBI, SECURITY_KEY, TOKEN, at

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("quirk", ["lower_case_status", "numbers_as_numbers", "integer_types"])
@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_quirks_of_replies_are_read(simulator, make_client, api, quirk):
	simulator.set_quirks(**{quirk: True})
	client = make_client(api)

	assert len(list(client.get_attendance_by_device(GATE, at(0), at(23)))) == 4
	assert client.get_device_info(GATE).capacity["Users"] == 3000


@pytest.mark.parametrize("nul_padding", [False, True])
def test_an_encrypted_device_is_asked_and_answers_encrypted(simulator, make_client, nul_padding):
	simulator.set_quirks(GATE, encrypted=True, nul_padding=nul_padding)
	client = make_client("Web API 3.0", security_keys={GATE: SECURITY_KEY})

	assert list(client.get_attendance_by_date(at(0), at(23))) == ALL_PUNCHES


def test_a_device_may_have_a_token_of_its_own(simulator, make_client):
	simulator.world.devices[GATE_2].token = "demo-auth-token-of-gate-2-only-0"
	for api in ("REST v3 (form not published)", "Web API 3.0"):
		client = make_client(api, device_tokens={GATE_2: "demo-auth-token-of-gate-2-only-0"})

		assert client.ping_connection(GATE)
		assert client.ping_connection(GATE_2)


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_a_time_without_offset_is_refused_before_anything_is_sent(simulator, make_client, api):
	with pytest.raises(TimestampError):
		list(make_client(api).get_attendance_by_device(GATE, datetime(2024, 9, 17), at(23)))

	assert simulator.received == []


@pytest.mark.parametrize("api", ["REST v3 (form not published)", "Web API 3.0"])
def test_an_end_before_the_start_is_refused_before_anything_is_sent(simulator, make_client, api):
	with pytest.raises(ValueError, match="before the start"):
		make_client(api).get_attendance_by_device(GATE, at(9), at(8))
	with pytest.raises(ValueError, match="before the start"):
		make_client(api).export_attendance(at(9), at(8))

	assert simulator.received == []


def test_without_a_template_the_device_takes_it_from_the_person(simulator, rest):
	assert rest.enroll_face(GATE, "EMP-0001").is_pending
	assert rest.enroll_fingerprint(GATE, "EMP-0001", index=3).is_pending
	simulator.tick(15)

	assert {("Face", "0"), ("Fingerprint", "3")} <= set(
		simulator.world.devices[GATE].users["EMP-0001"].credentials
	)


def test_web_api_needs_a_template(simulator, web):
	for enrol in (web.enroll_face, web.enroll_fingerprint):
		with pytest.raises(NotSupportedError, match="Give a template"):
			enrol(GATE, "EMP-0001")
	assert simulator.received == []


def test_who_is_not_in_the_records_is_not_found(simulator, web):
	for name in ("find_user", "list_user_devices"):
		with pytest.raises(NotFoundError):
			getattr(web, name)("EMP-0099")
	with pytest.raises(NotFoundError):
		web.resend_user(GATE, "EMP-0099")
	assert simulator.received == []


@pytest.mark.parametrize("token", ["", " ", "tökén", "a\nb"])
def test_a_token_that_cannot_be_sent_is_refused(token):
	with pytest.raises(ValueError, match="AuthToken"):
		GatewayClient(token)
	with pytest.raises(ValueError, match="AuthToken"):
		GatewayClient(TOKEN, device_tokens={GATE: token})


def test_what_cannot_be_a_url_an_api_or_a_key_is_refused():
	with pytest.raises(ValueError, match="base URL"):
		GatewayClient(TOKEN, base_url="api.camsunit.com")
	with pytest.raises(ValueError, match="REST v4"):
		GatewayClient(TOKEN, "REST v4")
	with pytest.raises(EncryptionError):
		GatewayClient(TOKEN, security_keys={GATE: "short"})


def test_calls_to_one_device_wait_for_each_other(simulator, rest, monkeypatch):
	running, most = [], []
	original = type(rest._transport)._send

	def send(transport, request):
		running.append(1)
		most.append(len(running))
		time.sleep(0.02)
		running.pop()
		return original(transport, request)

	monkeypatch.setattr(type(rest._transport), "_send", send)
	callers = [threading.Thread(target=rest.ping_connection, args=(GATE,)) for _ in range(4)]
	for caller in callers:
		caller.start()
	for caller in callers:
		caller.join()

	assert most == [1, 1, 1, 1]


def test_the_client_has_a_method_for_each_request_operation_and_the_dialects_no_other():
	public = {name for name in dir(GatewayClient) if not name.startswith("_")}

	assert public == {known.method for known in REQUESTS.values()} | {"attendance_pages", "close", "supports"}
	assert set(REST) == set(REQUESTS)
	assert set(WEB) == {name for name in REQUESTS if REQUESTS[name].counterpart}
	assert {OPERATIONS[name].verb for name in set(OPERATIONS) - set(REST)} == {"PUSH"}
	assert RestV3.name == "REST v3 (form not published)"


@pytest.mark.parametrize("text", [client_package.GatewayClient.__doc__, "dialects.md"])
def test_the_examples_run(simulator, text):
	source = (DOCS / text).read_text(encoding="utf-8") if text.endswith(".md") else text
	source = source.replace("```", "")
	globals_ = {"url": simulator.rest_url, "web_url": simulator.web_api_url, "NAIROBI": NAIROBI}
	examples_ = doctest.DocTestParser().get_doctest(source, globals_, "examples", None, 0)
	report: list[str] = []
	result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples_, out=report.append)

	assert result.attempted
	assert not result.failed, "".join(report)
